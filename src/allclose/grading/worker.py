"""On a worker of a cluster: a course's files, the engine that is warm for them, and one submission after the other.

Dask imports this module there and calls `receive` and `grade_there`. Nothing of it runs where the class is.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from allclose.course import load
from allclose.errors import AllcloseError
from allclose.grading.engine import Engine
from allclose.grading.fingerprint import versions
from allclose.model import Grade, Submission, Tier

#: Courses that a worker keeps warm.
_KEPT = 4
#: A worker shows what is logged below Dask's own name.
_LOG = logging.getLogger("distributed.worker.allclose")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a worker needs for an assignment: its files by place, and how to grade. `digest` names it."""

    digest: str
    lab: str
    files: Mapping[str, bytes] = field(repr=False)
    seed: bytes = field(repr=False)
    tier: Tier
    device: str
    extra: tuple[str, ...]
    versions: Mapping[str, str]


class Unknown(Exception):
    """This process has not received that bundle."""


#: The engines that are warm, by their bundle's digest, the last used last, each with its course's folder.
_engines: OrderedDict[str, tuple[Engine, Path]] = OrderedDict()
_engines_lock = threading.Lock()


def holds(digest: str) -> bool:
    """Whether this worker is ready for that bundle."""
    return digest in _engines


async def receive(bundle: Bundle) -> str:
    """Get ready for a bundle; returns why this worker cannot, or nothing."""
    return await asyncio.to_thread(_receive, bundle)


def grade_there(digest: str, submission: Submission) -> Grade:
    """Grade one submission of a bundle that was received."""
    try:
        _engines.move_to_end(digest)
        engine, _ = _engines[digest]
    except KeyError:  # never received, or put away for others meanwhile
        raise Unknown(digest) from None
    return engine.grade(submission)


def _receive(bundle: Bundle) -> str:
    ours = dict(bundle.versions)
    differing = [
        f"{name} {found} there, {ours.get(name)} here" for name, found in versions().items() if found != ours.get(name)
    ]
    if differing:
        return f"it has other versions: {'; '.join(differing)}; install the same there"
    with _engines_lock:
        if bundle.digest in _engines:
            return ""
        try:
            _engines[bundle.digest] = _warm(bundle)
            size = sum(map(len, bundle.files.values()))
            _LOG.info("allclose: ready to grade %s, from a bundle of %d bytes", bundle.lab, size)
        except AllcloseError as error:
            return f"{error}"
        while len(_engines) > _KEPT:
            _put_away(*_engines.popitem(last=False)[1])
    return ""


def _warm(bundle: Bundle) -> tuple[Engine, Path]:
    root = Path(tempfile.mkdtemp(prefix="allclose-"))
    try:
        for place, content in bundle.files.items():
            path = root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        engine = Engine(
            load(root, bundle.lab), tier=bundle.tier, device=bundle.device, seed=bundle.seed, extra=bundle.extra
        )
        return engine.__enter__(), root
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise


def _put_away(engine: Engine, root: Path) -> None:
    engine.close()
    shutil.rmtree(root, ignore_errors=True)


@atexit.register
def _put_all_away() -> None:
    while _engines:
        _put_away(*_engines.popitem()[1])

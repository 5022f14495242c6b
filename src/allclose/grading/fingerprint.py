"""All that a grade depends on besides the submission: the course's files, how it is graded, and what does it."""

from __future__ import annotations

import functools
import importlib.metadata
import platform
from pathlib import Path

import msgspec

import allclose
from allclose.course.config import CONFIG_NAME
from allclose.course.files import course_files
from allclose.grading.store import digest
from allclose.model import Assignment, Tier

_VERSIONED = ("numpy", "torch", "matplotlib", "ipython", "nbgrader", "pytest", "hypothesis")
#: Rooms that only show or hand on grades.
_SHOWING = frozenset(("cli", "report", "interop"))


def fingerprint(assignment: Assignment, tier: Tier, device: str, seed: bytes) -> dict[str, bytes]:
    """All that a grade depends on besides the submission, by name."""
    # Of nbgrader's settings only what they make of the notebooks counts: a new late penalty regrades nobody.
    read = {place: path for place, path in course_files(assignment).items() if place != CONFIG_NAME}
    files = {f"file/{place}": path.read_bytes() for place, path in read.items()}
    notebooks = [[notebook.name, notebook.content, notebook.recorded] for notebook in assignment.notebooks]
    about = [tier, device, versions(), assignment.limits, notebooks]
    return {**files, "about": msgspec.json.encode(about), "seed": seed}


@functools.cache
def versions() -> dict[str, str]:
    """The versions of what grades: Python, this package to the last line of its code, and what it stands on.

    They are read once, before other threads import: while nbgrader comes in, metadata can be out of sight for a moment.
    """
    package = Path(allclose.__file__).parent
    paths = [path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in _SHOWING]
    code = digest({path.relative_to(package).as_posix(): path.read_bytes() for path in paths})
    known = {name: importlib.metadata.version(name) for name in _VERSIONED}
    return {"Python": platform.python_version(), "allclose": f"{allclose.__version__}+{code[:12]}", **known}

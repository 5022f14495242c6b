"""The files of an archive, taken one by one: streamed into a scratch folder under caps, with their faults kept.

Everything is hostile data. A member that is a link, encrypted, damaged or too large stays as a name with its fault, so
that it is told of; only what ends the whole archive raises.
"""

from __future__ import annotations

import gzip
import itertools
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import IO

from allclose.interop.collect.names import Refused, safe_path

MAX_FILE_BYTES = 1_000_000_000
#: More than so many times what it was packed into is a bomb, once it is so large.
MAX_RATIO = 200
RATIO_FROM_BYTES = 20_000_000

CHUNK = 1 << 20
#: What reading a damaged archive raises.
DAMAGE: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, struct.error, EOFError),
    *(ValueError, NotImplementedError, RuntimeError, OverflowError),
)
_LEFT_BEHIND = (
    "__MACOSX",
    ".DS_Store",
    "._*",
    "Thumbs.db",
    "desktop.ini",
    ".ipynb_checkpoints",
    "__pycache__",
    "*.pyc",
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive.

    Attributes
    ----------
    name : str
        As the archive has it.
    path : tuple of str
        Its parts, made safe; empty where the name itself was refused.
    content : Path or None
        Where its bytes lie; None where it was refused.
    digest : str
        Of its bytes.
    modified : datetime or None
        In UTC, as the archive tells.
    inside : tuple of Member or None
        What it holds, where it is an archive itself.
    fault : str
        Why it, or something in it, was not taken.
    """

    name: str
    path: tuple[str, ...]
    content: Path | None = None
    digest: str = ""
    modified: datetime | None = None
    inside: tuple[Member, ...] | None = None
    fault: str = ""


@dataclass(slots=True)
class Budget:
    """What may still be unpacked, and from how many packed bytes it comes."""

    packed: int
    bytes_left: int
    members_left: int
    deep: int = 0


@dataclass(slots=True)
class Shelf:
    """Where the bytes go: files called 0, 1, 2 …"""

    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def place(self) -> Path:
        """Name the next file."""
        return self.folder / str(next(self.numbers))


def take(name: str, modified: datetime | None, stored: Callable[[], tuple[Path, str]], budget: Budget) -> Member:
    """Take one member, whatever it is; only what ends the whole archive raises."""
    budget.members_left -= 1
    if budget.members_left < 0:
        raise Refused("holds more files than any class hands in")
    path: tuple[str, ...] = ()
    name = name.encode("utf-8", "replace").decode()
    try:
        path = safe_path(name)
        if is_left_behind(path):
            return Member(name, path)
        content, digest = stored()
    except Refused as error:
        if budget.bytes_left < 0:
            raise
        return Member(name, path, modified=modified, fault=str(error))
    except DAMAGE as error:
        return Member(name, path, modified=modified, fault=f"damaged ({words(error)})")
    return Member(name, path, content, digest, modified)


def is_left_behind(path: tuple[str, ...]) -> bool:
    """Whether a file is what systems and programs leave behind, which nobody handed in."""
    return any(fnmatchcase(part, pattern) for part in path for pattern in _LEFT_BEHIND)


def store(opened: Callable[[], IO[bytes]], shelf: Shelf, budget: Budget, packed: int | None) -> tuple[Path, str]:
    """Copy a stream into a file of ours; returns the file and the digest of its bytes."""
    target = shelf.place()
    digest, size = sha256(), 0
    try:
        with opened() as stream, target.open("wb") as copy:
            while data := stream.read(CHUNK):
                size += len(data)
                budget.bytes_left -= len(data)
                if size > MAX_FILE_BYTES:
                    raise Refused(f"larger than {MAX_FILE_BYTES // 1_000_000} MB")
                if packed is not None and is_bomb(size, packed):
                    raise Refused("unpacks to far more than it holds, as a bomb does")
                if budget.bytes_left < 0:
                    raise Refused("too much: the archive unpacks to more than it may")
                digest.update(data)
                copy.write(data)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target, digest.hexdigest()


def is_bomb(size: int, packed: int) -> bool:
    """Whether so many bytes came from suspiciously few."""
    return size > RATIO_FROM_BYTES and size > MAX_RATIO * max(packed, 1)


def from_seconds(seconds: float) -> datetime | None:
    """Return a moment since the epoch in UTC; None where it is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def words(error: Exception) -> str:
    """Return what an error says, in a few words."""
    return str(error).partition("\n")[0][:80].rstrip(".") or type(error).__name__

"""Downloads -> files with harmless names in a scratch folder; where they end up is decided later and by others.

Only an archive that cannot be opened at all is an error; one that a student handed in stays the file that it is.
"""

from __future__ import annotations

import bz2
import gzip
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

from allclose.errors import InteropError
from allclose.interop.collect.members import (
    DAMAGE,
    Budget,
    Member,
    Shelf,
    from_seconds,
    is_left_behind,
    store,
    take,
    words,
)
from allclose.interop.collect.names import Refused, unused
from allclose.interop.collect.tars import of_tar
from allclose.interop.collect.zips import of_zip

MAX_ARCHIVE_BYTES = 50_000_000_000
MAX_MEMBERS = 200_000
#: What an archive that a student handed in may hold, and how many archives may be in one another.
MAX_INNER_BYTES = 300_000_000
MAX_INNER_MEMBERS = 5_000
MAX_ARCHIVES_DEEP = 3

_PACKED = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".7z", ".rar", ".tar.xz", ".txz", ".tar.zst")
_FOREIGN = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
}


@dataclass(frozen=True, slots=True)
class Archive:
    """A download; `made` is when its file was written."""

    path: Path
    members: tuple[Member, ...]
    made: datetime

    @property
    def digest(self) -> str:
        """Of all that was read of it."""
        lines = sorted(f"{member.name}\0{member.digest}" for member in self.members)
        return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def read_archive(path: Path, scratch: Path) -> Archive:
    """Unpack a download into a scratch folder.

    Parameters
    ----------
    path : Path
        A zip, a tar (plain, gz, bz2), a folder that was unpacked already, or a single notebook.
    scratch : Path
        An empty folder for what is in it.

    Raises
    ------
    InteropError
        If it is none of these, or cannot be read.
    OSError
        If this machine is at fault.
    """
    shelf = Shelf(scratch)
    try:
        found = path.stat()
    except OSError as error:
        raise InteropError(f"{path}: cannot be read ({error.strerror}); name a download of the course site") from None
    budget = Budget(found.st_size, MAX_ARCHIVE_BYTES, MAX_MEMBERS)
    try:
        if path.is_dir():
            members = tuple(_of_folder(path, shelf, budget))
        elif not stat.S_ISREG(found.st_mode):
            raise InteropError(f"{path}: is no file; name a download of the course site")
        elif path.suffix == ".ipynb":
            members = tuple(_of_folder(path.parent, shelf, budget, [path]))
        else:
            members = tuple(_of_file(path, shelf, budget))
    except Refused as error:
        raise InteropError(f"{path}: {error}; it was not collected") from None
    except DAMAGE as error:
        raise InteropError(f"{path}: is damaged or cut off ({words(error)}); download it again") from None
    return Archive(path, _distinct(members), datetime.fromtimestamp(found.st_mtime, UTC))


def _of_file(path: Path, shelf: Shelf, budget: Budget) -> Iterator[Member]:
    """The files of an archive, and of the archives in it."""
    for member in _packed(path, shelf, budget):
        yield _opened_up(member, shelf, budget)


def _packed(path: Path, shelf: Shelf, budget: Budget) -> Iterator[Member]:
    with path.open("rb") as file:
        head = file.read(512)
        file.seek(0)
        for magic, what in _FOREIGN.items():
            if head.startswith(magic):
                raise Refused(
                    f"is {what}, which allclose does not open: unpack it and name the folder, or make it a zip"
                )
        if head.startswith(b"PK") or zipfile.is_zipfile(path):
            yield from of_zip(file, shelf, budget)
        elif head[257:262] == b"ustar":
            yield from of_tar(file.read, shelf, budget)
        elif head.startswith(b"\x1f\x8b"):
            yield from of_tar(gzip.GzipFile(fileobj=file).read, shelf, budget)
        elif head.startswith(b"BZh"):
            yield from of_tar(bz2.BZ2File(file).read, shelf, budget)
        else:
            raise Refused("is no zip, no tar, no notebook and no folder")


def _of_folder(root: Path, shelf: Shelf, budget: Budget, only: list[Path] | None = None) -> Iterator[Member]:
    """The regular files below a folder, in order; links are told of, not followed."""
    for path in _walk(root) if only is None else only:

        def stored(path: Path = path) -> tuple[Path, str]:
            if path.is_symlink():
                raise Refused("a link; links are not followed")
            if not path.is_file():
                raise Refused("no regular file")
            return store(lambda: _without_links(path), shelf, budget, None)

        name = path.relative_to(root).as_posix()
        yield _opened_up(take(name, from_seconds(path.lstat().st_mtime), stored, budget), shelf, budget)


def _walk(root: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(root):
        folders.sort()
        links = [name for name in folders if Path(top, name).is_symlink()]
        for name in sorted([*files, *links]):
            yield Path(top, name)


def _without_links(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def _opened_up(member: Member, shelf: Shelf, outer: Budget) -> Member:
    """An archive in an archive, with what is in it; where that cannot be had, the file stays what it is."""
    if member.content is None or not member.path[-1].lower().endswith(_PACKED):
        return member
    if outer.deep + 1 >= MAX_ARCHIVES_DEEP:
        return replace(member, fault="an archive in an archive in an archive: not opened")
    most = min(MAX_INNER_BYTES, outer.bytes_left)
    budget = Budget(member.content.stat().st_size, most, MAX_INNER_MEMBERS, outer.deep + 1)
    found: list[Member] = []
    fault = ""
    try:
        for each in _of_file(member.content, shelf, budget):
            found.append(each)  # noqa: PERF402 - what came before a fault is kept
    except Refused as error:
        fault = str(error)
    except DAMAGE as error:
        fault = f"damaged ({words(error)})"
    outer.bytes_left -= most - budget.bytes_left
    if fault and not found:
        return replace(member, fault=fault)
    return replace(member, inside=_distinct(tuple(found)), fault=fault)


def _distinct(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Without what was left behind and what stands twice; another file of the same name gets a name of its own."""
    taken: set[str] = set()
    seen: set[tuple[tuple[str, ...], str]] = set()
    kept = []
    for member in members:
        if is_left_behind(member.path) or (member.content and (member.path, member.digest) in seen):
            continue
        seen.add((member.path, member.digest))
        if member.content is not None and member.path:
            member = replace(member, path=tuple(unused("/".join(member.path), taken).split("/")))
        kept.append(member)
    return tuple(kept)

"""Zip files, read by Python's own reader after a look at what it would believe."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from allclose.interop.collect.members import Budget, Member, Shelf, from_seconds, store, take
from allclose.interop.collect.names import Refused
from allclose.interop.collected import utc

_MAX_DIRECTORY_BYTES = 100_000_000
_UNIX = 3
_ENCRYPTED = 0x1
_UTF8 = 0x800
_EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_LOCAL_HEADER_BYTES = 30
_WIDE_LOCATOR_BYTES, _WIDE_END_BYTES = 20, 56
_UNIX_TIMES = 0x5455


def of_zip(file: IO[bytes], shelf: Shelf, budget: Budget) -> Iterator[Member]:
    """Take the files of a zip, in its order; what the archive is refused for, or damaged by, raises."""
    _check_directory(file, budget)
    try:
        archive = zipfile.ZipFile(file)
    except UnicodeDecodeError:
        raise Refused("has a name in it that is no text: unpack it and name the folder") from None
    infos = [info for info in archive.infolist() if not _is_folder(info)]
    overlapping = _overlapping(archive.infolist())
    for info in infos:
        modified = _zip_time(info)

        def stored(info: zipfile.ZipInfo = info) -> tuple[Path, str]:
            _check_zip_entry(info, overlapping)
            return store(lambda: archive.open(info), shelf, budget, info.compress_size)

        yield take(_zip_name(info), modified, stored, budget)


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith("/") or (info.orig_filename.endswith("\\") and not info.file_size)


def _check_directory(file: IO[bytes], budget: Budget) -> None:
    """Refuse a list of members that alone would take our memory, before anybody reads it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_536 - 22 - _WIDE_LOCATOR_BYTES - _WIDE_END_BYTES))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile("its end is missing")
    count, length = struct.unpack("<HL", tail[at + 10 : at + 16])
    wide = at - _WIDE_LOCATOR_BYTES - _WIDE_END_BYTES
    if (
        wide >= 0
        and tail[at - _WIDE_LOCATOR_BYTES :].startswith(b"PK\x06\x07")
        and tail[wide:].startswith(b"PK\x06\x06")
    ):
        count, length = struct.unpack("<QQ", tail[wide + 32 : wide + 48])
    if length > min(size, _MAX_DIRECTORY_BYTES) or count > budget.members_left:
        raise Refused(f"says that it holds {count} files")
    file.seek(0)


def _check_zip_entry(info: zipfile.ZipInfo, overlapping: set[int]) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == _UNIX else 0
    if kind not in (0, stat.S_IFREG):
        raise Refused("a link; links are not followed" if kind == stat.S_IFLNK else "no regular file")
    if info.flag_bits & _ENCRYPTED:
        raise Refused("encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("packed by a method that allclose does not open")
    if info.header_offset in overlapping:
        raise Refused("shares its bytes with another file, as in a zip bomb")


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Where entries begin that reach into one another."""
    found: set[int] = set()
    end, owner = -1, -1
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            found |= {info.header_offset, owner}
        reach = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size
        if reach > end:
            end, owner = reach, info.header_offset
    return found


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name; many programs write UTF-8 without saying so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            return name.encode("cp437").decode()
        except (UnicodeEncodeError, UnicodeDecodeError):
            return name
    return name


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    """When a member was last changed: in UTC where the archive says so, else in this machine's zone."""
    extra = info.extra
    while len(extra) >= 9:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == _UNIX_TIMES and extra[4] & 1:
            return from_seconds(struct.unpack("<l", extra[5:9])[0])
        extra = extra[4 + length :]
    if info.date_time <= _EPOCH_OF_ZIP:
        return None
    try:
        return utc(datetime(*info.date_time))  # noqa: DTZ001 - it has none
    except (ValueError, OverflowError, OSError):
        return None

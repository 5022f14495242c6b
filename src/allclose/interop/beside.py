"""The files beside a notebook that nbgrader grades: read for the sandbox, and written when the cells have run.

What cells wrote is hostile: names were checked (`sandbox/written.py`), and here nothing is followed, nothing but
regular files is replaced, and what nbgrader goes by stays nbgrader's: its notebooks, the time stamp, hidden files.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from allclose.course.whole import replacing
from allclose.errors import InteropError
from allclose.notebook.text import plain
from allclose.sandbox.session import disk_bytes
from allclose.sandbox.written import MAX_FILES, MAX_FOLDERS_DEEP, refusal


def read_beside(folder: Path, room: int) -> tuple[dict[str, bytes], list[str]]:
    """Read the regular files of a folder, by relative path, but notebooks; and a line about each that is left out.

    Parameters
    ----------
    folder
        Where nbgrader put the notebook.
    room
        How much of the sandbox's disk they may fill, in bytes.

    Raises
    ------
    InteropError
        If a file cannot be read.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    for name in _names(folder):
        needed = disk_bytes(name, (folder / name).stat().st_size)
        reason = refusal(name)
        if needed > room or len(files) >= MAX_FILES:
            reason = reason or "there is no room for it on the sandbox's disk"
        if reason:
            left_out.append(f"{plain(os.fsencode(name).decode(errors='replace'))}: {reason}")
            continue
        room -= needed
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise InteropError(f"{folder / name} cannot be read: {error.strerror}") from None
    return files, left_out


def write_beside(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write files into a folder, each whole; a line about each that is left out.

    Raises
    ------
    InteropError
        If this machine cannot write there.
    """
    left_out = []
    for name, data in files.items():
        if name.endswith(".pyc"):  # code that Python would run in the place of the lab's own
            continue
        reason = _nbgraders(name) or _in_the_way(folder, name)
        if reason:
            left_out.append(f"{plain(name)}: {reason}")
            continue
        try:
            _write(folder / name, data)
        except OSError as error:
            raise InteropError(f"{folder / name} cannot be written: {error.strerror}") from None
    return left_out


def _names(folder: Path) -> Iterator[str]:
    for top, folders, names in os.walk(folder):
        folders.sort()
        if len(Path(top).relative_to(folder).parts) >= MAX_FOLDERS_DEEP:
            folders.clear()
        for name in sorted(names):
            path = Path(top, name)
            if not name.lower().endswith(".ipynb") and stat.S_ISREG(path.lstat().st_mode):
                yield path.relative_to(folder).as_posix()


def _nbgraders(name: str) -> str:
    """Why a file would meddle with what nbgrader or git go by; empty where it does not."""
    if name.lower().endswith(".ipynb"):
        return "cells write no notebooks here"
    if name == "timestamp.txt":
        return "it says when the submission came in"
    return "it would be hidden" if any(part.startswith(".") for part in name.split("/")) else ""


def _in_the_way(folder: Path, name: str) -> str:
    """Why there is no place for a file: something other than folders above it, or than a file where it goes."""
    path = PurePosixPath(name)
    for above in reversed(path.parents):
        found = _mode(folder / above)
        if found is None:
            return ""
        if not stat.S_ISDIR(found):
            return "something else stands where its folder goes"
    found = _mode(folder / path)
    return "" if found is None or stat.S_ISREG(found) else "something else stands in its place"


def _mode(path: Path) -> int | None:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, permissions=0o644) as temporary:
        temporary.write_bytes(data)

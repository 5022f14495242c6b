"""Zip files whose bytes depend on nothing but what is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

from allclose.errors import InteropError

#: The earliest date that a zip can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE, _PROGRAM = 0o100644, 0o100755


def zipped(members: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """Return a zip file: members by name, with a fixed date and mode; those of `programs` may be executed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = _UNIX
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (_PROGRAM if name in programs else _FILE) << 16
            file.writestr(info, members[name])
    return made.getvalue()


def write_members(folder: Path, members: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files below a folder, which may hold those of an earlier time and nothing else; return their paths.

    Raises
    ------
    InteropError
        If there are other files in it: whoever gets the folder would get them too.
    """
    strange = sorted(set(folder_members(folder)) - set(members)) if folder.is_dir() else []
    if strange:
        raise InteropError(
            f"{folder / strange[0]} does not belong into this bundle: move it, or name another folder (--to)"
        )
    for name, data in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tuple(folder / name for name in members)


def folder_members(folder: Path) -> dict[str, bytes]:
    """Return the regular files below a folder by their relative path, without what Python and editors leave behind."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        left_behind = any(part == "__pycache__" or part.startswith(".") for part in inner.parts)
        if not left_behind and path.suffix != ".pyc" and path.is_file():
            found[inner.as_posix()] = path.read_bytes()
    return found

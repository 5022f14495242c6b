"""Zip files whose bytes depend on nothing but what is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

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


def folder_members(folder: Path) -> dict[str, bytes]:
    """Return the regular files below a folder by their relative path, without what Python and editors leave behind."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        left_behind = any(part == "__pycache__" or part.startswith(".") for part in inner.parts)
        if not left_behind and path.suffix != ".pyc" and path.is_file():
            found[inner.as_posix()] = path.read_bytes()
    return found

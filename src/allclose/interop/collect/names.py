"""Names that strangers chose, made fit for any file system; two that differ never become one by it."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from pathlib import PurePosixPath

from allclose.interop.roster import same

MAX_FOLDERS_DEEP = 16
_MOST_BYTES = 200
_MOST_ID_BYTES = 64
_MOST_PATH_BYTES = 1_000

_DRIVE = re.compile(r"[A-Za-z]:")
_UNFIT = re.compile(r'[<>:"|?*]')
_UNFIT_ID = re.compile(r"[^\w.@-]+")
#: Names of devices on Windows, with any ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


class Refused(ValueError):
    """A member that is not taken; the message says why in a few words."""


def safe_path(name: str) -> tuple[str, ...]:
    """Return the parts of an archive member's path, none of which leads anywhere but down.

    Raises
    ------
    Refused
        If it is absolute, climbs, names a drive, holds a NUL, is empty, too long or too deep.
    """
    if "\0" in name:
        raise Refused("a name with a NUL in it")
    plain = name.replace("\\", "/")
    if plain.startswith("/") or _DRIVE.match(plain):
        raise Refused("an absolute path")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    # Looked at again once it is clean: what cannot be seen may stand between two dots.
    clean = [safe_part(part) for part in parts]
    if ".." in parts or ".." in clean:
        raise Refused("a path that leads out of its folder")
    if not clean or not all(clean):
        raise Refused("no name")
    if len(clean) > MAX_FOLDERS_DEEP or len("/".join(clean).encode()) > _MOST_PATH_BYTES:
        raise Refused("a path that is too deep or too long")
    return tuple(clean)


def safe_part(part: str) -> str:
    """Return one name that any file system takes, without anything unseen; "" where nothing is left of it."""
    seen = "".join(each for each in part if unicodedata.category(each)[0] != "C")
    plain = _UNFIT.sub("_", unicodedata.normalize("NFC", seen)).strip()
    if plain == "..":
        return plain
    plain = plain.rstrip(". ")
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    return _shortened(plain, _MOST_BYTES)


def safe_id(text: str) -> str:
    """Return a student id that can name a folder, the same one each time.

    A fit id stays as it is. Where anything must be changed, a piece of its digest is added, so that two ids never
    become one.
    """
    plain = _as_id(text)
    return plain if plain and plain == text else f"{plain or 'student'}-{_digest(text)}"


def slug(name: str) -> str:
    """Return a student id made of a person's name; that of somebody else may be the same."""
    return _as_id(name) or f"student-{_digest(name)}"


def distinct(name: str, by: str) -> str:
    """Return a name made different from others by what it stands for."""
    return f"{name}-{_as_id(by) if by and _as_id(by) == by else _digest(by)}"


def unused(place: str, taken: set[str]) -> str:
    """Return a path that is not among `taken`, nor the same as one of them where case does not count; note it there.

    `taken` holds what `same` makes of paths.
    """
    path = PurePosixPath(place)
    number = 1
    while same(place) in taken:
        number += 1
        place = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    taken.add(same(place))
    return place


def _as_id(text: str) -> str:
    plain = _UNFIT_ID.sub("-", unicodedata.normalize("NFC", text)).strip("-.")
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    return _shortened(plain, _MOST_ID_BYTES)


def _shortened(text: str, most: int) -> str:
    if len(text.encode()) <= most:
        return text
    ending = PurePosixPath(text).suffix
    ending = f"-{_digest(text)}{ending if len(ending.encode()) <= 16 else ''}"
    return text.encode()[: most - len(ending.encode())].decode(errors="ignore") + ending


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]

"""Finished results on disk, by digest: what has been graded once is not graded again.

One file per result, `<digest>.json`. A file appears under that name whole or not at all, so a run that was killed
goes on where it was, and two runs at once can only write the same result twice.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allclose.errors import AllcloseError
from allclose.model import Grade

#: Raised when the layout of a result changes: older files then count as absent.
FORMAT = 1


def digest(parts: Mapping[str, bytes]) -> str:
    """Name a result after everything it depends on.

    Parameters
    ----------
    parts
        Contents by name, such as `{"student": b"s001", "source/lab.ipynb": b"..."}`; their order does not matter.

    Returns
    -------
    str
        SHA-256 in hexadecimal over the sorted names and contents, each led by its length, so that no two different
        sets of parts can look alike.
    """
    total = hashlib.sha256()
    for name in sorted(parts):
        for piece in (name.encode("utf-8", "surrogateescape"), parts[name]):
            total.update(len(piece).to_bytes(8, "big"))
            total.update(piece)
    return total.hexdigest()


class Store:
    """The results of one assignment, usually `.allclose/<lab>/results/`.

    Parameters
    ----------
    folder
        Where the results lie; made when the first one is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept = False

    def load(self, student: str, digest: str) -> Grade | None:
        """Give back a finished result, or None where there is none.

        A truncated or unreadable file, one of another student or one written by another version counts as absent.
        """
        import msgspec

        self._sweep()
        try:
            found = msgspec.json.decode(self._path(digest).read_bytes())
            if (found["format"], found["digest"], found["student"]) != (FORMAT, digest, student):
                return None
            grade = msgspec.convert(found["grade"], Grade)
        except (OSError, msgspec.MsgspecError, KeyError, TypeError, ValueError, RecursionError):
            return None
        return grade if grade.student == student else None

    def save(self, student: str, digest: str, grade: Grade) -> None:
        """Keep a result: written beside its place, fsynced, renamed into it.

        Raises
        ------
        AllcloseError
            The folder or file cannot be written (full disk, no permission); nothing is left under the final name.
        """
        content = _encode({"format": FORMAT, "digest": digest, "student": student, "grade": grade})
        path = self._path(digest)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            try:
                _write_whole(path, content)
            except FileNotFoundError:  # swept by a run that began before we held our file's lock
                _write_whole(path, content)
        except OSError as error:
            raise AllcloseError(
                f"{path}: the result cannot be written ({error.strerror or error}); make room or give write permission "
                "there and run again, finished submissions are kept"
            ) from error

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.json"

    def _sweep(self) -> None:
        """Remove, once, what a killed run left half-written: a file whose writer no longer holds its lock."""
        if self._swept:
            return
        self._swept = True
        for path in self._folder.glob(".*.tmp"):
            with contextlib.suppress(OSError), path.open("rb") as file:  # held by a run at work, or swept by another
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()


def _write_whole(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}.", suffix=".tmp", delete=False) as file:
        temporary = Path(file.name)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _encode(record: dict[str, Any]) -> bytes:
    import msgspec

    try:
        return msgspec.json.encode(record)
    except UnicodeEncodeError:  # a student printed half of a surrogate pair, which is no text in any encoding
        return msgspec.json.encode(_printable(msgspec.to_builtins(record)))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_printable(key): _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value

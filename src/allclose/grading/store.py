"""Finished results on disk, by digest: what has been graded once is not graded again.

One file per result, `<digest>.json`. A file appears under that name whole or not at all, so a run that was killed
goes on where it was, and two runs at once can only write the same result twice. Beside the folder of the results,
`latest.json` says which of them is each student's own now, for what comes after grading: feedback, exports, reports.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from allclose.course.whole import replacing, sweep
from allclose.errors import AllcloseError
from allclose.model import Assignment, Grade, Json, Limits, Status

#: Raised when the layout of a result changes: older files then count as absent.
FORMAT = 3
_LATEST = "latest.json"


class Parts(msgspec.Struct, frozen=True):
    """What a result depended on, in digests: what touches everything, the tests and the known mistakes by question."""

    common: str
    tests: dict[str, str]
    answers: dict[str, str]
    limits: Limits


class _Record(msgspec.Struct, frozen=True):
    """A result's file; the notebooks come last and are read when they are asked for."""

    format: int
    digest: str
    student: str
    parts: Parts | None
    grade: Grade
    notebooks: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Latest:
    """What the last run that graded a student made of the submission.

    `digest` names the result; it is empty where the status is `infra`, and then `reason` says why there is none. How
    many `seconds` it took stands here and not in the result, which is the same whenever it is made.
    """

    status: Status
    digest: str = ""
    reason: str = ""
    seconds: float = 0.0


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


def store_of(assignment: Assignment) -> Store:
    """The results of an assignment of a course."""
    return Store(assignment.root / ".allclose" / assignment.name / "results")


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
        self._digests: dict[str, str] = {}
        self._seconds: dict[str, float] | None = None

    def load(self, student: str, digest: str) -> Grade | None:
        """Give back a finished result, or None where there is none.

        A truncated or unreadable file, one of another student or one written by another version counts as absent.
        """
        record = self._read(student, digest)
        if record is None:
            return None
        try:
            notebooks = msgspec.json.decode(record.notebooks, type=dict[str, Json])
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None
        self._digests[student] = digest
        return replace(self._timed(record), notebooks=notebooks)

    def load_marks(self, student: str, digest: str) -> Grade | None:
        """Give back a finished result without its notebooks, which are most of it."""
        record = self._read(student, digest)
        if record is None:
            return None
        self._digests[student] = digest
        return self._timed(record)

    def load_parts(self, student: str, digest: str) -> Parts | None:
        """Give back what a finished result depended on, where that was kept."""
        record = self._read(student, digest)
        return None if record is None else record.parts

    def whole(self, grades: Iterable[Grade]) -> Iterator[Grade]:
        """Give grades that were saved or loaded here before, one at a time, with their notebooks.

        Raises
        ------
        AllcloseError
            A result has gone from the disk meanwhile.
        """
        for grade in grades:
            if grade.status is Status.INFRA:
                yield grade
                continue
            found = self.load(grade.student, self._digests[grade.student])
            if found is None:
                path = self._path(self._digests[grade.student])
                raise AllcloseError(f"{path}: the result is gone or cannot be read any more; run the command again")
            yield found

    def save(self, student: str, digest: str, grade: Grade, parts: Parts | None = None) -> None:
        """Keep a result: written beside its place, fsynced, renamed into it.

        Raises
        ------
        AllcloseError
            The folder or file cannot be written (full disk, no permission); nothing is left under the final name.
        """
        content = _encode(
            {
                "format": FORMAT,
                "digest": digest,
                "student": student,
                "parts": parts,
                "grade": replace(grade, notebooks={}, seconds=0.0),
                "notebooks": grade.notebooks,
            }
        )
        path = self._path(digest)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            _write_whole(path, content)
        except OSError as error:
            raise AllcloseError(
                f"{path}: the result cannot be written ({error.strerror or error}); make room or give write permission "
                "there and run again, finished submissions are kept"
            ) from error
        self._digests[student] = digest
        self._known_seconds()[digest] = grade.seconds

    def publish(self, grades: Iterable[Grade]) -> None:
        """Say that these grades, each saved or loaded here before unless it is `infra`, are their students' latest.

        What is known of other students stays, so a run for one student changes that one only.

        Raises
        ------
        AllcloseError
            The list cannot be written.
        """
        news = {
            grade.student: Latest(grade.status, reason=grade.reason)
            if grade.status is Status.INFRA
            else Latest(grade.status, self._digests[grade.student], seconds=grade.seconds)
            for grade in grades
        }
        path = self._folder.parent / _LATEST
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(path.with_suffix(".lock")):
                known = self.latest() | news
                _write_whole(path, _encode({"format": FORMAT, "students": dict(sorted(known.items()))}))
        except OSError as error:
            raise AllcloseError(
                f"{path}: the list of the latest results cannot be written ({error.strerror or error}); make room or "
                "give write permission there and run again, finished submissions are kept"
            ) from error

    def latest(self) -> dict[str, Latest]:
        """Whose result is known, and which one it is, by student; empty where nothing was graded yet.

        A list that cannot be read, or was written by another version, counts as absent: grading makes it anew.
        """
        try:
            found = msgspec.json.decode((self._folder.parent / _LATEST).read_bytes())
            if found["format"] != FORMAT:
                return {}
            return msgspec.convert(found["students"], dict[str, Latest])
        except (OSError, msgspec.MsgspecError, KeyError, TypeError, ValueError, RecursionError):
            return {}

    def _read(self, student: str, digest: str) -> _Record | None:
        self._sweep()
        try:
            record = msgspec.json.decode(self._path(digest).read_bytes(), type=_Record)
        except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
            return None
        known = (record.format, record.digest, record.student, record.grade.student)
        return record if known == (FORMAT, digest, student, student) else None

    def _timed(self, record: _Record) -> Grade:
        """A result's marks, with the seconds that it took where they are known."""
        return replace(record.grade, seconds=self._known_seconds().get(record.digest, 0.0))

    def _known_seconds(self) -> dict[str, float]:
        if self._seconds is None:
            self._seconds = {latest.digest: latest.seconds for latest in self.latest().values()}
        return self._seconds

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.json"

    def _sweep(self) -> None:
        """Remove, once, what a killed run left half-written."""
        if not self._swept:
            self._swept = True
            sweep(self._folder)
            sweep(self._folder.parent, _LATEST)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other runs from changing what we read and write again."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write_whole(path: Path, content: bytes) -> None:
    with replacing(path, durable=True, permissions=0o600) as temporary:
        temporary.write_bytes(content)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _encode(record: dict[str, Any]) -> bytes:
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

"""One student's folder -> `Submission`. Everything in the folder is hostile data; nothing a student did raises.

A notebook that cannot be read is a problem with a one-line reason; the others are graded. Links, pipes and devices are
never opened, other notebooks are not graded, and files that the instructor hands out are the instructor's.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from allclose.course import ipynb
from allclose.model import Assignment, Json, Submission
from allclose.notebook.repair import repair
from allclose.notebook.text import plain

MAX_NOTEBOOK_BYTES = 50_000_000
#: The other files of a submission: how many, how large together, how deep.
MAX_FILES = 1_000
MAX_FILES_BYTES = 100_000_000
MAX_FOLDERS_DEEP = 16
#: How many entries of a submission are looked at, and how many flags name single files.
MAX_ENTRIES = 20_000
MAX_FILE_FLAGS = 20

_IGNORED = (".ipynb_checkpoints", "__pycache__", "*.pyc", ".DS_Store", "__MACOSX")
_TIMESTAMP = "timestamp.txt"

#: What the operating system says of a file that a student made unreadable; anything else is our machine's fault.
_THEIRS = {errno.ENOENT, errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO, errno.ENAMETOOLONG, errno.EISDIR}
_THEIRS |= {errno.ENOTDIR, errno.ENODEV, errno.EMLINK}


class Unusable(Exception):
    """A file that cannot be used; the message is a plain line that goes on after the file's name."""


@dataclass(slots=True)
class Found:
    """What a walk through the folder gathers."""

    files: dict[str, bytes] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    size: int = 0


def read_submission(folder: Path, student: str, assignment: Assignment) -> Submission:
    """Read and repair what one student handed in.

    Parameters
    ----------
    folder : Path
        `submitted/<student>/<lab>`; it need not exist.
    student : str
        The student's id.
    assignment : Assignment
        The assignment, whose notebooks are looked for by name.

    Returns
    -------
    Submission
        `problems` holds a plain line for each notebook that is missing ("missing: …") or cannot be read.

    Raises
    ------
    OSError
        If this machine, not the student, is at fault (a failing disk, too many open files).
    """
    notebooks: dict[str, Json] = {}
    problems: dict[str, str] = {}
    flags: list[str] = []
    origins: dict[str, tuple[int | None, ...]] = {}
    for source in assignment.notebooks:
        try:
            repaired = repair(ipynb.parse(read_file(folder, f"{source.name}.ipynb", MAX_NOTEBOOK_BYTES)), source)
        except (Unusable, ipynb.Unreadable) as error:
            reason = str(error)
            problems[source.name] = reason if reason.startswith("missing:") else f"{source.name}.ipynb {reason}"
        else:
            notebooks[source.name] = repaired.content
            origins[source.name] = repaired.origins
            flags += repaired.flags
    handed_out = {
        path.as_posix(): (assignment.source_dir / path).read_bytes
        for path in assignment.data_files
        if path not in assignment.editable
    }
    others = other_files(folder, {f"{source.name}.ipynb" for source in assignment.notebooks}, handed_out)
    return Submission(
        student, notebooks, problems, others.files, tuple(dict.fromkeys([*flags, *others.flags])), origins
    )


def read_file(folder: Path, name: str, most: int) -> bytes:
    """The bytes of a regular file that stands in the folder itself, and of nothing else."""
    if folder.is_symlink():
        raise Unusable("stands in a folder that is a link; links are not followed")
    path = folder / name
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in _THEIRS:
            raise
        raise Unusable(_refusal(path, error)) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unusable("is a folder, not a file" if stat.S_ISDIR(status.st_mode) else "is not a regular file")
        if status.st_size > most:
            raise Unusable(f"is larger than {most // 1_000_000} MB")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(most + 1)
    finally:
        os.close(descriptor)
    if len(data) > most:
        raise Unusable(f"is larger than {most // 1_000_000} MB")
    return data


def _refusal(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return "is a link; links are not followed"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"missing: no {path.name} was handed in"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "cannot be read: its permissions forbid it"
    return "is not a regular file"


def other_files(folder: Path, notebooks: Collection[str], handed_out: Mapping[str, Callable[[], bytes]]) -> Found:
    """Read the student's other files: helper modules, data of their own.

    Parameters
    ----------
    folder : Path
        What was handed in.
    notebooks : collection of str
        The files that are graded, which are left out here.
    handed_out : mapping of str to callable
        The instructor's files, by relative path, and what gives their content.
    """
    found = Found()
    for seen, (name, entry) in enumerate(_walk(folder, found)):
        if seen >= MAX_ENTRIES or len(found.files) >= MAX_FILES:
            found.flags.append(f"too-many-files: only the first {len(found.files)} are used")
            break
        if name in notebooks or name == _TIMESTAMP:
            continue
        if name.endswith(".ipynb"):
            found.flags.append(f"other-file: {plain(name)}")
        elif not entry.is_file(follow_symlinks=False):
            found.flags.append(f"file-ignored: {plain(name)} is not a regular file")
        elif name in handed_out:
            _note_changed(folder, name, handed_out[name](), found)
        elif not _fits_beside(name, handed_out):
            found.flags.append(f"file-ignored: {plain(name)} stands in the way of a file of the assignment")
        else:
            _keep(folder, name, found)
    if len(found.flags) > MAX_FILE_FLAGS:
        found.flags[MAX_FILE_FLAGS:] = [f"more-files: {len(found.flags) - MAX_FILE_FLAGS} more remarks on files"]
    return found


def _walk(folder: Path, found: Found) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry that is no folder, by relative POSIX path, in order; links are not followed."""
    waiting = [] if folder.is_symlink() else [PurePosixPath()]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(folder / here) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            if error.errno not in _THEIRS:
                raise
            continue
        deeper: list[PurePosixPath] = []
        for entry in entries:
            if any(fnmatchcase(entry.name, pattern) for pattern in _IGNORED):
                continue
            if not _is_plain(entry.name):
                found.flags.append(
                    f"file-ignored: {plain(os.fsencode(entry.name).decode(errors='replace'))} is misnamed"
                )
            elif not entry.is_dir(follow_symlinks=False):
                yield (here / entry.name).as_posix(), entry
            elif len(here.parts) < MAX_FOLDERS_DEEP:
                deeper.append(here / entry.name)
        waiting += reversed(deeper)


def _is_plain(name: str) -> bool:
    """Whether a name is the same everywhere: encodable, without control characters and other systems' separators."""
    return plain(name, most=256) == name and "\\" not in name and name.isprintable()


def _fits_beside(name: str, handed_out: Collection[str]) -> bool:
    above = {parent.as_posix() for parent in PurePosixPath(name).parents}
    return above.isdisjoint(handed_out) and not any(other.startswith(f"{name}/") for other in handed_out)


def _keep(folder: Path, name: str, found: Found) -> None:
    try:
        data = read_file(folder, name, MAX_FILES_BYTES - found.size)
    except Unusable:
        found.flags.append(f"file-ignored: {plain(name)} is too large or cannot be read")
    else:
        found.size += len(data)
        found.files[name] = data


def _note_changed(folder: Path, name: str, ours: bytes, found: Found) -> None:
    """The instructor's version is used; say so where the student's differs."""
    try:
        same = read_file(folder, name, len(ours)) == ours
    except Unusable:
        same = False
    if not same:
        found.flags.append(f"data-file-restored: {plain(name)}")

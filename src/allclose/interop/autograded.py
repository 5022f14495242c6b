"""`autograded/`: executed notebooks and their files where and as `nbgrader autograde` leaves them.

nbgrader's formgrader and feedback read a submission from there. A notebook that could not be read has no file: nbgrader
then shows the submission with that notebook missing, and its feedback passes it over. Files that a student sent are
hostile: links, devices and oversized files are not copied, and what stands in the way of one of the lab's own files or
notebooks is left out.
"""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from allclose.course.cells import grade_id, is_grade, is_solution
from allclose.course.whole import is_temporary, remove_unless_held, replacing
from allclose.errors import InteropError
from allclose.interop.marked import marked_notebook
from allclose.interop.settings import Settings, course_directory, importable, load_settings
from allclose.model import Assignment, Grade, Json, Status

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

#: A file to copy into a submission's folder, by its place there.
Copies = dict[PurePosixPath, Path]


@dataclass(frozen=True, slots=True)
class Sources:
    """The text of a notebook: of its hand-graded answers by grade_id, and of all its cells."""

    answers: dict[str, str]
    everything: tuple[str, ...]

    def of(self, name: str) -> str | tuple[str, ...]:
        """What a grader of cell `name` looks at: an answer itself; for tests and tasks, the whole notebook."""
        return self.answers.get(name, self.everything)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where and how the submissions of one lab are laid down; `finish` is nbgrader's last touch to a notebook."""

    assignment: Assignment
    course: CourseDirectory
    permissions: int
    lab_files: Copies
    finish: Callable[[str, str, Json], bytes]


def write_autograded(assignment: Assignment, grades: Iterable[Grade], submitted: Path) -> None:
    """Write each submission's executed notebooks, the student's files and, over them, the lab's data files.

    A file is replaced whole, is left alone where nothing changed, and goes where it no longer belongs. Write the
    gradebook first: it compares with what stands here.

    Parameters
    ----------
    assignment
        The lab.
    grades
        Results with their executed notebooks; an `infra` result is passed over.
    submitted
        The folder of the submissions, `<student>/<assignment>/`.

    Raises
    ------
    InteropError
        A student's name cannot be a folder's, a file cannot be written, or a step of nbgrader's settings fails.
    """
    shelf = _shelf(assignment, load_settings(assignment.root))
    for grade in grades:
        if grade.status is not Status.INFRA:
            folder = step_folder(shelf.course, shelf.course.autograded_directory, grade.student, assignment.name)
            try:
                _lay_down(shelf, grade, submitted / grade.student / assignment.name, folder)
            except OSError as error:
                raise InteropError(
                    f"{error.filename or folder}: cannot be written ({error.strerror or error}); make room or give "
                    "write permission there and run again"
                ) from error


def sources_of(notebook: Json) -> Sources:
    """Take the texts of a notebook's cells, whose lines may be joined or, as on disk, in lists."""
    cells = [(cell, "".join(cell["source"])) for cell in notebook["cells"]]
    return Sources(
        {grade_id(cell): text for cell, text in cells if is_grade(cell) and is_solution(cell)},
        tuple(text for _, text in cells),
    )


def seen_sources(settings: Settings, assignment: str, student: str, notebook: str) -> Sources | None:
    """Read the texts that a grader saw last, from `autograded/`; None where there is no such notebook."""
    import msgspec

    course = course_directory(settings)
    path = step_folder(course, course.autograded_directory, student, assignment) / f"{notebook}.ipynb"
    try:
        return sources_of(msgspec.json.decode(path.read_bytes()))
    except (OSError, msgspec.MsgspecError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        return None


def step_folder(course: CourseDirectory, step: str, student: str, assignment: str) -> Path:
    """Say where a step of nbgrader's, such as `autograded`, keeps a submission.

    Raises
    ------
    InteropError
        The student's id cannot be the name of a folder.
    """
    if student in ("", ".", "..") or "/" in student or "\0" in student:
        raise InteropError(f"the student id {student!r} cannot name a folder: give that submission another name")
    return Path(course.format_path(step, student, assignment))


def make_folder(folder: Path, groupshared: bool) -> None:
    """Make a folder with what is missing above it, for the group too where the course shares it."""
    folder.mkdir(parents=True, exist_ok=True)
    mode = folder.stat().st_mode
    if groupshared and mode & 0o2770 != 0o2770:
        folder.chmod((mode | 0o2770) & 0o2777)


def _shelf(assignment: Assignment, settings: Settings) -> _Shelf:
    from nbgrader.converters import Autograde

    course = course_directory(settings)
    with _steps_of(settings):
        converter = Autograde(coursedir=course, config=settings.config)
        kept = set(converter.exclude_overwriting.get(assignment.name, []))
        permissions = int(str(converter.permissions), 8)
    lab_files: Copies = {}
    for relative in assignment.data_files:
        place = PurePosixPath(relative)
        if str(place) not in kept and not any(_ignored(part, course.ignore) for part in place.parts):
            lab_files[place] = assignment.source_dir / relative
    return _Shelf(assignment, course, permissions, lab_files, _finisher(converter.autograde_preprocessors, settings))


def _finisher(steps: Iterable[Any], settings: Settings) -> Callable[[str, str, Json], bytes]:
    """Make the bytes of an executed notebook as nbgrader writes them, after its own or the course's further steps."""
    import nbformat
    from nbformat.v4 import rwbase
    from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, Execute, SaveAutoGrades
    from traitlets.utils.importstring import import_item

    done_elsewhere = (Execute, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata)
    with _steps_of(settings):
        classes = [import_item(step) if isinstance(step, str) else step for step in steps]
        further = [step(config=settings.config) for step in classes if not issubclass(step, done_elsewhere)]

    def finish(student: str, name: str, executed: Json) -> bytes:
        node = rwbase.rejoin_lines(nbformat.from_dict(executed))  # type: ignore[no-untyped-call]
        resources: dict[str, Any] = {"unique_key": name, "nbgrader": {"notebook": name, "student": student}}
        with _steps_of(settings):
            for step in further:
                node, resources = step(node, resources)
        return _rendered(rwbase.strip_transient(rwbase.split_lines(node)))  # type: ignore[no-untyped-call]

    return finish


def _rendered(node: Json) -> bytes:
    """Write a notebook's JSON as nbformat does, keys sorted and indented by one space."""
    import msgspec

    try:
        return msgspec.json.format(msgspec.json.encode(node, order="sorted"), indent=1) + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair
        text = json.dumps(node, ensure_ascii=False, indent=1, sort_keys=True)
        return text.encode("utf-8", "replace") + b"\n"


@contextmanager
def _steps_of(settings: Settings) -> Iterator[None]:
    try:
        with importable(settings.root):
            yield
    except Exception as error:
        raise InteropError(
            f"{settings.root / 'nbgrader_config.py'}: a step of nbgrader's Autograde fails "
            f"({type(error).__name__}: {error}); mend or remove it"
        ) from error


def _lay_down(shelf: _Shelf, grade: Grade, turned_in: Path, folder: Path) -> None:
    known = {PurePosixPath(f"{notebook.name}.ipynb"): notebook for notebook in shelf.assignment.notebooks}
    notebooks = {place: notebook for place, notebook in known.items() if notebook.name in grade.notebooks}
    reserved = known.keys() | shelf.lab_files.keys()
    copies = _student_files(shelf.course, turned_in, reserved) | shelf.lab_files
    make_folder(folder, shelf.course.groupshared)
    _clear(folder, notebooks.keys() | copies.keys())
    for place, source in copies.items():
        make_folder((folder / place).parent, shelf.course.groupshared)
        _copy(source, folder / place, shelf.permissions)
    for place, notebook in notebooks.items():
        executed = grade.notebooks[notebook.name]
        if shelf.assignment.suite:  # a grader of its other questions sees how it fared, and nbgrader the same points
            executed = marked_notebook(executed, notebook, grade)
        _write(folder / place, shelf.finish(grade.student, notebook.name, executed), shelf.permissions)


def _student_files(course: CourseDirectory, turned_in: Path, reserved: set[PurePosixPath]) -> Copies:
    """Choose which of a student's files go along: regular ones of a sane size that are in nobody's way."""
    skipped = [*course.ignore, "*.ipynb"]
    parents = {parent for place in reserved for parent in place.parents}
    left = course.max_dir_size * 1000
    chosen: Copies = {}
    if turned_in.is_symlink():
        return chosen
    for top, folders, files in os.walk(turned_in):
        folders[:] = sorted(name for name in folders if not _ignored(name, skipped))
        for name in sorted(files):
            path = Path(top, name)
            place = PurePosixPath(path.relative_to(turned_in))
            found = path.lstat()
            in_the_way = place in reserved or place in parents or not reserved.isdisjoint(place.parents)
            if _ignored(name, skipped) or in_the_way or not stat.S_ISREG(found.st_mode):
                continue
            if found.st_size <= min(left, course.max_file_size * 1000):
                left -= found.st_size
                chosen[place] = path
    return chosen


def _ignored(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def _clear(folder: Path, wanted: set[PurePosixPath]) -> None:
    """Remove what no longer belongs, but for what a run at work is writing now."""
    for top, folders, files in os.walk(folder, topdown=False):
        for name in (*files, *folders):
            path = Path(top, name)
            place = PurePosixPath(path.relative_to(folder))
            if path.is_dir() and not path.is_symlink():
                if not any(place in each.parents for each in wanted):
                    _remove_folder(path)
            elif place in wanted:
                continue
            elif is_temporary(name):
                with suppress(FileNotFoundError):  # put in its place meanwhile
                    remove_unless_held(path)
            else:
                path.unlink()


def _remove_folder(path: Path) -> None:
    try:
        path.rmdir()
    except OSError:  # another run is writing there
        return


def _copy(source: Path, target: Path, permissions: int) -> None:
    """Copy a file unless the same one stands there, by size and time."""
    handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW)
    with open(handle, "rb") as file:  # noqa: PTH123 - opened without following a link
        found = os.fstat(handle)
        if _stands(target, found.st_size, permissions) and target.stat().st_mtime_ns == found.st_mtime_ns:
            return
        with replacing(target, permissions=permissions) as temporary:
            with temporary.open("wb") as copy:
                shutil.copyfileobj(file, copy)
            os.utime(temporary, ns=(found.st_mtime_ns, found.st_mtime_ns))


def _write(target: Path, content: bytes, permissions: int) -> None:
    if _stands(target, len(content), permissions) and target.read_bytes() == content:
        return
    with replacing(target, permissions=permissions) as temporary:
        temporary.write_bytes(content)


def _stands(target: Path, size: int, permissions: int) -> bool:
    try:
        found = target.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and (found.st_size, stat.S_IMODE(found.st_mode)) == (size, permissions)

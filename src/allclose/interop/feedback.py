"""`feedback/`: the page of each student, under each notebook's name as `nbgrader generate_feedback` leaves pages.

nbgrader's `release_feedback` takes them from there. It names a page after the secret of the submission, which
nbgrader's own `submit` makes and the student keeps, so the secret lies beside the pages; one that came another
way gets one of its own, since nbgrader stops for all where one has none.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from allclose.course.cells import grade_id, is_grade, is_locked, is_solution, is_task
from allclose.errors import InteropError
from allclose.interop.autograded import make_folder, step_folder
from allclose.interop.export.standings import Standing, Standings, State
from allclose.interop.marked import without_marks
from allclose.interop.settings import course_directory, load_settings
from allclose.model import Assignment, Json, Notebook
from allclose.report.feedback import Answered, Page, Part, feedback_page
from allclose.report.files import write_whole
from allclose.report.prose import heading
from allclose.report.shown import Cell, Given, shown_cells

_SECRET = "submission_secret.txt"
_TIMESTAMP = "timestamp.txt"
_MAX_NOTEBOOK_BYTES = 200_000_000
_MAX_LINE_BYTES = 1_000
_SECRET_BYTES = 64


#: So many pages take longer than another process.
_WORTH_A_PROCESS = 32

#: Makes the pages of one student.
_Write = Callable[[Standing], dict[str, Path]]
#: What a process of a pool works with.
_work: tuple[_Write, Sequence[Standing]] | None = None

#: The pages of a class: by student, each notebook's file.
Pages = Mapping[str, Mapping[str, Path]]


def write_feedback(assignment: Assignment, standings: Standings, students: Iterable[str]) -> Pages:
    """Write the pages of some students.

    Parameters
    ----------
    assignment
        The assignment.
    standings
        Where its class stands.
    students
        Whose pages; one who has no result gets none.

    Returns
    -------
    Pages
        What was written.

    Raises
    ------
    InteropError
        A page cannot be written, or a student's id cannot name a folder.
    """
    settings = load_settings(assignment.root)
    course = course_directory(settings)
    usual = 664 if course.groupshared else 644  # nbgrader writes octal numbers so
    permissions = int(str(settings.config.GenerateFeedback.get("permissions", usual)), 8)
    chosen = set(students)
    given = {notebook.name: _given(notebook, has_suite=bool(assignment.suite)) for notebook in assignment.notebooks}

    def write(student: Standing) -> dict[str, Path]:
        graded = step_folder(course, course.autograded_directory, student.id, assignment.name)
        folder = step_folder(course, course.feedback_directory, student.id, assignment.name)
        try:
            make_folder(folder, course.groupshared)
            return _write_pages(assignment, standings, student, given, graded, folder, permissions)
        except OSError as error:
            raise InteropError(
                f"{error.filename or folder}: cannot be written ({error.strerror or error}); make room or give "
                "write permission there and run again"
            ) from error

    told = [student for student in standings.students if student.id in chosen and has_pages(student)]
    return {student.id: pages for student, pages in zip(told, _on_all_cores(write, told), strict=True)}


def _on_all_cores(write: _Write, students: Sequence[Standing]) -> Iterator[dict[str, Path]]:
    """Do it for everybody; what all share is made for the first, before processes are forked for the others."""
    yield from map(write, students[:1])
    rest = students[1:]
    workers = min(len(os.sched_getaffinity(0)), len(rest) // _WORTH_A_PROCESS)
    if workers < 2:
        yield from map(write, rest)
        return
    context = multiprocessing.get_context("fork")  # so what `write` needs is there, and is sent to nobody
    with ProcessPoolExecutor(workers, context, initializer=_take, initargs=(write, rest)) as pool:
        try:
            yield from pool.map(_write_one, range(len(rest)), chunksize=_WORTH_A_PROCESS // 2)
        except BrokenProcessPool:
            raise InteropError("a process that writes pages was killed; run the command again") from None


def _take(write: _Write, students: Sequence[Standing]) -> None:
    """Keep in a new process what all its work is done with."""
    global _work
    _work = write, students


def _write_one(place: int) -> dict[str, Path]:
    assert _work is not None
    write, students = _work
    return write(students[place])


def has_pages(student: Standing) -> bool:
    """Whether there is a result to tell a student of."""
    return student.turned is not None and student.state in (State.GRADED, State.BAD_FILE)


def _write_pages(
    assignment: Assignment,
    standings: Standings,
    student: Standing,
    given: Mapping[str, Given],
    graded: Path,
    folder: Path,
    permissions: int,
) -> dict[str, Path]:
    files = {
        _TIMESTAMP: _line(graded / _TIMESTAMP) or "",
        _SECRET: _line(graded / _SECRET) or _line(folder / _SECRET) or secrets.token_hex(_SECRET_BYTES),
    }
    page = feedback_page(_page(assignment, standings, student, given, graded))
    pages = {notebook.name: folder / f"{notebook.name}.html" for notebook in assignment.notebooks}
    files |= {path.name: page for path in pages.values()}
    for name, text in files.items():
        write_whole(folder / name, text, durable=name == _SECRET)
        (folder / name).chmod(permissions)
    return pages


def _page(
    assignment: Assignment, standings: Standings, student: Standing, given: Mapping[str, Given], graded: Path
) -> Page:
    assert student.turned is not None
    return Page(
        assignment=assignment.name,
        student=student.id,
        name=student.name,
        parts=tuple(_part(standings, student, each, given[each.name], graded) for each in assignment.notebooks),
        submitted=student.turned.submitted,
        flags=student.flags,
        isolation=student.isolation,
        mistakes={answer.name: answer for answer in assignment.misconceptions},
    )


def _part(standings: Standings, student: Standing, notebook: Notebook, given: Given, graded: Path) -> Part:
    assert student.turned is not None
    content = _notebook(graded / f"{notebook.name}.ipynb")
    answered = _answered(standings, student, notebook)
    cells: tuple[Cell, ...] = ()
    if content is not None:
        if any(answer.tests for answer in answered):  # the page says it above the notebook
            content = without_marks(content)
        cells = shown_cells(content, given)
    return Part(
        notebook=notebook.name,
        answered=answered,
        title=next((heading(cell["source"]) for cell in notebook.released if _is_title(cell)), ""),
        penalty=student.turned.penalties.get(notebook.name, 0.0),
        problem="" if content is not None else student.reason or _absence(graded / f"{notebook.name}.ipynb"),
        cells=cells,
    )


def _answered(standings: Standings, student: Standing, notebook: Notebook) -> tuple[Answered, ...]:
    assert student.turned is not None
    answers = dict(_answer_cells(notebook))
    return tuple(
        Answered(
            asked.question,
            entry.score,
            asked.max_score,
            asked.by_hand,
            entry.pending,
            not asked.by_hand and entry.manual is not None,
            entry.extra or 0.0,
            entry.comment,
            tests,
            answers.get(asked.grade_cell, (asked.question,)),
        )
        for asked, entry, tests in zip(standings.asked, student.turned.entries, student.tests, strict=True)
        if asked.notebook == notebook.name
    )


def _answer_cells(notebook: Notebook) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each graded cell where its answer stands, by grade_id: in itself, or in the last answer cell before it."""
    answer = ""
    for cell in notebook.recorded:
        name = grade_id(cell)
        answer = name if is_solution(cell) else answer
        if is_grade(cell) or is_task(cell):
            own = is_solution(cell) or is_task(cell) or not answer
            yield name, (name,) if own else (answer, name)


def _given(notebook: Notebook, *, has_suite: bool) -> Given:
    """What students were given, without hidden tests and what these put out.

    Where a suite grades, a hidden line's own output is made for students; in a notebook that tests itself it is not.
    """
    pairs = {
        grade_id(cell): (cell, released) for cell, released in zip(notebook.recorded, notebook.released, strict=True)
    }
    hiding = {name for name, (cell, released) in pairs.items() if cell["source"] != released["source"]}
    return Given(
        locked={
            name: released["source"]
            for name, (cell, released) in pairs.items()
            if name and (is_locked(cell) or is_task(cell))
        },
        silent=set() if has_suite else hiding,
        untouched={released["source"] for released in notebook.released},
    )


def _absence(path: Path) -> str:
    if os.path.lexists(path):
        return f"{path.name}, as it was graded, cannot be read any more"
    return f"no {path.name} was handed in"


def _is_title(cell: Json) -> bool:
    return bool(cell["cell_type"] == "markdown" and cell["source"].lstrip().startswith("# "))


def _notebook(path: Path) -> Json | None:
    """A graded notebook; None where there is none that can be read."""
    import msgspec

    data = _bytes(path, _MAX_NOTEBOOK_BYTES)
    if data is None:
        return None
    try:
        found = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _line(path: Path) -> str | None:
    """The text of a short file that came with a submission, as it stands; None where there is no such file."""
    data = _bytes(path, _MAX_LINE_BYTES)
    text = data.decode("utf-8", "replace") if data is not None else ""
    return text if text.strip() and text.strip().isprintable() else None


def _bytes(path: Path, most: int) -> bytes | None:
    """The content of a regular file that is no link and not larger than `most`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            return None
        data = file.read(most + 1)
    return data if len(data) <= most else None

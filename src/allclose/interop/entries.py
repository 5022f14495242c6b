"""The rows that the grades of a class become in nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from allclose.course.cells import grade_id, is_grade, is_recorded, is_solution, is_task
from allclose.errors import InteropError
from allclose.grading.scoring import is_unanswered
from allclose.interop.autograded import Sources, seen_sources, sources_of
from allclose.interop.lateness import Penalty, late_penalty, seconds_late, submitted_at
from allclose.model import Assignment, Grade

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from allclose.interop.settings import Settings

Row = dict[str, Any]


@dataclass(slots=True)
class _Notebook:
    """A notebook as the gradebook knows it: ids of its cells by grade_id."""

    id: str
    name: str
    graded: dict[str, str] = field(default_factory=dict)
    commented: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """What stays the same while the grades of a class are written."""

    session: Session
    assignment: Assignment
    assignment_id: str
    due: datetime | None
    notebooks: tuple[_Notebook, ...]
    submitted: Path
    penalty: Penalty
    seen: Callable[[str, str], Sources | None]


@dataclass(frozen=True, slots=True)
class _Turned:
    """One submission's row: `late` is in seconds."""

    id: str
    student: str
    late: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """One grade's row, as it stands in the gradebook."""

    id: str
    auto: float | None = None
    manual: float | None = None
    extra: float | None = None
    needs: bool = True

    def score(self, auto: float | None) -> float:
        """The points that count with this automatic score, as nbgrader counts them."""
        points = auto if self.manual is None else self.manual
        return 0.0 if points is None else points + (self.extra or 0.0)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What one notebook of a submission earned: scores by grade_id, None where a grader must give one."""

    auto: dict[str, float | None]
    comments: dict[str, str | None]
    sources: Sources | None


def open_book(session: Session, assignment: Assignment, settings: Settings, submitted: Path) -> Book:
    """Find the assignment in the gradebook.

    Raises
    ------
    InteropError
        It is not there, or has not all the cells that the assignment has.
    """
    from nbgrader import api
    from sqlalchemy import select

    row = session.execute(
        select(api.Assignment.id, api.Assignment.duedate)
        .where(api.Assignment.name == assignment.name)
        .with_for_update()  # two runs on one server write one after the other; SQLite's transaction sees to that itself
    ).one_or_none()
    if row is None:
        raise InteropError(f"{assignment.source_dir}: not in the gradebook; run `allclose release {assignment.name}`")
    found = session.execute(select(api.Notebook.id, api.Notebook.name).where(api.Notebook.assignment_id == row.id))
    notebooks = {each.id: _Notebook(each.id, each.name) for each in found}
    base = api.BaseCell.__table__
    for cell in session.execute(select(base).where(base.c.notebook_id.in_(notebooks))):
        if cell.type in ("GradeCell", "TaskCell"):
            notebooks[cell.notebook_id].graded[cell.name] = cell.id
        if cell.type in ("SolutionCell", "TaskCell"):
            notebooks[cell.notebook_id].commented[cell.name] = cell.id
    known = {notebook.name: set(notebook.graded) for notebook in notebooks.values()}
    for notebook in assignment.notebooks:
        missing = {cell.grade_id for cell in notebook.grade_cells} - known.get(notebook.name, set())
        if notebook.name not in known or missing:
            raise InteropError(
                f"{notebook.path}: the gradebook has not recorded {', '.join(sorted(missing)) or 'it'}; "
                f"run `allclose release {assignment.name}`"
            )
    return Book(
        session,
        assignment,
        row.id,
        row.duedate,
        tuple(notebooks.values()),
        submitted,
        late_penalty(settings),
        lambda student, notebook: seen_sources(settings, assignment.name, student, notebook),
    )


def write_rows(book: Book, grades: Sequence[Grade]) -> None:
    """Write the rows of some hundred submissions."""
    from nbgrader import api

    graded = {grade.student: grade for grade in grades}
    _add_students(book, list(graded))
    turned = _turned_in(book, list(graded))
    notebooks = _submitted_notebooks(book, turned)
    entries, comments = _entries(book, turned), _comments(book, turned)
    new: dict[Any, list[Row]] = {api.Grade: [], api.Comment: []}
    changed: dict[Any, list[Row]] = {api.Grade: [], api.Comment: [], api.SubmittedNotebook: []}
    for submission in turned:
        for notebook in book.notebooks:
            row_id, old_penalty = notebooks[submission.id, notebook.id]
            marks = _marks(book, notebook, graded[submission.student])
            score = 0.0
            for name, cell_id in notebook.graded.items():
                old = entries.get((row_id, cell_id))
                auto, needs = _judged(book, submission.student, notebook, name, marks, old or _Entry(""))
                score += (old or _Entry("")).score(auto)
                columns = {"auto_score": auto, "needs_manual_grade": needs}
                if old is None:
                    new[api.Grade].append({"id": _new_id(), "notebook_id": row_id, "cell_id": cell_id, **columns})
                elif (auto, needs) != (old.auto, old.needs):
                    changed[api.Grade].append({"id": old.id, **columns})
            for name, cell_id in notebook.commented.items():
                known = comments.get((row_id, cell_id))
                text = marks.comments.get(name)
                if known is None:
                    row = {"id": _new_id(), "notebook_id": row_id, "cell_id": cell_id, "auto_comment": text}
                    new[api.Comment].append(row)
                elif name in marks.comments and text != known[1]:
                    changed[api.Comment].append({"id": known[0], "auto_comment": text})
            penalty = None
            if submission.late > 0 and marks.sources is not None:
                penalty = book.penalty(submission.student, score, submission.late)
            if penalty != old_penalty:
                changed[api.SubmittedNotebook].append({"id": row_id, "late_submission_penalty": penalty})
    _store(book.session, new, changed)


def _store(session: Session, new: dict[Any, list[Row]], changed: dict[Any, list[Row]]) -> None:
    """Add rows, and change the columns of rows that are named by their id, many in one statement."""
    from sqlalchemy import bindparam

    for model, rows in new.items():
        if rows:
            session.execute(model.__table__.insert(), rows)
    for model, rows in changed.items():
        if rows:
            table = model.__table__
            columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "id"}
            statement = table.update().where(table.c.id == bindparam("row_id")).values(columns)
            session.execute(statement, [{"row_id": row["id"], **{name: row[name] for name in columns}} for row in rows])


def _new_id() -> str:
    return uuid4().hex


def _marks(book: Book, notebook: _Notebook, grade: Grade) -> _Marks:
    executed = grade.notebooks.get(notebook.name)
    if executed is None:
        return _Marks(dict.fromkeys(notebook.graded, 0.0), {}, None)
    cell_of = {(question.notebook, question.name): question.grade_cell for question in book.assignment.questions}
    auto: dict[str, float | None] = {
        cell_of[mark.notebook, mark.question]: mark.score for mark in grade.questions if mark.notebook == notebook.name
    }
    comments: dict[str, str | None] = {}
    for cell in filter(is_recorded, executed["cells"]):
        name = grade_id(cell)
        unanswered = is_solution(cell) and is_unanswered(cell)
        if is_task(cell):
            auto[name] = comments[name] = None
        elif is_solution(cell):
            comments[name] = "No response." if unanswered else None
            if is_grade(cell):
                auto[name] = 0.0 if unanswered else None
    return _Marks(auto, comments, sources_of(executed))


def _judged(
    book: Book, student: str, notebook: _Notebook, name: str, marks: _Marks, old: _Entry
) -> tuple[float | None, bool]:
    """The automatic score of one cell, and whether a grader must look at it."""
    if marks.sources is None:
        return 0.0, False
    auto = marks.auto.get(name)
    if old.manual is None:
        return auto, auto is None
    if old.needs or old.auto != auto:
        return auto, True
    seen = book.seen(student, notebook.name)
    return auto, seen is None or seen.of(name) != marks.sources.of(name)


def _add_students(book: Book, students: list[str]) -> None:
    from nbgrader import api
    from sqlalchemy import select

    known = set(book.session.scalars(select(api.Student.id).where(api.Student.id.in_(students))))
    missing = [{"id": student} for student in students if student not in known]
    _store(book.session, {api.Student: missing}, {})


def _turned_in(book: Book, students: list[str]) -> list[_Turned]:
    from nbgrader.api import SubmittedAssignment as Table
    from sqlalchemy import select

    query = select(Table.id, Table.student_id, Table.timestamp, Table.extension)
    query = query.where(Table.assignment_id == book.assignment_id, Table.student_id.in_(students))
    known = {row.student_id: row for row in book.session.execute(query)}
    turned, new, changed = [], [], []
    for student in students:
        when = submitted_at(book.submitted / student / book.assignment.name)
        row = known.get(student)
        extension: timedelta | None = None
        if row is None:
            row_id = _new_id()
            columns = {"assignment_id": book.assignment_id, "student_id": student, "timestamp": when}
            new.append({"id": row_id, **columns})
        else:
            row_id, extension = row.id, row.extension
            if when is not None and when != row.timestamp:
                changed.append({"id": row_id, "timestamp": when})
            when = when or row.timestamp
        turned.append(_Turned(row_id, student, seconds_late(when, book.due, extension)))
    _store(book.session, {Table: new}, {Table: changed})
    return turned


def _submitted_notebooks(book: Book, turned: list[_Turned]) -> dict[tuple[str, str], tuple[str, float | None]]:
    """The id and late penalty of each notebook's row, by the ids of submission and notebook; missing ones are added."""
    from nbgrader.api import SubmittedNotebook as Table
    from sqlalchemy import select

    query = select(Table.id, Table.assignment_id, Table.notebook_id, Table.late_submission_penalty)
    query = query.where(Table.assignment_id.in_([submission.id for submission in turned]))
    found: dict[tuple[str, str], tuple[str, float | None]] = {
        (row.assignment_id, row.notebook_id): (row.id, row.late_submission_penalty)
        for row in book.session.execute(query)
    }
    new = []
    for submission in turned:
        for notebook in book.notebooks:
            if (submission.id, notebook.id) not in found:
                row_id = _new_id()
                new.append({"id": row_id, "assignment_id": submission.id, "notebook_id": notebook.id})
                found[submission.id, notebook.id] = (row_id, None)
    _store(book.session, {Table: new}, {})
    return found


def _entries(book: Book, turned: list[_Turned]) -> dict[tuple[str, str], _Entry]:
    from nbgrader.api import Grade as Table
    from nbgrader.api import SubmittedNotebook
    from sqlalchemy import select

    query = select(
        Table.id,
        Table.notebook_id,
        Table.cell_id,
        Table.auto_score,
        Table.manual_score,
        Table.extra_credit,
        Table.needs_manual_grade,
    ).join(SubmittedNotebook, SubmittedNotebook.id == Table.notebook_id)
    query = query.where(SubmittedNotebook.assignment_id.in_([submission.id for submission in turned]))
    return {(row[1], row[2]): _Entry(row[0], *row[3:]) for row in book.session.execute(query)}


def _comments(book: Book, turned: list[_Turned]) -> dict[tuple[str, str], tuple[str, str | None]]:
    from nbgrader.api import Comment as Table
    from nbgrader.api import SubmittedNotebook
    from sqlalchemy import select

    query = select(Table.id, Table.notebook_id, Table.cell_id, Table.auto_comment)
    query = query.join(SubmittedNotebook, SubmittedNotebook.id == Table.notebook_id)
    query = query.where(SubmittedNotebook.assignment_id.in_([submission.id for submission in turned]))
    return {(row[1], row[2]): (row[0], row[3]) for row in book.session.execute(query)}

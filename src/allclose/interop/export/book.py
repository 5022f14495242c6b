"""What nbgrader's gradebook says of one assignment, read and never changed.

The points of a cell are nbgrader's: the manual score, or else the automatic one, and the extra credit. A student's
total is the sum over the cells less the late penalties of the notebooks, and never below 0 (`CsvExportPlugin`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Asked:
    """A graded cell; `by_hand` where no test grades it."""

    notebook: str
    question: str
    grade_cell: str
    by_hand: bool
    max_score: float


@dataclass(frozen=True, slots=True)
class Entry:
    """What one student has for one graded cell; `pending` while a grader must look at it."""

    auto: float | None = None
    manual: float | None = None
    extra: float | None = None
    pending: bool = False
    comment: str = ""

    @property
    def score(self) -> float:
        """The points that count, as nbgrader counts them."""
        points = self.auto if self.manual is None else self.manual
        return 0.0 if points is None else points + (self.extra or 0.0)


@dataclass(frozen=True, slots=True)
class Known:
    """A student as the gradebook knows them."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Turned:
    """One submission: entries for the graded cells, in their order, and the late penalty of each notebook."""

    submitted: datetime | None
    entries: tuple[Entry, ...]
    penalties: Mapping[str, float] = field(default_factory=dict)

    @property
    def penalty(self) -> float:
        """The points that lateness costs in all."""
        return sum(self.penalties.values())

    @property
    def raw_score(self) -> float:
        """The points before lateness."""
        return sum(entry.score for entry in self.entries)

    @property
    def score(self) -> float:
        """The points that count."""
        return max(0.0, self.raw_score - self.penalty)

    @property
    def pending(self) -> bool:
        """Whether a grader must still look at something."""
        return any(entry.pending for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Book:
    """One assignment in the gradebook: its graded cells, every student of the course, and who turned in what."""

    assignment: str
    asked: tuple[Asked, ...]
    students: dict[str, Known]
    turned: dict[str, Turned]

    @property
    def max_score(self) -> float:
        """The points of all graded cells."""
        return sum(asked.max_score for asked in self.asked)


def read_book(session: Session, assignment: str, order: Sequence[tuple[str, str]] = ()) -> Book | None:
    """Read one assignment.

    Parameters
    ----------
    session
        Of nbgrader's database.
    assignment
        Its name.
    order
        (notebook, grade_id) of the graded cells as they stand in the source: the gradebook itself keeps no order.

    Returns
    -------
    Book or None
        None where the gradebook has no such assignment.
    """
    from nbgrader import api
    from sqlalchemy import select

    row = session.scalar(select(api.Assignment.id).where(api.Assignment.name == assignment))
    if row is None:
        return None
    places = {cell: place for place, cell in enumerate(order)}
    cells = sorted(
        _cells(session, row),
        key=lambda cell: places.get((cell.asked.notebook, cell.asked.grade_cell), len(places)),
    )
    columns = [getattr(api.Student, name) for name in ("id", "first_name", "last_name", "email", "lms_user_id")]
    people = session.execute(select(*columns).order_by(api.Student.id))
    return Book(
        assignment,
        tuple(cell.asked for cell in cells),
        {person.id: Known(*(value or "" for value in person)) for person in people},
        _turned(session, row, cells),
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    """A graded cell by its id in the database; comments on it hang on `commented`, its answer's cell."""

    id: str
    commented: str
    asked: Asked


def _cells(session: Session, assignment: str) -> list[_Cell]:
    from nbgrader import api
    from sqlalchemy import select

    query = select(api.Notebook.id, api.Notebook.name).where(api.Notebook.assignment_id == assignment)
    notebooks = {row.id: row.name for row in session.execute(query.order_by(api.Notebook.name))}
    query = select(api.SolutionCell.id, api.SolutionCell.notebook_id, api.SolutionCell.name)
    query = query.where(api.SolutionCell.notebook_id.in_(notebooks))
    answers = {(row.notebook_id, row.name): row.id for row in session.execute(query)}
    found = []
    for model in (api.GradeCell, api.TaskCell):
        query = select(model.id, model.notebook_id, model.name, model.max_score, model.cell_type)
        for row in session.execute(query.where(model.notebook_id.in_(notebooks))):
            own = row.name.removesuffix("-grade")
            task = model is api.TaskCell
            by_hand = task or row.cell_type != "code" or (row.notebook_id, row.name) in answers
            question = own if not by_hand and (row.notebook_id, own) in answers else row.name
            commented = row.id if task else answers.get((row.notebook_id, question), "")
            asked = Asked(notebooks[row.notebook_id], question, row.name, by_hand, row.max_score)
            found.append(_Cell(row.id, commented, asked))
    return found


def _turned(session: Session, assignment: str, cells: Sequence[_Cell]) -> dict[str, Turned]:
    from nbgrader import api
    from sqlalchemy import select

    query = select(
        api.SubmittedNotebook.id,
        api.SubmittedNotebook.assignment_id,
        api.SubmittedNotebook.late_submission_penalty,
        api.Notebook.name,
    ).join(api.Notebook, api.Notebook.id == api.SubmittedNotebook.notebook_id)
    notebooks = session.execute(query.where(api.Notebook.assignment_id == assignment)).all()
    owner = {row.id: row.assignment_id for row in notebooks}
    penalties: dict[str, dict[str, float]] = {}
    for row in notebooks:
        if row.late_submission_penalty:
            penalties.setdefault(row.assignment_id, {})[row.name] = row.late_submission_penalty
    entries = _entries(session, assignment, owner, cells)
    table = api.SubmittedAssignment
    query = select(table.id, table.student_id, table.timestamp).where(table.assignment_id == assignment)
    return {
        row.student_id: Turned(
            row.timestamp,
            tuple(entries.get((row.id, cell.id), Entry()) for cell in cells),
            penalties.get(row.id, {}),
        )
        for row in session.execute(query)
    }


def _entries(
    session: Session, assignment: str, owner: Mapping[str, str], cells: Sequence[_Cell]
) -> dict[tuple[str, str], Entry]:
    """The entries of a class, by the ids of submission and graded cell."""
    from nbgrader import api
    from sqlalchemy import select

    def of_assignment(model: Any, *columns: Any) -> Any:
        query = select(model.notebook_id, model.cell_id, *columns)
        query = query.join(api.SubmittedNotebook, api.SubmittedNotebook.id == model.notebook_id)
        query = query.join(api.Notebook, api.Notebook.id == api.SubmittedNotebook.notebook_id)
        return session.execute(query.where(api.Notebook.assignment_id == assignment))

    comments = {(row[0], row[1]): row[2] or "" for row in of_assignment(api.Comment, api.Comment.comment)}
    commented = {cell.id: cell.commented for cell in cells}
    grade = api.Grade
    columns = (grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade)
    found = {}
    for row, cell, auto, manual, extra, pending in of_assignment(grade, *columns):
        comment = comments.get((row, commented.get(cell, "")), "")
        found[owner[row], cell] = Entry(auto, manual, extra, bool(pending), comment)
    return found

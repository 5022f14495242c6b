"""Where every student of a course stands in one assignment: gradebook, stored results, roster and site put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from allclose.course import submitted_folders
from allclose.errors import InteropError
from allclose.grading.store import Latest, store_of
from allclose.interop.collect.names import safe_id
from allclose.interop.collected import Collected, read_collected
from allclose.interop.database import in_transaction
from allclose.interop.export.book import Asked, Book, Known, Turned, read_book
from allclose.interop.gradebook import db_url
from allclose.interop.roster import Person, roster_of
from allclose.interop.settings import load_settings
from allclose.model import Assignment, Grade, QuestionMark, Status, TestMark, Tier

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Scores of the store and of the gradebook are the same up to the rounding of a database.
_SAME = 1e-6


class State(StrEnum):
    """What there is of a student's work."""

    GRADED = "graded"
    BAD_FILE = "bad-file"
    INFRA = "infra"
    UNGRADED = "not-graded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Standing:
    """One student in one assignment; `turned` is None where the gradebook has no submission.

    `tests` are the marks of the tests of each graded cell, in the order of the assignment's, where they are known and
    are those that the gradebook's score came from.
    """

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    site_id: str = ""
    state: State = State.MISSING
    turned: Turned | None = None
    tests: tuple[tuple[TestMark, ...], ...] = ()
    flags: tuple[str, ...] = ()
    reason: str = ""
    isolation: Tier | None = None
    collected: Collected | None = field(default=None, repr=False)

    @property
    def pending(self) -> bool:
        """Whether the score waits for a grader."""
        return self.state is State.GRADED and self.turned is not None and self.turned.pending

    def score(self, *, with_pending: bool) -> float | None:
        """The points that count; None where there are none (yet)."""
        if self.turned is None or self.state is State.INFRA or (self.pending and not with_pending):
            return None
        return self.turned.score


@dataclass(frozen=True, slots=True)
class Standings:
    """A class in one assignment, by student."""

    assignment: str
    asked: tuple[Asked, ...]
    students: tuple[Standing, ...]

    @property
    def max_score(self) -> float:
        """The points of all graded cells."""
        return sum(asked.max_score for asked in self.asked)

    def waiting(self, student: Standing) -> tuple[str, ...]:
        """The questions of a student's that a grader must look at."""
        if student.turned is None or not student.pending:
            return ()
        return tuple(
            asked.question for asked, entry in zip(self.asked, student.turned.entries, strict=True) if entry.pending
        )


def read_standings(assignment: Assignment) -> Standings:
    """Put together what the course knows of its students' work.

    Returns
    -------
    Standings
        Everybody who is in the gradebook, on the roster, in what was collected or in `submitted/`, by id.

    Raises
    ------
    InteropError
        Nothing of the assignment is in the gradebook, or the gradebook cannot be read.
    CourseError
        The course's settings do not run.
    """
    book = _book(assignment)
    store = store_of(assignment)
    latest = store.latest()
    collected = read_collected(assignment.root, assignment.name)
    roster = {safe_id(person.id): person for person in roster_of(assignment.root)}
    folders = _folders(assignment)
    everybody = sorted({*book.students, *book.turned, *latest, *collected, *roster, *folders})
    found = []
    for student in everybody:
        last = latest.get(student)
        result = store.load_marks(student, last.digest) if last is not None and last.digest else None
        person = _person(student, roster.get(student), collected.get(student), book.students.get(student))
        found.append(_standing(person, book, last, result, collected.get(student), student in folders))
    return Standings(assignment.name, book.asked, tuple(found))


def _book(assignment: Assignment) -> Book:
    from sqlalchemy import make_url

    url = db_url(assignment.root)
    order = [(notebook.name, cell.grade_id) for notebook in assignment.notebooks for cell in notebook.grade_cells]
    place = make_url(url)
    book = None
    missing = place.get_backend_name() == "sqlite" and not Path(str(place.database).removeprefix("file:")).exists()
    if not missing:

        def work(session: Session) -> Book | None:
            return read_book(session, assignment.name, order)

        book = in_transaction(url, load_settings(assignment.root).course_id, work)
    if book is None or not book.turned:
        raise InteropError(
            f"{assignment.name}: the gradebook has no submission of it; run `allclose grade {assignment.name}` first"
        )
    return book


def _folders(assignment: Assignment) -> frozenset[str]:
    submitted = assignment.root / "submitted"
    return frozenset(submitted_folders(submitted, assignment.name)) if submitted.is_dir() else frozenset()


def _person(student: str, listed: Person | None, collected: Collected | None, known: Known | None) -> Person:
    """A student's particulars: the roster's, or else what the site or the gradebook says."""
    sources = [source for source in (listed, collected, known) if source is not None]
    return Person(
        student,
        next((source.name for source in sources if source.name), ""),
        next((source.email for source in sources if source.email), ""),
        listed.section if listed is not None else "",
        (listed.site_id if listed is not None else "") or (known.lms_user_id if known is not None else ""),
    )


def _standing(
    person: Person, book: Book, last: Latest | None, result: Grade | None, collected: Collected | None, handed_in: bool
) -> Standing:
    turned = book.turned.get(person.id)
    state = _state(turned, last, handed_in)
    about = Standing(person.id, person.name, person.email, person.section, person.site_id, state, turned)
    about = replace(about, tests=((),) * len(book.asked), collected=collected)
    if last is not None and state is State.INFRA:
        return replace(about, reason=last.reason)
    if result is not None and turned is not None:
        tests = _tests(book, turned, result.questions)
        return replace(about, tests=tests, flags=result.flags, reason=result.reason, isolation=result.isolation)
    return about


def _state(turned: Turned | None, last: Latest | None, handed_in: bool) -> State:
    if last is not None and last.status is Status.INFRA:
        return State.INFRA
    if turned is None:
        return State.UNGRADED if handed_in else State.MISSING
    return State.BAD_FILE if last is not None and last.status is Status.BAD_FILE else State.GRADED


def _tests(book: Book, turned: Turned, marks: Iterable[QuestionMark]) -> tuple[tuple[TestMark, ...], ...]:
    """The tests behind each automatic score, but for a score that another grader has given since."""
    known = {(mark.notebook, mark.question): mark for mark in marks}
    found = []
    for asked, entry in zip(book.asked, turned.entries, strict=True):
        mark = known.get((asked.notebook, asked.question)) or known.get((asked.notebook, asked.grade_cell))
        same = mark is not None and entry.auto is not None and abs(mark.score - entry.auto) < _SAME
        found.append(mark.tests if mark is not None and same else ())
    return tuple(found)

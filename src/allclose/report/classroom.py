"""A class in one assignment, and what its results say of it: plain values, for the page, the JSON and the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from allclose.model import TestMark
from allclose.ratings import Rating
from allclose.report.similar import Answer, Place, Similar

State = Literal["graded", "bad-file", "infra", "not-graded", "missing"]


@dataclass(frozen=True, slots=True)
class Item:
    """One graded question, by the name that it has in the report."""

    name: str
    max_score: float
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Student:
    """One student in one assignment.

    Attributes
    ----------
    id, name, section : str
        Of the person; `listed` says whether the roster has them, where there is a roster.
    state
        What there is of the work, and `reason` why it could not be graded.
    points : tuple of float or None
        For each item, before late penalties; None where it is not graded.
    pending : tuple of str
        The items that a grader must look at.
    tests : tuple
        For each item, the marks of its hidden tests.
    seconds : float or None
        How long grading took.
    answers : mapping
        What stands in the answer cells.
    ratings : tuple of Rating
        What the student says of the sections.
    """

    id: str
    name: str = ""
    section: str = ""
    listed: bool = True
    state: State = "graded"
    reason: str = ""
    points: tuple[float | None, ...] = ()
    pending: tuple[str, ...] = ()
    tests: tuple[tuple[TestMark, ...], ...] = ()
    flags: tuple[str, ...] = ()
    isolation: str = ""
    seconds: float | None = None
    answers: Mapping[Place, Answer] = field(default_factory=dict, repr=False)
    ratings: tuple[Rating, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A known wrong answer: its question, and what students read of it."""

    question: str
    title: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Classroom:
    """A class in one assignment, as the course knows it.

    Attributes
    ----------
    assignment : str
        The lab.
    items, students : tuple
        What was asked, and everybody.
    misconceptions : mapping of str to Known
        The lab's known wrong answers, by name.
    given, known : tuple of Answer
        What everybody was given and the instructor's answers; and other answers that people are known to come to.
    labs : tuple of str
        Every lab of the course that has been graded, in order.
    shares : mapping of str to tuple
        By student, the share of the points in each of `labs`; None where there is none.
    """

    assignment: str
    items: tuple[Item, ...]
    students: tuple[Student, ...]
    misconceptions: Mapping[str, Known] = field(default_factory=dict)
    given: tuple[Answer, ...] = ()
    known: tuple[Answer, ...] = ()
    labs: tuple[str, ...] = ()
    shares: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scores:
    """How the points of a class are spread; `left_out` names the questions that are not graded for everybody yet.

    `bins` counts the submissions in tenths of `max_score`; full points are in the last.
    """

    max_score: float
    left_out: tuple[str, ...]
    mean: float
    median: float
    lowest: float
    highest: float
    deviation: float
    bins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """One question.

    Attributes
    ----------
    name, max_score, by_hand
        Of the question.
    graded : int
        Submissions in which it is graded; `full` with all its points, `none` without any.
    difficulty : float or None
        The mean share of its points that was reached: 1 is easy.
    discrimination : float or None
        The corrected item-total correlation: Pearson's between the question's points and the sum of all others'. None
        where it is not defined (too few submissions, one question only, or points that do not vary).
    """

    name: str
    max_score: float
    by_hand: bool
    graded: int
    full: int
    none: int
    difficulty: float | None
    discrimination: float | None


@dataclass(frozen=True, slots=True)
class TestReport:
    """One hidden test: how many passed it of those who were tested, and what became of the others."""

    __test__ = False  # pytest takes any Test* for a test class

    question: str
    name: str
    title: str
    points: float
    tested: int
    passed: int
    verdicts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MisconceptionReport:
    """A known wrong answer and who made it."""

    name: str
    question: str
    title: str
    hint: str
    count: int
    students: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageReport:
    """What a failing test that no known wrong answer explains told how many."""

    question: str
    message: str
    count: int
    students: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that needs a hand: what it is, what to do, and whose it is, each with a remark or none."""

    kind: str
    words: str
    students: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlagReport:
    """A kind of flag in plain words, and whose submissions have it."""

    kind: str
    words: str
    count: int
    students: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slow:
    """How long one submission took."""

    student: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SectionReport:
    """One section: how many are in it and graded, the mean share of the points, in all and for each question."""

    name: str
    students: int
    graded: int
    share: float | None
    questions: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class LabReport:
    """One lab of the course: quartiles of the shares of the points."""

    name: str
    students: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Comment:
    """What one student says of a section, with the stars."""

    student: str
    stars: int
    text: str


@dataclass(frozen=True, slots=True)
class RatingReport:
    """What students say of a section: how many, the mean of 1 to 5, the counts of 1 to 5, and their comments."""

    section: str
    count: int
    mean: float
    stars: tuple[int, ...]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One student's line: points for each question, their sum over what is graded for everybody, what went wrong."""

    id: str
    name: str
    section: str
    state: State
    score: float | None
    points: tuple[float | None, ...]
    misconceptions: tuple[str, ...]
    flags: tuple[str, ...]
    seconds: float | None
    progress: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ClassReport:
    """All that the report of a class tells; lists are in the order in which they are worth reading."""

    assignment: str
    isolation: tuple[str, ...]
    students: int
    graded: int
    scores: Scores | None
    questions: tuple[QuestionReport, ...]
    tests: tuple[TestReport, ...]
    misconceptions: tuple[MisconceptionReport, ...]
    never_made: int
    messages: tuple[MessageReport, ...]
    waiting: tuple[Waiting, ...]
    flags: tuple[FlagReport, ...]
    median_seconds: float | None
    slowest: tuple[Slow, ...]
    sections: tuple[SectionReport, ...]
    labs: tuple[LabReport, ...]
    ratings: tuple[RatingReport, ...]
    similar: Similar
    rows: tuple[StudentRow, ...]

    @property
    def hardest(self) -> tuple[QuestionReport, ...]:
        """The questions by what was lost in them, the most first; those not graded for everybody yet do not tell."""
        unknown = self.scores.left_out if self.scores is not None else ()
        known = [each for each in self.questions if each.difficulty is not None and each.name not in unknown]
        return tuple(sorted(known, key=lambda question: question.difficulty or 0.0))

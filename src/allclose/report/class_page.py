"""The page for who teaches a class: what it did not understand first, then all the rest.

One HTML file as `report.pages` has them. Its one script sorts tables; without it they stand as they were written.
Everything that a student wrote (ids, names, comments, code) is escaped by the template and cleaned of what hides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allclose.report.class_figures import progress_figure, questions_figure, scores_figure
from allclose.report.classroom import (
    ClassReport,
    MessageReport,
    MisconceptionReport,
    QuestionReport,
    StudentRow,
)
from allclose.report.pages import page_template
from allclose.report.shown import clean_text
from allclose.report.similar import Pair
from allclose.report.tables import count, printable

if TYPE_CHECKING:
    from markupsafe import Markup

#: So many questions stand on top, where less than this share of their points was reached; and so much of each.
_HARDEST, _HARD = 3, 0.9
_MOST_MISTAKES, _MOST_MESSAGES = 4, 2
#: So many pairs of near-identical submissions are shown with their code; tables have so many rows of what is rare.
_MOST_SHOWN_PAIRS, _MOST_MESSAGE_ROWS = 40, 60
_STATES = {
    "graded": "graded",
    "bad-file": "unreadable",
    "infra": "our fault",
    "not-graded": "not graded yet",
    "missing": "nothing handed in",
}


@dataclass(frozen=True, slots=True)
class Person:
    """How a student is called on the page, and where their row is."""

    anchor: str
    label: str


@dataclass(frozen=True, slots=True)
class Hard:
    """A question that many lost points in, and by what: known mistakes and, where these are few, messages."""

    question: QuestionReport
    lost: int
    mistakes: tuple[MisconceptionReport, ...]
    more_mistakes: int
    messages: tuple[MessageReport, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Submissions that are nearly the same as one another, and their pairs."""

    students: tuple[str, ...]
    pairs: tuple[Pair, ...]


def class_page(report: ClassReport) -> str:
    """Return the page as one self-contained HTML file."""
    return page_template("report.html", style="report.css", script="sort.js").render(
        report=report,
        people=_people(report.rows),
        hardest=hardest(report),
        figures=_figures(report),
        groups=_groups(report),
        nobody=[test for test in report.tests if test.tested and not test.passed],
        everybody=[test for test in report.tests if test.tested and test.passed == test.tested],
        waiting=len({student for each in report.waiting for student in each.students}),
        messages=report.messages[:_MOST_MESSAGE_ROWS],
        discrimination=discrimination_words,
        percent=percent,
        heat=_heat,
        states=_STATES,
        clean=clean_text,
        count=count,
    )


def hardest(report: ClassReport) -> tuple[Hard, ...]:
    """Return the questions in which most was lost, the hardest first, each with the most frequent mistakes."""
    hard = [question for question in report.hardest if (question.difficulty or 0.0) < _HARD]
    return tuple(_hard(report, question) for question in hard[:_HARDEST])


def _hard(report: ClassReport, question: QuestionReport) -> Hard:
    mistakes = [each for each in report.misconceptions if each.question == question.name]
    messages = [each for each in report.messages if each.question == question.name]
    room = _MOST_MESSAGES if len(mistakes) < _MOST_MISTAKES else 1
    return Hard(
        question,
        question.graded - question.full,
        tuple(mistakes[:_MOST_MISTAKES]),
        max(0, len(mistakes) - _MOST_MISTAKES),
        tuple(messages[:room]),
    )


def discrimination_words(value: float | None) -> str:
    """Return what a corrected item-total correlation tells who does not read one every day."""
    if value is None:
        return "not defined"
    if value < 0:
        return "who did well elsewhere lost here: look at the question"
    if value < 0.2:
        return "hardly goes with the rest"
    return "goes with the rest" if value < 0.4 else "goes well with the rest"


def percent(share: float | None) -> str:
    """Return a share as a person reads it; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.0f} %"


def _heat(share: float | None) -> str:
    """The class of a cell, by tenths: the less, the redder."""
    return "" if share is None else f"h{min(9, max(0, int(10 * share)))}"


def _people(rows: Iterable[StudentRow]) -> dict[str, Person]:
    """What to call each: the name, where it is known and nobody else's, else the id."""
    found = list(rows)
    names = [printable(row.name) for row in found]
    labels = [
        name if name and names.count(name) == 1 else printable(row.id) for row, name in zip(found, names, strict=True)
    ]
    return {row.id: Person(f"s{place}", label) for place, (row, label) in enumerate(zip(found, labels, strict=True))}


def _figures(report: ClassReport) -> dict[str, Markup]:
    from markupsafe import Markup

    drawn = {}
    if report.scores is not None:
        drawn["scores"] = scores_figure(report.scores)
    if any(question.graded for question in report.questions):
        drawn["questions"] = questions_figure(report.questions)
    if len(report.labs) > 1:
        drawn["progress"] = progress_figure(report.labs)
    return {name: Markup(svg) for name, svg in drawn.items()}  # matplotlib has escaped its texts


def _groups(report: ClassReport) -> list[Group]:
    """Each group with the pairs that have room on the page."""
    shown = report.similar.pairs[:_MOST_SHOWN_PAIRS]
    found = []
    for members in report.similar.groups:
        pairs = tuple(pair for pair in shown if pair.students[0] in members)
        if pairs:
            found.append(Group(members, pairs))
    return sorted(found, key=lambda group: -group.pairs[0].share)

"""The page that a student gets back: points, what each hidden test says, the grader's word, their own notebook.

One HTML file that needs nothing beside it and runs nothing: the policy in its head forbids scripts, and pictures but
those in it. Every text is escaped by the template; what comes from the student was made fit by `report.shown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from allclose.model import TestMark, Tier, Verdict
from allclose.report.flags import flag_sentence
from allclose.report.shown import Cell, clean_text
from allclose.report.tables import points, printable, test_title

if TYPE_CHECKING:
    from jinja2 import Template

_MOST_FLAGS = 50
_VERDICTS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "not passed",
    Verdict.RAISED: "stopped with an error",
    Verdict.TIMEOUT: "ran out of time",
    Verdict.LIMIT: "used too much",
    Verdict.CRASH: "ended the Python process",
    Verdict.PROTOCOL: "tampered with the grader",
    Verdict.MISSING: "missing",
    Verdict.NOT_RUN: "not run",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of a notebook as it stands in the gradebook, with the tests behind its score where they are known.

    `changed` says that a grader gave a score of their own in place of the tests'; `pending` that one has yet to look.
    """

    question: str
    score: float
    max_score: float
    by_hand: bool = False
    pending: bool = False
    changed: bool = False
    extra: float = 0.0
    comment: str = ""
    tests: tuple[TestMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """All that one page tells; `problem` says why a notebook could not be graded, and then it has no cells."""

    assignment: str
    notebook: str
    student: str
    name: str
    answered: tuple[Answered, ...]
    penalty: float = 0.0
    total: float | None = None
    total_max: float = 0.0
    flags: tuple[str, ...] = ()
    problem: str = ""
    isolation: Tier | None = None
    cells: tuple[Cell, ...] = ()

    @property
    def score(self) -> float:
        """The notebook's points, less what lateness costs."""
        return max(0.0, sum(each.score for each in self.answered) - self.penalty)

    @property
    def max_score(self) -> float:
        """The notebook's points at most."""
        return sum(each.max_score for each in self.answered)


def feedback_page(page: Page) -> str:
    """Return the page as one self-contained HTML file."""
    return _template().render(
        page=page,
        title=" · ".join(dict.fromkeys(map(printable, (page.assignment, page.notebook)))),
        student=" · ".join(filter(None, (printable(page.name), printable(page.student)))),
        waiting=[printable(each.question) for each in page.answered if each.pending],
        flags=_sentences(page.flags),
    )


def _sentences(flags: Sequence[str]) -> list[str]:
    found = [flag_sentence(flag) for flag in flags[:_MOST_FLAGS]]
    return [*found, f"And {len(flags) - _MOST_FLAGS} more."] if len(flags) > _MOST_FLAGS else found


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("allclose", "report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "points": points,
        "line": printable,
        "lines": clean_text,
        "title": test_title,
        "verdict": _VERDICTS.__getitem__,
    }
    return environment.get_template("feedback.html")

"""Did the demonstration's class get what it should? The facts, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allclose.cli.demo_class import Kind, Member
from allclose.model import Answer, Assignment, Grade, Status
from allclose.report.tables import points, title

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from allclose.grading.batch import Batch

    #: Handed in, students, answers, score, lost there, elsewhere, named, verdict.
    _Row = tuple[str, str, str, str, str, str, str, Text]

_NOTHING = 1e-9
#: What the table with all of its headings needs.
_WIDE = 110


@dataclass(frozen=True, slots=True)
class Judged:
    """One submission beside what it should have got; `fault` is empty where that is so."""

    member: Member
    grade: Grade
    fault: str

    def lost(self, question: str) -> float:
        """Points lost in a question."""
        return sum(mark.max_score - mark.score for mark in self.grade.questions if mark.question == question)

    def is_told(self, answer: Answer) -> bool:
        """Whether some message names this very mistake."""
        return any(test.misconception == answer.name for mark in self.grade.questions for test in mark.tests)

    @property
    def lost_elsewhere(self) -> float:
        """Points lost where no known answer stands."""
        asked = {answer.question for answer in self.member.answers}
        return sum(mark.max_score - mark.score for mark in self.grade.questions if mark.question not in asked)


def judge(assignment: Assignment, members: Sequence[Member], grades: Iterable[Grade]) -> list[Judged]:
    """Put each grade beside what its submission should have got."""
    by_student = {grade.student: grade for grade in grades}
    judged = [Judged(member, by_student[member.student], "") for member in members]
    return [Judged(each.member, each.grade, _fault(each, suite=bool(assignment.suite))) for each in judged]


def demo_table(assignment: Assignment, judged: Sequence[Judged], batch: Batch, width: int) -> Table:
    """Return the table of a class by kind of submission; misconceptions by their question.

    A terminal that is too narrow for all columns gets those that say whether it is as it should be.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=title(assignment.name, batch.isolation, batch.device),
        box=SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
    )
    wide = width >= _WIDE
    table.add_column("handed in", min_width=36 if wide else None, max_width=36, overflow="fold")
    for name in ("students", "answers", "score", "lost there", "elsewhere", "named") if wide else ("score", "lost"):
        table.add_column(name, justify="right")
    table.add_column("as it should be" if wide else "", no_wrap=True)
    for row in _rows(assignment, judged):
        table.add_row(*(row if wide else (row[0], row[3], row[4], row[-1])))
    return table


def _rows(assignment: Assignment, judged: Sequence[Judged]) -> Iterator[_Row]:
    for kind in Kind:
        group = [each for each in judged if each.member.kind is kind]
        labels = ", ".join(sorted({each.member.label for each in group if each.member.label}))
        if group:
            yield _row(f"{kind}: {labels}" if labels else kind.value, group)
        if kind is Kind.WRONG:
            for question in assignment.questions:
                yield from _misconceptions_row(question.name, question.points, group)


def _fault(each: Judged, *, suite: bool) -> str:
    """Say what is not as it should be; without a suite only what could be read is known."""
    member, grade = each.member, each.grade
    wanted = Status.BAD_FILE if member.kind is Kind.UNREADABLE else Status.GRADED
    if grade.status is not wanted:
        return f"{grade.status} ({grade.reason})" if grade.reason else grade.status
    if member.kind is Kind.UNREADABLE or not suite:
        return ""
    if member.kind is Kind.BLANK:
        return f"{points(grade.score)} points for nothing" if grade.score > _NOTHING else ""
    survivors = [answer.name for answer in _wrong(member) if each.lost(answer.question) <= _NOTHING]
    if survivors:
        return f"no points lost by {', '.join(survivors)}"
    if each.lost_elsewhere > _NOTHING:
        return f"{points(each.lost_elsewhere)} points lost where nothing is wrong"
    lost = [answer.name for answer in _right(member) if each.lost(answer.question) > _NOTHING]
    if lost:
        return f"points lost by {', '.join(lost)}"
    return "no flag" if member.kind is Kind.DAMAGED and not grade.flags else ""


def _wrong(member: Member) -> tuple[Answer, ...]:
    return member.answers if member.kind is Kind.WRONG else ()


def _right(member: Member) -> tuple[Answer, ...]:
    return member.answers if member.kind is Kind.ACCEPTED else ()


def _row(name: str, group: Sequence[Judged]) -> _Row:
    score = f"{_range([each.grade.score for each in group])}/{points(group[0].grade.max_score)}"
    answers = sum(len(each.member.answers) for each in group)
    return name, str(len(group)), str(answers or ""), score, "", "", "", _verdict(group)


def _misconceptions_row(question: str, most: float, wrong: Sequence[Judged]) -> Iterator[_Row]:
    group = [each for each in wrong if any(answer.question == question for answer in each.member.answers)]
    if group:
        lost = f"{_range([each.lost(question) for each in group])} of {points(most)}"
        elsewhere = _range([each.lost_elsewhere for each in group])
        told = sum(
            each.is_told(answer) for each in group for answer in each.member.answers if answer.question == question
        )
        yield f"  in {question}", "", str(len(group)), "", lost, elsewhere, str(told), _verdict(group)


def _verdict(group: Sequence[Judged]) -> Text:
    from rich.text import Text

    faults = sum(bool(each.fault) for each in group)
    text = Text(f"✗ {faults} not", "bold red") if faults else Text("✓", "green")
    statuses = {each.grade.status for each in group} - {Status.GRADED}
    return text.append("".join(f" {status}" for status in sorted(statuses)), "default")


def _range(values: Sequence[float]) -> str:
    low, high = points(min(values)), points(max(values))
    return low if low == high else f"{low}–{high}"

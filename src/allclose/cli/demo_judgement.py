"""Did the demonstration's class get what it should? The facts, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allclose.cli.demo_class import Kind, Member
from allclose.model import Answer, Assignment, Grade, Status
from allclose.report.tables import points, title

if TYPE_CHECKING:
    from rich.table import Table

    from allclose.grading.batch import Batch

_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Judged:
    """One submission beside what it should have got; `fault` is empty where that is so."""

    member: Member
    grade: Grade
    fault: str

    def lost(self, question: str) -> float:
        """Points lost in a question."""
        return sum(mark.max_score - mark.score for mark in self.grade.questions if mark.question == question)

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


def demo_table(assignment: Assignment, judged: Sequence[Judged], batch: Batch) -> Table:
    """Return the table of a class by kind of submission; misconceptions by their question."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=title(assignment.name, batch.isolation, batch.device),
        box=SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
    )
    table.add_column("handed in", max_width=36)
    for name in ("submissions", "answers", "score", "lost in the question", "lost elsewhere"):
        table.add_column(name, justify="right")
    table.add_column("as it should be")
    for kind in (Kind.SOLUTION, Kind.ACCEPTED, Kind.DAMAGED):
        _add(table, kind.value, [each for each in judged if each.member.kind is kind])
    for question in assignment.questions:
        _add_misconceptions(table, question.name, question.points, judged)
    _add(table, Kind.BLANK.value, [each for each in judged if each.member.kind is Kind.BLANK])
    unreadable = [each for each in judged if each.member.kind is Kind.UNREADABLE]
    _add(table, f"{Kind.UNREADABLE}: {', '.join(sorted(each.member.label for each in unreadable))}", unreadable)
    return table


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


def _add(table: Table, name: str, group: Sequence[Judged]) -> None:
    if group:
        scores = sorted({each.grade.score for each in group})
        score = f"{_range(scores)}/{points(group[0].grade.max_score)}"
        answers = sum(len(each.member.answers) for each in group)
        _row(table, name, group, str(answers or ""), score, "", "")


def _add_misconceptions(table: Table, question: str, most: float, judged: Sequence[Judged]) -> None:
    group = [each for each in judged if any(answer.question == question for answer in _wrong(each.member))]
    if group:
        there = sorted(each.lost(question) for each in group)
        elsewhere = sorted(each.lost_elsewhere for each in group)
        lost = f"{_range(there)} of {points(most)}"
        _row(table, f"{Kind.WRONG}: {question}", group, str(len(group)), "", lost, _range(elsewhere))


def _row(table: Table, name: str, group: Sequence[Judged], *cells: str) -> None:
    from rich.text import Text

    faults = [each for each in group if each.fault]
    verdict = Text(f"✗ {len(faults)} not", "bold red") if faults else Text("✓", "green")
    if any(each.grade.status is Status.BAD_FILE for each in group):
        verdict.append(f" {Status.BAD_FILE}")
    table.add_row(Text(name), str(len(group)), *cells, verdict)


def _range(values: Sequence[float]) -> str:
    low, high = points(min(values)), points(max(values))
    return low if low == high else f"{low}–{high}"

"""Grades as plain CSV, for a spreadsheet: a row per student, or a row per test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from allclose.interop.export.book import Asked, Entry
from allclose.interop.export.exported import Exported, points
from allclose.interop.export.standings import Standing, Standings, State
from allclose.model import TestMark, Verdict
from allclose.report.tables import csv_text

_ABOUT = ("student", "name", "email", "section", "status")


def question_rows(standings: Standings, *, with_pending: bool) -> Exported:
    """A row per student: automatic, manual and extra points and their total for each question, and the score.

    Parameters
    ----------
    standings
        The class.
    with_pending
        Give a score to work that still waits for a grader, as it stands; else that score is empty.
    """
    names = question_names(standings.asked)
    header = [*_ABOUT, *(f"{name}{part}" for name in names for part in (".auto", ".manual", ".extra", ""))]
    header += ["raw_score", "late_penalty", "score", "max_score", "pending", "isolation", "flags", "note"]
    lines: list[Sequence[object]] = [header]
    for student in standings.students:
        turned = student.turned if student.state is not State.INFRA else None
        entries = turned.entries if turned is not None else (None,) * len(names)
        score = 0.0 if student.state is State.MISSING else student.score(with_pending=with_pending)
        lines.append(
            [
                *_about(student),
                *(value for entry in entries for value in _points(entry)),
                _number(turned.raw_score if turned is not None else None),
                _number(turned.penalty if turned is not None else None),
                _number(score),
                _number(standings.max_score),
                "; ".join(standings.waiting(student)),
                student.isolation or "",
                "; ".join(student.flags),
                student.reason,
            ]
        )
    return Exported(csv_text(lines), len(standings.students))


def test_rows(standings: Standings) -> Exported:
    """A row per test of each student, and one for each question that no test explains; nobody is without a row."""
    lines: list[Sequence[object]] = [
        [
            *_ABOUT,
            *("notebook", "question", "test", "title", "verdict", "score", "max_score"),
            *("message", "misconception", "note"),
        ]
    ]
    for student in standings.students:
        rows = list(_rows_of(standings, student)) or [("",) * 9]
        lines += [[*_about(student), *row, student.reason] for row in rows]
    return Exported(csv_text(lines), len(standings.students))


def question_names(asked: Sequence[Asked]) -> list[str]:
    """The questions' names, led by the notebook where two notebooks share one."""
    shared = Counter(each.question for each in asked)
    return [each.question if shared[each.question] == 1 else f"{each.notebook}/{each.question}" for each in asked]


def earned(test: TestMark) -> float:
    """The points that a test gave."""
    return test.points if test.verdict is Verdict.PASSED else 0.0


def _about(student: Standing) -> tuple[str, ...]:
    return student.id, student.name, student.email, student.section, student.state.value


def _points(entry: Entry | None) -> tuple[float | None, ...]:
    if entry is None:
        return (None,) * 4
    open_ = entry.auto is None and entry.manual is None
    return (
        _number(entry.auto),
        _number(entry.manual),
        _number(entry.extra),
        None if open_ and not entry.extra else _number(entry.score),
    )


def _rows_of(standings: Standings, student: Standing) -> Iterator[tuple[object, ...]]:
    if student.turned is None or student.state is State.INFRA:
        return
    for asked, entry, tests in zip(standings.asked, student.turned.entries, student.tests, strict=True):
        about = (asked.notebook, asked.question)
        for test in tests:
            yield (
                *about,
                test.name,
                test.title,
                test.verdict.value,
                _number(earned(test)),
                _number(test.points),
                test.message,
                test.misconception,
            )
        if not tests:
            verdict = "pending" if entry.pending else "by hand" if entry.manual is not None else ""
            yield (*about, "", "", verdict, _points(entry)[-1], _number(asked.max_score), entry.comment, "")


def _number(value: float | None) -> float | None:
    return None if value is None else points(value)

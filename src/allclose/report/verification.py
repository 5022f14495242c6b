"""What `verify` found, as JSON and for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allclose.model import Answer, Json, TestMark
from allclose.report.tables import points, printable, title

if TYPE_CHECKING:
    from rich.table import Table

    from allclose.grading.verify import VerifyReport


def verify_json(report: VerifyReport) -> Json:
    """Return a verify report as `allclose verify --json` writes it."""
    return {
        "assignment": report.assignment,
        "isolation": report.isolation.value,
        "seconds": round(report.seconds, 3),
        "tests": report.tests,
        "max_score": report.max_score,
        "solution": report.solution,
        "blank": report.blank,
        "skipped_cells": report.skipped,
        "survivors": [caught.answer.name for caught in report.survivors],
        "false_alarms": [granted.answer.name for granted in report.false_alarms],
        "misconceptions": [
            _answer_json(caught.answer) | {"caught_by": _tests_json(caught.tests), "lost_elsewhere": caught.elsewhere}
            for caught in report.misconceptions
        ],
        "accepted": [
            _answer_json(granted.answer) | {"failed": _tests_json(granted.failed)} for granted in report.accepted
        ],
        "leaks": list(report.leaks),
        "problems": list(report.problems),
    }


def verify_table(report: VerifyReport) -> Table:
    """Return the table of misconceptions, each with the tests that separate it from a right answer."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title(report.assignment, report.isolation),
        box=SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
    )
    table.add_column("misconception", overflow="fold")
    table.add_column("caught by", overflow="fold")
    for caught in report.misconceptions:
        seen = [test for test in caught.tests if test.points]
        text = Text(printable(seen[0].name)) if seen else Text("SURVIVES", "bold red")
        if len(seen) > 1:
            text.append(f" and {len(seen) - 1} more", "dim")
        if caught.elsewhere:
            text.append(f" · loses points in {', '.join(caught.elsewhere)} too", "bold red")
        table.add_row(Text(caught.answer.name), text)
    return table


def verify_summary(report: VerifyReport) -> list[str]:
    """Return the lines below the table: the counts, then every problem."""
    caught = len(report.misconceptions) - len(report.survivors)
    granted = len(report.accepted) - len(report.false_alarms)
    most = points(report.max_score)
    counts = (
        f"{report.tests} tests in {report.seconds:.1f} s: the solution gets {points(report.solution)} of {most}, "
        f"a blank notebook {points(report.blank)}; {caught} of {len(report.misconceptions)} misconceptions caught; "
        f"{granted} of {len(report.accepted)} accepted answers get full marks; {report.skipped} cells skipped."
    )
    return [counts, *(f"✗ {printable(problem)}" for problem in report.problems)]


def _answer_json(answer: Answer) -> Json:
    return {"name": answer.name, "question": answer.question, "title": answer.title}


def _tests_json(tests: tuple[TestMark, ...]) -> list[Json]:
    return [{"name": test.name, "points": test.points, "verdict": test.verdict.value} for test in tests]

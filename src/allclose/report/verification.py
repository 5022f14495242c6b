"""What `verify` found, as JSON and for the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from allclose.model import Answer, Json, TestMark
from allclose.report.tables import points, printable, title

if TYPE_CHECKING:
    from rich.table import Table

    from allclose.grading.mutation import MutationReport, Tried
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
        "unnamed": [caught.answer.name for caught in report.unnamed],
        "false_alarms": [granted.answer.name for granted in report.false_alarms],
        "misconceptions": [
            _answer_json(caught.answer)
            | {"caught_by": _tests_json(caught.tests), "lost_elsewhere": caught.elsewhere, "named": caught.named}
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
        if caught in report.unnamed:
            text.append(" · not named", "yellow")
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
        f"a blank notebook {points(report.blank)}; {caught} of {len(report.misconceptions)} misconceptions caught, "
        f"{caught - len(report.unnamed)} named; "
        f"{granted} of {len(report.accepted)} accepted answers get full marks; {report.skipped} cells skipped."
    )
    return [counts, *(f"✗ {printable(problem)}" for problem in report.problems)]


def verify_totals(reports: Sequence[VerifyReport]) -> Table:
    """Return the table of a whole course: a row for each lab, and the sums."""
    from rich.table import Table

    table = _totals_table(Table, ("tests", "solution", "blank", "misconceptions", "named", "accepted", "seconds"))
    for report in reports:
        caught = len(report.misconceptions) - len(report.survivors)
        table.add_row(
            _with_mark(report.assignment, report.problems),
            str(report.tests),
            f"{points(report.solution)}/{points(report.max_score)}",
            points(report.blank),
            f"{caught}/{len(report.misconceptions)}",
            f"{caught - len(report.unnamed)}/{caught}",
            f"{len(report.accepted) - len(report.false_alarms)}/{len(report.accepted)}",
            f"{report.seconds:.1f}",
        )
    known = sum(len(report.misconceptions) for report in reports)
    caught = known - sum(len(report.survivors) for report in reports)
    accepted = sum(len(report.accepted) for report in reports)
    table.add_section()
    table.add_row(
        "all",
        str(sum(report.tests for report in reports)),
        f"{points(sum(report.solution for report in reports))}/{points(sum(report.max_score for report in reports))}",
        points(sum(report.blank for report in reports)),
        f"{caught}/{known}",
        f"{caught - sum(len(report.unnamed) for report in reports)}/{caught}",
        f"{accepted - sum(len(report.false_alarms) for report in reports)}/{accepted}",
        f"{sum(report.seconds for report in reports):.1f}",
    )
    return table


def mutation_totals(reports: Sequence[MutationReport]) -> Table:
    """Return the table of a whole course's mutants: a row for each lab, and the sums."""
    from rich.table import Table

    table = _totals_table(Table, ("mutants", "caught", "equivalent", "survive", "seconds"))
    rows = [
        (len(one.tried), len(one.caught), len(one.equivalent), len(one.survivors), round(one.seconds))
        for one in reports
    ]
    for report, row in zip(reports, rows, strict=True):
        table.add_row(_with_mark(report.assignment, report.problems), *map(str, row))
    table.add_section()
    table.add_row("all", *(str(sum(column)) for column in zip(*rows, strict=True)))
    return table


def _totals_table(kind: type[Table], columns: Sequence[str]) -> Table:
    from rich.box import SIMPLE_HEAD

    table = kind(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("lab")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _with_mark(name: str, problems: Sequence[str]) -> str:
    return f"{printable(name)} {'✗' if problems else '✓'}"


def mutation_json(report: MutationReport) -> Json:
    """Return a mutation report as `allclose verify --mutate --json` writes it."""
    return {
        "assignment": report.assignment,
        "isolation": report.isolation.value,
        "seconds": round(report.seconds, 3),
        "mutants": len(report.tried),
        "caught": len(report.caught),
        "equivalent": [_mutant_json(tried) | {"reason": tried.reason} for tried in report.equivalent],
        "survivors": [_mutant_json(tried) for tried in report.survivors],
        "tried": [
            _mutant_json(tried) | {"caught_by": tried.caught_by, "verdict": tried.verdict and tried.verdict.value}
            for tried in report.tried
        ],
        "problems": list(report.problems),
    }


def mutation_summary(report: MutationReport) -> list[str]:
    """Return the lines for the terminal: the counts, every problem, and the survivors as `equivalent.toml` has them."""
    counts = (
        f"{len(report.tried)} mutants in {report.seconds:.1f} s: {len(report.caught)} caught, "
        f"{len(report.equivalent)} marked equivalent, {len(report.survivors)} survive."
    )
    lines = [counts, *(f"✗ {printable(problem)}" for problem in report.problems)]
    if report.survivors:
        lines.append("Add tests that notice these, or say in autograder/<lab>/equivalent.toml why none can:")
    return lines + [line for tried in report.survivors for line in _entry(tried)]


def _entry(tried: Tried) -> list[str]:
    """A survivor as an entry of `equivalent.toml` whose reason is still to be written."""
    values = {"question": tried.mutant.question, "before": tried.mutant.before, "after": tried.mutant.after}
    written = [f"{key} = {_toml_text(value)}" for key, value in values.items()]
    return ["", "[[mutant]]", *written, 'reason = ""']


def _toml_text(text: str) -> str:
    """A one-line text as TOML: as it stands between single quotes, if it has none."""
    return f"'{text}'" if "'" not in text else json.dumps(text, ensure_ascii=False)


def _mutant_json(tried: Tried) -> Json:
    return {"question": tried.mutant.question, "before": tried.mutant.before, "after": tried.mutant.after}


def _answer_json(answer: Answer) -> Json:
    return {"name": answer.name, "question": answer.question, "title": answer.title}


def _tests_json(tests: tuple[TestMark, ...]) -> list[Json]:
    return [{"name": test.name, "points": test.points, "verdict": test.verdict.value} for test in tests]

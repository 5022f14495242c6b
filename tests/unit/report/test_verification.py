"""What `verify` found, as JSON and on the terminal."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from allclose.grading.mutants import Mutant
from allclose.grading.mutation import MutationReport, Tried
from allclose.grading.verify import Caught, Granted, VerifyReport
from allclose.model import Answer, TestMark, Tier, Verdict
from allclose.report.verification import mutation_totals, verify_json, verify_summary, verify_table, verify_totals


def answer(slug: str) -> Answer:
    return Answer("mse", slug, "Sum, not mean", "", "x = 1\n", Path(f"mse--{slug}.py"))


def mark(name: str) -> TestMark:
    return TestMark(name, 4.0, Verdict.FAILED)


@pytest.fixture
def report() -> VerifyReport:
    return VerifyReport(
        assignment="lab1",
        isolation=Tier.BASIC,
        seconds=2.0,
        tests=5,
        max_score=94.0,
        solution=94.0,
        blank=0.0,
        skipped=3,
        misconceptions=(
            Caught(answer("sum"), (mark("test_a"), mark("test_b")), {}),
            Caught(answer("half"), (), {"forward": 2.0}),
        ),
        accepted=(Granted(answer("loop"), (mark("test_b"),)), Granted(answer("dot"), ())),
        leaks=(),
        problems=("mse--half.py survives",),
    )


def test_the_table_names_survivors_and_what_separates_the_others(report: VerifyReport) -> None:
    screen = Console(width=100, file=io.StringIO())
    screen.print(verify_table(report))
    assert isinstance(screen.file, io.StringIO)
    lines = [" ".join(line.split()) for line in screen.file.getvalue().splitlines()]
    assert "mse--sum test_a and 1 more · not named" in lines
    assert "mse--half SURVIVES · loses points in forward too" in lines


def test_the_summary_counts_and_then_names_every_problem(report: VerifyReport) -> None:
    counts, problem = verify_summary(report)
    assert "1 of 2 misconceptions caught, 0 named; 1 of 2 accepted answers get full marks; 3 cells skipped" in counts
    assert problem == "✗ mse--half.py survives"


def test_the_json_holds_it_all(report: VerifyReport) -> None:
    found = json.loads(json.dumps(verify_json(report)))
    assert (found["survivors"], found["false_alarms"]) == (["mse--half"], ["mse--loop"])
    assert found["misconceptions"][0] == {
        "name": "mse--sum",
        "question": "mse",
        "title": "Sum, not mean",
        "caught_by": [
            {"name": "test_a", "points": 4.0, "verdict": "failed"},
            {"name": "test_b", "points": 4.0, "verdict": "failed"},
        ],
        "lost_elsewhere": {},
        "named": False,
    }
    assert found["problems"] == ["mse--half.py survives"]


def shown(table: Table) -> list[list[str]]:
    screen = Console(width=100, file=io.StringIO())
    screen.print(table)
    assert isinstance(screen.file, io.StringIO)
    return [line.split() for line in screen.file.getvalue().splitlines() if line.strip()]


def test_the_totals_have_a_row_for_each_lab_and_the_sums(report: VerifyReport) -> None:
    sound = replace(report, assignment="lab2", problems=(), misconceptions=report.misconceptions[:1], accepted=())
    lines = shown(verify_totals([report, sound]))
    assert lines[2:] == [
        ["lab1", "✗", "5", "94/94", "0", "1/2", "0/1", "1/2", "2.0"],
        ["lab2", "✓", "5", "94/94", "0", "1/1", "0/1", "0/0", "2.0"],
        ["all", "10", "188/188", "0", "2/3", "0/2", "1/2", "4.0"],
    ]


def test_the_totals_of_mutants_tell_caught_from_marked_and_survivors() -> None:
    mutant = Mutant("mse", "return a", "return b", "")
    tried = (
        Tried(mutant, "test_a", Verdict.FAILED, None),
        Tried(mutant, None, None, "no difference"),
        Tried(mutant, None, None, None),
    )
    report = MutationReport("lab1", Tier.BASIC, 2.0, tried, ("a survivor",))
    assert shown(mutation_totals([report, report]))[2:] == [
        ["lab1", "✗", "3", "1", "1", "1", "2"],
        ["lab1", "✗", "3", "1", "1", "1", "2"],
        ["all", "6", "2", "2", "2", "4"],
    ]

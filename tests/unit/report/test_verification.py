"""What `verify` found, as JSON and on the terminal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from allclose.grading.verify import Caught, Granted, VerifyReport
from allclose.model import Answer, TestMark, Tier, Verdict
from allclose.report.verification import verify_json, verify_summary, verify_table


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

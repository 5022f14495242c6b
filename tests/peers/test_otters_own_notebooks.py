"""Whole classes through `otter run` itself and through our grade: the same score, points and cases for everybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allclose.cli import run
from tests.otter_assignments import otter_run, ours, recorded, told_by_name, write_assignment


@pytest.mark.parametrize("kind", ["own", "examples", "functions", "threshold"])
def test_our_grades_are_otters(tmp_path: Path, kind: str) -> None:
    autograder, submitted = write_assignment(tmp_path, kind)
    report = tmp_path / "report.json"
    assert run(["grade", str(autograder), "--submitted", str(submitted), "--json", str(report)]) == 0
    found = {each["student"]: ours(each) for each in json.loads(report.read_text())["submissions"]}
    theirs = otter_run(autograder, *sorted(submitted.glob("*.ipynb")))
    assert found == theirs
    if kind == "own":
        assert {name: each.questions for name, each in theirs.items()} == {name: told_by_name(name) for name in theirs}
    else:  # what the quicker tests go by
        assert recorded(kind) == theirs

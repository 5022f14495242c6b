"""`allclose report` writes page, JSON and tables, and says what needs a hand and what to do next."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allclose.model import Assignment
from tests.graded_course import answered, record_class, ungraded, unreadable, write_lab


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    lab = write_lab(tmp_path / "course")
    record_class(lab, [answered(lab, "s001"), answered(lab, "s002"), unreadable(lab, "s003"), ungraded(lab, "s004")])
    (lab.root / "roster.csv").write_text("id\ns001\ns002\ns003\ns004\ns005\n")
    return lab


def test_it_ends_with_where_the_page_is_after_what_needs_a_hand(lab: Assignment, command: Callable[..., Any]) -> None:
    done = command("report", "lab", "--course", lab.root)
    assert (done.code, done.err) == (0, "")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert "2 of 5 students graded; median 1.5 of 2." in lines
    assert "2 essay: to be graded by hand, in the formgrader: s001, s002" in lines
    assert "1 could not be graded by our fault: run allclose grade lab again: s004" in lines
    assert "1 cannot be read, 0 points: ask for a readable file: s003" in lines
    assert "1 handed in nothing: s005" in lines
    page = lab.root / "reports" / "lab" / "index.html"
    assert lines[-1] == f"Next: open {page}"
    assert page.is_file()


def test_json_and_tables_tell_the_same_as_the_page(lab: Assignment, command: Callable[..., Any]) -> None:
    assert command("report", "lab", "--course", lab.root).code == 0
    folder = lab.root / "reports" / "lab"
    found = json.loads((folder / "report.json").read_text())
    assert [(each["name"], each["count"], each["students"]) for each in found["misconceptions"]] == [
        ("double-test--add", 2, ["s001", "s002"])
    ]
    assert found["questions"][0] | {"discrimination": None} == {
        "name": "double-test",
        "max_score": 2.0,
        "by_hand": False,
        "graded": 2,
        "full": 0,
        "none": 0,
        "difficulty": 0.75,
        "discrimination": None,
    }
    with (folder / "misconceptions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["misconception"], row["count"], row["students"]) for row in rows] == [
        ("double-test--add", "2", "s001; s002")
    ]
    with (folder / "students.csv").open(newline="") as file:
        assert [(row["student"], row["status"], row["score"], row["double-test"]) for row in csv.DictReader(file)] == [
            ("s001", "graded", "1.5", "1.5"),
            ("s002", "graded", "1.5", "1.5"),
            ("s003", "bad-file", "0", ""),
            ("s004", "infra", "", ""),
            ("s005", "missing", "", ""),
        ]


def test_json_goes_to_stdout_alone_where_it_is_asked_for(lab: Assignment, command: Callable[..., Any]) -> None:
    done = command("report", "lab", "--course", lab.root, "--json", "-")
    assert json.loads(done.out)["graded"] == 2
    assert "Next: open" in done.err


def test_a_class_that_was_never_graded_is_the_callers_mistake(tmp_path: Path, command: Callable[..., Any]) -> None:
    root = write_lab(tmp_path / "course").root
    done = command("report", "lab", "--course", root)
    assert (done.code, done.out) == (2, "")
    assert "run `allclose grade lab` first" in done.err
    assert not (root / "reports").exists()

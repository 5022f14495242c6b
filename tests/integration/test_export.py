"""Grades go out as they stand in the gradebook, whoever gave them: the tests, a grader, or the calendar."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from allclose.cli import run
from allclose.interop.gradebook import db_url
from tests.suited_course import Asked, code_cell, hand_in, notebook, question_cells, write_course

SUITE = """
from allclose import agree, grade


@grade("double", points=2)
def test_it_doubles(submission):
    \"\"\"Two is doubled.\"\"\"
    agree(submission.double(2.0), 4.0)


@grade("double", points=2)
def test_it_doubles_zero(submission):
    \"\"\"Zero is doubled.\"\"\"
    agree(submission.double(0.0), 0.0)
"""
RULE = """
from nbgrader.plugins import BasePlugin


class OnePoint(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.0
"""
WRONG = "def double(x):\n    return x + 2"
RIGHT = "def double(x):\n    return 2 * x"
MISTAKE = '"""You add two.\n\nMultiply instead."""\n' + WRONG + "\n"


def answer(root: Path, student: str, code: str, essay: str) -> None:
    cells = question_cells(Asked("double", RIGHT, 4))
    cells[0]["source"] = code
    think: dict[str, Any] = code_cell("think", essay, grade=True, solution=True, locked=False, points=3)
    think["cell_type"] = "markdown"
    del think["outputs"], think["execution_count"]
    hand_in(root, student, "lab", notebook([code_cell("setup", "import allclose"), *cells, think]))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a suite and a question that is graded by hand; s001 is right, s002 adds. Copy it to change it."""
    root = write_course(
        tmp_path_factory.mktemp("export") / "course",
        "lab",
        [Asked("double", RIGHT, 4)],
        SUITE,
        answers={"misconceptions/double--add": MISTAKE},
    )
    source = root / "source" / "lab" / "lab.ipynb"
    content = json.loads(source.read_text())
    think = code_cell("think", "Because.", grade=True, solution=True, locked=False, points=3)
    think["cell_type"] = "markdown"
    del think["outputs"], think["execution_count"]
    content["cells"].append(think)
    source.write_text(json.dumps(content))
    answer(root, "s001", RIGHT, "Because I say so.")
    answer(root, "s002", WRONG, "It adds.")
    assert run(["grade", "lab", "--course", str(root)]) == 0
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "course"))


def exported(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert run(["export", "lab", "--course", str(root), "--out", "-", *options]) == 0
    return capsys.readouterr().out


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def graded_by_hand(root: Path) -> None:
    """A grader's points, extra credit and comment for s002; and it was an hour late, which costs a point."""
    (root / "one_point_rule.py").write_text(RULE)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write("c.AssignLatePenalties.plugin_class = 'one_point_rule.OnePoint'\n")
    (root / "submitted" / "s002" / "lab" / "timestamp.txt").write_text("2026-01-01 13:00:00 UTC")
    with Gradebook(db_url(root), "tests") as book:
        book.update_or_create_assignment("lab", duedate="2026-01-01 12:00:00 UTC")
        entry = book.find_grade("think", "lab", "lab", "s002")
        entry.manual_score, entry.extra_credit, entry.needs_manual_grade = 2.0, 0.5, False
        book.find_comment("think", "lab", "lab", "s002").manual_comment = "Nearly."
        book.find_submission_notebook("lab", "lab", "s002").late_submission_penalty = 1.0
        book.db.commit()


def test_a_manual_score_and_a_late_penalty_go_out_and_stay_after_the_next_grade(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rows(exported(root, capsys, "--format", "csv"))[1]["score"] == ""
    graded_by_hand(root)
    before = rows(exported(root, capsys, "--format", "csv"))[1]
    columns = ("double", "think.manual", "think.extra", "raw_score", "late_penalty", "score", "max_score", "pending")
    assert [before[column] for column in columns] == ["2", "2", "0.5", "4.5", "1", "3.5", "7", ""]
    assert run(["grade", "lab", "--course", str(root), "--force"]) == 0
    assert rows(exported(root, capsys, "--format", "csv"))[1] == before


def test_each_tests_verdict_and_message_go_out(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        row for row in rows(exported(root, capsys, "--format", "csv", "--per", "test")) if row["student"] == "s002"
    ]
    assert [(row["test"], row["title"], row["verdict"], row["score"], row["misconception"]) for row in found] == [
        ("test_it_doubles", "Two is doubled.", "passed", "2", ""),
        ("test_it_doubles_zero", "Zero is doubled.", "failed", "0", "double--add"),
        ("", "", "pending", "", ""),
    ]
    assert "Multiply instead." in found[1]["message"]


def test_a_run_for_one_student_leaves_the_others_tests(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(root, "s001", WRONG, "Because I say so.")
    assert run(["grade", "lab", "--course", str(root), "--student", "s001"]) == 0
    found = rows(exported(root, capsys, "--format", "csv", "--per", "test"))
    assert [(row["student"], row["verdict"]) for row in found if row["test"] == "test_it_doubles_zero"] == [
        ("s001", "failed"),
        ("s002", "failed"),
    ]


def test_nbgraders_own_export_takes_our_plugin(root: Path, nbgrader: Callable[..., None]) -> None:
    graded_by_hand(root)
    exporter = "--exporter=allclose.interop.export.plugin.QuestionCsv"
    nbgrader(root, "export", exporter, "--to", "mine.csv")
    found = rows((root / "mine.csv").read_text())
    columns = ("student_id", "question", "auto_score", "manual_score", "extra_credit", "score", "max_score")
    assert [[row[column] for column in columns] for row in found] == [
        ["s001", "double", "4", "", "", "4", "4"],
        ["s001", "think", "", "", "", "0", "3"],
        ["s002", "double", "2", "", "", "2", "4"],
        ["s002", "think", "", "2", "0.5", "2.5", "3"],
    ]
    assert [(row["needs_manual_grade"], row["comment"]) for row in found][1::2] == [("True", ""), ("False", "Nearly.")]
    nbgrader(root, "export", "--to", "theirs.csv")
    theirs = {row["student_id"]: row for row in rows((root / "theirs.csv").read_text())}
    for row in found:
        own = theirs[row["student_id"]]
        assert float(row["assignment_score"]) == float(own["score"])
        assert float(row["assignment_raw_score"]) == float(own["raw_score"])
        assert float(row["late_submission_penalty"]) == float(own["late_submission_penalty"])
        assert float(row["assignment_max_score"]) == float(own["max_score"])
    nbgrader(root, "export", exporter, "--student", "['s002']", "--assignment", "['lab']")
    assert {row["student_id"] for row in rows((root / "questions.csv").read_text())} == {"s002"}


def test_a_sheet_that_does_not_fit_ends_in_one_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = root / "sheet.csv"
    sheet.write_text("Student,ID,Section,A (1),B (2)\n    Points Possible,,,7,7\n")
    capsys.readouterr()
    assert run(["export", "lab", "--course", str(root), "--format", "canvas", "--sheet", str(sheet)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"allclose: {sheet}: no column fits; name one with --column: 'A (1)', 'B (2)'"
    ]
    assert run(["export", "lab", "--course", str(root), "--format", "otter", "--sheet", str(sheet)]) == 2


def test_the_last_lines_count_everybody_and_say_what_is_next(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["export", "lab", "--course", str(root), "--format", "gradescope"]) == 0
    lines = " ".join(capsys.readouterr().out.split())
    assert "waits for a grader, no score 2 s001, s002" in lines
    assert "for think of 2 students; then export again (--with-pending: the score so far)" in lines
    assert f"2 of 2 students in {root}/reports/lab-gradescope.json." in lines

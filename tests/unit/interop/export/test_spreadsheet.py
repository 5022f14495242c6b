"""Grades as CSV: a row per student with columns per question, and a row per test."""

from __future__ import annotations

import csv
import io

from allclose.interop.export.spreadsheet import question_rows, test_rows
from allclose.interop.export.standings import read_standings
from allclose.model import Assignment
from tests.graded_course import comment
from tests.unit.interop.export.conftest import table

test_rows.__test__ = False  # type: ignore[attr-defined]


def test_a_student_has_points_for_each_question_and_the_score_that_counts(lab: Assignment) -> None:
    row = table(question_rows(read_standings(lab), with_pending=False).text)["s001"]
    assert row == {
        "student": "s001",
        "name": 'Núñez, Ada "A"',
        "email": "ada@example.org",
        "section": "A",
        "status": "graded",
        "double-test.auto": "1.5",
        "double-test.manual": "",
        "double-test.extra": "",
        "double-test": "1.5",
        "essay.auto": "",
        "essay.manual": "2",
        "essay.extra": "",
        "essay": "2",
        "project.auto": "",
        "project.manual": "4",
        "project.extra": "0.25",
        "project": "4.25",
        "raw_score": "7.75",
        "late_penalty": "0.5",
        "score": "7.25",
        "max_score": "10",
        "pending": "",
        "isolation": "basic",
        "flags": "cell-restored: double-test",
        "note": "",
    }


def test_who_has_no_score_has_an_empty_one_and_a_status(lab: Assignment) -> None:
    rows = table(question_rows(read_standings(lab), with_pending=False).text)
    assert {student: (row["status"], row["score"]) for student, row in rows.items()} == {
        "s001": ("graded", "7.25"),
        "s002": ("graded", ""),
        "s003": ("bad-file", "0"),
        "s004": ("infra", ""),
        "s005": ("not-graded", ""),
        "s006": ("missing", "0"),
        "s007": ("missing", "0"),
    }
    assert rows["s002"]["pending"] == "essay; project"
    assert rows["s004"]["note"] == "the sandbox did not start"
    assert rows["s003"]["note"] == "first.ipynb is not JSON"


def test_pending_work_counts_as_it_stands_where_it_is_asked_for(lab: Assignment) -> None:
    rows = table(question_rows(read_standings(lab), with_pending=True).text)
    assert rows["s002"]["score"] == "1.5"
    assert rows["s004"]["score"] == ""


def test_names_that_are_formulas_are_led_by_an_apostrophe(lab: Assignment) -> None:
    assert table(question_rows(read_standings(lab), with_pending=False).text)["s006"]["name"] == "'=Mal"


def test_each_test_has_a_row_with_what_the_student_reads(lab: Assignment) -> None:
    comment(lab, "s001", "essay", "-1 for style")
    rows = [row for row in csv.DictReader(io.StringIO(test_rows(read_standings(lab)).text)) if row["student"] == "s001"]
    assert [list(row.values())[5:] for row in rows] == [
        ["first", "double-test", "test_of_two", "Two is doubled.", "passed", "1.5", "1.5", "", "", ""],
        [
            *("first", "double-test", "test_of_three", "Three is doubled.", "failed", "0", "0.5"),
            *("You add one. Multiply.", "double-test--add", ""),
        ],
        ["first", "essay", "", "", "by hand", "2", "3", "'-1 for style", "", ""],
        ["first", "project", "", "", "by hand", "4.25", "5", "", "", ""],
    ]


def test_nobody_is_without_a_row_of_tests(lab: Assignment) -> None:
    rows = list(csv.DictReader(io.StringIO(test_rows(read_standings(lab)).text)))
    assert {row["student"] for row in rows} == {f"s00{number}" for number in range(1, 8)}
    assert [row["note"] for row in rows if row["student"] == "s004"] == ["the sandbox did not start"]

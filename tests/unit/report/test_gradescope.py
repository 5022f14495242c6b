"""A grade as Gradescope takes it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from allclose.model import Grade, ManualMark, QuestionMark, Status, TestMark, Tier, Verdict
from allclose.report.gradescope import not_graded, results
from tests.gradescope import read_form, read_results

TESTS = (
    TestMark("test_it_follows_the_reference", 6.0, Verdict.PASSED, title="Follows the reference."),
    TestMark("test_cases[0.1234-secret]", 3.0, Verdict.FAILED, "The result is twice what is expected."),
    TestMark("test_fast", 1.0, Verdict.FAILED, "Sums.", misconception="adam--sum"),
)
GRADE = Grade(
    student="s001",
    status=Status.GRADED,
    score=8.5,
    max_score=13.0,
    flags=("cell-restored: adam-grade",),
    manual=ManualMark(None, 2.0, ("think",)),
    questions=(QuestionMark("lab", "adam", 6.0, 10.0, TESTS), QuestionMark("lab", "plain", 2.5, 3.0)),
    isolation=Tier.STRONG,
    device="cpu",
    seconds=1.0,
)


def shown(grade: Grade, **given: Any) -> dict[str, Any]:
    options = {"by_hand": [("think", 2.0)], "visibility": "visible", "seconds": 1.5, **given}
    return read_results(json.dumps(results(grade, **options), allow_nan=False))


def test_each_test_has_its_number_its_points_and_its_state() -> None:
    found = shown(GRADE)
    assert [(each["number"], each["score"], each["max_score"], each["status"]) for each in found["tests"]] == [
        ("1.1", 6.0, 6.0, "passed"),
        ("1.2", 0.0, 3.0, "failed"),
        ("1.3", 0.0, 1.0, "failed"),
        ("2", 2.5, 3.0, "failed"),
    ]
    assert found["score"] == sum(each["score"] for each in found["tests"]) == 8.5
    assert sum(each["max_score"] for each in found["tests"]) == 13.0


def test_a_student_reads_the_title_or_the_name_as_a_sentence_and_never_a_tests_inputs() -> None:
    found = shown(GRADE)
    assert [each["name"] for each in found["tests"]] == [
        "adam: Follows the reference.",
        "adam: cases",
        "adam: fast",
        "plain",
    ]
    assert "secret" not in json.dumps(found)


def test_messages_are_shown_where_points_were_lost_and_misconceptions_are_named() -> None:
    passed, failed, named, _ = shown(GRADE)["tests"]
    assert (passed["output"], failed["output"]) == ("", "The result is twice what is expected.")
    assert "tags" not in failed
    assert (named["tags"], named["extra_data"]["misconception"]) == (["misconception"], "adam--sum")


def test_the_whole_names_its_tier_its_flags_and_what_is_graded_by_hand() -> None:
    found = shown(GRADE)
    assert found["output"].splitlines() == [
        "8.5 of 13 points by hidden tests.",
        "Graded by hand, and not in this score: think (2).",
        "Remarks:",
        "- cell-restored: adam-grade",
        "Isolation: strong.",
    ]
    assert found["extra_data"] == {
        "status": "graded",
        "isolation": "strong",
        "flags": ["cell-restored: adam-grade"],
    }
    assert found["stdout_visibility"] == "hidden"


def test_the_instructor_says_when_tests_are_shown() -> None:
    found = shown(GRADE, visibility="after_published")
    assert {each["visibility"] for each in [found, *found["tests"]]} == {"after_published"}


def test_points_of_tests_that_do_not_add_up_leave_the_questions_own() -> None:
    scaled = replace(GRADE, questions=(QuestionMark("lab", "adam", 4.0, 8.0, TESTS),), score=4.0, max_score=8.0)
    (only,) = shown(scaled)["tests"]
    assert (only["score"], only["max_score"], only["number"]) == (4.0, 8.0, "1")
    assert "cases: The result is twice what is expected.\nfast: Sums." in only["output"]


def test_a_file_that_cannot_be_read_has_the_reason_with_each_question() -> None:
    marks = tuple(replace(mark, score=0.0, tests=()) for mark in GRADE.questions)
    bad = replace(GRADE, status=Status.BAD_FILE, score=0.0, questions=marks, reason="lab.ipynb is empty", flags=())
    found = shown(bad)
    assert found["score"] == 0.0
    assert [each["output"] for each in found["tests"]] == ["lab.ipynb is empty"] * 2
    assert sum(each["max_score"] for each in found["tests"]) == 13.0


def test_text_of_a_submission_is_one_plain_line_and_there_is_an_end_to_it() -> None:
    flags = tuple(f"file-ignored: a\x1b[31m\u202eb\n{number} {'x' * 1000}" for number in range(5000))
    found = shown(replace(GRADE, flags=flags))
    assert len(found["output"].splitlines()) < 100
    assert "\x1b" not in found["output"] and "\u202e" not in found["output"]


def test_a_number_that_json_has_not_is_our_fault_and_never_written() -> None:
    with pytest.raises(ValueError, match="nan"):
        results(replace(GRADE, score=math.nan), [], "visible", 1.0)


def test_a_fault_of_ours_has_neither_a_score_nor_tests() -> None:
    text = json.dumps(not_graded(3.0))
    assert "no score, which is no zero" in read_form(text)["output"]
    with pytest.raises(AssertionError, match="neither a score nor tests"):
        read_results(text)

"""Gradescope: a list of what an autograder writes into results.json."""

from __future__ import annotations

import json
from typing import Any

from allclose.interop.export.gradescope import gradescope_results
from allclose.interop.export.standings import read_standings
from allclose.model import Assignment


def entries(lab: Assignment, *, with_pending: bool = False) -> dict[str, Any]:
    found = json.loads(gradescope_results(read_standings(lab), with_pending=with_pending).text)
    return {entry["student"]: entry for entry in found}


def test_a_submission_has_its_score_and_each_tests_points(lab: Assignment) -> None:
    entry = entries(lab)["s001"]
    assert (entry["score"], entry["max_score"]) == (7.25, 10.0)
    assert [(test["name"], test["score"], test["max_score"]) for test in entry["tests"]] == [
        ("double-test: Two is doubled.", 1.5, 1.5),
        ("double-test: Three is doubled.", 0.0, 0.5),
        ("essay", 2.0, 3.0),
        ("project", 4.25, 5.0),
    ]
    assert entry["tests"][1]["output"] == "You add one. Multiply."
    assert "Late penalty: 0.5" in entry["output"]


def test_everybody_is_in_the_list_and_who_has_no_score_has_null(lab: Assignment) -> None:
    assert {student: entry["score"] for student, entry in entries(lab).items()} == {
        "s001": 7.25,
        "s002": None,
        "s003": 0.0,
        "s004": None,
        "s005": None,
        "s006": 0.0,
        "s007": 0.0,
    }
    assert entries(lab)["s002"]["output"].endswith("Waits for a grader: essay, project")
    assert entries(lab, with_pending=True)["s002"]["score"] == 1.5


def test_points_of_the_tests_and_the_hand_graded_add_up_to_the_score_before_lateness(lab: Assignment) -> None:
    entry = entries(lab)["s001"]
    assert sum(test["score"] for test in entry["tests"]) - 0.5 == entry["score"]

"""The large class, and the test that changes after it."""

from __future__ import annotations

from collections import Counter

import pytest

from allclose import course
from allclose.model import Assignment
from benchmarks import growth
from benchmarks.mixtures import Mixture, mixtures
from benchmarks.records import ROOT


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return course.load(ROOT, growth.LAB)


def test_most_of_ten_thousand_submissions_differ(assignment: Assignment) -> None:
    seen = Counter(frozenset(_names(each).items()) for each in mixtures(assignment, 10_000))
    assert len(seen) > 9_900


def test_a_smaller_class_is_the_beginning_of_a_larger_one(assignment: Assignment) -> None:
    assert list(mixtures(assignment, 10)) == list(mixtures(assignment, 30))[:10]


def test_every_known_answer_is_in_the_class(assignment: Assignment) -> None:
    used = {name for each in mixtures(assignment, 2_000) for name in _names(each).values()}
    assert used == {"", *(str(answer.path) for answer in (*assignment.accepted, *assignment.misconceptions))}


def test_a_mixture_is_worth_what_its_answers_are(assignment: Assignment) -> None:
    wrong = next(answer for answer in assignment.misconceptions if answer.question == "adam")
    mixture = Mixture("s1", {"adam": wrong, "momentum": None})
    assert mixture.expected({("adam", wrong.path): 3.0, ("momentum", None): 14.0}) == {"adam": 3.0, "momentum": 14.0}


def test_one_test_draws_other_numbers_and_the_rest_of_the_suite_stays(assignment: Assignment) -> None:
    (suite,) = assignment.suite
    before, after = suite.read_text(), growth.with_one_test_changed(suite.read_text())
    compile(after, str(suite), "exec")
    assert after.replace(growth.DRAW, "", 1) == before
    assert after.index(growth.CHANGED) < after.index(growth.DRAW) < after.index("@grade", after.index(growth.CHANGED))


def test_the_log_of_a_run_says_what_it_touched() -> None:
    log = """
        {"event": "began", "assignment": "lab", "jobs": 3}
        {"event": "graded", "student": "s1"}
        {"event": "rerun", "student": "s2", "tested": ["adam"]}
        {"event": "rerun", "student": "s3", "tested": ["adam", "race"]}
        {"event": "reused", "student": "s4"}
    """.strip()
    assert growth.touched(log) == (
        "1 submissions graded as a whole, 2 in single questions (adam of 2, race of 1), 1 kept as they were"
    )


def _names(mixture: Mixture) -> dict[str, str]:
    return {name: "" if answer is None else str(answer.path) for name, answer in mixture.answers.items()}

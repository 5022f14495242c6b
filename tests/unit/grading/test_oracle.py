"""Which misconception a failing test is put down to, and when to none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import pytest

from allclose.grading.oracle import Oracle, explanation
from allclose.model import Answer, Assignment, Limits, Verdict
from allclose.suite.host import Mark
from allclose.suite.trace import trace_of


def answer(slug: str, title: str = "A mistake", hint: str = "Look again.") -> Answer:
    return Answer("mse", slug, title, hint, slug, Path(f"mse--{slug}.py"))


def mark(index: int, *seen: Any, verdict: Verdict = Verdict.FAILED, message: str = "off") -> Mark:
    passed = verdict is Verdict.PASSED
    trace = None if passed else trace_of(seen)
    return Mark(index, verdict, "" if passed else message, False, False, True, trace)


def passed(index: int) -> Mark:
    return mark(index, verdict=Verdict.PASSED)


def oracle(**known: Iterable[Mark]) -> Oracle:
    """One that knows these misconceptions of the question `mse`, by what the tests make of each."""
    answers = tuple(answer(slug) for slug in known)
    lab = Assignment("lab", Path(), (), (), None, (), answers, (), Limits())
    return Oracle(lab, lambda _, code: known[code])


def named(judge: Oracle, *marks: Mark) -> dict[int, str]:
    return {index: found.slug for index, found in judge.name("mse", {one.index: one for one in marks}).items()}


def test_the_same_values_name_the_mistake() -> None:
    judge = oracle(sum=[mark(0, 12.5), passed(1)], half=[mark(0, 0.625), passed(1)])
    assert named(judge, mark(0, 12.5), passed(1)) == {0: "sum"}


def test_other_values_name_none() -> None:
    judge = oracle(sum=[mark(0, 12.5)])
    assert named(judge, mark(0, 12.6)) == {}


def test_a_right_answer_is_never_accused() -> None:
    judge = oracle(sum=[passed(0), mark(1, 12.5)])
    assert named(judge, passed(0), passed(1)) == {}


def test_the_same_values_under_another_message_name_none() -> None:
    judge = oracle(sum=[mark(0, 12.5, message="twice")])
    assert named(judge, mark(0, 12.5, message="half")) == {}


def test_of_two_that_fit_one_test_the_one_that_fits_both_is_named() -> None:
    judge = oracle(half=[mark(0, 0.5), passed(1)], sum=[mark(0, 0.5), mark(1, 7.5)])
    assert named(judge, mark(0, 0.5), mark(1, 7.5)) == {0: "sum", 1: "sum"}


def test_of_two_that_explain_all_failures_the_one_that_passes_what_passed_is_named() -> None:
    judge = oracle(half=[mark(0, 0.5), mark(1, 3.5)], sum=[mark(0, 0.5), passed(1)])
    assert named(judge, mark(0, 0.5), passed(1)) == {0: "sum"}


def test_two_that_cannot_be_told_apart_are_both_left_unsaid() -> None:
    judge = oracle(never=[mark(0, 0.5), passed(1)], late=[mark(0, 0.5), passed(1)])
    assert named(judge, mark(0, 0.5), passed(1)) == {}


def test_two_mistakes_in_one_question_are_named_where_each_shows() -> None:
    judge = oracle(sum=[mark(0, 0.5), passed(1)], root=[passed(0), mark(1, 7.5)])
    assert named(judge, mark(0, 0.5), mark(1, 7.5)) == {0: "sum", 1: "root"}


def test_a_single_truth_value_names_a_mistake_only_where_all_tests_agree() -> None:
    judge = oracle(always=[mark(0, True), mark(1, True), passed(2)])
    assert named(judge, mark(0, True), mark(1, True), passed(2)) == {0: "always", 1: "always"}
    assert named(judge, mark(0, True), mark(1, False), passed(2)) == {}
    assert named(judge, mark(0, True), passed(1), passed(2)) == {}


def test_an_error_names_a_mistake_only_where_all_tests_agree() -> None:
    raised = {"verdict": Verdict.RAISED}
    judge = oracle(wraps=[mark(0, 0.5, "StudentIndexError", **raised), passed(1)])
    assert named(judge, mark(0, 0.5, "StudentIndexError", **raised), passed(1)) == {0: "wraps"}
    assert named(judge, mark(0, 0.5, "StudentIndexError", **raised), mark(1, 9.5)) == {}


@pytest.mark.parametrize("verdict", [Verdict.TIMEOUT, Verdict.CRASH, Verdict.LIMIT, Verdict.MISSING, Verdict.PROTOCOL])
def test_how_a_process_ended_names_no_mistake(verdict: Verdict) -> None:
    ended = Mark(0, verdict, "", False, False, False)
    assert named(oracle(endless=[ended]), ended) == {}


def test_misconceptions_are_tried_once_and_only_when_a_test_fails() -> None:
    tried: list[str] = []

    def attempt(_: str, code: str) -> Iterable[Mark]:
        tried.append(code)
        return [mark(0, 0.5)]

    lab = Assignment("lab", Path(), (), (), None, (), (answer("sum"),), (), Limits())
    judge = Oracle(lab, attempt)
    judge.name("mse", {0: passed(0)})
    assert not tried
    for _ in range(3):
        judge.name("mse", {0: mark(0, 0.5)})
    assert tried == ["sum"]


def test_other_questions_mistakes_are_not_tried() -> None:
    lab = Assignment("lab", Path(), (), (), None, (), (answer("sum"),), (), Limits())
    judge = Oracle(lab, lambda *_: cast(Iterable[Mark], pytest.fail("another question's")))
    assert judge.name("forward", {0: mark(0, 0.5)}) == {}


def test_title_and_hint_make_one_paragraph() -> None:
    assert explanation(answer("sum", "Sum, not mean", "Divide\nby n.")) == "Sum, not mean. Divide by n."
    assert explanation(answer("sum", "Is it a sum?", "")) == "Is it a sum?"

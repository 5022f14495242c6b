"""The arithmetic between what was measured and what was promised."""

from __future__ import annotations

import pytest

from benchmarks import budgets
from benchmarks.budgets import BUDGETS
from benchmarks.records import Machine, Record

MACHINE = Machine("a processor", 2, 8.0, "Linux", {"Python": "3.11"}, 0.0)


def record(part: str, samples: dict[str, list[float]], **facts: str) -> Record:
    return Record(part, "2026-01-01 00:00 UTC", "abc1234", MACHINE, samples, facts)


def throughput(sizes: str = "100 300") -> dict[str, Record]:
    samples = {
        "figure.nbgrader.one": [6.0, 7.0],
        "figure.nbgrader.all": [15.0, 19.0],
        "figure.otter": [5.0, 8.0],
        "figure.allclose.small": [6.06, 8.0],
        "figure.allclose.large": [12.06, 16.0],
    }
    return {"throughput": record("throughput", samples, sizes=sizes)}


def test_one_more_is_the_difference_of_two_classes() -> None:
    assert budgets.further_seconds(throughput(), "figure") == [3.0, 4.0]
    assert budgets.steady_seconds(throughput(), "figure") == pytest.approx([0.03, 0.04])


def test_each_ratio_is_of_one_round() -> None:
    assert budgets.steady_ratio("figure")(throughput()) == pytest.approx([100.0, 100.0])
    assert budgets.otter_ratio("figure")(throughput()) == pytest.approx([5 / 0.03, 200.0])


def test_nbgraders_class_is_its_first_submission_and_as_many_times_one_more() -> None:
    expected = [(6 + 99 * 3) / 6.06, (7 + 99 * 4) / 8]
    assert budgets.class_ratio("figure")(throughput()) == pytest.approx(expected)


def test_another_class_is_not_held_against_the_budget_of_a_hundred() -> None:
    assert budgets.class_ratio("figure")(throughput("10 30")) == []


def test_the_engines_overhead_is_over_bare_of_the_same_round() -> None:
    records = {"overhead": record("overhead", {"figure.engine": [0.05, 0.06], "figure.bare.cpu": [0.04, 0.055]})}
    assert budgets.overhead_seconds("figure")(records) == pytest.approx([0.01, 0.005])


def test_the_pages_of_a_class_are_counted_up_from_those_of_some() -> None:
    samples = {"few": [4.0], "more": [12.0], "pages": [20.0], "report": [4.5]}
    records = {"feedback": record("feedback", samples, students="500")}
    assert budgets.nbgrader_pages_seconds(records) == [12.0 + 490 * 1.0]
    assert budgets.pages_ratio(records) == [502 / 20]
    assert budgets.pages_ratio({}) == []


def test_growth_compares_what_one_more_takes_between_the_sizes() -> None:
    samples = {"10.seconds": [3.0, 2.0, 9.0], "100.seconds": [7.5], "1000.seconds": [57.0]}
    records = {"growth": record("growth", samples, sizes="10 100 1000")}
    assert budgets.growth_seconds(records) == [(100, pytest.approx(0.05)), (1000, pytest.approx(0.055))]
    assert budgets.unevenness(records) == pytest.approx([10.0])


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert {budget.met({}) for budget in BUDGETS} == {None}


@pytest.mark.parametrize(("seconds", "met"), [([2.0, 2.5, 9.0], True), ([2.0, 3.5, 4.0], False)])
def test_the_median_decides(seconds: list[float], met: bool) -> None:
    records = {"startup": record("startup", {"engines.lab2_minibatch_sgd": seconds})}
    ready = next(budget for budget in BUDGETS if budget.what == "both engines ready")
    assert ready.met(records) is met


@pytest.mark.parametrize(("value", "met"), [(0.004, True), (0.006, False)])
def test_isolation_is_what_the_strong_tier_adds(value: float, met: bool) -> None:
    records = {"parts": record("parts", {"figure.process.strong": [0.01 + value], "figure.process.none": [0.01]})}
    isolation = next(budget for budget in BUDGETS if budget.what == "isolation of a submission")
    assert isolation.met(records) is met

"""Two submissions with the same mistake leave the same trace, however they write it; others do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from allclose.suite.trace import MAX_NUMBERS, Trace, trace_of


def same(one: Any, other: Any) -> bool:
    return trace_of([one]).same(trace_of([other]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (3, 3.0),
        (np.float64(0.3), 0.1 + 0.2),
        ([1.0, 2.0], np.array([1.0, 2.0])),
        ((1.0, 2.0), [1.0, 2.0]),
        (np.eye(2), torch.eye(2)),
        ([np.ones(2), np.zeros(2)], np.array([[1.0, 1.0], [0.0, 0.0]])),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (float("nan"), np.nan),
        (np.array([1.0, np.inf]), np.array([1.0, np.inf])),
        (2 + 1j, np.complex128(2 + 1j)),
        (None, None),
        ("he", "he"),
        (b"a file", b"the same, written later"),
    ],
)
def test_a_value_written_otherwise_is_the_same(one: Any, other: Any) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (3.0, 3.001),
        (True, 1),
        (None, 0),
        ([1.0, 2.0], [2.0, 1.0]),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(0), np.zeros(1)),
        ("he", "xavier"),
        ({"a": 1}, {"b": 1}),
        ([1.0, None], [1.0, 2.0]),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0])),
        (2 + 1j, 2 - 1j),
    ],
)
def test_another_value_is_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)


def test_the_order_of_the_answers_counts() -> None:
    assert not trace_of([1.5, 2.5]).same(trace_of([2.5, 1.5]))


def test_a_trace_stays_small_whatever_it_has_seen() -> None:
    huge = [np.ones(10**6), [0.5] * 10**5, {"deep": [[["x"] * 100] * 100] * 10}]
    assert len(trace_of(huge).data) == 8 * MAX_NUMBERS


@pytest.mark.parametrize("value", [True, None, 3, [1, 2], "text", [], np.nan, [np.nan] * 9])
def test_few_or_no_numbers_tell_nothing(value: Any) -> None:
    assert not trace_of([value]).telling


@pytest.mark.parametrize("value", [0.37, [1, 2, 3, 4], np.array([[0.5]])])
def test_a_fraction_or_several_numbers_are_no_coincidence(value: Any) -> None:
    assert trace_of([value]).telling


def test_an_empty_trace_is_like_another() -> None:
    assert trace_of([]).same(trace_of([]))
    assert isinstance(trace_of([]), Trace)

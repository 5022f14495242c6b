"""`diagnose`: the simple relations between a wrong array and the expected one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from allclose.numerics.compare import compare
from allclose.numerics.diagnosis import diagnose
from allclose.numerics.findings import Finding

RNG = np.random.default_rng(5)
E = RNG.normal(size=(12, 3))
SQUARE = RNG.normal(size=(4, 4))
CURVE = np.array([5.0, 3.1, 2.2, 1.7, 1.3, 1.2, 1.15, 1.11])


@pytest.mark.parametrize(
    ("actual", "expected", "finding"),
    [
        (-E, E, Finding.NEGATED),
        (2 * E, E, Finding.DOUBLE),
        (E / 2, E, Finding.HALF),
        (12 * E, E, Finding.COUNT_TOO_LARGE),
        (E / 37, E, Finding.COUNT_TOO_SMALL),
        (0.3 * E, E, Finding.SCALED),
        (-2 * E, E, Finding.SCALED),
        (E + 1, E, Finding.SHIFTED),
        (np.arange(1, 9), np.arange(8), Finding.SHIFTED),
        (SQUARE.T, SQUARE, Finding.AXIS_ORDER),
        (np.append(CURVE[1:], 1.1), CURVE, Finding.LAG),
        (np.append(9.0, CURVE[:-1]), CURVE, Finding.LAG),
        (np.where(np.arange(8) < 3, CURVE, CURVE + np.arange(8) ** 2), CURVE, Finding.DIVERGES),
        (np.float64(2.6), np.float64(1.3), Finding.DOUBLE),
        (np.float64(-1.3), np.float64(1.3), Finding.NEGATED),
        (np.float64(13.0), np.float64(1.3), Finding.COUNT_TOO_LARGE),
        (2j * SQUARE, 1j * SQUARE, Finding.DOUBLE),
    ],
)
def test_a_simple_relation_is_named(actual: Any, expected: Any, finding: Finding) -> None:
    assert diagnose(np.asarray(actual), np.asarray(expected)) is finding
    assert compare(actual, expected) is finding


def test_a_sum_in_float32_is_named_by_its_precision() -> None:
    x = RNG.normal(size=(200, 50))
    assert compare((x.astype(np.float32) ** 2).sum(axis=0) / np.float32(3), (x**2).sum(axis=0) / 3) is Finding.PRECISION


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (E * (1 + 1e-5 * RNG.normal(size=E.shape)), E),
        (RNG.normal(size=(12, 3)), E),
        (np.zeros((12, 3)), E),
        (E * (1 + 1e-6), E),
        (np.float64(1.7), np.float64(1.3)),
        (np.array(9), np.array(3)),
        (np.ones(5), np.zeros(5)),
    ],
)
def test_chance_is_not_named(actual: Any, expected: Any) -> None:
    assert diagnose(np.asarray(actual), np.asarray(expected)) is None
    assert compare(actual, expected) is Finding.VALUE


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (np.ones(3), np.ones(4)),
        (np.zeros(0), np.zeros(0)),
        (np.array([np.nan]), np.ones(1)),
        (np.ones(1), np.array([np.inf])),
        (np.array([0.5, 1.0]), np.array([1j, 2.0])),
    ],
)
def test_what_cannot_be_related_gets_no_diagnosis(actual: Any, expected: Any) -> None:
    assert diagnose(actual, expected) is None


def test_a_list_of_numbers_is_diagnosed_as_a_whole() -> None:
    assert compare([*CURVE.tolist()[1:], 1.1], CURVE.tolist()) is Finding.LAG


@pytest.mark.parametrize("lower", [np.float32, np.float16])
def test_a_right_answer_rounded_to_a_lower_precision_is_named(lower: type) -> None:
    x = np.random.default_rng(3).normal(size=20)
    assert compare(x.astype(lower), x, rtol=1e-9) is Finding.PRECISION

"""How far off: exactly equal, approximately, and the largest difference."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from allclose.teach.differences import difference


@pytest.mark.parametrize(
    ("actual", "expected", "exact", "approximately", "largest", "place"),
    [
        (1.0, 1.0, True, True, 0.0, ()),
        (0.1 + 0.2, 0.3, False, True, 5.551115123125783e-17, ()),
        (2, 2.5, False, False, 0.5, ()),
        ([1.0, 2.0], [1.0, 2.25], False, False, 0.25, (1,)),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), [[1, 2], [8, 4]], False, False, 5.0, (1, 0)),
        (np.float32(0.1), 0.1, False, True, 1.490116119384766e-09, ()),
        (3 + 4j, 0, False, False, 5.0, ()),
        (np.array([1, 255], dtype=np.uint8), [2, 0], False, False, 255.0, (1,)),
        (True, False, False, False, 1.0, ()),
        ((1, 2), [1, 2], True, True, 0.0, (0,)),
        (np.inf, np.inf, True, True, 0.0, ()),
        ([], [], True, True, 0.0, ()),
    ],
)
def test_the_three_measures(
    actual: Any, expected: Any, exact: bool, approximately: bool, largest: float, place: tuple[int, ...]
) -> None:
    found = difference(actual, expected)
    assert found is not None
    assert (found.exact, found.approximately, found.place) == (exact, approximately, place)
    assert found.largest == pytest.approx(largest)


def test_the_tolerance_of_the_check_decides_what_is_approximate() -> None:
    near = difference(1.04, 1.0, rtol=0.05, atol=0.0)
    far = difference(1.04, 1.0, rtol=0.03, atol=0.0)
    assert near is not None and near.approximately
    assert far is not None and not far.approximately


@pytest.mark.parametrize(
    ("actual", "expected", "note"),
    [
        (np.zeros((3, 1)), np.zeros(4), "The shape is (3, 1), not (4,)."),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "The length is 2, not 3."),
        ([], [1.0], "The length is 0, not 1."),
        ([1.0, math.nan], [1.0, 2.0], "It holds NaN or infinity."),
        ([2.0, 4.0, 6.0], [1.0, 2.0, 3.0], "The result is twice what is expected."),
        ([-1.0, -2.0], [1.0, 2.0], "The result has the wrong sign."),
        (5.0, 4.0, ""),
    ],
)
def test_what_else_is_to_say(actual: Any, expected: Any, note: str) -> None:
    found = difference(actual, expected)
    assert found is not None and found.note == note


def test_values_that_cannot_be_subtracted_have_no_largest_difference() -> None:
    for actual in (np.zeros(3), [math.nan] * 4):
        found = difference(actual, np.zeros(4))
        assert found is not None and math.isnan(found.largest) and not found.approximately


@pytest.mark.parametrize("value", [None, "1.0", {"a": 1}, object(), [1, "2"], [[1], [1, 2]], [None], print])
def test_what_is_no_number_has_no_difference(value: object) -> None:
    assert difference(value, 1.0) is None
    assert difference(1.0, value) is None


def test_a_tensor_is_compared_like_an_array() -> None:
    import torch

    found = difference(torch.tensor([1.0, 2.0], requires_grad=True), [1.0, 2.5])
    assert found is not None and found.largest == 0.5

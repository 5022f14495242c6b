"""`agree`: what counts as the expected value, and what is said of anything else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from allclose.errors import SuiteError
from allclose.numerics.compare import agree, compare
from allclose.numerics.findings import Disagreement, Finding


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1, 1.0),
        (1.0, 1),
        (np.float32(0.1), 0.1),
        (torch.tensor(2.5), 2.5),
        (np.array(2.5), 2.5),
        (2.5, torch.tensor(2.5, dtype=torch.float64)),
        (np.arange(3), np.arange(3.0)),
        (torch.arange(3), np.arange(3)),
        (np.ones((2, 3)), torch.ones(2, 3)),
        (torch.nn.Parameter(torch.ones(2)), np.ones(2)),
        (torch.ones(2, dtype=torch.bfloat16), np.ones(2)),
        (np.array([np.nan, np.inf, -np.inf]), np.array([np.nan, np.inf, -np.inf])),
        (np.array([1.0]), np.array([1.0 + 0j])),
        (np.zeros((0, 3)), torch.zeros(0, 3)),
        (np.bool_(True), True),
        (torch.tensor([True, False]), np.array([True, False])),
        (np.str_("saddle"), "saddle"),
        (None, None),
        ([1.0, 2.0], (1.0, 2.0)),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
        (torch.tensor([1.0, 2.0]), [1.0, 2.0]),
        ((np.ones(2), 3.0), [torch.ones(2), 3]),
        (np.ones((2, 2)), [np.ones(2), np.ones(2)]),
        ([], []),
        ({"w": np.ones(2), 1: "a"}, {1: "a", "w": [1.0, 1.0]}),
        (10**30, 10**30),
        (np.asfortranarray(np.ones((2, 3))), np.ones((2, 3))),
        (np.ones(3, dtype=">f8"), np.ones(3)),
        (np.longdouble(0.5), 0.5),
        (torch.view_as_complex(torch.ones(2, 2)).conj(), np.array([1 - 1j, 1 - 1j])),
    ],
)
def test_right_values_agree_whatever_library_they_come_from(actual: object, expected: object) -> None:
    agree(actual, expected)


class Liar:
    """Says yes to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("w")

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        return np.ones(2)

    def __float__(self) -> float:
        return 1.0

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: object) -> float:
        return 1.0


class LyingArray(np.ndarray):
    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> bool:
        return True

    def __array_ufunc__(self, ufunc: Any, method: Any, *inputs: Any, **kwargs: Any) -> np.ndarray[Any, Any]:
        return np.ones(2, dtype=bool)


class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> bool:
        return True


class LyingFloat(float):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class LyingText(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("w")


@pytest.mark.parametrize(
    "actual",
    [
        Liar(),
        np.zeros(2).view(LyingArray),
        torch.zeros(2).as_subclass(LyingTensor),
        np.ma.masked_array([1.0, 5.0], mask=[False, True]),
        np.array([1.0, 1.0], dtype=object),
        np.array([Liar(), Liar()], dtype=object),
        np.array([(1.0,), (1.0,)], dtype=[("a", float)]),
        np.array(["1", "1"]),
        np.array(["2020-01-01"] * 2, dtype="datetime64[D]"),
        torch.ones(2).to_sparse(),
        torch.empty(2, device="meta"),
        b"\x01\x01",
        {1.0},
        range(2),
        len,
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("expected", [np.ones(2), torch.ones(2), [1.0, 1.0], {"w": 1.0}, 1.0, "w", True])
def test_what_is_no_plain_value_never_agrees(actual: object, expected: object) -> None:
    assert compare(actual, expected) is Finding.UNKNOWN_KIND


@pytest.mark.parametrize(("actual", "expected"), [(LyingFloat(3), 1.0), (LyingText("x"), "w"), ([Liar()], [1.0])])
def test_subclasses_of_python_types_and_items_of_lists_are_not_trusted(actual: object, expected: object) -> None:
    assert compare(actual, expected) is Finding.UNKNOWN_KIND


@pytest.mark.parametrize("key", [Liar(), LyingText("x"), LyingFloat(1)])
def test_foreign_dictionary_keys_are_not_trusted(key: object) -> None:
    assert compare({key: 1.0}, {"w": 1.0}) is Finding.KEYS


@pytest.mark.parametrize(
    ("actual", "expected", "finding"),
    [
        (None, 1.0, Finding.NOTHING),
        (None, [1.0], Finding.NOTHING),
        (1.0, None, Finding.WANTS_NONE),
        ([1.0], 1.0, Finding.WANTS_NUMBER),
        ("1", 1.0, Finding.WANTS_NUMBER),
        (True, 1.0, Finding.WANTS_NUMBER),
        (np.ones(1), 1.0, Finding.WANTS_NUMBER),
        (1.0, np.ones(1), Finding.WANTS_ARRAY),
        ([1.0, 1.0], np.ones(2), Finding.WANTS_ARRAY),
        (1, True, Finding.WANTS_BOOL),
        (np.ones(2), np.array([True, True]), Finding.WANTS_BOOL_ARRAY),
        (1.0, "a", Finding.WANTS_TEXT),
        (1.0, (1.0,), Finding.WANTS_SEQUENCE),
        ({0: 1.0}, [1.0], Finding.WANTS_SEQUENCE),
        ([1.0], {0: 1.0}, Finding.WANTS_DICT),
        (1 + 0j, 1.0, Finding.WANTS_REAL),
        ([1.0], [1.0, 2.0], Finding.LENGTH),
        (np.ones(3), np.ones(2), Finding.LENGTH),
        ({"a": 1}, {"b": 1}, Finding.KEYS),
        (np.ones((3, 2)), np.ones(4), Finding.AXES),
        (np.ones((3, 2)), np.ones((2, 3)), Finding.AXIS_ORDER),
        (np.ones((3, 1)), np.ones(3), Finding.UNIT_AXIS),
        (np.ones((1, 3)), np.ones((3, 1)), Finding.UNIT_AXIS),
        (np.ones((3, 5)), np.ones((3, 2)), Finding.SHAPE),
        (np.array([1.0, np.nan]), np.ones(2), Finding.NOT_FINITE),
        (math.inf, 1.0, Finding.NOT_FINITE),
        (1.0, math.nan, Finding.VALUE),
        (-math.inf, math.inf, Finding.VALUE),
        (10**30 + 1, 10**30, Finding.VALUE),
        (10**400, 1.0, Finding.NOT_FINITE),
        (False, True, Finding.VALUE),
        ("minimum", "saddle", Finding.VALUE),
        ([1.0, [2.0, "x"]], [1.0, [2.0, "y"]], Finding.VALUE),
        (3.5, 3, Finding.VALUE),
    ],
)
def test_a_mismatch_is_named(actual: object, expected: object, finding: Finding) -> None:
    assert compare(actual, expected) is finding
    with pytest.raises(Disagreement) as caught:
        agree(actual, expected)
    assert (str(caught.value), caught.value.finding) == (finding.value, finding)


def test_a_broadcast_array_of_tebibytes_costs_nothing() -> None:
    assert compare(np.broadcast_to(1.0, (2**20, 2**20)), np.ones(3)) is Finding.AXES
    assert compare(np.broadcast_to(1.0, (2**40,)), [1.0, 1.0]) is Finding.LENGTH


def test_an_endless_list_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert compare(endless, [[[1.0]]]) is Finding.WANTS_NUMBER
    assert compare(endless, endless) is Finding.UNKNOWN_KIND


def test_the_expected_dtype_alone_decides_the_tolerance() -> None:
    third = np.full(4, 1 / 3)
    off = third * (1 + 1e-5)
    assert compare(off, third) is not None
    assert compare(off.astype(np.float32), third) is not None
    assert compare(off, third.astype(np.float32)) is None
    assert compare(off, torch.full((4,), 1 / 3)) is None
    assert compare(third.astype(np.float32), third) is None


def test_asked_tolerances_replace_the_defaults_one_by_one() -> None:
    assert compare(1.001, 1.0, rtol=1e-2) is None
    assert compare(1e-11, 0.0, rtol=1e-2) is None
    assert compare(1e-11, 0.0, atol=0.0) is Finding.VALUE
    assert compare(9, 10, atol=1) is None


@pytest.mark.parametrize("bad", [{"rtol": -1e-3}, {"atol": math.nan}, {"rtol": math.inf}])
def test_a_tolerance_that_means_nothing_is_the_suite_s_mistake(bad: dict[str, float]) -> None:
    with pytest.raises(SuiteError, match="finite number of at least 0"):
        agree("anything", "anything", **bad)

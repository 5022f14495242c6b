"""References take what students' functions take, answer in kind, and compute where they are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from solutions import in_torch, to_tensor

PAIR = np.array([1.0, 2.0])


@in_torch
def double(x: Any, *rest: Any, **named: Any) -> Any:
    """Everything that it is given, twice."""
    assert isinstance(x, torch.Tensor)
    return (2 * x, *rest, *named.values()) if rest or named else 2 * x


@in_torch
def kinds(*values: Any) -> list[str]:
    return [type(value).__name__ for value in values]


@in_torch
def place(x: torch.Tensor) -> str:
    return f"{x.device.type} {x.dtype}"


@in_torch
def applied(f: Any, x: torch.Tensor) -> Any:
    result = f(x)
    assert isinstance(result, torch.Tensor | float)
    return result


def test_arrays_in_give_arrays_out() -> None:
    result = double(PAIR)
    assert isinstance(result, np.ndarray)
    np.testing.assert_array_equal(result, [2.0, 4.0])


def test_tensors_in_give_tensors_out() -> None:
    assert torch.equal(double(torch.tensor(PAIR)), torch.tensor([2.0, 4.0], dtype=torch.float64))


def test_a_result_without_axes_is_a_number() -> None:
    assert type(double(np.float64(1.5))) is float


def test_lists_of_numbers_are_arrays_and_other_lists_are_gone_through() -> None:
    assert kinds([1.0, 2], [PAIR, PAIR], (PAIR, 3), {"a": PAIR}, []) == ["Tensor", "list", "tuple", "dict", "list"]


def test_numbers_texts_and_generators_stay_as_they_are() -> None:
    assert kinds(3, 0.5, True, "he", np.random.default_rng(1), None) == [
        "int",
        "float",
        "bool",
        "str",
        "Generator",
        "NoneType",
    ]


@pytest.mark.parametrize(("given", "dtype"), [(np.float32, "float32"), (np.int64, "float64"), (np.float64, "float64")])
def test_floating_dtypes_are_kept_and_whole_numbers_become_float64(given: Any, dtype: str) -> None:
    assert place(np.ones(2, given)) == f"cpu torch.{dtype}"


def test_truth_values_stay_truth_values() -> None:
    assert to_tensor(np.array([True, False])).dtype is torch.bool


def test_the_device_that_is_named_wins() -> None:
    assert place(PAIR, device="meta") == "meta torch.float64"
    assert place(torch.ones(2), device="meta") == "meta torch.float32"


def test_without_a_name_the_first_tensor_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLCLOSE_DEVICE", "cuda")
    assert place(torch.ones(2, device="meta")) == "meta torch.float32"


def test_without_a_tensor_the_device_of_the_grader_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLCLOSE_DEVICE", "meta")
    assert place(PAIR) == "meta torch.float64"
    monkeypatch.delenv("ALLCLOSE_DEVICE")
    assert place(PAIR) == "cpu torch.float64"


def test_a_function_that_is_handed_in_meets_what_its_author_expects() -> None:
    def norm(x: Any) -> Any:
        assert isinstance(x, np.ndarray)
        return np.linalg.norm(x)

    assert applied(norm, np.array([3.0, 4.0])) == 5.0
    assert applied(torch.linalg.norm, torch.tensor([3.0, 4.0])) == torch.tensor(5.0)


def test_arguments_are_copied_so_that_a_reference_never_changes_them() -> None:
    @in_torch
    def zero(x: torch.Tensor) -> torch.Tensor:
        return x.zero_()

    given = PAIR.copy()
    zero(given)
    np.testing.assert_array_equal(given, PAIR)

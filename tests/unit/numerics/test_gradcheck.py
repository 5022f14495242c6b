"""`gradcheck`: right gradients pass, wrong ones are named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from allclose.errors import SuiteError
from allclose.numerics.findings import Disagreement, Finding
from allclose.numerics.gradcheck import gradcheck

A = np.array([[2.0, 0.5], [0.5, 1.0]])


def bowl(x: Any) -> Any:
    return 0.5 * x @ A @ x + np.sin(x).sum()


def bowl_gradient(x: Any) -> Any:
    return A @ x + np.cos(x)


def line_loss(w: Any, b: Any) -> Any:
    return float(((w * np.arange(4.0) + b - 1.0) ** 2).mean())


def line_gradient(w: Any, b: Any) -> tuple[Any, Any]:
    residual = w * np.arange(4.0) + b - 1.0
    return 2 * (residual * np.arange(4.0)).mean(), torch.tensor(2 * residual.mean())


def test_the_right_gradient_passes_at_a_point_and_for_several_arguments() -> None:
    gradcheck(bowl, bowl_gradient, np.array([0.3, -1000.0]))
    gradcheck(line_loss, line_gradient, (0.3, -1.2))
    gradcheck(lambda x: (x**2).sum(), lambda x: 2 * x, torch.ones(2, 3))


@pytest.mark.parametrize(
    ("gradient", "finding"),
    [
        (lambda x: -bowl_gradient(x), Finding.NEGATED),
        (lambda x: 2 * bowl_gradient(x), Finding.DOUBLE),
        (lambda x: A @ x, Finding.DERIVATIVE),
        (lambda x: bowl_gradient(x)[:, None], Finding.UNIT_AXIS),
        (lambda x: None, Finding.NOTHING),
        (lambda x: bowl_gradient(x) * np.nan, Finding.NOT_FINITE),
    ],
)
def test_a_wrong_gradient_is_named(gradient: Any, finding: Finding) -> None:
    with pytest.raises(Disagreement) as caught:
        gradcheck(bowl, gradient, np.array([0.3, -1.2]))
    assert caught.value.finding is finding


@pytest.mark.parametrize(
    ("f", "finding"),
    [
        (lambda x: x, Finding.WANTS_NUMBER),
        (lambda x: None, Finding.NOTHING),
        (lambda x: np.log(-1.0 + 0 * x[0]), Finding.NOT_FINITE),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_function_without_a_finite_number_disagrees(f: Any, finding: Finding) -> None:
    with pytest.raises(Disagreement) as caught:
        gradcheck(f, bowl_gradient, np.array([0.3, -1.2]))
    assert caught.value.finding is finding


def test_code_that_changes_its_argument_cannot_move_the_point() -> None:
    point = np.array([0.3, -1.2])

    def spoiled(x: Any) -> Any:
        value = bowl(x)
        x[:] = 0
        return value

    gradcheck(spoiled, bowl_gradient, point)
    assert point.tolist() == [0.3, -1.2]


@pytest.mark.parametrize("point", ["text", np.array([np.nan]), np.array([1j]), np.array([object()])])
def test_a_point_that_is_no_point_is_the_suite_s_mistake(point: Any) -> None:
    with pytest.raises(SuiteError, match="finite real"):
        gradcheck(bowl, bowl_gradient, point)

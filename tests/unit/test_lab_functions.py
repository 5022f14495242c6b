"""The functions that the labs' hidden tests make beside the student's code, where the notebook may use their names."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from allclose.sandbox.names import evaluate

ROOT = Path(__file__).parents[2]
THETA = np.array([1.0, -2.0, 3.0])
#: The same vector as answers have it.
VECTORS = {
    "array": THETA,
    "list": THETA.tolist(),
    "tensor": torch.tensor(THETA, requires_grad=True),
    "list of tensors": list(torch.tensor(THETA, requires_grad=True)),
}


def suite(lab: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(lab, ROOT / "autograder" / lab / f"test_{lab}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(code: str) -> Any:
    """What a suite's code makes in a notebook that has put something of its own under every name."""
    names = ("np", "numpy", "float", "zip", "list", "tuple", "hasattr", "isinstance", "ValueError")
    return evaluate(code, dict.fromkeys(names, "the student's"))


@pytest.mark.parametrize("kind", ["array", "list", "tensor"])
def test_a_bowl_takes_what_a_race_computes_with(kind: str) -> None:
    loss, grad = made(suite("lab5_optimizers").BOWL)(np.array([1.0, 2.0, 4.0]))
    assert loss(VECTORS[kind]) == 22.5 and type(loss(VECTORS[kind])) is float
    assert grad(VECTORS[kind]).tolist() == [1.0, -4.0, 12.0]


@pytest.mark.parametrize("kind", VECTORS)
def test_losses_and_gradients_take_what_a_search_computes_with(kind: str) -> None:
    curvature = suite("lab6_curvature")

    class Notebook:
        run = staticmethod(made)

    loss, gradient = curvature.there(
        Notebook(), (curvature.PARABOLA, 2.0, np.ones(3)), (curvature.QUADRATIC, np.eye(3), np.ones(3))
    )
    assert loss(VECTORS[kind]) == 16.0 and type(loss(VECTORS[kind])) is float
    assert gradient(VECTORS[kind]).tolist() == [0.0, -3.0, 2.0]


@pytest.mark.parametrize("as_answered", [np.asarray, np.ndarray.tolist, torch.tensor])
def test_a_walk_has_every_place_and_ends_at_a_step_of_another_shape(as_answered: Any) -> None:
    class Descent:
        def __init__(self, kind: Any) -> None:
            self.kind = kind

        def step(self, theta: Any, grad: Any) -> Any:
            theta -= grad  # what it is given is its own
            return self.kind(theta)

    walk, grads = made(suite("lab5_optimizers").WALK), np.ones((2, 3))
    alone, between = Descent(as_answered), Descent(np.asarray)
    for other in (None, between):
        assert walk(alone, THETA, grads, other, grads).tolist() == [[1, -2, 3], [0, -3, 2], [-1, -4, 1]]

    class Lost:
        def step(self, theta: Any, grad: Any) -> None:
            return None

    assert walk(Lost(), THETA, grads, None, grads) is None
    assert THETA.tolist() == [1.0, -2.0, 3.0] and grads.min() == 1


@pytest.mark.parametrize("given", [THETA, torch.tensor(THETA)])
def test_a_wire_delivers_copies_of_the_same_kind(given: Any) -> None:
    arrived = made(suite("lab7_data_parallel").DELIVER)(0, 1, given)
    assert type(arrived) is type(given) and arrived.tolist() == [1.0, -2.0, 3.0]
    arrived[0] = 9.0
    assert given[0] == 1.0


def test_a_refusal_is_told_from_an_answer_of_none() -> None:
    def refuse(one: Any, other: Any) -> None:
        if one != other:
            raise ValueError

    assert made(suite("lab1_one_neuron").REFUSING)(refuse, [(1, 2), (3, 3)]) == [None, [None]]

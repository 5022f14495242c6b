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


def made(code: str, *args: Any) -> Any:
    """What a suite's code makes, or gives, in a notebook that has put something of its own under every name."""
    names = ("np", "numpy", "float", "range", "zip", "list", "tuple", "hasattr", "isinstance", "ValueError")
    value = evaluate(code, dict.fromkeys(names, "the student's"))
    return value(*args) if args else value


@pytest.mark.parametrize("kind", ["array", "list", "tensor"])
def test_a_race_runs_with_what_answers_compute_with(kind: str) -> None:
    def race(racers: dict[str, Any], loss: Any, grad: Any, theta0: Any, tol: float, max_steps: int) -> Any:
        assert loss(VECTORS[kind]) == 22.5 and type(loss(VECTORS[kind])) is float
        assert grad(VECTORS[kind]).tolist() == [1.0, -4.0, 12.0]
        made = {name: racer() for name, racer in racers.items()}
        slopes = grad(theta0), grad(theta0)
        return [[racer.step(theta0, slope).tolist() for slope in slopes] for racer in made.values()], tol, max_steps

    settings, curvatures = {"plain": (1.0, 0.0), "heavy": (0.5, 1.0)}, np.array([1.0, 2.0, 4.0])
    races = made(suite("lab5_optimizers").RACES, race, settings, curvatures, 0.1, [(THETA, 7), (THETA, 8)])
    ways = [[[0.0, 2.0, -9.0]] * 2, [[0.5, 0.0, -3.0], [0.0, 2.0, -9.0]]]
    assert races == [(ways, 0.1, 7), (ways, 0.1, 8)]


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
        def __init__(self, kind: Any, *, lr: float) -> None:
            self.kind, self.lr = kind, lr

        def step(self, theta: Any, grad: Any) -> Any:
            theta -= self.lr * grad  # what it is given is its own
            return self.kind(theta)

    class Lost:
        def step(self, theta: Any, grad: Any) -> None:
            return None

    lab, grads = suite("lab5_optimizers"), np.ones((2, 3))
    alone, between = lab._made(Descent, as_answered, lr=1.0), lab._made(Descent, np.asarray, lr=2.0)
    for other in (None, between):
        assert made(lab.WALK, alone, THETA, grads, other, grads).tolist() == [[1, -2, 3], [0, -3, 2], [-1, -4, 1]]
    assert made(lab.WALK, lab._made(Lost), THETA, grads, None, grads) is None
    assert THETA.tolist() == [1.0, -2.0, 3.0] and grads.min() == 1
    assert np.shape(made(lab.VALLEY, alone, np.zeros(2), 4)) == (5, 2)
    assert np.asarray(made(lab.STEP, alone, THETA.copy(), grads[0])).tolist() == [0.0, -3.0, 2.0]


def test_steps_change_what_an_answer_changes() -> None:
    class Greedy:
        def step(self, theta: Any, grad: Any) -> None:
            theta -= grad
            grad[:] = 0

    lab, theta, grads = suite("lab5_optimizers"), np.zeros(3), np.ones((4, 3))
    made(lab.STEPS, lab._made(Greedy), theta, grads)
    assert theta.tolist() == [-4.0] * 3 and not grads.any()


@pytest.mark.parametrize("given", [THETA, torch.tensor(THETA)])
def test_a_wire_delivers_copies_of_the_same_kind(given: Any) -> None:
    arrived = made(suite("lab7_data_parallel").DELIVER, 0, 1, given)
    assert type(arrived) is type(given) and arrived.tolist() == [1.0, -2.0, 3.0]
    arrived[0] = 9.0
    assert given[0] == 1.0


def test_a_refusal_is_told_from_an_answer_of_none() -> None:
    def refuse(one: Any, other: Any) -> None:
        if one != other:
            raise ValueError

    assert made(suite("lab1_one_neuron").REFUSING, refuse, [(1, 2), (3, 3)]) == [None, [None]]

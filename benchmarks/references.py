"""The references of the labs against the same in plain loops, at the labs' sizes.

The loops go number by number where the course's sources do: over the points of a batch, the weights of a net, the
places of a grid, the coordinates of a parameter. Both give the same results, to rounding.
"""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from allclose.teach.data import noisy_line, proportional
from benchmarks.records import Sheet

#: Each is run this long at least, as often as that takes.
BLOCK_SECONDS = 0.1

LABS = ("lab1_one_neuron", "lab2_minibatch_sgd", "lab3_two_weight_net", "lab4_depth_rate_init", "lab5_optimizers")

Run = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """One piece of work in two ways."""

    name: str
    loop: Run
    reference: Run


def measure(sheet: Sheet, *, rounds: int) -> None:
    """Time every pair in turns, in seconds a run; results that differ are a problem."""
    for pair in pairs():
        try:
            _compare(pair.loop(), pair.reference())
        except AssertionError:
            sheet.problems.append(f"{pair.name}: the reference and the loop differ")
            continue
        for _ in range(rounds):
            sheet.add(f"{pair.name}.loop", _seconds(pair.loop))
            sheet.add(f"{pair.name}.reference", _seconds(pair.reference))


def pairs() -> list[Pair]:
    """What is compared."""
    import torch

    torch.set_num_threads(1)
    first, second, third, fourth, fifth = map(_solutions, LABS)
    x, y = noisy_line(n=100, w=3.0, b=4.0, noise=0.3, seed=1)
    ws, bs = np.linspace(-2.0, 8.0, 200), np.linspace(-6.0, 14.0, 200)
    field_x, field_y = proportional(n=10, a=1.0, noise=0.0, seed=0)
    grid = np.linspace(-1.9, 1.9, 20)
    deep_x, deep_y = proportional(n=100, a=2.0, noise=0.1, seed=1)
    deep = np.full(50, 0.9)
    start, steps = np.array([-1.2, 1.0]), np.random.default_rng(1).normal(size=(300, 2))
    values = np.random.default_rng(2).normal(size=1000)
    batch: dict[str, Any] = {"w": 0.0, "b": 0.0, "lr": 0.02, "batch_size": 16, "epochs": 20}
    return [
        Pair(
            "loss of a line at 200 × 200 places (lab 1)",
            lambda: _surface(x, y, ws, bs),
            lambda: first.loss_surface(x, y, ws, bs),
        ),
        Pair(
            "gradient descent, 600 steps over 100 points (lab 1)",
            lambda: _descent(x, y, 0.02, 600),
            lambda: first.gradient_descent(x, y, 0.0, 0.0, 0.02, 600),
        ),
        Pair(
            "SGD, 20 epochs over 100 points in batches of 16 (lab 2)",
            lambda: _sgd(x, y, **batch, rng=np.random.default_rng(4)),
            lambda: second.sgd(x, y, **batch, rng=np.random.default_rng(4)),
        ),
        Pair(
            "means of 100 epochs of 10 updates (lab 2)",
            lambda: [sum(values[at : at + 10]) / 10 for at in range(0, 1000, 10)],
            lambda: second.epoch_means(values, 10),
        ),
        Pair(
            "gradient at 20 × 20 pairs of weights (lab 3)",
            lambda: _field(grid, grid, field_x, field_y),
            lambda: third.gradient_field(grid, grid, field_x, field_y),
        ),
        Pair(
            "600 epochs of a net of 50 layers (lab 4)",
            lambda: _deep(deep_x, deep_y, deep, 0.005, 600),
            lambda: fourth.train_deep(deep_x, deep_y, deep, 0.005, 600),
        ),
        Pair(
            "Adam, 300 steps of 2 parameters (lab 5)",
            lambda: _adam(start, steps),
            lambda: _path(fifth.Adam(0.05), start, steps),
        ),
        Pair(
            "Adam, 10 steps of 10,000 parameters (lab 5)",
            lambda: _adam(np.resize(start, 10_000), np.resize(steps, (10, 10_000))),
            lambda: _path(fifth.Adam(0.05), np.resize(start, 10_000), np.resize(steps, (10, 10_000))),
        ),
    ]


def _solutions(lab: str) -> Any:
    return importlib.import_module(f"solutions.{lab}")


def _surface(x: Any, y: Any, ws: Any, bs: Any) -> Any:
    return np.array([[((w * x + b - y) ** 2).mean() for b in bs] for w in ws])


def _descent(x: Any, y: Any, lr: float, steps: int) -> Any:
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    ws, bs = [0.0], [0.0]
    for _ in range(steps):
        dw, db = _slopes(points, ws[-1], bs[-1])
        ws.append(ws[-1] - lr * dw)
        bs.append(bs[-1] - lr * db)
    losses = [sum((w * a + b - c) ** 2 for a, c in points) / len(points) for w, b in zip(ws, bs, strict=True)]
    return ws, bs, losses


def _sgd(x: Any, y: Any, w: float, b: float, lr: float, batch_size: int, epochs: int, rng: np.random.Generator) -> Any:
    ws, bs, losses = [w], [b], []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        points = list(zip(x[order].tolist(), y[order].tolist(), strict=True))
        for at in range(0, len(points), batch_size):
            batch = points[at : at + batch_size]
            losses.append(sum((w * a + b - c) ** 2 for a, c in batch) / len(batch))
            dw, db = _slopes(batch, w, b)
            w, b = w - lr * dw, b - lr * db
            ws.append(w)
            bs.append(b)
    return ws, bs, losses


def _slopes(points: Sequence[tuple[float, float]], w: float, b: float) -> tuple[float, float]:
    dw = db = 0.0
    for a, c in points:
        error = w * a + b - c
        dw += 2 * error * a
        db += 2 * error
    return dw / len(points), db / len(points)


def _field(w1s: Any, w2s: Any, x: Any, y: Any) -> Any:
    first, second = np.empty((len(w1s), len(w2s))), np.empty((len(w1s), len(w2s)))
    for i, w1 in enumerate(w1s):
        for j, w2 in enumerate(w2s):
            first[i, j] = (2 * w2 * x * (w1 * w2 * x - y)).mean()
            second[i, j] = (2 * w1 * x * (w1 * w2 * x - y)).mean()
    return first, second


def _deep(x: Any, y: Any, w: Any, lr: float, epochs: int) -> Any:
    weights, losses = w.tolist(), []
    for _ in range(epochs + 1):
        errors = math.prod(weights) * x - y
        losses.append((errors**2).mean() / 2)
        slope = (x * errors).mean()
        slopes = [slope * math.prod(weights[:i] + weights[i + 1 :]) for i in range(len(weights))]
        weights = [weight - lr * each for weight, each in zip(weights, slopes, strict=True)]
    return losses


def _adam(theta: Any, grads: Any) -> Any:
    lr, beta1, beta2, eps = 0.05, 0.9, 0.999, 1e-8
    path = [theta.tolist()]
    mean, square = [0.0] * len(theta), [0.0] * len(theta)
    for t, grad in enumerate(grads.tolist(), 1):
        new = []
        for i, (place, slope) in enumerate(zip(path[-1], grad, strict=True)):
            mean[i] = beta1 * mean[i] + (1 - beta1) * slope
            square[i] = beta2 * square[i] + (1 - beta2) * slope * slope
            new.append(place - lr * (mean[i] / (1 - beta1**t)) / (math.sqrt(square[i] / (1 - beta2**t)) + eps))
        path.append(new)
    return path


def _path(optimizer: Any, theta: Any, grads: Any) -> Any:
    path = [theta]
    for grad in grads:
        path.append(optimizer.step(path[-1], grad))
    return path


def _compare(ours: Any, theirs: Any) -> None:
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-6, atol=1e-9)


def _seconds(run: Run) -> float:
    """Seconds of one run, from as many as fill a block of time."""
    began = time.perf_counter()
    count = 0
    while time.perf_counter() - began < BLOCK_SECONDS:
        run()
        count += 1
    return (time.perf_counter() - began) / count

"""The reference of lab 4 against torch's autograd, optimizer and initialisers, NumPy and published figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from allclose.teach.data import proportional
from solutions import lab4_depth_rate_init as lab
from tests.devices import DEVICES, DTYPES

DEPTHS = range(10, 61, 10)
INITS = (0.9, 0.95, 1.0, 1.05)

# Two inputs with the mean square of the uniform distribution on [0, 1], 1/3.
UNIFORM = np.array([-1.0, 1.0]) / np.sqrt(3)


def layers(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """The net layer by layer, as it is drawn."""
    for weight in w:
        x = weight * x
    return x


def halved_mse(x: torch.Tensor, y: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.mse_loss(layers(x, w), y) / 2


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("weights", [[3.0], [0.5, -2.0], [1.1, 1.1, 1.1, 1.1], [2.0, 0.0, -1.5], [0.0, 0.3, 0.0, 2.0]])
def test_gradient_is_that_of_autograd_layer_by_layer(weights: list[float], dtype: torch.dtype, device: str) -> None:
    x, y = (torch.tensor(values, dtype=dtype, device=device) for values in proportional(20, 2.0, 0.1, 3))
    w = torch.tensor(weights, dtype=dtype, device=device, requires_grad=True)
    (expected,) = torch.autograd.grad(halved_mse(x, y, w), w)
    actual = lab.deep_gradient(x, y, w.detach())
    torch.testing.assert_close(actual, expected)
    assert actual.dtype is dtype and actual.device.type == device


@pytest.mark.parametrize("weight", [0.5, 2.0])
def test_gradient_of_fifty_layers_vanishes_or_explodes(weight: float) -> None:
    # With x = 1 and y = 0 each derivative is p·p/w.
    gradient = lab.deep_gradient(np.ones(1), np.zeros(1), np.full(50, weight))
    np.testing.assert_allclose(gradient, np.full(50, weight**99), rtol=1e-12)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_training_is_that_of_torchs_optimizer(dtype: torch.dtype, device: str) -> None:
    x, y = (torch.tensor(values, dtype=dtype, device=device) for values in proportional(20, 2.0, 0.1, 3))
    start = torch.tensor([0.9, 1.2, 0.7, 1.0], dtype=dtype, device=device)
    losses = lab.train_deep(x, y, start, 0.05, 30)
    w = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.05)
    for loss in losses:
        expected = halved_mse(x, y, w)
        torch.testing.assert_close(loss, expected.detach())
        optimizer.zero_grad()
        expected.backward()
        optimizer.step()
    assert losses.shape == (31,) and losses.dtype is dtype and losses.device.type == device


def test_a_run_that_blows_up_ends_with_its_last_finite_loss() -> None:
    x, y = proportional(20, 2.0, 0.1, 3)
    losses = lab.train_deep(x, y, np.full(10, 1.2), 5.0, 50)
    assert 1 < len(losses) < 51
    assert np.isfinite(losses).all() and losses[-1] > 1e6


def test_a_start_beyond_all_numbers_has_no_history() -> None:
    assert lab.train_deep(np.ones(2), np.ones(2), np.full(50, 1e10), 0.1, 5).shape == (0,)


def test_training_leaves_the_weights_that_it_was_given() -> None:
    w = np.full(5, 0.9)
    lab.train_deep(*proportional(20, 2.0, 0.1, 3), w, 0.1, 10)
    np.testing.assert_array_equal(w, np.full(5, 0.9))


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([3.0, 2.0, 0.5, 0.1], 2),
        ([0.5, 2.0, 0.5, 0.1], 2),
        ([0.5, 0.1], 0),
        ([3.0, 0.5, 1.0], None),
        ([3.0, 0.5, math.nan], None),
        ([3.0, math.nan, 0.5], 2),
        ([math.inf, 0.5], 1),
        ([], None),
    ],
)
def test_epochs_are_counted_to_where_the_loss_stays_below_one(
    losses: list[float], expected: int | None, kind: type
) -> None:
    assert lab.epochs_to(kind(losses), 1.0) == expected


def test_largest_stable_rates_are_the_published_ones() -> None:
    rates = [lab.largest_stable_lr(UNIFORM, depth, 2.0) for depth in DEPTHS]
    np.testing.assert_allclose(rates, [0.1723, 0.0804, 0.0524, 0.0388, 0.0308, 0.0256], atol=5e-5)


@pytest.mark.parametrize(("depth", "target"), [(1, 3.0), (2, 0.4), (7, 2.0), (40, 1.3)])
def test_largest_stable_rate_is_two_over_the_largest_eigenvalue_of_the_hessian(depth: int, target: float) -> None:
    x = torch.tensor(proportional(20, 2.0, 0.1, 3)[0])
    w = torch.full((depth,), target ** (1 / depth), dtype=torch.float64)
    hessian = torch.autograd.functional.hessian(lambda w: halved_mse(x, target * x, w), w)
    expected = 2 / torch.linalg.eigvalsh(hessian)[-1]
    torch.testing.assert_close(lab.largest_stable_lr(x, depth, target), expected)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("part", "stable"), [(0.98, True), (1.02, False)])
def test_training_near_the_minimum_comes_back_below_the_largest_stable_rate_only(
    part: float, stable: bool, device: str
) -> None:
    lr = part * lab.largest_stable_lr(UNIFORM, 10, 2.0)
    losses = lab.train_deep(UNIFORM, 2 * UNIFORM, np.full(10, 2.0**0.1 + 1e-4), lr, 100, device=device)
    assert (losses[-1] < losses[0]) == stable


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_the_chosen_rate_reaches_and_keeps_a_small_loss(depth: int, init: float) -> None:
    x, y = map(torch.tensor, (lab.X, lab.Y))
    losses = lab.train_deep(x, y, torch.full((depth,), init, dtype=torch.float64), lab.choose_lr(depth, init), 600)
    assert lab.epochs_to(losses, 1e-2) is not None


@pytest.mark.parametrize(
    ("kind", "twin"), [("xavier", torch.nn.init.xavier_normal_), ("he", torch.nn.init.kaiming_normal_)]
)
def test_initial_weights_have_the_moments_of_torchs(kind: str, twin: object) -> None:
    ours = lab.init_weights(300, 200, kind, np.random.default_rng(0))
    theirs = twin(torch.empty(200, 300, dtype=torch.float64), generator=torch.Generator().manual_seed(0)).numpy()
    assert ours.shape == theirs.shape
    for power in (2, 4):
        assert np.mean(ours**power) == pytest.approx(np.mean(theirs**power), rel=0.05)
    assert abs(np.mean(ours)) < 0.02 * np.std(theirs)


def test_initial_weights_are_drawn_from_the_generator_alone() -> None:
    one, other = (lab.init_weights(4, 3, "he", np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("device", DEVICES)
def test_initial_weights_lie_where_they_are_asked_for(device: str) -> None:
    weights = lab.init_weights(4, 3, "xavier", np.random.default_rng(5), device=device)
    assert weights.device.type == device and weights.shape == (3, 4)


def test_an_unknown_kind_of_initial_weights_is_refused() -> None:
    with pytest.raises(ValueError, match="uniform"):
        lab.init_weights(4, 3, "uniform", np.random.default_rng(5))


def test_numpy_in_gives_float64_numpy_out_and_nothing_is_changed() -> None:
    x, y = proportional(20, 2.0, 0.1, 3)
    given = x, y, np.array([0.5, -2.0, 1.5])
    before = [value.copy() for value in given]
    results = lab.deep_gradient(*given), lab.train_deep(*given, 0.01, 3)
    assert all(isinstance(result, np.ndarray) and result.dtype == np.float64 for result in results)
    assert type(lab.largest_stable_lr(x, 3, 2.0)) is float and type(lab.choose_lr(10, 0.9)) is float
    for value, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(value, copy)

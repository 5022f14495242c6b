"""The reference of lab 3 against torch's autograd and optimizer, NumPy, SciPy and exact solutions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import integrate, optimize

from allclose.teach.data import proportional
from solutions import lab3_two_weight_net as lab
from tests.devices import DEVICES, DTYPES

X, Y = proportional(30, 1.7, 0.3, seed=4)
BEST = np.linalg.lstsq(X[:, None], Y)[0].item()
PLACES = [(0.5, -1.5), (-0.3, -2.0), (0.0, 1.2), (1.4, 0.0), (0.8, 1.1)]


def tensors(dtype: torch.dtype, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(X, dtype=dtype, device=device), torch.tensor(Y, dtype=dtype, device=device)


def module(w: tuple[float, float], dtype: torch.dtype, device: str) -> torch.nn.Sequential:
    """The same network made of torch's own layers."""
    layers = torch.nn.Sequential(*(torch.nn.Linear(1, 1, bias=False, dtype=dtype, device=device) for _ in w))
    for layer, weight in zip(layers, w, strict=True):
        torch.nn.init.constant_(layer.weight, weight)
    return layers


def hessian(w: tuple[float, float]) -> np.ndarray:
    x, y, place = torch.tensor(X), torch.tensor(Y), torch.tensor(w, dtype=torch.float64)
    return torch.autograd.functional.hessian(lambda w: lab.loss(lab.forward(w, x), y), place).numpy()


@pytest.mark.parametrize("x", [2.0, [1.0, 2.0], np.ones((2, 3)), np.zeros((0,))])
def test_forward_keeps_the_shape_of_x(x: object) -> None:
    result = lab.forward(np.array([3.0, -2.0]), x)
    assert np.shape(result) == np.shape(x)
    np.testing.assert_allclose(result, -6 * np.asarray(x))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_forward_is_two_linear_layers_of_torch(dtype: torch.dtype, device: str) -> None:
    x, _ = tensors(dtype, device)
    w = torch.tensor([1.3, -0.4], dtype=dtype, device=device)
    torch.testing.assert_close(lab.forward(w, x), module((1.3, -0.4), dtype, device)(x[:, None])[:, 0].detach())


def test_loss_is_that_of_torch() -> None:
    y_pred, y = torch.randn(2, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(lab.loss(y_pred, y), torch.nn.functional.mse_loss(y_pred, y))


@pytest.mark.parametrize(("one", "other"), [((6,), (6, 1)), ((6,), (1,)), ((2, 6), (6,)), ((6,), ()), ((4,), (5,))])
def test_loss_refuses_different_shapes(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must be equal"):
        lab.loss(np.zeros(one), np.zeros(other))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("w", PLACES)
def test_gradient_is_that_of_autograd_through_torchs_layers(
    w: tuple[float, float], dtype: torch.dtype, device: str
) -> None:
    x, y = tensors(dtype, device)
    net = module(w, dtype, device)
    torch.nn.functional.mse_loss(net(x[:, None])[:, 0], y).backward()
    expected = [layer.weight.grad.squeeze() for layer in net]
    actual = lab.gradient(torch.tensor(w, dtype=dtype, device=device), x, y)
    torch.testing.assert_close(list(actual), expected)
    assert all(part.dtype is dtype and part.device.type == device for part in actual)


def test_gradient_is_the_slope_that_scipy_finds() -> None:
    for w in PLACES:
        slopes = optimize.approx_fprime(np.array(w), lambda w: lab.loss(lab.forward(w, X), Y))
        np.testing.assert_allclose(lab.gradient(np.array(w), X, Y), slopes, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_training_is_that_of_torchs_optimizer_on_torchs_layers(dtype: torch.dtype, device: str) -> None:
    x, y = tensors(dtype, device)
    losses, weights = lab.train(torch.tensor([1.4, -1.6], dtype=dtype, device=device), x, y, 0.05, 60)
    net = module((1.4, -1.6), dtype, device)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    for t in range(61):
        loss = torch.nn.functional.mse_loss(net(x[:, None])[:, 0], y)
        state = torch.stack([layer.weight.detach().squeeze() for layer in net])
        torch.testing.assert_close((losses[t], weights[t]), (loss.detach(), state))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses.shape == (61,) and weights.shape == (61, 2)
    assert losses.dtype is weights.dtype is dtype and weights.device.type == device


def test_small_steps_follow_the_gradient_flow_that_scipy_integrates() -> None:
    start, lr, epochs = np.array([1.2, -0.4]), 1e-3, 2000
    _, weights = lab.train(start, X, Y, lr, epochs)
    flow = integrate.solve_ivp(lambda _, w: -np.array(lab.gradient(w, X, Y)), (0, lr * epochs), start, rtol=1e-8)
    np.testing.assert_allclose(weights[-1], flow.y[:, -1], atol=2e-3)
    # Along the flow the difference of the squares is kept exactly (Saxe et al. 2014).
    np.testing.assert_allclose(flow.y[0] ** 2 - flow.y[1] ** 2, 1.2**2 - 0.4**2, rtol=1e-4)


def test_an_update_shrinks_the_difference_of_the_squares_as_the_notebook_says() -> None:
    lr = 0.1
    _, weights = lab.train(np.array([1.4, -1.6]), X, Y, lr, 50)
    slopes = [2 * np.mean(X * (w1 * w2 * X - Y)) for w1, w2 in weights]
    difference = weights[:, 0] ** 2 - weights[:, 1] ** 2
    np.testing.assert_allclose(difference[1:], difference[:-1] * (1 - lr**2 * np.square(slopes[:-1])), rtol=1e-12)


@pytest.mark.parametrize("start", [(1.4, -1.6), (0.3, 0.1), (-1.8, 1.7)])
def test_training_reaches_the_least_squares_slope(start: tuple[float, float]) -> None:
    losses, weights = lab.train(np.array(start), X, Y, 0.1, 600)
    assert weights[-1].prod() == pytest.approx(BEST, rel=1e-8)
    assert losses[-1] == pytest.approx(np.mean((BEST * X - Y) ** 2))


def test_opposite_weights_end_at_the_saddle_and_their_neighbours_in_a_valley() -> None:
    losses, weights = lab.train(np.array([0.9, -0.9]), X, Y, 0.1, 600)
    np.testing.assert_array_equal(weights[:, 0], -weights[:, 1])
    np.testing.assert_allclose(weights[-1], 0.0, atol=1e-9)
    assert losses[-1] == pytest.approx(np.mean(Y**2))
    for nudge in (1e-6, -1e-6):
        _, weights = lab.train(np.array([0.9 + nudge, -0.9]), X, Y, 0.1, 600)
        assert weights[-1].prod() == pytest.approx(BEST)
        assert np.all(np.sign(weights[-1]) == np.sign(nudge))


def test_no_epochs_leave_the_start() -> None:
    losses, weights = lab.train(np.array([1.0, 2.0]), X, Y, 0.1, 0)
    assert weights.tolist() == [[1.0, 2.0]]
    assert losses.tolist() == [lab.loss(2 * X, Y)]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_field_is_autograds_gradient_of_the_sum_of_all_losses(dtype: torch.dtype, device: str) -> None:
    x, y = tensors(dtype, device)
    w1s, w2s = (torch.tensor(grid, dtype=dtype, device=device) for grid in ([2.0, -1.0, 0.0], [0.5, 3.0, -0.2, 0.0]))
    w1, w2 = (table.clone().requires_grad_() for table in torch.meshgrid(w1s, w2s, indexing="ij"))
    losses = ((w1 * w2)[..., None] * x - y).square().mean(dim=-1)
    torch.testing.assert_close(lab.gradient_field(w1s, w2s, x, y), torch.autograd.grad(losses.sum(), (w1, w2)))


@pytest.mark.parametrize("w1", [0.3, -0.9, 1.0, 40.0, -1e-3])
def test_the_ribbon_of_least_squares_solutions_is_minima(w1: float) -> None:
    w = (w1, BEST / w1)
    assert lab.classify(*w, X, Y) == "minimum"
    low, high = np.linalg.eigvalsh(hessian(w))
    assert abs(low) < 1e-9 * high


def test_the_origin_is_a_saddle_with_the_curvatures_of_the_notebook() -> None:
    assert lab.classify(0.0, 0.0, X, Y) == lab.classify(0.0, 0.0, X, -Y) == "saddle"
    curvature = 2 * np.mean(X * Y)
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian((0.0, 0.0))), [-curvature, curvature])


@pytest.mark.parametrize("w", PLACES)
def test_other_places_are_not_stationary(w: tuple[float, float]) -> None:
    assert lab.classify(*w, X, Y) == "not stationary"


@pytest.mark.parametrize(("size", "kinds"), [(9e-9, ("saddle", "minimum")), (1.1e-8, ("not stationary",) * 2)])
def test_the_tolerance_is_one_on_the_larger_derivative(size: float, kinds: tuple[str, str]) -> None:
    near_origin = lab.classify(0.0, size / (2 * np.mean(X * Y)), X, Y)
    # At equal weights both derivatives change alike with either weight.
    root = np.sqrt(BEST)
    near_ribbon = lab.classify(root, root + size / (2 * np.mean(X * X) * BEST), X, Y)
    assert (near_origin, near_ribbon) == kinds


def test_the_stationary_places_are_where_scipy_ends() -> None:
    for start in PLACES:
        found = optimize.minimize(lambda w: lab.loss(lab.forward(w, X), Y), start, tol=1e-13)
        polished = optimize.root(lambda w: lab.gradient(w, X, Y), found.x, tol=1e-14, method="lm").x
        assert lab.classify(*polished, X, Y) == "minimum"


def test_the_figure_shows_the_loss_over_the_grid() -> None:
    w1s, w2s = np.linspace(-1.0, 2.0, 7), np.linspace(0.0, 1.0, 4)
    figure = lab.landscape_figure(w1s, w2s, X, Y)
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("w1", "w2")
    assert axes.get_title()
    assert (*axes.get_xlim(), *axes.get_ylim()) == (-1.0, 2.0, 0.0, 1.0)
    (contour,) = axes.collections
    losses = [lab.loss(lab.forward([w1, w2], X), Y) for w1 in w1s for w2 in w2s]
    assert contour.filled and (contour.zmin, contour.zmax) == pytest.approx((min(losses), max(losses)))


@pytest.mark.parametrize("function", [lab.gradient, lab.train, lab.gradient_field])
def test_numpy_in_gives_float64_numpy_out_and_nothing_is_changed(function: object) -> None:
    given = {
        lab.gradient: (np.array([1, 2]), X.copy(), Y.copy()),
        lab.train: (np.array([1, 2]), X.copy(), Y.copy(), 0.01, 3),
        lab.gradient_field: (np.arange(2), np.arange(3), X.copy(), Y.copy()),
    }[function]
    before = [np.copy(value) for value in given]
    results = function(*given)
    assert all(np.asarray(result).dtype == np.float64 for result in results)
    assert not any(isinstance(result, torch.Tensor) for result in results)
    for value, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(value, copy)

"""The reference of lab 1 against torch's autograd and optimizer, NumPy, SciPy and published figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import optimize, stats

from allclose.teach.data import noisy_line
from solutions import lab1_one_neuron as lab
from tests.devices import DEVICES, DTYPES

# Two points with the moments of the uniform distribution on [0, 10]: mean 5, mean square 100/3.
UNIFORM = 5 + np.array([-5.0, 5.0]) / np.sqrt(3)


def line(n: int = 30, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return noisy_line(n, 3.0, 4.0, 0.3, seed)


def uniform_hessian() -> np.ndarray:
    """Second differences of the loss surface over inputs with the moments of U(0, 10)."""
    grid = np.arange(3.0)
    surface = lab.loss_surface(UNIFORM, 3 * UNIFORM + 4, grid, grid)
    mixed = np.diff(np.diff(surface, axis=0), axis=1)[0, 0]
    return np.array([[np.diff(surface[:, 0], n=2)[0], mixed], [mixed, np.diff(surface[0], n=2)[0]]])


@pytest.mark.parametrize("x", [2.0, [1.0, 2.0], np.ones((2, 3)), np.zeros((0,))])
def test_forward_keeps_the_shape_of_x(x: object) -> None:
    result = lab.forward(x, 3.0, 4.0)
    assert np.shape(result) == np.shape(x)
    np.testing.assert_allclose(result, np.polyval([3.0, 4.0], x))


def test_mse_is_that_of_torch() -> None:
    y_pred, y_true = torch.randn(2, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    expected = torch.nn.functional.mse_loss(y_pred, y_true)
    torch.testing.assert_close(lab.mse(y_pred, y_true), expected)
    assert lab.mse(y_pred.numpy(), y_true.numpy()) == pytest.approx(expected.item())


@pytest.mark.parametrize(("one", "other"), [((6,), (6, 1)), ((6,), (1,)), ((2, 6), (6,)), ((6,), ()), ((4,), (5,))])
def test_mse_refuses_different_shapes(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must be equal"):
        lab.mse(np.zeros(one), np.zeros(other))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_gradient_is_that_of_autograd(device: str, dtype: torch.dtype) -> None:
    x, y = (torch.tensor(values, dtype=dtype, device=device) for values in line())
    w, b = (torch.tensor(value, dtype=dtype, device=device, requires_grad=True) for value in (0.5, -2.0))
    expected = torch.autograd.grad(lab.mse(lab.forward(x, w, b), y), (w, b))
    actual = lab.gradient(x, y, w.detach(), b.detach())
    torch.testing.assert_close(actual, expected)
    assert all(part.dtype is dtype and part.device.type == device for part in actual)


def test_gradient_is_the_slope_that_scipy_finds() -> None:
    x, y = line()
    slopes = optimize.approx_fprime(np.array([1.0, -1.0]), lambda theta: lab.mse(lab.forward(x, *theta), y))
    np.testing.assert_allclose(lab.gradient(x, y, 1.0, -1.0), slopes, rtol=1e-5)


def test_gradient_is_zero_at_the_regression_line() -> None:
    x, y = line()
    fit = stats.linregress(x, y)
    np.testing.assert_allclose(lab.gradient(x, y, fit.slope, fit.intercept), 0.0, atol=1e-10)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_descent_is_that_of_torchs_optimizer(device: str, dtype: torch.dtype) -> None:
    x, y = (torch.tensor(values, dtype=dtype, device=device) for values in line())
    ws, bs, losses = lab.gradient_descent(x, y, 1.0, -2.0, 0.01, 25)
    w, b = (torch.tensor(value, dtype=dtype, device=device, requires_grad=True) for value in (1.0, -2.0))
    optimizer = torch.optim.SGD([w, b], lr=0.01)
    for t in range(26):
        loss = torch.nn.functional.mse_loss(w * x + b, y)
        torch.testing.assert_close((ws[t], bs[t], losses[t]), (w.detach(), b.detach(), loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert ws.shape == (26,) and ws.dtype is dtype and ws.device.type == device


def test_descent_reaches_the_regression_line() -> None:
    x, y = line(100)
    ws, bs, losses = lab.gradient_descent(x, y, 0.0, 0.0, lr=0.02, steps=3000)
    fit = stats.linregress(x, y)
    assert (ws[-1], bs[-1]) == pytest.approx((fit.slope, fit.intercept), rel=1e-8)
    assert losses[-1] == pytest.approx(np.var(y - fit.slope * x))


def test_no_steps_leave_the_start() -> None:
    x, y = line()
    histories = lab.gradient_descent(x, y, 1.0, 2.0, 0.02, 0)
    assert [history.tolist() for history in histories] == [[1.0], [2.0], [lab.mse(x + 2, y)]]


def test_curvatures_are_the_published_ones() -> None:
    curvatures = np.linalg.eigvalsh(uniform_hessian())
    np.testing.assert_allclose(curvatures, [0.48892, 68.17775], rtol=1e-5)
    assert curvatures[1] / curvatures[0] == pytest.approx(139.446, rel=1e-5)


@pytest.mark.parametrize(("lr", "stable"), [(0.029335 - 2e-6, True), (0.029335 + 2e-6, False)])
def test_largest_stable_rate_is_the_published_one(lr: float, stable: bool) -> None:
    _, steep = np.linalg.eigh(uniform_hessian())[1].T
    start = np.array([3.0, 4.0]) + steep
    _, _, losses = lab.gradient_descent(UNIFORM, 3 * UNIFORM + 4, *start, lr, 500)
    assert (losses[-1] < losses[0]) == stable


def test_best_rate_shrinks_the_distance_as_published() -> None:
    ws, bs, _ = lab.gradient_descent(UNIFORM, 3 * UNIFORM + 4, 0.0, 0.0, 0.029126, 400)
    distance = np.hypot(ws - 3.0, bs - 4.0)
    # The steep direction changes its sign with every update, so two updates are looked at together.
    assert np.sqrt(distance[400] / distance[398]) == pytest.approx(0.98576, abs=1e-5)


def test_surface_has_the_hessian_of_autograd() -> None:
    x, y = line()
    grid = np.arange(3.0)
    surface = lab.loss_surface(x, y, grid, grid)
    tensors = torch.tensor(x), torch.tensor(y)
    hessian = torch.autograd.functional.hessian(
        lambda theta: lab.mse(lab.forward(tensors[0], theta[0], theta[1]), tensors[1]),
        torch.zeros(2, dtype=torch.float64),
    ).numpy()
    np.testing.assert_allclose(np.diff(surface, n=2, axis=0), np.full((1, 3), hessian[0, 0]))
    np.testing.assert_allclose(np.diff(surface, n=2, axis=1), np.full((3, 1), hessian[1, 1]))
    np.testing.assert_allclose(np.diff(np.diff(surface, axis=0), axis=1), np.full((2, 2), hessian[0, 1]))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_surface_is_the_loss_point_by_point(device: str, dtype: torch.dtype) -> None:
    x, y, ws, bs = (
        torch.tensor(values, dtype=dtype, device=device) for values in (*line(), [3.0, -1.0], [0.0, 4.0, 1.0])
    )
    surface = lab.loss_surface(x, y, ws, bs)
    expected = torch.stack([torch.stack([torch.nn.functional.mse_loss(w * x + b, y) for b in bs]) for w in ws])
    torch.testing.assert_close(surface, expected)


@pytest.mark.parametrize("function", [lab.gradient, lab.gradient_descent, lab.loss_surface])
def test_numpy_in_gives_float64_numpy_out_and_nothing_is_changed(function: object) -> None:
    x, y = line()
    given = {
        lab.gradient: (x, y, 1, 2),
        lab.gradient_descent: (x, y, 1, 2, 0.01, 3),
        lab.loss_surface: (x, y, np.arange(2), np.arange(3)),
    }[function]
    before = [np.copy(value) for value in given]
    results = function(*given)
    assert all(np.asarray(result).dtype == np.float64 for result in results)
    assert not any(isinstance(result, torch.Tensor) for result in results)
    for value, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(value, copy)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("function", [lab.gradient, lab.gradient_descent])
def test_numpy_arrays_are_worked_on_where_device_says(device: str, function: Callable[..., tuple]) -> None:
    given = (*line(), 1.0, 2.0, *((0.01, 3) if function is lab.gradient_descent else ()))
    for there, here in zip(function(*given, device=device), function(*given), strict=True):
        np.testing.assert_allclose(there, here)


@pytest.mark.parametrize("as_history", [list, np.array, torch.tensor])
@pytest.mark.parametrize("w", [0.5, -3.0, 20.0])
def test_converged_stops_in_time_near_the_end(as_history: type, w: float) -> None:
    x, y = noisy_line(200, w, -2.0, 0.3, seed=5)
    ws, bs, losses = (history.tolist() for history in lab.gradient_descent(x, y, 0.0, 0.0, 0.02, 1000))
    histories = [(losses[:t], ws[:t], bs[:t]) for t in range(1, 1001)]
    answers = [lab.converged(*(as_history(part) for part in parts)) for parts in histories]
    assert all(type(answer) is bool for answer in answers)
    stop = answers.index(True)
    assert 0 < stop < 1000
    assert losses[stop] < 1.05 * losses[1000]

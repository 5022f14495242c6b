"""The reference of lab 6 against SciPy, torch and a dense BFGS, and published figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from scipy import linalg, optimize

from solutions import lab6_curvature as lab
from tests.devices import DEVICES, DTYPES

START = np.array([-1.2, 1.0])
BEST = np.ones(2)
STARTS = [START, np.array([1.7, -0.8]), np.array([0.0, 0.0]), np.array([-1.9, 2.0]), np.array([2.0, 2.0])]


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.calls = 0

    def __call__(self, theta: Any) -> Any:
        self.calls += 1
        return self.function(theta)


def spd(n: int, condition: float, seed: int = 0) -> np.ndarray:
    """A symmetric positive definite matrix with this condition number."""
    rng = np.random.default_rng(seed)
    directions, _ = np.linalg.qr(rng.normal(size=(n, n)))
    return directions * np.geomspace(1, condition, n) @ directions.T


def pairs(n: int, m: int, seed: int = 0) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Steps and changes of the gradient on a quadratic."""
    steps = list(np.random.default_rng(seed).normal(size=(m, n)))
    return steps, [spd(n, 30.0) @ s for s in steps]


def dense(steps: list[np.ndarray], changes: list[np.ndarray], n: int) -> np.ndarray:
    """The inverse Hessian of SciPy's own BFGS after the same updates, from γI."""
    bfgs = optimize.BFGS(init_scale=float(steps[-1] @ changes[-1] / (changes[-1] @ changes[-1])))
    bfgs.initialize(n, "inv_hess")
    for s, y in zip(steps, changes, strict=True):
        bfgs.update(s, y)
    return bfgs.get_matrix()


def test_the_gradient_of_rosenbrocks_function_is_the_published_one() -> None:
    assert optimize.rosen(START) == pytest.approx(24.2)
    np.testing.assert_allclose(lab.numerical_gradient(optimize.rosen, START), [-215.6, -88.0], rtol=1e-8)


def test_the_numerical_gradient_is_that_of_scipy() -> None:
    theta = np.linspace(-1, 1.5, 6)
    np.testing.assert_allclose(lab.numerical_gradient(optimize.rosen, theta), optimize.rosen_der(theta), rtol=1e-7)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("dtype", "h", "rtol"), [(torch.float64, 1e-5, 1e-8), (torch.float32, 1e-2, 1e-3)])
def test_the_numerical_gradient_is_that_of_autograd(device: str, dtype: torch.dtype, h: float, rtol: float) -> None:
    theta = torch.linspace(-1, 1, 5, dtype=dtype, device=device, requires_grad=True)

    def f(place: torch.Tensor) -> torch.Tensor:
        return torch.sin(2 * place).sum() + place.prod()

    (expected,) = torch.autograd.grad(f(theta), theta)
    actual = lab.numerical_gradient(f, theta.detach(), h)
    torch.testing.assert_close(actual, expected, rtol=rtol, atol=rtol)
    assert actual.dtype is dtype
    assert actual.device.type == device


def test_the_numerical_gradient_takes_two_values_a_coordinate_and_leaves_theta_alone() -> None:
    f, theta = Counted(optimize.rosen), np.array([0.1, 0.2, 0.3])
    lab.numerical_gradient(f, theta)
    assert f.calls == 6
    np.testing.assert_array_equal(theta, [0.1, 0.2, 0.3])


@pytest.mark.parametrize("curvatures", [(1.0, 5.0, 9.0), (3.0, -2.0, 0.5), (-1.0, -2.0, -7.0)])
def test_newton_goes_to_the_stationary_point_of_a_quadratic(curvatures: tuple[float, ...]) -> None:
    directions = spd(3, 10.0)
    hessian = directions @ np.diag(curvatures) @ directions.T
    best = np.array([3.0, -1.0, 0.5])
    np.testing.assert_allclose(lab.newton_step(np.zeros(3), hessian @ -best, hessian), best)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_newtons_step_is_that_of_scipys_solver(device: str, dtype: torch.dtype) -> None:
    theta, grad, hessian = np.arange(4.0), np.array([1.0, -2.0, 0.5, 3.0]), spd(4, 20.0)
    given = (torch.tensor(values, dtype=dtype, device=device) for values in (theta, grad, hessian))
    expected = theta - linalg.solve(hessian, grad, assume_a="pos")
    actual = lab.newton_step(*given)
    torch.testing.assert_close(actual, torch.tensor(expected, dtype=dtype, device=device), rtol=1e-4, atol=1e-5)


def test_newtons_step_satisfies_its_equation_where_an_inverse_would_not() -> None:
    hessian = linalg.hilbert(10)
    gradient = hessian @ np.ones(10)
    step = lab.newton_step(np.zeros(10), gradient, hessian)
    assert np.abs(hessian @ step + gradient).max() < 1e-12
    assert np.abs(hessian @ (np.linalg.inv(hessian) @ gradient) - gradient).max() > 1e-8


def test_newton_takes_six_steps_through_rosenbrocks_valley_and_goes_up_once() -> None:
    path = [START]
    for _ in range(6):
        path.append(lab.newton_step(path[-1], optimize.rosen_der(path[-1]), optimize.rosen_hess(path[-1])))
    losses = [optimize.rosen(theta) for theta in path]
    np.testing.assert_allclose(path[-1], BEST, atol=1e-8)
    assert losses[2] > 1000 > losses[0] > losses[1]


@pytest.mark.parametrize(("t", "shrink", "c"), [(1.0, 0.5, 1e-4), (3.0, 0.7, 0.2), (0.4, 0.1, 0.8)])
@pytest.mark.parametrize("theta", STARTS)
def test_backtracking_takes_the_first_length_that_armijo_allows(
    theta: np.ndarray, t: float, shrink: float, c: float
) -> None:
    gradient = optimize.rosen_der(theta)
    direction = -spd(2, 4.0) @ gradient
    found = lab.backtracking(optimize.rosen, theta, direction, gradient, t, shrink, c)

    def allowed(length: float) -> bool:
        bound = optimize.rosen(theta) + c * length * gradient @ direction
        return bool(optimize.rosen(theta + length * direction) <= bound)

    tries = t * shrink ** np.arange(60)
    assert found == pytest.approx(next(length for length in tries if allowed(length)))


def test_a_length_of_scipys_own_armijo_search_is_one_that_backtracking_takes() -> None:
    gradient = optimize.rosen_der(START)
    found = optimize.line_search(optimize.rosen, optimize.rosen_der, START, -gradient, c1=1e-4)[0]
    assert lab.backtracking(optimize.rosen, START, -gradient, gradient, t=found) == found


@pytest.mark.parametrize("beyond", [np.nan, np.inf])
def test_backtracking_backs_away_from_what_is_not_a_number(beyond: float) -> None:
    def f(theta: np.ndarray) -> float:
        return float(theta[0] ** 2) if theta[0] > 0.8 else beyond

    assert lab.backtracking(f, np.array([1.0]), np.array([-1.0]), np.array([2.0])) == 0.125


@pytest.mark.parametrize("direction", [[1.0], [np.nan]])
def test_backtracking_ends_where_no_length_goes_down(direction: list[float]) -> None:
    # A length that is found belongs to a place that cannot be told from the start, or that is no place at all.
    theta, up = np.array([1.0]), np.array(direction)
    found = lab.backtracking(lambda place: float(place[0]), theta, up, np.array([-1.0]))
    assert np.isnan(up).all() or theta + found * up == theta


@pytest.mark.parametrize(("n", "m"), [(2, 1), (5, 3), (6, 10), (1, 1)])
def test_the_direction_is_that_of_scipys_bfgs_matrix(n: int, m: int) -> None:
    steps, changes = pairs(n, m)
    gradient = np.random.default_rng(9).normal(size=n)
    expected = -dense(steps, changes, n) @ gradient
    np.testing.assert_allclose(lab.lbfgs_direction(gradient, steps, changes), expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("m", [1, 3, 7])
def test_the_direction_is_that_of_scipys_limited_memory_operator_but_for_the_scale(m: int) -> None:
    # SciPy's operator begins with the identity, ours with γI: pairs for which γ is 1 make them equal.
    steps, changes = pairs(6, m)
    scale = steps[-1] @ changes[-1] / (changes[-1] @ changes[-1])
    changes = [scale * y for y in changes]
    operator = optimize.LbfgsInvHessProduct(np.array(steps), np.array(changes))
    gradient = np.linspace(-1, 2, 6)
    np.testing.assert_allclose(lab.lbfgs_direction(gradient, steps, changes), -(operator @ gradient), rtol=1e-8)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_secant_equation_holds(device: str, dtype: torch.dtype) -> None:
    steps, changes = (
        [torch.tensor(values, dtype=dtype, device=device) for values in vectors] for vectors in pairs(5, 4)
    )
    direction = lab.lbfgs_direction(changes[-1], steps, changes)
    torch.testing.assert_close(direction, -steps[-1], rtol=1e-4, atol=1e-4)
    assert direction.dtype is dtype
    assert direction.device.type == device


def test_without_useful_pairs_the_direction_is_minus_the_gradient() -> None:
    gradient = np.array([1.0, -2.0, 3.0])
    useless = [np.array([1.0, 0.0, 0.0])], [np.array([0.0, 1.0, 0.0])]
    for steps, changes in (([], []), useless, (useless[0], [-useless[0][0]])):
        np.testing.assert_array_equal(lab.lbfgs_direction(gradient, steps, changes), -gradient)


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_useless_pair_changes_nothing_wherever_it_stands(place: int) -> None:
    steps, changes = pairs(4, 3)
    gradient = np.array([1.0, 2.0, -1.0, 0.5])
    expected = lab.lbfgs_direction(gradient, steps, changes)
    steps.insert(place, np.ones(4))
    changes.insert(place, -np.ones(4))
    np.testing.assert_array_equal(lab.lbfgs_direction(gradient, steps, changes), expected)


def test_n_exact_steps_reveal_the_whole_inverse_hessian() -> None:
    hessian, theta = spd(6, 20.0), np.linspace(-1, 1, 6)
    steps: list[np.ndarray] = []
    for _ in range(6):
        p = lab.lbfgs_direction(hessian @ theta, steps, [hessian @ s for s in steps])
        steps.append(-(p @ hessian @ theta) / (p @ hessian @ p) * p)
        theta = theta + steps[-1]
    inverse = [-lab.lbfgs_direction(axis, steps, [hessian @ s for s in steps]) for axis in np.eye(6)]
    np.testing.assert_allclose(inverse, np.linalg.inv(hessian), atol=1e-6)


@pytest.mark.parametrize("memory", [1, 3, 10])
@pytest.mark.parametrize("start", STARTS)
def test_rosenbrocks_minimum_is_found_with_about_as_many_gradients_as_scipy_takes(
    start: np.ndarray, memory: int
) -> None:
    ours, theirs = Counted(optimize.rosen_der), Counted(optimize.rosen_der)
    found = lab.minimize(optimize.rosen, ours, start, memory, steps=300)
    options = {"maxcor": memory, "gtol": 1e-8, "ftol": 0.0}
    optimize.minimize(optimize.rosen, start, jac=theirs, method="L-BFGS-B", options=options)
    np.testing.assert_allclose(found, BEST, atol=1e-6)
    # A band: other line searches find their lucky steps elsewhere.
    assert ours.calls < 4 * theirs.calls + 10


def test_rosenbrocks_minimum_is_found_with_about_as_many_gradients_as_torch_takes() -> None:
    def rosen(theta: torch.Tensor) -> torch.Tensor:
        return 100 * (theta[1] - theta[0] ** 2) ** 2 + (1 - theta[0]) ** 2

    theta = torch.tensor(START, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [theta], max_iter=300, tolerance_grad=1e-8, tolerance_change=0.0, line_search_fn="strong_wolfe"
    )
    losses: list[float] = []

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = rosen(theta)
        loss.backward()
        losses.append(loss.item())
        return loss

    optimizer.step(closure)
    ours = Counted(optimize.rosen_der)
    found = lab.minimize(optimize.rosen, ours, START)
    np.testing.assert_allclose(found, theta.detach().numpy(), atol=1e-6)
    assert ours.calls < 4 * len(losses) + 10


@pytest.mark.parametrize("n", [2, 5, 8])
def test_a_narrow_bowl_takes_less_than_a_tenth_of_the_gradients_of_descent(n: int) -> None:
    hessian, best = spd(n, 1e4), np.linspace(1, 2, n)
    gradient = Counted(lambda theta: hessian @ (theta - best))
    found = lab.minimize(lambda theta: (theta - best) @ hessian @ (theta - best) / 2, gradient, np.zeros(n), steps=300)
    np.testing.assert_allclose(found, best, atol=1e-6)
    # The best rate, 2 / (1 + κ), shrinks the distance by (κ - 1) / (κ + 1) an update.
    descent = np.log(1e-6 / np.linalg.norm(best)) / np.log((1e4 - 1) / (1e4 + 1))
    assert gradient.calls < descent / 10


def test_no_rate_of_descent_follows_rosenbrocks_valley_in_ten_thousand_gradients() -> None:
    for lr in (2.5e-4, 5e-4, 1e-3):
        theta = START
        for _ in range(10_000):
            x, y = theta
            theta = theta - lr * np.array([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])
        assert np.abs(theta - BEST).max() > 1e-5


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("dtype", "atol"), [(torch.float64, 1e-6), (torch.float32, 2e-3)])
def test_tensors_are_minimized_where_they_are_and_in_their_dtype(device: str, dtype: torch.dtype, atol: float) -> None:
    def rosen(theta: torch.Tensor) -> torch.Tensor:
        return 100 * (theta[1] - theta[0] ** 2) ** 2 + (1 - theta[0]) ** 2

    start = torch.tensor(START, dtype=dtype, device=device)
    found = lab.minimize(rosen, torch.func.grad(rosen), start)
    torch.testing.assert_close(found, torch.ones_like(start), atol=atol, rtol=0.0)
    torch.testing.assert_close(start.cpu(), torch.tensor(START, dtype=dtype))


def test_no_steps_leave_the_start_and_a_zero_gradient_ends_at_once() -> None:
    np.testing.assert_array_equal(lab.minimize(optimize.rosen, optimize.rosen_der, START, steps=0), START)
    gradient = Counted(optimize.rosen_der)
    np.testing.assert_array_equal(lab.minimize(optimize.rosen, gradient, BEST), BEST)
    assert gradient.calls == 1


@pytest.mark.parametrize("tol", [1.0, 1e-2, 1e-5])
def test_it_stops_as_soon_as_the_gradient_is_small_enough(tol: float) -> None:
    gradient = Counted(optimize.rosen_der)
    found = lab.minimize(optimize.rosen, gradient, START, tol=tol)
    steps = gradient.calls - 1
    assert np.abs(optimize.rosen_der(found)).max() <= tol
    before = lab.minimize(optimize.rosen, optimize.rosen_der, START, steps=steps - 1, tol=0.0)
    assert np.abs(optimize.rosen_der(before)).max() > tol


def test_it_stays_where_rounding_hides_every_decrease() -> None:
    f = Counted(lambda theta: 1e6 + optimize.rosen(theta))
    found = lab.minimize(f, optimize.rosen_der, START, steps=1000, tol=0.0)
    np.testing.assert_allclose(found, BEST, atol=1e-3)
    assert f.calls < 1000


def test_nothing_that_is_given_is_changed() -> None:
    steps, changes = pairs(4, 3)
    gradient, theta = np.ones(4), np.arange(4.0)
    given = [gradient, theta, *steps, *changes]
    before = [values.copy() for values in given]
    lab.lbfgs_direction(gradient, steps, changes)
    lab.newton_step(theta, gradient, spd(4, 3.0))
    lab.backtracking(lambda place: float(place @ place), theta, -2 * theta, 2 * theta)
    lab.minimize(lambda place: float(place @ place), lambda place: 2 * place, theta)
    for values, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(values, copy)

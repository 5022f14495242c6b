"""The reference of lab 5 against torch.optim, torch's schedulers, SciPy and published figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import optimize

from solutions import lab5_optimizers as lab
from tests.devices import DEVICES, DTYPES

STEPS = 60

Make = Callable[[], lab.Optimizer]
MakeTorchs = Callable[[list[torch.Tensor]], torch.optim.Optimizer]

#: Ours, and torch's own with the same settings.
PAIRS: dict[str, tuple[Make, MakeTorchs]] = {
    "plain descent": (lambda: lab.Momentum(0.05, 0.0), lambda p: torch.optim.SGD(p, lr=0.05)),
    "momentum": (lambda: lab.Momentum(0.05), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
    "momentum, rho 0.5": (lambda: lab.Momentum(0.05, 0.5), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.5)),
    "adagrad": (lambda: lab.AdaGrad(0.1), lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-8)),
    "adagrad, eps 1e-2": (lambda: lab.AdaGrad(0.1, 1e-2), lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-2)),
    "rmsprop": (lambda: lab.RMSProp(0.01), lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-8)),
    "rmsprop, gamma 0.99, eps 1e-2": (
        lambda: lab.RMSProp(0.01, 0.99, 1e-2),
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.99, eps=1e-2),
    ),
    "adam": (lambda: lab.Adam(), lambda p: torch.optim.Adam(p)),
    "adam, eps 1e-2": (lambda: lab.Adam(0.01, eps=1e-2), lambda p: torch.optim.Adam(p, lr=0.01, eps=1e-2)),
    "adam, other betas": (
        lambda: lab.Adam(0.02, 0.7, 0.95, 1e-6),
        lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.7, 0.95), eps=1e-6),
    ),
}


def gradients(*shape: int, seed: int = 0) -> torch.Tensor:
    """Random gradients of very different sizes, an entry a step; the first three are zero in some coordinates."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(STEPS, *shape, dtype=torch.float64, generator=generator)
    values *= torch.logspace(-4, 1, values[0].numel(), dtype=torch.float64).reshape(shape)
    values[:3, ..., ::2] = 0
    return values


def torchs_path(make: MakeTorchs, theta: torch.Tensor, grads: torch.Tensor) -> list[torch.Tensor]:
    parameter = theta.clone().requires_grad_()
    optimizer = make([parameter])
    path = []
    for grad in grads:
        parameter.grad = grad.clone()
        optimizer.step()
        path.append(parameter.detach().clone())
    return path


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", PAIRS)
def test_each_optimizer_goes_torchs_way(name: str, dtype: torch.dtype, device: str) -> None:
    make, make_torchs = PAIRS[name]
    grads = gradients(3, 4).to(device=device, dtype=dtype)
    theta = torch.linspace(-1, 1, 12, dtype=dtype, device=device).reshape(3, 4)
    expected = torchs_path(make_torchs, theta, grads)
    optimizer = make()
    for grad, there in zip(grads, expected, strict=True):
        theta = optimizer.step(theta, grad)
        assert theta.dtype is dtype
        assert theta.device.type == device
        torch.testing.assert_close(theta, there)


@pytest.mark.parametrize("name", PAIRS)
def test_numpy_arrays_come_back_as_numpy_arrays_of_their_dtype(name: str) -> None:
    theta = np.ones((2, 3), dtype=np.float32)
    new = PAIRS[name][0]().step(theta, np.full((2, 3), 0.5, dtype=np.float32))
    assert isinstance(new, np.ndarray)
    assert new.dtype == np.float32
    assert (theta == 1).all()


@pytest.mark.parametrize("name", PAIRS)
def test_nothing_moves_while_the_gradient_is_zero(name: str) -> None:
    optimizer, theta = PAIRS[name][0](), np.array([1.0, -2.0])
    for _ in range(5):
        theta = optimizer.step(theta, np.zeros(2))
    assert theta.tolist() == [1.0, -2.0]


@pytest.mark.parametrize("name", PAIRS)
def test_two_optimizers_share_nothing_and_leave_their_arguments_alone(name: str) -> None:
    grads = gradients(4).numpy()
    kept = grads.copy()
    alone, one, other = (PAIRS[name][0]() for _ in range(3))
    theta = np.zeros(4)
    for grad in grads:
        expected = alone.step(theta, grad)
        other.step(theta, -5 * grad)
        np.testing.assert_array_equal(one.step(theta, grad), expected)
        theta = expected
    np.testing.assert_array_equal(grads, kept)


def test_polyaks_momentum_has_the_published_rate_at_condition_number_100() -> None:
    # With complex roots θ_t² − θ_{t+1}·θ_{t−1} shrinks by exactly ρ = rate² a step.
    curvature, slow, rho = np.array([50.0]), 1.0, 0.66942
    lr = 4 / (np.sqrt(100.0) + np.sqrt(slow)) ** 2
    assert lr == pytest.approx(0.033058, rel=1e-4)
    optimizer, path = lab.Momentum(lr, rho), [np.ones(1)]
    for _ in range(20):
        path.append(optimizer.step(path[-1], curvature * path[-1]))
    theta = np.concatenate(path)
    energy = theta[1:-1] ** 2 - theta[2:] * theta[:-2]
    np.testing.assert_allclose(np.sqrt(energy[1:] / energy[:-1]), 0.81818, rtol=1e-4)


def test_gradient_descent_has_the_published_rate_at_condition_number_100() -> None:
    optimizer, theta = lab.Momentum(2 / 101, 0.0), np.ones(2)
    for _ in range(100):
        theta = optimizer.step(theta, np.array([1.0, 100.0]) * theta)
    assert abs(theta) ** 0.01 == pytest.approx([0.98020, 0.98020], abs=1e-5)


def test_adagrad_in_a_constant_gradient_goes_the_published_way() -> None:
    optimizer, theta = lab.AdaGrad(0.3), np.zeros(3)
    for _ in range(100):
        theta = optimizer.step(theta, np.array([1.0, -7.0, 1e3]))
    np.testing.assert_allclose(theta, 0.3 * 18.5896 * np.array([-1.0, 1.0, -1.0]), rtol=1e-5)


def test_without_the_correction_adams_first_step_would_be_the_published_one() -> None:
    optimizer, theta = lab.Adam(0.1), np.zeros(1)
    first = optimizer.step(theta, np.array([5.0]))
    assert first == pytest.approx([-0.1])
    uncorrected = 0.1 * optimizer.mean / optimizer.mean_square**0.5
    assert uncorrected.numpy() == pytest.approx([0.316], abs=3e-4)


def test_adam_on_rosenbrocks_function_is_at_the_published_places() -> None:
    optimizer, theta, path = lab.Adam(0.01), np.array([-1.2, 1.0]), []
    for _ in range(10):
        theta = optimizer.step(theta, optimize.rosen_der(theta))
        path.append(theta)
    np.testing.assert_allclose(path[0], [-1.19, 1.01], rtol=1e-9)
    np.testing.assert_allclose(path[9], [-1.1049555421, 1.0953346172], rtol=1e-10)


def torchs_rates(make: Callable[[torch.optim.Optimizer], torch.optim.lr_scheduler.LRScheduler]) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.2)
    scheduler, rates = make(optimizer), [0.2]
    for _ in range(12):
        optimizer.step()
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("constant", lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1)),
        ("step", lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=4, gamma=0.1)),
        ("exponential", lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.01 ** (1 / 12))),
        ("cosine", lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=12)),
    ],
)
def test_each_schedule_is_torchs(kind: str, make: Callable[..., torch.optim.lr_scheduler.LRScheduler]) -> None:
    ours = [lab.scheduled_lr(step, 12, 0.2, kind) for step in range(13)]
    np.testing.assert_allclose(ours, torchs_rates(make), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("total", [1, 2, 3, 7, 9, 100])
def test_the_rate_falls_to_a_tenth_with_each_third_of_the_run(total: int) -> None:
    falls = [
        round(-np.log10(lab.scheduled_lr(step, total, 1.0, "step"))) - 3 * step // total for step in range(total + 1)
    ]
    assert falls == [0] * (total + 1)


def test_a_schedule_without_a_name_that_we_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="Cosine"):
        lab.scheduled_lr(0, 10, 0.1, "Cosine")


def bowl(theta: np.ndarray) -> float:
    return float(np.sum(np.array([1.0, 10.0]) * theta**2))


def bowls_gradient(theta: np.ndarray) -> np.ndarray:
    return 2 * np.array([1.0, 10.0]) * theta


def test_a_race_is_decided_as_torch_runs_it() -> None:
    racers = {name: pair[0] for name, pair in PAIRS.items()}
    start = np.array([0.3, -0.2])
    result = lab.race(racers, bowl, bowls_gradient, start, 1e-3, 200)
    for name, (_, make_torchs) in PAIRS.items():
        parameter = torch.from_numpy(start.copy()).requires_grad_()
        optimizer, expected = make_torchs([parameter]), None
        for steps in range(201):
            place = parameter.detach().numpy()
            if bowl(place) <= 1e-3:
                expected = steps
                break
            parameter.grad = torch.from_numpy(bowls_gradient(place))
            optimizer.step()
        assert result[name] == expected
    assert None in result.values()
    assert start.tolist() == [0.3, -0.2]
    assert lab.race(racers, bowl, bowls_gradient, start, 1e-3, 200) == result


@pytest.mark.parametrize(("max_steps", "steps"), [(0, None), (2, None), (3, 3), (4, 3)])
def test_the_last_allowed_step_counts(max_steps: int, steps: int | None) -> None:
    # The loss is halved in each step: 8, 4, 2, 1.
    racers = {"half": lambda: lab.Momentum(0.5, 0.0)}
    assert lab.race(racers, lambda theta: theta[0], lambda theta: theta, np.array([8.0]), 1.0, max_steps) == {
        "half": steps
    }


def test_who_starts_at_the_goal_needs_no_step() -> None:
    racers = {"any": lambda: lab.Adam()}
    assert lab.race(racers, bowl, bowls_gradient, np.zeros(2), 0.0, 10) == {"any": 0}


def test_who_runs_away_never_arrives() -> None:
    with np.errstate(all="ignore"):
        racers = {"fast": lambda: lab.Momentum(1e3, 0.0)}
        assert lab.race(racers, bowl, bowls_gradient, np.ones(2), 1e-3, 300) == {"fast": None}


@pytest.mark.parametrize("device", DEVICES)
def test_a_race_takes_tensors_too(device: str) -> None:
    start = torch.ones(2, device=device, dtype=torch.float64)
    racers = {"adam": lambda: lab.Adam(0.1)}
    on_tensors = lab.race(racers, lambda t: t.square().sum(), lambda t: 2 * t, start, 1e-4, 500)
    assert on_tensors == lab.race(racers, lambda t: np.sum(t**2), lambda t: 2 * t, np.ones(2), 1e-4, 500)

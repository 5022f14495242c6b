"""The reference of lab 8 against torch's optimizers and layers, published figures and NumPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.linalg import vector_norm

from solutions import lab8_training_at_scale as lab
from tests.devices import DEVICES, DTYPES

SHAPES = ((4, 3), (3,), (2, 3, 2), ())


def layers(seed: int, dtype: torch.dtype = torch.float64, device: str = "cpu") -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=torch.float64).to(device, dtype) for shape in SHAPES]


@pytest.mark.parametrize(("rule", "rate"), [("linear", 3.2), ("sqrt", 0.1 * 32**0.5)])
def test_the_rates_are_those_of_goyal_and_krizhevsky(rule: str, rate: float) -> None:
    assert lab.scaled_lr(0.1, 8192, 256, rule) == pytest.approx(rate)
    assert lab.scaled_lr(rate, 256, 8192, rule) == pytest.approx(0.1)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule 'cubic': there are linear and sqrt"):
        lab.scaled_lr(0.1, 512, 256, "cubic")


def test_the_warm_up_is_horovods() -> None:
    rates = [lab.warmup_lr(step, 10, 4, 5, 1.0) for step in range(80)]
    assert rates[0] == pytest.approx(0.265)
    assert rates[9] == pytest.approx(0.4)
    assert rates[49:] == [1.0] * 31
    np.testing.assert_allclose(np.diff(rates[:50]), 0.015)


def test_the_warm_up_is_torchs_linear_schedule_counted_in_steps() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    # torch's ramp begins at its start factor, ours one step later.
    ramp = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / 8, end_factor=1.0, total_iters=21)
    for step in range(30):
        optimizer.step()
        ramp.step()
        assert lab.warmup_lr(step, 7, 8, 3, 0.8) == pytest.approx(optimizer.param_groups[0]["lr"])


@pytest.mark.parametrize(("world", "epochs"), [(1, 5), (8, 0)])
def test_one_worker_or_no_epochs_need_no_warm_up(world: int, epochs: int) -> None:
    assert [lab.warmup_lr(step, 4, world, epochs, 0.3) for step in range(30)] == pytest.approx([0.3] * 30)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("device", DEVICES)
def test_lars_is_torchs_sgd_with_the_local_rates_in_the_gradients(device: str, dtype: torch.dtype) -> None:
    ours, params = lab.LARS(0.5, 0.9, 0.1, 0.02), layers(0, dtype, device)
    theirs = [layer.clone().requires_grad_() for layer in params]
    optimizer = torch.optim.SGD(theirs, lr=1.0, momentum=0.9)
    for step in range(12):
        grads = layers(step + 1, dtype, device)
        ours.lr = 0.05 * (step + 1)
        for layer, grad in zip(theirs, grads, strict=True):
            w = layer.detach()
            ratio = 0.02 * vector_norm(w) / (vector_norm(grad) + 0.1 * vector_norm(w))
            layer.grad = ours.lr * ratio * (grad + 0.1 * w)
        params = ours.step(params, grads)
        optimizer.step()
        torch.testing.assert_close(params, [layer.detach() for layer in theirs])
    assert {(layer.dtype, layer.device.type) for layer in params} == {(dtype, device)}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("device", DEVICES)
def test_novograd_is_torchs_sgd_with_normalised_gradients(device: str, dtype: torch.dtype) -> None:
    ours, params = lab.NovoGrad(0.1, 0.9, 0.8, 1e-2, 0.05), layers(0, dtype, device)
    theirs = [layer.clone().requires_grad_() for layer in params]
    optimizer = torch.optim.SGD(theirs, lr=0.1, momentum=0.9, weight_decay=0.05)
    squares: list[torch.Tensor] = []
    for step in range(12):
        grads = layers(step + 1, dtype, device)
        new = [grad.square().sum() for grad in grads]
        squares = [old.lerp(square, 0.2) for old, square in zip(squares, new, strict=True)] if squares else new
        for layer, grad, square in zip(theirs, grads, squares, strict=True):
            layer.grad = grad / (square.sqrt() + 1e-2)
        params = ours.step(params, grads)
        optimizer.step()
        torch.testing.assert_close(params, [layer.detach() for layer in theirs])
    assert {(layer.dtype, layer.device.type) for layer in params} == {(dtype, device)}


def test_the_first_step_of_novograd_is_that_of_tensorflow_addons() -> None:
    params = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]
    moved = lab.NovoGrad(0.1).step(params, [np.array([0.1, 0.2]), np.array([0.3, 0.4])])
    np.testing.assert_allclose(moved, [[0.9552786, 1.9105573], [2.94, 3.92]], rtol=1e-7)


def test_lars_moves_every_layer_by_the_same_part_of_its_length() -> None:
    params, grads = layers(0), [1e6 * layer for layer in layers(1)]
    moved = lab.LARS(0.5, trust=0.01).step(params, grads)
    for new, old in zip(moved, params, strict=True):
        torch.testing.assert_close(vector_norm(new - old), 0.005 * vector_norm(old))


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("make", [lab.LARS, lab.NovoGrad])
def test_zero_weights_and_zero_gradients_are_safe(make: Callable[..., lab.LARS], weight_decay: float) -> None:
    optimizer = make(0.1, weight_decay=weight_decay)
    params = [np.zeros(3), np.ones((2, 2)), np.zeros(4)]
    for _ in range(3):
        params = optimizer.step(params, [np.ones(3), np.zeros((2, 2)), np.zeros(4)])
    assert all(np.isfinite(layer).all() for layer in params)
    assert (params[0] < 0).all()
    assert (params[1] < 1).all() == (weight_decay > 0)
    np.testing.assert_array_equal(params[2], 0.0)


def test_lars_has_a_ratio_of_one_where_a_norm_is_zero() -> None:
    moved = lab.LARS(0.5, weight_decay=0.2).step([np.zeros(2), np.array([2.0])], [np.ones(2), np.zeros(1)])
    np.testing.assert_allclose(moved[0], -0.5)
    np.testing.assert_allclose(moved[1], 2.0 - 0.5 * 0.2 * 2.0)


@pytest.mark.parametrize("make", [lab.LARS, lab.NovoGrad])
def test_optimizers_answer_in_kind_share_nothing_and_change_nothing(make: Callable[..., lab.LARS]) -> None:
    params, grads = ([layer.numpy() for layer in layers(seed)[:3]] for seed in (0, 1))
    given = [[layer.copy() for layer in part] for part in (params, grads)]
    one, other = make(0.1, weight_decay=0.1), make(0.1, weight_decay=0.1)
    first = one.step(*given)
    one.step(first, grads)
    for mine, theirs in zip(first, other.step(*given), strict=True):
        assert type(mine) is np.ndarray and mine.dtype == np.float64
        np.testing.assert_array_equal(mine, theirs)
    for part, before in zip(given, (params, grads), strict=True):
        for layer, old in zip(part, before, strict=True):
            np.testing.assert_array_equal(layer, old)


@pytest.mark.parametrize("make", [lab.LARS, lab.NovoGrad])
def test_a_layer_that_is_gone_is_refused(make: Callable[..., lab.LARS]) -> None:
    optimizer = make(0.1)
    optimizer.step([np.ones(2), np.ones(3)], [np.ones(2), np.ones(3)])
    with pytest.raises(ValueError, match="shorter"):
        optimizer.step([np.ones(2)], [np.ones(2)])


@pytest.mark.parametrize("counts", [[6], [4, 4, 4], [9, 2, 1], np.array([5, 7])])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("device", DEVICES)
def test_parts_give_the_gradient_that_autograd_takes_of_the_whole(
    device: str, dtype: torch.dtype, counts: list[int]
) -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(5, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3)).to(device, dtype)
    x, labels = torch.randn(sum(counts), 5, device=device, dtype=dtype), torch.arange(sum(counts), device=device) % 3

    def gradient(items: slice) -> list[torch.Tensor]:
        loss = torch.nn.functional.cross_entropy(model(x[items]), labels[items])
        return list(torch.autograd.grad(loss, list(model.parameters())))

    ends = np.cumsum(counts)
    parts = [gradient(slice(end - n, end)) for end, n in zip(ends, counts, strict=True)]
    torch.testing.assert_close(lab.accumulate(parts, counts), gradient(slice(None)))


@pytest.mark.parametrize("counts", [[7], [1, 1, 1], [5, 1, 12], [64, 64]])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("device", DEVICES)
def test_moments_of_shards_are_those_that_batch_norm_takes(device: str, dtype: torch.dtype, counts: list[int]) -> None:
    rows = torch.randn(sum(counts), 6, dtype=torch.float64, generator=torch.Generator().manual_seed(2)).to(
        device, dtype
    )
    rows = 3 * rows + torch.arange(6, device=device, dtype=dtype)
    mean, var = lab.sync_batch_norm(list(rows.split(counts)))
    torch.testing.assert_close((mean, var), (rows.mean(dim=0), rows.var(dim=0, correction=0)))
    if len(rows) > 1:
        layer = torch.nn.BatchNorm1d(6, affine=False).to(device, dtype)
        torch.testing.assert_close((rows - mean) / (var + layer.eps).sqrt(), layer(rows))


@pytest.mark.parametrize("offset", [0.0, 1e4, 1e8, 1e10])
def test_a_large_mean_does_not_drown_the_variance(offset: float) -> None:
    rows = np.random.default_rng(3).integers(-1000, 1000, size=(90, 4)) / 512  # can be shifted without being rounded
    mean, var = lab.sync_batch_norm(np.split(rows + offset, [40, 65, 66]))
    np.testing.assert_allclose(var, rows.var(axis=0), rtol=1e-5)
    np.testing.assert_allclose(mean, rows.mean(axis=0) + offset, rtol=1e-15, atol=1e-12)

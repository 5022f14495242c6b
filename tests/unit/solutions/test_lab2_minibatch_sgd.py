"""The reference of lab 2 against torch's data loader and optimizer, NumPy, and every batch counted one by one."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
import torch
from torch.utils.data import BatchSampler, DataLoader, SequentialSampler

from allclose.teach.data import noisy_line
from solutions import lab2_minibatch_sgd as lab
from tests.devices import DEVICES, DTYPES


def line(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return noisy_line(n, 3.0, -2.0, 1.0, seed)


@pytest.mark.parametrize("n", [1, 2, 7, 12, 30])
def test_batches_are_those_of_torchs_batch_sampler(n: int) -> None:
    for batch_size in range(1, n + 3):
        sampler = BatchSampler(SequentialSampler(range(n)), batch_size, drop_last=False)
        ours = [list(range(*lab.batch_bounds(j, n, batch_size))) for j in range(lab.num_batches(n, batch_size))]
        assert ours == list(sampler)
        assert lab.num_batches(n, batch_size) == len(sampler)


@pytest.mark.parametrize("kind", [np.asarray, torch.as_tensor])
def test_a_shuffle_keeps_the_pairs_and_the_kind_of_array(kind: type) -> None:
    x, y = line(40)
    new_x, new_y = lab.shuffled(kind(x), kind(y), np.random.default_rng(1))
    assert type(new_x) is type(new_y) is type(kind(x))
    assert dict(zip(new_x.tolist(), new_y.tolist(), strict=True)) == dict(zip(x, y, strict=True))
    assert new_x.tolist() != x.tolist()


def test_every_order_of_a_shuffle_is_equally_likely() -> None:
    rng, draws = np.random.default_rng(2), 6000
    places = np.arange(3.0)
    orders = [tuple(lab.shuffled(places, places, rng)[0]) for _ in range(draws)]
    counts = np.array([orders.count(order) for order in set(orders)])
    assert len(counts) == 6
    # Chi-square with 5 degrees of freedom: beyond 20.5 only once in a thousand seeds.
    assert np.sum((counts - draws / 6) ** 2 / (draws / 6)) < 20.5


@pytest.mark.parametrize("batch_size", [1, 4, 11, 50])
def test_sgd_is_torchs_optimizer_fed_by_torchs_loader(batch_size: int) -> None:
    x, y = line(11)
    ws, bs, losses = lab.sgd(x, y, 0.5, -0.5, 0.004, batch_size, 3, np.random.default_rng(3))
    theta = torch.tensor([0.5, -0.5], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=0.004)
    rng, path, expected = np.random.default_rng(3), [theta.tolist()], []
    for _ in range(3):
        order = rng.permutation(11)
        pairs = list(zip(x[order], y[order], strict=True))
        for x_batch, y_batch in DataLoader(pairs, batch_size=batch_size):
            loss = torch.nn.functional.mse_loss(theta[0] * x_batch + theta[1], y_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            path.append(theta.tolist())
            expected.append(loss.item())
    np.testing.assert_allclose(np.stack([ws, bs], axis=1), path, rtol=1e-10)
    np.testing.assert_allclose(losses, expected, rtol=1e-10)


def test_sgd_with_one_batch_closes_in_on_the_least_squares_line() -> None:
    x, y = line(20)
    ws, bs, losses = lab.sgd(x, y, 0.0, 0.0, 0.02, 20, 3000, np.random.default_rng(4))
    np.testing.assert_allclose([ws[-1], bs[-1]], np.polyfit(x, y, 1), rtol=1e-6)
    assert np.all(np.diff(losses) < 1e-12)


def test_sgd_leaves_its_data_alone_and_follows_its_seed() -> None:
    x, y = line(9)
    given = x.copy(), y.copy()
    one, again, other = (lab.sgd(*given, 0, 0, 0.01, 2, 2, np.random.default_rng(seed))[2] for seed in (5, 5, 6))
    np.testing.assert_array_equal(given, (x, y))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_tensors_keep_their_device_and_dtype(device: str, dtype: torch.dtype) -> None:
    x, y = (torch.tensor(values, device=device, dtype=dtype) for values in line(9))
    results = [
        *lab.shuffled(x, y, np.random.default_rng(0)),
        *lab.sgd(x, y, 0.0, 0.0, 0.01, 4, 2, np.random.default_rng(0)),
        lab.epoch_means(y, 3),
        *lab.gradient_variance(x, y, 0.0, 0.0, 2),
    ]
    assert {(result.device.type, result.dtype) for result in results} == {(device, dtype)}


@pytest.mark.parametrize("device", DEVICES)
def test_whole_numbers_in_numpy_give_float64_in_numpy_wherever_it_was_computed(device: str) -> None:
    x, y = np.arange(6), np.arange(6)[::-1].copy()
    x.setflags(write=False)
    arrays = [
        *lab.shuffled(x, y, np.random.default_rng(0), device=device),
        *lab.sgd(x, y, 0, 0, 0.01, 4, 1, np.random.default_rng(0), device=device),
        lab.epoch_means(x, 2, device=device),
    ]
    assert {(type(array), array.dtype) for array in arrays} == {(np.ndarray, np.dtype(np.float64))}
    assert {type(number) for number in lab.gradient_variance(x, y, 0, 0, 2, device=device)} == {float}


@pytest.mark.parametrize("length", [0, 3, 4, 11, 12])
def test_epoch_means_are_numpys_means_of_complete_epochs(length: int) -> None:
    values = np.random.default_rng(7).normal(size=length)
    expected = [np.mean(part) for part in np.split(values, range(4, length, 4)) if len(part) == 4]
    np.testing.assert_allclose(lab.epoch_means(values, 4), expected)


@pytest.mark.parametrize(
    ("means", "tol", "epoch"),
    [
        ([8, 4, 3.99, 3.98], 0.01, 2),
        ([8, 4, 3.99, 3.98], 0.6, 1),
        ([8, 4, 2, 1], 0.1, None),
        ([1, 2, 4, 4], 0.1, 3),
        ([-8, -4, -3.99], 0.01, 2),
        ([5, float("nan"), 5, 5], 0.01, 3),
        ([5], 0.01, None),
        ([], 0.01, None),
    ],
)
def test_converged_is_the_first_epoch_that_hardly_changed(means: list[float], tol: float, epoch: int | None) -> None:
    values = np.repeat(np.array(means, dtype=float), 2) + np.tile([0.5, -0.5], len(means))
    assert lab.converged_epochs(values, 2, tol) == epoch


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_gradient_variance_is_that_over_all_batches_counted_one_by_one(n: int) -> None:
    x, y = line(n)
    w, b = torch.tensor([0.7, 0.4], dtype=torch.float64, requires_grad=True)
    single = []
    for x_item, y_item in zip(x, y, strict=True):
        single.append(torch.autograd.grad((w * x_item + b - y_item) ** 2, (w, b)))
    for batch_size in range(1, n + 1):
        gradients = [np.mean([single[i] for i in items], axis=0) for items in combinations(range(n), batch_size)]
        ours = lab.gradient_variance(x, y, 0.7, 0.4, batch_size)
        np.testing.assert_allclose(ours, np.var(gradients, axis=0), rtol=1e-9, atol=1e-12)


def test_gradient_variance_falls_with_the_batch_size_to_nothing() -> None:
    x, y = line(50)
    variances = [lab.gradient_variance(x, y, 0.0, 0.0, batch_size)[0] for batch_size in range(1, 51)]
    assert all(one > other for one, other in pairwise(variances))
    assert variances[-1] == 0


@pytest.mark.parametrize("batch_size", [0, -1, 10])
def test_gradient_variance_refuses_batches_that_cannot_be_drawn(batch_size: int) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        lab.gradient_variance(*line(9), 0.0, 0.0, batch_size)

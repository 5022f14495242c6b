"""Reference for lab 2: mini-batches, stochastic gradient descent and the noise of its gradient.

Sources: Robbins and Monro, "A Stochastic Approximation Method" (1951) for the method; Bottou, Curtis and Nocedal,
"Optimization Methods for Large-Scale Machine Learning", SIAM Review 60 (2018), sections 3 and 4, for mini-batches;
Cochran, "Sampling Techniques" (3rd ed., 1977), theorem 2.2, for the variance of a mean of draws without replacement.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from solutions import in_torch


def num_batches(n: int, batch_size: int) -> int:
    """Count the batches that `n` items make: ⌈n / batch_size⌉, in whole numbers only.

    Parameters
    ----------
    n : int
        Items in the data set, at least 1.
    batch_size : int
        Items in a batch, at least 1; it may be larger than `n`.
    """
    return (n + batch_size - 1) // batch_size


def batch_bounds(j: int, n: int, batch_size: int) -> tuple[int, int]:
    """Say where batch `j` starts and ends: it holds the items ``start:end``.

    Parameters
    ----------
    j : int
        Number of the batch, 0 for the first.
    n, batch_size : int
        As in `num_batches`.

    Returns
    -------
    start, end : int
        Only the last batch may hold fewer than `batch_size` items.
    """
    start = j * batch_size
    return start, min(start + batch_size, n)


@in_torch
def shuffled(x: Tensor, y: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Put the pairs (x[i], y[i]) into a new random order; every order is equally likely.

    Parameters
    ----------
    x, y : array, shape (n,)
    rng : numpy.random.Generator
        The only source of chance; one permutation is drawn from it.

    Returns
    -------
    x, y : array, shape (n,)
        Copies.
    """
    order = x.new_tensor(rng.permutation(len(x)), dtype=torch.long)
    return x[order], y[order]


@in_torch
def sgd(
    x: Tensor, y: Tensor, w: float, b: float, lr: float, batch_size: int, epochs: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Fit y = w·x + b by mini-batch stochastic gradient descent on the mean squared error.

    Every epoch shuffles the original data and takes one step of size `lr` down the gradient of each batch in turn
    (Bottou et al. 2018, equation 3.7, with draws without replacement inside an epoch).

    Parameters
    ----------
    x, y : array, shape (n,)
    w, b : float
        Where to start.
    lr : float
        Learning rate.
    batch_size, epochs : int
    rng : numpy.random.Generator
        Drives the shuffles, one for each epoch.

    Returns
    -------
    ws, bs : array, shape (T + 1,)
        Entry 0 is the start, entry t the state after t updates, T = epochs · ⌈n / batch_size⌉.
    losses : array, shape (T,)
        Entry t is the loss of the batch of update t, before that update.
    """
    n, per_epoch = len(x), num_batches(len(x), batch_size)
    ws, bs = x.new_empty(2, epochs * per_epoch + 1)
    losses = x.new_empty(epochs * per_epoch)
    ws[0], bs[0] = w, b
    t = 0
    for _ in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(per_epoch):
            start, end = batch_bounds(j, n, batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            error = ws[t] * x_batch + bs[t] - y_batch
            losses[t] = error.square().mean()
            ws[t + 1] = ws[t] - lr * 2 * (error * x_batch).mean()
            bs[t + 1] = bs[t] - lr * 2 * error.mean()
            t += 1
    return ws, bs, losses


@in_torch
def epoch_means(values: Tensor, batches_per_epoch: int) -> Tensor:
    """Average the values of each complete epoch, first epoch first.

    Parameters
    ----------
    values : array, shape (T,)
        One value for each update.
    batches_per_epoch : int

    Returns
    -------
    array, shape (T // batches_per_epoch,)
        Updates of an epoch that was not finished are left out.
    """
    epochs = len(values) // batches_per_epoch
    return values[: epochs * batches_per_epoch].reshape(epochs, batches_per_epoch).mean(dim=1)


@in_torch
def converged_epochs(values: Tensor, batches_per_epoch: int, tol: float) -> int | None:
    """Find the first epoch whose mean changed by less than `tol`, relative to the mean of the epoch before.

    Parameters
    ----------
    values : array, shape (T,)
        One value for each update.
    batches_per_epoch : int
    tol : float
        Relative change, without a unit: 0.01 is one per cent.

    Returns
    -------
    int or None
        Index of the epoch in `epoch_means` (so at least 1), None where no epoch changed so little.
    """
    means = epoch_means(values, batches_per_epoch)
    settled = means.diff().abs() < tol * means[:-1].abs()
    return int(settled.nonzero()[0]) + 1 if settled.any() else None


@in_torch
def gradient_variance(x: Tensor, y: Tensor, w: float, b: float, batch_size: int) -> tuple[Tensor, Tensor]:
    """Compute how much the gradient of a random batch varies at one point (w, b), without drawing any batch.

    With σ² the variance of the n gradients of single items, the mean of B of them drawn without replacement has the
    variance σ²/B · (n − B)/(n − 1) (Cochran 1977, theorem 2.2).

    Parameters
    ----------
    x, y : array, shape (n,)
    w, b : float
    batch_size : int
        B, from 1 to n.

    Returns
    -------
    var_dw, var_db : number
        Variances over all batches of B items, each as likely as any other.

    Raises
    ------
    ValueError
        If no batch of `batch_size` items can be drawn.
    """
    n = len(x)
    if not 1 <= batch_size <= n:
        raise ValueError(f"a batch drawn without replacement from {n} items cannot hold {batch_size}")
    error = w * x + b - y
    single = 2 * torch.stack((error * x, error))
    variance = single.var(dim=1, correction=0) / batch_size * (n - batch_size) / max(n - 1, 1)
    return variance[0], variance[1]

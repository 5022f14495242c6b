"""Reference for lab 2: mini-batches, stochastic gradient descent and the noise of its gradient.

Everything takes NumPy arrays or torch tensors. Numbers come back as tensors of the data's dtype, on `device` or, where
none is named, beside the data; `shuffled` gives back the kind of array it was given.

Sources: Robbins and Monro, "A Stochastic Approximation Method" (1951) for the method; Bottou, Curtis and Nocedal,
"Optimization Methods for Large-Scale Machine Learning", SIAM Review 60 (2018), sections 3 and 4, for mini-batches;
Cochran, "Sampling Techniques" (3rd ed., 1977), theorem 2.2, for the variance of a mean of draws without replacement.
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array: TypeAlias = NDArray[np.floating] | Tensor
Device: TypeAlias = torch.device | str | None
Data = TypeVar("Data", NDArray[np.floating], Tensor)


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


def shuffled(x: Data, y: Data, rng: np.random.Generator) -> tuple[Data, Data]:
    """Put the pairs (x[i], y[i]) into a new random order; every order is equally likely.

    Parameters
    ----------
    x, y : array or tensor, shape (n,)
    rng : numpy.random.Generator
        The only source of chance; one permutation is drawn from it.

    Returns
    -------
    x, y : array or tensor, shape (n,)
        Copies, of the same kind as given.
    """
    order = rng.permutation(len(x))
    return x[order], y[order]


def sgd(
    x: Array,
    y: Array,
    w: float,
    b: float,
    lr: float,
    batch_size: int,
    epochs: int,
    rng: np.random.Generator,
    *,
    device: Device = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Fit y = w·x + b by mini-batch stochastic gradient descent on the mean squared error.

    Every epoch shuffles the original data and takes one step of size `lr` down the gradient of each batch in turn
    (Bottou et al. 2018, equation 3.7, with draws without replacement inside an epoch).

    Parameters
    ----------
    x, y : array or tensor, shape (n,)
    w, b : float
        Where to start.
    lr : float
        Learning rate.
    batch_size, epochs : int
    rng : numpy.random.Generator
        Drives the shuffles, one for each epoch.
    device : torch.device or str, optional

    Returns
    -------
    ws, bs : Tensor, shape (T + 1,)
        Entry 0 is the start, entry t the state after t updates, T = epochs · ⌈n / batch_size⌉.
    losses : Tensor, shape (T,)
        Entry t is the loss of the batch of update t, before that update.
    """
    x, y = _tensor(x, device), _tensor(y, device)
    n, per_epoch = len(x), num_batches(len(x), batch_size)
    theta = x.new_empty(epochs * per_epoch + 1, 2)
    losses = x.new_empty(epochs * per_epoch)
    theta[0, 0], theta[0, 1] = w, b
    t = 0
    for _ in range(epochs):
        x_epoch, y_epoch = shuffled(x, y, rng)
        for j in range(per_epoch):
            start, end = batch_bounds(j, n, batch_size)
            x_batch, y_batch = x_epoch[start:end], y_epoch[start:end]
            error = theta[t, 0] * x_batch + theta[t, 1] - y_batch
            losses[t] = error.square().mean()
            gradient = 2 * torch.stack((error * x_batch, error)).mean(dim=1)
            theta[t + 1] = theta[t] - lr * gradient
            t += 1
    return theta[:, 0], theta[:, 1], losses


def epoch_means(values: Array, batches_per_epoch: int, *, device: Device = None) -> Tensor:
    """Average the values of each complete epoch, first epoch first.

    Parameters
    ----------
    values : array or tensor, shape (T,)
        One value for each update.
    batches_per_epoch : int
    device : torch.device or str, optional

    Returns
    -------
    Tensor, shape (T // batches_per_epoch,)
        Updates of an epoch that was not finished are left out.
    """
    values = _tensor(values, device)
    epochs = len(values) // batches_per_epoch
    return values[: epochs * batches_per_epoch].reshape(epochs, batches_per_epoch).mean(dim=1)


def converged_epochs(values: Array, batches_per_epoch: int, tol: float) -> int | None:
    """Find the first epoch whose mean changed by less than `tol`, relative to the mean of the epoch before.

    Parameters
    ----------
    values : array or tensor, shape (T,)
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


def gradient_variance(
    x: Array, y: Array, w: float, b: float, batch_size: int, *, device: Device = None
) -> tuple[Tensor, Tensor]:
    """Compute how much the gradient of a random batch varies at one point (w, b), without drawing any batch.

    With σ² the variance of the n gradients of single items, the mean of B of them drawn without replacement has the
    variance σ²/B · (n − B)/(n − 1) (Cochran 1977, theorem 2.2).

    Parameters
    ----------
    x, y : array or tensor, shape (n,)
    w, b : float
    batch_size : int
        B, from 1 to n.
    device : torch.device or str, optional

    Returns
    -------
    var_dw, var_db : Tensor, shape ()
        Variances over all batches of B items, each as likely as any other.

    Raises
    ------
    ValueError
        If no batch of `batch_size` items can be drawn.
    """
    x, y = _tensor(x, device), _tensor(y, device)
    n = len(x)
    if not 1 <= batch_size <= n:
        raise ValueError(f"a batch drawn without replacement from {n} items cannot hold {batch_size}")
    error = w * x + b - y
    single = 2 * torch.stack((error * x, error))
    variance = single.var(dim=1, correction=0) / batch_size * (n - batch_size) / max(n - 1, 1)
    return variance[0], variance[1]


def _tensor(values: Array, device: Device) -> Tensor:
    """Give floating-point data as a tensor; whole numbers become float64."""
    # A copy, because torch warns about NumPy arrays that cannot be written to.
    tensor = values if isinstance(values, Tensor) else torch.tensor(values)
    return tensor.to(device=device, dtype=tensor.dtype if tensor.is_floating_point() else torch.float64)

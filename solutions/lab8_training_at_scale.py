"""Reference for lab 8: what changes when a batch is spread over many workers.

More workers mean a larger batch; a larger batch wants a larger learning rate, a careful start, steps that fit each
layer, and averages over everything that the workers hold. A model is a list of tensors here, one for each layer, and so
is a gradient. What an optimizer remembers lives in the object.

Sources: P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017, arXiv 1706.02677);
A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014, arXiv 1404.5997); Y. You,
I. Gitman, B. Ginsburg, "Large Batch Training of Convolutional Networks" (2017, arXiv 1708.03888); B. Ginsburg et al.,
"Stochastic Gradient Methods with Layer-wise Adaptive Moments for Training of Deep Networks" (2019, arXiv 1905.11286);
T. Chan, G. Golub, R. LeVeque, "Algorithms for Computing the Sample Variance", The American Statistician 37 (1983).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.linalg import vector_norm

from solutions import in_torch


def scaled_lr(base_lr: float, batch: int, base_batch: int, rule: str) -> float:
    """Carry a learning rate over from one batch size to another.

    Parameters
    ----------
    base_lr : float
        A rate that trains well with batches of `base_batch` examples.
    batch, base_batch : int
        Batch sizes over all workers, in examples; `batch` may be the smaller one.
    rule : str
        "linear": in proportion to the batch (Goyal et al. 2017, section 2.1), so that as many examples move the
        weights as far. "sqrt": to its square root (Krizhevsky 2014), so that the noise of a step stays.

    Raises
    ------
    ValueError
        If there is no such rule.
    """
    powers = {"linear": 1.0, "sqrt": 0.5}
    if rule not in powers:
        raise ValueError(f"no rule '{rule}': there are {' and '.join(powers)}")
    return base_lr * (batch / base_batch) ** powers[rule]


def warmup_lr(step: int, steps_per_epoch: int, world: int, warmup_epochs: float, lr: float) -> float:
    """Raise the learning rate in a straight line from that of one worker to that of all of them.

    Goyal et al. 2017, section 2.2, with the ramp of Horovod's `LearningRateWarmupCallback`: counted in epochs, and
    updated at every step.

    Parameters
    ----------
    step : int
        How many updates were made before this one.
    steps_per_epoch, world : int
        Updates in an epoch, and the number of workers.
    warmup_epochs : float
        How long the ramp is; 0 for none.
    lr : float
        The rate at which the ramp ends, scaled for `world` workers already.
    """
    epochs = (step + 1) / steps_per_epoch
    if epochs >= warmup_epochs:
        return lr
    return lr / world * (epochs * (world - 1) / warmup_epochs + 1)


class LARS:
    """Layer-wise adaptive rate scaling: momentum, with a rate for each layer (You et al. 2017, algorithm 1).

    Every layer moves by a fixed part of its own length, however long its gradient is.

    Parameters
    ----------
    lr : float
        The global rate. It may be changed between two steps; what the velocity holds keeps the rate it came with.
    momentum : float
        What remains of the velocity from one step to the next.
    weight_decay : float
        Strength of the pull to zero, inside the gradient.
    trust : float
        The part of its length that a layer may move by at a rate of 1; η in the paper.
    """

    def __init__(self, lr: float, momentum: float = 0.9, weight_decay: float = 0.0, trust: float = 1e-3) -> None:
        self.lr, self.momentum, self.weight_decay, self.trust = lr, momentum, weight_decay, trust
        self.velocity: list[Tensor] | None = None

    @in_torch
    def step(self, params: Sequence[Tensor], grads: Sequence[Tensor]) -> list[Tensor]:
        """Return the weights after one update: v = ρ·v + lr·λ·(g + wd·w), then w − v, layer by layer.

        Parameters
        ----------
        params, grads : sequence of Tensor, one for each layer
            Weights and their gradients, of any shapes; the same layers in the same order at every call.
        """
        if self.velocity is None:
            self.velocity = [torch.zeros_like(w) for w in params]
        self.velocity = [
            self.momentum * v + self.lr * self._trust_ratio(w, g) * (g + self.weight_decay * w)
            for v, w, g in zip(self.velocity, params, grads, strict=True)
        ]
        return [w - v for w, v in zip(params, self.velocity, strict=True)]

    def _trust_ratio(self, w: Tensor, g: Tensor) -> Tensor:
        """Return λ; 1 where a norm is 0, for a layer of zeros would else never leave its place."""
        w_norm, g_norm = vector_norm(w), vector_norm(g)
        ratio = self.trust * w_norm / (g_norm + self.weight_decay * w_norm)
        return torch.where((w_norm > 0) & (g_norm > 0), ratio, 1.0)


class NovoGrad:
    """Momentum of gradients that are normalised layer by layer (Ginsburg et al. 2019, algorithm 1).

    Parameters
    ----------
    lr : float
        Learning rate; it may be changed between two steps.
    beta1 : float
        What remains of the momentum from one step to the next. The new gradient enters whole, as in the paper.
    beta2 : float
        What remains of a layer's mean squared norm.
    eps : float
        Added to the root.
    weight_decay : float
        Strength of the pull to zero, outside the normalisation.
    """

    def __init__(
        self, lr: float, beta1: float = 0.95, beta2: float = 0.98, eps: float = 1e-8, weight_decay: float = 0.0
    ) -> None:
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.m: list[Tensor] | None = None
        self.v: list[Tensor] | None = None

    @in_torch
    def step(self, params: Sequence[Tensor], grads: Sequence[Tensor]) -> list[Tensor]:
        """Return the weights after one update: w − lr·m, with m = β1·m + g/(√v + eps) + wd·w, layer by layer.

        The v of a layer is one number: ‖g‖² at the first step, then β2·v + (1 − β2)·‖g‖².

        Parameters
        ----------
        params, grads : sequence of Tensor, one for each layer
            Weights and their gradients, of any shapes; the same layers in the same order at every call.
        """
        squares = [vector_norm(g) ** 2 for g in grads]
        if self.m is None or self.v is None:
            self.m, self.v = [torch.zeros_like(w) for w in params], squares
        else:
            self.v = [self.beta2 * v + (1 - self.beta2) * square for v, square in zip(self.v, squares, strict=True)]
        self.m = [
            self.beta1 * m + g / (v.sqrt() + self.eps) + self.weight_decay * w
            for m, v, w, g in zip(self.m, self.v, params, grads, strict=True)
        ]
        return [w - self.lr * m for w, m in zip(params, self.m, strict=True)]


@in_torch
def accumulate(grads: Sequence[Sequence[Tensor]], counts: Sequence[int] | Tensor) -> list[Tensor]:
    """Put the gradients of small batches together to that of the large batch which they make up.

    Each is a mean over its own examples, so each counts by their number (Goyal et al. 2017, section 3, remark 3).

    Parameters
    ----------
    grads : sequence, one entry for each small batch
        A gradient each: a sequence of Tensor, one for each layer.
    counts : sequence of int
        How many examples each small batch has.

    Returns
    -------
    list of Tensor, one for each layer
    """
    first = grads[0][0]
    shares = torch.as_tensor(counts, dtype=first.dtype, device=first.device)
    shares = shares / shares.sum()
    total = [torch.zeros_like(layer) for layer in grads[0]]
    for share, gradient in zip(shares, grads, strict=True):
        total = [sofar + share * layer for sofar, layer in zip(total, gradient, strict=True)]
    return total


@in_torch
def sync_batch_norm(shards: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Compute the mean and variance of a batch that lies in pieces on several workers, feature by feature.

    A worker gives away its count, its mean and its variance and no examples. The variance of the whole is the mean
    variance inside the pieces plus the variance of their means (Chan, Golub, LeVeque 1983); no large numbers are
    subtracted there, as they are in E[x²] − E[x]².

    Parameters
    ----------
    shards : sequence of Tensor, shape (n_i, features)
        What each worker holds, at least one row.

    Returns
    -------
    mean, var : Tensor, shape (features,)
        Over all rows; the variance is divided by their number.
    """
    means = torch.stack([shard.mean(dim=0) for shard in shards])
    inside = torch.stack([shard.var(dim=0, correction=0) for shard in shards])
    sizes = means.new_tensor([len(shard) for shard in shards])
    shares = (sizes / sizes.sum())[:, None]
    mean = (shares * means).sum(dim=0)
    return mean, (shares * (inside + (means - mean) ** 2)).sum(dim=0)

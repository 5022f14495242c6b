"""Lab 4: a deep linear net with one neuron per layer; depth, learning rate and initial weights.

The model is y = p·x with the product p = w_1·w_2···w_d, its loss ½·mean((p·x − y)²). With s = mean(x²) and
a = mean(x·y)/s that is ½·s·(p − a)² and a constant, so a is the product that training looks for.

Sources: A. Saxe, J. McClelland, S. Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear
neural networks* (ICLR 2014); O. Shamir, *Exponential convergence time of gradient descent for one-dimensional deep
linear neural networks* (COLT 2019), cited as SH; Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, *Efficient BackProp*
(1998), cited as EB; X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*
(AISTATS 2010); K. He, X. Zhang, S. Ren, J. Sun, *Delving deep into rectifiers* (ICCV 2015).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from allclose.teach.data import proportional
from solutions import Device, in_torch, to_tensor

#: The data of the lab, as its notebook makes them: 100 points of y = 2·x with noise of standard deviation 0.1.
X, Y = proportional(n=100, a=2.0, noise=0.1, seed=1)


@in_torch
def deep_gradient(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return the derivatives of the loss by each weight (SH).

    That by w_i is mean(x·(p·x − y)) times the product of all weights but w_i.

    Parameters
    ----------
    x, y : array, shape (n,)
        Inputs and targets.
    w : array, shape (depth,)
        The weights, first layer first.

    Returns
    -------
    array, shape (depth,)
    """
    return (x * (w.prod() * x - y)).mean() * _products_of_others(w)


def _products_of_others(w: Tensor) -> Tensor:
    """For each weight the product of those before it and those after it: no division, as a weight may be zero."""
    one = w.new_ones(1)
    before = torch.cat((one, w[:-1])).cumprod(dim=0)
    after = torch.cat((w[1:], one)).flip(0).cumprod(dim=0).flip(0)
    return before * after


@in_torch
def train_deep(x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int) -> Tensor:
    """Train by gradient descent with a fixed learning rate, until a loss is NaN or infinite.

    Parameters
    ----------
    x, y : array, shape (n,)
        Inputs and targets.
    w : array, shape (depth,)
        Where the weights start.
    lr : number
        Learning rate.
    epochs : int
        How many updates, each with all data.

    Returns
    -------
    array, shape (epochs + 1,) or shorter
        Entry 0 is the loss at the start, entry t that after t updates. The first loss that is not finite ends the run
        and is not kept.
    """
    losses: list[Tensor] = []
    for _ in range(epochs + 1):
        errors = w.prod() * x - y
        loss = errors.square().mean() / 2
        if not loss.isfinite():
            break
        losses.append(loss)
        w = w - lr * (x * errors).mean() * _products_of_others(w)
    return torch.stack(losses) if losses else x.new_empty(0)


@in_torch
def epochs_to(losses: Tensor, threshold: float) -> int | None:
    """Return after how many epochs the loss is below a threshold and stays there.

    Parameters
    ----------
    losses : array or list, shape (t + 1,)
        Entry 0 is the start; entries may be NaN, which is never below.
    threshold : number

    Returns
    -------
    int or None
        The smallest t for which all entries from t on are below; None where not even the last one is.
    """
    losses = to_tensor(losses)
    misses = (~(losses < threshold)).nonzero()
    reached = int(misses[-1]) + 1 if len(misses) else 0
    return reached if reached < len(losses) else None


@in_torch
def largest_stable_lr(x: Tensor, depth: int, target: float) -> Tensor:
    """Return the rate above which gradient descent leaves the minimum with equal weights (EB, section 5.1).

    At the minimum the Hessian is s·∇p·∇pᵀ. Every entry of ∇p is target^(1 − 1/depth), so its one eigenvalue that is not
    zero is λ = s·depth·target^(2 − 2/depth), and the rate is 2/λ.

    Parameters
    ----------
    x : array, shape (n,)
        Inputs.
    depth : int
        How many weights.
    target : number
        Their product at the minimum, above 0.

    Returns
    -------
    number
    """
    return 2 / (x.square().mean() * depth * target ** (2 - 2 / depth))


def choose_lr(depth: int, init: float) -> float:
    """Return a rate that trains `depth` weights, all of them `init` at the start, on the lab's data.

    Nine tenths of the largest stable rate, and that for the product that training looks for or the one it starts from,
    whichever is larger: the valley is the steeper the larger the product. A smaller rate would not leave the flat start
    of a deep net with small weights in time.

    Parameters
    ----------
    depth : int
        How many weights.
    init : float
        What each of them is at the start, above 0.

    Returns
    -------
    float
    """
    best = float(np.mean(X * Y) / np.mean(X * X))
    return 0.9 * float(largest_stable_lr(X, depth, max(best, init**depth)))


def init_weights(fan_in: int, fan_out: int, kind: str, rng: np.random.Generator, *, device: Device = None) -> Any:
    """Draw the initial weights of a layer from a normal distribution with mean zero.

    Parameters
    ----------
    fan_in, fan_out : int
        How many inputs and outputs the layer has.
    kind : str
        "xavier" for the variance 2/(fan_in + fan_out) (Glorot and Bengio 2010, equation 12), "he" for 2/fan_in
        (He et al. 2015, equation 10).
    rng : numpy.random.Generator
        Where the numbers come from.
    device : device, optional
        Where the weights shall lie, as a tensor; a NumPy array without it.

    Returns
    -------
    array, shape (fan_out, fan_in)

    Raises
    ------
    ValueError
        If `kind` is neither of the two.
    """
    variances = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances:
        raise ValueError(f"kind is {kind!r}, not one of {', '.join(variances)}")
    weights = rng.normal(0.0, math.sqrt(variances[kind]), size=(fan_out, fan_in))
    return weights if device is None else to_tensor(weights, device)

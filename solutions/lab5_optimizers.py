"""Lab 5: optimizers, from momentum to Adam, schedules of the learning rate, and a race.

An optimizer is an object with one method, `step(theta, grad)`, which returns the new parameters; what it remembers
between steps lives in the object and starts at zero. The conventions are those of `torch.optim`.

Sources: B. Polyak, "Some methods of speeding up the convergence of iteration methods" (1964), for momentum; J. Duchi,
E. Hazan, Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12 (2011), for
AdaGrad; T. Tieleman, G. Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012), for RMSProp; D. Kingma, J.
Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015; I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient
Descent with Warm Restarts", ICLR 2017, for the cosine schedule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from torch import Tensor

from solutions import in_torch


class Optimizer(Protocol):
    """What `race` runs."""

    def step(self, theta: Any, grad: Any) -> Any:
        """Return the parameters after one update."""


class Momentum:
    """Gradient descent that keeps some of its speed, the heavy ball (Polyak 1964).

    v ← ρ·v + g and θ ← θ − lr·v, as `torch.optim.SGD(momentum=rho)` does it. In a constant gradient the speed grows to
    g / (1 − ρ).

    Parameters
    ----------
    lr : float
        Learning rate.
    rho : float
        How much of the velocity is kept, 0 ≤ rho < 1; with 0 it is gradient descent.
    """

    def __init__(self, lr: float, rho: float = 0.9) -> None:
        self.lr, self.rho = lr, rho
        self.velocity: Tensor | float = 0.0

    @in_torch
    def step(self, theta: Tensor, grad: Tensor) -> Tensor:
        """Return the parameters after one update.

        Parameters
        ----------
        theta, grad : array, the same shape
            Parameters and the gradient there.

        Returns
        -------
        array, shape of `theta`
        """
        self.velocity = self.rho * self.velocity + grad
        return theta - self.lr * self.velocity


class AdaGrad:
    """A learning rate for each parameter, divided by the root of all its squared gradients (Duchi et al. 2011).

    s ← s + g² and θ ← θ − lr·g / (√s + eps), coordinate by coordinate, as `torch.optim.Adagrad`. eps stands outside the
    root and keeps 0/0 away where a parameter has had no gradient yet.

    Parameters
    ----------
    lr : float
        Learning rate; the length of the first step of every parameter that has a gradient.
    eps : float
        Added to the root, in units of the gradient.
    """

    def __init__(self, lr: float, eps: float = 1e-8) -> None:
        self.lr, self.eps = lr, eps
        self.squares: Tensor | float = 0.0

    @in_torch
    def step(self, theta: Tensor, grad: Tensor) -> Tensor:
        """Return the parameters after one update; `theta` and `grad` are arrays of the same shape."""
        self.squares = self.squares + grad.square()
        return theta - self.lr * grad / (self.squares.sqrt() + self.eps)


class RMSProp:
    """AdaGrad that forgets: a moving average of the squared gradients in place of their sum (Tieleman, Hinton 2012).

    v ← γ·v + (1 − γ)·g² from v = 0, and θ ← θ − lr·g / (√v + eps), as `torch.optim.RMSprop` with alpha = gamma.

    Parameters
    ----------
    lr : float
        Learning rate; about the length of a step where gradients keep their size.
    gamma : float
        How much of the average is kept, 0 ≤ gamma < 1; with 0 only the sign of the gradient is left.
    eps : float
        Added to the root, in units of the gradient.
    """

    def __init__(self, lr: float, gamma: float = 0.9, eps: float = 1e-8) -> None:
        self.lr, self.gamma, self.eps = lr, gamma, eps
        self.mean_square: Tensor | float = 0.0

    @in_torch
    def step(self, theta: Tensor, grad: Tensor) -> Tensor:
        """Return the parameters after one update; `theta` and `grad` are arrays of the same shape."""
        mean_square = self.gamma * self.mean_square + (1 - self.gamma) * grad.square()
        self.mean_square = mean_square
        return theta - self.lr * grad / (mean_square.sqrt() + self.eps)


class Adam:
    """Moving averages of the gradient and of its square, freed of their bias to zero (Kingma, Ba 2015, algorithm 1).

    m ← β1·m + (1 − β1)·g and v ← β2·v + (1 − β2)·g². Both start at 0, so after t steps in a constant gradient they are
    too small by 1 − β1^t and 1 − β2^t; the update θ ← θ − lr·m̂ / (√v̂ + eps) divides that out.

    Parameters
    ----------
    lr : float
        Learning rate; about the longest step of a parameter.
    beta1, beta2 : float
        How much of the two averages is kept, 0 ≤ beta < 1.
    eps : float
        Added to the root, in units of the gradient.
    """

    def __init__(self, lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> None:
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.mean: Tensor | float = 0.0
        self.mean_square: Tensor | float = 0.0
        self.steps = 0

    @in_torch
    def step(self, theta: Tensor, grad: Tensor) -> Tensor:
        """Return the parameters after one update; `theta` and `grad` are arrays of the same shape."""
        self.steps += 1
        self.mean = self.beta1 * self.mean + (1 - self.beta1) * grad
        self.mean_square = self.beta2 * self.mean_square + (1 - self.beta2) * grad.square()
        unbiased_mean = self.mean / (1 - self.beta1**self.steps)
        unbiased_square = self.mean_square / (1 - self.beta2**self.steps)
        return theta - self.lr * unbiased_mean / (unbiased_square.sqrt() + self.eps)


def scheduled_lr(step: int, total: int, lr: float, kind: str) -> float:
    """Return the learning rate of one step of a run.

    Parameters
    ----------
    step : int
        From 0, the start, to `total`, the end.
    total : int
        Steps in the run, at least 1.
    lr : float
        The rate at the start.
    kind : str
        "constant"; "step", a tenth of the rate after each third of the run; "exponential", down to a hundredth at the
        end by a constant factor a step; "cosine", half a period down to 0 (Loshchilov, Hutter 2017, equation 5).

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    match kind:
        case "constant":
            return lr
        case "step":
            return lr * math.pow(0.1, 3 * step // total)
        case "exponential":
            return lr * math.pow(0.01, step / total)
        case "cosine":
            return lr / 2 * (1 + math.cos(math.pi * step / total))
    raise ValueError(f"no schedule is called {kind!r}")


def race(
    optimizers: Mapping[str, Callable[[], Optimizer]],
    loss: Callable[[Any], Any],
    grad: Callable[[Any], Any],
    theta0: Any,
    tol: float,
    max_steps: int,
) -> dict[str, int | None]:
    """Count the updates that each optimizer needs until the loss is at most `tol`.

    Parameters
    ----------
    optimizers : mapping of str to callable
        For each name a function without arguments that makes a fresh optimizer.
    loss, grad : callable
        The loss (a number) and its gradient (an array like theta) at given parameters.
    theta0 : array
        Where every optimizer starts.
    tol : float
        The loss to be reached.
    max_steps : int
        The most updates that an optimizer may make.

    Returns
    -------
    dict of str to int or None
        None for those that did not get there, be it that they are slow, go in circles or run away.
    """
    return {name: _steps_to(make(), loss, grad, theta0, tol, max_steps) for name, make in optimizers.items()}


def _steps_to(
    optimizer: Optimizer,
    loss: Callable[[Any], Any],
    grad: Callable[[Any], Any],
    theta: Any,
    tol: float,
    max_steps: int,
) -> int | None:
    for steps in range(max_steps):
        # NaN is not at most anything, so a run that has blown up goes on to its end and gives None.
        if loss(theta) <= tol:
            return steps
        theta = optimizer.step(theta, grad(theta))
    return max_steps if loss(theta) <= tol else None

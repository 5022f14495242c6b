"""Reference for lab 6: curvature, from Newton's step to L-BFGS.

Vectors are of shape (n,). `f` and `grad`, where they are functions, take such a vector and give the loss, a number, or
its gradient, shape (n,).

Sources: J. Nocedal, S. Wright, *Numerical Optimization*, 2nd edition (Springer, 2006), cited as NO; L-BFGS is from
J. Nocedal, "Updating Quasi-Newton Matrices with Limited Storage", Mathematics of Computation 35 (1980).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from solutions import in_torch

Loss: TypeAlias = Callable[[Tensor], Tensor | float]
Gradient: TypeAlias = Callable[[Tensor], Tensor]


@in_torch
def numerical_gradient(f: Loss, theta: Tensor, h: float = 1e-5) -> Tensor:
    """Estimate the gradient from values of the loss alone, by central differences (NO, section 8.1).

    The error is of order h² from the bend of `f`, and of order ε·|f|/h from rounding, ε the precision of the dtype.

    Parameters
    ----------
    f : callable
        The loss; called twice for each coordinate.
    theta : array, shape (n,)
        Where to take the gradient.
    h : float
        How far to go to either side.

    Returns
    -------
    array, shape (n,)
    """
    gradient = torch.empty_like(theta)
    for i, step in enumerate(torch.diag(torch.full_like(theta, h))):
        gradient[i] = (f(theta + step) - f(theta - step)) / (2 * h)
    return gradient


@in_torch
def newton_step(theta: Tensor, grad: Tensor, hessian: Tensor) -> Tensor:
    """Go to the stationary point of the quadratic model, θ − H⁻¹·g (NO, equation 2.15).

    Parameters
    ----------
    theta, grad : array, shape (n,)
        Where we are, and the gradient there.
    hessian : array, shape (n, n)
        Second derivatives there, symmetric and not singular.

    Returns
    -------
    array, shape (n,)
    """
    # Solving costs a third of inverting, and its residual stays small where the Hessian is badly conditioned.
    return theta - torch.linalg.solve(hessian, grad)


@in_torch
def backtracking(
    f: Loss, theta: Tensor, direction: Tensor, grad: Tensor, t: float = 1.0, shrink: float = 0.5, c: float = 1e-4
) -> float:
    """Find a step length that lowers the loss enough for its size (NO, algorithm 3.1).

    Parameters
    ----------
    f : callable
        The loss.
    theta, direction, grad : array, shape (n,)
        Where we are, a direction that goes down, and the gradient at `theta`.
    t : float
        The first length to try.
    shrink : float
        What a length that fails is multiplied with, between 0 and 1.
    c : float
        Which part of the promised decrease has to come, between 0 and 1.

    Returns
    -------
    float
        The first of t, t·shrink, t·shrink² … with f(θ + t·p) ≤ f(θ) + c·t·gᵀp, Armijo's condition (NO, equation 3.4).
        Where rounding hides every decrease, the first that leaves θ where it is.
    """
    here, slope, new = f(theta), grad @ direction, theta + t * direction
    # Not "while above": NaN is above nothing, and has to be backed away from as well.
    while not f(new) <= here + c * t * slope and torch.dist(new, theta) > 0:
        t *= shrink
        new = theta + t * direction
    return t


@in_torch
def lbfgs_direction(grad: Tensor, s_list: Sequence[Tensor], y_list: Sequence[Tensor]) -> Tensor:
    """Multiply the gradient with the inverse Hessian that the last steps suggest (NO, algorithm 7.4, two loops).

    Parameters
    ----------
    grad : array, shape (n,)
        The gradient g.
    s_list, y_list : sequence of array, shape (n,)
        Steps s = θ_new − θ_old and the changes of the gradient that they made, oldest pair first. Pairs with sᵀy ≤ 0,
        along which the loss does not bend upwards, are skipped.

    Returns
    -------
    array, shape (n,)
        −H·g. H is γI, γ = sᵀy / yᵀy of the newest pair (NO, equation 7.20), updated with each pair as in BFGS, oldest
        first; the identity where there is no pair. It is positive definite, so that the direction goes down.
    """
    pairs = [(s, y, sy) for s, y in zip(s_list, y_list, strict=True) if (sy := s @ y) > 0]
    if not pairs:
        return -grad
    q, alphas = grad, []
    for s, y, sy in reversed(pairs):
        alphas.append((s @ q) / sy)
        q = q - alphas[-1] * y
    _, y, sy = pairs[-1]
    r = sy / (y @ y) * q
    for (s, y, sy), alpha in zip(pairs, reversed(alphas), strict=True):
        r = r + (alpha - (y @ r) / sy) * s
    return -r


@in_torch
def minimize(f: Loss, grad: Gradient, theta0: Tensor, memory: int = 10, steps: int = 100, tol: float = 1e-8) -> Tensor:
    """Go down by L-BFGS with backtracking (NO, algorithm 7.5).

    Parameters
    ----------
    f, grad : callable
        The loss and its gradient.
    theta0 : array, shape (n,)
        The start.
    memory : int
        How many pairs to remember, at least 1.
    steps : int
        How many steps to take at most.
    tol : float
        Stop where no entry of the gradient is larger.

    Returns
    -------
    array, shape (n,)
        The last point. Where rounding hides every decrease before `tol` is reached, that is where it stays.
    """
    theta, g = theta0.clone(), grad(theta0)
    s_list: list[Tensor] = []
    y_list: list[Tensor] = []
    for _ in range(steps):
        if g.abs().max() <= tol:
            break
        direction = lbfgs_direction(g, s_list, y_list)
        step = backtracking(f, theta, direction, g) * direction
        if torch.equal(theta + step, theta):
            break
        new_g = grad(theta + step)
        s_list, y_list = [*s_list, step][-memory:], [*y_list, new_g - g][-memory:]
        theta, g = theta + step, new_g
    return theta

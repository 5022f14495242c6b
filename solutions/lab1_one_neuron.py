"""Lab 1: one linear neuron, trained by gradient descent.

The model is y = w·x + b, its loss the mean of the squared errors. Everything is a closed form or a short loop; torch's
automatic differentiation is left out so that the derivatives can be read. NumPy in gives NumPy out, tensors in give
tensors out, on their device and in their dtype.

Sources: I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (MIT Press, 2016), sections 4.3 and 5.1.4, cited as DL;
J. Nocedal, S. Wright, *Numerical Optimization* (Springer, 2006), section 3.3, cited as NO.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch


def _in_torch(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of tensors take numbers, lists and NumPy arrays too, and answer in kind."""

    @functools.wraps(function)
    def answer(*args: Any, **named: Any) -> Any:
        given = [*args, *named.values()]
        device = next((value.device for value in given if isinstance(value, torch.Tensor)), None)
        result = function(
            *(_tensor(value, device) for value in args),
            **{name: _tensor(value, device) for name, value in named.items()},
        )
        if device is not None:
            return result
        return tuple(_plain(part) for part in result) if isinstance(result, tuple) else _plain(result)

    return answer


def _tensor(value: Any, device: torch.device | None) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return value
    array = np.asarray(value)
    return torch.tensor(array if array.dtype.kind == "f" else array.astype(np.float64), device=device)


def _plain(tensor: torch.Tensor) -> Any:
    return tensor.numpy() if tensor.ndim else tensor.item()


@_in_torch
def forward(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the neuron's output, w·x + b (DL, section 5.1.4).

    Parameters
    ----------
    x : array, any shape
        Inputs.
    w, b : number
        Weight and bias.

    Returns
    -------
    array, shape of `x`
    """
    return w * x + b


@_in_torch
def mse(y_pred: torch.Tensor, y_true: torch.Tensor) -> torch.Tensor:
    """Return the mean of the squared errors (DL, equation 5.4).

    Parameters
    ----------
    y_pred, y_true : array, the same shape
        What the model says and what was observed.

    Returns
    -------
    number

    Raises
    ------
    ValueError
        If the shapes differ; broadcasting (n,) against (n, 1) would average n² errors that mean nothing.
    """
    if y_pred.shape != y_true.shape:
        raise ValueError(f"y_pred has shape {tuple(y_pred.shape)}, y_true {tuple(y_true.shape)}: they must be equal")
    return ((y_pred - y_true) ** 2).mean()


@_in_torch
def gradient(x: torch.Tensor, y: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the derivatives of the loss by w and b (DL, section 4.3).

    By the chain rule they are 2·mean(e·x) and 2·mean(e) with the errors e = w·x + b − y.

    Parameters
    ----------
    x, y : array, shape (n,)
        Inputs and targets.
    w, b : number
        Where the derivatives are taken.

    Returns
    -------
    dw, db : number
    """
    error = forward(x, w, b) - y
    return 2 * (error * x).mean(), 2 * error.mean()


@_in_torch
def gradient_descent(
    x: torch.Tensor, y: torch.Tensor, w: torch.Tensor, b: torch.Tensor, lr: torch.Tensor, steps: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Go down the gradient with a fixed learning rate (DL, equation 4.5).

    The distance to the least-squares solution shrinks as θ_t − θ* = (I − lr·H)^t (θ_0 − θ*), H the Hessian of the loss
    (NO, section 3.3), so it converges for lr < 2 / λ_max(H).

    Parameters
    ----------
    x, y : array, shape (n,)
        Inputs and targets.
    w, b : number
        The start.
    lr : number
        Learning rate.
    steps : int
        How many updates.

    Returns
    -------
    ws, bs, losses : array, shape (steps + 1,)
        Entry 0 is the start, entry t the state after t updates.
    """
    w, b, lr = w.to(x), b.to(x), lr.to(x)
    path = [torch.stack((w, b, mse(forward(x, w, b), y)))]
    for _ in range(int(steps)):
        dw, db = gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
        path.append(torch.stack((w, b, mse(forward(x, w, b), y))))
    ws, bs, losses = torch.stack(path, dim=1)
    return ws, bs, losses


def converged(losses: Sequence[float], ws: Sequence[float], bs: Sequence[float]) -> bool:
    """Return whether the last update changed the loss by less than a hundredth of a percent.

    Where the loss is m + E with E shrinking by a factor q per update, the last change is E·(1/q − 1): for lab 1's data
    (q ≈ 0.98 at lr 0.02) the rule leaves E at about half a percent of the loss.

    Parameters
    ----------
    losses, ws, bs : sequence of float, shape (t + 1,)
        The histories so far, entry 0 the start.

    Returns
    -------
    bool
        False for a history of length 1.
    """
    return len(losses) > 1 and bool(abs(losses[-2] - losses[-1]) < 1e-4 * losses[-2])


@_in_torch
def loss_surface(x: torch.Tensor, y: torch.Tensor, ws: torch.Tensor, bs: torch.Tensor) -> torch.Tensor:
    """Return the loss at every pair of a weight and a bias, in one broadcast.

    Its second differences are the Hessian of the loss, 2·[[mean(x²), mean(x)], [mean(x), 1]].

    Parameters
    ----------
    x, y : array, shape (n,)
        Inputs and targets.
    ws : array, shape (p,)
        Weights, along the rows.
    bs : array, shape (q,)
        Biases, along the columns.

    Returns
    -------
    array, shape (p, q)
    """
    ws, bs = ws.to(x), bs.to(x)
    predictions: torch.Tensor = forward(x, ws[:, None, None], bs[None, :, None])
    return ((predictions - y) ** 2).mean(dim=-1)

"""Lab 1: one linear neuron, trained by gradient descent.

The model is y = w·x + b, its loss the mean of the squared errors. Everything is a closed form or a short loop; torch's
automatic differentiation is left out so that the derivatives can be read.

Sources: I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (MIT Press, 2016), sections 4.3 and 5.1.4, cited as DL;
J. Nocedal, S. Wright, *Numerical Optimization* (Springer, 2006), section 3.3, cited as NO.
"""

from __future__ import annotations

from torch import Tensor

from solutions import in_torch, to_tensor


@in_torch
def forward(x: Tensor, w: Tensor | float, b: Tensor | float) -> Tensor:
    """Return the neuron's output, w·x + b (DL, section 5.1.4).

    Parameters
    ----------
    x : number or array, any shape
        Inputs.
    w, b : number
        Weight and bias.

    Returns
    -------
    number or array, shape of `x`
    """
    return w * x + b


@in_torch
def mse(y_pred: Tensor, y_true: Tensor) -> Tensor:
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
    y_pred, y_true = to_tensor(y_pred), to_tensor(y_true)
    if y_pred.shape != y_true.shape:
        raise ValueError(f"y_pred has shape {tuple(y_pred.shape)}, y_true {tuple(y_true.shape)}: they must be equal")
    return (y_pred - y_true).square().mean()


@in_torch
def gradient(x: Tensor, y: Tensor, w: Tensor | float, b: Tensor | float) -> tuple[Tensor, Tensor]:
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


@in_torch
def gradient_descent(
    x: Tensor, y: Tensor, w: Tensor | float, b: Tensor | float, lr: float, steps: int
) -> tuple[Tensor, Tensor, Tensor]:
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
    ws, bs, losses = x.new_empty(3, steps + 1)
    ws[0], bs[0] = w, b
    for t in range(steps):
        dw, db = gradient(x, y, ws[t], bs[t])
        ws[t + 1], bs[t + 1] = ws[t] - lr * dw, bs[t] - lr * db
    for t in range(steps + 1):
        losses[t] = mse(forward(x, ws[t], bs[t]), y)
    return ws, bs, losses


@in_torch
def converged(losses: Tensor, ws: Tensor, bs: Tensor) -> bool:
    """Return whether the last update changed the loss by less than a hundredth of a percent.

    Where the loss is m + E with E shrinking by a factor q per update, the last change is E·(1/q − 1): for lab 1's data
    (q ≈ 0.98 at lr 0.02) the rule leaves E at about half a percent of the loss.

    Parameters
    ----------
    losses, ws, bs : array, shape (t + 1,)
        The histories so far, entry 0 the start.

    Returns
    -------
    bool
        False for a history of length 1.
    """
    return len(losses) > 1 and bool((losses[-2] - losses[-1]).abs() < 1e-4 * losses[-2])


@in_torch
def loss_surface(x: Tensor, y: Tensor, ws: Tensor, bs: Tensor) -> Tensor:
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
    errors = forward(x, ws[:, None, None], bs[None, :, None]) - y
    return errors.square().mean(dim=-1)

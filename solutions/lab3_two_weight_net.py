"""Lab 3: a network of two weights, y = w1·w2·x, and the landscape of its loss.

With s = mean(x²), c = mean(x·y) and the product p = w1·w2, the loss is s·p² − 2c·p + mean(y²): all that matters is the
product, and yet its landscape over the two weights has a saddle at the origin and two valleys, w1·w2 = c/s. NumPy in
gives NumPy out, tensors in give tensors out, on their device and in their dtype.

Sources: I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (MIT Press, 2016), sections 4.3.1 and 6.5, cited as DL;
P. Baldi, K. Hornik, "Neural networks and principal component analysis: learning from examples without local minima",
Neural Networks 2 (1989), for the stationary points of linear networks, cited as BH; A. Saxe, J. McClelland, S. Ganguli,
"Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", ICLR (2014), for the way that
training takes, cited as SMG.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from solutions import in_torch, to_plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

#: A derivative this close to zero is zero.
TOLERANCE = 1e-8


@in_torch
def forward(w: Tensor, x: Tensor) -> Tensor:
    """Return the network's output, w2·(w1·x).

    Parameters
    ----------
    w : array, shape (2,)
        The weight of the hidden neuron, then that of the output neuron.
    x : array, any shape
        Inputs.

    Returns
    -------
    array, shape of `x`
    """
    hidden = w[0] * x
    return w[1] * hidden


@in_torch
def loss(y_pred: Tensor, y: Tensor) -> Tensor:
    """Return the mean of the squared errors (DL, equation 5.4).

    Parameters
    ----------
    y_pred, y : array, the same shape
        What the network says and what was observed.

    Returns
    -------
    number

    Raises
    ------
    ValueError
        If the shapes differ, also where they could be broadcast.
    """
    if y_pred.shape != y.shape:
        raise ValueError(f"y_pred has shape {tuple(y_pred.shape)}, y {tuple(y.shape)}: they must be equal")
    return (y_pred - y).square().mean()


@in_torch
def gradient(w: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the derivatives of the loss by w1 and w2, by the chain rule (DL, section 6.5).

    Both contain the slope by the product of the weights, G = mean(2·x·(w1·w2·x − y)); the product changes by w2 for
    each unit of w1, and by w1 for each unit of w2.

    Parameters
    ----------
    w : array, shape (2,)
        Where the derivatives are taken.
    x, y : array, shape (n,)
        Inputs and targets.

    Returns
    -------
    dw1, dw2 : number
    """
    slope = 2 * (x * (forward(w, x) - y)).mean()
    return w[1] * slope, w[0] * slope


@in_torch
def train(w: Tensor, x: Tensor, y: Tensor, lr: float, epochs: int) -> tuple[Tensor, Tensor]:
    """Go down the gradient with a fixed learning rate, both weights at once (DL, equation 4.5).

    Each update multiplies w1² − w2² by 1 − lr²·G², with G as in `gradient`: for a small rate the difference is all but
    kept (SMG, for a gradient flow).

    Parameters
    ----------
    w : array, shape (2,)
        The start.
    x, y : array, shape (n,)
        Inputs and targets.
    lr : float
        Learning rate.
    epochs : int
        How many updates, each with all the data.

    Returns
    -------
    losses : array, shape (epochs + 1,)
    weights : array, shape (epochs + 1, 2)
        Entry 0 is the start, entry t the state after t updates.
    """
    weights = [w]
    for _ in range(epochs):
        weights.append(weights[-1] - lr * torch.stack(gradient(weights[-1], x, y)))
    losses = [loss(forward(state, x), y) for state in weights]
    return torch.stack(losses), torch.stack(weights)


@in_torch
def gradient_field(w1s: Tensor, w2s: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradient at every pair of a w1 and a w2.

    Parameters
    ----------
    w1s : array, shape (p,)
        First weights, along the rows.
    w2s : array, shape (q,)
        Second weights, along the columns.
    x, y : array, shape (n,)
        Inputs and targets.

    Returns
    -------
    dw1, dw2 : array, shape (p, q)
    """
    w1, w2 = w1s[:, None], w2s[None, :]
    # The slope by the product is linear in the product, so two means of the data are all that is needed.
    slope = 2 * (w1 * w2 * (x * x).mean() - (x * y).mean())
    return w2 * slope, w1 * slope


@in_torch
def classify(w1: float, w2: float, x: Tensor, y: Tensor) -> str:
    """Say what kind of place (w1, w2) is, from the gradient and the second derivatives (DL, section 4.3.1).

    The determinant of the Hessian is −4c² at the origin, where the two curvatures have different signs, and 0 along
    w1·w2 = c/s, where the loss is least and the same everywhere (BH: linear networks have no other stationary points).

    Parameters
    ----------
    w1, w2 : float
        The place.
    x, y : array, shape (n,)
        Inputs and targets, with mean(x·y) not zero.

    Returns
    -------
    "minimum", "saddle" or "not stationary"
        Stationary is where both derivatives are at most `TOLERANCE` from zero.
    """
    s, c = (x * x).mean(), (x * y).mean()
    slopes = gradient((w1, w2), x, y)
    if any(abs(slope) > TOLERANCE for slope in slopes):
        return "not stationary"
    by_w1_twice, by_w2_twice, mixed = 2 * s * w2**2, 2 * s * w1**2, 4 * s * w1 * w2 - 2 * c
    determinant = by_w1_twice * by_w2_twice - mixed**2
    # Rounding leaves a little of the 0 along the valleys, so the line is drawn half-way between the two values.
    return "saddle" if determinant < -2 * c**2 else "minimum"


@in_torch
def landscape_figure(w1s: Tensor, w2s: Tensor, x: Tensor, y: Tensor) -> Figure:
    """Draw the loss over both weights as a filled contour.

    Parameters
    ----------
    w1s : array, shape (p,)
        First weights, in increasing order; the horizontal axis.
    w2s : array, shape (q,)
        Second weights, in increasing order; the vertical axis.
    x, y : array, shape (n,)
        Inputs and targets.

    Returns
    -------
    Figure
    """
    from matplotlib.figure import Figure

    products = w2s[:, None] * w1s[None, :]
    losses = (products[:, :, None] * x - y).square().mean(dim=2)
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    contour = axes.contourf(*to_plain((w1s, w2s, losses)), levels=30)
    axes.set(xlabel="w1", ylabel="w2", title="The loss over both weights")
    figure.colorbar(contour, label="loss")
    return figure

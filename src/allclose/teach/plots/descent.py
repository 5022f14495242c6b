"""Lab 1's figures: the data, the loss and its slope, and the way that gradient descent takes.

Every function returns a new `Figure`; `canvas.show` puts it below the cell. Arguments may be lists or NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import (
    DATA,
    MODEL,
    OTHER,
    PATH,
    SOLUTION,
    finite,
    new_figure,
    positive,
    quick_axes,
    quick_figure,
    span,
)

#: A loss over one parameter, and its derivative.
Curve: TypeAlias = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def data_figure(x: ArrayLike, y: ArrayLike, lines: dict[str, ArrayLike] | None = None) -> Figure:
    """Draw the points and, if given, what models say at the same x.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        The data.
    lines : dict of str to array-like of shape (n,), optional
        Predictions at `x`, by their label.
    """
    figure = new_figure()
    axes = figure.subplots()
    xs = np.asarray(x)
    axes.plot(xs, np.asarray(y), "o", color=DATA, markersize=4, alpha=0.7, label="data")
    order = np.argsort(xs)
    for (label, values), colour in zip((lines or {}).items(), (MODEL, SOLUTION, OTHER), strict=False):
        axes.plot(xs[order], np.broadcast_to(finite(values), xs.shape)[order], color=colour, label=label)
    axes.set(xlabel="x", ylabel="y", title="The data")
    if lines:
        axes.set_title("The data and what the neuron says")
        axes.legend()
    return figure


def neuron_figure() -> Figure:
    """Draw one linear neuron: the input times the weight, plus the bias, is the output."""
    figure = new_figure(6.4, 2.2)
    axes = figure.subplots()
    circles = (("x", 0.0, 0.0, DATA), ("1", 0.0, 1.0, DATA), ("+", 2.0, 0.5, MODEL), ("ŷ", 3.6, 0.5, SOLUTION))
    for name, left, up, colour in circles:
        axes.add_patch(Circle((left, up), 0.24, facecolor=colour, edgecolor="none"))
        axes.text(left, up, name, ha="center", va="center", color="white", fontsize=14)
    for (_, left, up, _), (_, right, top, _), name in (
        (circles[0], circles[2], "times the weight w"),
        (circles[1], circles[2], "times the bias b"),
        (circles[2], circles[3], ""),
    ):
        arrow = {"arrowstyle": "->", "color": PATH, "shrinkA": 16, "shrinkB": 16}
        axes.annotate("", (right, top), (left, up), arrowprops=arrow)
        # A label stands outside the two arrows that meet.
        axes.text((left + right) / 2, (up + top) / 2 + 0.35 * np.sign(up - top), name, ha="center", va="center")
    axes.set(xlim=(-0.4, 4.0), ylim=(-0.4, 1.4), aspect="equal", title="One linear neuron: ŷ = w·x + b")
    axes.set_axis_off()
    return figure


def errors_figure(x: ArrayLike, y: ArrayLike, y_pred: ArrayLike) -> Figure:
    """Draw the error at each point, the distance from the target to what the model says.

    Parameters
    ----------
    x, y, y_pred : array-like, shape (n,)
        Inputs, targets and predictions; best not too many.
    """
    figure = new_figure()
    axes = figure.subplots()
    xs, ys = np.asarray(x), np.asarray(y)
    says = np.broadcast_to(finite(y_pred), xs.shape)
    order = np.argsort(xs)
    axes.vlines(xs, np.fmin(ys, says), np.fmax(ys, says), color=OTHER, linewidth=2, label="error")
    axes.plot(xs[order], says[order], color=MODEL, label="the model")
    axes.plot(xs, ys, "o", color=DATA, label="data")
    axes.set(xlabel="x", ylabel="y", title=f"The mean of {len(xs)} squared errors: {np.mean((says - ys) ** 2):.2f}")
    axes.legend()
    return figure


def slice_figure(
    values: ArrayLike, losses: ArrayLike, slopes: dict[float, tuple[float, float]] | None = None, name: str = "w"
) -> Figure:
    """Draw the loss along one parameter, and short tangents with given slopes.

    Parameters
    ----------
    values, losses : array-like, shape (n,)
        The parameter's values and the loss at each.
    slopes : dict of float to (float, float), optional
        For a value of the parameter: the loss and its derivative there.
    name : str
        What the parameter is called.
    """
    figure = new_figure()
    axes = figure.subplots()
    xs = np.asarray(values)
    axes.plot(xs, finite(losses), color=DATA, label="loss")
    reach = (xs.max() - xs.min()) / 12
    for index, (value, (loss, slope)) in enumerate((slopes or {}).items()):
        near = np.array([value - reach, value + reach])
        label = "tangent with your slope" if index == 0 else None
        axes.plot(near, finite(loss + slope * (near - value)), color=MODEL, linewidth=2, label=label)
        axes.plot([value], finite([loss]), "o", color=MODEL)
    axes.set(xlabel=name, ylabel="loss", title=f"The loss along {name}")
    if slopes:
        axes.legend()
    return figure


def valleys_figure(lr: float = 0.12, steps: int = 12) -> Figure:
    """Draw gradient descent on two curves of one parameter: one with a single valley, and one with two.

    Parameters
    ----------
    lr : float
        Learning rate.
    steps : int
        Updates from each start.
    """
    figure = new_figure(9.6, 3.6)
    panels = figure.subplots(1, 2)
    one: Curve = (lambda v: v**2, lambda v: 2 * v)
    two: Curve = (lambda v: 0.5 * v**4 - 1.5 * v**2 + 0.4 * v, lambda v: 2 * v**3 - 3 * v + 0.4)
    curves = (
        ("One valley: every start ends in it", one, (-1.7,)),
        ("Two valleys: the start decides", two, (0.35, -0.35)),
    )
    grid = np.linspace(-1.9, 1.9, 200)
    for axes, (title, (loss, slope), starts) in zip(panels, curves, strict=True):
        axes.plot(grid, loss(grid), color=DATA)
        for start, colour in zip(starts, (MODEL, SOLUTION), strict=False):
            values = np.full(steps + 1, start)
            for t in range(steps):
                values[t + 1] = values[t] - lr * slope(values[t])
            axes.plot(values, loss(values), "o-", color=colour, markersize=4, linewidth=1)
            axes.plot(values[:1], loss(values[:1]), "o", color=colour, markersize=9)
        axes.set(xlabel="parameter", ylabel="loss", title=title)
    return figure


def loss_figure(losses: ArrayLike, stop: int | None = None) -> Figure:
    """Draw the loss after each update, on a logarithmic axis.

    Parameters
    ----------
    losses : array-like, shape (steps + 1,)
        Entry t is the loss after t updates.
    stop : int, optional
        The step at which training was stopped, to be marked.
    """
    figure = new_figure()
    axes = figure.subplots()
    ys = positive(losses)
    axes.semilogy(ys, color=MODEL, label="loss")
    axes.set(xlabel="updates", ylabel="loss", title="The loss, step by step")
    if stop is not None:
        axes.axvline(stop, color=PATH, linestyle="--", linewidth=1)
        axes.plot([stop], [ys[stop]], "o", color=PATH, label=f"stopped after {stop} updates")
        axes.legend()
    return figure


def rates_figure(histories: dict[str, ArrayLike]) -> Figure:
    """Draw the losses of several runs on one logarithmic axis, cut off where a run goes far above its start.

    Parameters
    ----------
    histories : dict of str to array-like of shape (steps + 1,)
        The losses of each run, by its label.
    """
    figure = new_figure()
    axes = figure.subplots()
    runs = {label: positive(losses) for label, losses in histories.items()}
    for index, (label, losses) in enumerate(runs.items()):
        axes.semilogy(losses, color=colormaps["viridis"](0.9 * index / max(len(runs) - 1, 1)), label=label)
    lowest, _ = span(np.concatenate(list(runs.values())), (0.1, 1.0))
    _, highest_start = span(np.concatenate([losses[:1] for losses in runs.values()]), (lowest, lowest))
    axes.set_ylim(bottom=lowest / 2, top=10 * highest_start)
    axes.set(xlabel="updates", ylabel="loss", title="One valley, several learning rates")
    axes.legend()
    return figure


def run_figure(x: ArrayLike, y: ArrayLike, ws: ArrayLike, bs: ArrayLike, losses: ArrayLike) -> Figure:
    """Draw the losses of one run, and its way over the loss of a line on these data, from above.

    The picture holds the start and the least-squares line; a run that leaves it goes on outside.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        The data, with two different x at least.
    ws, bs, losses : array-like, shape (steps + 1,)
        The histories.
    """
    figure = quick_figure(8.8, 3.5)
    curve, level = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.91, wspace=0.24)
    known = positive(losses)
    curve.semilogy(known, color=MODEL)
    lowest, highest = span(known, (0.1, 1.0))
    curve.set_ylim(lowest / 2, min(highest, 10 * float(np.nan_to_num(known[0], nan=highest))) * 2)
    quick_axes(curve, "updates", "loss", "The loss, step by step")
    path_w, path_b = finite(ws), finite(bs)
    best_w, best_b = np.polyfit(np.asarray(x), np.asarray(y), 1)
    grids = []
    for start, best in ((path_w[0], best_w), (path_b[0], best_b)):
        reach = 1.8 * abs(float(np.nan_to_num(start)) - best) + 1.0
        grids.append(np.linspace(best - reach, best + reach, 50))
    draw_landscape(level, x, y, *grids)
    level.plot(path_w, path_b, "o-", color=PATH, markersize=2, linewidth=0.5, alpha=0.7)
    level.plot(path_w[:1], path_b[:1], "o", color=MODEL)
    level.plot([best_w], [best_b], "*", color="white", markersize=12, markeredgecolor=PATH)
    level.set(xlim=grids[0][[0, -1]], ylim=grids[1][[0, -1]])
    quick_axes(level, "w", "b", "The way, from above: ● start, ☆ lowest")  # a legend takes 5 ms
    return figure


def draw_landscape(axes: Axes, x: ArrayLike, y: ArrayLike, ws: ArrayLike, bs: ArrayLike) -> None:
    """Draw the loss of a line over a grid of weights and biases, as a map with levels.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    x, y : array-like, shape (n,)
        The data.
    ws, bs : array-like, shape (p,) and (q,)
        The grid.
    """
    grid_w, grid_b = np.asarray(ws, dtype=np.float64), np.asarray(bs, dtype=np.float64)
    losses = line_losses(x, y, grid_w[:, None], grid_b)
    # Levels grow by a constant factor: the valley is flat and the walls are high.
    levels = losses.min() + np.geomspace(1e-3, 1, 16) * (losses.max() - losses.min())
    # Where two levels meet both are drawn, which leaves a line: no need to draw another.
    axes.contourf(grid_w, grid_b, losses.T, levels=[losses.min(), *levels], cmap="viridis", alpha=0.7)


def line_losses(x: ArrayLike, y: ArrayLike, ws: ArrayLike, bs: ArrayLike) -> NDArray[np.float64]:
    """Return the mean squared error of a line for every pair of `ws` and `bs`, which broadcast.

    It is computed from the moments of the data, so that a grid is quick.
    """
    w, b, u, v = (np.asarray(values, dtype=np.float64) for values in (ws, bs, x, y))
    xx, xy, yy = float(np.mean(u * u)), float(np.mean(u * v)), float(np.mean(v * v))
    losses = w * w * xx + b * b + yy + 2 * (w * b * float(np.mean(u)) - w * xy - b * float(np.mean(v)))
    return np.maximum(losses, 0.0)


def parameters_figure(ws: ArrayLike, bs: ArrayLike, solution: tuple[float, float]) -> Figure:
    """Draw how far w and b are from the least-squares solution after each update, on a logarithmic axis.

    Parameters
    ----------
    ws, bs : array-like, shape (steps + 1,)
        The histories.
    solution : (float, float)
        The w and b to which they go.
    """
    figure = new_figure()
    axes = figure.subplots()
    for label, values, goal, colour in (("w", ws, solution[0], DATA), ("b", bs, solution[1], MODEL)):
        axes.semilogy(positive(np.abs(finite(values) - goal)), color=colour, label=f"|{label} − {label}*|")
    axes.set(xlabel="updates", ylabel="distance to the solution", title="Two parameters, two speeds")
    axes.legend()
    return figure


def trajectory_figure(ws: ArrayLike, bs: ArrayLike, losses: ArrayLike) -> Figure:
    """Draw the way of gradient descent in three dimensions: w, b and the logarithm of the loss.

    Parameters
    ----------
    ws, bs, losses : array-like, shape (steps + 1,)
        The histories; losses above 0.
    """
    figure = new_figure(6.4, 5.2)
    axes = figure.add_subplot(projection="3d")
    path_w, path_b, heights = finite(ws), finite(bs), np.log10(positive(losses))
    axes.plot(path_w, path_b, heights, "-", color=PATH, linewidth=1, alpha=0.5)
    dots = axes.scatter(path_w, path_b, heights, c=np.arange(len(heights)), cmap="viridis", s=14, depthshade=False)
    axes.scatter(path_w[:1], path_b[:1], heights[:1], color=MODEL, s=50, label="start")
    axes.set_title("The way down")
    _name_axes(axes, "log₁₀ loss")
    axes.legend(loc="upper left")
    figure.colorbar(dots, label="updates", shrink=0.6, pad=0.12)
    return figure


def surface_figure(
    ws: ArrayLike, bs: ArrayLike, surface: ArrayLike, path: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None
) -> Figure:
    """Draw the loss over w and b, as a surface and as a map, with a trajectory on both if there is one.

    Parameters
    ----------
    ws : array-like, shape (p,)
        The grid's weights.
    bs : array-like, shape (q,)
        The grid's biases.
    surface : array-like, shape (p, q)
        The loss at each pair, above 0.
    path : (ws, bs, losses), optional
        The histories of a descent.
    """
    figure = new_figure(11.0, 4.8)
    grid_w, grid_b = np.meshgrid(np.asarray(ws), np.asarray(bs), indexing="ij")
    heights = positive(surface)
    lowest, highest = span(heights, (0.1, 1.0))
    highest = max(highest, 2 * lowest)
    bowl = figure.add_subplot(1, 2, 1, projection="3d", computed_zorder=False)
    colours: dict[str, Any] = {"norm": LogNorm(lowest, highest), "cmap": "viridis"}
    bowl.plot_surface(grid_w, grid_b, heights, alpha=0.8, rcount=60, ccount=60, antialiased=False, **colours)
    bowl.set_title("The loss over w and b")
    _name_axes(bowl, "loss")
    level = figure.add_subplot(1, 2, 2)
    figure.set_layout_engine("constrained", wspace=0.1)  # room for the label of the height
    levels = np.geomspace(lowest, highest, 22)
    filled = level.contourf(grid_w, grid_b, np.ma.masked_invalid(heights), levels=levels, **colours)
    level.set(xlabel="w", ylabel="b", title="The same from above, logarithmic colours")
    figure.colorbar(filled, ax=level, label="loss", format="%.3g")
    if path is not None:
        path_w, path_b, losses = map(finite, path)
        bowl.plot(path_w, path_b, losses, "o-", color=PATH, markersize=1.5, linewidth=1, zorder=5)
        level.plot(path_w, path_b, "o-", color="white", markersize=2, linewidth=0.8)
        level.plot(path_w[:1], path_b[:1], "o", color=MODEL, label="start")
        level.plot(path_w[-1:], path_b[-1:], "o", color=OTHER, label="end")
        level.legend()
    return figure


def _name_axes(axes: Any, height: str) -> None:
    axes.set(xlabel="w", ylabel="b")
    axes.set_zlabel(height, labelpad=7)  # beside tick labels of four digits
    axes.locator_params(nbins=5)
    axes.view_init(elev=28, azim=-58)

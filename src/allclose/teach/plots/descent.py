"""Lab 1's figures: the data, the loss and its slope, and the way that gradient descent takes.

Every function returns a new `Figure`; `canvas.show` puts it below the cell. Arguments may be lists or NumPy arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import DATA, MODEL, OTHER, PATH, SOLUTION, new_figure


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
        axes.plot(xs[order], np.asarray(values)[order], color=colour, label=label)
    axes.set(xlabel="x", ylabel="y", title="The data")
    if lines:
        axes.set_title("The data and what the neuron says")
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
    axes.plot(xs, np.asarray(losses), color=DATA, label="loss")
    reach = (xs.max() - xs.min()) / 12
    for index, (value, (loss, slope)) in enumerate((slopes or {}).items()):
        near = np.array([value - reach, value + reach])
        label = "tangent with your slope" if index == 0 else None
        axes.plot(near, loss + slope * (near - value), color=MODEL, linewidth=2, label=label)
        axes.plot([value], [loss], "o", color=MODEL)
    axes.set(xlabel=name, ylabel="loss", title=f"The loss along {name}")
    if slopes:
        axes.legend()
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
    ys = np.asarray(losses)
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
    runs = {label: np.asarray(losses) for label, losses in histories.items()}
    for index, (label, losses) in enumerate(runs.items()):
        axes.semilogy(losses, color=colormaps["viridis"](0.9 * index / max(len(runs) - 1, 1)), label=label)
    axes.set_ylim(
        bottom=min(losses.min() for losses in runs.values()) / 2, top=10 * max(losses[0] for losses in runs.values())
    )
    axes.set(xlabel="updates", ylabel="loss", title="One valley, several learning rates")
    axes.legend()
    return figure


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
        axes.semilogy(np.abs(np.asarray(values) - goal), color=colour, label=f"|{label} − {label}*|")
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
    heights = np.log10(np.asarray(losses))
    axes.plot(ws, bs, heights, "-", color=PATH, linewidth=1, alpha=0.5)
    dots = axes.scatter(ws, bs, heights, c=np.arange(len(heights)), cmap="viridis", s=14, depthshade=False)
    axes.scatter([np.asarray(ws)[0]], [np.asarray(bs)[0]], [heights[0]], color=MODEL, s=50, label="start")
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
    heights: NDArray[Any] = np.asarray(surface)
    bowl = figure.add_subplot(1, 2, 1, projection="3d", computed_zorder=False)
    colours: dict[str, Any] = {"norm": LogNorm(heights.min(), heights.max()), "cmap": "viridis"}
    bowl.plot_surface(grid_w, grid_b, heights, alpha=0.8, rcount=60, ccount=60, antialiased=False, **colours)
    bowl.set_title("The loss over w and b")
    _name_axes(bowl, "loss")
    level = figure.add_subplot(1, 2, 2)
    levels = np.geomspace(heights.min(), heights.max(), 22)
    filled = level.contourf(grid_w, grid_b, heights, levels=levels, **colours)
    level.set(xlabel="w", ylabel="b", title="The same from above, logarithmic colours")
    figure.colorbar(filled, ax=level, label="loss", format="%.3g")
    if path is not None:
        path_w, path_b, losses = (np.asarray(values) for values in path)
        bowl.plot(path_w, path_b, losses, "o-", color=PATH, markersize=1.5, linewidth=1, zorder=5)
        level.plot(path_w, path_b, "o-", color="white", markersize=2, linewidth=0.8)
        level.plot(path_w[:1], path_b[:1], "o", color=MODEL, label="start")
        level.plot(path_w[-1:], path_b[-1:], "o", color=OTHER, label="end")
        level.legend()
    return figure


def _name_axes(axes: Any, height: str) -> None:
    axes.set(xlabel="w", ylabel="b", zlabel=height)
    axes.view_init(elev=28, azim=-58)

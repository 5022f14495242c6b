"""Lab 5's figures: several optimizers on one landscape, their losses, their steps, and who wins.

What belongs to one optimizer has one colour in every figure: the first word of its name decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import DATA, MODEL, OTHER, PATH, SOLUTION, new_figure

Floats: TypeAlias = NDArray[np.float64]
#: The loss at points that lie along the last axis of an array, all at once.
Loss: TypeAlias = Callable[[Floats], Any]

_COLOURS = {"descent": PATH, "Momentum": DATA, "AdaGrad": SOLUTION, "RMSProp": OTHER, "Adam": MODEL}
_SPARE = ("#56B4E9", "#E69F00", "#999999", "#8C510A")


def paths_figure(
    panels: Mapping[str, tuple[Loss, Mapping[str, ArrayLike]]],
    xs: tuple[float, float],
    ys: tuple[float, float],
    lowest: tuple[float, float],
    arrows: Mapping[str, ArrayLike] | None = None,
) -> Figure:
    """Draw where optimizers went, over the contours of the loss.

    Parameters
    ----------
    panels : mapping of str to (loss, runs)
        For each panel's title its loss, and the runs by name: array-like of shape (steps + 1, 2), entry 0 the start.
    xs, ys : (float, float)
        What to show of the two parameters; runs may leave it.
    lowest : (float, float)
        The minimum, drawn as a star.
    arrows : mapping of str to array-like of shape (2,), optional
        Directions, drawn from where the first run of a panel starts, all with one length.

    Returns
    -------
    Figure
        A panel each, all with the same scales.
    """
    figure = new_figure(5.6 * len(panels) + (1.2 if len(panels) == 1 else 0.0), 4.4)
    for axes, (title, (loss, runs)) in zip(_row(figure, len(panels)), panels.items(), strict=True):
        _contours(axes, loss, xs, ys)
        for name, run in runs.items():
            path = _points(run)
            axes.plot(*path.T, "o-", color=_colour(name, runs), markersize=2.5, linewidth=1.2, label=name)
        for (name, arrow), colour in zip((arrows or {}).items(), (MODEL, SOLUTION, OTHER), strict=False):
            start, way = _points(next(iter(runs.values())))[0], np.asarray(arrow, dtype=float)
            tip = start + 0.3 * min(xs[1] - xs[0], ys[1] - ys[0]) * way / max(float(np.linalg.norm(way)), 1e-300)
            axes.annotate("", tip, start, arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2.5})
            axes.plot([], [], color=colour, linewidth=2.5, label=name)
        axes.plot(*lowest, "*", color="white", markeredgecolor="black", markersize=13, zorder=1.9, label="lowest point")
        axes.set(xlim=xs, ylim=ys, xlabel="θ₁", ylabel="θ₂", title=title)
        axes.locator_params(nbins=5)
    _legend_beside(figure, figure.axes[-1])
    return figure


def landscape_figure(
    loss: Loss, runs: Mapping[str, ArrayLike], xs: tuple[float, float], ys: tuple[float, float], title: str
) -> Figure:
    """Draw the loss of two parameters as a surface in space, with runs on it.

    Parameters
    ----------
    loss : callable
    runs : mapping of str to array-like of shape (steps + 1, 2)
        Points outside of `xs` and `ys` are left out.
    xs, ys : (float, float)
        What to show of the two parameters.
    title : str

    Returns
    -------
    Figure
        The height is log₁₀(1 + loss).
    """
    figure = new_figure(7.6, 5.4)
    axes: Any = figure.add_subplot(projection="3d", computed_zorder=False)
    grid = _grid(xs, ys, 81)
    surface: dict[str, Any] = {"cmap": "viridis", "alpha": 0.75, "antialiased": False, "rcount": 81, "ccount": 81}
    axes.plot_surface(grid[..., 0], grid[..., 1], _height(loss, grid), **surface)
    for name, run in runs.items():
        path = _points(run)
        outside = (path < (xs[0], ys[0])) | (path > (xs[1], ys[1]))
        path = np.where(outside.any(axis=1, keepdims=True), np.nan, path)
        colour = _colour(name, runs)
        axes.plot(*path.T, _height(loss, path), "o-", color=colour, markersize=2, linewidth=1.5, label=name, zorder=5)
    axes.set(xlabel="θ₁", ylabel="θ₂", zlabel="log₁₀ (1 + loss)", title=title)
    axes.view_init(elev=56, azim=-78)
    axes.legend(loc="upper left", fontsize="small")
    return figure


def wells_figure(loss: Loss, runs: Mapping[str, ArrayLike], xs: tuple[float, float]) -> Figure:
    """Draw a loss of one parameter, and in a panel for each optimizer the points at which it stood.

    Parameters
    ----------
    loss : callable
        Takes an array of shape (n, 1), a point in each row, and gives n losses.
    runs : mapping of str to array-like of shape (steps + 1,) or (steps + 1, 1)
    xs : (float, float)
        What to show of the parameter.
    """
    figure = new_figure(2.6 * len(runs) + 1.0, 2.9)
    grid = np.linspace(*xs, 300)[:, None]
    for axes, (name, run) in zip(_row(figure, len(runs)), runs.items(), strict=True):
        places = np.asarray(run, dtype=float).reshape(-1, 1)
        axes.plot(grid, _losses(loss, grid), color="0.6")
        axes.plot(places, _losses(loss, places), ".-", color=_colour(name, runs), markersize=4, linewidth=0.5)
        for place, mark, label in ((places[:1], "o", "start"), (places[-1:], "s", "end")):
            axes.plot(place, _losses(loss, place), mark, color=_colour(name, runs), markersize=8, label=label)
        axes.set(xlim=xs, xlabel="θ", title=name)
    figure.axes[0].set_ylabel("loss")
    _legend_beside(figure, figure.axes[0])
    return figure


def losses_figure(runs: Mapping[str, ArrayLike], title: str, goal: float | None = None) -> Figure:
    """Draw the loss of each run against its steps, on a logarithmic axis.

    Parameters
    ----------
    runs : mapping of str to array-like of shape (steps + 1,)
        A run that leaves the finite numbers ends there; what is far above every start is cut off.
    title : str
    goal : float, optional
        The loss to be reached, drawn as a line.
    """
    figure = new_figure(7.2, 4.0)
    axes = figure.subplots()
    starts = []
    for name, run in runs.items():
        losses = np.asarray(run, dtype=float)
        shown = np.where(np.isfinite(losses) & (losses > 0), losses, np.nan)
        starts += shown[:1][np.isfinite(shown[:1])].tolist()
        axes.semilogy(shown, color=_colour(name, runs), label=name)
    if goal is not None:
        axes.axhline(goal, color="0.5", linestyle="--", linewidth=1, label="goal")
    if starts:
        axes.set_ylim(top=min(axes.get_ylim()[1], 30 * max(starts)))
    axes.set(xlabel="steps", ylabel="loss", title=title)
    _legend_beside(figure, axes)
    return figure


def lengths_figure(gradient: ArrayLike, lengths: Mapping[str, ArrayLike]) -> Figure:
    """Draw a gradient that changes its size and, below it, how long the steps are that optimizers make of it.

    Parameters
    ----------
    gradient : array-like, shape (steps,)
    lengths : mapping of str to array-like of shape (steps,)
        The length of each step, in units of the learning rate.
    """
    figure = new_figure(7.2, 4.8)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2.4))
    sizes = np.abs(np.asarray(gradient, dtype=float))
    above.semilogy(np.arange(1, len(sizes) + 1), sizes, color=PATH, drawstyle="steps-mid")
    above.set(ylabel="|gradient|", title="What each optimizer makes of a gradient")
    for name, values in lengths.items():
        steps = np.asarray(values, dtype=float)
        shown = np.where(np.isfinite(steps) & (steps > 0), steps, np.nan)
        below.semilogy(np.arange(1, len(steps) + 1), shown, color=_colour(name, lengths), label=name)
    below.set(xlabel="step", ylabel="length of the step / lr")
    _legend_beside(figure, below)
    return figure


def sparse_figure(weights: Mapping[str, ArrayLike], seen: Sequence[int], target: tuple[float, float]) -> Figure:
    """Draw how the weight of a feature that is always there is learned, and that of one that is seldom there.

    Parameters
    ----------
    weights : mapping of str to array-like of shape (steps + 1, 2)
        The two weights after each step, that of the frequent feature first.
    seen : sequence of int
        The steps in which the rare feature was there.
    target : (float, float)
        The right weights.
    """
    figure = new_figure(10.4, 4.0)
    panels = _row(figure, 2, sharey=True)
    for which, axes in enumerate(panels):
        axes.axhline(target[which], color="0.5", linestyle="--", linewidth=1, label="right weight")
        for name, run in weights.items():
            axes.plot(_points(run)[:, which], color=_colour(name, weights), label=name)
        axes.set(xlabel="steps", title=("The feature that is always there", "The feature that is seldom there")[which])
    bottom = panels[1].get_xaxis_transform()
    ticks = np.full(len(seen), 0.03)
    panels[1].plot(seen, ticks, "|", color=PATH, markersize=9, label="it is there", transform=bottom)
    panels[0].set_ylabel("weight")
    _legend_beside(figure, panels[1])
    return figure


def schedules_figure(rates: Mapping[str, ArrayLike]) -> Figure:
    """Draw learning rates over a run, on a plain and on a logarithmic axis.

    Parameters
    ----------
    rates : mapping of str to array-like of shape (total + 1,)
        The rate at each step, by the name of the schedule.
    """
    figure = new_figure(10.4, 3.8)
    for log, axes in zip((False, True), _row(figure, 2), strict=True):
        for name, values in rates.items():
            shown = np.asarray(values, dtype=float)
            shown = np.where(np.isfinite(shown) & ((shown > 0) | (not log)), shown, np.nan)
            axes.plot(shown, color=_colour(name, rates), label=name)
        axes.set(xlabel="step", ylabel="learning rate", title="The same, logarithmic" if log else "The learning rate")
        if log:
            axes.set_yscale("log")
    _legend_beside(figure, figure.axes[1])
    return figure


def race_figure(results: Mapping[str, Mapping[str, int | None]], max_steps: int) -> Figure:
    """Draw the steps that each optimizer needed, a group of bars for each landscape.

    Parameters
    ----------
    results : mapping of str to (mapping of str to int or None)
        For each landscape the steps by the name of the optimizer; None is said in words.
    max_steps : int
        What the race allowed.
    """
    names = list(dict.fromkeys(name for result in results.values() for name in result))
    figure = new_figure(8.4, 1.4 + 0.27 * sum(map(len, results.values())))
    axes = figure.subplots()
    width = 0.8 / max(len(names), 1)
    for place, result in enumerate(results.values()):
        for name, steps in result.items():
            row = place + (names.index(name) - (len(names) - 1) / 2) * width
            length = max_steps if steps is None else steps
            axes.barh(row, length, width, color=_colour(name, names), alpha=0.15 if steps is None else 1.0)
            text = " not there in time" if steps is None else f" {steps}"
            axes.text(0 if steps is None else steps, row, text, va="center", fontsize=8)
    axes.set_yticks(range(len(results)), list(results))
    axes.invert_yaxis()
    axes.set(xlabel="steps until the goal", xlim=(0, 1.08 * max_steps), title="The race")
    handles = [Patch(color=_colour(name, names), label=name) for name in names]
    figure.legend(handles=handles, loc="outside right upper", fontsize="small")
    return figure


def _row(figure: Figure, count: int, *, sharey: bool = False) -> list[Axes]:
    return list(figure.subplots(1, count, squeeze=False, sharey=sharey)[0])


def _points(run: ArrayLike) -> Floats:
    return np.asarray(run, dtype=float).reshape(-1, 2)


def _grid(xs: tuple[float, float], ys: tuple[float, float], count: int) -> Floats:
    return np.stack(np.meshgrid(np.linspace(*xs, count), np.linspace(*ys, count), indexing="ij"), axis=-1)


def _losses(loss: Loss, points: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(loss(points), dtype=float)


def _height(loss: Loss, points: Floats) -> Floats:
    heights: Floats = np.log10(1 + _losses(loss, points))
    return heights


def _contours(axes: Axes, loss: Loss, xs: tuple[float, float], ys: tuple[float, float]) -> None:
    grid = _grid(xs, ys, 80)
    # Levels that are evenly spaced in the square root of the loss are evenly spaced in space, in a bowl.
    roots = np.sqrt(np.maximum(_losses(loss, grid), 0))
    levels = np.linspace(0, float(np.nanmax(roots)) * 1.001, 18)
    axes.contourf(grid[..., 0], grid[..., 1], roots, levels=levels, cmap="Blues", alpha=0.55)
    axes.contour(grid[..., 0], grid[..., 1], roots, levels=levels, colors="white", linewidths=0.5)


def _colour(name: str, among: Sequence[str] | Mapping[str, Any]) -> str:
    first = name.replace(",", " ").split()[0] if name.split() else name
    if first in _COLOURS and sum(other.startswith(first) for other in among) == 1:
        return _COLOURS[first]
    pool = (*_COLOURS.values(), *_SPARE)
    return pool[list(among).index(name) % len(pool)]


def _legend_beside(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", fontsize="small")

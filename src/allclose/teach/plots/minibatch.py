"""Lab 2's figures: mini-batches and the noise of their gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
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
from allclose.teach.plots.descent import draw_landscape, line_losses

Floats = NDArray[np.float64]


def steps_figure(x: ArrayLike, y: ArrayLike, batches: Sequence[ArrayLike], w: float, b: float, lr: float) -> Figure:
    """Draw a step of descent on w for each batch, each on the loss curve of its own batch; b stays where it is.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    batches : sequence of array_like of int
        The items of each batch, a panel each.
    w, b : float
        Where the first step starts.
    lr : float
        Learning rate.

    Returns
    -------
    Figure
        The loss over w, thick for all data and thin for the batch, with the step as an arrow.
    """
    x, y = _floats(x), _floats(y)
    parts = [(x[items], y[items]) for items in map(np.asarray, batches)]
    ws = [w]
    for x_batch, y_batch in parts:
        ws.append(ws[-1] - lr * _slope(x_batch, y_batch, ws[-1], b))
    best = [float(np.mean((v - b) * u) / np.mean(u * u)) for u, v in [(x, y), *parts]]
    margin = 0.25 * (max(*ws, *best) - min(*ws, *best))
    grid = np.linspace(min(*ws, *best) - margin, max(*ws, *best) + margin, 200)

    figure = new_figure(4 * len(parts), 3.6)
    panels = figure.subplots(1, len(parts), sharey=True, squeeze=False)[0]
    for step, (axes, (x_batch, y_batch)) in enumerate(zip(panels, parts, strict=True)):
        here, there = ws[step], ws[step + 1]
        of_all, of_batch = line_losses(x, y, grid, b), line_losses(x_batch, y_batch, grid, b)
        axes.plot(grid, of_all, color=SOLUTION, linewidth=4, alpha=0.6, label="loss of all data")
        axes.plot(grid, of_batch, color=SOLUTION, linewidth=1.2, label="loss of this batch")
        start, end = line_losses(x_batch, y_batch, [here, there], b)
        axes.plot(ws[:step], line_losses(x, y, ws[:step], b), "o", color=PATH, alpha=0.25, label="earlier steps")
        axes.plot([here, there], [start, start + (there - here) * _slope(x_batch, y_batch, here, b)], "--", color=OTHER)
        axes.annotate("", (there, end), (here, start), arrowprops={"arrowstyle": "->", "color": PATH, "linewidth": 1.5})
        axes.plot(here, start, "o", color=PATH, label="here")
        axes.set(title=f"Step {step + 1}: w {here:.2f} → {there:.2f}", xlabel="w")
    panels[0].set_ylabel("loss")
    panels[0].set_ylim(bottom=-0.08 * panels[0].get_ylim()[1])
    panels[-1].legend(loc="upper right", fontsize="small")
    return figure


def batches_figure(n: int, rows: Mapping[int, Sequence[tuple[int, int]]]) -> Figure:
    """Draw which items each batch holds, a strip for each batch size.

    Parameters
    ----------
    n : int
        Items in the data set.
    rows : mapping of int to sequence of (int, int)
        For each batch size the start and end of its batches, in order.

    Returns
    -------
    Figure
        Items in no batch are hatched red, items in several batches black.
    """
    figure = new_figure(9, 0.8 + 0.55 * len(rows))
    axes = figure.subplots()
    for row, bounds in enumerate(rows.values()):
        axes.broken_barh([(0, n)], (row - 0.35, 0.7), facecolor="white", edgecolor="red", hatch="////")
        taken = np.zeros(n, dtype=int)
        for j, (start, end) in enumerate(bounds):
            items = np.arange(n)[start:end]
            taken[items] += 1
            if len(items):
                left, width = items[0], len(items)
                axes.broken_barh([(left, width)], (row - 0.35, 0.7), facecolor=(DATA, MODEL)[j % 2], edgecolor="white")
                if width >= n / 40:
                    axes.text(left + width / 2, row, str(width), ha="center", va="center", color="white", fontsize=8)
        axes.broken_barh(
            [(item, 1.0) for item in np.flatnonzero(taken > 1).tolist()], (row - 0.35, 0.7), facecolor="black"
        )
    axes.set(xlim=(0, n), xlabel="item", ylabel="batch size", title="Items in each batch")
    axes.set_yticks(range(len(rows)), [str(batch_size) for batch_size in rows])
    axes.invert_yaxis()
    return figure


def shuffle_figure(x: ArrayLike, y: ArrayLike, new_x: ArrayLike, new_y: ArrayLike) -> Figure:
    """Draw the data before and after a shuffle, and where each item went.

    Parameters
    ----------
    x, y, new_x, new_y : array_like, shape (n,)

    Returns
    -------
    Figure
        Left the points, which a right shuffle leaves where they are; right the new place of an item over its old one.
    """
    x, y, new_x, new_y = map(_floats, (x, y, new_x, new_y))
    figure = new_figure(9, 3.6)
    points, places = figure.subplots(1, 2)
    points.plot(x, y, "o", markersize=9, markerfacecolor="none", color=DATA, label="before")
    points.plot(new_x, new_y, ".", color=MODEL, label="after")
    points.set(xlabel="x", ylabel="y", title="The pairs: each dot in its ring?")
    points.legend()
    shared = min(len(x), len(new_x))
    places.plot(np.argsort(x)[:shared], np.argsort(new_x)[:shared], ".", color=MODEL)
    places.set(xlabel="place before", ylabel="place after", title="The order: a cloud, no line?", aspect="equal")
    return figure


def updates_figure(runs: Mapping[str, ArrayLike]) -> Figure:
    """Draw the loss of each batch before its update, a panel for each run, on one common scale.

    Parameters
    ----------
    runs : mapping of str to array_like, shape (T,)
        The losses of each run by its title.
    """
    width = max(6.4, 2.6 * len(runs))
    figure = quick_figure(width, 3.2)
    figure.subplots_adjust(left=0.7 / width, right=1 - 0.15 / width, bottom=0.16, top=0.9, wspace=0.08)
    panels = figure.subplots(1, len(runs), sharey=True, squeeze=False)[0]
    for axes, losses in zip(panels, runs.values(), strict=True):
        axes.semilogy(positive(losses), color=DATA, linewidth=0.8)
    panels[0].set_ylim(bottom=_lowest(np.concatenate([positive(losses) for losses in runs.values()])))
    for axes, title in zip(panels, runs, strict=True):
        quick_axes(axes, "update", "loss of the batch" if axes is panels[0] else "", title)
    return figure


def paths_figure(
    x: ArrayLike, y: ArrayLike, items: ArrayLike, paths: Mapping[str, tuple[ArrayLike, ArrayLike]]
) -> Figure:
    """Draw the same paths of (w, b) over the loss of all data and over the loss of one batch.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    items : array_like of int
        The items of the batch.
    paths : mapping of str to (array_like, array_like)
        Histories ws and bs of each run, by its name; the first is drawn on top.

    Returns
    -------
    Figure
        A star marks the lowest point of each surface, where it lies in the picture.
    """
    x, y, items = _floats(x), _floats(y), np.asarray(items)
    histories = {name: (finite(ws), finite(bs)) for name, (ws, bs) in paths.items()}
    ws = _range(np.concatenate([path[0] for path in histories.values()]))
    bs = _range(np.concatenate([path[1] for path in histories.values()]))
    figure = new_figure(10, 4.2)
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    parts = (("Loss of all data", x, y), (f"Loss of one batch of {len(items)}", x[items], y[items]))
    colours = (PATH, MODEL, OTHER, DATA)
    for axes, (title, x_part, y_part) in zip(panels, parts, strict=True):
        draw_landscape(axes, x_part, y_part, ws, bs)
        for number, (name, path) in reversed(list(enumerate(histories.items()))):
            axes.plot(*path, color=colours[number % len(colours)], linewidth=1.0, label=name)
        axes.plot(
            *np.polyfit(x_part, y_part, 1), "*", color="white", markersize=12, markeredgecolor=PATH, label="lowest"
        )
        axes.set(title=title, xlabel="w", xlim=ws[[0, -1]], ylim=bs[[0, -1]])
    panels[0].set_ylabel("b")
    panels[0].legend(loc="best", fontsize="small")
    return figure


def epochs_figure(losses: ArrayLike, batches_per_epoch: int, means: ArrayLike, converged: int | None) -> Figure:
    """Draw the loss of each update with the mean of each epoch on top, and the epoch where it settled.

    Parameters
    ----------
    losses : array_like, shape (T,)
    batches_per_epoch : int
    means : array_like, shape (epochs,)
    converged : int or None
        Index of an epoch.
    """
    losses, means = positive(losses), positive(means)
    figure = new_figure(8, 3.6)
    axes = figure.subplots()
    at = np.arange(len(losses)) / batches_per_epoch
    axes.semilogy(at, losses, color=DATA, linewidth=0.6, alpha=0.6, label="batch")
    axes.stairs(means, np.arange(len(means) + 1), baseline=None, color=MODEL, linewidth=2, label="mean of the epoch")
    if converged is not None:
        axes.axvspan(converged, converged + 1, color=SOLUTION, alpha=0.4, label=f"settled: epoch {converged}")
    axes.set(xlabel="epoch", ylabel="loss", title="One mean for each epoch")
    axes.set_ylim(bottom=_lowest(losses))
    axes.legend()
    return figure


def variance_figure(batch_sizes: ArrayLike, computed: ArrayLike, drawn: ArrayLike) -> Figure:
    """Draw the variance of a batch's gradient against its size, log-log, as computed and as found by drawing batches.

    Parameters
    ----------
    batch_sizes : array_like, shape (k,)
    computed, drawn : array_like, shape (k, 2)
        Variances of dw and db; zeros, which have no logarithm, are left out.
    """
    sizes = _floats(batch_sizes)
    computed, drawn = positive(computed), positive(drawn)
    figure = new_figure(6.4, 4.2)
    axes = figure.subplots()
    for column, (name, colour) in enumerate((("dw", DATA), ("db", MODEL))):
        axes.loglog(sizes, computed[:, column], color=colour, label=f"var of {name}, computed")
        axes.loglog(sizes, drawn[:, column], "o", color=colour, markerfacecolor="none", label=f"var of {name}, drawn")
        axes.loglog(sizes, computed[0, column] * sizes[0] / sizes, ":", color=colour)
    axes.set(xlabel="batch size B", ylabel="variance", title="Noise of the gradient (dotted: σ²/B)")
    axes.legend(fontsize="small")
    return figure


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _lowest(losses: Floats) -> float | None:
    """Where a logarithmic axis may begin: a few items are met almost exactly, and would squeeze all the others."""
    losses = losses[np.isfinite(losses)]
    return float(np.quantile(losses, 0.05)) / 2 if len(losses) else None


def _slope(x: Floats, y: Floats, w: float, b: float) -> float:
    return float(2 * np.mean((w * x + b - y) * x))


def _range(values: Floats) -> Floats:
    low, high = span(values, (-1.0, 1.0))
    margin = 0.15 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, 200)

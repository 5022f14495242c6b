"""Lab 4's figures: what depth does to signals and gradients, and which learning rates train a deep net."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import DATA, MODEL, PATH, SOLUTION, new_figure, quick_axes, quick_figure

Floats = NDArray[np.float64]

#: What a figure of losses shows of them: none of the lab's runs comes below, and what is above has gone wrong.
_LOSSES = 2e-3, 10.0


def growth_figure(xs: ArrayLike, curves: Mapping[str, ArrayLike], xlabel: str, ylabel: str, title: str) -> Figure:
    """Draw how the size of something grows or shrinks, on a logarithmic axis.

    Parameters
    ----------
    xs : array_like, shape (n,)
    curves : mapping of str to array_like, shape (n,)
        By their labels; signs are dropped, and what is zero or not finite is left out.
    xlabel, ylabel, title : str

    Returns
    -------
    Figure
    """
    figure = new_figure(7.2, 4.0)
    axes = figure.subplots()
    xs = _floats(xs)
    for colour, (label, values) in zip(_colours(len(curves)), curves.items(), strict=True):
        sizes = _positive(np.abs(_floats(values)))
        axes.semilogy(xs[: len(sizes)], sizes[: len(xs)], color=colour, label=label)
    axes.axhline(1.0, color=PATH, linewidth=0.6)
    axes.minorticks_off()
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def layers_figure(weights: Mapping[str, ArrayLike], gradients: Mapping[str, ArrayLike]) -> Figure:
    """Draw for some nets each layer's weight and, below it, its derivative.

    Parameters
    ----------
    weights, gradients : mapping of str to array_like, shape (depth,)
        By the name of the net, which heads its panel.

    Returns
    -------
    Figure
        Derivatives that are not finite have no bar.
    """
    figure = new_figure(3.2 * len(weights), 4.2)
    panels = figure.subplots(2, len(weights), squeeze=False, sharey="row")
    for (above, below), (name, values) in zip(panels.T, weights.items(), strict=True):
        given, slopes = _floats(values), _floats(gradients[name])
        above.bar(np.arange(1, len(given) + 1), given, color=DATA)
        below.bar(np.arange(1, len(slopes) + 1), np.where(np.isfinite(slopes), slopes, 0.0), color=MODEL)
        above.set_title(name)
        below.set_xlabel("layer")
        for axes in (above, below):
            axes.axhline(0.0, color=PATH, linewidth=0.6)
            axes.set_xticks(np.arange(1, len(given) + 1))
    panels[0, 0].set_ylabel("weight")
    panels[1, 0].set_ylabel("derivative")
    return figure


def training_figure(losses: ArrayLike, epochs: int, threshold: float, arrival: int | None, title: str) -> Figure:
    """Draw one run on axes that stay where they are, so that runs can be compared as a slider moves.

    Parameters
    ----------
    losses : array_like, shape (t + 1,)
        The history; shorter than `epochs + 1` where the run blew up.
    epochs : int
        How many there were to be.
    threshold : float
        The loss to come below.
    arrival : int or None
        After how many epochs the run is there for good; None if it is not.
    title : str

    Returns
    -------
    Figure
    """
    figure = quick_figure(7.2, 3.6)
    axes = figure.add_axes((0.1, 0.15, 0.87, 0.75))
    _draw_run(axes, losses, epochs, threshold)
    said = "does not arrive" if arrival is None else f"arrives after {arrival} epochs"
    quick_axes(axes, "epochs", "loss", f"{title}: {said}")
    return figure


def runs_figure(
    runs: Mapping[str, ArrayLike], title: str, limits: tuple[float, float] = _LOSSES, ylabel: str = "loss"
) -> Figure:
    """Draw the losses of several runs on one logarithmic axis.

    Parameters
    ----------
    runs : mapping of str to array_like, shape (t + 1,)
        The history of each run by its label.
    title : str
    limits : (float, float)
        The lowest and the highest loss to show.
    ylabel : str

    Returns
    -------
    Figure
    """
    figure = new_figure(7.2, 4.0)
    axes = figure.subplots()
    for colour, (label, losses) in zip(_colours(len(runs)), runs.items(), strict=True):
        axes.semilogy(_positive(losses), color=colour, label=label)
    axes.minorticks_off()
    axes.set(xlabel="epochs", ylabel=ylabel, title=title, ylim=limits)
    axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def rates_figure(depths: ArrayLike, curves: Mapping[str, ArrayLike], title: str) -> Figure:
    """Draw learning rates against depth, both logarithmic, with a line along which twice the depth halves the rate.

    Parameters
    ----------
    depths : array_like, shape (n,)
    curves : mapping of str to array_like, shape (n,)
        Rates, by their label.
    title : str

    Returns
    -------
    Figure
    """
    figure = new_figure(6.4, 4.0)
    axes = figure.subplots()
    xs = _floats(depths)
    for colour, (label, rates) in zip(_colours(len(curves)), curves.items(), strict=True):
        axes.loglog(xs, _positive(rates), "o-", color=colour, markersize=4, label=label)
    last = _positive(next(iter(curves.values())))[-1]
    axes.loglog(xs, last * xs[-1] / xs, ":", color=PATH, label="slope of 1/depth")
    axes.set_xticks(xs, [f"{depth:g}" for depth in xs])
    low, high = axes.get_ylim()
    rounded = [rate for rate in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if low <= rate <= high]
    axes.set_yticks(rounded, [f"{rate:g}" for rate in rounded])
    axes.minorticks_off()
    axes.set(xlabel="depth", ylabel="learning rate", title=title)
    axes.legend(fontsize="small")
    return figure


def window_figure(
    depths: ArrayLike, rates: ArrayLike, times: Sequence[Sequence[int | None]], limits: ArrayLike
) -> Figure:
    """Draw which learning rates train which depth, by how long they need.

    Parameters
    ----------
    depths : array_like, shape (m,)
    rates : array_like, shape (n,)
        Evenly spaced in their logarithm.
    times : sequence, shape (m, n)
        Epochs until the loss was small and stayed so; None where that was not reached, which is left white.
    limits : array_like, shape (m,)
        A rate to be marked for each depth.

    Returns
    -------
    Figure
    """
    figure = new_figure(7.2, 4.2)
    axes = figure.subplots()
    table = _times(times)
    rows = np.arange(len(table))
    norm = LogNorm(1, max(np.nanmax(table, initial=2.0), 2.0))
    cells = axes.pcolormesh(_floats(rates), rows, table, norm=norm, cmap="viridis_r", shading="nearest")
    axes.plot(_floats(limits), rows, "|", color=MODEL, markersize=24, markeredgewidth=2, label="largest stable rate")
    axes.set_xscale("log")
    axes.set_yticks(rows, [f"{depth:g}" for depth in _floats(depths)])
    axes.set(xlabel="learning rate", ylabel="depth", title="Where training arrives in time (white: it does not)")
    axes.legend(loc="upper right", fontsize="small", markerscale=0.4)
    figure.colorbar(cells, label="epochs")
    return figure


def pairs_figure(depths: ArrayLike, inits: ArrayLike, times: Sequence[Sequence[int | None]]) -> Figure:
    """Draw for each depth and initial weight how many epochs training took, as a table.

    Parameters
    ----------
    depths : array_like, shape (m,)
    inits : array_like, shape (n,)
    times : sequence, shape (m, n)
        Epochs; None where training did not arrive.

    Returns
    -------
    Figure
    """
    figure = new_figure(5.6, 4.0)
    axes = figure.subplots()
    table = _times(times)
    axes.imshow(np.where(np.isnan(table), np.nan, 0.0), cmap="Greens", vmin=-1, vmax=2, aspect="auto")
    for (row, column), epochs in np.ndenumerate(table):
        missed = bool(np.isnan(epochs))
        text, colour = ("never", "#B00020") if missed else (f"{epochs:.0f}", PATH)
        axes.text(column, row, text, ha="center", va="center", color=colour)
    axes.set_xticks(range(table.shape[1]), [f"{init:g}" for init in _floats(inits)])
    axes.set_yticks(range(table.shape[0]), [f"{depth:g}" for depth in _floats(depths)])
    axes.set(xlabel="initial weights", ylabel="depth", title="Epochs to the goal with your rates")
    return figure


def board_figure(depths: Sequence[int], epochs: int, registered: Mapping[int, tuple[float, int]]) -> Figure:
    """Draw what has been registered in the depth game.

    Parameters
    ----------
    depths : sequence of int
        All depths of the game.
    epochs : int
        How long a run may be.
    registered : mapping of int to (float, int)
        For a depth the rate and the epochs that it took.

    Returns
    -------
    Figure
        Learning time against depth and rate against depth.
    """
    figure = quick_figure(7.2, 2.6)
    time, rate = map(figure.add_axes, ((0.1, 0.2, 0.37, 0.66), (0.6, 0.2, 0.37, 0.66)))
    done = list(registered)
    time.plot(done, [registered[depth][1] for depth in done], "o", color=MODEL)
    time.set(ylim=(0, epochs), yticks=np.linspace(0, epochs, 4))
    rate.plot(done, [registered[depth][0] for depth in done], "o", color=MODEL)
    rate.set_ylim(0, 1.15 * max((registered[depth][0] for depth in done), default=0.1))
    margin = 0.1 * (max(depths) - min(depths)) or 1.0
    for axes, ylabel, title in (
        (time, "epochs", "Learning time against depth"),
        (rate, "learning rate", "Registered rate against depth"),
    ):
        axes.set_xlim(min(depths) - margin, max(depths) + margin)
        axes.set_xticks(depths)
        quick_axes(axes, "depth", ylabel, title)
    return figure


def _draw_run(axes: Axes, losses: ArrayLike, epochs: int, threshold: float) -> None:
    history = _floats(losses)
    axes.semilogy(_positive(history), color=MODEL, linewidth=2)
    axes.set(xlim=(-0.02 * epochs, 1.02 * epochs), ylim=_LOSSES, xticks=np.linspace(0, epochs, 4))
    axes.axhline(threshold, color=SOLUTION, linestyle="--", linewidth=1)
    if len(history) <= epochs:
        note = f"blew up after {len(history)} epochs"
        axes.text(0.5, 0.5, note, transform=axes.transAxes, ha="center", color="#B00020")


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _positive(values: ArrayLike) -> Floats:
    """Give the values with NaN for those that have no logarithm: matplotlib leaves it out, and warns about zeros."""
    numbers = _floats(values)
    return np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)


def _times(times: Sequence[Sequence[int | None]]) -> Floats:
    return np.array([[np.nan if time is None else float(time) for time in row] for row in times])


def _colours(count: int) -> list[tuple[float, ...]]:
    return [tuple(colormaps["viridis"](0.92 * index / max(count - 1, 1))) for index in range(count)]

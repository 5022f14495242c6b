"""Lab 8's figures: what a large batch does to training, and what helps.

Every function returns a new `Figure`; `canvas.show` puts it below the cell. Arguments may be lists or NumPy arrays, and
values that cannot be drawn (NaN, infinite, or without a logarithm) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import DATA, MODEL, OTHER, PATH, SOLUTION, new_figure

Floats = NDArray[np.float64]

_COLOURS = (DATA, MODEL, SOLUTION, OTHER, PATH, "#E69F00", "#56B4E9")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def spirals_figure(x: ArrayLike, labels: ArrayLike, batches: ArrayLike, accuracies: ArrayLike, title: str) -> Figure:
    """Draw points of several classes and, beside them, how well a network told them apart for each batch size.

    Parameters
    ----------
    x : array_like, shape (n, 2)
    labels : array_like of int, shape (n,)
    batches : array_like, shape (k,)
    accuracies : array_like, shape (k, runs)
        Share of new points put into the right class.
    title : str
        Of the right panel.
    """
    points, classes = _floats(x), np.asarray(labels)
    figure = new_figure(10.0, 4.0)
    plane, accuracy = figure.subplots(1, 2, width_ratios=(2, 3))
    for index, label in enumerate(np.unique(classes)):
        chosen = points[classes == label]
        plane.plot(chosen[:, 0], chosen[:, 1], ".", color=_colour(index), markersize=3, label=f"class {label}")
    plane.set(title="The data, a colour for each class", xlabel="x₁", ylabel="x₂", aspect="equal")
    _draw_accuracies(accuracy, batches, {"median": accuracies})
    accuracy.set_title(title)
    return figure


def accuracy_figure(batches: ArrayLike, accuracies: Mapping[str, ArrayLike], title: str) -> Figure:
    """Draw accuracy against batch size: every run as a mark, their median as a line.

    Parameters
    ----------
    batches : array_like, shape (k,)
    accuracies : mapping of str to array_like, shape (k, runs)
        Share of new points put into the right class, by the way of choosing the learning rate.
    title : str
    """
    figure = new_figure(8.0, 4.4)
    axes = figure.subplots()
    _draw_accuracies(axes, batches, accuracies)
    axes.set_title(title)
    axes.legend(loc="lower left")
    return figure


def rates_figure(batches: ArrayLike, rates: Mapping[str, ArrayLike], base: tuple[float, float]) -> Figure:
    """Draw learning rates against batch size, both logarithmic, where a power is a straight line.

    Parameters
    ----------
    batches : array_like, shape (k,)
    rates : mapping of str to array_like, shape (k,)
        By the name of the rule.
    base : (float, float)
        The batch size and the rate from which the rules start.
    """
    figure = new_figure()
    axes = figure.subplots()
    # As in the figures of accuracy, where the first colour belongs to a rate that stays.
    for index, (rule, values) in enumerate(rates.items(), start=1):
        axes.loglog(batches, _positive(values), color=_colour(index), marker=_marker(index), markersize=4, label=rule)
    axes.plot(*base, "*", color=PATH, markersize=13, label="base", zorder=5)
    axes.set_xscale("log", base=2)
    axes.set_xticks(_floats(batches), [f"{size:.0f}" for size in _floats(batches)])
    axes.set(xlabel="batch size", ylabel="learning rate", title="Two rules for the learning rate")
    axes.legend()
    return figure


def warmup_figure(curves: Mapping[str, ArrayLike], steps_per_epoch: int) -> Figure:
    """Draw the learning rate of every step over the epochs, as stairs.

    Parameters
    ----------
    curves : mapping of str to array_like, shape (steps,)
        By the name of the schedule.
    steps_per_epoch : int
    """
    figure = new_figure(8.0, 3.8)
    axes = figure.subplots()
    for index, (name, rates) in enumerate(curves.items()):
        edges = np.arange(len(_floats(rates)) + 1) / steps_per_epoch
        axes.stairs(_finite(rates), edges, baseline=None, color=_colour(index), linewidth=1.8, label=name)
    axes.set(xlabel="epoch", ylabel="learning rate", title="The learning rate of every step")
    axes.set_ylim(bottom=0)
    axes.legend(loc="center right")
    return figure


def curvature_figure(runs: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]], steps_per_epoch: int) -> Figure:
    """Draw the curvature that a run meets with the largest that its learning rate can bear, and its loss, over epochs.

    Parameters
    ----------
    runs : mapping of str to (array_like, array_like, array_like), shape (steps,) each
        The largest curvature, the limit and the loss before every step, by the name of the run; a column each.
    steps_per_epoch : int
    """
    figure = new_figure(5.0 * len(runs), 5.4)
    panels = figure.subplots(2, len(runs), sharex=True, sharey="row", squeeze=False, height_ratios=(3, 2))
    for column, (name, (curvatures, limits, losses)) in enumerate(runs.items()):
        top, bottom = panels[:, column]
        curvature, limit = _positive(curvatures), _positive(limits)
        epochs = np.arange(len(curvature)) / steps_per_epoch
        top.semilogy(epochs, curvature, color=MODEL, marker=".", label="largest curvature")
        top.semilogy(epochs, limit, color=PATH, linestyle="--", label="the most this rate can bear")
        top.fill_between(epochs, limit, curvature, where=curvature > limit, color=MODEL, alpha=0.25, label="too steep")
        top.set_title(name)
        bottom.semilogy(epochs, _positive(losses), color=DATA)
        bottom.set_xlabel("epoch")
    for axes in panels[:, 0]:
        _plain_ticks(axes)
    panels[0, 0].set_ylabel("curvature")
    panels[1, 0].set_ylabel("loss of the batch")
    panels[0, -1].legend(loc="upper right", fontsize="small")
    return figure


def trust_figure(ratios: ArrayLike, names: Sequence[str], steps_per_epoch: int) -> Figure:
    """Draw ‖w‖/‖g‖ of each layer: at the first step as bars, then over the epochs.

    Parameters
    ----------
    ratios : array_like, shape (steps, layers)
    names : sequence of str
        Of the layers.
    steps_per_epoch : int
    """
    table = _positive(ratios)
    figure = new_figure(10.0, 3.8)
    bars, lines = figure.subplots(1, 2, width_ratios=(2, 3))
    for index, name in enumerate(names):
        if np.isfinite(table[0, index]):
            bars.bar(name, table[0, index], color=_colour(index))
            bars.text(index, table[0, index], f"{table[0, index]:.3g}", ha="center", va="bottom")
        lines.semilogy(np.arange(len(table)) / steps_per_epoch, table[:, index], color=_colour(index), label=name)
    bars.set(title="Before the first step", ylabel="‖w‖ / ‖g‖")
    bars.margins(y=0.12)
    _plain_ticks(lines)
    lines.set(title="During training", xlabel="epoch", ylabel="‖w‖ / ‖g‖")
    lines.legend(loc="upper left", fontsize="small")
    return figure


def losses_figure(runs: Mapping[str, ArrayLike], steps_per_epoch: int, title: str) -> Figure:
    """Draw the loss before every step over the epochs, on a logarithmic axis.

    Parameters
    ----------
    runs : mapping of str to array_like, shape (steps,)
        By the name of the run.
    steps_per_epoch : int
    title : str
    """
    figure = new_figure(8.0, 4.0)
    axes = figure.subplots()
    for index, (name, losses) in enumerate(runs.items()):
        values = _positive(losses)
        axes.semilogy(np.arange(len(values)) / steps_per_epoch, values, color=_colour(index), label=name)
    _plain_ticks(axes)
    axes.set(xlabel="epoch", ylabel="loss of the batch", title=title)
    axes.legend(fontsize="small")
    return figure


def schedule_figure(rates: ArrayLike, losses: ArrayLike, steps_per_epoch: int, title: str) -> Figure:
    """Draw a run's learning rate and, below it, its loss, over the epochs.

    Parameters
    ----------
    rates, losses : array_like, shape (steps,)
    steps_per_epoch : int
    title : str
    """
    figure = new_figure(8.0, 4.4)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    epochs = np.arange(len(_floats(rates))) / steps_per_epoch
    top.plot(epochs, _finite(rates), color=MODEL, drawstyle="steps-post")
    top.set(ylabel="learning rate", title=title)
    top.set_ylim(bottom=0)
    bottom.plot(epochs, _finite(losses), color=DATA)
    bottom.set(xlabel="epoch", ylabel="loss of the batch", ylim=(0, 4))
    return figure


def noise_figure(batches: ArrayLike, moments: Mapping[str, tuple[ArrayLike, float]]) -> Figure:
    """Draw how noisy a batch's gradient is against the batch size, log-log; rings mark where noise equals signal.

    Parameters
    ----------
    batches : array_like, shape (k,)
    moments : mapping of str to (array_like of shape (k,), float)
        For each moment of training the measured mean of ‖g_B − G‖² over ‖G‖², G the gradient of all the data, and the
        noise scale tr Σ / ‖G‖², whose quotient by the batch size it should be.
    """
    sizes = _floats(batches)
    figure = new_figure(8.0, 4.2)
    axes = figure.subplots()
    for index, (moment, (values, scale)) in enumerate(moments.items()):
        label = f"{moment}: noise scale {scale:.0f}"
        axes.loglog(sizes, _positive(values), _marker(index), color=_colour(index), label=label)
        axes.loglog(sizes, _positive(scale / sizes), color=_colour(index), linewidth=1, alpha=0.6)
        axes.plot(_positive([scale]), [1.0], "o", color=_colour(index), markersize=11, markerfacecolor="none")
    axes.axhline(1.0, color=PATH, linestyle=":", linewidth=1)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
    axes.set(xlabel="batch size B", ylabel="noise / signal", title="How noisy the gradient of a batch is")
    axes.legend(fontsize="small")
    return figure


def parts_figure(whole: ArrayLike, answers: Mapping[str, ArrayLike]) -> Figure:
    """Draw the entries of a gradient put together from parts against those of the whole batch.

    Parameters
    ----------
    whole : array_like, shape (n,)
    answers : mapping of str to array_like, shape (n,)
        By the way of putting them together.
    """
    truth = _floats(whole)
    figure = new_figure(6.4, 4.6)
    axes = figure.subplots()
    axes.axline((0.0, 0.0), slope=1.0, color=PATH, linewidth=1, label="equal")
    for index, (name, values) in enumerate(answers.items()):
        axes.plot(truth, _finite(values), _marker(index), color=_colour(index), markersize=4, alpha=0.7, label=name)
    axes.set(
        xlabel="entry of the whole batch's gradient", ylabel="entry of the answer", title="From parts to the whole"
    )
    axes.legend()
    return figure


def moments_figure(means: ArrayLike, errors: Mapping[str, ArrayLike]) -> Figure:
    """Draw the relative error of a variance against the mean of the data, log-log.

    Parameters
    ----------
    means : array_like, shape (k,)
        In standard deviations of the data.
    errors : mapping of str to array_like, shape (k,)
        By the way of computing; an error of zero is drawn as half a unit of rounding.
    """
    figure = new_figure(8.0, 4.0)
    axes = figure.subplots()
    for index, (name, values) in enumerate(errors.items()):
        drawn = _positive(np.maximum(_floats(values), 2.0**-53))
        axes.loglog(means, drawn, color=_colour(index), marker=_marker(index), markersize=4, label=name)
    axes.axhline(1.0, color=PATH, linestyle=":", linewidth=1)
    axes.set(xlabel="mean / standard deviation", ylabel="relative error of the variance")
    axes.set_title("A large mean drowns a small variance")
    axes.legend()
    return figure


def _draw_accuracies(axes: Axes, batches: ArrayLike, accuracies: Mapping[str, ArrayLike]) -> None:
    sizes = _floats(batches)
    for index, (name, table) in enumerate(accuracies.items()):
        shares = np.where(np.isfinite(_floats(table)), _floats(table), 0.0)
        # A little apart, so that ways with the same accuracy can be told from each other.
        at = sizes * 2.0 ** (0.07 * (index - (len(accuracies) - 1) / 2))
        axes.plot(at, shares, _marker(index), color=_colour(index), markersize=4, alpha=0.45)
        axes.plot(at, np.median(shares, axis=1), color=_colour(index), marker=_marker(index), label=name)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
    axes.set(xlabel="batch size", ylabel="accuracy on new points", ylim=(0.0, 1.05))


def _plain_ticks(axes: Axes) -> None:
    """Write 0.5, 2 and 10 on a logarithmic axis that spans few powers of ten."""
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]


def _marker(index: int) -> str:
    return _MARKERS[index % len(_MARKERS)]


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _finite(values: ArrayLike) -> Floats:
    numbers = _floats(values)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _positive(values: ArrayLike) -> Floats:
    """Give the values with NaN for those that have no logarithm: matplotlib leaves it out, and warns about zeros."""
    numbers = _floats(values)
    return np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)

"""Lab 9's figures: numbers with fewer bits, what they do to a network, and what a network costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import DATA, MODEL, OTHER, PATH, SOLUTION, new_figure

Floats = NDArray[np.float64]

#: Bits behind the point, smallest and largest exponent of 2 of the floating-point formats.
_FORMATS = {"fp32": (23, -126, 127), "bf16": (7, -126, 127), "fp16": (10, -14, 15)}


#: From one class to the other, in the colours of their points.
_CLASSES = LinearSegmentedColormap.from_list("classes", [DATA, "white", MODEL])


def maps_figure(
    maps: Mapping[str, ArrayLike], xs: ArrayLike, ys: ArrayLike, points: ArrayLike, labels: ArrayLike
) -> Figure:
    """Draw what several networks say about the plane, a panel for each, with the points they learned from.

    Parameters
    ----------
    maps : mapping of str to array_like, shape (len(ys), len(xs))
        The probability of class 1 at each place, by the panel's title.
    xs, ys : array_like, shape (p,) and (q,)
    points : array_like, shape (n, 2)
    labels : array_like, shape (n,)
        0 or 1.
    """
    grid_x, grid_y, places = _floats(xs), _floats(ys), _floats(points)
    ones = np.asarray(labels) == 1
    figure = new_figure(2.6 * len(maps), 3.2)
    panels = figure.subplots(1, len(maps), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (title, values) in zip(panels, maps.items(), strict=True):
        extent = (grid_x[0], grid_x[-1], grid_y[0], grid_y[-1])
        axes.imshow(_floats(values), extent=extent, origin="lower", cmap=_CLASSES, vmin=0, vmax=1, alpha=0.5)
        for chosen, colour, name in ((ones, MODEL, "class 1"), (~ones, DATA, "class 0")):
            axes.plot(*places[chosen].T, ".", color=colour, markersize=3, label=name)
        axes.set(title=title, xlabel="x₁")
    panels[0].set_ylabel("x₂")
    panels[0].legend(fontsize="x-small", loc="upper left")
    return figure


def half_figure(values: ArrayLike, halves: ArrayLike) -> Figure:
    """Draw how far apart floating-point numbers are, and how far rounding to half precision moved some values.

    Parameters
    ----------
    values : array_like, shape (n,)
        Positive numbers.
    halves : array_like, shape (n,)
        The same, rounded.

    Returns
    -------
    Figure
        Left the distance to the next number against the number, for three formats; right the relative error of
        `halves`, where a value that became infinite counts as an error of 1.
    """
    given, rounded = _floats(values), _floats(halves)
    figure = new_figure(10, 4.0)
    left, right = figure.subplots(1, 2)
    for (name, (bits, lowest, highest)), colour in zip(_FORMATS.items(), (OTHER, MODEL, DATA), strict=True):
        # Below the smallest exponent lie the subnormals, evenly spaced.
        exponents = np.arange(max(lowest - bits, -40), min(highest, 39) + 2)
        spacing = 2.0 ** (np.maximum(exponents, lowest) - bits)
        left.step(2.0**exponents, spacing, where="post", color=colour, label=name)
    left.set_xscale("log", base=2)
    left.set_yscale("log", base=2)
    left.set(xlabel="number", ylabel="distance to the next one", title="The gaps grow with the numbers")
    left.legend()
    with np.errstate(all="ignore"):
        error = np.where(np.isinf(rounded), 1.0, np.abs(rounded - given) / np.abs(given))
    shown = np.where(error > 0, error, np.nan)
    right.loglog(given, shown, ".", color=DATA, markersize=3, label="your float16")
    infinite = np.isinf(rounded)
    right.loglog(given[infinite], shown[infinite], "x", color=MODEL, label="became infinite")
    right.axhline(2.0**-11, color=PATH, linestyle=":", label="2⁻¹¹")
    for edge in (2.0**-14, 65520.0):
        right.axvline(edge, color=PATH, linewidth=0.8)
    right.minorticks_off()
    right.set(xlabel="number", ylabel="relative error", title="Rounding to half precision", ylim=(1e-6, 3))
    right.legend(loc="upper center", fontsize="small")
    return figure


def staircase_figure(x: ArrayLike, restored: ArrayLike, scale: float) -> Figure:
    """Draw what numbers are after quantization and back, and by how much they are off.

    Parameters
    ----------
    x, restored : array_like, shape (n,)
    scale : float
        The step, half of which the error may reach.
    """
    before, after = _floats(x), _floats(restored)
    figure = new_figure(9, 3.8)
    left, right = figure.subplots(1, 2)
    left.plot(before, before, ":", color=PATH, linewidth=1, label="no rounding")
    left.step(before, after, where="mid", color=MODEL, label="there and back")
    left.plot([0], [0], "o", color=SOLUTION, markersize=5, label="zero")
    left.set(xlabel="x", ylabel="restored", title="A staircase with a step at 0")
    left.legend(fontsize="small")
    right.plot(before, after - before, color=DATA, linewidth=0.8, label="restored − x")
    if np.isfinite(scale):
        for half in (scale / 2, -scale / 2):
            right.axhline(half, color=PATH, linestyle=":", label="± scale / 2" if half > 0 else None)
        right.margins(y=0.25)
    right.set(xlabel="x", ylabel="error", title="Half a step at most")
    right.legend(fontsize="small", loc="upper right")
    return figure


def grid_figure(weights: ArrayLike, scale: float, zero_point: float, bits: int) -> Figure:
    """Draw a histogram of weights over the levels that they are rounded to.

    Parameters
    ----------
    weights : array_like, any shape
    scale, zero_point : float
        Level q stands for scale · (q − zero_point).
    bits : int
        There are 2**bits levels, from 0.
    """
    values = _finite(_floats(weights).ravel())
    with np.errstate(invalid="ignore"):
        levels = _finite(_floats(scale) * (np.arange(2**bits) - zero_point))
    figure = new_figure(8, 3.8)
    axes = figure.subplots()
    axes.hist(values, bins=100, color=DATA, alpha=0.7, label="weights")
    axes.vlines(levels, 0, 1, transform=axes.get_xaxis_transform(), color=PATH, linewidth=0.5, alpha=0.6)
    axes.axvline(0, color=SOLUTION, linewidth=1.5, label="0")
    axes.plot([], [], color=PATH, linewidth=0.8, label=f"{2**bits} levels, {scale:.3g} apart")
    axes.set(xlabel="weight", ylabel="how many", title=f"{values.size} weights and the grid of {bits} bits")
    axes.legend(loc="upper right", fontsize="small")
    return figure


def bits_figure(bits: ArrayLike, scales: ArrayLike, largest: ArrayLike, typical: ArrayLike) -> Figure:
    """Draw the error of quantization against the number of bits.

    Parameters
    ----------
    bits, scales : array_like, shape (k,)
    largest, typical : array_like, shape (k,)
        The largest error and the root of the mean square.
    """
    at, steps = _floats(bits), _floats(scales)
    figure = new_figure(6.4, 4.2)
    axes = figure.subplots()
    axes.semilogy(at, _positive(steps / 2), color=MODEL, label="scale / 2")
    axes.semilogy(at, _positive(largest), "o", color=MODEL, markerfacecolor="none", label="largest error")
    axes.semilogy(at, _positive(steps / np.sqrt(12)), color=DATA, label="scale / √12")
    axes.semilogy(at, _positive(typical), "s", color=DATA, markerfacecolor="none", label="root mean square error")
    axes.set(xlabel="bits", ylabel="error", title="One more bit halves the error")
    axes.legend(fontsize="small")
    return figure


def channels_figure(ranges: ArrayLike, errors: Mapping[str, ArrayLike]) -> Figure:
    """Draw the range of each channel's weights, and the relative error of each channel for several ways to round.

    Parameters
    ----------
    ranges : array_like, shape (c,)
        The largest magnitude in each channel.
    errors : mapping of str to array_like, shape (c,)
        By the name of the way.
    """
    figure = new_figure(10, 3.8)
    left, right = figure.subplots(1, 2)
    channels = np.arange(len(_floats(ranges)))
    left.bar(channels, _positive(ranges), color=DATA)
    left.set_yscale("log")
    left.set(xlabel="channel", ylabel="largest |w|", title="Channels differ in range")
    for (name, values), colour, mark in zip(errors.items(), (MODEL, SOLUTION, OTHER), "osd", strict=False):
        right.semilogy(channels, _positive(values), mark + "-", color=colour, linewidth=0.8, label=name)
    right.set(xlabel="channel", ylabel="error / size of the weights", title="Relative error of each channel")
    right.legend(fontsize="small")
    return figure


def cost_figure(sizes: Mapping[str, float], latencies: Mapping[str, float]) -> Figure:
    """Draw what a network takes to store and how long one answer takes, as bars.

    Parameters
    ----------
    sizes : mapping of str to float
        Bytes, by the name of the form.
    latencies : mapping of str to float
        Seconds, by the name of the form.
    """
    figure = new_figure(10, 0.9 + 0.5 * max(len(sizes), len(latencies)))
    left, right = figure.subplots(1, 2)
    _bars(left, {name: value / 1024 for name, value in sizes.items()}, DATA, "KiB", "Size")
    _bars(right, {name: value * 1e6 for name, value in latencies.items()}, MODEL, "µs", "Time for one input")
    return figure


def _bars(axes: Axes, values: Mapping[str, float], colour: str, unit: str, title: str) -> None:
    bars = axes.barh(list(values), list(values.values()), color=colour)
    axes.bar_label(bars, fmt="%.0f", padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    axes.set(xlabel=unit, title=title)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _positive(values: ArrayLike) -> Floats:
    """Give the values with NaN for those that have no logarithm."""
    numbers = _floats(values)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)

"""Lab 6's figures: curvature and what the methods that use it do, from Newton's step to L-BFGS.

A loss `f` is called with an array of shape (2, p, q), the coordinates of a whole grid, and gives p·q losses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import DATA, MODEL, OTHER, PATH, SOLUTION, new_figure

Floats: TypeAlias = NDArray[np.float64]
Loss: TypeAlias = Callable[[Any], Any]

_COLOURS = (MODEL, PATH, OTHER, DATA)


def landscape_figure(f: Loss, xs: ArrayLike, ys: ArrayLike, paths: Mapping[str, ArrayLike]) -> Figure:
    """Draw the logarithm of a loss of two parameters as a surface, with trajectories on it.

    Parameters
    ----------
    f : callable
        The loss.
    xs : array_like, shape (p,)
    ys : array_like, shape (q,)
        The grid's coordinates.
    paths : mapping of str to array_like, shape (k, 2)
        The points of each trajectory, by its name; those that are not above the grid are left out.
    """
    xs, ys = _floats(xs), _floats(ys)
    grid = np.meshgrid(xs, ys, indexing="ij")
    figure = new_figure(7.2, 5.4)
    axes: Any = figure.add_subplot(projection="3d", computed_zorder=False)
    surface = axes.plot_surface(
        *grid,
        _bounded_log(f(np.stack(grid))),
        cmap="viridis",
        alpha=0.85,
        rcount=60,
        ccount=60,
        antialiased=False,
    )
    for (name, path), colour in zip(paths.items(), _COLOURS, strict=False):
        x, y = _inside(path, xs, ys)
        axes.plot(
            x,
            y,
            _bounded_log(f(np.stack((x, y)))) + 0.03,
            "o-",
            color=colour,
            markersize=2.5,
            linewidth=1,
            zorder=5,
            label=name,
        )
    axes.set(xlabel="x", ylabel="y", zlabel="log₁₀(loss + 0.1)", title="The landscape")
    axes.view_init(elev=52, azim=-75)
    axes.legend(loc="upper left", fontsize="small")
    figure.colorbar(surface, label="log₁₀(loss + 0.1)", shrink=0.6, pad=0.1)
    return figure


def map_figure(
    f: Loss,
    xs: ArrayLike,
    ys: ArrayLike,
    paths: Mapping[str, ArrayLike],
    minimum: tuple[float, float] | None = None,
) -> Figure:
    """Draw a loss of two parameters from above, in logarithmic colours, with trajectories.

    Parameters
    ----------
    f : callable
        The loss.
    xs : array_like, shape (p,)
    ys : array_like, shape (q,)
        The grid's coordinates, which are the limits of the picture.
    paths : mapping of str to array_like, shape (k, 2)
        The points of each trajectory, by its name.
    minimum : (float, float), optional
        A place to be marked by a star.
    """
    figure = new_figure(6.8, 4.8)
    axes = figure.subplots()
    _landscape(figure, axes, f, _floats(xs), _floats(ys))
    for (name, path), colour in zip(paths.items(), _COLOURS, strict=False):
        x, y = _floats(path).reshape(-1, 2).T
        axes.plot(x, y, "o-", color=colour, markersize=3.5, linewidth=1.2, label=name)
        axes.plot(x[:1], y[:1], "s", color=colour, markersize=7)
    if minimum is not None:
        axes.plot(*minimum, "*", color="white", markersize=14, markeredgecolor=PATH, label="minimum")
    axes.set_title("From above (square: start)")
    axes.legend(loc="best", fontsize="small")
    return figure


def directions_figure(
    f: Loss,
    xs: ArrayLike,
    ys: ArrayLike,
    arrows: Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]],
    names: tuple[str, str],
) -> Figure:
    """Draw two directions at some points of a map: one by a short arrow of fixed length, the other in full.

    Parameters
    ----------
    f : callable
        The loss.
    xs : array_like, shape (p,)
    ys : array_like, shape (q,)
        The grid's coordinates, which are the limits of the picture.
    arrows : sequence of (array_like, array_like, array_like), shape (2,) each
        A point, the direction whose length does not matter, and the step that is drawn to its end.
    names : (str, str)
        What the two are called.
    """
    xs, ys = _floats(xs), _floats(ys)
    figure = new_figure(6.8, 4.8)
    axes = figure.subplots()
    _landscape(figure, axes, f, xs, ys)
    x, y = np.array([_floats(point) for point, _, _ in arrows]).T
    reach = (xs.max() - xs.min()) / 8
    for number, (name, colour) in enumerate(zip(names, (MODEL, PATH), strict=True)):
        u, v = np.array([_floats(arrow[1 + number]) for arrow in arrows]).T
        length = np.where(np.hypot(u, v) > 0, np.hypot(u, v), 1.0)
        scale = reach / length if number == 0 else np.ones_like(length)
        axes.quiver(
            x, y, scale * u, scale * v, angles="xy", scale_units="xy", scale=1, color=colour, width=0.007, label=name
        )
    axes.plot(x, y, "o", color="white", markeredgecolor=PATH)
    axes.set_title("Which way, and how far?")
    axes.legend(loc="lower left", fontsize="small")
    return figure


def parabola_figure(f: Loss, slope: Loss, bend: Loss, starts: Mapping[str, float], steps: int = 3) -> Figure:
    """Draw Newton's steps in one dimension: to the bottom of a parabola, and to the root of the slope's tangent.

    Parameters
    ----------
    f, slope, bend : callable
        The loss and its first two derivatives, functions of numbers and arrays.
    starts : mapping of str to float
        Where the steps begin, two panels each, by their title.
    steps : int
        How many steps to draw.
    """
    figure = new_figure(5.2 * len(starts), 6.2)
    panels = figure.subplots(2, len(starts), sharex="col", squeeze=False)
    for (losses, slopes), (title, start) in zip(panels.T, starts.items(), strict=True):
        here = [float(start)]
        for _ in range(steps):
            here.append(here[-1] - float(slope(here[-1]) / bend(here[-1])))
        margin = 0.25 * (max(here) - min(here)) or 1.0
        grid = np.linspace(min(here) - margin, max(here) + margin, 300)
        losses.plot(grid, f(grid), color=DATA, linewidth=2.5, label="loss")
        slopes.plot(grid, slope(grid), color=DATA, linewidth=2.5, label="slope of the loss")
        slopes.axhline(0.0, color=PATH, linewidth=0.8)
        for number, (old, new) in enumerate(pairwise(here)):
            colour = (MODEL, SOLUTION, OTHER)[number % 3]
            model = f(old) + slope(old) * (grid - old) + bend(old) * (grid - old) ** 2 / 2
            lowest = f(old) - slope(old) ** 2 / (2 * bend(old))
            losses.plot(grid, model, "--", color=colour, linewidth=1.2, label=f"parabola of step {number + 1}")
            losses.plot([old], [f(old)], "o", color=colour)
            losses.plot([new], [lowest], "v", color=colour)
            slopes.plot([old, new], [slope(old), 0.0], "--", color=colour, label=f"tangent of step {number + 1}")
            slopes.plot([old], [slope(old)], "o", color=colour)
            slopes.plot([new, new], [0.0, slope(new)], ":", color=PATH, linewidth=0.8)
        top, low = float(np.max(f(grid))), float(np.min(f(grid)))
        losses.set(title=title, ylabel="loss", ylim=(low - 0.5 * (top - low), top + 0.1 * (top - low)))
        slopes.set(xlabel="θ", ylabel="slope")
        losses.legend(fontsize="small")
        slopes.legend(fontsize="small")
    return figure


def difference_error_figure(hs: ArrayLike, errors: Mapping[str, ArrayLike]) -> Figure:
    """Draw the errors of difference quotients against their h, on logarithmic axes, largest h first.

    Parameters
    ----------
    hs : array_like, shape (k,)
    errors : mapping of str to array_like, shape (k,)
        By their label; zeros, which have no logarithm, are left out.
    """
    figure = new_figure()
    axes = figure.subplots()
    for (label, values), colour in zip(errors.items(), (DATA, MODEL, OTHER), strict=False):
        axes.loglog(_floats(hs), _positive(values), "o-", color=colour, markersize=3, label=label)
    axes.invert_xaxis()
    axes.set(xlabel="h (smaller to the right)", ylabel="largest error of the gradient")
    axes.set_title("Truncation on the left, rounding on the right")
    axes.legend()
    return figure


def armijo_figure(ts: ArrayLike, losses: ArrayLike, slope: float, c: float, tried: ArrayLike, taken: float) -> Figure:
    """Draw the loss along a direction, Armijo's line, the lengths that were tried and the one that was taken.

    Parameters
    ----------
    ts, losses : array_like, shape (k,)
        Lengths, from 0 upwards, and the loss at each.
    slope : float
        The derivative gᵀp of the loss at length 0.
    c : float
        The part of the promised decrease that is asked for.
    tried : array_like, shape (m,)
        Lengths to be marked.
    taken : float
        The accepted length; not drawn where it is not finite.
    """
    ts, losses, tried = _floats(ts), _floats(losses), _floats(tried)
    line, known = losses[0] + c * slope * ts, np.isfinite(losses)
    marks = {f"tried: {len(tried)}": (tried, "x", MODEL), f"taken: {taken:.3g}": (_floats([taken]), "o", PATH)}
    figure = new_figure(10.0, 4.2)
    whole, near = figure.subplots(1, 2)
    for axes in (whole, near):
        axes.plot(ts, losses, color=DATA, label="loss along the direction")
        axes.plot(ts, line, "--", color=SOLUTION, label=f"f(θ) + c t gᵀp, c = {c:g}")
        axes.plot(ts, losses[0] + slope * ts, ":", color=PATH, linewidth=1, label="tangent")
        axes.fill_between(
            ts, 0, 1, where=losses <= line, color=SOLUTION, alpha=0.15, transform=axes.get_xaxis_transform()
        )
        for label, (lengths, marker, colour) in marks.items():
            at = np.interp(lengths, ts[known], losses[known]) if known.any() else np.full(lengths.shape, np.nan)
            axes.plot(lengths, at, marker, color=colour, markersize=7, markeredgewidth=2, label=label)
        axes.set(xlabel="length t", ylabel="loss")
    whole.set_title("What backtracking tries")
    near.set_title("Near the length it takes (green: enough of a fall)")
    whole.legend(fontsize="small", loc="upper left")
    if known.any():
        low, top = float(losses[known].min()), float(losses[known].max())
        margin = 0.05 * (top - low) or 1.0
        whole.set_ylim(low - 2 * margin, top + margin)
        end = 2.2 * taken if 0 < taken < np.inf else float(ts.max())
        fall = losses[0] - float(losses[known & (ts <= end)].min(initial=losses[0]))
        margin = 0.4 * fall if fall > 0 else margin
        near.set(xlim=(-0.05 * end, end), ylim=(losses[0] - fall - margin, losses[0] + 2 * margin))
    return figure


def inverse_figure(inverse: ArrayLike, approximations: Mapping[int, ArrayLike]) -> Figure:
    """Draw a matrix and what approximates it, entry by entry, on one scale of colours.

    Parameters
    ----------
    inverse : array_like, shape (n, n)
        The true inverse Hessian.
    approximations : mapping of int to array_like, shape (n, n)
        Matrices by the number of pairs that they were made from.
    """
    matrices = {"true H⁻¹": _floats(inverse)}
    matrices |= {f"from {m} pairs": _floats(matrix) for m, matrix in approximations.items()}
    figure = new_figure(2.5 * len(matrices), 2.9)
    panels = figure.subplots(1, len(matrices), squeeze=False)[0]
    reach = float(np.abs(_floats(inverse)).max()) or 1.0
    for axes, (title, matrix) in zip(panels, matrices.items(), strict=True):
        image = axes.imshow(matrix, cmap="RdBu_r", vmin=-reach, vmax=reach)
        axes.set(title=title, xlabel="column")
    panels[0].set_ylabel("row")
    figure.colorbar(image, ax=list(panels), shrink=0.8)
    return figure


def calls_figure(
    *panels: Mapping[str, ArrayLike], titles: Sequence[str] = ("What a gradient buys",), ylabel: str = "loss"
) -> Figure:
    """Draw losses against the number of gradients that they took, on logarithmic axes.

    Parameters
    ----------
    *panels : mapping of str to array_like, shape (k,)
        For each panel the losses of the runs, by their name; entry i is the loss where gradient i + 1 was asked for.
        Losses without a logarithm are left out.
    titles : sequence of str
        One for each panel.
    ylabel : str
    """
    figure = new_figure(7.2 if len(panels) == 1 else 5.2 * len(panels), 4.2)
    colours = (DATA, MODEL, OTHER, SOLUTION, PATH, "#E69F00", "#56B4E9")
    row = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, runs, title in zip(row, panels, titles, strict=True):
        for number, (name, losses) in enumerate(runs.items()):
            values = _positive(losses)
            count = np.arange(1, len(values) + 1)
            axes.loglog(count, values, color=colours[number % len(colours)], linewidth=1.4, label=name)
        axes.set(xlabel="gradients", title=title)
        axes.minorticks_off()
        axes.legend(fontsize="small")
    row[0].set_ylabel(ylabel)
    return figure


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _positive(values: ArrayLike) -> Floats:
    """Give the values with NaN, which matplotlib leaves out, for those that a logarithmic axis has no room for."""
    numbers = _floats(values)
    return np.where((numbers > 1e-100) & (numbers < 1e100), numbers, np.nan)


def _bounded_log(losses: ArrayLike) -> Floats:
    """The bottom of a valley has no logarithm, and a picture no room for its depth."""
    heights: Floats = np.log10(_floats(losses) + 0.1)
    return heights


def _heights(f: Loss, xs: Floats, ys: Floats) -> Floats:
    """Losses over the grid, shape (p, q), cut off below: the bottom of a valley has no logarithm."""
    heights = _floats(f(np.stack(np.meshgrid(xs, ys, indexing="ij"))))
    return np.maximum(heights, 1e-6 * float(heights.max()))


def _inside(path: ArrayLike, xs: Floats, ys: Floats) -> Floats:
    """The points of a path above the grid, shape (2, k), with NaN for the others."""
    x, y = _floats(path).reshape(-1, 2).T
    outside = ~((xs.min() <= x) & (x <= xs.max()) & (ys.min() <= y) & (y <= ys.max()))
    above: Floats = np.where(outside, np.nan, (x, y))
    return above


def _landscape(figure: Figure, axes: Axes, f: Loss, xs: Floats, ys: Floats) -> None:
    heights = _heights(f, xs, ys)
    levels = np.geomspace(heights.min(), heights.max(), 19)
    colours: dict[str, Any] = {"levels": levels, "norm": LogNorm(heights.min(), heights.max())}
    filled = axes.contourf(xs, ys, heights.T, cmap="viridis", alpha=0.75, extend="min", **colours)
    axes.contour(xs, ys, heights.T, levels=levels[6:], colors="white", linewidths=0.4)
    figure.colorbar(filled, ax=axes, label="loss", format="%.2g")
    axes.set(xlabel="x", ylabel="y", xlim=(xs.min(), xs.max()), ylim=(ys.min(), ys.max()))

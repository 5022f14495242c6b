"""Lab 3's figures: a network of two weights, and the landscape of its loss.

Every function returns a new `Figure`; `canvas.show` puts it below the cell. Arguments may be lists or NumPy arrays;
what is not finite in them is left out. Tables over the weights have a row for each w1 and a column for each w2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import DATA, MODEL, OTHER, PATH, SOLUTION, new_figure

Floats = NDArray[np.float64]

_COLOURS = (MODEL, DATA, OTHER, SOLUTION)
_DASHES = ("-", "--", ":", "-.")
#: Along each axis; of a finer grid only some places get one.
_MOST_ARROWS = 22


def nets_figure(x: ArrayLike, y: ArrayLike, nets: Mapping[str, ArrayLike]) -> Figure:
    """Draw the data and the lines of several networks, dashed in different ways so that equal lines can be told apart.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    nets : mapping of str to array_like of shape (n,)
        Predictions at `x`, by their label.
    """
    figure = new_figure()
    _draw_nets(figure.subplots(), x, y, nets)
    return figure


def first_look_figure(x: ArrayLike, y: ArrayLike, nets: Sequence[tuple[float, float]]) -> Figure:
    """Draw some networks twice: as lines over the data, and as points on the map of the loss.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    nets : sequence of (float, float)
        The weights w1, w2 of each network.
    """
    figure = new_figure(10.5, 4.4)
    lines, level = figure.subplots(1, 2)
    xs, ys = _floats(x), _floats(y)
    names = [f"w1 = {w1:g}, w2 = {w2:g}" for w1, w2 in nets]
    _draw_nets(lines, xs, ys, {name: w1 * w2 * xs for name, (w1, w2) in zip(names, nets, strict=True)})
    reach = 1.15 * max(abs(weight) for net in nets for weight in net)
    grid = np.linspace(-reach, reach, 121)
    products = np.outer(grid, grid)
    losses = products**2 * np.mean(xs**2) - 2 * products * np.mean(xs * ys) + np.mean(ys**2)
    _draw_losses(level, grid, grid, losses)
    for index, (name, net) in enumerate(zip(names, nets, strict=True)):
        level.plot(*net, "o", color=_COLOURS[index % 4], markeredgecolor="white", markersize=9, label=name)
    level.set(xlabel="w1", ylabel="w2", title="The same networks on the map of the loss", aspect="equal")
    return figure


def diagonals_figure(values: ArrayLike, same: ArrayLike, opposite: ArrayLike) -> Figure:
    """Draw the loss along both diagonals of the plane of the weights.

    Parameters
    ----------
    values : array_like, shape (n,)
        What w1 is.
    same, opposite : array_like, shape (n,)
        The loss where w2 = w1, and where w2 = −w1.
    """
    figure = new_figure()
    axes = figure.subplots()
    for label, losses, colour in (("w2 = w1", same, MODEL), ("w2 = −w1", opposite, DATA)):
        axes.plot(_floats(values), _finite(losses), color=colour, linewidth=2, label=f"along {label}")
    axes.axvline(0, color=PATH, linestyle=":", linewidth=1)
    axes.set(xlabel="w1", ylabel="loss", title="One landscape, cut along its two diagonals")
    axes.legend()
    return figure


def fit_figure(x: ArrayLike, y: ArrayLike, predictions: ArrayLike, losses: ArrayLike, weights: ArrayLike) -> Figure:
    """Draw what training has come to: the fit, the loss and both weights, side by side.

    Parameters
    ----------
    x, y, predictions : array_like, shape (n,)
    losses : array_like, shape (epochs + 1,)
    weights : array_like, shape (epochs + 1, 2)
    """
    figure = new_figure(11.5, 3.6)
    fit, loss, both = figure.subplots(1, 3)
    xs = _floats(x)
    order = np.argsort(xs)
    fit.plot(xs, _floats(y), "o", color=DATA, markersize=4, alpha=0.7, label="data")
    fit.plot(xs[order], _finite(predictions)[order], color=MODEL, linewidth=2, label="network")
    fit.set(xlabel="x", ylabel="y", title="The fit")
    fit.legend()
    loss.semilogy(_positive(losses), color=MODEL)
    loss.set(xlabel="epoch", ylabel="loss", title="The loss")
    states = _finite(weights)
    for column, colour in ((0, DATA), (1, SOLUTION)):
        both.plot(states[:, column], color=colour, linewidth=2, label=f"w{column + 1}")
    both.plot(states[:, 0] * states[:, 1], "--", color=PATH, linewidth=1, label="w1 · w2")
    both.set(xlabel="epoch", ylabel="weights", title="The weights")
    both.legend()
    return figure


def map_figure(
    w1s: ArrayLike,
    w2s: ArrayLike,
    *,
    losses: ArrayLike | None = None,
    field: tuple[ArrayLike, ArrayLike] | None = None,
    product: float | None = None,
    paths: Mapping[str, ArrayLike] | None = None,
    title: str = "The landscape of two weights",
) -> Figure:
    """Draw a map of the weights with those of its layers that are given.

    Parameters
    ----------
    w1s, w2s : array_like, shape (p,) and (q,)
        The grid, in increasing order.
    losses : array_like, shape (p, q), optional
        Contours: the loss, in logarithmic colours.
    field : (array_like, array_like), shape (p, q) each, optional
        Arrows: the derivatives by w1 and w2. The arrows point down, against them, and their lengths go with the root of
        the gradient's size.
    product : float, optional
        Ribbon: the solutions w1·w2 = product.
    paths : mapping of str to array_like of shape (epochs + 1, 2), optional
        Trajectories: the weights of each run by its name, from a ring to a cross.
    title : str
    """
    figure = new_figure(7.2, 5.8)
    _draw_map(figure.subplots(), w1s, w2s, losses, field, product, paths or {}, title)
    return figure


def layers_figure(
    w1s: ArrayLike,
    w2s: ArrayLike,
    *,
    losses: ArrayLike,
    field: tuple[ArrayLike, ArrayLike],
    product: float,
    paths: Mapping[str, ArrayLike],
) -> Figure:
    """Draw each layer of the map in a panel of its own; arguments as for `map_figure`."""
    figure = new_figure(10.5, 9.2)
    panels = figure.subplots(2, 2).ravel()
    _draw_map(panels[0], w1s, w2s, losses, None, None, {}, "Contours: the loss")
    _draw_map(panels[1], w1s, w2s, None, field, None, {}, "Arrows: the way down")
    _draw_map(panels[2], w1s, w2s, None, None, product, {}, "Ribbon: the solutions")
    _draw_map(panels[3], w1s, w2s, None, None, None, paths, "Trajectories: training")
    return figure


def kinds_figure(w1s: ArrayLike, w2s: ArrayLike, losses: ArrayLike, classify: Callable[[float, float], str]) -> Figure:
    """Mark the stationary places among those of a grid, over the contours of the loss.

    Parameters
    ----------
    w1s, w2s : array_like, shape (p,) and (q,)
    losses : array_like, shape (p, q)
    classify : callable
        What a place (w1, w2) is: "minimum", "saddle", or something else for the places that are not marked.
    """
    figure = new_figure(7.2, 5.8)
    axes = figure.subplots()
    rows, columns = _floats(w1s), _floats(w2s)
    _draw_losses(axes, rows, columns, losses)
    kinds = [(str(classify(float(w1), float(w2))), w1, w2) for w1 in rows for w2 in columns]
    for kind, marker, colour in (("minimum", "o", MODEL), ("saddle", "X", "white")):
        places = np.array([place for name, *place in kinds if name == kind], dtype=np.float64).reshape(-1, 2)
        label = f"{kind}: {len(places)} of {len(kinds)} places"
        axes.plot(*places.T, marker, color=colour, markeredgecolor=PATH, markersize=8, label=label)
    axes.set(xlabel="w1", ylabel="w2", title="What your classify says", aspect="equal")
    axes.legend(loc="upper right")
    return figure


def relief_figure(
    w1s: ArrayLike, w2s: ArrayLike, losses: ArrayLike, paths: Mapping[str, tuple[ArrayLike, ArrayLike]]
) -> Figure:
    """Draw the landscape in three dimensions, with trajectories on it.

    Parameters
    ----------
    w1s, w2s : array_like, shape (p,) and (q,)
    losses : array_like, shape (p, q)
        Heights are log₁₀(0.1 + loss), so that the hills do not hide the valleys.
    paths : mapping of str to (array_like of shape (epochs + 1, 2), array_like of shape (epochs + 1,))
        The weights and losses of each run, by its name.
    """
    figure = new_figure(8.0, 6.4)
    axes = figure.add_subplot(projection="3d", computed_zorder=False)
    rows, columns = np.meshgrid(_floats(w1s), _floats(w2s), indexing="ij")
    axes.plot_surface(rows, columns, _height(losses), cmap="viridis", alpha=0.75, rcount=50, ccount=50)
    for index, (name, (weights, heights)) in enumerate(paths.items()):
        states, colour = _finite(weights), _COLOURS[index % 4]
        axes.plot(*states.T, _height(heights), ".-", color=colour, markersize=4, linewidth=1, zorder=5, label=name)
    axes.set(xlabel="w1", ylabel="w2", title="Two valleys and the pass between them")
    axes.set_zlabel("log₁₀(0.1 + loss)", labelpad=12)
    axes.view_init(elev=45, azim=-105)
    if paths:
        axes.legend(loc="upper left")
    return figure


def speed_figure(runs: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """Draw the loss of several runs, and how far each update moved the weights.

    Parameters
    ----------
    runs : mapping of str to (array_like of shape (epochs + 1,), array_like of shape (epochs + 1, 2))
        The losses and weights of each run, by its name.
    """
    figure = new_figure(10.5, 4.4)
    loss, step = figure.subplots(1, 2, sharex=True)
    for index, (name, (losses, weights)) in enumerate(runs.items()):
        style: dict[str, Any] = {"color": _COLOURS[index % 4], "linestyle": _DASHES[index % 4], "linewidth": 2}
        loss.semilogy(_positive(losses), label=name, **style)
        moves = np.diff(_finite(weights), axis=0)
        step.semilogy(_positive(np.hypot(moves[:, 0], moves[:, 1])), label=name, **style)
    for axes in (loss, step):
        # Below that it is rounding, and the first epochs would be squeezed together.
        axes.set_ylim(bottom=max(axes.get_ylim()[0], 1e-12 * axes.get_ylim()[1]))
    loss.set(xlabel="epoch", ylabel="loss", title="The loss")
    step.set(xlabel="epoch", ylabel="distance moved", title="The length of each update")
    figure.legend(*loss.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _draw_nets(axes: Axes, x: ArrayLike, y: ArrayLike, nets: Mapping[str, ArrayLike]) -> None:
    xs = _floats(x)
    order = np.argsort(xs)
    axes.plot(xs, _floats(y), "o", color="0.55", markersize=4, alpha=0.7, label="data")
    for index, (label, predictions) in enumerate(nets.items()):
        style: dict[str, Any] = {
            "color": _COLOURS[index % 4],
            "linestyle": _DASHES[index % 4],
            "linewidth": 3.5 - 0.7 * (index % 4),
        }
        axes.plot(xs[order], _finite(predictions)[order], label=label, **style)
    axes.set(xlabel="x", ylabel="y", title="The data, and what some networks say")
    axes.legend()


def _draw_map(
    axes: Axes,
    w1s: ArrayLike,
    w2s: ArrayLike,
    losses: ArrayLike | None,
    field: tuple[ArrayLike, ArrayLike] | None,
    product: float | None,
    paths: Mapping[str, ArrayLike],
    title: str,
) -> None:
    rows, columns = _floats(w1s), _floats(w2s)
    if losses is not None:
        _draw_losses(axes, rows, columns, losses)
    if field is not None:
        _draw_arrows(axes, rows, columns, field)
    if product is not None:
        _draw_ribbon(axes, rows, columns, product)
    for index, (name, weights) in enumerate(paths.items()):
        _draw_path(axes, name, _finite(weights), _COLOURS[index % 4])
    axes.set(xlim=rows[[0, -1]], ylim=columns[[0, -1]], xlabel="w1", ylabel="w2", title=title, aspect="equal")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper right", fontsize="small", framealpha=0.9)


def _draw_losses(axes: Axes, w1s: Floats, w2s: Floats, losses: ArrayLike) -> None:
    """Fill the contours, with levels that grow by a constant factor: the valleys are flat and the hills are high."""
    heights = _finite(losses)
    highest = np.nanmax(heights, initial=0.0)
    if not highest > 0:
        return
    levels = highest * np.geomspace(1e-4, 1, 17)
    filled = axes.contourf(
        w1s, w2s, np.ma.masked_invalid(heights.T), levels=levels, colors=_shades(len(levels)), extend="min"
    )
    figure = axes.get_figure()
    if figure is not None:
        figure.colorbar(filled, ax=axes, label="loss", format="%.3g", shrink=0.9, ticks=levels[::4])


def _shades(count: int) -> list[tuple[float, ...]]:
    """One pale colour for each band of the contours, and one below them: arrows and paths must stand out."""
    colours = colormaps["viridis"](np.linspace(0, 1, count))
    return [tuple(colour) for colour in 1 - 0.75 * (1 - colours)]


def _draw_arrows(axes: Axes, w1s: Floats, w2s: Floats, field: tuple[ArrayLike, ArrayLike]) -> None:
    every = slice(None, None, 1 + len(w1s) // _MOST_ARROWS), slice(None, None, 1 + len(w2s) // _MOST_ARROWS)
    dw1, dw2 = (np.nan_to_num(_finite(part))[every] for part in field)
    size = np.hypot(dw1, dw2)
    shrink = np.where(size > 0, np.sqrt(np.maximum(size, 1e-300)), 1.0)
    axes.quiver(
        w1s[every[0]], w2s[every[1]], (-dw1 / shrink).T, (-dw2 / shrink).T, np.sqrt(size).T, cmap="plasma", width=0.004
    )


def _draw_ribbon(axes: Axes, w1s: Floats, w2s: Floats, product: float) -> None:
    reach = max(np.abs(w1s).max(), np.abs(w2s).max())
    if product == 0 or abs(product) >= reach**2:
        return
    branch = np.geomspace(abs(product) / reach, reach, 200)
    for sign, label in ((1, f"w1 · w2 = {product:.3g}"), (-1, None)):
        axes.plot(sign * branch, sign * product / branch, color=DATA, linewidth=7, alpha=0.45, label=label)


def _draw_path(axes: Axes, name: str, states: Floats, colour: str) -> None:
    axes.plot(states[:, 0], states[:, 1], ".-", color=colour, markersize=5, linewidth=1, label=name)
    axes.plot(*states[0], "o", color="white", markeredgecolor=colour, markeredgewidth=2, markersize=8)
    axes.plot(*states[-1], "X", color=colour, markeredgecolor="white", markersize=11, zorder=5)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _finite(values: ArrayLike) -> Floats:
    """Give the values with NaN, which matplotlib leaves out, for infinities and for what overflows when multiplied."""
    numbers = _floats(values)
    return np.where(np.abs(numbers) < 1e100, numbers, np.nan)


def _positive(values: ArrayLike) -> Floats:
    """Give the values with NaN for those that have no logarithm."""
    numbers = _finite(values)
    return np.where(numbers > 0, numbers, np.nan)


def _height(losses: ArrayLike) -> Floats:
    heights: Floats = np.log10(0.1 + np.maximum(_finite(losses), 0.0))
    return heights

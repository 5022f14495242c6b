"""Lab 7's figures: shards, gradients of many workers, the ring, and where memory and time go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import DATA, MODEL, OTHER, PATH, SOLUTION, new_figure

Floats = NDArray[np.float64]

#: Colours of ranks, told apart by colour-blind readers; after the last the first comes again.
RANKS = (DATA, MODEL, SOLUTION, OTHER, "#E69F00", "#56B4E9", "#999999")

#: The binary fraction that marks the place of a value in `marked_buffers`.
_PLACE = 1024


def gradients_figure(grads: ArrayLike, counts: Sequence[int], averages: Mapping[str, ArrayLike]) -> Figure:
    """Draw the gradient of each worker's items as an arrow, and what was made of them.

    Parameters
    ----------
    grads : array_like, shape (P, 2)
        The derivatives with respect to two parameters.
    counts : sequence of P int
        How many items each worker has.
    averages : mapping of str to array_like, shape (2,)
        Further arrows by name; the first is thick, the others are drawn on top of it.
    """
    grads = _floats(grads)
    figure = new_figure(7.5, 4.2)
    axes = figure.subplots()
    handles = []
    for rank, (grad, count) in enumerate(zip(grads, counts, strict=False)):
        colour = RANKS[rank % len(RANKS)]
        _arrow(axes, grad, color=colour, width=0.006)
        handles.append(Line2D([], [], color=colour, label=f"rank {rank}: {count} items"))
    styles = [(PATH, 0.016, 0.3), (PATH, 0.005, 1.0), ("red", 0.005, 1.0)]
    for (name, average), (colour, width, alpha) in zip(averages.items(), styles, strict=False):
        _arrow(axes, _floats(average), color=colour, width=width, alpha=alpha)
        handles.append(Line2D([], [], color=colour, alpha=alpha, linewidth=400 * width, label=name))
    tips = np.vstack([np.zeros((1, 2)), grads, *(_floats(average)[None] for average in averages.values())])
    tips = tips[np.isfinite(tips).all(axis=1)]
    margin = 0.12 * np.ptp(tips, axis=0) + 1e-9
    low, high = tips.min(axis=0) - margin, tips.max(axis=0) + margin
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), title="Gradients of the parts and of the whole")
    axes.set(xlabel="derivative for the first parameter", ylabel="derivative for the second parameter")
    axes.plot(0, 0, "o", color=PATH, markersize=4)
    figure.legend(handles=handles, loc="outside right upper", fontsize="small")
    return figure


def memory_figure(bars: Mapping[str, Mapping[str, float]], unit: str, limit: tuple[str, float] | None = None) -> Figure:
    """Draw what takes how much memory, a stacked bar for each case.

    Parameters
    ----------
    bars : mapping of str to mapping of str to float
        For each case the size of each part, in `unit`, from left to right.
    unit : str
        "MB", for example.
    limit : (str, float), optional
        Name and size of what there is, drawn as a line.
    """
    figure = new_figure(8, 1.2 + 0.42 * len(bars))
    axes = figure.subplots()
    names = list(dict.fromkeys(name for parts in bars.values() for name in parts))
    colours = dict(zip(names, (DATA, MODEL, SOLUTION, OTHER, *RANKS[4:]), strict=False))
    for row, parts in enumerate(bars.values()):
        left = 0.0
        for name, size in parts.items():
            axes.barh(row, size, left=left, height=0.7, color=colours[name])
            left += size
        axes.annotate(f" {left:,.3g}" if left < 1000 else f" {left:,.0f}", (left, row), va="center", fontsize="small")
    axes.set_yticks(range(len(bars)), list(bars))
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.set(xlabel=f"memory in {unit}", title="What training holds in memory")
    handles: list[Patch | Line2D] = [Patch(color=colours[name], label=name) for name in names]
    if limit is not None:
        axes.axvline(limit[1], color=PATH, linestyle="--")
        handles.append(Line2D([], [], color=PATH, linestyle="--", label=limit[0]))
    figure.legend(handles=handles, loc="outside right upper", fontsize="small")
    return figure


def shards_figure(n: int, rows: Mapping[str, Sequence[ArrayLike]]) -> Figure:
    """Draw which rank has which items, a strip for each way to cut.

    Parameters
    ----------
    n : int
        Items in the data set.
    rows : mapping of str to sequence of array_like of int
        For each way the items of each rank.

    Returns
    -------
    Figure
        Items that no rank has are hatched red, those of several ranks black. The sizes stand at the right.
    """
    figure = new_figure(9, 0.9 + 0.55 * len(rows))
    axes = figure.subplots()
    for row, shards in enumerate(rows.values()):
        owners = np.zeros(n, dtype=int)
        owner = np.zeros(n, dtype=int)
        sizes = []
        for rank, items in enumerate(shards):
            places = np.asarray(items, dtype=float).reshape(-1)
            sizes.append(len(places))
            inside = places[(places >= 0) & (places < n)].astype(int)
            np.add.at(owners, inside, 1)
            owner[inside] = rank
        nobodys = _runs(np.flatnonzero(owners == 0))
        axes.broken_barh(nobodys, (row - 0.35, 0.7), facecolor="white", edgecolor="red", hatch="////")
        for rank in range(len(sizes)):
            colour = RANKS[rank % len(RANKS)]
            mine = np.flatnonzero((owners == 1) & (owner == rank))
            axes.broken_barh(_runs(mine), (row - 0.35, 0.7), facecolor=colour, edgecolor="white", linewidth=0.4)
        axes.broken_barh(_runs(np.flatnonzero(owners > 1)), (row - 0.35, 0.7), facecolor="black")
        axes.text(n * 1.01, row, " + ".join(map(str, sizes)), va="center", fontsize="small")
    axes.set(xlim=(0, n), xlabel="item", title="Who has which item (a colour for each rank; right: how many)")
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    return figure


def marked_buffers(world: int, n: int) -> list[Floats]:
    """Make buffers whose sums tell whose values they hold: rank r's value at place i is 2ʳ + i/1024.

    Parameters
    ----------
    world, n : int
        Ranks, and values of each; their product is to stay below 1024.
    """
    return [2.0**rank + np.arange(n) / _PLACE for rank in range(world)]


def ring_figure(messages: Sequence[tuple[int, int, ArrayLike]], world: int, n: int) -> Figure:
    """Draw what each rank is sent, message by message, in an all-reduce of `marked_buffers`.

    Parameters
    ----------
    messages : sequence of (int, int, array_like)
        Source, target and values of each message, in order.
    world, n : int
        As for `marked_buffers`.

    Returns
    -------
    Figure
        A panel for each rank: over its messages, which places of the buffer they brought, and the values of how many
        ranks were summed in them.
    """
    figure = new_figure(9, 3.2)
    panels = figure.subplots(1, world, sharey=True, squeeze=False)[0]
    received: list[list[Floats]] = [[] for _ in range(world)]
    for _, target, values in messages:
        if 0 <= target < world and np.size(values):
            received[target].append(_floats(values).reshape(-1))
    columns = max((len(messages) for messages in received), default=0)
    for rank, axes in enumerate(panels):
        grid = np.full((n, max(columns, 1)), np.nan)
        for column, values in enumerate(received[rank]):
            for place, summed in _decoded(values, n):
                grid[place, column] = summed
        picture = axes.imshow(
            grid,
            vmin=0.5,
            vmax=world + 0.5,
            cmap="viridis_r",
            aspect="auto",
            interpolation="nearest",
            extent=(0.5, grid.shape[1] + 0.5, n - 0.5, -0.5),
        )
        axes.set(title=f"rank {rank} is sent", xlabel="message", facecolor="#eeeeee")
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    panels[0].yaxis.set_major_locator(MaxNLocator(integer=True))
    panels[0].set_ylabel("place in the buffer")
    figure.colorbar(picture, ax=list(panels), label="ranks in the sum", ticks=range(1, world + 1))
    return figure


def copies_figure(before: Sequence[ArrayLike], after: Sequence[ArrayLike]) -> Figure:
    """Draw the values of every rank before and after a broadcast, a row for each rank.

    Parameters
    ----------
    before, after : sequence of P array_like, shape (n,)
    """
    rows = [_floats(np.stack([np.ravel(np.asarray(row)) for row in ranks])) for ranks in (before, after)]
    finite = np.concatenate([part[np.isfinite(part)] for part in rows])
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 1.0)
    figure = new_figure(8, 2.8)
    panels = figure.subplots(1, 2)
    for axes, part, title in zip(panels, rows, ("before", "after"), strict=True):
        picture = axes.imshow(part, vmin=low, vmax=high, cmap="viridis", aspect="auto")
        axes.set(title=title, xlabel="parameter", ylabel="rank")
        axes.set_yticks(range(len(part)))
    figure.colorbar(picture, ax=list(panels), label="value")
    return figure


def runs_figure(runs: Mapping[str, ArrayLike]) -> Figure:
    """Draw losses that should be the same in every run: later runs are thinner and dashed, on top of earlier ones.

    Parameters
    ----------
    runs : mapping of str to array_like
        The losses of each run, by its name.
    """
    figure = new_figure(7, 3.8)
    axes = figure.subplots()
    styles = [(DATA, 7.0, "-"), (MODEL, 3.5, "-"), (PATH, 1.2, "--"), (SOLUTION, 1.2, ":")]
    for (name, losses), (colour, width, line) in zip(runs.items(), styles, strict=False):
        axes.semilogy(_positive(losses), line, color=colour, linewidth=width, label=name)
    axes.set(xlabel="step", ylabel="loss of the whole batch", title="Many workers, the same steps")
    axes.legend()
    return figure


def curves_figure(x: ArrayLike, curves: Mapping[str, ArrayLike], xlabel: str, ylabel: str, title: str) -> Figure:
    """Draw curves on logarithmic axes.

    Parameters
    ----------
    x : array_like, shape (k,)
    curves : mapping of str to array_like, shape (k,)
        Values by name; what has no logarithm is left out.
    xlabel, ylabel, title : str
    """
    figure = new_figure(7, 4)
    axes = figure.subplots()
    for number, (name, values) in enumerate(curves.items()):
        axes.loglog(_floats(x), _positive(values), ".-", color=RANKS[number % len(RANKS)], label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    axes.legend()
    return figure


def scaling_figure(worlds: ArrayLike, parts: Mapping[str, ArrayLike]) -> Figure:
    """Draw where the time of a step goes as workers are added, and how much faster it gets.

    Parameters
    ----------
    worlds : array_like, shape (k,)
        Numbers of workers; the first is what the others are compared with.
    parts : mapping of str to array_like, shape (k,)
        Seconds of each part of a step.
    """
    worlds = _floats(worlds)
    seconds = {name: _floats(values) for name, values in parts.items()}
    total = np.sum(list(seconds.values()), axis=0)
    figure = new_figure(10, 3.8)
    time, gain = figure.subplots(1, 2)
    for (name, values), colour in zip(seconds.items(), (DATA, MODEL, OTHER, SOLUTION), strict=False):
        time.loglog(worlds, _positive(values), color=colour, label=name)
    time.loglog(worlds, _positive(total), color=PATH, linewidth=2, label="a whole step")
    time.set(xlabel="workers P", ylabel="seconds", title="One step")
    if np.isfinite(total).any() and total.max() > 0:
        time.set_ylim(bottom=total.min() / 100)
    time.legend(fontsize="small")
    gain.loglog(worlds, worlds / worlds[0], "--", color="#999999", label="P times as fast")
    gain.loglog(worlds, _positive(total[0] / np.where(total > 0, total, np.nan)), color=PATH, linewidth=2, label="this")
    gain.set(xlabel="workers P", ylabel="speed-up", title="Is it worth it?")
    gain.legend(fontsize="small")
    return figure


def pipeline_figure(stages: int, microbatches: int) -> Figure:
    """Draw when each stage of a model that is cut into stages works on which part of a batch (GPipe's schedule).

    Parameters
    ----------
    stages : int
        Devices, each with some of the layers.
    microbatches : int
        Parts of the batch.
    """
    span = stages + microbatches - 1
    figure = new_figure(9, 0.9 + 0.45 * stages)
    axes = figure.subplots()
    for stage in range(stages):
        for part in range(microbatches):
            backward = span + (stages - 1 - stage) + part
            for start, colour in ((stage + part, DATA), (backward, MODEL)):
                axes.broken_barh([(start, 1)], (stage - 0.4, 0.8), facecolor=colour, edgecolor="white")
                if microbatches <= 12:
                    axes.text(start + 0.5, stage, str(part), ha="center", va="center", color="white", fontsize=8)
    idle = (stages - 1) / span
    axes.set(xlim=(0, 2 * span), xlabel="time", ylabel="stage", title=f"Idle {idle:.0%} of the time")
    axes.set_yticks(range(stages))
    axes.invert_yaxis()
    handles = [Patch(color=DATA, label="forward"), Patch(color=MODEL, label="backward")]
    figure.legend(handles=handles, loc="outside right upper", fontsize="small")
    return figure


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _positive(values: ArrayLike) -> Floats:
    """Give the values with NaN for those that have no logarithm: matplotlib leaves it out, and warns about zeros."""
    numbers = _floats(values)
    return np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)


def _arrow(axes: Axes, tip: Floats, **style: Any) -> None:
    axes.quiver(0, 0, tip[0], tip[1], angles="xy", scale_units="xy", scale=1, **style)


def _runs(items: NDArray[np.int64]) -> list[tuple[float, float]]:
    """Neighbours as (start, length)."""
    parts = np.split(items, np.flatnonzero(np.diff(items) > 1) + 1) if len(items) else []
    return [(float(part[0]), float(len(part))) for part in parts]


def _decoded(values: Floats, n: int) -> Iterable[tuple[int, int]]:
    """Places and numbers of ranks of those values that are sums of `marked_buffers`."""
    for value in values[np.isfinite(values)]:
        ranks = int(value).bit_count()
        place = (value - int(value)) * _PLACE / ranks if ranks else -1.0
        if 0 <= round(place) < n and abs(place - round(place)) < 1e-6:
            yield round(place), ranks

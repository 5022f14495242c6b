"""Make a figure and show it: to be rotated where the front end can, as a picture where it cannot."""

from __future__ import annotations

import base64
import importlib
import io
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.ticker import FixedLocator, Locator, LogLocator, MaxNLocator, NullLocator, StrMethodFormatter
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike, NDArray

#: One colour for each thing, the same in every lab, told apart by colour-blind readers (Okabe and Ito, 2008).
DATA, MODEL, PATH, SOLUTION, OTHER = "#0072B2", "#D55E00", "#000000", "#009E73", "#CC79A7"

#: Larger numbers are not drawn.
_BEYOND = 1e100
#: What a notebook's cell is wide on a screen of 1200.
_CELL_PIXELS = 960


def new_figure(width: float = 6.4, height: float = 4.0) -> Figure:
    """Return an empty figure, sizes in inches, that no pyplot window owns: it is shown only by `show`."""
    return Figure(figsize=(width, height), dpi=100, layout="constrained")


def quick_figure(width: float, height: float) -> Figure:
    """Return a figure whose parts are placed by hand: finding their places takes as long as drawing them.

    Its axes are finished by `quick_axes`.
    """
    figure = new_figure(width, height)
    figure.set_layout_engine(None)
    return figure


def quick_axes(axes: Axes, xlabel: str, ylabel: str, title: str) -> None:
    """Name axes of a `quick_figure` at set places, and leave few ticks: they are nearly all that it takes to draw them.

    Parameters
    ----------
    axes : Axes
        With their final limits and place.
    xlabel, ylabel, title : str
    """
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_title(title, fontsize="medium", y=1.0)
    width, height = axes.bbox.size
    axes.xaxis.set_label_coords(0.5, -32 / height)
    axes.yaxis.set_label_coords(-50 / width, 0.5)
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        axis.set_minor_locator(NullLocator())
        if axis.get_scale() == "log":
            ticks = _within(low, high, LogLocator())
            ticks = ticks if len(ticks) > 1 else _within(low, high, LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_locator(FixedLocator(ticks))
            axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        elif not isinstance(axis.get_major_locator(), FixedLocator):
            axis.set_major_locator(FixedLocator(_within(low, high, MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))))


def show(figure: Figure) -> None:
    """Show a figure below the cell.

    A figure with 3-D axes is shown by ipympl where that is installed, so that it turns under the mouse. Its message
    holds the picture too, which a front end without widgets shows instead. Outside IPython the figure is only named.

    Parameters
    ----------
    figure : Figure
        As the functions of this package make them.
    """
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    if shell is None:
        print(figure)
        return
    if getattr(shell, "kernel", None) is not None and any(axes.name == "3d" for axes in figure.axes):
        with suppress(ImportError):
            display(_rotatable(figure))  # type: ignore[no-untyped-call]
            return
    picture = base64.b64encode(png(figure)).decode("ascii")
    display({"image/png": picture, "text/plain": repr(figure)}, raw=True)  # type: ignore[no-untyped-call]


def png(figure: Figure) -> bytes:
    """Return the figure as the bytes of a PNG file."""
    # `savefig` would draw twice, as it lays the figure out beforehand; drawing does that anyway.
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    file = io.BytesIO()
    # The least compression takes a third less time than the usual, for a tenth more bytes.
    quick = {"compress_level": 1}
    imsave(file, canvas.buffer_rgba(), format="png", dpi=figure.dpi, pil_kwargs=quick)  # type: ignore[no-untyped-call]
    return file.getvalue()


@dataclass(frozen=True)
class Places:
    """Where a figure's axes were put, and for what.

    Attributes
    ----------
    size : (float, float)
        Of the figure, in inches.
    axes : tuple of (str, Bbox)
        The kind of each axes, and its place.
    letters : tuple of int
        How long the texts beside the axes are: for each the longest number of either axis, and of the legend.
    """

    size: tuple[float, float]
    axes: tuple[tuple[str, Bbox], ...]
    letters: tuple[int, ...]


def png_at(figure: Figure, places: Places | None) -> tuple[bytes, Places]:
    """Return the figure as the bytes of a PNG file, with its axes where those of a figure like it were.

    To find their places takes as long as to draw the figure, so one that is drawn again and again keeps them for as
    long as the texts beside the axes get no longer.

    Parameters
    ----------
    figure : Figure
        Not drawn so far.
    places : Places or None
        What this function returned for the figure before.
    """
    if places is not None and figure.get_layout_engine() is not None and _alike(figure, places):
        picture = _placed(figure, places)
        if all(new <= old for new, old in zip(_letters(figure), places.letters, strict=True)):
            return picture, places
    picture = png(figure)
    found = tuple((axes.name, axes.get_position(original=True)) for axes in figure.axes)
    return picture, Places(_size(figure), found, _letters(figure))


def positive(values: ArrayLike) -> NDArray[np.float64]:
    """Return the values for a logarithmic axis: NaN, which is left out, for those that have no place on one.

    Matplotlib warns about zeros, fails at infinities and overflows where a run has blown up to 1e300. What students
    compute can hold any of them.
    """
    numbers = np.asarray(values, dtype=np.float64)
    return np.where((numbers > 0) & (numbers < _BEYOND), numbers, np.nan)


def finite(values: ArrayLike) -> NDArray[np.float64]:
    """Return the values for a linear axis: NaN, which is left out, for infinities and numbers near them."""
    numbers = np.asarray(values, dtype=np.float64)
    return np.where(np.abs(numbers) < _BEYOND, numbers, np.nan)


def span(values: NDArray[np.float64], otherwise: tuple[float, float]) -> tuple[float, float]:
    """Return the smallest and the largest of values that may be NaN; `otherwise` where all are."""
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else otherwise


def _alike(figure: Figure, places: Places) -> bool:
    return _size(figure) == places.size and [axes.name for axes in figure.axes] == [kind for kind, _ in places.axes]


def _placed(figure: Figure, places: Places) -> bytes:
    """Give the picture, and the figure back as it was."""
    engine, free = figure.get_layout_engine(), [axes.get_in_layout() for axes in figure.axes]
    figure.set_layout_engine(None)
    for axes, (_, place) in zip(figure.axes, places.axes, strict=True):
        axes.set_position(place)
    picture = png(figure)
    figure.set_layout_engine(engine)
    for axes, was in zip(figure.axes, free, strict=True):
        axes.set_in_layout(was)
    return picture


def _size(figure: Figure) -> tuple[float, float]:
    return float(figure.get_figwidth()), float(figure.get_figheight())


def _letters(figure: Figure) -> tuple[int, ...]:
    found = []
    for axes in figure.axes:
        legend = axes.get_legend()
        beside = [[tick.label1.get_text() for tick in axis.majorTicks] for axis in (axes.xaxis, axes.yaxis)]
        beside.append([text.get_text() for text in legend.get_texts()] if legend else [])
        found += [max(map(len, texts), default=0) for texts in beside]
    return tuple(found)


def _within(low: float, high: float, locator: Locator) -> Any:
    ticks = np.asarray(locator.tick_values(low, high))
    return ticks[(low <= ticks) & (ticks <= high)]


def _rotatable(figure: Figure) -> Any:
    backend = importlib.import_module("ipympl.backend_nbagg")
    # A picture shrinks to its cell, a canvas that can be turned does not.
    figure.set_dpi(min(figure.dpi, _CELL_PIXELS / figure.get_figwidth()))
    canvas = backend.Canvas(figure)
    backend.FigureManager(canvas, 0)
    canvas.header_visible = False
    return canvas

"""Make a figure and show it: to be rotated where the front end can, as a picture where it cannot."""

from __future__ import annotations

import base64
import importlib
import io
from contextlib import suppress
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
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

    Nearly all the rest is the ticks, so such a figure has few.
    """
    figure = new_figure(width, height)
    figure.set_layout_engine(None)
    return figure


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


def _rotatable(figure: Figure) -> Any:
    backend = importlib.import_module("ipympl.backend_nbagg")
    # A picture shrinks to its cell, a canvas that can be turned does not.
    figure.set_dpi(min(figure.dpi, _CELL_PIXELS / figure.get_figwidth()))
    canvas = backend.Canvas(figure)
    backend.FigureManager(canvas, 0)
    canvas.header_visible = False
    return canvas

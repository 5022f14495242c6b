"""Matplotlib figures as plain descriptions, so that a suite can look at what a plot shows.

`describe` runs in the sandbox, `rebuild` on the trusted side, which needs no matplotlib.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from allclose.errors import ProtocolError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ITEMS = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot: `x`, `y` of shape (n,), and its label."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    label: str


@dataclass(frozen=True, slots=True)
class Axes:
    """One pair of axes: texts, scales, lines, and how many images, collections (contours, scatters) and patches."""

    title: str
    xlabel: str
    ylabel: str
    zlabel: str
    xscale: str
    yscale: str
    legend: tuple[str, ...]
    lines: tuple[Line, ...]
    images: int
    collections: int
    filled: int
    patches: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a student made, as a value."""

    title: str
    axes: tuple[Axes, ...]


def is_figure(value: Any) -> bool:
    """Whether `value` is a matplotlib figure or axes; never imports matplotlib."""
    matplotlib = sys.modules.get("matplotlib.figure")
    axes = sys.modules.get("matplotlib.axes")
    return (matplotlib is not None and isinstance(value, matplotlib.FigureBase)) or (
        axes is not None and isinstance(value, axes.Axes)
    )


def describe(figure: Any) -> Any:
    """A figure or axes as lists, strings, numbers and bytes."""
    axes = figure.get_axes() if hasattr(figure, "get_axes") else [figure]
    title = figure.get_suptitle() if hasattr(figure, "get_suptitle") else ""
    return [title, [_describe_axes(ax) for ax in axes[:MAX_ITEMS]]]


def _describe_axes(ax: Any) -> list[Any]:
    legend = ax.get_legend()
    lines = [
        [_numbers(line.get_xdata()), _numbers(line.get_ydata()), str(line.get_label())]
        for line in ax.get_lines()[:MAX_ITEMS]
    ]
    return [
        ax.get_title(),
        ax.get_xlabel(),
        ax.get_ylabel(),
        ax.get_zlabel() if hasattr(ax, "get_zlabel") else "",
        ax.get_xscale(),
        ax.get_yscale(),
        [text.get_text() for text in legend.get_texts()] if legend else [],
        lines,
        len(ax.images),
        len(ax.collections),
        sum(1 for item in ax.collections if getattr(item, "filled", False)),
        len(ax.patches),
    ]


def _numbers(values: Any) -> bytes:
    return np.asarray(values, dtype=np.float64).ravel().tobytes()


def rebuild(parts: Any) -> Figure:
    """The figure that `parts`, from `describe`, tells of.

    Raises
    ------
    ProtocolError
        If `parts` is not such a description.
    """
    title, axes = _fields(parts, str, list)
    return Figure(title, tuple(_rebuild_axes(item) for item in axes[:MAX_ITEMS]))


def _rebuild_axes(parts: Any) -> Axes:
    title, xlabel, ylabel, zlabel, xscale, yscale, legend, lines, images, collections, filled, patches = _fields(
        parts, str, str, str, str, str, str, list, list, int, int, int, int
    )
    return Axes(
        title,
        xlabel,
        ylabel,
        zlabel,
        xscale,
        yscale,
        tuple(text for text in legend if type(text) is str),
        tuple(_rebuild_line(line) for line in lines[:MAX_ITEMS]),
        images,
        collections,
        filled,
        patches,
    )


def _rebuild_line(parts: Any) -> Line:
    x, y, label = _fields(parts, bytes, bytes, str)
    if len(x) % 8 or len(y) % 8:
        raise ProtocolError("a line of a figure is not made of numbers")
    return Line(np.frombuffer(x, dtype=np.float64), np.frombuffer(y, dtype=np.float64), label)


def _fields(parts: Any, *types: type) -> list[Any]:
    if type(parts) is not list or len(parts) != len(types):
        raise ProtocolError("a figure is not described as it should be")
    if not all(type(part) is kind for part, kind in zip(parts, types, strict=True)):
        raise ProtocolError("a figure is not described as it should be")
    return parts

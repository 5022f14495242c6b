"""Is it the derivative? Central differences against the student's gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allclose.errors import SuiteError
from allclose.numerics.compare import compare
from allclose.numerics.findings import Disagreement, Finding
from allclose.numerics.plain import numbers

Point = NDArray[np.float64]


def gradcheck(
    f: Callable[..., object],
    grad: Callable[..., object],
    x: Any,
    *,
    rtol: float = 1e-5,
    atol: float = 1e-7,
    step: float = 1e-5,
) -> None:
    """Assert that `grad` gives the derivative of `f` at `x`.

    The slope is taken by central differences, ``(f(x + h) - f(x - h)) / 2h``, one entry of `x` at a time, so `x`
    should be small and no kink of `f` near it. Where `f` is the student's own, test it by itself too: a constant
    has a gradient of zero.

    Parameters
    ----------
    f : callable
        Gives a number, computed in float64.
    grad : callable
        Gives an array of the shape of `x`; for a tuple of arguments, a list or tuple of such arrays.
    x : array_like of float, or tuple of them
        The point; a tuple holds the arguments of ``f(*x)`` and ``grad(*x)``. Both get copies.
    rtol, atol : float
        As in `agree`.
    step : float
        h, relative to an entry of `x` where that is larger than 1. The error of the slope falls with h² and grows
        with the rounding error divided by h.

    Raises
    ------
    Disagreement
        If they differ; the message is one of `Finding`.
    SuiteError
        If `x` holds something else than finite numbers.
    """
    arguments = tuple(_point(argument) for argument in (x if type(x) is tuple else (x,)))
    slopes = tuple(_slope(f, arguments, place, step) for place in range(len(arguments)))
    actual = grad(*_copies(arguments))
    finding = compare(actual, slopes if type(x) is tuple else slopes[0], rtol=rtol, atol=atol)
    if finding is not None:
        raise Disagreement(Finding.DERIVATIVE if finding is Finding.VALUE else finding)


def _point(argument: Any) -> Point:
    taken = numbers(argument)
    array = np.asarray(argument if taken is None else taken.array())
    if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise SuiteError("gradcheck() takes points of finite real numbers")
    return array.astype(np.float64)


def _copies(arguments: tuple[Point, ...]) -> list[Any]:
    """Return fresh arguments, numbers as Python floats, so that nothing a student's code does to them lasts."""
    return [argument.copy() if argument.ndim else float(argument) for argument in arguments]


def _slope(f: Callable[..., object], arguments: tuple[Point, ...], place: int, step: float) -> Point:
    point = arguments[place]
    slope = np.empty_like(point)
    for index in np.ndindex(point.shape):
        width = step * max(1.0, abs(float(point[index])))
        ahead, behind = (_moved(arguments, place, index, shift) for shift in (width, -width))
        slope[index] = (_number(f(*_copies(ahead))) - _number(f(*_copies(behind)))) / (2 * width)
    return slope


def _moved(arguments: tuple[Point, ...], place: int, index: tuple[int, ...], shift: float) -> tuple[Point, ...]:
    moved = arguments[place].copy()
    moved[index] += shift
    return (*arguments[:place], moved, *arguments[place + 1 :])


def _number(value: object) -> float:
    taken = numbers(value)
    if taken is None or taken.shape or taken.kind not in "iuf":
        raise Disagreement(Finding.NOTHING if value is None else Finding.WANTS_NUMBER)
    number = float(taken.array())
    if not np.isfinite(number):
        raise Disagreement(Finding.NOT_FINITE)
    return number

"""How far a value is from the one that a check wants: exactly equal, approximately, and the largest difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allclose.numerics.diagnosis import diagnose
from allclose.numerics.plain import numbers
from allclose.numerics.tolerances import Tolerance

#: NumPy's own, which the checks use where they name no other.
RTOL, ATOL = 1e-5, 1e-8

#: What is known as a number by its type is taken; so much of a list is tried.
_MOST_ITEMS = 1_000_000


@dataclass(frozen=True, slots=True)
class Difference:
    """How two values of numbers differ.

    Attributes
    ----------
    exact, approximately : bool
        Whether all numbers are the same; whether they are up to the tolerance.
    largest : float
        The largest distance of two numbers; NaN where one of them is not a number, or none can be compared.
    place : tuple of int
        The index of that distance; empty for single numbers.
    note : str
        What else is to say: different shapes, NaN or infinity, the kind of mistake; may be empty.
    """

    exact: bool
    approximately: bool
    largest: float
    place: tuple[int, ...] = ()
    note: str = ""


def difference(actual: object, expected: object, rtol: float = RTOL, atol: float = ATOL) -> Difference | None:
    """Compare two values as numbers; None where one of them is none.

    Parameters
    ----------
    actual, expected : object
        Numbers, arrays, tensors, or lists of numbers; shapes may differ where NumPy can still compare them.
    rtol, atol : float
        What counts as approximately: ``|actual - expected| <= atol + rtol * |expected|``.
    """
    mine, theirs = plain_array(actual), plain_array(expected)
    if mine is None or theirs is None:
        return None
    try:
        a, e = np.broadcast_arrays(mine, theirs)
    except ValueError:
        return Difference(False, False, float("nan"), note=_shapes(mine, theirs))
    if a.size == 0:
        same = mine.shape == theirs.shape
        return Difference(same, same, 0.0 if same else float("nan"), note=_shapes(mine, theirs))
    with np.errstate(all="ignore"):
        exact = bool((a == e).all()) and (mine.shape == theirs.shape or not theirs.shape)
        approximately = bool(np.isclose(a, e, rtol=rtol, atol=atol).all())
        # Equal infinities have no distance, though their difference is no number.
        distances = np.where(a == e, 0.0, np.abs(_wide(a) - _wide(e)))
    worst = int(np.argmax(np.where(np.isnan(distances), np.inf, distances)))
    place = tuple(int(index) for index in np.unravel_index(worst, distances.shape))
    note = _note(mine, theirs, Tolerance(rtol, atol), close=approximately)
    return Difference(exact, approximately, float(distances.reshape(-1)[worst]), place, note)


def plain_array(value: object) -> NDArray[Any] | None:
    """Return the numbers of a value, or of a list, as an array; None where it is anything else."""
    known = numbers(value)
    if known is not None:
        return known.array()
    if not isinstance(value, list | tuple) or len(value) > _MOST_ITEMS:
        return None
    try:
        array = np.asarray([plain_array(item) if isinstance(item, list | tuple) else item for item in value])
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return array if array.dtype.kind in "biufc" else None


def _wide(array: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers without a sign, and True and False, have no difference of their own kind."""
    return array.astype(np.result_type(array, np.float64))


def _note(mine: NDArray[Any], theirs: NDArray[Any], tolerance: Tolerance, *, close: bool) -> str:
    if close or (mine.shape != theirs.shape and theirs.shape):
        return _shapes(mine, theirs) if theirs.shape else ""
    if not np.isfinite(mine).all() and np.isfinite(theirs).all():
        return "It holds NaN or infinity."
    finding = diagnose(np.asarray(_wide(mine)), np.asarray(_wide(theirs)), tolerance) if mine.size > 1 else None
    return "" if finding is None else finding.value


def _shapes(mine: NDArray[Any], theirs: NDArray[Any]) -> str:
    if mine.shape == theirs.shape:
        return ""
    if mine.ndim == theirs.ndim == 1:
        return f"The length is {mine.size}, not {theirs.size}."
    return f"The shape is {mine.shape}, not {theirs.shape}."

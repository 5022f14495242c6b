"""What kind of mistake is it? Names the simple relation between a wrong array and the expected one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allclose.numerics.findings import Finding
from allclose.numerics.tolerances import Tolerance, default_tolerance

#: A sequence needs this many entries before a lag or a divergence is more than chance.
_SEQUENCE = 4

Array = NDArray[Any]


def diagnose(actual: Array, expected: Array, tolerance: Tolerance | None = None) -> Finding | None:
    """Name the relation between a wrong array and the expected one.

    Parameters
    ----------
    actual, expected : ndarray
        Numbers of one shape, float64 or complex128 or whole.
    tolerance : Tolerance, optional
        How close is equal. Default: that of the dtype of `expected`.

    Returns
    -------
    Finding or None
        None where no simple relation holds, or where a value is not finite.
    """
    tol = tolerance or default_tolerance(expected.dtype.name)
    if actual.shape != expected.shape or expected.size == 0:
        return None
    if not (np.isfinite(actual).all() and np.isfinite(expected).all()):
        return None
    a, e = (array.astype(np.result_type(array, np.float64)) for array in (actual, expected))
    whole = expected.dtype.kind in "biu"
    with np.errstate(all="ignore"):
        return (
            _transposed(a, e, tol)
            or _precision(a, e)
            or _plain_factor(a, e, tol, whole=whole)
            or (_shift(a, e, tol) if whole else None)
            or _lag(a, e, tol)
            or _shift(a, e, tol)
            or _any_factor(a, e, tol)
            or _divergence(a, e, tol)
        )


def _equal(actual: Array, expected: Array, tol: Tolerance) -> bool:
    return bool(tol.close(actual, expected).all())


def _varies(expected: Array, tol: Tolerance) -> bool:
    first = expected.reshape(-1)[0]
    return not _equal(expected, np.full_like(expected, first), tol)


def _transposed(actual: Array, expected: Array, tol: Tolerance) -> Finding | None:
    square = expected.ndim >= 2 and expected.shape == expected.T.shape
    return Finding.AXIS_ORDER if square and _equal(actual.T, expected, tol) else None


def _precision(actual: Array, expected: Array) -> Finding | None:
    if np.iscomplexobj(actual) or np.iscomplexobj(expected):
        return None
    for lower in (np.float32, np.float16):
        name = np.dtype(lower).name
        fits = bool((actual.astype(lower) == actual).all())
        # A number such as 0.5 fits every dtype, so it is no sign of a low precision where the expected one fits too.
        # What fits float16 fits float32 as well, and is that far off.
        told = fits and not (expected.astype(lower) == expected).all()
        if told and _equal(actual, expected, default_tolerance(name)):
            return Finding.PRECISION
    return None


def _factor(actual: Array, expected: Array, tol: Tolerance) -> float | None:
    """Return c where actual = c * expected, fitted by least squares; None where that does not hold."""
    scale = np.abs(expected).max()
    if scale <= 2 * tol.atol:
        return None
    unit = expected / scale
    fitted = np.vdot(unit, actual / scale) / np.vdot(unit, unit)
    if abs(np.imag(fitted)) > 1e-9 or not np.isfinite(fitted):
        return None
    factor = float(np.real(fitted))
    for whole in (round(factor), 1 / round(1 / factor) if abs(factor) > 1e-9 and round(1 / factor) else 0):
        if whole and _equal(actual, whole * expected, tol):
            return float(whole)
    return factor if _equal(actual, factor * expected, tol) else None


def _plain_factor(actual: Array, expected: Array, tol: Tolerance, *, whole: bool) -> Finding | None:
    factor = _factor(actual, expected, tol)
    simple = {-1.0: Finding.NEGATED, 2.0: Finding.DOUBLE, 0.5: Finding.HALF}
    if factor in simple:
        return simple[factor]
    # Between single whole numbers every ratio looks like a count.
    if factor is None or factor <= 0 or (whole and not _varies(expected, tol)):
        return None
    if factor > 2 and factor == round(factor):
        return Finding.COUNT_TOO_LARGE
    return Finding.COUNT_TOO_SMALL if factor < 0.5 and 1 / factor == round(1 / factor) else None


def _any_factor(actual: Array, expected: Array, tol: Tolerance) -> Finding | None:
    if not _varies(expected, tol):
        return None
    factor = _factor(actual, expected, tol)
    # A factor near 1 is an inexact result rather than a wrong formula, near 0 it is no result.
    return Finding.SCALED if factor is not None and abs(factor) > 1e-3 and abs(factor - 1) > 1e-3 else None


def _shift(actual: Array, expected: Array, tol: Tolerance) -> Finding | None:
    if expected.size < 2 or not _varies(expected, tol):
        return None
    offset = np.mean(actual - expected)
    return Finding.SHIFTED if _equal(actual, expected + offset, tol) else None


def _lag(actual: Array, expected: Array, tol: Tolerance) -> Finding | None:
    if expected.ndim == 0 or len(expected) < _SEQUENCE or _equal(expected[1:], expected[:-1], tol):
        return None
    late, early = _equal(actual[1:], expected[:-1], tol), _equal(actual[:-1], expected[1:], tol)
    return Finding.LAG if late or early else None


def _divergence(actual: Array, expected: Array, tol: Tolerance) -> Finding | None:
    if expected.ndim == 0 or len(expected) < _SEQUENCE:
        return None
    good = np.asarray(tol.close(actual, expected).reshape(len(expected), -1).all(axis=1))
    start = int(np.argmin(good))
    return Finding.DIVERGES if start >= max(2, len(good) // 10) and not good[start:].any() else None

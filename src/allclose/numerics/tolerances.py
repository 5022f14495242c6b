"""Default tolerances, by the dtype of the expected value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allclose.errors import SuiteError


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Values agree where ``|actual - expected| <= atol + rtol * |expected|``, as in NumPy."""

    rtol: float
    atol: float

    def close(self, actual: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.bool_]:
        """Return element by element whether two arrays of one shape agree; NaN agrees with NaN."""
        if self == EXACT and actual.dtype.kind in "biu" and expected.dtype.kind in "biu":
            return np.asarray(actual == expected)
        if expected.dtype.kind in "biu":
            expected = expected.astype(np.float64)  # whose distance to a whole number does not overflow
        with np.errstate(all="ignore"):  # as `np.isclose`, in half its time for a small array
            near = np.abs(actual - expected) <= self.atol + self.rtol * np.abs(expected)
            near = near & np.isfinite(expected) | (actual == expected)
            return np.asarray(near if near.all() else near | np.isnan(actual) & np.isnan(expected))


EXACT = Tolerance(0.0, 0.0)

# rtol leaves room for another order of summation, and at float64 for one rounding to float32 but no computation in it.
_DOUBLE, _SINGLE = Tolerance(1e-7, 1e-10), Tolerance(1e-4, 1e-6)
_DEFAULTS = {
    "float32": _SINGLE,
    "complex64": _SINGLE,
    "float16": Tolerance(1e-2, 1e-3),
    "bfloat16": Tolerance(4e-2, 1e-2),
}


def default_tolerance(dtype: str) -> Tolerance:
    """Return the tolerance for an expected value of this dtype.

    Parameters
    ----------
    dtype : str
        A NumPy or torch name such as "float32"; whole numbers and booleans are compared exactly.
    """
    if dtype.startswith(("int", "uint", "bool")):
        return EXACT
    return _DEFAULTS.get(dtype, _DOUBLE)


def tolerance(dtype: str, rtol: float | None, atol: float | None) -> Tolerance:
    """Return the tolerance that a suite asks for; what it leaves out is the dtype's default.

    Asking for `rtol` alone keeps the dtype's `atol`, so that an expected zero can still be met.

    Raises
    ------
    SuiteError
        If a tolerance is negative or not finite.
    """
    for name, value in (("rtol", rtol), ("atol", atol)):
        if value is not None and not 0 <= value < math.inf:
            raise SuiteError(f"{name} of agree() must be a finite number of at least 0, not {value}")
    default = default_tolerance(dtype)
    return Tolerance(default.rtol if rtol is None else float(rtol), default.atol if atol is None else float(atol))

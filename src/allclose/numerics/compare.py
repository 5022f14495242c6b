"""Is the answer all close to the reference?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from allclose.numerics.diagnosis import diagnose
from allclose.numerics.findings import Disagreement, Finding
from allclose.numerics.plain import Numbers, is_text, numbers
from allclose.numerics.tolerances import EXACT, Tolerance, tolerance

#: Lists and dictionaries nested deeper than this are no answer.
_DEPTH = 50


def agree(actual: object, expected: object, *, rtol: float | None = None, atol: float | None = None) -> None:
    """Assert that a student's value is the expected one, up to rounding.

    Checked in this order: kind (a number, an array, True or False, a text, None, a list, a dictionary), shape,
    finiteness, then value, where ``|actual - expected| <= atol + rtol * |expected|`` as in NumPy; NaN agrees with
    NaN and an infinity with itself.

    The *expected* value alone decides kind, shape and tolerance. NumPy, torch and Python numbers compare alike, a
    0-d array is a number, whole numbers may stand where fractions are expected and the other way round. The dtype
    of the student's value is not looked at: where float64 is expected, a right value once rounded to float32 still
    agrees, one computed in float32 usually does not (give an `rtol`, or an expected value in float32, where that
    is not the point). An expected list or tuple is met by a list, a tuple or an array with as many entries, so
    ``agree(student, expected.tolist())`` takes either; an expected array is met by an array only.

    Parameters
    ----------
    actual : object
        What the student's code gave. Subclasses of arrays, object arrays, masked arrays and other foreign objects
        are no values and never agree.
    expected : object
        A number, array, tensor, bool, str, None, or a list, tuple or dict of them; nothing else ever agrees.
    rtol, atol : float, optional
        Default: by the dtype of `expected`, see `allclose.numerics.tolerances`; whole numbers are compared exactly.

    Raises
    ------
    Disagreement
        If they differ; its message is one of `Finding` and shows no value, index, step or size.
    SuiteError
        If a tolerance is negative or not finite.
    """
    finding = compare(actual, expected, rtol=rtol, atol=atol)
    if finding is not None:
        raise Disagreement(finding)


def compare(
    actual: object, expected: object, *, rtol: float | None = None, atol: float | None = None
) -> Finding | None:
    """Return how a student's value differs from the expected one, None where it agrees; see `agree`."""
    tolerance("float64", rtol, atol)
    return _compare(actual, expected, (rtol, atol), _DEPTH)


def _compare(actual: object, expected: object, asked: tuple[float | None, float | None], depth: int) -> Finding | None:
    wanted = numbers(expected)
    if wanted is not None:
        return _compare_numbers(actual, wanted, tolerance(wanted.dtype, *asked))
    if expected is None:
        return None if actual is None else Finding.WANTS_NONE
    if is_text(expected):
        return _kind_finding(actual, Finding.WANTS_TEXT) or (None if str(actual) == str(expected) else Finding.VALUE)
    if depth == 0:
        return Finding.UNKNOWN_KIND
    if type(expected) is list or type(expected) is tuple:
        return _compare_sequence(actual, expected, asked, depth)
    if type(expected) is dict:
        return _compare_dict(actual, expected, asked, depth)
    return Finding.UNKNOWN_KIND


def _kind_finding(actual: object, wanted: Finding) -> Finding | None:
    """Return what to say of an actual value that is not of the wanted kind; None where it is."""
    if actual is None:
        return Finding.NOTHING
    if is_text(actual):
        return None if wanted is Finding.WANTS_TEXT else wanted
    if type(actual) is dict:
        return None if wanted is Finding.WANTS_DICT else wanted
    if type(actual) is list or type(actual) is tuple:
        return None if wanted is Finding.WANTS_SEQUENCE else wanted
    return Finding.UNKNOWN_KIND if numbers(actual) is None else wanted


def _compare_numbers(actual: object, expected: Numbers, tol: Tolerance) -> Finding | None:
    got = numbers(actual)
    wanted = _wanted(expected)
    if got is None:
        return _kind_finding(actual, wanted)
    if got.shape != expected.shape:
        return _shape_finding(got.shape, expected.shape, wanted)
    if (got.kind == "b") != (expected.kind == "b"):
        return wanted
    if got.kind == "c" and expected.kind != "c":
        return Finding.WANTS_REAL
    if tol == EXACT and type(got.value) is int and type(expected.value) is int and got.value != expected.value:
        return Finding.VALUE  # beyond 64 bits an array would round them
    mine, theirs = got.array(), expected.array()
    close = tol.close(mine, theirs)
    if close.all():
        return None
    if bool((~np.isfinite(mine) & np.isfinite(theirs)).any()):
        return Finding.NOT_FINITE
    return Finding.VALUE if expected.kind == "b" else diagnose(mine, theirs, tol) or Finding.VALUE


def _wanted(expected: Numbers) -> Finding:
    if expected.kind == "b":
        return Finding.WANTS_BOOL_ARRAY if expected.shape else Finding.WANTS_BOOL
    return Finding.WANTS_ARRAY if expected.shape else Finding.WANTS_NUMBER


def _shape_finding(actual: tuple[int, ...], expected: tuple[int, ...], wanted: Finding) -> Finding:
    if not actual or not expected:
        return wanted
    if [size for size in actual if size != 1] == [size for size in expected if size != 1]:
        return Finding.UNIT_AXIS
    if len(actual) != len(expected):
        return Finding.AXES
    if len(expected) == 1:
        return Finding.LENGTH
    return Finding.AXIS_ORDER if sorted(actual) == sorted(expected) else Finding.SHAPE


def _compare_sequence(
    actual: Any, expected: list[Any] | tuple[Any, ...], asked: tuple[float | None, float | None], depth: int
) -> Finding | None:
    array = numbers(actual)
    if array is not None and array.shape:
        length = array.shape[0]
    else:
        finding = _kind_finding(actual, Finding.WANTS_SEQUENCE)
        if finding is not None:
            return finding
        length = len(actual)
    if length != len(expected):
        return Finding.LENGTH
    items = [actual[index] for index in range(length)]
    if expected and all(type(item) is float for item in expected) and _are_fractions(items):
        return _compare(np.array([float(item) for item in items]), np.array(expected), asked, depth - 1)
    return _first(_compare(item, other, asked, depth - 1) for item, other in zip(items, expected, strict=True))


def _are_fractions(items: list[Any]) -> bool:
    """Whether a list of numbers can be compared, and diagnosed, as one array."""
    if all(type(item) is float for item in items):
        return True
    known = [numbers(item) for item in items]
    return all(number is not None and not number.shape and number.kind == "f" for number in known)


def _compare_dict(
    actual: Any, expected: dict[Any, Any], asked: tuple[float | None, float | None], depth: int
) -> Finding | None:
    finding = _kind_finding(actual, Finding.WANTS_DICT)
    if finding is not None:
        return finding
    if not all(_is_plain_key(key) for key in (*actual, *expected)) or actual.keys() != expected.keys():
        return Finding.KEYS
    return _first(_compare(actual[key], expected[key], asked, depth - 1) for key in expected)


def _is_plain_key(key: object) -> bool:
    if type(key) is tuple:
        return all(_is_plain_key(part) for part in key)
    return key is None or type(key) in (str, int, float, bool)


def _first(findings: Iterable[Finding | None]) -> Finding | None:
    return next((finding for finding in findings if finding is not None), None)

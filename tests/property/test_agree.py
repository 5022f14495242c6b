"""Laws of `agree` that hold for any values."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from allclose.numerics.compare import compare
from allclose.numerics.findings import Finding
from allclose.numerics.tolerances import Tolerance, default_tolerance

DTYPES = st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint8, np.bool_, np.complex128])
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, SHAPES))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text()
KEYS = st.text(max_size=3) | st.integers(-3, 3)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(VALUES)
def test_every_value_agrees_with_itself(value: Any) -> None:
    assert compare(value, value) is None


@given(VALUES, VALUES)
def test_any_two_values_agree_or_give_a_message_of_the_closed_list(actual: Any, expected: Any) -> None:
    finding = compare(actual, expected)
    assert finding is None or finding in Finding


@given(st.data(), SHAPES, st.sampled_from([np.float64, np.float32]), st.floats(0, 0.5), st.floats(0, 0.5))
def test_plain_arrays_agree_exactly_where_numpy_says_so(
    data: st.DataObject, shape: tuple[int, ...], dtype: Any, rtol: float, atol: float
) -> None:
    actual, expected = (data.draw(hnp.arrays(dtype, shape)).astype(np.float64) for _ in range(2))
    mixed = np.where(data.draw(hnp.arrays(np.bool_, shape)), actual, expected * (1 - rtol / 2))
    for mine in (actual, mixed):
        try:
            np.testing.assert_allclose(mine, expected, rtol=rtol, atol=atol)
        except AssertionError:
            assert compare(mine, expected, rtol=rtol, atol=atol) is not None
        else:
            assert compare(mine, expected, rtol=rtol, atol=atol) is None


@given(st.data(), SHAPES, DTYPES, DTYPES, st.floats(0, 0.5), st.floats(0, 0.5))
def test_close_is_numpys_isclose_whatever_the_dtypes(
    data: st.DataObject, shape: tuple[int, ...], mine: Any, theirs: Any, rtol: float, atol: float
) -> None:
    expected = data.draw(hnp.arrays(theirs, shape))
    with np.errstate(all="ignore"):
        actual = np.where(data.draw(hnp.arrays(np.bool_, shape)), data.draw(hnp.arrays(mine, shape)), expected)
        wide = [
            array.astype(np.result_type(array, 1.0)) if array.dtype.kind in "fc" else array
            for array in (actual, expected)
        ]
        assume((rtol, atol) != (0, 0))
        close = Tolerance(rtol, atol).close(*wide)
        assert close.tolist() == np.isclose(*wide, rtol=rtol, atol=atol, equal_nan=True).tolist()


@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6)),
    st.data(),
    st.sampled_from([-1, 1]),
)
def test_a_step_beyond_the_tolerance_fails_in_both_directions(expected: Any, data: st.DataObject, sign: int) -> None:
    place = tuple(data.draw(st.integers(0, size - 1)) for size in expected.shape)
    tol = default_tolerance("float64")
    allowed = tol.atol + tol.rtol * abs(expected[place])
    for share, agrees in ((0.5, True), (2.0, False)):
        actual = expected.copy()
        actual[place] += sign * share * allowed
        assert (compare(actual, expected) is None) is agrees


@given(ARRAYS, ARRAYS)
def test_another_shape_never_agrees(actual: Any, expected: Any) -> None:
    assume(actual.shape != expected.shape)
    assert compare(actual, expected) is not None


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=2, max_side=5)), st.data())
def test_a_nan_that_is_not_expected_never_agrees(expected: Any, data: st.DataObject) -> None:
    place = tuple(data.draw(st.integers(0, size - 1)) for size in expected.shape)
    assume(not np.isnan(expected[place]))
    actual = expected.copy()
    actual[place] = np.nan
    assert compare(actual, expected) is not None

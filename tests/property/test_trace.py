"""Whatever a submission answers, its trace can be taken, is like itself, and does not hang on how it is written."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from allclose.suite.trace import MAX_NUMBERS, trace_of

NUMBERS = st.integers() | st.floats() | st.complex_numbers() | st.booleans()
ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.complex128]), hnp.array_shapes(min_dims=0)
)
VALUES = st.recursive(
    NUMBERS | ARRAYS | st.text() | st.binary() | st.none(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=12,
)


@given(st.lists(VALUES))
def test_every_answer_has_a_trace_that_is_like_itself(seen: list[Any]) -> None:
    trace = trace_of(seen)
    assert trace.same(trace_of(seen))
    assert len(trace.data) <= 8 * MAX_NUMBERS
    assert trace.telling in (True, False)


@given(VALUES, VALUES)
def test_being_the_same_does_not_hang_on_the_order(one: Any, other: Any) -> None:
    assert trace_of([one]).same(trace_of([other])) is trace_of([other]).same(trace_of([one]))


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=2), elements=st.floats(-1e6, 1e6)))
def test_an_array_is_the_list_that_holds_its_numbers(array: np.ndarray) -> None:
    assert trace_of([array]).same(trace_of([array.tolist()]))
    assert trace_of([array]).same(trace_of([tuple(array)]))

"""The wire: whatever travels arrives as it was, whatever arrives is a plain value of announced size or refused."""

from __future__ import annotations

import socket
import time
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from allclose.errors import ProtocolError
from allclose.sandbox.changes import absorb, lies_ahead
from allclose.sandbox.values import decode, encode
from allclose.sandbox.wire import Channel, Closed, Kind
from tests.fuzz.targets import FRAME_BYTES, TARGETS, _known, _refer, seeds

DTYPES = st.sampled_from(["?", "i1", "u2", "i8", "f2", "f4", "f8", "c16", "S3", "U2", "M8[s]", "m8[ms]", ">f8"])
SHAPES = hnp.array_shapes(min_dims=0, min_side=0, max_side=4)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(np.dtype(dtype), SHAPES))
ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary()
KEYS = (
    st.none()
    | st.integers()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.tuples(st.integers(), st.text(max_size=2))
)
TREES: st.SearchStrategy[Any] = st.recursive(
    ATOMS | ARRAYS | st.builds(range, st.integers(0, 99), st.integers(0, 99), st.integers(1, 9)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(st.integers() | st.text(max_size=3), max_size=4)
        | st.frozensets(st.binary(max_size=3), max_size=4)
    ),
    max_leaves=12,
)


def is_same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(is_same(one[key], other[key]) for key in one)
    return bool(one == other) or repr(one) == repr(other)


@given(TREES)
def test_every_tree_of_values_arrives_as_it_was(value: Any) -> None:
    assert is_same(decode(encode(value, _refer, FRAME_BYTES), _known), value)


@given(st.sampled_from(sorted(TARGETS)), st.binary(max_size=2000))
def test_any_bytes_are_borne(name: str, data: bytes) -> None:
    TARGETS[name](data)


@given(st.sampled_from(sorted(TARGETS)), st.data())
def test_sound_bytes_with_a_few_wrong_ones_are_borne(name: str, draw: st.DataObject) -> None:
    data = bytearray(draw.draw(st.sampled_from(seeds()[name])))
    for _ in range(draw.draw(st.integers(1, 4))):
        place = draw.draw(st.integers(0, len(data) - 1))
        data[place : place + draw.draw(st.integers(0, 3))] = draw.draw(st.binary(max_size=3))
        data = data or bytearray(b"\0")
    TARGETS[name](bytes(data))


DRAWS = st.lists(st.sampled_from(["normal", "random", "permutation", "word"]), max_size=6)
JSON = st.recursive(ATOMS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner))
PARTS = st.lists(JSON | st.lists(JSON, max_size=12), max_size=3)


@given(st.integers(-20, 140), PARTS)
def test_any_extension_of_any_parts_is_a_value_or_refused(code: int, parts: list[Any]) -> None:
    try:
        inner = msgspec.msgpack.encode([part for part in parts if not isinstance(part, complex)])
    except (OverflowError, TypeError, UnicodeEncodeError):
        return
    if -129 < code < 128:
        TARGETS["values"](msgspec.msgpack.encode(msgspec.msgpack.Ext(code, inner)))


SIZES = {
    "a frame that announces 4 GB": (0xFFFFFFFF).to_bytes(4, "big") + bytes(4) + bytes([Kind.RESULT]),
    "a frame one byte over the cap": (1025).to_bytes(4, "big") + bytes(4) + bytes([Kind.RESULT]),
    "a frame of another number": bytes(4) + (7).to_bytes(4, "big") + bytes([Kind.RESULT]),
    "a frame of an unknown kind": bytes(8) + bytes([99]),
}


@pytest.mark.parametrize("header", SIZES.values(), ids=SIZES)
def test_a_header_is_refused_before_its_payload_is_waited_for(header: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(header)
        with pytest.raises(ProtocolError):
            Channel(ours, 1024).receive(time.monotonic() + 60)


def array_of(dtype: str, shape: list[int], data: bytes) -> bytes:
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(6, msgspec.msgpack.encode([dtype, shape, data])))


LIES = {
    "8 TiB": array_of("<f8", [2**20, 2**20], b"\0" * 8),
    "more than its bytes": array_of("<f8", [2], b"\0" * 8),
    "less than its bytes": array_of("<f8", [1], b"\0" * 16),
    "a negative length": array_of("<f8", [-1, -1], b"\0" * 8),
    "objects": array_of("O", [1], b"\0" * 8),
    "fields": array_of("f4,f4", [1], b"\0" * 8),
    "sub-arrays": array_of("(2,)f4", [1], b"\0" * 8),
    "no size": array_of("S0", [2**40], b""),
    "an item of 2 GB": array_of("S2147483647", [1], b"\0"),
}


@pytest.mark.parametrize("data", LIES.values(), ids=LIES)
def test_an_array_is_what_its_bytes_say_and_nothing_more(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(data, _known)


@given(TREES, TREES, st.booleans())
def test_whatever_comes_back_for_an_argument_is_kept_apart_where_asked(one: Any, other: Any, apart: bool) -> None:
    before = _copy(one)
    touched = absorb(one, other, apart=apart)
    assert is_same(one, before) or (touched and not apart)


@given(
    st.integers(0, 2**32),
    DRAWS,
    st.booleans(),
)
def test_drawing_leads_ahead_and_no_other_way(seed: int, draws: list[str], half: bool) -> None:
    ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
    if half:
        ours.integers(2**32, dtype="u4"), theirs.integers(2**32, dtype="u4")
    for draw in draws:
        match draw:
            case "permutation":
                theirs.permutation(5)
            case "word":
                theirs.integers(2**32, dtype="u4")
            case name:
                getattr(theirs, name)(3)
    assert lies_ahead(ours, theirs)
    moved = ours.bit_generator.state["state"] != theirs.bit_generator.state["state"]
    assert not (moved and lies_ahead(theirs, ours))
    assert not lies_ahead(ours, np.random.default_rng(seed + 1))


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return type(value)(map(_copy, value))
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return value


def test_a_closed_connection_is_told_from_a_silent_one() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        theirs.close()
        with pytest.raises(Closed):
            Channel(ours, 1024).receive(time.monotonic() + 60)

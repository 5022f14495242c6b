"""Bytes from the sandbox decode to plain values of about their own size, or to nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from allclose.errors import ProtocolError
from allclose.sandbox import values
from allclose.sandbox.values import Callback, Handle, Unsendable, decode, encode

pack, ext = msgspec.msgpack.encode, msgspec.msgpack.Ext


def extension(code: int, parts: Any) -> Any:
    return ext(code, pack(parts))


class Gone(BaseException):
    """The trusted side went across the wire in the middle of decoding."""


class Remote:
    def __iter__(self) -> Any:
        raise Gone

    def __len__(self) -> int:
        raise Gone

    def __float__(self) -> float:
        raise Gone


def resolve(_: Handle | Callback) -> Any:
    return Remote()


HANDLE = extension(values._HANDLE, [0, "object"])
ENDLESS = extension(values._RANGE, [0, 10**15, 1])
WITH_PARTS = [values._TUPLE, values._SET, values._FROZENSET, values._PAIRS, values._COMPLEX, values._SCALAR]
WITH_PARTS += [values._ARRAY, values._TENSOR, values._RNG, values._RANGE, values._SLICE, values._FIGURE]


@pytest.mark.parametrize("code", WITH_PARTS)
@pytest.mark.parametrize("parts", [HANDLE, ENDLESS, "text", {"a": 1}], ids=["object", "range", "text", "dict"])
def test_parts_are_a_list_and_nothing_that_is_gone_through_like_one(code: int, parts: Any) -> None:
    with pytest.raises(ProtocolError):
        decode(pack(extension(code, parts)), resolve)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        (values._COMPLEX, [HANDLE, 0.0]),
        (values._PAIRS, [HANDLE]),
        (values._ARRAY, ["<f8", HANDLE, b""]),
        (values._ARRAY, ["<f8", [1], HANDLE]),
        (values._SCALAR, ["<f8", HANDLE]),
        (values._TENSOR, ["float32", HANDLE, b""]),
        (values._TENSOR, ["float32", [1], HANDLE]),
        (values._RANGE, [0, HANDLE, 1]),
    ],
)
def test_an_object_of_the_students_is_never_asked_while_decoding(code: int, parts: list[Any]) -> None:
    with pytest.raises(ProtocolError):
        decode(pack(extension(code, parts)), resolve)


@pytest.mark.parametrize("bounds", [[0, 2**60, 1], [2**60, 0, -1], [-(2**62), 2**62, 7]])
def test_a_range_that_cannot_be_gone_through_is_refused_on_both_sides(bounds: list[int]) -> None:
    with pytest.raises(ProtocolError, match="too long"):
        decode(pack(extension(values._RANGE, bounds)), resolve)
    with pytest.raises(Unsendable, match="too long"):
        encode(range(*bounds), lambda _: Handle(0, "object"), 1 << 20)


def test_ordinary_ranges_travel() -> None:
    for value in (range(5), range(10, 0, -3), range(0), range(10, 0)):
        assert decode(encode(value, lambda _: Handle(0, "object"), 1 << 20), resolve) == value


@pytest.mark.parametrize(
    "generator", [np.random.MT19937(1), np.random.Philox(1)], ids=lambda bits: str(type(bits).__name__)
)
@pytest.mark.parametrize("place", [-1, 625, 10**9])
def test_a_generator_does_not_read_beyond_its_own_memory(generator: Any, place: int) -> None:
    def forged(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: place if key in ("pos", "buffer_pos") else forged(item) for key, item in value.items()}
        if isinstance(value, np.ndarray):
            return extension(values._ARRAY, [value.dtype.str, list(value.shape), value.tobytes()])
        return value

    data = pack(extension(values._RNG, [type(generator).__name__, forged(generator.state)]))
    with pytest.raises(ProtocolError):
        decode(data, resolve)


def test_a_truth_value_equals_true_or_false_and_not_both() -> None:
    found = decode(pack(extension(values._ARRAY, ["|b1", [100], b"\2" * 100])), resolve)
    assert found.tobytes() == b"\1" * 100
    tensor = decode(pack(extension(values._TENSOR, ["bool", [4], b"\2\0\1\xff"])), resolve)
    assert tensor.int().tolist() == [1, 0, 1, 1]

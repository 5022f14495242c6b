"""Values across the wire: what is plain comes back as it was, the rest is refused or stays behind a reference."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Callable
from enum import IntEnum
from typing import Any

import matplotlib.figure
import msgspec
import numpy as np
import pytest
import torch

from allclose.errors import ProtocolError
from allclose.sandbox.changes import absorb
from allclose.sandbox.figures import Figure
from allclose.sandbox.values import Callback, Handle, Missing, Name, Unsendable, decode, encode, snapshot

CAP = 1 << 20
Point = namedtuple("Point", "x y")


class Colour(IntEnum):
    RED = 3


def refuse(value: Any) -> Handle:
    raise Unsendable(f"a {type(value).__name__} does not travel")


def unknown(reference: Handle | Callback) -> Any:
    raise ProtocolError("never given out")


def there_and_back(value: Any) -> Any:
    return decode(encode(value, refuse, CAP), unknown)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**63),
        2**64 - 1,
        2**200,
        -(2**200),
        1.5,
        float("inf"),
        1 + 2j,
        "text ✓",
        b"bytes",
        [1, [2, [3]]],
        (1, (2, [3])),
        {"a": 1, 2: "b", (1, 2): None},
        {1, 2},
        frozenset({1}),
        range(2, 10, 3),
        slice(None, 4, 2),
    ],
    ids=repr,
)
def test_plain_values_come_back_equal_and_of_the_same_type(value: Any) -> None:
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "u8", "f2", "f4", "f8", "c8", "c16", "U3", "S2", "M8[s]", "m8[ms]", ">f8"]
)
def test_arrays_keep_dtype_shape_and_bytes(dtype: str) -> None:
    value = np.arange(12).reshape(3, 4).astype(dtype) if dtype[0] not in "US" else np.full((3, 4), "ab").astype(dtype)
    back = there_and_back(value)
    assert type(back) is np.ndarray
    assert (back.dtype, back.shape, back.tobytes()) == (value.dtype, value.shape, value.tobytes())


def test_arrays_that_are_views_arrive_as_what_they_show_and_can_be_written() -> None:
    value = np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1)[::2]
    back = there_and_back(value)
    assert np.array_equal(back, value)
    back[...] = 0


def test_scalars_of_numpy_stay_scalars_of_numpy() -> None:
    back = there_and_back([np.float32(1.5), np.int64(7), np.bool_(True)])
    assert [type(item) for item in back] == [np.float32, np.int64, np.bool_]
    assert back == [1.5, 7, True]


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.bool, torch.complex64]
)
def test_tensors_come_back_as_tensors(dtype: torch.dtype) -> None:
    value = torch.arange(6).reshape(2, 3).to(dtype)
    back = there_and_back(value)
    assert back.dtype == dtype
    assert torch.equal(back, value)


def test_a_tensor_that_wants_gradients_comes_back_as_its_values() -> None:
    value = torch.nn.Parameter(torch.ones(2, 2).t())
    back = there_and_back(value)
    assert type(back) is torch.Tensor
    assert not back.requires_grad


def test_a_generator_comes_back_in_the_same_state() -> None:
    value = np.random.default_rng(3)
    value.normal(size=5)
    back = there_and_back(value)
    assert back.normal(size=4).tolist() == value.normal(size=4).tolist()


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM", "MT19937"])
def test_a_generator_that_stands_still_is_refused(name: str) -> None:
    value = np.random.Generator(getattr(np.random, name)(3))
    there_and_back(value)
    state = value.bit_generator.state
    state["state"] = {"state": 0, "inc": 0} if name != "MT19937" else {"key": np.eye(1, 624)[0], "pos": 9}
    value.bit_generator.state = state
    with pytest.raises(ProtocolError, match="for ever"):
        there_and_back(value)


def test_subclasses_of_plain_types_arrive_as_the_plain_type() -> None:
    class Shouting(str):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    back = there_and_back([Point(1, 2), OrderedDict(a=1), Colour.RED, Shouting("x")])
    assert [type(item) for item in back] == [tuple, dict, int, str]
    assert back == [(1, 2), {"a": 1}, 3, "x"]


def test_a_figure_arrives_as_a_description() -> None:
    figure = matplotlib.figure.Figure()
    axes = figure.subplots()
    axes.plot([0, 1], [2, 3], label="loss")
    axes.set(xlabel="step", ylabel="loss", title="descent", yscale="log")
    axes.legend()
    axes.contourf([[1, 2], [3, 4]])
    back = there_and_back(figure)
    assert isinstance(back, Figure)
    (shown,) = back.axes
    assert (shown.xlabel, shown.ylabel, shown.title, shown.yscale, shown.legend) == (
        "step",
        "loss",
        "descent",
        "log",
        ("loss",),
    )
    assert shown.lines[0].y.tolist() == [2.0, 3.0]
    assert shown.filled == 1


@pytest.mark.parametrize(
    "value",
    [
        object(),
        np.array([1, None], dtype=object),
        np.ma.masked_array([1.0], mask=[True]),
        np.zeros(2, dtype=[("a", "f8")]),
        torch.ones(2).to_sparse(),
        torch.ones(2, device="meta"),
        (i for i in range(3)),
    ],
    ids=["object", "object array", "masked", "structured", "sparse", "meta", "generator"],
)
def test_what_is_not_plain_is_left_to_a_reference(value: Any) -> None:
    with pytest.raises(Unsendable, match="does not travel"):
        encode(value, refuse, CAP)


def test_an_array_of_eight_tebibytes_is_refused_before_it_is_copied() -> None:
    with pytest.raises(Unsendable, match="too large"):
        encode(np.broadcast_to(np.float64(0), (2**40,)), refuse, CAP)


def test_a_list_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(Unsendable, match="nested"):
        encode(loop, refuse, CAP)


def test_references_travel_as_numbers_and_names_only() -> None:
    references = {print: Callback(4), object: Handle(9, "class"), len: Name("length", "function")}
    data = encode([print, object, len], references.__getitem__, CAP)
    assert decode(data, lambda reference: reference) == [Callback(4), Handle(9, "class"), Name("length", "object")]
    with pytest.raises(Missing):
        decode(data, raise_missing)


def raise_missing(_: Any) -> Any:
    raise Missing


def ext(code: int, value: Any) -> bytes:
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(code, msgspec.msgpack.encode(value)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\xdd\xff\xff\xff\xff",
        ext(6, ["<f8", [4], b"12345678"]),
        ext(6, ["<f8", [-1], b"12345678"]),
        ext(6, ["<f8", [2**62, 2**62], b""]),
        ext(6, ["O", [1], b"12345678"]),
        ext(6, [[["a", "<f8"]], [1], b"12345678"]),
        ext(6, ["V8", [1], b"12345678"]),
        ext(6, ["(2,)<f8", [1], b"1234567812345678"]),
        ext(6, "not a list"),
        ext(7, ["O", b"12345678"]),
        ext(8, ["float64", [4], b""]),
        ext(8, ["__class__", [1], b"1"]),
        ext(9, ["__import__", {}]),
        ext(9, ["PCG64", {"state": 3}]),
        ext(10, [0, 1, 0]),
        ext(10, ["a", "b", "c"]),
        ext(12, ["title", [[]]]),
        ext(13, [-1, "function"]),
        ext(13, [0, "x" * 1000]),
        ext(14, [0]),
        ext(16, ["f"]),
        ext(16, [3]),
        ext(16, ["f", "function"]),
        ext(99, 1),
        msgspec.msgpack.encode(msgspec.msgpack.Ext(4, b"\x01" * 100_000)),
    ],
)
def test_bytes_that_are_no_value_are_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(data, unknown)


def test_nesting_by_extension_types_is_capped() -> None:
    data = msgspec.msgpack.encode([1])
    for _ in range(200):
        data = msgspec.msgpack.encode(msgspec.msgpack.Ext(1, data if len(data) < 60_000 else b""))
        data = msgspec.msgpack.encode([msgspec.msgpack.Ext(1, data)])
    with pytest.raises(ProtocolError):
        decode(data, unknown)


def test_what_the_other_side_changed_is_written_into_the_originals() -> None:
    array, items, table = np.zeros(3), [1, np.zeros(2)], {"a": [1]}
    inner = items[1]
    absorb(
        (array, items, table),
        (np.arange(3.0), [5, np.ones(2), "new"], {"a": [1, 2], "b": 0}),
    )
    assert array.tolist() == [0, 1, 2]
    assert items[0] == 5
    assert items[1] is inner
    assert inner.tolist() == [1, 1]
    assert items[2] == "new"
    assert table == {"a": [1, 2], "b": 0}


def test_a_change_that_does_not_fit_an_array_is_ignored() -> None:
    array = np.zeros(3)
    absorb(array, np.ones(4))
    absorb(array, np.ones(3, dtype=np.float32))
    assert array.tolist() == [0, 0, 0]


def test_a_generators_new_state_is_taken_over() -> None:
    ours, theirs = np.random.default_rng(1), np.random.default_rng(1)
    theirs.normal()
    absorb(ours, theirs)
    assert ours.normal() == theirs.normal()


def snapshot_of(*args: Any) -> Any:
    def refer(value: Any) -> Handle:
        assert isinstance(value, _Reference) or callable(value)
        return Handle(0, "object")

    return snapshot(args, {}, _Reference, refer, CAP)


CHANGES: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "an array filled": (lambda: np.zeros((2, 3)), lambda x: x.fill(1.0)),
    "an item put": (lambda: np.zeros((2, 3)), lambda x: x.put(0, 2.0)),
    "an array resized": (lambda: np.zeros((2, 3)), lambda x: setattr(x, "shape", (3, 2))),
    "a list grown": (lambda: [np.zeros(2)], lambda x: x.append(np.ones(2))),
    "an array in a list": (lambda: [np.zeros(2)], lambda x: x[0].fill(2.0)),
    "an array in a tuple in a list": (lambda: [(1, np.zeros(2))], lambda x: x[0][1].fill(2.0)),
    "a number for another of the same value": (lambda: [1, 2], lambda x: x.__setitem__(0, 1.0)),
    "a truth for a number": (lambda: [1, 2], lambda x: x.__setitem__(0, True)),
    "another sign of zero": (lambda: [0.0], lambda x: x.__setitem__(0, -0.0)),
    "a function for another": (lambda: [refuse], lambda x: x.__setitem__(0, unknown)),
    "a class for another": (lambda: [int], lambda x: x.__setitem__(0, float)),
    "a reference for another": (lambda: [_Reference()], lambda x: x.__setitem__(0, _Reference())),
    "a value in a dict": (lambda: {"a": 1.0}, lambda x: x.update(a=2.0)),
    "a key in a dict": (lambda: {"a": 1.0}, lambda x: x.update(b=x.pop("a"))),
    "the order of a list": (lambda: [1, 2], lambda x: x.reverse()),
    "something deep": (lambda: [[[[[np.zeros(1)]]]]], lambda x: x[0][0][0][0][0].fill(1.0)),
    "the end of a long list": (lambda: list(range(100)), lambda x: x.__setitem__(99, 0)),
    "a set": (lambda: {1, 2}, lambda x: x.add(3)),
}


@pytest.mark.parametrize(("made", "change"), CHANGES.values(), ids=CHANGES)
def test_a_snapshot_tells_what_was_changed_in_place(made: Callable[[], Any], change: Callable[[Any], object]) -> None:
    value = made()
    before = snapshot_of(1.0, value, _Reference)
    assert snapshot_of(1.0, value, _Reference) == before
    change(value)
    assert snapshot_of(1.0, value, _Reference) != before


def test_a_nan_that_nobody_touched_has_not_changed() -> None:
    value = [float("nan"), {"a": float("nan")}, np.array([np.nan])]
    assert snapshot_of(value) == snapshot_of(value)


def test_a_snapshot_of_a_list_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(Unsendable, match="nested"):
        snapshot_of(loop)


class _Reference:
    """Stands for what stays on the other side."""

"""What is thrown at the readers of hostile bytes, and what must hold whatever the bytes are.

Each target takes bytes and raises only where something is wrong: a reader may refuse its input with its own error, and
what it accepts must be sound. `tests/unit/sandbox/test_fuzz_corpus.py` runs them on everything that fuzzing has found.
"""

from __future__ import annotations

import json
import socket
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from allclose.course import ipynb
from allclose.errors import ProtocolError
from allclose.model import Limits, Notebook
from allclose.notebook.repair import repair
from allclose.sandbox import figures, outputs
from allclose.sandbox.remote import Link, Lost, RemoteObject, StudentRaised
from allclose.sandbox.values import Callback, Handle, Name, Reference, Unsendable, decode, encode
from allclose.sandbox.wire import Channel, Closed, Kind
from tests import courses

FRAME_BYTES = 1 << 16
SECONDS = 5.0


def values(data: bytes) -> None:
    """A value is refused, or is the same after another journey."""
    try:
        value = decode(data, _known)
    except ProtocolError:
        return
    try:
        once = encode(value, _refer, FRAME_BYTES)
    except Unsendable:
        return
    again = encode(decode(once, _known), _refer, FRAME_BYTES)
    assert sorted(again) == sorted(once)  # sets come in any order


def frames(data: bytes) -> None:
    """Frames come in order and under the cap, until the first that does not."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data[:FRAME_BYTES])
        theirs.shutdown(socket.SHUT_WR)
        channel = Channel(ours, FRAME_BYTES // 2)
        taken = 0
        try:
            while True:
                kind, payload = channel.receive(time.monotonic() + SECONDS)
                assert kind in Kind
                assert len(payload) <= FRAME_BYTES // 2
                taken += 9 + len(payload)
                assert taken <= len(data)
        except (Closed, ProtocolError):
            assert channel.counts[1] <= taken // 9


def answers(data: bytes) -> None:
    """Whatever a sandbox answers to a call, the test gets a value, an error of the student's, or is over."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data[:FRAME_BYTES])
        theirs.shutdown(socket.SHUT_WR)
        limits = Limits(frame_bytes=FRAME_BYTES // 2, callbacks=50, test_seconds=SECONDS)
        link = Link(Channel(ours, limits.frame_bytes), -1, limits, time.monotonic() + SECONDS, _no_process)
        try:
            link.begin_tests()
            link.begin_test("question")
            for _ in range(3):
                link.request("call", {}, "name", (lambda value: value, [1.0]), {})
        except (Lost, StudentRaised):
            return


def _no_process() -> tuple[socket.socket, int]:
    raise AssertionError("nothing here asks for another process")


def cell_outputs(data: bytes) -> None:
    """Outputs are refused, or are plain JSON of known kinds."""
    try:
        rebuilt = outputs.rebuild(msgspec.json.decode(data))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ProtocolError):
        return
    json.dumps(rebuilt)
    assert {output["output_type"] for output in rebuilt} <= {"stream", "error", "display_data", "execute_result"}


def figure(data: bytes) -> None:
    """A figure is refused, or is made of texts, numbers and arrays."""
    try:
        rebuilt = figures.rebuild(decode(data, _known))
    except ProtocolError:
        return
    for axes in rebuilt.axes:
        assert all(line.x.dtype == line.y.dtype == "float64" for line in axes.lines)


def notebook(data: bytes) -> None:
    """A file is refused in one line, or is a notebook that can be repaired, and is the same when read again."""
    try:
        found = ipynb.parse(data)
    except ipynb.Unreadable as error:
        reason = str(error)
    else:
        reason = ""
    if reason:
        assert "\n" not in reason
        return
    repaired = repair(found, _source())
    assert len(repaired.origins) == len(repaired.content["cells"])
    text = json.dumps(repaired.content, allow_nan=False).encode()
    assert ipynb.parse(json.dumps(found).encode()) == found
    assert repair(ipynb.parse(text), _source()).content == repaired.content


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (values, frames, answers, cell_outputs, figure, notebook)
}


def _known(reference: Reference) -> Any:
    if isinstance(reference, Name) or (isinstance(reference, Callback) and reference.number > 1):
        raise ProtocolError("a reference to a function that was never given out")
    return RemoteObject(None, reference, {}) if isinstance(reference, Handle) else _known  # type: ignore[arg-type]


def _refer(value: Any) -> Reference:
    if isinstance(value, RemoteObject):
        handle: Handle = value._handle
        return handle
    if value is _known:
        return Callback(1)
    raise Unsendable("not a value")


@cache
def _source() -> Notebook:
    with tempfile.TemporaryDirectory() as folder:
        return courses.load(Path(folder))[1]


def seeds() -> dict[str, list[bytes]]:
    """Sound inputs to begin from."""
    import numpy as np

    plain = [
        [None, True, -3, 2**70, 0.5, "text", b"bytes", (1, [2]), {1, 2}, frozenset((3,)), {"a": {1: 2j}}],
        [np.arange(6.0).reshape(2, 3), np.array([True]), np.float32(2), np.array(["ab"]), np.datetime64(0, "s")],
        [np.random.default_rng(1), np.random.Generator(np.random.MT19937(1)), range(3), slice(1, None, 2)],
    ]
    line = [np.arange(3.0).tobytes(), np.arange(3.0).tobytes(), "line"]
    described = ["title", [["t", "x", "y", "", "linear", "log", ["one"], [line], 0, 1, 0, 2]]]
    shown = [
        {"output_type": "stream", "name": "stdout", "text": "x\n"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "data": {"text/plain": "1", "image/png": "iVBORw0KGgoAAAA="},
            "metadata": {"a": [1, None]},
        },
    ]
    packed = [encode(value, _refer, FRAME_BYTES) for value in plain]
    stream = b""
    for number, (kind, payload) in enumerate(
        [
            (Kind.READY, b""),
            (Kind.READY, b""),
            (Kind.CALLBACK, encode([1, (2.0,), {}], _refer, FRAME_BYTES)),
            (Kind.RESULT, encode([1, None], _refer, FRAME_BYTES)),
            (Kind.ERROR, msgspec.msgpack.encode(["ValueError", "text", False])),
            (Kind.RESULT, packed[0]),
        ]
    ):
        stream += len(payload).to_bytes(4, "big") + number.to_bytes(4, "big") + bytes([kind]) + payload
    return {
        "values": packed,
        "frames": [stream],
        "answers": [stream],
        "cell_outputs": [json.dumps(shown).encode()],
        "figure": [encode(described, _refer, FRAME_BYTES)],
        "notebook": [json.dumps(_source().content).encode()],
    }

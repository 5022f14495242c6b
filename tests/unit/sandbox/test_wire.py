"""Frames: what arrives is what was sent, in order, and nothing else is believed."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from allclose.errors import ProtocolError
from allclose.sandbox.wire import Channel, Closed, Kind, Late

Pair = tuple[Channel, Channel]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    channels = Channel(ours, 1 << 20), Channel(theirs, 1 << 20)
    yield channels
    for channel in channels:
        channel.close()


def soon() -> float:
    return time.monotonic() + 5


def test_frames_arrive_in_order_and_whole(pair: Pair) -> None:
    ours, theirs = pair
    payloads = [b"", b"x", b"y" * 300_000, b"z"]
    sender = threading.Thread(target=lambda: [ours.send(Kind.CELL, payload) for payload in payloads])
    sender.start()
    assert [theirs.receive(soon()) for _ in payloads] == [(Kind.CELL, payload) for payload in payloads]
    sender.join()


def test_a_payload_over_the_cap_is_refused_before_it_is_sent(pair: Pair) -> None:
    with pytest.raises(ProtocolError, match="over the cap"):
        pair[0].send(Kind.CELL, b"x" * (1 << 20) + b"x")
    assert pair[1].quiet()


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        (struct.pack("!IIB", 2**32 - 1, 0, Kind.RESULT), "over the cap"),
        (struct.pack("!IIB", 0, 7, Kind.RESULT), "out of order"),
        (struct.pack("!IIB", 0, 0, 99), "unknown kind"),
    ],
)
def test_a_forged_header_is_refused_before_anything_is_allocated(pair: Pair, header: bytes, complaint: str) -> None:
    pair[1].connection.sendall(header)
    with pytest.raises(ProtocolError, match=complaint):
        pair[0].receive(soon())


def test_a_repeated_frame_is_out_of_order(pair: Pair) -> None:
    frame = struct.pack("!IIB", 0, 0, Kind.RESULT)
    pair[1].connection.sendall(frame + frame)
    pair[0].receive(soon())
    with pytest.raises(ProtocolError, match="out of order"):
        pair[0].receive(soon())


def test_an_extra_frame_is_heard_although_nobody_asked(pair: Pair) -> None:
    assert pair[0].quiet()
    pair[1].send(Kind.RESULT, b"late")
    assert not pair[0].quiet()


def test_an_extra_frame_behind_an_answer_is_heard_too(pair: Pair) -> None:
    pair[1].send(Kind.RESULT, b"asked")
    pair[1].send(Kind.RESULT, b"not asked")
    pair[0].receive(soon())
    assert not pair[0].quiet()


def test_silence_ends_at_the_deadline(pair: Pair) -> None:
    with pytest.raises(Late):
        pair[0].receive(time.monotonic() + 0.05)


def test_half_a_frame_is_silence_too(pair: Pair) -> None:
    pair[1].connection.sendall(struct.pack("!IIB", 10, 0, Kind.RESULT) + b"half")
    with pytest.raises(Late):
        pair[0].receive(time.monotonic() + 0.05)


def test_a_reader_that_stops_reading_is_late(pair: Pair) -> None:
    with pytest.raises(Late):
        for _ in range(100):
            pair[0].send(Kind.CALL, b"x" * (1 << 19), time.monotonic() + 0.05)


def test_the_end_of_the_other_side_is_told(pair: Pair) -> None:
    pair[1].close()
    with pytest.raises(Closed):
        pair[0].receive(soon())
    assert pair[0].quiet()


def test_another_process_can_go_on_where_this_one_stopped(pair: Pair) -> None:
    ours, theirs = pair
    ours.send(Kind.CELL, b"one")
    theirs.receive(soon())
    theirs.send(Kind.OUTCOME, b"two")
    ours.receive(soon())
    heir = Channel(ours.connection, ours.frame_bytes, ours.counts)
    heir.send(Kind.CALL, b"three", soon())
    assert theirs.receive(soon()) == (Kind.CALL, b"three")

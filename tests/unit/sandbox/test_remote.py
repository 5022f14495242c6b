"""The trusted end of the calls against a process that says what it likes: every promise of the wire, one by one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from allclose.model import Limits, Verdict
from allclose.sandbox.remote import MAX_NESTING, Link, Lost, StudentRaised, Submission
from allclose.sandbox.values import Callback, Handle, Name, decode, encode
from allclose.sandbox.wire import Channel, Kind

LIMITS = Limits(frame_bytes=1 << 16, callbacks=20, test_seconds=1.0)
#: What a process does with a request: it may answer with any frames.
Behaviour = Callable[[Channel, Any], None]


def no_process() -> tuple[socket.socket, int]:
    raise AssertionError("no test here asks for another process")


@pytest.fixture
def link() -> Iterator[Callable[[Behaviour], Link]]:
    """A link whose other end behaves as told, in a thread; what it gets is decoded."""
    threads, ours_and_theirs = [], []

    def made(behave: Behaviour, *names: bytes) -> Link:
        to_come = iter(names)
        ours, theirs = socket.socketpair()
        ours_and_theirs.extend((ours, theirs))
        channel = Channel(theirs, 1 << 20)

        def serve() -> None:
            try:
                while True:
                    kind, payload = channel.receive()
                    if kind is Kind.CALL:
                        behave(channel, decode(payload, lambda reference: reference))
                    else:
                        channel.send(Kind.READY, next(to_come, b"") if kind is Kind.QUESTION else b"")
            except Exception:  # the link then waits in vain, and its test fails
                return

        thread = threading.Thread(target=serve)
        thread.start()
        threads.append(thread)
        made_link = Link(Channel(ours, LIMITS.frame_bytes), -1, LIMITS, time.monotonic() + 60, no_process)
        made_link.begin_tests()
        made_link.begin_test("question")
        return made_link

    yield made
    for connection in ours_and_theirs:
        connection.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()
    for connection in ours_and_theirs:
        connection.close()


class _Function:
    """Stands for a function that the process has."""


def packed(value: Any) -> bytes:
    def refer(value: Any) -> Handle | Callback:
        assert isinstance(value, _Function)
        return Handle(0, "function")

    return encode(value, refer, 1 << 20)


def result(value: Any) -> Behaviour:
    return lambda channel, _: channel.send(Kind.RESULT, packed(value))


def call_back(*args: Any, times: int = 1) -> Behaviour:
    """Call the function that the request passed, some times, and give the last answer back."""

    def behave(channel: Channel, request: Any) -> None:
        answer = b""
        for _ in range(times):
            channel.send(Kind.CALLBACK, packed([request[3][0].number, args, {}]))
            _, answer = channel.receive()
        channel.send(Kind.RESULT, packed([answer, None]))

    return behave


def lost(run: Callable[[], Any]) -> Verdict:
    with pytest.raises(Lost) as caught:
        run()
    return caught.value.verdict


def test_a_frame_that_nobody_asked_for_is_seen(link: Any) -> None:
    def twice(channel: Channel, request: Any) -> None:
        result([1, None])(channel, request)
        channel.send(Kind.RESULT, packed([2, None]))

    asked = link(twice)
    assert asked.request("call", {}, "f", (), {}) == [1, None]
    assert not asked.clean()


NOT_NAMES = [
    b"\xc1",
    b"\x93\x01\x02\x03",
    b"\x91\xa1f",
    b"\x81\xa1\xff\xa5class",
    packed({"f": "module"}),
    bytes(1 << 17),
]


@pytest.mark.parametrize("names", NOT_NAMES)
def test_what_is_no_list_of_names_ends_the_run(link: Any, names: bytes) -> None:
    assert lost(lambda: link(result([1, None]), names)) is Verdict.PROTOCOL
    asked = link(result([1, None]), packed({"f": "function", "F": "class"}), names)
    assert asked.callables == {"f": "function", "F": "class"}
    assert not asked.clean()


def test_a_late_frame_does_not_pass_for_the_next_answer(link: Any) -> None:
    def twice(channel: Channel, request: Any) -> None:
        channel.send(Kind.RESULT, packed([0, None]))
        channel._sent -= 1  # forged, and numbered as the next answer's would be wrong
        channel.send(Kind.RESULT, packed([1, None]))

    asked = link(twice)
    assert asked.request("call", {}, "f", (), {}) == [0, None]
    assert lost(lambda: asked.request("call", {}, "f", (), {})) is Verdict.PROTOCOL
    assert not asked.alive


@pytest.mark.parametrize("kind", [Kind.OUTCOME, Kind.START, Kind.RETURN])
def test_an_answer_of_another_kind_ends_the_run(link: Any, kind: Kind) -> None:
    asked = link(lambda channel, _: channel.send(kind, b""))
    assert lost(lambda: asked.request("call", {}, "f", (), {})) is Verdict.PROTOCOL


def test_a_name_in_the_place_of_an_object_ends_the_run(link: Any) -> None:
    named = encode([len, None], lambda _: Name("f", "function"), 1 << 20)
    asked = link(lambda channel, _: channel.send(Kind.RESULT, named))
    assert lost(lambda: asked.request("call", {}, "f", (), {})) is Verdict.PROTOCOL


def test_a_frame_over_the_cap_ends_the_run(link: Any) -> None:
    asked = link(result([np.zeros(1 << 14), None]))
    assert lost(lambda: asked.request("call", {}, "f", (), {})) is Verdict.PROTOCOL


def test_callbacks_are_capped_in_count(link: Any) -> None:
    within, beyond = link(call_back(1.0, times=20)), link(call_back(1.0, times=21))
    assert within.request("call", {}, "f", (abs, 1), {})
    assert lost(lambda: beyond.request("call", {}, "f", (abs, 1), {})) is Verdict.LIMIT


def test_callbacks_are_capped_in_size_both_ways(link: Any) -> None:
    sent = link(call_back(b"x" * (1 << 17)))
    assert lost(lambda: sent.request("call", {}, "f", (len, 1), {})) is Verdict.PROTOCOL
    asked = link(call_back(3))
    (answer, _) = asked.request("call", {}, "f", (lambda _: b"x" * (1 << 17), 1), {})
    assert b"ValueError" not in answer and b"could not answer" in answer
    assert asked.refused


def test_callbacks_are_capped_in_depth(link: Any) -> None:
    depths = []

    def deeper(value: Any) -> Any:
        depths.append(value)
        return asked.request("call", {}, "f", (deeper, value), {})

    def behave(channel: Channel, request: Any) -> None:
        channel.send(Kind.CALLBACK, packed([request[3][0].number, (1,), {}]))

    asked = link(behave)
    assert lost(lambda: asked.request("call", {}, "f", (deeper, 0), {})) is Verdict.LIMIT
    assert len(depths) == MAX_NESTING


def test_a_callback_ends_with_its_call_and_is_none_of_ours_afterwards(link: Any) -> None:
    numbers: list[int] = []

    def behave(channel: Channel, request: Any) -> None:
        args = request[3]
        numbers.extend(one.number for one in args if isinstance(one, Callback))
        channel.send(Kind.RESULT, packed([0, None])) if args else channel.send(
            Kind.CALLBACK, packed([numbers[0], (), {}])
        )

    asked = link(behave)
    asked.request("call", {}, "f", (lambda: 1,), {})
    assert lost(lambda: asked.request("call", {}, "f", (), {})) is Verdict.PROTOCOL


@pytest.mark.parametrize(
    "request_", [[1], [1, [], {}], ["1", (), {}], [1, (), []], [True, (), {}], [1, (), {2: 3}], None, [99, (), {}]]
)
def test_a_callback_that_is_none_ends_the_run(link: Any, request_: Any) -> None:
    asked = link(lambda channel, _: channel.send(Kind.CALLBACK, packed(request_)))
    assert lost(lambda: asked.request("call", {}, "f", (abs,), {})) is Verdict.PROTOCOL


def test_silence_ends_with_the_tests_time(link: Any) -> None:
    asked = link(lambda _channel, _request: None)
    assert lost(lambda: asked.request("call", {}, "f", (), {})) is Verdict.TIMEOUT


@pytest.mark.parametrize("answer", [None, 3, [1], [1, [(), {}, 2]], [1, [[], {}]], "ab"])
def test_a_call_whose_answer_has_another_form_ends_the_run(link: Any, answer: Any) -> None:
    submission = Submission(
        link(lambda c, request: c.send(Kind.RESULT, packed(_look(request) or answer))), lambda _: {}
    )
    assert lost(lambda: submission.f(1)) is Verdict.PROTOCOL


def _look(request: Any) -> Any:
    return _Function() if request[0] == "look" else None


@pytest.mark.parametrize("error", [b"", b"\x93\xa1\xff\xa0\xc2", b"\x91" * 99, b"\xc1", packed(["E", 3, False])])
def test_an_error_that_is_none_ends_the_run(link: Any, error: bytes) -> None:
    asked = link(lambda channel, _: channel.send(Kind.ERROR, error))
    assert lost(lambda: asked.request("call", {}, "f", (), {})) is Verdict.PROTOCOL


def test_an_error_is_an_error_of_the_students_whatever_it_is_called(link: Any) -> None:
    for name in ("ValueError", "SystemExit", "KeyboardInterrupt", "Lost", "StopIteration", "__import__", ""):
        asked = link(lambda channel, _, name=name: channel.send(Kind.ERROR, packed([name, "text", False])))
        with pytest.raises(StudentRaised):
            asked.request("call", {}, "f", (), {})


def test_arguments_that_changed_shape_or_kind_are_left_as_they_were(link: Any) -> None:
    for changed in (np.zeros(3), np.zeros(2, dtype=np.float32), [0.0, 0.0], None, 7):
        answer = [1, [(changed,), {}]]
        behave = lambda c, request, answer=answer: c.send(Kind.RESULT, packed(_look(request) or answer))  # noqa: E731
        x = np.ones(2)
        asked = link(behave)
        Submission(asked, lambda _: {}).f(x)
        assert x.tolist() == [1, 1]
        assert asked.changed

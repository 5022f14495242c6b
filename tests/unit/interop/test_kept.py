"""What is slow to start is kept between notebooks, and not for ever."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from allclose.errors import SandboxError
from allclose.interop import kept


class Thing:
    """Something that can die and be ended."""

    def __init__(self) -> None:
        self.alive = True
        self.ended = threading.Event()

    def close(self) -> None:
        self.alive = False
        self.ended.set()


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept.end()
    yield
    kept.end()


def borrowed(key: object) -> Thing:
    with kept.lent(key, Thing) as thing:
        return thing


def test_the_same_key_lends_the_same_thing_and_another_ends_it() -> None:
    first = borrowed("a")
    assert borrowed("a") is first
    second = borrowed("b")
    assert second is not first
    assert (first.ended.is_set(), second.ended.is_set()) == (True, False)


def test_a_dead_thing_is_replaced() -> None:
    first = borrowed("a")
    first.alive = False
    assert borrowed("a") is not first


def test_a_fault_of_the_sandbox_ends_the_thing_and_a_notebooks_does_not() -> None:
    with pytest.raises(ValueError), kept.lent("a", Thing) as thing:
        raise ValueError
    assert borrowed("a") is thing
    with pytest.raises(SandboxError), kept.lent("a", Thing) as thing:
        raise SandboxError
    assert thing.ended.is_set()
    with pytest.raises(KeyboardInterrupt), kept.lent("a", Thing) as thing:
        raise KeyboardInterrupt
    assert thing.ended.is_set()


def test_what_does_not_start_is_tried_again() -> None:
    def broken() -> Thing:
        raise SandboxError("no")

    with pytest.raises(SandboxError), kept.lent("a", broken):
        raise AssertionError
    assert borrowed("a").alive


def test_an_idle_thing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "IDLE_SECONDS", 0.01)
    assert borrowed("a").ended.wait(10)


def test_a_thing_in_use_is_not_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "IDLE_SECONDS", 0.01)
    with kept.lent("a", Thing) as thing:
        assert not thing.ended.wait(0.1)


def test_a_forked_process_leaves_its_parents_thing_alone() -> None:
    thing = borrowed("a")
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(write, b"same" if borrowed("a") is thing else b"other")
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 10) == b"other"
    os.close(read)
    os.close(write)
    assert borrowed("a") is thing

"""A limit counts what a process spends, and not what it waits for a core."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allclose.sandbox.clock import WALL, Clock, pid_of
from allclose.sandbox.wire import Channel, Kind, Late

BUSY = "while True: pass"
Start = Callable[[str], int]


@pytest.fixture
def core() -> Iterator[int]:
    """One core, for a test and all that it starts."""
    allowed = os.sched_getaffinity(0)
    one = min(allowed)
    os.sched_setaffinity(0, {one})
    try:
        yield one
    finally:
        os.sched_setaffinity(0, allowed)


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start(code: str) -> int:
        begun = f"print(flush=True)\n{code}"
        process = subprocess.Popen([sys.executable, "-S", "-c", begun], stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process.pid

    yield start
    for process in started:
        process.kill()
        process.communicate()


def run_out(clock: Clock) -> None:
    """Wait on a connection on which nothing comes."""
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(Late):
        clock.receive(Channel(ours, 1000))


def ran(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def test_a_process_that_shares_its_core_with_others_gets_its_time_all_the_same(core: int, start: Start) -> None:
    pid, *_ = [start(BUSY) for _ in range(4)]
    before = ran(pid)
    run_out(Clock((pid,), 0.5, math.inf))
    assert ran(pid) - before > 0.3  # of the wall's half second it would have had an eighth


def test_the_end_of_the_submission_moves_with_what_was_waited(core: int, start: Start) -> None:
    pid, *_ = [start(BUSY) for _ in range(4)]
    before = ran(pid)
    run_out(Clock((pid,), 60.0, time.monotonic() + 0.5))
    assert ran(pid) - before > 0.3


def test_what_a_process_sleeps_is_counted(start: Start) -> None:
    pid = start("import time; time.sleep(600)")
    began = time.monotonic()
    clock = Clock((pid,), 0.2, math.inf)
    run_out(clock)
    assert clock.deadline - began < 10 * 0.2


def test_behind_it_stands_a_limit_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "waited", lambda clock: 1e9)
    clock = Clock((0,), 0.02, math.inf)
    before = clock.deadline
    run_out(clock)
    assert clock.deadline == pytest.approx(before + (WALL - 1) * 0.02)


def test_processes_that_stand_in_each_others_way_have_waited_for_nobody(start: Start) -> None:
    pid = start("import os\nfor _ in range(6):\n    if not os.fork(): break\nwhile True: pass")
    began = time.monotonic()
    clock = Clock((pid,), 0.5, math.inf)
    run_out(clock)
    family = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if f") R {pid} " in _text(path)]
    try:
        together = ran(pid) + sum(map(ran, family))
        assert family
        assert clock.waited() <= time.monotonic() - began - together / (os.cpu_count() or 1) + 0.1
    finally:
        for each in family:
            os.kill(each, signal.SIGKILL)


def test_time_can_be_added(start: Start) -> None:
    clock = Clock((start("import time; time.sleep(600)"),), 0.05, math.inf)
    before = clock.deadline
    clock.add(0.1)
    assert clock.deadline == before + 0.1
    run_out(clock)


def test_a_process_is_known_by_its_pidfd() -> None:
    pidfd = os.pidfd_open(os.getpid())
    try:
        assert pid_of(pidfd) == os.getpid()
    finally:
        os.close(pidfd)
    assert pid_of(-1) == 0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (99.0, 0.0, 0.0))
    monkeypatch.setattr(Clock, "waited", lambda clock: 0.0)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    monkeypatch.setattr(Clock, "waited", lambda clock: 0.0)


def test_on_an_idle_machine_a_patient_clock_is_as_any_other(idle: None, start: Start) -> None:
    clock = Clock((start(BUSY),), 0.1, math.inf, patient=True)
    run_out(clock)
    assert (clock.late, clock.extension, clock.in_doubt) == (True, 0.0, False)


def test_without_patience_a_limit_is_a_limit_on_any_machine(crowded: None, start: Start) -> None:
    clock = Clock((start(BUSY),), 0.1, math.inf)
    run_out(clock)
    assert (clock.extension, clock.in_doubt) == (0.0, False)


def test_who_ran_all_the_while_and_does_not_end_is_over_the_limit_beside_whomever(core: int, start: Start) -> None:
    pid, *_ = [start(BUSY) for _ in range(3)]

    def is_over() -> bool:
        clock = Clock((pid,), 0.4, math.inf, patient=True)
        run_out(clock)
        return clock.late and clock.extension > 0 and not clock.in_doubt

    assert any(is_over() for _ in range(5))  # on a machine that has no time at all it is in doubt now and then


def test_who_sleeps_for_ever_is_over_the_limit_beside_whomever(crowded: None, start: Start) -> None:
    clock = Clock((start("import time; time.sleep(600)"),), 0.4, math.inf, patient=True)
    run_out(clock)
    assert (clock.extension, clock.in_doubt) == (0.4, False)


@pytest.mark.parametrize("patient", [False, True])
def test_who_shares_a_gpu_is_in_doubt_on_an_idle_machine_too(idle: None, start: Start, patient: bool) -> None:
    clock = Clock((start("import time; time.sleep(600)"),), 0.1, math.inf, patient=patient, lent=True)
    run_out(clock)
    assert (clock.late, clock.in_doubt) == (True, patient)


def test_who_waits_for_what_cannot_be_seen_is_in_doubt(crowded: None, start: Start) -> None:
    code = "import time\nwhile True:\n    time.sleep(0.02)\n    end = time.process_time() + 0.01\n"
    pid = start(code + "    while time.process_time() < end: pass")
    clock = Clock((pid,), 0.5, math.inf, patient=True)
    run_out(clock)
    assert clock.in_doubt


def test_who_ends_only_once_the_limit_is_doubled_is_in_doubt(crowded: None, start: Start) -> None:
    clock = Clock((start(BUSY),), 0.3, math.inf, patient=True)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        threading.Timer(0.45, Channel(theirs, 1000).send, (Kind.READY, b"")).start()
        clock.receive(Channel(ours, 1000))
    assert (clock.late, clock.in_doubt) == (False, True)


def test_a_frame_is_sent_although_others_had_the_core_for_longer_than_the_limit(core: int, start: Start) -> None:
    pid, *_ = [start(BUSY) for _ in range(4)]
    clock = Clock((pid,), 0.5, math.inf)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        time.sleep(0.6)
        clock.send(Channel(ours, 1000), Kind.READY, b"")
        assert Channel(theirs, 1000).receive(time.monotonic() + 1) == (Kind.READY, b"")

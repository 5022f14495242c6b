"""The suite's process: collects once, then forks a worker for each notebook that is to be tested.

Run as `python -m allclose.suite.host FD` by `runner`. It is trusted, sees the course, and talks to sandbox processes
only through `sandbox.remote`.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import os
import re
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest

from allclose.model import Limits, Verdict
from allclose.sandbox import gpu
from allclose.sandbox.clock import LONGEST
from allclose.sandbox.limits import GPU_HOST_BYTES, cap_memory
from allclose.sandbox.remote import Link, Lost, Submission
from allclose.sandbox.wire import Channel
from allclose.suite.plugin import SuitePlugin, SuiteTest, arguments, calm_hypothesis, last_line
from allclose.suite.standins import StandIns
from allclose.suite.trace import Trace, trace_of

MESSAGE_BYTES = 1 << 18
#: Where a course's references compute unless they are told; `solutions/__init__.py` reads it.
DEVICE_VARIABLE = "ALLCLOSE_DEVICE"
STUCK_SECONDS = 5.0
DYING_SECONDS = 2.0
#: How long after its submission's time and a test's a worker may go on.
PATIENCE_SECONDS = 2 * STUCK_SECONDS
#: What a worker may take: few bytes of a student's can decode to a hundred times as many, or make a reference allocate.
WORKER_BYTES = 2 * 2**30
_PR_SET_PDEATHSIG = 1
#: How a worker leaves whose GPU had no memory left for the reference.
_FULL = 72


class Config(msgspec.Struct, frozen=True):
    """What the runner tells a new host."""

    root: str
    suite: tuple[str, ...]
    reference: str | None
    names: dict[str, tuple[str, ...]]
    seed: bytes
    device: str
    limits: Limits


class Job(msgspec.Struct, frozen=True):
    """Which tests to run on a sandbox process that comes with it, how far its connection is, the time left.

    `share` is what of a GPU the reference may compute on; `patient` says whether the clocks of the tests are.
    """

    chosen: tuple[int, ...]
    counts: tuple[int, int]
    seconds: float
    share: gpu.Share | None = None
    patient: bool = False


class Mark(msgspec.Struct, frozen=True, tag="mark"):
    """One test's outcome; `alive`: the sandbox process can serve the next one.

    `trace`: what the test had seen of the submission, where it did not pass. `contended`: as `Link.contended`.
    """

    index: int
    verdict: Verdict
    message: str
    doubtful: bool
    missed: bool
    alive: bool
    trace: Trace | None = None
    contended: bool = False


class Wanted(msgspec.Struct, frozen=True, tag="wanted"):
    """A test asks for a sandbox process of its own; its connection and pidfd come in answer."""


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """A worker has ended; `killed`: by a signal that neither it nor we had a reason for; `full`: its GPU was."""

    killed: bool
    full: bool


class Collected(msgspec.Struct, frozen=True, tag="collected"):
    """The suite as collected."""

    tests: tuple[SuiteTest, ...]
    problems: tuple[str, ...]


def main(control: socket.socket) -> None:
    """Collect the suite and serve until the control socket closes."""
    config = msgspec.msgpack.decode(control.recv(MESSAGE_BYTES), type=Config)
    os.chdir(config.root)
    os.environ[DEVICE_VARIABLE] = config.device
    sys.path.insert(0, config.root)
    calm_hypothesis()
    if config.device != "cpu":
        gpu.prepare()

    def loop(plugin: SuitePlugin) -> None:
        if config.reference is not None:
            try:
                plugin.reference_module()
            except Exception as error:
                path = f"{config.reference.replace('.', '/')}.py"
                plugin.problems.append(f"{path} cannot be imported: {type(error).__name__}: {error}")
        if gpu.is_touched():
            plugin.problems.append(
                f"{config.suite[0]}: it or the reference uses a GPU while it is imported, which no process that is "
                "forked later can: make tensors inside of functions"
            )
        _send(control, Collected(plugin.tests, tuple(plugin.problems)))
        gc.collect()
        gc.freeze()
        _serve(control, config, plugin)

    plugin = SuitePlugin(list(config.names), config.reference, config.seed, config.device, loop)
    paths = [Path(path) for path in config.suite]
    status = pytest.main(arguments(Path(config.root), paths, config.seed), plugins=[plugin])
    if not plugin.tests and status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        _send(control, Collected((), (*plugin.problems, _what_pytest_said(paths[0]))))


def _what_pytest_said(suite: Path) -> str:
    """Where collection stopped and why, from the log that this process writes to."""
    sys.stdout.flush()
    said = os.pread(sys.stdout.fileno(), MESSAGE_BYTES, 0).decode("utf-8", "replace")
    conftest = re.search(r"while loading conftest '(.+)'", said)
    return f"{conftest[1] if conftest else suite}: pytest cannot collect it: {last_line(said)}"


def _serve(control: socket.socket, config: Config, plugin: SuitePlugin) -> None:
    poll = select.poll()
    poll.register(control, select.POLLIN)
    workers: dict[int, _Worker] = {}
    patience = LONGEST * config.limits.test_seconds + PATIENCE_SECONDS
    while True:
        for fd, _ in poll.poll(_end_overdue(workers)):
            if fd != control.fileno():
                poll.unregister(fd)
                _bury(fd, workers.pop(fd))
                continue
            message, fds, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 3)
            if not message:
                return
            job = msgspec.msgpack.decode(message, type=Job)
            host = os.getpid()
            pid = os.fork()
            if not pid:
                _work(host, config, plugin, job, control, *fds)
            *lent, reports = fds
            for received in lent:
                os.close(received)
            pidfd = os.pidfd_open(pid)
            workers[pidfd] = _Worker(pid, reports, time.monotonic() + LONGEST * job.seconds + patience)
            poll.register(pidfd, select.POLLIN)


@dataclass(slots=True)
class _Worker:
    """A forked worker: where its marks go, and when it should have ended, a `time.monotonic` instant."""

    pid: int
    reports: int
    end: float
    overdue: bool = False


def _bury(pidfd: int, worker: _Worker) -> None:
    """Tell whoever still waits for marks that none will come."""
    os.close(pidfd)
    _, status = os.waitpid(worker.pid, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and not worker.overdue
    with socket.socket(fileno=worker.reports) as reports:
        try:
            _send(reports, Ended(killed, os.WIFEXITED(status) and os.WEXITSTATUS(status) == _FULL))
        except OSError:  # they have all their marks and are gone
            return


def _end_overdue(workers: Mapping[int, _Worker]) -> float | None:
    """Kill the workers that hang where no alarm reaches them, in C; milliseconds until the next may be due."""
    now = time.monotonic()
    for pidfd, worker in workers.items():
        if worker.end <= now:
            worker.overdue = True
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    left = [worker.end - now for worker in workers.values() if worker.end > now]
    return 1000 * min(left) + 1 if left else None


def _work(host: int, config: Config, plugin: SuitePlugin, job: Job, control: socket.socket, *fds: int) -> None:
    """Run the job in this forked process and leave it."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != host:
            os._exit(0)
        control.close()
        cap_memory(WORKER_BYTES + (GPU_HOST_BYTES if job.share else 0))
        if job.share is not None:
            gpu.take(job.share)
        connection, pidfd, reports = fds
        _test(config, plugin, job, socket.socket(fileno=connection), pidfd, socket.socket(fileno=reports))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def _test(
    config: Config, plugin: SuitePlugin, job: Job, connection: socket.socket, pidfd: int, reports: socket.socket
) -> None:
    channel = Channel(connection, config.limits.frame_bytes, job.counts)
    spawn = functools.partial(_ask_for_process, reports)
    end = time.monotonic() + job.seconds
    link = Link(channel, pidfd, config.limits, end, spawn, patient=job.patient)
    stand_ins = StandIns(config.names, plugin.reference_module)
    submission = Submission(link, stand_ins)

    def stuck(_signal: int, _frame: FrameType | None) -> None:
        left = link.clock.left() + STUCK_SECONDS
        if left <= 0:
            raise Lost(Verdict.TIMEOUT, alive=False)
        signal.setitimer(signal.ITIMER_REAL, left)

    signal.signal(signal.SIGALRM, stuck)

    def begin(question: str, *, apart: bool = False) -> None:
        signal.setitimer(signal.ITIMER_REAL, config.limits.test_seconds + STUCK_SECONDS)
        # What hangs in C hears no alarm; the signal of this timer ends the worker.
        patience = 2 if job.patient else 1
        signal.setitimer(signal.ITIMER_PROF, patience * config.limits.test_seconds + STUCK_SECONDS + 1)
        stand_ins.begin(question)
        link.begin_test(question, apart=apart)

    def begin_apart(question: str) -> bool:
        if not link.changed or not link.clean():
            return False
        begin(question, apart=True)
        return True

    try:
        link.begin_tests()
    except Lost as lost:
        _send(reports, Mark(-1, lost.verdict, "", False, False, False, contended=link.contended))
        return
    for index, ending in plugin.run(job.chosen, submission, begin, begin_apart):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if ending.full:
            os._exit(_FULL)
        verdict, message, alive = ending.verdict, ending.message, link.alive
        if alive and not link.clean():
            verdict, alive = Verdict.PROTOCOL, False
        trace = trace_of(link.seen) if verdict in (Verdict.FAILED, Verdict.RAISED) else None
        missed = alive and verdict is Verdict.FAILED and _out_of_reach(link, stand_ins.missed)
        alive = alive and link.alive
        # A function of ours that raised had nonsense from the student, or is broken: a control tells.
        doubtful = ending.doubtful or (link.refused and verdict in (Verdict.FAILED, Verdict.RAISED))
        try:
            _send(reports, Mark(index, verdict, message, doubtful, missed, alive, trace, link.contended))
        except BrokenPipeError:  # whoever asked knows enough
            return
        if not alive:
            return


def _ask_for_process(reports: socket.socket) -> tuple[socket.socket, int]:
    _send(reports, Wanted())
    _, fds, _, _ = socket.recv_fds(reports, MESSAGE_BYTES, 2)
    connection, pidfd = fds
    return socket.socket(fileno=connection), pidfd


def _out_of_reach(link: Link, names: tuple[str, ...]) -> bool:
    """Whether the student bound one of these functions so that its stand-in could not take its place."""
    if not names:
        return False
    try:
        reached = link.request("reachable", {}, list(names))
    except (Exception, Lost):  # a hint for a flag: the student's process may answer what it likes, or die
        return False
    return type(reached) is list and not set(names) <= {name for name in reached if type(name) is str}


def _send(to: socket.socket, message: Any) -> None:
    to.send(msgspec.msgpack.encode(message))


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)

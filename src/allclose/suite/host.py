"""The suite's process: collects once, then forks workers that test one notebook after the other.

Run as `python -m allclose.suite.host FD` by `runner`. It is trusted, sees the course, and talks to sandbox processes
only through `sandbox.remote`.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import math
import os
import re
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest

from allclose.model import Limits, Verdict
from allclose.sandbox import gpu
from allclose.sandbox.clock import LONGEST, pid_of
from allclose.sandbox.cores import on_one_core
from allclose.sandbox.limits import GPU_HOST_BYTES, cap_memory
from allclose.sandbox.rehearsal import rehearse
from allclose.sandbox.remote import Link, Lost, Submission
from allclose.sandbox.wire import Channel
from allclose.suite.plugin import SuitePlugin, SuiteTest, arguments, calm_hypothesis, last_line
from allclose.suite.standins import StandIns
from allclose.suite.state import state_of
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
#: How many notebooks a worker tests before a fresh one takes its place.
MAX_JOBS = 16
_ORDERLY = (Verdict.PASSED, Verdict.FAILED, Verdict.RAISED, Verdict.MISSING)
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
#: What a worker is called in a list of processes, while it waits for a job and while it has one.
RESTING, TESTING = "suite-resting", "suite-testing"
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

    `trace`: what the test had seen of the submission, where it did not pass. `contended`: as `Link.contended`;
    `given_back` and `overdrawn`: as `Link.settle` says.
    """

    index: int
    verdict: Verdict
    message: str
    doubtful: bool
    missed: bool
    alive: bool
    trace: Trace | None = None
    contended: bool = False
    given_back: float = 0.0
    overdrawn: float = 0.0


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
        rehearse(config.limits)
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
    lines: dict[int, _Worker] = {}
    patience = LONGEST * config.limits.test_seconds + PATIENCE_SECONDS
    while True:
        for fd, _ in poll.poll(_end_overdue(workers)):
            if fd in lines:
                if not lines[fd].rest():
                    poll.unregister(fd)
                    lines.pop(fd).line.close()
            elif fd != control.fileno():
                poll.unregister(fd)
                _bury(fd, workers.pop(fd))
            else:
                message, fds, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 3)
                if not message:
                    return
                job = msgspec.msgpack.decode(message, type=Job)
                end = time.monotonic() + LONGEST * job.seconds + patience
                if not any(worker.take(job, message, fds, end) for worker in lines.values()):
                    pidfd, worker = _fork(config, plugin, control, workers.values(), fds)
                    workers[pidfd] = lines[worker.line.fileno()] = worker
                    poll.register(pidfd, select.POLLIN)
                    poll.register(worker.line, select.POLLIN)
                    worker.take(job, message, fds, end)


@dataclass(slots=True)
class _Worker:
    """A forked worker and our end of the line to it; while it works, where its marks go and until when.

    `share` is what it has of a GPU, which it keeps while it rests. So no more of them have one than hold a place at
    that GPU at once: who comes next takes the place of one who has gone, and the worker with it.
    """

    pid: int
    line: socket.socket
    jobs: int = 0
    share: gpu.Share | None = None
    reports: int | None = None
    end: float = math.inf
    overdue: bool = False

    def take(self, job: Job, message: bytes, fds: list[int], end: float) -> bool:
        """Give it a job and what came with it, where it rests, lives, and has what the job needs."""
        if self.reports is not None or (self.jobs and self.share != job.share):
            return False
        try:
            socket.send_fds(self.line, [message], fds)
        except OSError:
            return False
        *lent, self.reports = fds
        for received in lent:
            os.close(received)
        self.jobs += 1
        self.share = job.share
        self.end = end
        return True

    def rest(self) -> bool:
        """Hear that its job is done; False where it takes no more: who waits for its place hears when it has gone."""
        try:
            done = self.line.recv(MESSAGE_BYTES)
        except OSError:  # it was killed before it had read its job
            return False
        if not done or self.reports is None or self.jobs == MAX_JOBS:
            return False
        os.close(self.reports)
        self.reports, self.end = None, math.inf
        return True


def _fork(
    config: Config, plugin: SuitePlugin, control: socket.socket, others: Iterable[_Worker], received: Iterable[int]
) -> tuple[int, _Worker]:
    host = os.getpid()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if not pid:
        ours.close()
        for other in others:  # what ends for them must not live on here: the line, and where their marks go
            other.line.close()
            if other.reports is not None:
                os.close(other.reports)
        for descriptor in received:  # it is sent over the line
            os.close(descriptor)
        _work(host, config, plugin, control, theirs)
    theirs.close()
    return os.pidfd_open(pid), _Worker(pid, ours)


def _bury(pidfd: int, worker: _Worker) -> None:
    """Tell whoever still waits for marks that none will come."""
    os.close(pidfd)
    _, status = os.waitpid(worker.pid, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and not worker.overdue
    if worker.reports is None:
        return
    with socket.socket(fileno=worker.reports) as reports:
        _is_heard(reports, Ended(killed, os.WIFEXITED(status) and os.WEXITSTATUS(status) == _FULL))


def _end_overdue(workers: Mapping[int, _Worker]) -> float | None:
    """Kill the workers that hang where no alarm reaches them, in C; milliseconds until the next may be due."""
    now = time.monotonic()
    for pidfd, worker in workers.items():
        if worker.end <= now:
            worker.overdue = True
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    left = [worker.end - now for worker in workers.values() if now < worker.end < math.inf]
    return 1000 * min(left) + 1 if left else None


def _work(host: int, config: Config, plugin: SuitePlugin, control: socket.socket, line: socket.socket) -> None:
    """Do the jobs that come over the line in this forked process, and leave it.

    It takes another job only where the last one ended as it should and left nothing behind in the course's modules.
    """
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != host:
            os._exit(0)
        control.close()
        before = state_of(Path(config.root))
        while True:
            _set_name(RESTING)
            message, fds, _, _ = socket.recv_fds(line, MESSAGE_BYTES, 3)
            if not message:
                os._exit(0)
            _set_name(TESTING)
            job = msgspec.msgpack.decode(message, type=Job)
            cap_memory(WORKER_BYTES + (GPU_HOST_BYTES if job.share else 0))
            if job.share is not None:
                gpu.take(job.share)
            connection, pidfd, reports = fds
            with (
                socket.socket(fileno=connection) as child,
                socket.socket(fileno=reports) as marks,
                nullcontext() if job.share else on_one_core(pid_of(pidfd)),  # a GPU's driver has threads of its own
            ):
                clean = _test(config, plugin, job, child, pidfd, marks)
            os.close(pidfd)
            if not clean or state_of(Path(config.root)) != before:
                os._exit(0)
            line.send(b"done")
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def _test(
    config: Config,
    plugin: SuitePlugin,
    job: Job,
    connection: socket.socket,
    pidfd: int,
    reports: socket.socket,
) -> bool:
    """Run the tests of one job; whether all of them came to an end that leaves this process as it was."""
    channel = Channel(connection, config.limits.frame_bytes, job.counts)
    spawn = functools.partial(_ask_for_process, reports)
    end = time.monotonic() + job.seconds
    link = Link(channel, pidfd, config.limits, end, spawn, patient=job.patient, lent=job.share is not None)
    stand_ins = StandIns(config.names, plugin.reference_module)
    submission = Submission(link, stand_ins)

    def stuck(_signal: int, _frame: FrameType | None) -> None:
        left = link.clock.left() + STUCK_SECONDS
        if left <= 0:
            link.clock.note_late()
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
        return False
    clean = True
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
        clean = clean and alive and not doubtful and verdict in _ORDERLY
        time_of_it = link.contended, *link.settle()
        mark = Mark(index, verdict, message, doubtful, missed, alive, trace, *time_of_it)
        if not _is_heard(reports, mark) or not alive:
            return False
        if verdict is not Verdict.PASSED and gpu.is_broken():  # the tests that are left run in another process
            os._exit(0)
    return clean


def _set_name(name: str) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode())


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


def _is_heard(reports: socket.socket, message: Mark | Ended) -> bool:
    """Send it; False where whoever asked knows enough and is gone."""
    try:
        _send(reports, message)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _send(to: socket.socket, message: Any) -> None:
    to.send(msgspec.msgpack.encode(message))


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)

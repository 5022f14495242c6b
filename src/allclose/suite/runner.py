"""The grader's side of the suite host: starts it, and has tests run on sandbox processes."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from allclose.errors import SandboxError, SuiteError
from allclose.model import Assignment, Limits
from allclose.sandbox.clock import LONGEST
from allclose.sandbox.gpu import Share
from allclose.sandbox.spawner import Process
from allclose.sandbox.wire import Channel
from allclose.suite.host import MESSAGE_BYTES, PATIENCE_SECONDS, Collected, Config, Ended, Job, Mark, Wanted
from allclose.suite.plugin import SuiteTest

READY_SECONDS = 300.0
END_SECONDS = 5.0
_FULL = "the GPU has too little memory left for the reference: end what fills it, or raise gpu_bytes in limits.toml"


class WorkerEnded(SandboxError):
    """A worker died in the middle of a test.

    `killed`: from outside, rather than by what it did; `full`: its GPU had no memory left for the reference.
    """

    def __init__(self, reason: str, *, killed: bool, full: bool) -> None:
        super().__init__(reason)
        self.killed = killed
        self.full = full


class SuiteRunner:
    """A suite, collected once and ready to be run on any number of submissions; safe to use from several threads.

    Parameters
    ----------
    assignment : Assignment
        Whose suite.
    names : mapping of str to sequence of str
        For each question the names that its solution defines, for stand-ins.
    seed : bytes
        The secret behind hidden inputs.
    device : str
        Where the reference computes.
    limits : Limits
        Time per test, and the caps of the wire.
    """

    def __init__(
        self, assignment: Assignment, names: Mapping[str, Sequence[str]], seed: bytes, device: str, limits: Limits
    ) -> None:
        self._assignment = assignment
        self._limits = limits
        self._lost = False
        self._log: IO[bytes] = tempfile.TemporaryFile()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "allclose.suite.host", str(theirs.fileno())],
                env={**os.environ, "PYTEST_ADDOPTS": "", "OMP_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        config = Config(
            root=str(assignment.root),
            suite=tuple(str(path) for path in assignment.suite),
            reference=f"solutions.{assignment.name}" if assignment.reference else None,
            names={question: tuple(defined) for question, defined in names.items()},
            seed=seed,
            device=device,
            limits=limits,
        )
        ours.send(msgspec.msgpack.encode(config))

    def wait_ready(self) -> tuple[SuiteTest, ...]:
        """Wait until the suite is collected; its tests, in the order in which they run.

        Raises
        ------
        SuiteError
            If it cannot be collected or does not fit its lab.
        SandboxError
            If the process that collects it was killed.
        """
        self._control.settimeout(READY_SECONDS)
        try:
            message = self._control.recv(MESSAGE_BYTES)
        except TimeoutError:
            raise SuiteError(f"{self._where()}: collecting the tests took over {READY_SECONDS:.0f} s") from None
        except OSError:
            message = b""
        if not message:
            if self._process.wait(END_SECONDS) == -signal.SIGKILL:
                raise self._gone()
            raise SuiteError(f"{self._where()}: the suite ended the process that collects it: {self._last_words()}")
        collected = msgspec.msgpack.decode(message, type=Collected)
        if collected.problems:
            raise SuiteError(collected.problems[0])
        _check_points(self._assignment, collected.tests, self._where())
        return collected.tests

    def run(
        self,
        chosen: Sequence[int],
        process: Process,
        channel: Channel,
        seconds: float,
        spawn: Callable[[], Process],
        share: Share | None = None,
        *,
        patient: bool = False,
    ) -> Generator[Mark, None, None]:
        """Run tests on a sandbox process that has run its cells; a `Mark` for each that came to an end in time.

        `spawn` gives the processes that tests ask for, to look at what a submission made without its code beside.
        `share` is what the reference may have of a GPU; nobody has it any more when this ends. `patient` says whether
        the clocks of the tests are.

        Raises
        ------
        WorkerEnded
            If the worker died in the middle: our fault, the suite's or the submission's, which a control tells.
        SandboxError
            If the host is gone.
        """
        chosen = tuple(chosen)  # the caller's own list may shrink as the marks come
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(LONGEST * (seconds + self._limits.test_seconds) + PATIENCE_SECONDS + END_SECONDS)
        with ours, _Spawned(spawn) as spawned, _until_gone(ours) if share else nullcontext():
            with theirs:
                job = msgspec.msgpack.encode(Job(chosen, channel.counts, seconds, share, patient))
                fds = [process.connection.fileno(), process.pidfd, theirs.fileno()]
                try:
                    socket.send_fds(self._control, [job], fds)
                except OSError:
                    raise self._gone() from None
            for _ in chosen:
                mark = self._next(ours, spawned)
                yield mark
                if not mark.alive:
                    return

    @property
    def alive(self) -> bool:
        """Whether the host can take another job."""
        return not self._lost and self._process.poll() is None

    def _next(self, reports: socket.socket, spawned: _Spawned) -> Mark:
        while True:
            try:
                message = reports.recv(MESSAGE_BYTES)
            except TimeoutError:  # the host ends overdue workers, so it hangs itself
                message = b""
            if not message:
                raise self._gone()
            report = msgspec.msgpack.decode(message, type=Mark | Ended | Wanted)
            match report:
                case Mark():
                    return report
                case Ended():
                    reason = _FULL if report.full else f"the suite's worker ended in the middle: {self._last_words()}"
                    raise WorkerEnded(reason, killed=report.killed, full=report.full)
                case Wanted():
                    spawned.send_another(reports)

    def _gone(self) -> SandboxError:
        self._lost = True
        return SandboxError(f"the suite's process is gone: {self._last_words()}; run again")

    def close(self) -> None:
        """End the host and its workers."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._log.close()

    def __enter__(self) -> SuiteRunner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _where(self) -> str:
        return str(_relative(self._assignment.suite[0].parent, self._assignment.root))

    def _last_words(self) -> str:
        if self._log.closed:
            return "it was closed"
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it left no message"


@contextmanager
def _until_gone(reports: socket.socket) -> Iterator[None]:
    """Hear nothing more of a worker in the end, and wait until it is no more, and its memory free."""
    try:
        yield
    finally:
        reports.shutdown(socket.SHUT_RD)
        end = select.poll()
        end.register(reports, 0)  # a hang-up is told in any case: host and worker have let go
        end.poll(1000 * (reports.gettimeout() or 0))


class _Spawned:
    """The sandbox process that a test asked for, one at a time."""

    def __init__(self, spawn: Callable[[], Process]) -> None:
        self._spawn = spawn
        self._process: Process | None = None

    def send_another(self, reports: socket.socket) -> None:
        """End the one there is, and hand a new one over."""
        self._end()
        self._process = self._spawn()
        with suppress(OSError):  # the worker may have died meanwhile, and is told of next
            socket.send_fds(reports, [b"process"], [self._process.connection.fileno(), self._process.pidfd])

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def __enter__(self) -> _Spawned:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()


def _check_points(assignment: Assignment, tests: Sequence[SuiteTest], where: str) -> None:
    for question in assignment.questions:
        points = [test.points for test in tests if test.question == question.name]
        if not points:
            raise SuiteError(
                f"{where}: the question '{question.name}' has no test; add one with @grade(\"{question.name}\", ...)"
            )
        if abs(sum(points) - question.points) > 1e-9:
            raise SuiteError(
                f"{where}: the tests of '{question.name}' add up to {sum(points):g} points, "
                f"its cell '{question.grade_cell}' says {question.points:g}; change one of them"
            )


def _relative(path: Path, root: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else path

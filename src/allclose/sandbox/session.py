"""One notebook of one submission in the sandbox: its cells, and the process that stands behind them.

A cell over its limit is interrupted, then killed; a process that died is started again without that cell, in a fresh
folder. Outputs of finished cells are kept. A first SIGKILL may have come from outside (someone's `kill -9`, a machine
that is short of memory): the cell that it hit is run again, and judged by the second.
"""

from __future__ import annotations

import math
import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as NotEnded
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from allclose.errors import ProtocolError, SandboxError
from allclose.model import CellRun, Json, Limits, Verdict
from allclose.sandbox.clock import MOSTLY, Clock, Contended, is_overloaded, pid_of
from allclose.sandbox.outputs import rebuild, rebuild_count
from allclose.sandbox.spawner import Process
from allclose.sandbox.wire import Channel, Closed, Kind, Late
from allclose.sandbox.written import Written, receive

GRACE_SECONDS = 1.0
END_SECONDS = 5.0
#: How long the zygote may take to tell how a process has ended.
TOLD_SECONDS = 60.0
#: How long the work folder may take to be filled, and what the cells wrote to be fetched.
FILES_SECONDS = 60.0
MAX_RESTARTS = 100
SETUP_FAILED = 71
#: Files travel in pieces of this size.
PIECE_BYTES = 1 << 20
#: What the outputs of a notebook may weigh, in those of one cell, and what a cell's weigh besides their content.
FULL_CELLS = 8
FORM_BYTES = 2 << 20
#: How many bytes of JSON a byte of text takes at most.
ESCAPED = 6
#: The sandbox's disk has an inode for each so many bytes.
ENTRY_BYTES = 1 << 14


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell to run: its place in the notebook, its text, and the question whose names are kept before it runs.

    `seconds` is what it may take, where that is not what the limits say.
    """

    index: int
    source: str
    snapshot: str | None = None
    seconds: float | None = None


class Asked(Protocol):
    """What answers cells that ask for something of the trusted side while they run."""

    def begin(self, channel: Channel, process: Process) -> None:
        """Greet a new process, before any cell."""

    def begin_cell(self, index: int) -> None:
        """Know which cell runs from here on; it may run again."""

    def answer(self, request: bytes) -> None:
        """Answer a request; raises `Closed` where that cost the process."""

    def lost(self, verdict: Verdict) -> bool:
        """Hear why a process ended; whether by what was asked for, and not by the cell itself."""


def file_room(limits: Limits) -> int:
    """How much of the sandbox's disk the files that a session begins with may fill."""
    return limits.disk_bytes * 3 // 4


def disk_bytes(name: str, size: int) -> int:
    """What a file and its folders take of that."""
    return size + ENTRY_BYTES * (name.count("/") + 1)


class Session:
    """Runs a plan of cells and keeps a process that has run them.

    Parameters
    ----------
    spawn : callable
        Gives a fresh sandbox process.
    plan : sequence of Cell
        What to run, in order.
    files : mapping of str to bytes
        The work folder's content, by relative path.
    limits : Limits
        Per cell, test and submission.
    deadline : float
        When the whole submission must be done, a `time.monotonic` instant.
    asked : Asked, optional
        What answers cells that ask for something; without it, none may.
    patient : bool
        Whether a limit that was reached because of others on this machine, as may be, ends the run as `Contended`
        instead of being believed.
    lent : bool
        Whether the process shares a GPU with others.
    """

    def __init__(
        self,
        spawn: Callable[[], Process],
        plan: Sequence[Cell],
        files: Mapping[str, bytes],
        limits: Limits,
        deadline: float,
        asked: Asked | None = None,
        *,
        patient: bool = False,
        lent: bool = False,
    ) -> None:
        self._spawn = spawn
        self._plan = list(plan)
        self._files = files
        self._limits = limits
        self.deadline = deadline
        self._began = time.monotonic()
        self._given = deadline - self._began
        self._waited = self._overdrawn = 0.0
        self._asked = asked
        self.patient = patient
        self._lent = lent
        self._spared = False
        self._bad: set[int] = set()
        self._killed: set[int] = set()
        self._restarts = 0
        self._shown_bytes = 0
        self.process: Process | None = None
        self.channel: Channel | None = None
        self._pid = 0
        self.reached: set[str] = set()

    def run(self) -> tuple[CellRun, ...]:
        """Run every cell once; a `CellRun` for each, in order.

        Raises
        ------
        SandboxError
            If the sandbox itself failed.
        """
        return tuple(self._run_at(position) for position in range(len(self._plan)))

    def run_another(self, cell: Cell) -> CellRun:
        """Run one cell more, after those of the plan.

        Raises
        ------
        SandboxError
            If the sandbox itself failed.
        """
        self._plan.append(cell)
        return self._run_at(len(self._plan) - 1)

    def written(self) -> Written:
        """Fetch the files that the cells wrote or changed; before any hidden input is in the process.

        Raises
        ------
        SandboxError
            If the sandbox itself failed.
        """
        if not self._plan or not self.revive():
            return Written()
        assert self.channel is not None
        most = self._limits.disk_bytes
        deadline = min(time.monotonic() + FILES_SECONDS, self.deadline)
        try:
            self.channel.send(Kind.FILES, msgspec.msgpack.encode(most), deadline)
            found = receive(self.channel, most, deadline)
        except (Closed, Late, ProtocolError):
            self.lose()
            return Written(left_out=("all files that the cells wrote: they could not be fetched",))
        new = {name: data for name, data in found.files.items() if self._files.get(name) != data}
        return replace(found, files=new)

    def _run_at(self, position: int) -> CellRun:
        cell = self._plan[position]
        if not self._ready(position):
            return CellRun(cell.index, [], None, Verdict.NOT_RUN, 0.0)
        run = self._run_cell(cell)
        while not self._settled(position, run) and self._ready(position):
            run = self._run_cell(cell)
        return self._shown(run)

    def _settled(self, position: int, run: CellRun) -> bool:
        """Whether a run says what to think of its cell; one that failed is not run any more."""
        if self._spared:
            return False
        if run.verdict is Verdict.LIMIT:
            if position not in self._killed:
                self._killed.add(position)
                return False
            if self.patient:
                raise Contended("a process was killed twice while others were at work")
        if run.verdict is not Verdict.PASSED:
            self._bad.add(position)
        return True

    def _shown(self, run: CellRun) -> CellRun:
        """The cell as it goes into the notebook, without its outputs once there are too many before it."""
        self._shown_bytes += len(msgspec.msgpack.encode(run.outputs))
        if self._shown_bytes <= FULL_CELLS * self._limits.output_bytes or not run.outputs:
            return run
        note = "[outputs left out: those of the cells above fill what a notebook may hold]\n"
        return replace(run, outputs=[{"output_type": "stream", "name": "stdout", "text": note}])

    def revive(self) -> bool:
        """Have a process that has run every good cell, starting one where the last has died; False past the budget."""
        return self._ready(len(self._plan))

    def lose(self) -> Verdict:
        """End the process; why it had died, if it had."""
        if self.process is None:
            return Verdict.CRASH
        verdict = self._verdict_of(self.process)
        self.close()
        return verdict

    def close(self) -> None:
        """End the process, if there is one."""
        process, self.process, self.channel = self.process, None, None
        if process is not None:
            process.kill()

    def _ready(self, position: int) -> bool:
        """Have a live process that has run the good cells before `position`."""
        while self.process is None:
            if self._restarts > MAX_RESTARTS or self._is_over():
                return False
            self._restarts += 1
            began = time.monotonic()
            self._start()
            self.give_back(time.monotonic() - began)
            for earlier, cell in enumerate(self._plan[:position]):
                if earlier in self._bad:
                    cell = replace(cell, source="")
                self._settled(earlier, self._run_cell(cell))
                if self.process is None:
                    break
        return not self._is_over()

    def _is_over(self) -> bool:
        """Whether the time of the whole submission is up."""
        now = time.monotonic()
        if now < self.deadline:
            return False
        busy = self._lent or is_overloaded(self._waited, now - self._began)
        if self.patient and busy and self._overdrawn < MOSTLY * self._given:
            raise Contended("the time of a submission was up while others were at work")
        return True

    def _start(self) -> None:
        self.process = self._spawn()
        self._pid = pid_of(self.process.pidfd)
        self.channel = Channel(self.process.connection, self._limits.frame_bytes)
        try:
            for pieces in self._pieces():
                deadline = time.monotonic() + FILES_SECONDS
                self.channel.send(Kind.START, msgspec.msgpack.encode(pieces), deadline)
                self.channel.receive(deadline)
        except (Closed, Late, ProtocolError):
            process, self.process = self.process, None
            process.kill()
            raise SandboxError("a sandbox process ended before any student code ran; run `allclose doctor`") from None
        if self._asked is not None:
            self._asked.begin(self.channel, self.process)

    def _pieces(self) -> Iterator[list[tuple[str, bytes]]]:
        """The files, cut and packed so that any of them fits through the wire; at least one parcel, for its answer."""
        most = min(PIECE_BYTES, self._limits.frame_bytes // 2)
        parcel: list[tuple[str, bytes]] = []
        room = most
        for name, data in self._files.items():
            for start in range(0, max(len(data), 1), most):
                piece = data[start : start + most]
                if len(name) + len(piece) > room:
                    yield parcel
                    parcel, room = [], most
                parcel.append((name, piece))
                room -= len(name) + len(piece)
        yield parcel

    def _run_cell(self, cell: Cell) -> CellRun:
        assert self.channel is not None
        began = time.monotonic()
        interrupted = self._spared = False
        if self._asked is not None:
            self._asked.begin_cell(cell.index)
        try:
            message = msgspec.msgpack.encode({"source": cell.source, "snapshot": cell.snapshot})
            clock = self._clock(cell)
            clock.send(self.channel, Kind.CELL, message)
            try:
                outcome = self._outcome(clock)
                self._charge(clock)
            except Late:
                interrupted = True
                self._charge(clock)
                self._interrupt()
                stopped = time.monotonic()
                try:
                    outcome = self._outcome(Clock((self._pid,), GRACE_SECONDS, math.inf))
                finally:
                    self.give_back(time.monotonic() - stopped)
        except (Closed, Late, ProtocolError) as error:
            verdict = self.lose()
            if isinstance(error, ProtocolError):
                verdict = Verdict.PROTOCOL
            if interrupted or isinstance(error, Late):
                verdict = Verdict.TIMEOUT
            self._spared = self._asked is not None and self._asked.lost(verdict)
            return CellRun(cell.index, [_death(verdict)], None, verdict, time.monotonic() - began)
        if cell.snapshot is not None:
            self.reached.add(cell.snapshot)
        outputs, count = outcome
        seconds = time.monotonic() - began
        if interrupted:
            return CellRun(cell.index, [*outputs, _death(Verdict.TIMEOUT)], count, Verdict.TIMEOUT, seconds)
        return CellRun(cell.index, outputs, count, Verdict.PASSED, seconds)

    def _outcome(self, clock: Clock) -> tuple[list[Json], int | None]:
        assert self.channel is not None
        kind, payload = clock.receive(self.channel)
        while kind is Kind.CALLBACK and self._asked is not None:
            began = time.monotonic()
            self._asked.answer(payload)
            clock.add(time.monotonic() - began)  # the cell waited
            kind, payload = clock.receive(self.channel)
        if kind is not Kind.OUTCOME:
            raise ProtocolError("a frame came that was not asked for")
        if len(payload) > ESCAPED * self._limits.output_bytes + FORM_BYTES:  # an honest child has cut them before
            raise ProtocolError("a cell's outputs are over their cap")
        try:  # JSON, whose keys are texts: MessagePack's may be chosen to share one hash, which costs hours
            outputs, count, _, _ = msgspec.json.decode(payload, type=tuple[list[Json], int | None, bool, bool])
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            raise ProtocolError("a cell's outputs are not of the right form") from None
        return rebuild(outputs), rebuild_count(count)

    def _charge(self, clock: Clock) -> None:
        """Give the submission back what its cell only waited."""
        if clock.in_doubt:
            raise Contended("a cell was over its time while others were at work")
        waited = clock.waited() if clock.is_old else 0.0
        self._waited += waited
        self.give_back(waited + clock.extension, clock.limit if clock.late else 0.0)

    def give_back(self, seconds: float, overdrawn: float = 0.0) -> None:
        """Give the submission time that it is not to be charged for; `overdrawn` was taken by what ran out of time."""
        self.deadline += seconds
        self._overdrawn += overdrawn

    def _clock(self, cell: Cell) -> Clock:
        seconds = self._limits.cell_seconds if cell.seconds is None else cell.seconds
        return Clock((self._pid,), seconds, self.deadline, patient=self.patient, lent=self._lent)

    def _interrupt(self) -> None:
        assert self.process is not None
        try:
            signal.pidfd_send_signal(self.process.pidfd, signal.SIGINT)
        except ProcessLookupError:
            pass

    def _verdict_of(self, process: Process) -> Verdict:
        """Why a process ended; TIMEOUT for one that still runs, which is about to be killed for it."""
        if _running(process, self._pid):
            return Verdict.TIMEOUT
        try:
            status = process.ended.result(TOLD_SECONDS)
        except NotEnded:
            raise SandboxError("the sandbox does not say how a process has ended; run again") from None
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == SETUP_FAILED:
            return Verdict.CRASH
        if os.WIFSIGNALED(status):
            if os.WTERMSIG(status) == signal.SIGKILL:
                return Verdict.LIMIT
            if os.WTERMSIG(status) == signal.SIGXCPU:
                return Verdict.TIMEOUT
        return Verdict.CRASH


def _running(process: Process, pid: int) -> bool:
    end, line = select.poll(), select.poll()
    end.register(process.pidfd, select.POLLIN)
    line.register(process.connection, select.POLLHUP)
    # Who hung up is ending, as a rule; that takes time where there was much memory or many processes.
    clock = Clock((pid,), END_SECONDS if line.poll(0) else 0.02, math.inf)
    while (seconds := clock.left()) > 0:
        if end.poll(math.ceil(seconds * 1000)):
            return False
    return True


_WORDS = {
    Verdict.TIMEOUT: ("CellTimeoutError", "this cell ran out of time and was stopped"),
    Verdict.LIMIT: ("LimitError", "this cell used more memory, processes or disk than it may"),
    Verdict.PROTOCOL: ("ProtocolError", "this cell tampered with the grader's connection"),
    Verdict.CRASH: ("DeadKernelError", "this cell ended its own process"),
}


def _death(verdict: Verdict) -> Json:
    name, text = _WORDS[verdict]
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"\x1b[0;31m{name}\x1b[0m: {text}"]}

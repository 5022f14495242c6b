"""Time as a submission spends it: what it waits for a core, because others have them all, is not counted.

The kernel counts for each thread how long it ran and how long it stood in line (`/proc/PID/task/TID/schedstat`). So a
limit holds for the time in which a process ran, slept or waited for anything but a core, and comes to the same verdict
on a busy machine and on an idle one. A wall limit stands behind it.

That is not all that a busy machine does: two that share a core's caches or its pipelines are slower while they run,
and of processes that work in turns not every wait is seen. So where others are at work and the machine is overloaded,
a limit that is reached is doubled once. What uses up that too, and all the while ran or slept, needs no other look:
it is over its limit. What comes to an end in between, or waited for what cannot be seen, is in doubt; `Contended` says
so, and the submission is to be judged by another run, alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from allclose.errors import SandboxError
from allclose.sandbox.wire import Channel, Kind, Late

#: The wall limit behind a limit of one second: for a machine that has thirty times the work that it has cores.
WALL = 30.0
#: How long at most a limit of one second lasts, once it is doubled.
LONGEST = 2 * WALL
#: A deadline is not moved by less.
_LEAST_SECONDS = 0.01
#: What is waited in less is not looked at: looking costs a millisecond.
_YOUNG_SECONDS = 0.25
#: Between two looks at a process that may stand in line.
_LOOK_SECONDS = 0.02
#: How long a frame may take that is not read at once.
_SEND_SECONDS = 1.0
_CORES = len(os.sched_getaffinity(0))
#: Which part of its time a process waits for a core where the machine is overloaded.
_OVERLOADED = 0.05
#: Who ran for less than the first part of some seconds was asleep; who ran for more than the second was not hindered.
_ASLEEP, _AWAKE = 0.01, 0.8
#: What ran out of time and took this part of a submission's time is why it was over.
MOSTLY = 0.9
_TICKS = os.sysconf("SC_CLK_TCK")
#: More than any of the kernel's files holds that are read here.
_FILE_BYTES = 1 << 16


class Contended(SandboxError):
    """A limit was reached beside others on a busy machine, and may not have been reached alone."""


class Clock:
    """A limit on what some processes, working in turns, spend together from now on.

    Parameters
    ----------
    pids : sequence of int
        The processes; 0 for one that cannot be seen, whose time is all counted.
    seconds : float
        The limit.
    end : float
        When all of a submission must be done, a `time.monotonic` instant; it moves too.
    patient : bool
        Whether the limit is doubled where it is reached on an overloaded machine.
    lent : bool
        Whether they share a GPU with others: a patient limit that is reached is in doubt, for what they wait there
        nobody sees.

    Attributes
    ----------
    deadline : float
        When the limit is reached as far as is known, a `time.monotonic` instant.
    limit : float
        The limit, or what was left until the end where that is less.
    late : bool
        Whether someone has waited in vain until it was reached.
    extension : float
        What was given on top of it.
    """

    def __init__(
        self, pids: Sequence[int], seconds: float, end: float, *, patient: bool = False, lent: bool = False
    ) -> None:
        self._pids = pids
        self._before = {pid: _spent(f"/proc/{pid}/schedstat") for pid in pids}
        self._began = time.monotonic()
        self.limit = max(0.0, min(seconds, end - self._began))
        self._least = self._began + self.limit
        self._most = self._began + WALL * seconds
        self._patient = patient
        self._lent = lent
        self.extension = 0.0
        self._ran = 0.0
        self.late = self._doubtful = False
        self.deadline = self._least

    @property
    def is_old(self) -> bool:
        """Whether so much time has passed that it may be worth a look what was waited."""
        return time.monotonic() - self._began > _YOUNG_SECONDS

    def add(self, seconds: float) -> None:
        """Give more time."""
        self._least += seconds
        self._most += seconds
        self.deadline += seconds

    def left(self) -> float:
        """Seconds until the limit is reached, now that it is known what was waited; 0 or less: it is."""
        waited = self.waited()
        now = time.monotonic()
        if self._patient and not self.extension and min(self._least + waited, self._most) - now < _LEAST_SECONDS:
            if is_overloaded(waited, now - self._began):
                self.extension, self._ran = self.limit, _ran(self._pids)
                self._most += WALL * self.limit
                self._least += self.limit
        self.deadline = min(self._least + waited, self._most)
        return self.deadline - now

    def receive(self, channel: Channel) -> tuple[Kind, bytes]:
        """Wait for the next frame of one of the processes.

        Raises
        ------
        ProtocolError, Closed
            As `Channel.receive`.
        Late
            If the limit is reached.
        """
        while True:
            try:
                return channel.receive(self.deadline)
            except Late:
                if not self._is_up():
                    continue
            try:  # it may have come while this process itself stood in line
                return channel.receive(time.monotonic() + _LOOK_SECONDS)
            except Late:
                self.note_late()
                raise

    def send(self, channel: Channel, kind: Kind, payload: bytes) -> None:
        """Send a frame to one of the processes.

        Raises
        ------
        ProtocolError, Closed
            As `Channel.send`.
        Late
            If the limit is reached.
        """
        if self.deadline - time.monotonic() < _LEAST_SECONDS and self._is_up():
            self.note_late()
            raise Late
        try:
            channel.send(kind, payload, max(self.deadline, time.monotonic() + _SEND_SECONDS))
        except Late:
            self.note_late()
            raise

    def waited(self) -> float:
        """Seconds that the processes have waited for a core and not because they filled all cores themselves."""
        waited = ran = 0.0
        for pid in self._pids:
            own = [_more(times, self._before[pid]) for times in _leaders(pid)]
            others = [_spent(path) for path in _others(pid)]
            ran += sum(times[0] for times in (*own, *others))
            waited += max((times[1] for times in (*own, *others)), default=0.0)
        return max(0.0, min(waited, time.monotonic() - self._began - ran / _CORES))

    def _is_up(self) -> bool:
        """Whether the limit is reached, after a second look: a wait for a core is counted when it is over.

        Who got a core since the first look has not waited for the next one for longer than that is ago.
        """
        if self.left() >= _LEAST_SECONDS:
            return False
        first = time.monotonic()
        if first >= self._most:
            return True
        before = [_spent(f"/proc/{pid}/schedstat") for pid in self._pids]
        time.sleep(_LOOK_SECONDS)
        now = [_spent(f"/proc/{pid}/schedstat") for pid in self._pids]
        runnable = [pid != os.getpid() and _is_runnable(pid) for pid in self._pids]
        waiting = any(awake and spent == then for awake, spent, then in zip(runnable, now, before, strict=True))
        unseen = time.monotonic() - first if any(runnable) else 0.0
        if waiting or self.left() + unseen >= _LEAST_SECONDS:
            self.deadline = max(self.deadline, time.monotonic() + _LOOK_SECONDS)
            return False
        return True

    def note_late(self) -> None:
        """Take note that someone has waited in vain until the limit was reached, and whether that is in doubt."""
        self.late, self._doubtful = True, self._is_doubtful()

    @property
    def in_doubt(self) -> bool:
        """Whether the limit was reached, and the machine may be why."""
        return self._doubtful if self.late else bool(self.extension)

    def _is_doubtful(self) -> bool:
        if self._lent:
            return self._patient
        if not self.extension:
            return False
        if time.monotonic() >= self._most - _LEAST_SECONDS:
            return True
        ran = (_ran(self._pids) - self._ran) / self.extension
        return _ASLEEP < ran < _AWAKE


def is_overloaded(waited: float, seconds: float) -> bool:
    """Whether this machine has more work than cores, judged by its load and by what was waited in so many seconds."""
    return waited > _OVERLOADED * seconds or os.getloadavg()[0] >= _CORES


def pid_of(pidfd: int) -> int:
    """The number by which this process sees another, 0 where it does not."""
    for line in _read(f"/proc/self/fdinfo/{pidfd}").splitlines():
        if line.startswith("Pid:"):
            return max(0, int(line.split()[1]))
    return 0


def _leaders(pid: int) -> list[tuple[float, float]]:
    return [_spent(f"/proc/{pid}/schedstat")] if pid else []


def _others(pid: int) -> list[str]:
    """The further threads of a process, and all threads of those that it started."""
    if not pid:
        return []
    family = _family(pid)
    paths = [f"/proc/{each}/task/{thread}/schedstat" for each in family for thread in _names(f"/proc/{each}/task")]
    return [path for path in paths if path != f"/proc/{pid}/task/{pid}/schedstat"]


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for name in _names("/proc"):
        fields = _read(f"/proc/{name}/stat").rpartition(")")[2].split() if name.isdigit() else []
        if fields:
            children.setdefault(int(fields[1]), []).append(int(name))
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family


def _ran(pids: Sequence[int]) -> float:
    """Seconds that these processes and their children ran, those included that have ended."""
    total = 0.0
    for member in [member for pid in pids if pid for member in _family(pid)]:
        fields = _read(f"/proc/{member}/stat").rpartition(")")[2].split()
        total += sum(map(int, fields[11:15])) / _TICKS
    return total


def _is_runnable(pid: int) -> bool:
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].lstrip().startswith("R")


def _spent(path: str) -> tuple[float, float]:
    """Seconds that a thread ran, and that it waited for a core."""
    fields = _read(path).split()
    return (int(fields[0]) / 1e9, int(fields[1]) / 1e9) if len(fields) > 1 else (0.0, 0.0)


def _more(now: tuple[float, float], before: tuple[float, float]) -> tuple[float, float]:
    return now[0] - before[0], now[1] - before[1]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # it has ended
        return []


def _read(path: str) -> str:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # several times for each test: `open` takes three times as long
    except OSError:  # it has ended, or this kernel does not count
        return ""
    try:
        return os.read(fd, _FILE_BYTES).decode("ascii", "replace")
    except OSError:
        return ""
    finally:
        os.close(fd)

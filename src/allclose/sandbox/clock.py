"""Time as a submission spends it: what it waits for a core, because others have them all, is not counted.

The kernel counts for each thread how long it ran and how long it stood in line (`/proc/PID/task/TID/schedstat`). So a
limit holds for the time in which a process ran, slept or waited for anything but a core, and comes to the same verdict
on a busy machine and on an idle one. A wall limit stands behind it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from allclose.sandbox.wire import Channel, Kind, Late

#: The wall limit behind a limit of one second.
WALL = 10.0
#: A deadline is not moved by less.
_LEAST_SECONDS = 0.01
#: What is waited in less is not looked at: looking costs a millisecond.
_YOUNG_SECONDS = 0.25
_CORES = len(os.sched_getaffinity(0))


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

    Attributes
    ----------
    deadline : float
        When the limit is reached as far as is known, a `time.monotonic` instant.
    """

    def __init__(self, pids: Sequence[int], seconds: float, end: float) -> None:
        self._pids = pids
        self._before = {pid: _spent(f"/proc/{pid}/schedstat") for pid in pids}
        self._began = time.monotonic()
        self._least = min(self._began + seconds, end)
        self._most = self._began + WALL * seconds
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
        self.deadline = min(self._least + self.waited(), self._most)
        return self.deadline - time.monotonic()

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
                if self.left() < _LEAST_SECONDS:
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
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:  # it has ended, or this kernel does not count
        return ""

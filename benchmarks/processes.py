"""What processes have used, read from /proc: CPU time of a whole tree, and the most memory that one ever held."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def tree_seconds(root: int, without: tuple[int, ...] = ()) -> float:
    """CPU seconds of a process and of all below it, those included that have ended and were waited for.

    Parameters
    ----------
    root : int
        The process.
    without : tuple of int
        Processes that do not count, nor what is below them.
    """
    children: dict[int, list[int]] = defaultdict(list)
    seconds: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            children[int(fields[1])].append(int(path.name))
            seconds[int(path.name)] = _TICK * sum(map(int, fields[11:15]))
    total, waiting = 0.0, [root]
    while waiting:
        pid = waiting.pop()
        if pid not in without:
            total += seconds.get(pid, 0.0)
            waiting += children[pid]
    return total


def peak_bytes(pid: int) -> int:
    """The most memory that a process had in use so far; 0 once it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    return 0

"""What runs on this machine, and who started it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE_SECONDS = 120


def processes() -> dict[int, tuple[int, int]]:
    """Parent and start time of all that runs, by pid; a process that only waits to be buried does not run."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # ended while we looked
                continue
            if fields[0] != "Z":
                found[int(folder.name)] = int(fields[1]), int(fields[19])
    return found


def started_by(pid: int) -> set[tuple[int, int]]:
    """Pid and start time of every process that this one has started, and of theirs."""
    table, found = processes(), {pid}
    while more := {child for child, (parent, _) in table.items() if parent in found} - found:
        found |= more
    return {(each, table[each][1]) for each in found & table.keys()}


def left(started: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those that still run."""
    return started & {(pid, began) for pid, (_, began) in processes().items()}


def wait_until(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def of_role(grader: int, role: str) -> Iterator[int]:
    """Processes of a running grader: "zygote", suite "host", "worker" of the suite, sandbox "child"."""
    table = processes()
    parents = {pid: parent for pid, (parent, _) in table.items()}
    for pid, _ in started_by(grader):
        direct = parents.get(pid) == grader
        if b"allclose.suite.host" in (line := _command(pid)) and role == ("host" if direct else "worker"):
            yield pid
        elif b"allclose.sandbox.zygote" in line and pid != grader:
            if role == "zygote" and direct:
                yield pid
            if role == "child" and not direct and pid not in parents.values():
                yield pid


def kill_one(grader: int, role: str) -> bool:
    """SIGKILL to a process of that role, if there is one now."""
    for pid in of_role(grader, role):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        return True
    return False


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""

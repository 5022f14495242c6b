"""The memory that all processes of a submission hold together, seen from outside.

Every rlimit is for one process. A cgroup would count them all, but an ordinary user is seldom given one.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Collection

_PAGE = resource.getpagesize()


def kill_overdrawn(children: Collection[int], kill: int, memory_bytes: int) -> None:
    """Send signal `kill` to each child whose processes together hold more than it may on top of what it was born with.

    Parameters
    ----------
    children : collection of int
        First processes of pid namespaces, forked by this process, which sees them and theirs in its own procfs.
    kill : int
        A signal.
    memory_bytes : int
        What each may hold. A child of one process is left to its rlimits.
    """
    inherited = _private_bytes("self")
    for child, family in _families(children).items():
        allowed = memory_bytes + inherited
        # Pages that a fork shares count for each of its sides here; the exact share takes the kernel some time.
        if sum(map(_private_bytes, family)) > allowed and sum(map(_share_bytes, family)) > allowed:
            os.kill(child, kill)


def _families(children: Collection[int]) -> dict[int, list[str]]:
    """The processes of each child that has more than one, itself among them."""
    others = {name for name in os.listdir("/proc") if name.isdigit()} - {str(os.getpid()), *map(str, children)}
    parents = {name: _parent(name) for name in others}
    families: dict[int, list[str]] = {}
    for name in others:
        ancestor = name
        for _ in parents:  # no longer than that: numbers may have changed hands while we read
            ancestor = parents.get(ancestor, ancestor)
        if ancestor.isdigit() and int(ancestor) in children:
            families.setdefault(int(ancestor), [ancestor]).append(name)
    return families


def _parent(pid: str) -> str:
    text = _read(f"/proc/{pid}/stat")
    return text.rpartition(b")")[2].split()[1].decode() if text else ""


def _private_bytes(pid: str) -> int:
    """Resident memory without a file behind it."""
    fields = _read(f"/proc/{pid}/statm").split()
    return (int(fields[1]) - int(fields[2])) * _PAGE if fields else 0


def _share_bytes(pid: str) -> int:
    """The same, where a page that several processes hold counts in parts."""
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss_Anon:"):
            return int(line.split()[1]) << 10
    return _private_bytes(pid)  # it made itself unreadable


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:  # it has ended, or does not let itself be read
        return b""

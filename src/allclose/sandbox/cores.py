"""Two processes that work in turns share a core.

A message to a sleeping core has to wake it, which on a virtual machine takes longer than what a message asks for. The
kernel moves the two apart wherever a core is idle, and back where none is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Which field of `/proc/PID/stat` behind the name says where a process ran last.
_CORE = 36


@contextmanager
def on_one_core(pid: int) -> Iterator[None]:
    """Keep this thread and a process on the core where that process ran last; both are set free at the end.

    Where the system does not allow it, or the process is gone, they stay where they are.
    """
    before: dict[int, set[int]] = {}
    with suppress(OSError, IndexError, ValueError):
        core = int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[_CORE])
        for each in (pid, 0):
            allowed = os.sched_getaffinity(each)
            os.sched_setaffinity(each, {core})
            before[each] = allowed
    try:
        yield
    finally:
        for each, allowed in before.items():
            with suppress(OSError):
                os.sched_setaffinity(each, allowed)

"""The kernel's own limits on one submission: `Limits` as rlimits.

They hold for each process; what all processes of a submission use together needs a cgroup.
"""

from __future__ import annotations

import math
import os
import resource

from allclose.model import Limits

_STACK_BYTES = 8 * 2**20
_OPEN_FILES = 256


#: What a GPU's driver and its libraries take of this machine's own memory.
GPU_HOST_BYTES = 4 * 2**30


def apply_rlimits(limits: Limits, processes: int, *, gpu: bool = False) -> None:
    """Lower the calling process's rlimits, soft and hard; never raises one that is lower already.

    `memory_bytes` is what the submission may take on top of what the process holds now. RLIMIT_DATA counts private
    memory only, so RLIMIT_AS stops shared mappings: at twice that, for threads reserve more address space than they
    use. `processes` (threads count too) is for all of this user's that the kernel counts. With a `gpu` there is no
    bound on address space, of which its driver reserves more than there is memory.
    """
    size, held = _mapped_bytes()
    processors = len(os.sched_getaffinity(0))
    wanted = {
        resource.RLIMIT_DATA: held + limits.memory_bytes + (GPU_HOST_BYTES if gpu else 0),
        resource.RLIMIT_AS: resource.RLIM_INFINITY if gpu else size + 2 * limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.disk_bytes,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CPU: math.ceil(limits.submission_seconds) * processors,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_STACK: _STACK_BYTES,
        resource.RLIMIT_CORE: 1,  # no core: 0 would still feed a core_pattern that is a pipe
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, value in wanted.items():
        _lower(kind, value)


def cap_memory(memory_bytes: int) -> None:
    """Let the calling process take that much private memory on top of what it holds now."""
    _lower(resource.RLIMIT_DATA, _mapped_bytes()[1] + memory_bytes)


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    lowered = min((value, hard), key=lambda limit: math.inf if limit == resource.RLIM_INFINITY else limit)
    resource.setrlimit(kind, (lowered, lowered))


def _mapped_bytes() -> tuple[int, int]:
    """Address space and private writable memory of this process."""
    with open("/proc/self/statm", "rb") as file:
        fields = file.read().split()
    page = resource.getpagesize()
    return int(fields[0]) * page, int(fields[5]) * page


def count_own_tasks() -> int:
    """Processes and threads that already run under this user's name on the whole machine."""
    return sum(_count_threads(name) for name in os.listdir("/proc") if name.isdigit())


def _count_threads(pid: str) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task")) if os.stat(f"/proc/{pid}").st_uid == os.getuid() else 0
    except (FileNotFoundError, ProcessLookupError):  # ended while we looked
        return 0

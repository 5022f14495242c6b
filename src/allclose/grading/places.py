"""Places at this machine's GPUs: how many there are, who has one, and who is next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache

from allclose.errors import CourseError, SandboxError
from allclose.sandbox.gpu import VISIBLE, Share
from allclose.sandbox.spawner import END_SECONDS, Process

#: What a process takes of a GPU before its first tensor: CUDA's context, and the kernels that are loaded.
CONTEXT_BYTES = 768 * 2**20
_LOOK = """
import json, torch
print(json.dumps([torch.cuda.mem_get_info(number) for number in range(torch.cuda.device_count())]))
"""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU: its name for CUDA, and its memory, of which others may have taken some."""

    name: str
    free_bytes: int
    total_bytes: int


@cache
def gpus() -> tuple[Gpu, ...]:
    """This machine's GPUs, as CUDA_VISIBLE_DEVICES shows them; looked at once, by a process that ends with it.

    Raises
    ------
    CourseError
        If there is none that torch can use.
    """
    done = subprocess.run([sys.executable, "-P", "-c", _LOOK], capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise CourseError(f"--device cuda: torch cannot use this machine's GPUs ({said}); use --device cpu")
    memory = json.loads(done.stdout)
    if not memory:
        raise CourseError("--device cuda: torch finds no GPU on this machine; use --device cpu")
    shown = os.environ.get(VISIBLE)
    names = shown.split(",") if shown else [str(number) for number in range(len(memory))]
    return tuple(Gpu(name.strip(), *sizes) for name, sizes in zip(names, memory, strict=False))


class Places:
    """Places at GPUs, handed out in the order in which they are asked for; safe to use from several threads.

    Parameters
    ----------
    found : sequence of Gpu
        Where.
    gpu_bytes : int
        What each process at a place may take.
    processes : int
        How many there are at a place.

    Raises
    ------
    CourseError
        If no GPU has room for one place.
    """

    def __init__(self, found: Sequence[Gpu], gpu_bytes: int, processes: int) -> None:
        needed = processes * (gpu_bytes + CONTEXT_BYTES)
        self._free = {gpu.name: gpu.free_bytes // needed for gpu in found if gpu.free_bytes >= needed}
        if not self._free:
            most = max(gpu.free_bytes for gpu in found)
            raise CourseError(
                f"--device cuda: {needed / 2**30:.1f} GiB of a GPU's memory are needed and {most / 2**30:.1f} GiB are "
                "free; end what fills it, or lower gpu_bytes in the lab's limits.toml"
            )
        self._shares = {gpu.name: Share(gpu.name, gpu_bytes / gpu.total_bytes) for gpu in found}
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()
        self._own = threading.local()

    @property
    def number(self) -> int:
        """How many places are free."""
        return sum(self._free.values())

    @property
    def own(self) -> Share | None:
        """What the calling thread holds."""
        share: Share | None = getattr(self._own, "share", None)
        return share

    @contextmanager
    def held(self) -> Iterator[float]:
        """Hold a place, after those who asked before; gives the seconds that were waited for it.

        A thread that holds one keeps to it: two who hold one each and wait for another would wait for ever. For the
        same reason nobody who holds one may wait for another thread that needs one.
        """
        if self.own is not None:
            yield 0.0
            return
        began = time.monotonic()
        self._own.share = share = self._take()
        self._own.processes = []
        try:
            yield time.monotonic() - began
        finally:
            for process in self._own.processes:
                _wait_for_end(process)
            self._own.share = None
            with self._changed:
                self._free[share.gpu] += 1
                self._changed.notify_all()

    def spawn(self, spawn: Callable[[Share | None], Process]) -> Process:
        """Start a process at the calling thread's place, which is not free before that has ended."""
        for process in self._own.processes:
            if process.connection.fileno() < 0:  # it was killed, and its memory goes with it
                _wait_for_end(process)
        process = spawn(self.own)
        self._own.processes.append(process)
        return process

    def _take(self) -> Share:
        """The next free place, at the GPU that has most of them."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            try:
                self._changed.wait_for(lambda: self._queue[0] is ticket and any(self._free.values()))
                name = max(self._free, key=self._free.__getitem__)
                self._free[name] -= 1
                return self._shares[name]
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()


def _wait_for_end(process: Process) -> None:
    with suppress(SandboxError, TimeoutError):  # with its zygote, at the latest
        process.ended.result(END_SECONDS)

"""GPUs that are not there, as far as the processes that share them can tell; a course imports its copy of this file.

They have a ledger in a folder: a file for each process that holds memory, which is gone when the process is, and `log`,
with a line for each that came: the GPU, and how many held it then. Whoever asks for more than its share, or than there
is, gets torch's own error, and so does whoever was lent no share at all.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import torch

#: Of each GPU, and what a process takes before its first tensor.
TOTAL_BYTES, CONTEXT_BYTES = 12_000, 500


def take(ledger: Path, size: int) -> None:
    """Hold that much of the GPU that this process was given, until the process ends."""
    gpu = os.environ["CUDA_VISIBLE_DEVICES"]
    assert gpu in ("0", "1"), f"a process that holds no place uses GPU '{gpu}'"
    if size > _fraction() * TOTAL_BYTES:
        raise torch.OutOfMemoryError("CUDA out of memory: more than is allowed")
    with (ledger / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        own = ledger / f"{gpu}-{os.getpid()}"
        others = [int(path.read_text()) for path in ledger.glob(f"{gpu}-*") if path != own and _lives(path)]
        if sum(others) + size + CONTEXT_BYTES > TOTAL_BYTES:
            raise torch.OutOfMemoryError("CUDA out of memory")
        own.write_text(str(size + CONTEXT_BYTES))
        with (ledger / "log").open("a") as log:
            log.write(f"{gpu} {len(others) + 1}\n")


def seen(ledger: Path) -> list[tuple[str, int]]:
    """Which GPU each process came to, and how many then held it."""
    lines = (ledger / "log").read_text().splitlines()
    return [(gpu, int(number)) for gpu, number in map(str.split, lines)]


def _fraction() -> float:
    """What torch would be told of this process's part when it first uses a GPU."""
    told: list[float] = []
    torch.cuda.set_per_process_memory_fraction = lambda fraction, device: told.append(fraction)
    call, _ = torch.cuda._queued_calls[-1]
    call()
    return told[0]


def _lives(path: Path) -> bool:
    _, pid, *_ = path.name.split("-")
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"

"""A share of a GPU, as a process takes it: which one, and how much of its memory.

CUDA does not survive a fork. So a process that forks others never touches a GPU, and each of those takes its share
right after the fork; the GPU's own memory for it is taken when it is first used.
"""

from __future__ import annotations

import glob
import importlib
import os
import sys
from contextlib import suppress
from typing import Any

import msgspec

VISIBLE = "CUDA_VISIBLE_DEVICES"
#: Which number a GPU has hangs on it.
ORDER = "CUDA_DEVICE_ORDER"
#: torch's: ask the driver's library how many GPUs there are, which a later fork survives.
ASK_GENTLY = "PYTORCH_NVML_BASED_CUDA_CHECK"
_NODES = ("/dev/nvidiactl", "/dev/nvidia[0-9]*", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")


class Share(msgspec.Struct, frozen=True):
    """Part of a GPU: its name for CUDA (a number or a UUID), and how much of its memory, 0 < `fraction` ≤ 1."""

    gpu: str
    fraction: float


def take(share: Share) -> None:
    """Let this process see one GPU only, and take no more of its memory, once it is used; call it before that."""
    os.environ[VISIBLE] = share.gpu
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.cuda._lazy_call(lambda: torch.cuda.set_per_process_memory_fraction(share.fraction, 0))


def prepare() -> None:
    """Get ready, in a process that forks others: code that asks torch for GPUs does no harm, and torch is there."""
    os.environ[ASK_GENTLY] = "1"
    with suppress(ImportError):  # other libraries compute on GPUs too
        importlib.import_module("torch")


def is_touched() -> bool:
    """Whether this process has used a GPU, so that none that it forks can."""
    torch: Any = sys.modules.get("torch")
    return torch is not None and bool(torch.cuda.is_initialized())


def is_broken() -> bool:
    """Whether a kernel has failed in this process, behind which nothing in it can use the GPU any more."""
    if not is_touched():
        return False
    try:
        sys.modules["torch"].cuda.synchronize()
    except RuntimeError:
        return True
    return False


def nodes() -> tuple[str, ...]:
    """The files by which a process reaches this machine's GPUs."""
    return tuple(path for pattern in _NODES for path in sorted(glob.glob(pattern)))

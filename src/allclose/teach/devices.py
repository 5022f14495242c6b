"""Which devices this machine has."""

from __future__ import annotations

import importlib
import warnings
from typing import Any


def available() -> list[str]:
    """Name the devices that PyTorch can compute on here, fastest kind first; "cpu" is always there, and comes last.

    Without PyTorch there is the CPU alone.

    Returns
    -------
    list of str
        Some of "cuda" (NVIDIA's GPUs, and AMD's in PyTorch's builds for ROCm), "mps" (Apple's) and "xpu" (Intel's);
        then "cpu".
    """
    try:
        torch: Any = importlib.import_module("torch")
    except (ImportError, OSError):  # a library that its build needs may be missing as well
        return ["cpu"]
    asked = {"cuda": torch.cuda, "mps": torch.backends.mps, "xpu": getattr(torch, "xpu", None)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a driver that is too old is a GPU that is not available
        return [*(name for name, backend in asked.items() if backend is not None and backend.is_available()), "cpu"]

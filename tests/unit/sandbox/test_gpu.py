"""A share of a GPU, taken where there is none: what torch would be told when it first uses one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from allclose.sandbox import gpu
from allclose.sandbox.limits import GPU_HOST_BYTES


def test_a_share_is_one_gpu_and_a_part_of_its_memory_once_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[float, int]] = []
    waiting = list(torch.cuda._queued_calls)
    monkeypatch.setattr(torch.cuda, "_queued_calls", waiting)
    monkeypatch.setattr(
        torch.cuda, "set_per_process_memory_fraction", lambda fraction, device: told.append((fraction, device))
    )
    monkeypatch.setenv(gpu.VISIBLE, "")
    before = len(waiting)
    gpu.take(gpu.Share("GPU-5e", 0.25))
    assert os.environ[gpu.VISIBLE] == "GPU-5e"
    assert told == []
    for call, _ in waiting[before:]:
        call()
    assert told == [(0.25, 0)]


def test_without_torch_a_share_is_taken_too() -> None:
    code = """
    import os, sys
    from allclose.sandbox import gpu
    gpu.take(gpu.Share("1", 0.5))
    assert os.environ[gpu.VISIBLE] == "1" and "torch" not in sys.modules and not gpu.is_touched()
    """
    subprocess.run([sys.executable, "-c", "\n".join(map(str.strip, code.splitlines()))], check=True)


def test_a_gpu_that_was_used_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not gpu.is_touched()
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    assert gpu.is_touched()


def test_the_ways_to_gpus_are_those_of_nvidias_driver_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("nvidia0", "nvidia11", "nvidiactl", "nvidia-uvm", "nvidia-modeset", "null"):
        (tmp_path / name).touch()
    monkeypatch.setattr(gpu, "_NODES", [pattern.replace("/dev", str(tmp_path)) for pattern in gpu._NODES])
    found = [Path(path).name for path in gpu.nodes()]
    assert found == ["nvidiactl", "nvidia0", "nvidia11", "nvidia-uvm"]


def test_a_process_with_a_gpu_may_reserve_addresses_without_end_and_keeps_a_bound_on_memory() -> None:
    code = """
import resource
from allclose.model import Limits
from allclose.sandbox.limits import apply_rlimits
apply_rlimits(Limits(memory_bytes=2**20), 500, gpu=True)
print(resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_DATA)[0])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    unbounded, data = done.stdout.split()
    assert unbounded == "True"
    assert GPU_HOST_BYTES < int(data) < GPU_HOST_BYTES + 2**30

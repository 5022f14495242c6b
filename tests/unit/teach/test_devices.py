"""The devices that this machine has, with torch and without."""

from __future__ import annotations

import subprocess
import sys
import types
import warnings

import pytest
import torch

from allclose.teach import devices


def pretend_torch(monkeypatch: pytest.MonkeyPatch, **there: bool) -> None:
    def backend(name: str) -> types.SimpleNamespace:
        return types.SimpleNamespace(is_available=lambda: there.get(name, False))

    backends = types.SimpleNamespace(mps=backend("mps"))
    fake = types.SimpleNamespace(cuda=backend("cuda"), backends=backends, xpu=backend("xpu"))
    monkeypatch.setitem(sys.modules, "torch", fake)  # type: ignore[arg-type]


def test_every_name_is_a_device_that_computes() -> None:
    names = devices.available()
    assert names[-1] == "cpu"
    assert [float(torch.ones(2, device=name).sum()) for name in names] == [2.0] * len(names)


def test_gpus_come_before_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_torch(monkeypatch, cuda=True)
    assert devices.available() == ["cuda", "cpu"]
    pretend_torch(monkeypatch, mps=True)
    assert devices.available() == ["mps", "cpu"]
    pretend_torch(monkeypatch, xpu=True, cuda=True)
    assert devices.available() == ["cuda", "xpu", "cpu"]


def test_a_torch_that_knows_no_intel_gpus_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_torch(monkeypatch)
    del sys.modules["torch"].xpu
    assert devices.available() == ["cpu"]


def test_without_torch_there_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # type: ignore[arg-type]
    assert devices.available() == ["cpu"]


def test_a_warning_of_the_driver_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_torch(monkeypatch)
    sys.modules["torch"].cuda.is_available = lambda: warnings.warn("old driver", stacklevel=1)
    assert devices.available() == ["cpu"]


def test_importing_the_module_does_not_import_torch() -> None:
    code = "import sys; from allclose.teach import devices; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)

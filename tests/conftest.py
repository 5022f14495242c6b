"""Rules for the whole test run: no quiet skips in CI, and no verdict that hangs on how busy the machine is."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

IN_CI = bool(os.environ.get("CI"))

# Tests run side by side, one for each core: threads of NumPy and torch would wait for each other, ten times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("patient", settings(deadline=None))
settings.load_profile("patient")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _without_quiet_skip((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _without_quiet_skip((yield))


def _without_quiet_skip(report: Any) -> Any:
    """Turn a skip into a failure where it would hide a hole; an expected failure (xfail) is reported as such."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if "GPU" not in reason:
            report.outcome = "failed"
            report.longrepr = f"{reason}\nIn CI only a missing GPU is a reason to skip a test."
    return report

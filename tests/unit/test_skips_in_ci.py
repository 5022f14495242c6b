"""The rule of tests/conftest.py, tried on a small test run of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).parents[1] / "conftest.py"

SUITE = """
import pytest

@pytest.mark.skip(reason="no GPU on this machine")
def test_on_a_gpu(): ...

@pytest.mark.skip(reason="too slow")
def test_marked(): ...

@pytest.mark.skipif(True, reason="wrong system")
def test_marked_with_a_condition(): ...

def test_that_gives_up(): pytest.skip("no docker")

@pytest.mark.xfail(reason="known")
def test_expected_to_fail(): assert False
"""

SKIPPED_MODULE = 'import pytest\npytest.skip("no otter", allow_module_level=True)\n'


def counts(folder: Path, ci: str | None) -> dict[str, int]:
    shutil.copy(CONFTEST, folder)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    env = {name: value for name, value in os.environ.items() if name != "CI"} | ({"CI": ci} if ci else {})
    command = [sys.executable, "-m", "pytest", "--continue-on-collection-errors", str(folder)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    closing = done.stdout.splitlines()[-1]
    return {word.rstrip("s"): int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", closing.split(" in ")[0])}


def test_in_ci_a_skip_fails_unless_a_gpu_is_missing(tmp_path: Path) -> None:
    (tmp_path / "test_small.py").write_text(SUITE)
    assert counts(tmp_path, ci="true") == {"error": 2, "failed": 1, "skipped": 1, "xfailed": 1}


def test_in_ci_a_skipped_module_fails(tmp_path: Path) -> None:
    (tmp_path / "test_module.py").write_text(SKIPPED_MODULE)
    assert counts(tmp_path, ci="true") == {"error": 1}


def test_outside_ci_a_skip_stays_a_skip(tmp_path: Path) -> None:
    (tmp_path / "test_small.py").write_text(SUITE)
    assert counts(tmp_path, ci=None) == {"skipped": 4, "xfailed": 1}

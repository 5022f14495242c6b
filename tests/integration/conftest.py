"""The real nbgrader, nbgrader's own guide course as it leaves it, and a real browser."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import browser, page

__all__ = ["browser", "page"]

GUIDE = Path(__file__).parents[1] / "assets" / "nbgrader-guide"
CONFIG = 'c = get_config()\nc.IncludeHeaderFooter.header = "source/header.ipynb"\n'

#: Runs an nbgrader command in a course folder: `nbgrader(root, "autograde", "ps1")`.
Nbgrader = Callable[..., None]


@pytest.fixture(scope="session")
def nbgrader() -> Nbgrader:
    """The installed nbgrader, which calls `alembic` by name."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(root: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(
            command, cwd=root, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture(scope="session")
def autograded_by_nbgrader(nbgrader: Nbgrader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide course after the real `nbgrader generate_assignment` and `autograde`: copy it before changing it.

    `generated.db` is the gradebook as it was in between. Autograding takes a quarter of a minute, so it is done once
    for all workers of a test run.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    root = shared / "autograded-by-nbgrader"
    with (shared / "autograded-by-nbgrader.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "done").exists():
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(GUIDE, root)
            (root / "nbgrader_config.py").write_text(CONFIG)
            nbgrader(root, "generate_assignment", "ps1")
            shutil.copy(root / "gradebook.db", root / "generated.db")
            nbgrader(root, "autograde", "ps1")
            (root / "done").touch()
    return root

"""Two `nbgrader autograde` at once on one course, each with our step in the place of Execute."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from allclose.interop.adoption import LINE
from tests.gradebooks import api

GUIDE = Path(__file__).parents[1] / "assets" / "nbgrader-guide"


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.Popen(command, cwd=root, env={**os.environ, "PATH": path}, stderr=subprocess.PIPE, text=True)


def finish(run: subprocess.Popen[str]) -> None:
    _, log = run.communicate(timeout=300)
    assert run.returncode == 0, log


def test_two_runs_at_once_do_not_meet(tmp_path: Path) -> None:
    root = Path(shutil.copytree(GUIDE, tmp_path / "course"))
    header = 'c.IncludeHeaderFooter.header = "source/header.ipynb"'
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{header}\n{LINE}\n")
    finish(start(root, "generate_assignment", "ps1"))
    runs = [start(root, "autograde", "ps1", f"--student={student}") for student in ("bitdiddle", "hacker")]
    for run in runs:
        finish(run)
    submissions = api(root).get_submissions("ps1")
    assert {one["student"]: one["autograded"] for one in submissions} == {"bitdiddle": True, "hacker": True}
    assert {one["student"]: one["score"] for one in submissions} == {"bitdiddle": 1.5, "hacker": 3.0}

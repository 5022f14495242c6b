"""Otter's checks in a student's notebook, and public checks while a grader runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from allclose.teach import otter
from allclose.teach.checks import public_checks

STUDENTS = "from allclose.teach import otter\ngrader = otter.Notebook('lab.ipynb')"


def test_while_a_grader_runs_the_notebook_otter_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    grader = otter.Notebook("no such notebook.ipynb")
    assert grader.check("twice") is None
    assert grader.export(pdf=False, force_save=True) is None


def test_a_student_gets_otters_own_notebook(tmp_path: Path) -> None:
    (tmp_path / "lab.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    said = _run(f"{STUDENTS}\nprint(type(grader).__module__, type(grader).__name__)", tmp_path)
    assert said.stdout == "otter.check.notebook Notebook\n"


def test_a_student_without_otter_reads_what_to_install(tmp_path: Path) -> None:
    said = _run(f"import sys\nsys.modules['otter'] = None\n{STUDENTS}", tmp_path)
    assert said.returncode == 1
    assert "otter-grader is not installed: pip install -r requirements.txt" in said.stderr


def test_a_check_without_words_is_told_by_its_line_while_a_grader_runs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    cell = "with public_checks('twice'):\n    assert 1 == 1\n    assert twice(2) == 4\n"

    def own(x: int) -> int:
        if x > 0:
            raise AssertionError
        return x

    for twice in (lambda x: x, lambda x: 1 / 0, lambda x: 2 * x, own):
        exec(compile(cell, "<cell>", "exec"), {"public_checks": public_checks, "twice": twice})
    assert capsys.readouterr().out.splitlines() == [
        "✗ twice: the check in line 3 of this cell does not hold",
        "✗ twice: ZeroDivisionError: division by zero",
        "✓ twice: the public checks pass",
        "✗ twice: AssertionError: ",
    ]


def test_nothing_reaches_stderr_while_a_grader_runs_public_checks(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with public_checks("twice"):
        print("Python's", file=sys.stderr)
        os.write(2, b"below Python\n")
        raise AssertionError("not twice")
    os.write(2, b"afterwards\n")
    found = capfd.readouterr()
    assert found.err == "afterwards\n"
    assert {"Python's", "below Python", "✗ twice: AssertionError: not twice"} <= set(found.out.splitlines())


def _run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "NBGRADER_EXECUTION"}
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)

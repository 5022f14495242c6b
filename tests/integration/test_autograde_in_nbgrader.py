"""The real `nbgrader autograde` with our step in the place of Execute: nbgrader's rules and our suite's marks."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.apps.api import NbGraderAPI

from allclose.course import load
from allclose.interop import kept
from allclose.interop.adoption import LINE
from allclose.interop.settings import load_settings
from allclose.model import Json
from allclose.notebook.splice import solved
from tests.gradebooks import named_rows
from tests.suited_course import Asked, hand_in, write_course

LAB = "lab"
SUITE = '''
from allclose import agree, grade
from solutions import lab as reference


@grade("double", points=2)
def test_double_of_many_numbers(submission, rng):
    """Doubles each of many numbers."""
    x = rng.normal(size=5)
    agree(submission.double(x), reference.double(x))


@grade("double", points=1)
def test_double_of_zero(submission):
    agree(submission.double(0.0), 0.0)


@grade("triple", points=3)
def test_triple_of_many_numbers(submission, rng):
    x = rng.normal(size=5)
    agree(submission.triple(x), reference.triple(x))
'''
QUESTIONS = [
    Asked(
        "double",
        "def double(x):\n    return 2 * x",
        3,
        "import sys; print('w', file=sys.stderr)\nassert double(1) == 2",
    ),
    Asked("triple", "def triple(x):\n    return 3 * x", 3, "for number in range(1200): print(number)\ntriple(2)"),
]

#: Runs an nbgrader command and gives what it said: `said(root, "autograde", "lab")`.
Said = Callable[..., str]


@pytest.fixture(scope="session")
def said() -> Said:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(root: Path, *arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stderr

    return run


def answered(root: Path, **answers: str) -> Json:
    return solved(load(root, LAB).notebooks[0], answers)


def without(content: Json, name: str) -> Json:
    kept = [cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") != name]
    return {**content, "cells": kept}


def write_class(root: Path) -> None:
    """A right submission, one of partial marks, hostile ones and one that lost a grade cell."""
    double, triple = (asked.solution for asked in QUESTIONS)
    hand_in(root, "s001", LAB, answered(root, double=f"{double}\nopen('out.txt', 'w').write('hello')"))
    hand_in(
        root, "s002", LAB, answered(root, double="def double(x):\n    return 0 * x", triple="from helper import triple")
    )
    (root / "submitted" / "s002" / LAB / "helper.py").write_text(triple)
    hand_in(root, "s003", LAB, answered(root, double="import os; os._exit(0)", triple="while True: pass"))
    hand_in(root, "s004", LAB, without(answered(root), "double-grade"))
    cheat = "import nbgrader.utils, os\nopen('timestamp.txt', 'w').write('1999')\nos.kill(1, 9)"
    hand_in(root, "s005", LAB, answered(root, triple=cheat))
    (root / "submitted" / "s005" / LAB / "timestamp.txt").write_text("2015-02-02 15:58:23 UTC")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, said: Said) -> Path:
    """A course with a suite after `nbgrader generate_assignment` and `autograde`; and `log`, what that said."""
    root = write_course(tmp_path_factory.mktemp("suited") / "course", LAB, QUESTIONS, SUITE)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(f"{LINE}\n")
    said(root, "generate_assignment", LAB)
    write_class(root)
    (root / "log").write_text(said(root, "autograde", LAB, "--Execute.timeout=2"))
    return root


def scores(root: Path) -> dict[str, dict[str, float]]:
    rows = sqlite3.connect(root / "gradebook.db").execute(
        "SELECT sa.student_id, bc.name, g.auto_score FROM grade g JOIN base_cell bc ON bc.id = g.cell_id "
        "JOIN submitted_notebook sn ON sn.id = g.notebook_id JOIN submitted_assignment sa ON sa.id = sn.assignment_id"
    )
    found: dict[str, dict[str, float]] = {}
    for student, cell, score in rows:
        found.setdefault(student, {})[cell] = score
    return found


def test_a_course_without_a_suite_has_the_very_gradebook_of_nbgrader(
    autograded_by_nbgrader: Path, tmp_path: Path, said: Said
) -> None:
    root = tmp_path / "course"
    root.mkdir()
    for name in ("source", "release", "submitted"):
        shutil.copytree(autograded_by_nbgrader / name, root / name)
    shutil.copy(autograded_by_nbgrader / "generated.db", root / "gradebook.db")
    settings = (autograded_by_nbgrader / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(f"{settings}{LINE}\n")
    log = said(root, "autograde", "ps1")
    assert log.count("ran in allclose's sandbox; isolation: strong; tests: the notebook's own") == 4
    assert named_rows(root / "gradebook.db") == named_rows(autograded_by_nbgrader / "gradebook.db")
    assert plain_notebooks(root) == plain_notebooks(autograded_by_nbgrader)


def plain_notebooks(root: Path) -> dict[str, Json]:
    """Each notebook in `autograded/`, without what the clock and our signature say."""
    found = {}
    for path in sorted((root / "autograded").rglob("*.ipynb")):
        content = json.loads(path.read_text())
        content["metadata"].pop("allclose", None)
        for cell in content["cells"]:
            cell["metadata"].pop("execution", None)
            for output in cell.get("outputs", []):
                output.pop("traceback", None)
        found[str(path.relative_to(root))] = content
    return found


def test_the_scores_are_those_of_allclose_grade(course: Path, tmp_path: Path) -> None:
    assert scores(course) == {
        "s001": {"double-grade": 3.0, "triple-grade": 3.0},
        "s002": {"double-grade": 1.0, "triple-grade": 3.0},
        "s003": {"double-grade": 0.0, "triple-grade": 0.0},
        "s004": {"double-grade": 3.0, "triple-grade": 3.0},
        "s005": {"double-grade": 3.0, "triple-grade": 0.0},
    }
    root = Path(
        shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("gradebook.db", "autograded"))
    )
    (root / "autograder" / LAB / "limits.toml").write_text("cell_seconds = 2\n")
    command = [str(Path(sys.executable).with_name("allclose")), "grade", LAB]
    subprocess.run(command, cwd=root, capture_output=True, check=True, timeout=300)
    assert scores(root) == scores(course)


def test_the_log_and_the_notebook_name_the_tier_and_what_was_put_back(course: Path) -> None:
    log = (course / "log").read_text()
    assert log.count("ran in allclose's sandbox; isolation: strong; tests: a hidden suite") == 5
    assert "Timeout waiting for execute reply (2s)" in log
    content = json.loads((course / "autograded" / "s004" / LAB / f"{LAB}.ipynb").read_text())
    assert content["metadata"]["allclose"] == {
        "isolation": "strong",
        "tests": "a hidden suite",
        "flags": ["cell-restored: double-grade"],
    }


def test_files_come_home_and_nothing_of_nbgraders_is_touched(course: Path) -> None:
    assert (course / "autograded" / "s001" / LAB / "out.txt").read_text() == "hello"
    assert (course / "autograded" / "s005" / LAB / "timestamp.txt").read_text().startswith("2015")
    assert not list((course / "submitted").rglob("out.txt"))


def test_lateness_is_nbgraders_own(course: Path) -> None:
    rows = sqlite3.connect(course / "gradebook.db").execute("SELECT student_id, timestamp FROM submitted_assignment")
    assert dict(rows)["s005"].startswith("2015-02-02 15:58:23")


def test_feedback_tells_what_the_suite_found(course: Path, said: Said) -> None:
    said(course, "generate_feedback", LAB)
    page = (course / "feedback" / "s002" / LAB / f"{LAB}.html").read_text()
    assert "✗ Doubles each of many numbers. · 2 points lost: The values differ from what is expected." in page
    assert "✓ test_double_of_zero · 1 point" in page
    assert "reference.double" not in page


def test_a_fault_of_ours_is_an_error_and_no_zero(course: Path, tmp_path: Path, said: Said) -> None:
    root = Path(shutil.copytree(course, tmp_path / "course"))
    suite = root / "autograder" / LAB / f"test_{LAB}.py"
    suite.write_text(suite.read_text().replace("points=3", "points=30"))
    hand_in(root, "s006", LAB, answered(root))
    log = said(root, "autograde", LAB, "--student=s006", code=1)
    assert "the tests of 'triple' add up to 30 points, its cell 'triple-grade' says 3" in log
    assert scores(root)["s006"] == {"double-grade": None, "triple-grade": None}
    assert not (root / "autograded" / "s006" / LAB).exists()


def test_where_the_tier_cannot_be_had_one_line_says_so_and_nothing_runs_outside_of_it(
    course: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(course, tmp_path / "course"))
    hand_in(root, "s006", LAB, answered(root, double=f"open('{tmp_path / 'escaped'}', 'w').close()"))
    program = (
        "import os, runpy, sys\nfrom allclose.sandbox import kernel\nuid = os.geteuid()\n"
        "kernel.unshare(kernel.CLONE_NEWUSER)\nopen('/proc/self/uid_map', 'w').write(f'0 {uid} 1')\n"
        "open('/proc/sys/user/max_user_namespaces', 'w').write('0')\n"
        "runpy.run_module('nbgrader', run_name='__main__')"
    )
    command = [sys.executable, "-c", program, "autograde", LAB, "--student=s006"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert "ERROR] IsolationUnavailable: isolation 'strong' stopped at 'mount namespace'" in done.stderr
    assert "or use --Execute.isolation=none" in done.stderr
    assert scores(root)["s006"] == {"double-grade": None, "triple-grade": None}
    assert not (tmp_path / "escaped").exists()


def test_a_server_that_autogrades_keeps_the_engine_for_a_while_and_sees_a_new_suite(
    course: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(course, tmp_path / "course"))
    formgrader = NbGraderAPI(config=load_settings(root).config)

    async def autograde(student: str) -> None:
        """As the formgrader does it, in a server whose loop runs."""
        result = formgrader.autograde(LAB, student)
        assert result["success"], result["log"]

    try:
        asyncio.run(autograde("s002"))
        before = kept._kept
        asyncio.run(autograde("s001"))
        assert before is not None and kept._kept is before
        suite = root / "autograder" / LAB / f"test_{LAB}.py"
        suite.write_text(suite.read_text().replace("reference.triple(x)", "-reference.triple(x)"))
        asyncio.run(autograde("s001"))
        assert kept._kept is not before and not before.warm.alive
        assert scores(root)["s001"] == {"double-grade": 3.0, "triple-grade": 0.0}
    finally:
        kept.end()

"""A run that is killed at any moment goes on where it was: nothing lost, nothing twice, nobody left behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from allclose import course
from allclose.notebook.splice import blank, solved
from tests.processes import PATIENCE_SECONDS, left, started_by, wait_until
from tests.suited_course import Asked, hand_in, write_course

LAB = "lab"
STUDENTS = 40
KILLS = 10
ALLCLOSE = [sys.executable, "-c", "from allclose.cli import main; main()"]
QUESTIONS = [
    Asked("double", "def double(x):\n    return 2 * x", 2),
    Asked("triple", "def triple(x):\n    return 3 * x", 3),
]
SUITE = """
from allclose import agree, grade


@grade("double", points=2)
def test_double(submission, rng):
    x = rng.normal(size=4)
    agree(submission.double(x), 2 * x)


@grade("triple", points=3)
def test_triple(submission, rng):
    x = rng.normal(size=4)
    agree(submission.triple(x), 3 * x)
"""
#: A little time in which to be killed, in the student's code and in the suite's.
SLOW = "import time\ntime.sleep(0.05)\nprint('slow')\ndef double(x):\n    time.sleep(0.02)\n    return 2 * x"
ANSWERS: list[dict[str, str]] = [
    {},
    {"double": SLOW},
    {"triple": "def triple(x):\n    return x"},
    {"double": "import os\nos._exit(0)"},
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_course(tmp_path_factory.mktemp("made"), LAB, QUESTIONS, SUITE)
    (notebook,) = course.load(root, LAB).notebooks
    for number in range(STUDENTS - 2):
        hand_in(root, f"s{number:02}", LAB, solved(notebook, ANSWERS[number % len(ANSWERS)]))
    hand_in(root, "blank", LAB, blank(notebook))
    hand_in(root, "broken", LAB, b"{")
    return root


@pytest.fixture(scope="module")
def whole(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an uninterrupted run says of everybody."""
    root = copy_course(made, tmp_path_factory.mktemp("whole") / "course")
    done = subprocess.run(grading(root), capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stderr
    shutil.copytree(root / ".allclose", made / ".allclose", ignore=shutil.ignore_patterns(LAB))  # the same secret
    return told(root)


def copy_course(made: Path, root: Path) -> Path:
    shutil.copytree(made, root)
    return root


def grading(root: Path) -> list[str]:
    return [*ALLCLOSE, "grade", LAB, "--course", str(root), "--json", str(root / "grades.json")]


def told(root: Path) -> dict[str, Any]:
    """The grades as told, without what a clock says and what an earlier run had done."""
    found: dict[str, Any] = json.loads((root / "grades.json").read_text())
    del found["seconds"], found["reused"]
    return found


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        grading(root), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def results(root: Path) -> dict[str, tuple[int, int]]:
    """Every finished result, with what changes when it is written again."""
    found = {path.name: path.stat() for path in (root / ".allclose" / LAB / "results").glob("*.json")}
    return {name: (status.st_ino, status.st_mtime_ns) for name, status in found.items()}


def wait_for_results(root: Path, running: subprocess.Popen[str], enough: int) -> None:
    """Wait until a run has that many results; for those of all, until it writes the notebooks besides."""

    def reached() -> bool:
        return len(results(root)) >= min(enough, STUDENTS) and (enough < STUDENTS or (root / "autograded").exists())

    assert wait_until(lambda: running.poll() is not None or reached())


def stop(running: subprocess.Popen[str], number: int) -> None:
    """Send a signal to the run's whole process group and see that nothing of it goes on."""
    started = started_by(running.pid)
    assert len(started) > 1 or number == signal.SIGKILL
    os.killpg(running.pid, number)
    running.wait(PATIENCE_SECONDS)
    assert wait_until(lambda: not left(started)), f"left behind: {left(started)}"


def test_ten_kills_lose_nothing_and_grade_nobody_twice(made: Path, whole: dict[str, Any], tmp_path: Path) -> None:
    root = copy_course(made, tmp_path / "course")
    chance = random.Random(2)
    kept: dict[str, tuple[int, int]] = {}
    for kill in range(KILLS):
        # Two while the engine starts, one while the gradebook is written, the others among the results.
        enough = len(kept) + 3 if 2 <= kill < KILLS - 1 else 0 if kill < 2 else STUDENTS
        running = start(root)
        wait_for_results(root, running, enough)
        time.sleep(chance.uniform(0, 1 if not enough else 0.05))
        assert running.poll() is None, running.communicate()
        stop(running, signal.SIGKILL)
        running.communicate()
        now = results(root)
        assert kept.items() <= now.items(), "a finished submission was graded again"
        kept = now
    assert len(kept) == STUDENTS
    done = subprocess.run(grading(root), capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stderr
    assert f"{STUDENTS} kept from an earlier run" in done.stdout
    assert results(root) == kept
    assert told(root) == whole
    assert_nothing_is_half_written(root)


def assert_nothing_is_half_written(root: Path) -> None:
    """Every file that a run leaves is complete, and the gradebook holds everybody's score."""
    left_over = [path for path in root.rglob("*") if path.name.endswith((".tmp", "-journal", "-wal"))]
    assert left_over == []
    for path in (*root.glob(".allclose/*/results/*.json"), *root.glob("autograded/*/*/*.ipynb")):
        json.loads(path.read_bytes())
    with sqlite3.connect(root / "gradebook.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    scores = {each["student"]: each["score"] for each in told(root)["submissions"]}
    assert recorded_scores(root) == scores
    read = {student for student in scores if student != "broken"}
    assert {path.parts[-3] for path in root.glob("autograded/*/*/*.ipynb")} == read


def recorded_scores(root: Path) -> dict[str, float]:
    """What nbgrader itself reads in the gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {each.student.id: each.score for each in gradebook.assignment_submissions(LAB)}


def test_an_interrupt_ends_the_run_in_one_line_and_keeps_what_is_finished(
    made: Path, whole: dict[str, Any], tmp_path: Path
) -> None:
    root = copy_course(made, tmp_path / "course")
    running = start(root)
    wait_for_results(root, running, 5)
    stop(running, signal.SIGINT)
    out, err = running.communicate()
    assert (running.returncode, out, err.count("\n")) == (130, "", 1)
    assert "finished results are kept" in err
    kept = results(root)
    assert 5 <= len(kept) < STUDENTS
    again = subprocess.run(grading(root), capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert again.returncode == 0, again.stderr
    assert kept.items() <= results(root).items()
    assert told(root) == whole
    assert_nothing_is_half_written(root)

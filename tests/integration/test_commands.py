"""The commands on a real course with the real engine: what they leave behind, and how they stop."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ALLCLOSE = [sys.executable, "-c", "from allclose.cli import main; main()"]


def allclose(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ALLCLOSE, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The only thing that a failing command says."""
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("allclose: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course as `allclose init` makes it, with a demonstration's class handed in."""
    folder = tmp_path_factory.mktemp("made")
    done = allclose("init", "course", cwd=folder)
    assert done.returncode == 0, done.stderr
    root = folder / "course"
    demo = allclose("demo", "--students", 16, cwd=root)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    shutil.copytree(root / ".allclose" / "demo" / "submitted", root / "submitted", symlinks=True)
    return root


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Path:
    """A copy of that course to spoil."""
    root = tmp_path / "course"
    shutil.copytree(made, root, symlinks=True, ignore=shutil.ignore_patterns("results"))
    return root


def test_a_new_course_is_released_and_its_suite_holds(made: Path) -> None:
    assert allclose("release", "example", "--check", cwd=made).returncode == 0
    done = allclose("verify", "example", "--json", "report.json", cwd=made)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((made / "report.json").read_text())
    assert (report["solution"], report["blank"], report["max_score"]) == (10.0, 0.0, 10.0)
    assert (report["survivors"], report["false_alarms"], report["problems"]) == ([], [], [])
    assert {each["name"]: bool(each["caught_by"]) for each in report["misconceptions"]} == {
        "standardize--in-place": True,
        "standardize--sample": True,
        "standardize--variance": True,
    }


def test_a_stale_release_is_told_and_not_touched(course: Path) -> None:
    released = course / "release" / "example" / "example.ipynb"
    released.write_text("{}")
    done = allclose("release", "example", "--check", cwd=course)
    assert done.returncode == 2
    assert "release/example/example.ipynb" in done.stdout
    assert released.read_text() == "{}"


def test_a_demonstration_keeps_to_its_own_folder_and_resumes(made: Path) -> None:
    before = (made / "gradebook.db").read_bytes()
    done = allclose("demo", "--students", 16, cwd=made)
    assert done.returncode == 0
    assert "16 of them kept from an earlier run" in done.stdout
    assert "all as they should be" in done.stdout
    assert (made / "gradebook.db").read_bytes() == before
    assert not (made / "autograded").exists()


def test_grading_leaves_json_csv_gradebook_and_notebooks(course: Path) -> None:
    done = allclose("grade", "example", "--json", "-", "--csv", "out/class.csv", cwd=course)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    students = sorted(path.name for path in (course / "submitted").iterdir())
    assert [each["student"] for each in found["submissions"]] == students
    rows = list(csv.DictReader(io.StringIO((course / "out" / "class.csv").read_text())))
    scores = [each["score"] for each in found["submissions"]]
    assert [float(row["standardize"]) for row in rows] == scores
    assert recorded_scores(course) == dict(zip(students, scores, strict=True))
    read = [each["student"] for each in found["submissions"] if each["status"] == "graded"]
    assert all((course / "autograded" / student / "example" / "example.ipynb").is_file() for student in read)
    assert "isolation: strong" in done.stderr


def recorded_scores(course: Path) -> dict[str, float]:
    """What nbgrader itself reads in the gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {each.student.id: each.score for each in gradebook.assignment_submissions("example")}


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("points=5", "points=4", "standardize"),
        ('"standardize", points', '"normalize", points', "normalize"),
        ("from solutions import example as reference", "import no_such_module", "no_such_module"),
        ("def test_units", "def tset_units", "standardize"),
        ("    expected = ", "    expected = = ", "SyntaxError"),
    ],
)
def test_a_suite_that_cannot_be_used_is_one_line(course: Path, old: str, new: str, part: str) -> None:
    suite = course / "autograder" / "example" / "test_example.py"
    text = suite.read_text()
    assert old in text
    suite.write_text(text.replace(old, new, 1))
    assert part in one_line(allclose("grade", "example", cwd=course), 2)
    assert not (course / "autograded").exists()


def test_a_disk_that_is_full_costs_no_result(course: Path) -> None:
    line = one_line(allclose("grade", "example", "--json", "/dev/full", cwd=course), 2)
    assert "/dev/full" in line
    assert "disk is full" in line
    again = allclose("grade", "example", "--json", "grades.json", cwd=course)
    assert again.returncode == 0
    assert "16 kept from an earlier run" in again.stdout


def test_a_course_whose_results_cannot_be_kept_says_so(course: Path) -> None:
    shutil.rmtree(course / ".allclose")
    (course / ".allclose").write_text("")
    assert ".allclose" in one_line(allclose("grade", "example", cwd=course), 2)
    assert not (course / "autograded").exists()


def test_a_gradebook_that_is_none_stops_the_run(course: Path) -> None:
    (course / "gradebook.db").write_text("no database at all, whatever its name says")
    assert "gradebook.db" in one_line(allclose("grade", "example", cwd=course), 2)
    assert not (course / "autograded").exists()


def test_an_interrupted_run_keeps_what_is_finished_and_goes_on(course: Path) -> None:
    slow = "import time\ntime.sleep(0.5)\n"
    for path in (course / "submitted").glob("*/example/example.ipynb"):
        if path.is_file() and not path.is_symlink():
            prepend_to_imports(path, slow)
    results = course / ".allclose" / "example" / "results"
    running = subprocess.Popen(
        [*ALLCLOSE, "grade", "example", "--jobs", "1"],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 120
    while len(list(results.glob("*.json"))) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    assert err.count("\n") == 1
    assert "finished results are kept" in err
    kept = len(list(results.glob("*.json")))
    assert 3 <= kept < 16
    assert not (course / "autograded").exists()
    again = allclose("grade", "example", "--json", "-", cwd=course)
    assert again.returncode == 0, again.stderr
    assert f"{kept} kept from an earlier run" in again.stderr
    assert len(json.loads(again.stdout)["submissions"]) == 16


def prepend_to_imports(path: Path, code: str) -> None:
    """Slow a readable submission down."""
    try:
        notebook: dict[str, Any] = json.loads(path.read_text())
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except (ValueError, TypeError, RecursionError):
        return
    cells[0]["source"] = code + "".join(cells[0]["source"])
    path.write_text(json.dumps(notebook))


def test_without_isolation_grading_says_what_that_means(course: Path) -> None:
    done = allclose("grade", "example", "--isolation", "none", cwd=course)
    assert done.returncode == 0, done.stderr
    assert "isolation: none (verdicts can be forged)" in done.stdout


def test_the_doctor_names_versions_device_and_tier(tmp_path: Path) -> None:
    done = allclose("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "torch 2." in done.stdout
    assert "isolation: strong" in done.stdout
    assert "read a file outside the whitelist" in done.stdout

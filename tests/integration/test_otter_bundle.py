"""Bundles under the real otter: its scores are ours, also where a student's notebook leads it astray."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

from allclose import course
from allclose.interop.bundles import otter
from allclose.model import Assignment, Json, Tier
from tests.graders import Scores, answered, by_engine, by_otter, engine_scores, hand_in, run
from tests.suited_course import SEED, Asked, code_cell, write_course

LAB = "lab"
QUESTIONS = [
    Asked(
        "twice", "def twice(x):\n    return 2 * x", 5, 'with allclose.public_checks("twice"):\n    assert twice(1) == 2'
    ),
    Asked("four", "def four(x):\n    return twice(twice(x))", 4),
    Asked("table", 'def table():\n    return open("points.csv").read()', 1),
]
SUITE = """
from allclose import agree, grade
from solutions import lab as reference


@grade("twice", points=2)
def test_a_number(submission):
    agree(submission.twice(3.0), 6.0)


@grade("twice", points=3)
def test_an_array(submission, rng):
    x = rng.normal(size=4)
    agree(submission.twice(x), reference.twice(x))


@grade("four", points=4)
def test_four_times(submission):
    agree(submission.with_reference("twice").four(1.0), 4.0)


@grade("table", points=1)
def test_the_labs_data_is_there(submission):
    assert submission.table() == "1,2\\n", "the file is not the lab's"
"""
FULL = {"twice": 5.0, "four": 4.0, "table": 1.0}
#: The submission's own folder below, as otter's image has it.
DOCKERFILE_ADDS = {
    ".": ("run_autograder",),
    "source": ("setup.sh", "environment.yml", "requirements.*", "otter_config.json", "run_otter.py"),
    "source/files": ("files*",),
    "source/tests": ("tests",),
}


def _astray(content: Json) -> Json:
    """Right answers, in a notebook that otter would run nothing of at its place."""
    content = copy.deepcopy(content)
    cells: list[Json] = [cell for cell in content["cells"] if not cell["source"].startswith("grader.check")]
    for cell in cells:
        cell["metadata"] |= {"tags": ["otter_ignore"], "otter": {"ignore": True}}
    grade_cell = next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == "four-grade")
    cells.remove(grade_cell)
    moved = "import os\nos.makedirs('elsewhere')\nos.chdir('elsewhere')"
    spoilt = 'twice = four = lambda x: None\nopen("points.csv", "w").write("mine")'
    checked = 'from otter import Notebook\nNotebook().check("twice")'
    cells += [code_cell(f"own-{place}", source) for place, source in enumerate((moved, spoilt, checked))]
    forged = {"OK_FORMAT": True, "tests": {"twice": {"name": "twice", "points": 99, "suites": []}}}
    return {**content, "cells": cells, "metadata": {**content["metadata"], "otter": forged}}


def _students(assignment: Assignment) -> dict[str, Json]:
    solved = answered(assignment, {})
    return {
        "solved": solved,
        "partial": answered(assignment, {"twice": "def twice(x):\n    return 6.0", "four": "def four(x):\n    exit()"}),
        "astray": _astray(solved),
    }


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    root = tmp_path_factory.mktemp("course")
    write_course(root, LAB, QUESTIONS, SUITE, data={"points.csv": b"1,2\n"})
    made = course.load(root, LAB)
    (root / ".allclose").mkdir()
    (root / ".allclose" / "secret").write_text(SEED.hex())
    hand_in(made, _students(made))
    return made


@pytest.fixture(scope="module")
def archive(assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    otter.bundle(assignment, folder)
    return folder / "autograder.zip"


@pytest.fixture(scope="module")
def theirs(assignment: Assignment, archive: Path) -> Scores:
    return by_otter(archive, sorted((assignment.root / "submitted").glob("*/*/*.ipynb")))


def test_otter_gives_our_points(assignment: Assignment, theirs: Scores) -> None:
    batch = by_engine(assignment, Tier.NONE)
    # With us, tests find the files as the last cell left them; in the notebook's own process, as they stood.
    ours = engine_scores(batch)
    assert ours["astray"].pop("table") == 0.0
    assert {student: {name: scores[name] for name in ours[student]} for student, scores in theirs.items()} == ours
    assert {grade.student for grade in batch.grades if grade.flags} == {"astray"}


def test_the_points_tell_right_from_wrong(theirs: Scores) -> None:
    assert theirs == {
        "solved": FULL,
        "partial": {**FULL, "twice": 2.0, "four": 0.0},
        "astray": FULL,
    }


def test_otters_own_image_grades_it_and_says_that_nothing_is_isolated(
    assignment: Assignment, archive: Path, tmp_path: Path
) -> None:
    _lay_out_as_image(archive, tmp_path / "autograder")
    submitted = assignment.root / "submitted" / "partial" / LAB / f"{LAB}.ipynb"
    (tmp_path / "autograder" / "submission").mkdir()
    shutil.copy(submitted, tmp_path / "autograder" / "submission" / "handed in.ipynb")
    (tmp_path / "autograder" / "results").mkdir()
    code = "import sys; from otter.run.run_autograder import main; main(sys.argv[1])"
    said = run([sys.executable, "-c", code, str(tmp_path / "autograder")], tmp_path)
    assert "isolation: none" in said
    tests = json.loads((tmp_path / "autograder" / "results" / "results.json").read_text())["tests"]
    assert {test["name"]: test["score"] for test in tests} == {**FULL, "twice": 2.0, "four": 0.0}
    (twice,) = (test for test in tests if test["name"] == "twice")
    assert "AssertionError: An array is expected." in twice["output"]


def test_a_fault_of_ours_is_no_zero(assignment: Assignment, archive: Path, tmp_path: Path) -> None:
    broken = tmp_path / "autograder.zip"
    with zipfile.ZipFile(archive) as good, zipfile.ZipFile(broken, "w") as made:
        for name in good.namelist():
            made.writestr(name, b"import no_such_module" if name.endswith("test_lab.py") else good.read(name))
    submitted = assignment.root / "submitted" / "solved" / LAB / f"{LAB}.ipynb"
    command = [sys.executable, "-m", "otter", "run", "-a", str(broken), "-o", str(tmp_path), str(submitted)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode != 0
    assert "This submission was not graded: " in done.stderr
    assert "No module named 'no_such_module'" in done.stderr


def _lay_out_as_image(archive: Path, folder: Path) -> None:
    """What otter's Dockerfile copies out of the zip, and where to; of a folder, what is in it."""
    unpacked = folder.parent / "unpacked"
    with zipfile.ZipFile(archive) as made:
        made.extractall(unpacked)
    for place, patterns in DOCKERFILE_ADDS.items():
        for path in unpacked.iterdir():
            if any(fnmatch(path.name, pattern) for pattern in patterns):
                (folder / place).mkdir(parents=True, exist_ok=True)
                if path.is_dir():
                    shutil.copytree(path, folder / place, dirs_exist_ok=True)
                else:
                    shutil.copy(path, folder / place)
    (folder / "submission_metadata.json").write_text("{}")  # by the last line of setup.sh

"""The course of nbgrader's guide, graded by `allclose grade`: what it leaves is what the real nbgrader leaves."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.gradebooks import api, named_rows, without_ids

SCORES = {
    "bitdiddle": {
        "correct_squares": 0.0,
        "squares_invalid_input": 1.0,
        "correct_sum_of_squares": 0.0,
        "sum_of_squares_uses_squares": 0.5,
        "sum_of_squares_application": 0.0,
    },
    "hacker": {
        "correct_squares": 1.0,
        "squares_invalid_input": 1.0,
        "correct_sum_of_squares": 0.5,
        "sum_of_squares_uses_squares": 0.5,
        "sum_of_squares_application": None,
    },
}
_BY_HAND = ("sum_of_squares_equation", "cell-938593c4a215c6cc", "part-a", "part-b")

Nbgrader = Callable[..., None]


@pytest.fixture(scope="module")
def ours(autograded_by_nbgrader: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide course after `allclose grade ps1`, and its results as `grade.json`."""
    root = tmp_path_factory.mktemp("guide") / "course"
    root.mkdir()
    for name in ("source", "release", "submitted"):
        shutil.copytree(autograded_by_nbgrader / name, root / name)
    shutil.copy(autograded_by_nbgrader / "nbgrader_config.py", root)
    command = [str(Path(sys.executable).with_name("allclose")), "grade", "ps1", "--json", "grade.json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return root


def auto_scores(database: Path) -> dict[str, dict[str, float | None]]:
    rows = sqlite3.connect(database).execute(
        "SELECT sa.student_id, bc.name, g.auto_score FROM grade g JOIN base_cell bc ON bc.id = g.cell_id "
        "JOIN submitted_notebook sn ON sn.id = g.notebook_id JOIN submitted_assignment sa ON sa.id = sn.assignment_id"
    )
    found: dict[str, dict[str, float | None]] = {}
    for student, cell, score in rows:
        found.setdefault(student, {})[cell] = score
    return found


def test_the_scores_are_those_that_the_guide_is_known_for(ours: Path) -> None:
    expected = {student: {**dict.fromkeys(_BY_HAND), **cells} for student, cells in SCORES.items()}
    found = auto_scores(ours / "gradebook.db")
    assert {student: {cell: found[student][cell] for cell in SCORES[student]} for student in SCORES} == SCORES
    assert {student: set(cells) for student, cells in found.items()} == {
        student: set(cells) for student, cells in expected.items()
    }
    submissions = json.loads((ours / "grade.json").read_text())["submissions"]
    assert {one["student"]: one["score"] for one in submissions} == {"bitdiddle": 1.5, "hacker": 3.0}
    assert [one["max_score"] + one["manual"]["max_score"] for one in submissions] == [13, 13]


def test_the_gradebook_is_the_one_that_the_real_autograde_wrote(ours: Path, autograded_by_nbgrader: Path) -> None:
    assert named_rows(ours / "gradebook.db") == named_rows(autograded_by_nbgrader / "gradebook.db")


def test_the_executed_notebooks_are_those_of_the_real_autograde(ours: Path, autograded_by_nbgrader: Path) -> None:
    assert told(ours) == told(autograded_by_nbgrader)


def told(root: Path) -> dict[str, Any]:
    """Each notebook in `autograded/` without what the clock says, and without nbclient's note that a cell raised."""
    found = {}
    for path in sorted((root / "autograded").rglob("*.ipynb")):
        content = json.loads(path.read_text())
        for cell in content["cells"]:
            cell["metadata"].pop("execution", None)
            cell["metadata"].pop("tags", None)
            for output in cell.get("outputs", []):
                output.pop("traceback", None)
        found[str(path.relative_to(root))] = content
    return found


def test_the_formgraders_api_reads_both_alike(ours: Path, autograded_by_nbgrader: Path) -> None:
    for question in ("get_assignment", "get_notebooks", "get_submissions"):
        answers = [without_ids(getattr(api(root), question)("ps1")) for root in (ours, autograded_by_nbgrader)]
        assert answers[0] == answers[1]
        assert answers[0]


def test_nbgrader_makes_feedback_and_exports_from_what_we_left(ours: Path, nbgrader: Nbgrader, tmp_path: Path) -> None:
    root = Path(shutil.copytree(ours, tmp_path / "course"))
    nbgrader(root, "generate_feedback", "ps1")
    nbgrader(root, "export")
    pages = sorted(path.relative_to(root).as_posix() for path in (root / "feedback").rglob("*.html"))
    assert pages == [f"feedback/{student}/ps1/problem{number}.html" for student in SCORES for number in (1, 2)]
    assert "correct_squares" in (root / pages[0]).read_text()
    header, *rows = (root / "grades.csv").read_text().splitlines()
    scores = {
        line.split(",")[header.split(",").index("student_id")]: line.split(",")[header.split(",").index("score")]
        for line in rows
    }
    assert scores == {"bitdiddle": "1.5", "hacker": "3.0"}

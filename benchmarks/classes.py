"""A temporary course of lab 2 with solved submissions, and the two graders on it, each as its own command."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from allclose import course
from allclose.model import Assignment
from allclose.notebook.splice import solved

ROOT = Path(__file__).parents[1]
LAB = "lab2_minibatch_sgd"
_SCORES = """
SELECT submitted.student_id, cell.name, grade.auto_score FROM grade
JOIN base_cell cell ON cell.id = grade.cell_id
JOIN submitted_notebook notebook ON notebook.id = grade.notebook_id
JOIN submitted_assignment submitted ON submitted.id = notebook.assignment_id
WHERE grade.auto_score IS NOT NULL
"""


def make_course(root: Path) -> Assignment:
    """Copy lab 2, without the demonstrations: nbgrader would run them too, and only the same work is compared."""
    for folder in ("source", "autograder"):
        shutil.copytree(ROOT / folder / LAB, root / folder / LAB)
    (root / "solutions").mkdir()
    for name in ("__init__.py", f"{LAB}.py"):
        shutil.copy(ROOT / "solutions" / name, root / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    path = root / "source" / LAB / f"{LAB}.ipynb"
    content = json.loads(path.read_text())
    content["cells"] = [cell for cell in content["cells"] if "skip-grading" not in cell["metadata"].get("tags", ())]
    path.write_text(json.dumps(content))
    return course.load(root, LAB)


def hand_in(assignment: Assignment, submitted: Path, size: int) -> None:
    """Write solved submissions, no two of them the same text."""
    (notebook,) = assignment.notebooks
    content = solved(notebook)
    for number in range(size):
        student = f"s{number:03d}"
        cells = [dict(cell) for cell in content["cells"]]
        for cell in cells:
            if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution"):
                cell["source"] += f"\n# {student}"
        folder = submitted / student / LAB
        folder.mkdir(parents=True)
        (folder / f"{LAB}.ipynb").write_text(json.dumps({**content, "cells": cells}))


def command(root: Path, name: str, *arguments: str) -> float:
    """Run an installed command in a course; the seconds from its start to its end."""
    folder = Path(sys.executable).parent
    began = time.perf_counter()
    done = subprocess.run(
        [folder / name, *arguments],
        cwd=root,
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{name} {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return seconds


def nbgrader(root: Path, students: str) -> float:
    """Seconds of `nbgrader autograde` for the students that match a pattern."""
    return command(root, "nbgrader", "autograde", LAB, "--student", students, "--force")


def allclose(root: Path, submitted: str) -> float:
    """Seconds of `allclose grade` for a class, from nothing to gradebook and autograded notebooks."""
    (root / "gradebook.db").unlink(missing_ok=True)
    shutil.rmtree(root / "autograded", ignore_errors=True)
    shutil.rmtree(root / ".allclose" / LAB, ignore_errors=True)
    return command(root, "allclose", "grade", LAB, "--submitted", submitted)


def scores(root: Path) -> dict[str, dict[str, float]]:
    """Points by student and cell, as the gradebook has them."""
    found: dict[str, dict[str, float]] = {}
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        for student, cell, points in book.execute(_SCORES):
            found.setdefault(student, {})[cell] = points
    return found


def figures(root: Path, student: str) -> int:
    """How many pictures a graded notebook holds."""
    content = json.loads((root / "autograded" / student / LAB / f"{LAB}.ipynb").read_text())
    outputs = [output for cell in content["cells"] for output in cell.get("outputs", ())]
    return sum("image/png" in output.get("data", ()) for output in outputs)

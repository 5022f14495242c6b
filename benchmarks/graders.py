"""The graders as commands: `allclose grade`, `nbgrader autograde`, `otter run`; their time, and what they found."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from allclose.model import Assignment, Json

Scores = dict[str, dict[str, float]]
#: nbgrader gives a cell 30 s and its last output 4: on a busy machine that is too little.
_PATIENT = ("--Execute.timeout=600", "--Execute.iopub_timeout=120")
_SCORES = """
SELECT submitted.student_id, cell.name, grade.auto_score FROM grade
JOIN base_cell cell ON cell.id = grade.cell_id
JOIN submitted_notebook notebook ON notebook.id = grade.notebook_id
JOIN submitted_assignment submitted ON submitted.id = notebook.assignment_id
WHERE grade.auto_score IS NOT NULL
"""


class CommandFailed(Exception):
    """A command ended with another code than 0."""


def command(root: Path, name: str, *arguments: str) -> float:
    """Run an installed command in a course; the seconds from its start to its end."""
    folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    began = time.perf_counter()
    done = subprocess.run(
        [folder / name, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise CommandFailed(
            f"{name} {' '.join(arguments[:2])} ended with {done.returncode}: {said[-1] if said else ''}"
        )
    return seconds


def nbgrader(assignment: Assignment, students: str) -> float:
    """Seconds of `nbgrader autograde` for the students that match a pattern."""
    return command(
        assignment.root, "nbgrader", "autograde", assignment.name, "--student", students, "--force", *_PATIENT
    )


def allclose(assignment: Assignment, submitted: str, *options: str) -> float:
    """Seconds of `allclose grade` for a class, from nothing to gradebook and autograded notebooks."""
    forget(assignment)
    return command(assignment.root, "allclose", "grade", assignment.name, "--submitted", submitted, *options)


def otter(assignment: Assignment, archive: Path, student: str) -> float:
    """Seconds of `otter run` for one student's notebook."""
    notebook = assignment.root / "submitted" / student / assignment.name / f"{assignment.name}.ipynb"
    out = _otters(assignment, student)
    out.mkdir(parents=True, exist_ok=True)
    return command(
        assignment.root, "otter", "run", "-a", str(archive), str(notebook), "--output-dir", str(out), "--no-logo"
    )


def bundle_for_otter(assignment: Assignment) -> float:
    """Seconds of `allclose bundle`, which makes the zip that otter takes."""
    return command(assignment.root, "allclose", "bundle", assignment.name, "--for", "otter")


def forget(assignment: Assignment) -> None:
    """Take away all that grading left."""
    (assignment.root / "gradebook.db").unlink(missing_ok=True)
    shutil.rmtree(assignment.root / "autograded", ignore_errors=True)
    shutil.rmtree(assignment.root / ".allclose" / assignment.name, ignore_errors=True)


def book_scores(assignment: Assignment) -> Scores:
    """Points by student and question, as the gradebook has them."""
    questions = {question.grade_cell: question.name for question in assignment.questions}
    found: Scores = {}
    with closing(sqlite3.connect(assignment.root / "gradebook.db")) as book:
        for student, cell, points in book.execute(_SCORES):
            if cell in questions:
                found.setdefault(student, {})[questions[cell]] = points
    return found


def otter_scores(assignment: Assignment, student: str) -> dict[str, float]:
    """Points by question, as `otter run` left them."""
    results = json.loads((_otters(assignment, student) / "results.json").read_text())
    names = {question.name for question in assignment.questions}
    return {test["name"]: test["score"] for test in results["tests"] if test["name"] in names}


def pictures(assignment: Assignment, student: str) -> list[str]:
    """Digests of the pictures that a student's graded notebook holds, in their order."""
    path = assignment.root / "autograded" / student / assignment.name / f"{assignment.name}.ipynb"
    return png_digests(json.loads(path.read_text()))


def png_digests(content: Json) -> list[str]:
    """Digests of the pictures in a notebook's outputs."""
    outputs = [output for cell in content["cells"] for output in cell.get("outputs", ())]
    found = ("".join(output["data"]["image/png"]) for output in outputs if "image/png" in output.get("data", {}))
    return [hashlib.sha256(base64.b64decode(text)).hexdigest() for text in found]


def _otters(assignment: Assignment, student: str) -> Path:
    return assignment.root / "otters" / student

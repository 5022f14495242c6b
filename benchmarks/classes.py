"""Courses of one lab, and the submissions that are graded in them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from allclose import course
from allclose.course.cells import SKIP_TAG
from allclose.model import Assignment, Json
from allclose.notebook.splice import solved

ROOT = Path(__file__).parents[1]
SECRET = "5e" * 32


def make_course(root: Path, lab: str, *, demonstrations: bool = False) -> Assignment:
    """Copy a lab into a course of its own, with the same hidden inputs each time.

    Its demonstrations are left out: nbgrader and otter would run them too, and only the same work is compared.
    """
    for folder in ("source", "autograder"):
        shutil.copytree(ROOT / folder / lab, root / folder / lab)
    (root / "solutions").mkdir()
    for name in ("__init__.py", f"{lab}.py"):
        shutil.copy(ROOT / "solutions" / name, root / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / ".allclose").mkdir()
    (root / ".allclose" / "secret").write_text(f"{SECRET}\n")
    if not demonstrations:
        path = root / "source" / lab / f"{lab}.ipynb"
        content = json.loads(path.read_text())
        content["cells"] = [cell for cell in content["cells"] if SKIP_TAG not in cell["metadata"].get("tags", ())]
        path.write_text(json.dumps(content))
    return course.load(root, lab)


def hand_in(assignment: Assignment, submitted: Path, size: int) -> None:
    """Write solved submissions, no two of them the same text."""
    (notebook,) = assignment.notebooks
    content = solved(notebook)
    for number in range(size):
        student = f"s{number:05d}"
        write_submission(assignment, submitted, student, {**content, "cells": list(_signed(content["cells"], student))})


def write_submission(assignment: Assignment, submitted: Path, student: str, content: Json) -> None:
    """Put a student's one notebook where the graders look for it."""
    folder = submitted / student / assignment.name
    folder.mkdir(parents=True)
    (folder / f"{assignment.name}.ipynb").write_text(json.dumps(content))


def _signed(cells: Iterable[Json], student: str) -> Iterable[Json]:
    for cell in cells:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and about.get("solution"):
            yield {**cell, "source": f"{cell['source']}\n# {student}"}
        else:
            yield cell

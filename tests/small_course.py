"""A small course without a suite, and grades for it as the engine hands them over."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from allclose.grading.scoring import absent_notebook, combine_manual, score_notebook
from allclose.model import Assignment, Grade, Json, Status, Tier

ASSERTION: Json = {"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": ["no"]}


def cell(name: str, kind: str, source: str, points: float | None = None, **roles: bool) -> Json:
    meta: dict[str, Any] = {"grade_id": name, "grade": False, "solution": False, "locked": False, "schema_version": 3}
    meta |= roles | ({} if points is None else {"points": points})
    found: Json = {"cell_type": kind, "metadata": {"nbgrader": meta}, "source": source}
    return found | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def lab_cells() -> list[Json]:
    """A solved question with its test, an essay, a task and a locked text."""
    return [
        cell("intro", "markdown", "Read this.", locked=True),
        cell("double", "code", "### BEGIN SOLUTION\ndouble = 2\n### END SOLUTION", solution=True),
        cell(
            "double-test",
            "code",
            "assert double == 2\n### BEGIN HIDDEN TESTS\nassert double\n### END HIDDEN TESTS",
            2.0,
            grade=True,
            locked=True,
        ),
        cell("essay", "markdown", "Because.", 3.0, grade=True, solution=True),
        cell("project", "markdown", "Do something.", 5.0, task=True, locked=True),
    ]


def write_source(root: Path, cells: list[Json], name: str = "first", lab: str = "lab") -> None:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    folder = root / "source" / lab
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.ipynb").write_text(json.dumps(content))


def executed(lab: Assignment, name: str = "first", *, right: bool = True, **answers: str) -> Json:
    """What the engine hands over: the recorded cells, some of them answered, with outputs."""
    notebook = next(each for each in lab.notebooks if each.name == name)
    cells = copy.deepcopy(list(notebook.recorded))
    for each in cells:
        grade_id = each["metadata"]["nbgrader"]["grade_id"]
        each["source"] = answers.get(grade_id.replace("-", "_"), each["source"])
        if each["cell_type"] == "code":
            each["execution_count"] = 1
        if grade_id == "double-test" and not right:
            each["outputs"] = [copy.deepcopy(ASSERTION)]
    return {**copy.deepcopy(notebook.content), "cells": cells}


def grade(lab: Assignment, student: str, *notebooks: Json, status: Status = Status.GRADED) -> Grade:
    """The grade of a submission whose executed notebooks are given, in order; missing ones were not handed in."""
    given = {notebook.name: found for notebook, found in zip(lab.notebooks, notebooks, strict=False)}
    results = [
        score_notebook(given[notebook.name], notebook) if notebook.name in given else absent_notebook(notebook)
        for notebook in lab.notebooks
    ]
    questions = tuple(mark for marks, _ in results for mark in marks)
    return Grade(
        student=student,
        status=status,
        score=sum(mark.score for mark in questions),
        max_score=sum(mark.max_score for mark in questions),
        flags=(),
        manual=combine_manual(manual for _, manual in results),
        questions=questions,
        isolation=Tier.BASIC,
        device="cpu",
        seconds=0.1,
        notebooks=given,
    )

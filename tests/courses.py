"""Small courses on disk for tests: one assignment `lab` with one notebook of two questions and an answer in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from allclose import course
from allclose.model import Assignment, Notebook

Cell = dict[str, Any]

SUITE = """
from allclose import agree, grade


@grade("double", points=2)
def test_double_of_many_numbers(submission, rng):
    numbers = rng.normal(size=8)
    agree(submission.double(numbers), 2 * numbers)


@grade("triple", points=3)
def test_triple_of_many_numbers(submission, rng):
    numbers = rng.normal(size=8)
    agree(submission.triple(numbers), 3 * numbers)
"""


def markdown(text: str, **metadata: Any) -> Cell:
    return {"cell_type": "markdown", "metadata": metadata, "source": text}


def code(text: str, **metadata: Any) -> Cell:
    return {"cell_type": "code", "metadata": metadata, "source": text, "outputs": [], "execution_count": None}


def roles(grade_id: str, *, grade: bool = False, solution: bool = False, **more: Any) -> dict[str, Any]:
    """Metadata of nbgrader: a grade cell with `points`, a solution cell, both, or a read-only cell."""
    meta = {"grade_id": grade_id, "grade": grade, "solution": solution, "locked": not solution, "schema_version": 3}
    return {"nbgrader": meta | more}


def question(name: str, body: str, checks: str, points: float) -> list[Cell]:
    solution = f"def {name}(x):\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
    test = f'{checks}\n### BEGIN HIDDEN TESTS\nallclose.run_suite("{name}", globals())\n### END HIDDEN TESTS'
    return [
        markdown(f"## {name}\nWrite `{name}(x)`, which gives {name} of x."),
        code(solution, **roles(name, solution=True)),
        code(test, **roles(f"{name}-grade", grade=True, points=points)),
    ]


def cells() -> list[Cell]:
    """The cells of the instructor's notebook, in 10 places."""
    return [
        markdown("# A lab\nWhat you will learn."),
        code("import allclose\nfrom allclose import public_checks"),
        *question("double", "return (x + x) * 1.0 if x is not None else x + x", "assert double(2) == 4", 2),
        code("# not run when grading\ndraw_a_large_figure(double)", tags=["skip-grading"]),
        *question("triple", "return x + x + x + 0 * x - 0 * x", "assert triple(2) == 6", 3),
        markdown("Because it is so.", **roles("think", grade=True, solution=True, points=6)),
    ]


def notebook(found: list[Cell], **more: Any) -> dict[str, Any]:
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": found, "metadata": {"kernelspec": kernelspec}, "nbformat": 4, "nbformat_minor": 4} | more


def write_course(root: Path, found: list[Cell] | None = None, *, suite: str = SUITE) -> Path:
    """Write the course; returns its root. Without `suite` the assignment is graded as nbgrader does it."""
    source = root / "source" / "lab"
    source.mkdir(parents=True)
    content = notebook(cells() if found is None else found)
    (source / "lab.ipynb").write_text(json.dumps(content), encoding="utf-8")
    hidden = root / "autograder" / "lab"
    hidden.mkdir(parents=True)
    if suite:
        (hidden / "test_lab.py").write_text(suite, encoding="utf-8")
    return root


def load(root: Path, found: list[Cell] | None = None, *, suite: str = SUITE) -> tuple[Assignment, Notebook]:
    """Write the course and load its one assignment."""
    assignment = course.load(write_course(root, found, suite=suite), "lab")
    return assignment, assignment.notebooks[0]

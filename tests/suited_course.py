"""Courses with hidden suites for tests, written from a few lines and graded by the real engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from allclose.model import Json

SEED = b"tests" * 8


@dataclass(frozen=True)
class Asked:
    """A question: its name, the instructor's solution, and the points of its grade cell."""

    name: str
    solution: str
    points: float
    public: str = "pass"


def code_cell(name: str, source: str, **nbgrader: Any) -> Json:
    metadata = {"nbgrader": {"grade_id": name, "schema_version": 3, **nbgrader}} if nbgrader else {}
    return {
        "cell_type": "code",
        "id": name.replace("_", "-")[:64],
        "metadata": metadata,
        "source": dedent(source).strip(),
        "outputs": [],
        "execution_count": None,
    }


def notebook(cells: Sequence[Json]) -> Json:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def question_cells(asked: Asked) -> list[Json]:
    solution = f"### BEGIN SOLUTION\n{dedent(asked.solution).strip()}\n### END SOLUTION"
    hidden = f'### BEGIN HIDDEN TESTS\nallclose.run_suite("{asked.name}", globals())\n### END HIDDEN TESTS'
    public = dedent(asked.public).strip()
    grade = {"solution": False, "grade": True, "locked": True, "points": asked.points}
    return [
        code_cell(asked.name, solution, solution=True, grade=False, locked=False),
        code_cell(f"{asked.name}-grade", f"{public}\n{hidden}", **grade),
    ]


def write_course(
    root: Path,
    lab: str,
    questions: Sequence[Asked],
    suite: str,
    *,
    reference: str = "",
    answers: Mapping[str, str] | None = None,
    limits: str = "",
    data: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a course with one lab; `answers` maps `misconceptions/<question>--<slug>` or `accepted/...` to code."""
    cells = [code_cell("setup", "import allclose"), *(cell for asked in questions for cell in question_cells(asked))]
    files = {
        "nbgrader_config.py": "c = get_config()\nc.CourseDirectory.course_id = 'tests'\n",
        f"source/{lab}/{lab}.ipynb": json.dumps(notebook(cells), indent=1) + "\n",
        "solutions/__init__.py": '"""References."""\n',
        f"solutions/{lab}.py": dedent(reference) or "\n".join(dedent(asked.solution) for asked in questions),
        f"autograder/{lab}/test_{lab}.py": dedent(suite),
        **{f"autograder/{lab}/{name}.py": dedent(code).lstrip() for name, code in (answers or {}).items()},
    }
    if limits:
        files[f"autograder/{lab}/limits.toml"] = dedent(limits)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name, content in (data or {}).items():
        (root / "source" / lab / name).write_bytes(content)
    return root


def hand_in(root: Path, student: str, lab: str, content: Json | bytes) -> Path:
    """Put a notebook where nbgrader's layout wants it."""
    path = root / "submitted" / student / lab / f"{lab}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path

"""The same submissions through each grader that knows them: points by student and question."""

from __future__ import annotations

import ast
import copy
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

from allclose import course
from allclose.course import cells
from allclose.grading.batch import Batch, Options, grade_class
from allclose.interop.bundles.otter import student_notebook
from allclose.model import Assignment, Json, Notebook, Tier
from allclose.notebook.splice import blank, solved
from tests.suited_course import SEED

ROOT = Path(__file__).parents[1]
OURS = 'c.Autograde.autograde_preprocessors = __import__("allclose").autograde_preprocessors()'
Scores = dict[str, dict[str, float]]

_SCORES = """
SELECT submitted.student_id, cell.name, grade.auto_score FROM grade
JOIN base_cell cell ON cell.id = grade.cell_id
JOIN submitted_notebook notebook ON notebook.id = grade.notebook_id
JOIN submitted_assignment submitted ON submitted.id = notebook.assignment_id
WHERE cell.name LIKE '%-grade'
"""
#: nbgrader gives a cell 30 s and its last output 4: on a busy machine that is too little.
_PATIENT = ("--Execute.timeout=600", "--Execute.iopub_timeout=120")
#: One process for a class: loading otter takes longer than a notebook.
_OTTER = """
import json, sys
from otter.api import grade_submission
archive, *paths = sys.argv[1:]
found = {}
for path in paths:
    results = grade_submission(path, archive, quiet=True)
    found[path] = {name: one.score for name, one in results.results.items()}
print("SCORES", json.dumps(found))
"""
_LOUD = """
import os, sys, warnings
print("working")
warnings.warn("this is slow")
print("working", file=sys.stderr)
sys.stderr.write("half a line")
os.write(2, b"below Python")
"""
_SCALARS = """
import numpy as np


def _as_scalar(value):
    if type(value) in (bool, int, float):
        return np.asarray(value)[()]
    return type(value)(map(_as_scalar, value)) if type(value) in (tuple, list) else value


"""


def course_without_demonstrations(root: Path, lab: str) -> Assignment:
    """One lab as a course of its own, without the cells that grading skips: nbgrader would run those, seconds each."""
    for folder in ("source", "autograder"):
        shutil.copytree(ROOT / folder / lab, root / folder / lab)
    (root / "solutions").mkdir()
    for name in ("__init__.py", f"{lab}.py"):
        shutil.copy(ROOT / "solutions" / name, root / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    path = root / "source" / lab / f"{lab}.ipynb"
    content = json.loads(path.read_text())
    content["cells"] = [cell for cell in content["cells"] if "skip-grading" not in cell["metadata"].get("tags", ())]
    path.write_text(json.dumps(content))
    (root / ".allclose").mkdir()
    (root / ".allclose" / "secret").write_text(SEED.hex())  # the same hidden inputs each time
    return course.load(root, lab)


def answered(assignment: Assignment, answers: Mapping[str, str] | None) -> Json:
    """The notebook that otter's students get with these answers, the solution where there is none; None: left blank."""
    (notebook,) = assignment.notebooks
    filled = blank(notebook) if answers is None else solved(notebook, answers)
    texts = {cells.grade_id(cell): cell["source"] for cell in filled["cells"] if cells.is_solution(cell)}
    content = copy.deepcopy(student_notebook(assignment, notebook))
    for cell in content["cells"]:
        cell["source"] = texts.get(cells.grade_id(cell), cell["source"]) if cells.is_solution(cell) else cell["source"]
    return content


def solution(notebook: Notebook, question: str) -> str:
    """The instructor's answer to one question."""
    text: str = next(cell["source"] for cell in solved(notebook)["cells"] if cells.grade_id(cell) == question)
    return text


def loud(code: str) -> str:
    """The same answer, whose functions print, warn and write to descriptor 2."""

    def talk(function: ast.FunctionDef) -> None:
        function.body[:0] = ast.parse(_LOUD).body

    return _changed(code, talk)


def in_scalars(code: str) -> str:
    """The same answer with NumPy's scalars in the place of Python's numbers."""

    def wrap(function: ast.FunctionDef) -> None:
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                node.value = ast.Call(ast.Name("_as_scalar", ast.Load()), [node.value], [])

    return _SCALARS + _changed(code, wrap)


def _changed(code: str, change: Callable[[ast.FunctionDef], None]) -> str:
    tree = ast.parse(code)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            change(node)
    return ast.unparse(ast.fix_missing_locations(tree))


def hand_in(assignment: Assignment, students: Mapping[str, Json]) -> None:
    """Put notebooks where nbgrader's layout wants them."""
    for student, content in students.items():
        folder = assignment.root / "submitted" / student / assignment.name
        folder.mkdir(parents=True)
        (folder / f"{assignment.name}.ipynb").write_text(json.dumps(content))


def by_engine(assignment: Assignment, tier: Tier) -> Batch:
    """Grade the class as `allclose grade` does."""
    options = Options(tier, jobs=2)
    return grade_class(assignment, assignment.root / "submitted", options, lambda _: None)


def engine_scores(batch: Batch) -> Scores:
    """Points by student and question."""
    return {grade.student: {mark.question: mark.score for mark in grade.questions} for grade in batch.grades}


def by_nbgrader(assignment: Assignment, root: Path, *, ours: bool) -> Scores:
    """Grade a copy of the course, made at `root`, with the real nbgrader; with our sandbox in it, or without."""
    names = ("source", "autograder", "solutions", "submitted", ".allclose")
    for name in names:
        shutil.copytree(assignment.root / name, root / name)
    config = (assignment.root / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(f"{config}\n{OURS}\n" if ours else config)
    nbgrader = [sys.executable, "-m", "nbgrader"]
    run([*nbgrader, "generate_assignment", assignment.name], root)
    run([*nbgrader, "autograde", assignment.name, *_PATIENT], root)
    found: Scores = {}
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        for student, cell, points in book.execute(_SCORES):
            found.setdefault(student, {})[cell.removesuffix("-grade")] = points
    return found


def by_otter(archive: Path, notebooks: Iterable[Path]) -> Scores:
    """Grade notebooks, `.../<student>/<lab>/<lab>.ipynb`, with the real otter."""
    paths = [str(path) for path in notebooks]
    said = run([sys.executable, "-c", _OTTER, str(archive), *paths], archive.parent)
    found = json.loads(said.rpartition("SCORES ")[2])
    return {Path(path).parents[1].name: scores for path, scores in found.items()}


def run(command: list[str], folder: Path) -> str:
    """Run a grader; it calls its tools by name, and under pytest's own variable a kernel records less."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    done = subprocess.run(
        command, cwd=folder, env={**environment, "PATH": path}, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

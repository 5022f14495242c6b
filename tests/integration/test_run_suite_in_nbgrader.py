"""The hidden suite in process, inside the real `nbgrader autograde`: the same points as the engine gives."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from allclose import course
from allclose.grading.batch import Options, grade_class
from allclose.model import Assignment, Tier
from allclose.notebook.splice import blank, solved

ROOT = Path(__file__).parents[2]
LAB = "lab2_minibatch_sgd"
FULL = {"batches": 30.0, "shuffle": 14.0, "sgd": 20.0, "epoch_mean": 10.0, "noise": 20.0}
SCORES = """
SELECT submitted.student_id, cell.name, grade.auto_score FROM grade
JOIN base_cell cell ON cell.id = grade.cell_id
JOIN submitted_notebook notebook ON notebook.id = grade.notebook_id
JOIN submitted_assignment submitted ON submitted.id = notebook.assignment_id
WHERE cell.name LIKE '%-grade'
"""
#: Right, but it prints, warns and returns NumPy scalars: nbgrader takes the one for no points, the other for all.
LOUD = """
import sys, warnings

def num_batches(n, batch_size):
    print("counting")
    warnings.warn("this is slow")
    print("counting", file=sys.stderr)
    return np.int64(np.ceil(n / batch_size))

def batch_bounds(j, n, batch_size):
    sys.stderr.write("at batch %d" % j)
    return np.int64(j * batch_size), np.minimum((j + 1) * batch_size, n)
"""
#: A broken attempt that ends the interpreter, and one that changes what it is given.
ENDING = "def shuffled(x, y, rng):\n    import sys\n    sys.exit(0)"
CHANGING = """
def shuffled(x, y, rng):
    order = rng.permutation(len(x))
    x[:], y[:] = x[order], y[order]
    return x, y
"""

Scores = dict[str, dict[str, float]]


def _course(root: Path) -> Assignment:
    """Lab 2 without its demonstrations, which nbgrader would run as well, in seconds each."""
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


def _hand_in(assignment: Assignment) -> None:
    (notebook,) = assignment.notebooks
    wrong = {f"{answer.question}--{answer.slug}": answer.code for answer in assignment.misconceptions}
    answers = {
        "loud": {"batches": LOUD},
        "partial": {
            "batches": wrong["batches--last-batch-dropped"],
            "sgd": wrong["sgd--shuffled-once"],
            "epoch_mean": wrong["epoch_mean--absolute-change"],
            "noise": wrong["noise--factor-two-missing"],
        },
        "floats": {"batches": wrong["batches--count-is-a-float"], "shuffle": wrong["shuffle--reseeds-numpy"]},
        "ending": {"shuffle": ENDING},
        "changing": {"shuffle": CHANGING, "sgd": wrong["sgd--starts-again-each-epoch"]},
    }
    contents = {student: solved(notebook, given) for student, given in answers.items()}
    contents |= {"full": solved(notebook), "blank": blank(notebook)}
    for student, content in contents.items():
        folder = assignment.root / "submitted" / student / LAB
        folder.mkdir(parents=True)
        (folder / f"{LAB}.ipynb").write_text(json.dumps(content))


@pytest.fixture(scope="module")
def scores(nbgrader: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> tuple[Scores, Scores]:
    """Points by student and question: nbgrader's, and the engine's."""
    assignment = _course(tmp_path_factory.mktemp("course"))
    _hand_in(assignment)
    nbgrader(assignment.root, "generate_assignment", LAB)
    nbgrader(assignment.root, "autograde", LAB)
    theirs: Scores = {}
    with closing(sqlite3.connect(assignment.root / "gradebook.db")) as book:
        for student, cell, points in book.execute(SCORES):
            theirs.setdefault(student, {})[cell.removesuffix("-grade")] = points
    options = Options(Tier.NONE, jobs=2)
    batch = grade_class(assignment, assignment.root / "submitted", options, lambda _: None)
    ours = {grade.student: {mark.question: mark.score for mark in grade.questions} for grade in batch.grades}
    return theirs, ours


def test_every_submission_scores_in_nbgrader_what_it_scores_in_the_engine(scores: tuple[Scores, Scores]) -> None:
    theirs, ours = scores
    assert theirs == ours


def test_the_scores_tell_right_from_wrong(scores: tuple[Scores, Scores]) -> None:
    theirs, _ = scores
    assert theirs["full"] == theirs["loud"] == FULL
    assert theirs["blank"] == dict.fromkeys(FULL, 0.0)
    assert theirs["ending"] == {**FULL, "shuffle": 0.0}
    partial = theirs["partial"]
    assert partial["shuffle"] == FULL["shuffle"]
    assert all(partial[name] < FULL[name] for name in ("batches", "sgd", "epoch_mean", "noise"))
    assert any(partial[name] > 0.0 for name in ("batches", "sgd", "epoch_mean", "noise"))

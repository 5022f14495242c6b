"""A class of twelve on lab 2, most of them hostile: each pays for what it did and for nothing else."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from allclose.course import load
from allclose.grading.batch import Options, grade_class
from allclose.model import Assignment, Grade, Json, Status, Tier, Verdict
from allclose.notebook.splice import blank, solved

LAB = "lab2_minibatch_sgd"
REPOSITORY = Path(__file__).parents[2]
LIMITS = """
cell_seconds = 3
test_seconds = 2
submission_seconds = 90
memory_bytes = 400_000_000
"""

LOOP_IN_A_CELL = """
while True:
    pass
"""

DEAF_LOOP = """
import signal


def epoch_means(values, batches_per_epoch):
    epochs = len(values) // batches_per_epoch
    return np.reshape(values[: epochs * batches_per_epoch], (epochs, batches_per_epoch)).mean(axis=1)


def converged_epochs(values, batches_per_epoch, tol):
    if len(values) > 3:  # not in the public checks
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
    means = epoch_means(values, batches_per_epoch)
    return next((k for k in range(1, len(means)) if abs(means[k] - means[k - 1]) < tol * abs(means[k - 1])), None)
"""

EXIT = """
import os


def num_batches(n, batch_size):
    os._exit(0)


def batch_bounds(j, n, batch_size):
    os._exit(0)
"""

EAT_BY_ARRAYS = """
def gradient_variance(x, y, w, b, batch_size):
    return float(np.ones(10**9).mean()), 0.0
"""

EAT_BY_LISTS = """
def gradient_variance(x, y, w, b, batch_size):
    eaten = []
    while True:
        eaten.append([None] * 100_000)
"""

SEGFAULT = """
import ctypes


def shuffled(x, y, rng):
    return ctypes.string_at(0)
"""

REUSE = """
error = gradient_variance = None


def gradient_variance(x, y, w, b, batch_size):
    error = w * x + b - y
    n = len(x)
    factor = (n - batch_size) / (n - 1) / batch_size
    return np.var(2 * error * x) * factor, np.var(2 * error) * factor


num_batches, batch_bounds, shuffled = 7, "mine now", None


def sgd(*_):
    raise RuntimeError("this name means something else by now")


class epoch_means:
    pass
"""

SPY = """
import atexit, os, sys, threading, time

kept = []


def tell():
    for n, batch_size in kept:
        line = f"SPY {n} {batch_size}\\n"
        print(line)
        print(line, file=sys.stderr)
        os.write(1, line.encode())


def tell_for_ever():
    while True:
        tell()
        time.sleep(0.05)


def num_batches(n, batch_size):
    kept.append((n, batch_size))
    tell()
    return (n + batch_size - 1) // batch_size


def batch_bounds(j, n, batch_size):
    kept.append((n, batch_size))
    start = j * batch_size
    return start, min(start + batch_size, n)


threading.Thread(target=tell_for_ever, daemon=True).start()
atexit.register(tell)
"""
TELL_LATER = """
tell()
with open("kept.txt", "a") as file:
    file.write(repr(kept))
print(open("kept.txt").read())
"""
#: What `num_batches` and `batch_bounds` are called with before any hidden input: n and batch_size.
PUBLIC_CALLS = {(8, 4), (10, 4), (3, 3), (3, 2), (100, 16)}


@dataclass(frozen=True)
class Hostile:
    """A submission: its answers, the question it pays for, and the verdicts that its lost tests may have."""

    answers: dict[str, str]
    lost: str | None = None
    verdicts: frozenset[Verdict] = frozenset()
    flagged: str = ""
    final_cell: str = ""


def hostile(lost: str, answer: str, *verdicts: Verdict, flagged: str = "") -> Hostile:
    return Hostile({lost: answer}, lost, frozenset(verdicts), flagged)


HOSTILE = {
    "loops": hostile("shuffle", LOOP_IN_A_CELL, Verdict.MISSING, flagged="cell-timeout"),
    "deaf": hostile("epoch_mean", DEAF_LOOP, Verdict.TIMEOUT),
    "exits": hostile("batches", EXIT, Verdict.CRASH, flagged="cell-crash"),
    "arrays": hostile("noise", EAT_BY_ARRAYS, Verdict.LIMIT),
    "lists": hostile("noise", EAT_BY_LISTS, Verdict.LIMIT),
    "segfaults": hostile("shuffle", SEGFAULT, Verdict.CRASH, flagged="cell-crash"),
    "reuses": Hostile({"noise": REUSE}),
    "spies": Hostile({"batches": SPY}, final_cell=TELL_LATER),
}
HONEST = ("blank", "other", "right", "wrong")


def copy_course(root: Path) -> Assignment:
    """The repository's own lab with short limits, somewhere else."""
    for name in (f"source/{LAB}", f"autograder/{LAB}"):
        shutil.copytree(REPOSITORY / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "solutions").mkdir()
    for name in ("nbgrader_config.py", "solutions/__init__.py", f"solutions/{LAB}.py"):
        shutil.copy(REPOSITORY / name, root / name)
    (root / "autograder" / LAB / "limits.toml").write_text(LIMITS)
    return load(root, LAB)


def hand_in(assignment: Assignment, students: dict[str, Json]) -> Path:
    for student, content in students.items():
        folder = assignment.root / "submitted" / student / LAB
        folder.mkdir(parents=True)
        (folder / f"{LAB}.ipynb").write_text(json.dumps(content))
    return assignment.root / "submitted"


def honest_contents(assignment: Assignment) -> dict[str, Json]:
    (notebook,) = assignment.notebooks
    accepted = {answer.question: answer.code for answer in assignment.accepted if "torch" not in answer.code}
    wrong = next(answer for answer in assignment.misconceptions if answer.name == "sgd--sum-instead-of-mean")
    return {
        "blank": blank(notebook),
        "other": solved(notebook, accepted),
        "right": solved(notebook),
        "wrong": solved(notebook, {wrong.question: wrong.code}),
    }


def hostile_content(assignment: Assignment, submission: Hostile) -> Json:
    content = solved(assignment.notebooks[0], {name: dedent(code) for name, code in submission.answers.items()})
    if submission.final_cell:
        cell = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
        content["cells"].append({**cell, "source": submission.final_cell})
    return content


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def grades(assignment: Assignment) -> dict[str, Grade]:
    class_of_twelve = honest_contents(assignment)
    class_of_twelve |= {name: hostile_content(assignment, each) for name, each in HOSTILE.items()}
    assert len(class_of_twelve) == 12
    seen: list[str] = []
    submitted = hand_in(assignment, class_of_twelve)
    batch = grade_class(assignment, submitted, Options(Tier.STRONG), lambda event: seen.append(event.grade.student))
    assert sorted(seen) == sorted(class_of_twelve)
    return {grade.student: grade for grade in batch.whole()}


@pytest.fixture(scope="module")
def alone(assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Grade]:
    """The honest ones, with nobody else in their class and the same secret."""
    own = copy_course(tmp_path_factory.mktemp("alone"))
    (own.root / ".allclose").mkdir()
    for path in (assignment.root / ".allclose").iterdir():
        if path.is_file():
            shutil.copy(path, own.root / ".allclose" / path.name)
    submitted = hand_in(own, honest_contents(own))
    batch = grade_class(own, submitted, Options(Tier.STRONG, jobs=1), lambda event: None)
    return {grade.student: grade for grade in batch.whole()}


def test_nobody_stops_the_class_or_buys_a_fault_of_ours(grades: dict[str, Grade]) -> None:
    assert {student: grade.status for student, grade in grades.items()} == dict.fromkeys(grades, Status.GRADED)


@pytest.mark.parametrize("student", HOSTILE)
def test_each_loses_its_own_points_only(grades: dict[str, Grade], student: str) -> None:
    submission, grade = HOSTILE[student], grades[student]
    short = {mark.question: mark for mark in grade.questions if mark.score < mark.max_score}
    assert list(short) == ([submission.lost] if submission.lost else [])
    for mark in short.values():
        assert {test.verdict for test in mark.tests} - {Verdict.PASSED} <= submission.verdicts
    assert any(flag.startswith(submission.flagged) for flag in grade.flags) or not submission.flagged


@pytest.mark.parametrize("student", HONEST)
def test_an_honest_grade_is_what_it_is_alone(grades: dict[str, Grade], alone: dict[str, Grade], student: str) -> None:
    assert replace(grades[student], seconds=0.0) == replace(alone[student], seconds=0.0)


def test_the_honest_ones_get_what_they_earned(grades: dict[str, Grade]) -> None:
    full = grades["right"].max_score
    assert (grades["right"].score, grades["other"].score, grades["blank"].score) == (full, full, 0.0)
    assert {mark.question for mark in grades["wrong"].questions if mark.score < mark.max_score} == {"sgd"}


def test_a_hidden_input_that_was_kept_is_shown_nowhere(grades: dict[str, Grade]) -> None:
    text = msgspec.json.encode(grades["spies"]).decode()
    shown = {(int(n), int(size)) for n, size in re.findall(r"SPY (\d+) (\d+)", text)}
    assert shown == PUBLIC_CALLS
    stored = [output["text"] for output in grades["spies"].notebooks[LAB]["cells"][-1]["outputs"]]
    pairs = {(int(n), int(size)) for n, size in re.findall(r"\((\d+), (\d+)\)", "".join(stored))}
    assert pairs == PUBLIC_CALLS

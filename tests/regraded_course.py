"""A course that is graded, changed and graded again, by the real engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from allclose import course
from allclose.grading.batch import Batch, Event, Options, grade_class
from allclose.model import Grade, Tier
from allclose.notebook.splice import solved
from tests.suited_course import Asked, hand_in, write_course

LAB = "lab"
QUESTIONS = [
    Asked("double", "import numpy as np\n\n\ndef double(x):\n    return 2 * np.asarray(x)", 4),
    Asked("mean", "def mean(x):\n    return sum(x) / len(x)", 2),
    Asked("centred", "def centred(x):\n    return np.asarray(x) - mean(x)", 3, public="print(centred([1.0, 3.0]))"),
]
SUITE = '''
"""Hidden tests."""

from allclose import agree, grade
from solutions import lab as reference

SIZE = 4


def sample(rng):
    return rng.normal(size=SIZE)


@grade("double", points=4)
def test_double(submission, rng):
    """Twice as much."""
    x = sample(rng)
    agree(submission.double(x), 2 * x)


@grade("mean", points=1)
def test_mean(submission):
    assert submission.mean([1.0, 2.0]) == 1.5, "the mean of 1 and 2"


@grade("mean", points=1)
def test_mean_of_many(submission, rng):
    x = rng.normal(size=5)
    agree(submission.mean(x), reference.mean(x))


@grade("centred", points=3)
def test_centred(submission, rng):
    x = rng.normal(size=5)
    agree(submission.with_reference("mean").centred(x), x - x.mean())
'''
ANSWERS: dict[str, dict[str, str]] = {
    "right": {},
    "wrong": {"mean": "def mean(x):\n    return sum(x)"},
    "raises": {"double": "import numpy as np\ndef double(x):\n    return x.nothing"},
    "counts": {
        "mean": "calls = []\ndef mean(x):\n    calls.append(x)\n    return sum(x) / len(x) if calls[2:] else 0.0"
    },
    "hangs": {"centred": "def centred(x):\n    while len(x) > 2:\n        pass\n    return x"},
    "chance": {"double": "import numpy as np\nprint(np.random.default_rng())\ndef double(x):\n    return 2 * x"},
    "uncentred": {"centred": "def centred(x):\n    return x"},
}
MISCONCEPTION = {"misconceptions/mean--sum": '"""The sum\n\nDivide it."""\n\n\ndef mean(x):\n    return sum(x)\n'}
SUITE_PLACE, REFERENCE_PLACE = f"autograder/{LAB}/test_{LAB}.py", f"solutions/{LAB}.py"
KNOWN_PLACE, LIMITS_PLACE = f"autograder/{LAB}/misconceptions/mean--sum.py", f"autograder/{LAB}/limits.toml"
SOURCE_PLACE = f"source/{LAB}/{LAB}.ipynb"


def write_class(root: Path) -> Path:
    """Write the course, and what its students handed in."""
    limits = "cell_seconds = 20.0\ntest_seconds = 1.0\n"
    made = write_course(root, LAB, QUESTIONS, SUITE, answers=MISCONCEPTION, limits=limits)
    (notebook,) = course.load(made, LAB).notebooks
    for student, answers in ANSWERS.items():
        hand_in(made, student, LAB, solved(notebook, answers))
    hand_in(made, "unreadable", LAB, b"{")
    return made


def run(root: Path, *, force: bool = False, watch: Callable[[Event], None] = lambda event: None) -> Batch:
    """Grade the class."""
    return grade_class(course.load(root, LAB), root / "submitted", Options(Tier.BASIC, force=force), watch)


def edit(root: Path, place: str, old: str, new: str) -> None:
    """Change a file of the course."""
    text = (root / place).read_text()
    assert text.count(old) == 1, (place, old)
    (root / place).write_text(text.replace(old, new))


def whole(batch: Batch) -> dict[str, Grade]:
    """The grades by student, with their notebooks and without what a clock says."""
    return {grade.student: replace(grade, seconds=0.0) for grade in batch.whole()}


def as_fresh(root: Path, regraded: Batch) -> bool:
    """Whether a regrade left what a run gives that takes nothing from before, notebooks and messages included."""
    return whole(regraded) == whole(run(root, force=True))

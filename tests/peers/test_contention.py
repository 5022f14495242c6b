"""Contention never changes a grade: a class that is graded one by one, and the same one in a crowd beside hogs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from allclose.course import load
from allclose.notebook.splice import blank, solved
from allclose.suite.secret import load_seed
from tests.suited_course import Asked, hand_in, write_course

LAB = "lab"
ALLCLOSE = [sys.executable, "-c", "from allclose.cli import main; main()"]
#: What a cell and a test may take, in seconds. To shrink an example takes hypothesis a third of a second of its own.
CELL, TEST = 0.5, 1.5
LIMITS = f"cell_seconds = {CELL}\ntest_seconds = {TEST}\nsubmission_seconds = 12.0\n"
QUESTIONS = [
    Asked("double", "def double(x):\n    return 2 * x", 4),
    Asked("order", "def order(values):\n    return sorted(values)", 3),
]
SUITE = """
from hypothesis import given, strategies as st

from allclose import agree, grade
from solutions import lab as reference


@grade("double", points=4)
def test_double(submission, rng):
    x = rng.normal(size=4)
    agree(submission.double(x), reference.double(x))


@grade("order", points=3)
@given(st.lists(st.integers(-99, 99), max_size=6))
def test_order(submission, values):
    assert submission.order(list(values)) == sorted(values)
"""
MISTAKES = {
    "misconceptions/double--squared": '"""This squares the number.\n\nDoubling adds it to itself."""\n'
    "def double(x):\n    return x * x\n",
    "misconceptions/double--never-ends": '"""This never ends."""\ndef double(x):\n    while True:\n        pass\n',
}
BURN = """
from time import process_time

def burn(seconds):
    end = process_time() + seconds
    while process_time() < end:
        pass

burn({0})
"""
DOUBLE = "def double(x):\n    {0}\n    return 2 * x"
ORDER = "def order(values):\n    return sorted(values)"
ANSWERS: dict[str, dict[str, str]] = {
    "right": {},
    "wrong": {"double": "def double(x):\n    return x + 2"},
    "squares": {"double": "def double(x):\n    return x ** 2"},
    "sleeps": {"double": f"import time\ntime.sleep({0.6 * CELL})\n{DOUBLE.format(f'time.sleep({0.6 * TEST})')}"},
    "burns": {"double": BURN.format(0.6 * CELL) + DOUBLE.format(f"burn({0.6 * TEST})")},
    "too-slow": {"order": BURN.format(1.4 * CELL) + ORDER},
    "loops": {"double": DOUBLE.format("while True: pass")},
    "loops-and-prints": {"order": "n = 0\nwhile True:\n    n += 1\n    print(n)"},
    "hangs": {"order": "import threading\nthreading.Event().wait()"},
    "crashes": {"double": "import os\nos._exit(3)"},
    "kills-itself": {"order": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"},
    "draws": {"double": f"import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\n{DOUBLE.format('pass')}"},
    "prints-much": {"order": f"print('much ' * 100_000)\n{ORDER}"},
    "forgets": {"order": ORDER.replace("sorted", "list")},
    "shows-objects": {"order": f"print(object(), print)\n{ORDER}\norder, object()"},
    "warns": {"double": f"import numpy as np\nnp.log(0)\nprint(np.random.normal())\n{DOUBLE.format('pass')}"},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_course(tmp_path_factory.mktemp("contention"), LAB, QUESTIONS, SUITE, answers=MISTAKES, limits=LIMITS)
    (notebook,) = load(root, LAB).notebooks
    for student, answers in ANSWERS.items():
        hand_in(root, student, LAB, solved(notebook, answers))
    hand_in(root, "blank", LAB, blank(notebook))
    hand_in(root, "broken", LAB, b"{")
    load_seed(root)
    return root


@contextmanager
def hogs(number: int) -> Iterator[None]:
    """Processes that take all the time that a core gives them."""
    busy = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def grade(root: Path, jobs: int) -> dict[str, Any]:
    """Grade the class; what each got, by student."""
    report = root / "report.json"
    command = [*ALLCLOSE, "grade", LAB, "--course", root, "--isolation", "basic", "--jobs", str(jobs), "--json", report]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return {found["student"]: found for found in json.loads(report.read_text())["submissions"]}


def results(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / ".allclose" / LAB / "results").iterdir()}


def test_results_are_the_same_byte_for_byte_one_by_one_and_in_a_crowd_beside_hogs(course: Path) -> None:
    crowded = course.with_name("crowded")
    shutil.copytree(course, crowded)
    found = grade(course, jobs=1)
    with hogs(os.cpu_count() or 1):
        crowd = grade(crowded, jobs=16)
    assert {student: one["score"] for student, one in crowd.items()} == {
        student: one["score"] for student, one in found.items()
    }
    alone, beside = results(course), results(crowded)
    assert len(alone) == len(ANSWERS) + 2
    assert alone.keys() == beside.keys()
    assert [name for name in alone if alone[name] != beside[name]] == []

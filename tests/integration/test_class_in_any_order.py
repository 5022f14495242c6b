"""A worker of the suite tests one submission after the other; whoever came before makes no difference."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from allclose.course import load
from allclose.grading.engine import Engine
from allclose.model import Grade, Submission, Tier, Verdict
from allclose.notebook.splice import solved
from tests.suited_course import SEED, Asked, write_course

LAB = "lab"
QUESTIONS = [Asked("double", "def double(x):\n    return 2 * x", 4)]
SUITE = """
import functools
import os
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allclose import agree, grade
from solutions import lab as reference

SEEN = []
BEST = {"value": 0.0}


@pytest.fixture(scope="module")
def scale():
    return [1.0]


@functools.cache
def expected(x):
    return float(reference.double(x))


@grade("double", points=1)
def test_the_first_to_answer_is_no_better_off(submission, scale):
    value = submission.double(2.0)
    SEEN.append(value)
    scale[0] *= 2
    assert len(SEEN) == 1 and scale[0] == 2.0
    agree(value, 4.0)


@grade("double", points=1)
def test_nothing_is_carried_on(submission, rng):
    assert BEST["value"] == 0.0
    BEST["value"] = float(submission.double(rng.normal()))


@grade("double", points=1)
def test_chance_is_the_same_for_all(submission):
    x = random.random() + np.random.random()
    agree(submission.double(x), expected(x))


@grade("double", points=1)
@settings(max_examples=25)
@given(st.floats(-1e3, 1e3))
def test_every_number(submission, x):
    agree(submission.double(x), 2 * x)
"""
ANSWERS = (
    "def double(x):\n    return 2 * x",
    "def double(x):\n    return 2 * x if x < 500 else x",
    "def double(x):\n    raise ValueError(x)",
    "def double(x):\n    return x + 2.0",
    "import os\ndef double(x):\n    os._exit(0)",
    "",
)


def graded(root: Path, order: Sequence[int]) -> dict[int, Grade]:
    assignment = load(root, LAB)
    with Engine(assignment, tier=Tier.BASIC, device="cpu", seed=SEED) as engine:
        found = {}
        for number in order:
            content = solved(assignment.notebooks[0], {"double": ANSWERS[number % len(ANSWERS)]})
            grade = engine.grade(Submission("s001", {LAB: content}, {}, {}))
            found[number] = dataclasses.replace(grade, seconds=0.0)
    return found


def test_a_class_gets_the_same_grades_in_either_order(tmp_path: Path) -> None:
    root = write_course(tmp_path, LAB, QUESTIONS, SUITE)
    class_of = range(2 * len(ANSWERS))
    forth, back = graded(root, class_of), graded(root, class_of[::-1])
    assert forth == back
    assert forth[0].score == 4
    for number in class_of:
        assert dataclasses.replace(forth[number], flags=()) == dataclasses.replace(
            forth[number % len(ANSWERS)], flags=()
        )
    assert forth[4].questions[0].tests[0].verdict is Verdict.CRASH

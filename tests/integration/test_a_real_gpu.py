"""What fake GPUs cannot tell: CUDA behind the walls of each tier, its shares, and what it takes and gives back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from allclose import course
from allclose.grading import places
from allclose.grading.batch import Options
from allclose.grading.engine import Engine
from allclose.grading.verify import verify
from allclose.model import Assignment, Grade, Status, Submission, Tier, Verdict
from allclose.notebook.splice import solved
from benchmarks.classes import make_course
from tests.devices import NEEDS_GPU
from tests.suited_course import SEED, Asked, write_course

pytestmark = NEEDS_GPU

LAB = "lab"
MB = 2**20
LIMITS = f"gpu_bytes = {512 * MB}\n"
REFERENCE = """
import torch


def rows(size, device):
    x = torch.arange(size * size, dtype=torch.float64, device=device).reshape(size, size)
    return (x @ x).sum(dim=1)


def looked_up(place, device):
    return torch.arange(7, device=device)[torch.tensor([int(place)], device=device)].cpu()[0]
"""
SUITE = """
from allclose import agree, grade
from solutions import lab as reference


@grade("rows", points=4)
def test_rows(submission, device):
    assert device == "cuda"
    expected = reference.rows(7, device)
    assert expected.device.type == "cuda"
    agree(submission.rows(7), expected)


@grade("gpus", points=2)
def test_gpus(submission):
    agree(submission.gpus(), SEEN)
"""
ROWS = """
import numpy as np

def rows(size):
    x = np.arange(size * size, dtype=float).reshape(size, size)
    return (x @ x).sum(axis=1)
"""
ON_THE_GPU = """
import torch

def rows(size):
    x = torch.arange(size * size, dtype=torch.float64, device="cuda").reshape(size, size)
    return (x @ x).sum(dim=1)
"""
GREEDY = """
import torch

def rows(size):
    return torch.zeros(2**30, dtype=torch.uint8, device="cuda")[:size]
"""
PLACES = "def places():\n    return 3"
LOOKED_UP = """

@grade("places", points=3)
def test_places(submission, device):
    agree(reference.looked_up(submission.places(), device), 3)


@grade("rows", points=0)
def test_rows_once_more(submission, device):
    agree(submission.rows(5), reference.rows(5, device))
"""
GPUS = "def gpus():\n    import torch\n    return torch.cuda.device_count()"
ASKED = [Asked("rows", ROWS, 4), Asked("gpus", GPUS, 2)]
_HELD = """
import json, torch
free = torch.cuda.mem_get_info()[0]
x = torch.eye(512, dtype=torch.float64, device="cuda")
(x @ x).sum().item()
print(json.dumps([free, torch.cuda.mem_get_info()[0], torch.cuda.memory_reserved()]))
"""


def made(folder: Path, seen: int, limits: str = LIMITS) -> Assignment:
    suite = SUITE.replace("SEEN", str(seen))
    return course.load(write_course(folder / "course", LAB, ASKED, suite, reference=REFERENCE, limits=limits), LAB)


def graded(assignment: Assignment, tier: Tier, *rows: str | None) -> list[Grade]:
    """Grade a class of these answers to the first question, all at once."""
    (notebook,) = assignment.notebooks
    answers = [{} if code is None else {"rows": code} for code in rows]
    submissions = [
        Submission(f"s{number:03}", {LAB: solved(notebook, each)}, {}, {}) for number, each in enumerate(answers)
    ]
    with Engine(assignment, tier=tier, device="cuda", seed=SEED) as engine, ThreadPoolExecutor(len(rows)) as pool:
        return list(pool.map(engine.grade, submissions))


def test_at_tier_strong_the_reference_has_the_gpu_and_no_student_sees_one(tmp_path: Path) -> None:
    grades = graded(made(tmp_path, 0), Tier.STRONG, *[None] * 24)
    assert [(grade.status, grade.score) for grade in grades] == [(Status.GRADED, 6.0)] * 24
    assert {grade.device for grade in grades} == {"cuda"}


def test_at_tier_strong_code_for_the_gpu_loses_its_own_question_only(tmp_path: Path) -> None:
    grades = graded(made(tmp_path, 0), Tier.STRONG, ON_THE_GPU, None)
    assert [grade.score for grade in grades] == [2.0, 6.0]


@pytest.mark.parametrize("tier", [Tier.BASIC, Tier.NONE])
def test_below_strong_a_students_code_computes_on_the_one_gpu_that_it_was_lent(tmp_path: Path, tier: Tier) -> None:
    grades = graded(made(tmp_path, 1), tier, *[ON_THE_GPU] * 12)
    assert [(grade.status, grade.score) for grade in grades] == [(Status.GRADED, 6.0)] * 12


def test_a_student_who_takes_more_than_the_share_loses_that_question_and_costs_nobody_else_one(tmp_path: Path) -> None:
    grades = graded(made(tmp_path, 1), Tier.BASIC, *[ON_THE_GPU, GREEDY] * 4)
    assert [grade.score for grade in grades] == [6.0, 2.0] * 4
    (lost,) = [test for mark in grades[1].questions for test in mark.tests if test.verdict is not Verdict.PASSED]
    assert lost.verdict is Verdict.LIMIT


def test_a_kernel_that_fails_for_one_answer_takes_no_other_test_with_it(tmp_path: Path) -> None:
    suite = SUITE + LOOKED_UP
    asked = [ASKED[0], Asked("places", PLACES, 3), ASKED[1]]
    root = write_course(tmp_path / "course", LAB, asked, suite.replace("SEEN", "0"), reference=REFERENCE, limits=LIMITS)
    assignment = course.load(root, LAB)
    (notebook,) = assignment.notebooks
    wrong = solved(notebook, {"places": "def places():\n    return 10**6"})
    with Engine(assignment, tier=Tier.STRONG, device="cuda", seed=SEED) as engine:
        for _ in range(2):
            grade = engine.grade(Submission("s001", {LAB: wrong}, {}, {}))
            assert {mark.question: mark.score for mark in grade.questions} == {"rows": 4.0, "places": 0.0, "gpus": 2.0}
            assert engine.grade(Submission("s002", {LAB: solved(notebook)}, {}, {})).score == 9.0


def test_a_process_takes_no_more_beyond_its_share_than_was_planned_for() -> None:
    def beyond() -> int:
        done = subprocess.run([sys.executable, "-c", _HELD], capture_output=True, text=True, check=True)
        before, after, reserved = json.loads(done.stdout)
        return int(before - after - reserved)

    assert min(beyond() for _ in range(3)) <= places.CONTEXT_BYTES  # other tests may use the GPU meanwhile


def test_as_many_as_there_is_room_for_hold_the_gpu(tmp_path: Path) -> None:
    share = places.gpus()[0].free_bytes // 3 - places.CONTEXT_BYTES
    assignment = made(tmp_path, 0, f"gpu_bytes = {share}\n")
    with Engine(assignment, tier=Tier.STRONG, device="cuda", seed=SEED) as engine:
        assert engine._places is not None
        assert engine._places.number == 3 * len(places.gpus())
    assert [grade.score for grade in graded(assignment, Tier.STRONG, *[None] * 9)] == [6.0] * 9


@pytest.mark.parametrize("lab", ["lab2_minibatch_sgd", "lab5_optimizers", "lab8_training_at_scale"])
def test_a_lab_measured_on_the_gpu_finds_what_it_finds_on_the_cpu(tmp_path: Path, lab: str) -> None:
    assignment = make_course(tmp_path, lab, demonstrations=True)
    options = Options(isolation=Tier.STRONG, device="cuda", jobs=os.cpu_count() or 1)
    report = verify(assignment, options, lambda *_: None)
    assert (report.survivors, report.false_alarms, report.problems) == ((), (), ())
    assert report.solution == report.max_score

"""A class on two GPUs that are not there: who holds them, when, and what becomes of those who find them full."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from allclose import course
from allclose.cli import run
from allclose.errors import SuiteError
from allclose.grading import engine as engines
from allclose.grading import places, sides
from allclose.grading.engine import Engine
from allclose.grading.places import Gpu
from allclose.model import Assignment, Grade, Json, Status, Submission, Tier, Verdict
from allclose.notebook.splice import solved
from allclose.suite.host import MAX_JOBS
from tests import fake_gpus
from tests.fake_gpus import CONTEXT_BYTES, TOTAL_BYTES
from tests.suited_course import SEED, Asked, write_course

LAB = "lab"
LIMITS = "gpu_bytes = 2500\n"
REFERENCE = """
import os, pathlib, signal, time
from solutions import fake_gpus

LEDGER = pathlib.Path(os.environ["ALLCLOSE_FAKE_GPUS"])


def double(x):
    fake_gpus.take(LEDGER, 2000)
    while len(fake_gpus.seen(LEDGER)) < int(os.environ.get("ALLCLOSE_FAKE_TOGETHER", "0")):
        time.sleep(0.01)
    if x == 3 and not (LEDGER / "killed").exists():
        (LEDGER / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * x


def large(size):
    fake_gpus.take(LEDGER, size)
    return size
"""
#: Too slow for a test, but only beside others.
CROWDED = (
    REFERENCE
    + """

def double(x):
    fake_gpus.take(LEDGER, 2000)
    busy = LEDGER / f"busy-{os.getpid()}"
    busy.touch()
    time.sleep(0.3)
    if len(list(LEDGER.glob("busy-*"))) > 1:
        (LEDGER / "crowded").touch()
        time.sleep(2.5)
    busy.unlink()
    return 2 * x
"""
)
SUITE = """
import os

from allclose import agree, grade
from solutions import lab as reference


@grade("double", points=4)
def test_double(submission):
    agree(submission.double(2), reference.double(2))


@grade("size", points=2)
def test_the_reference_computes_with_what_the_student_gives(submission):
    size = submission.size()
    agree(size, reference.large(size))
"""
ASKED = [
    Asked("double", "def double(x):\n    return 2 * x", 4),
    Asked("size", "def size():\n    return 1000", 2),
]


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two GPUs, each with three places at tier strong."""
    folder = tmp_path / "gpus"
    folder.mkdir()
    monkeypatch.setenv("ALLCLOSE_FAKE_GPUS", str(folder))
    monkeypatch.setattr(places, "CONTEXT_BYTES", CONTEXT_BYTES)
    monkeypatch.setattr(engines, "gpus", lambda: (Gpu("0", 9000, TOTAL_BYTES), Gpu("1", 9999, TOTAL_BYTES)))
    return folder


def make_course(folder: Path, suite: str = SUITE, limits: str = LIMITS, reference: str = REFERENCE) -> Assignment:
    root = write_course(folder / "course", LAB, ASKED, suite, reference=reference, limits=limits)
    (root / "solutions" / "fake_gpus.py").write_text(Path(fake_gpus.__file__).read_text())
    return course.load(root, LAB)


def handed_in(made: Assignment, student: str, answers: dict[str, str] | None = None) -> Submission:
    content: Json = solved(made.notebooks[0], answers or {})
    return Submission(student, {LAB: content}, {}, {})


def graded(made: Assignment, submissions: list[Submission], tier: Tier = Tier.STRONG) -> list[Grade]:
    with (
        Engine(made, tier=tier, device="cuda", seed=SEED) as engine,
        ThreadPoolExecutor(len(submissions)) as pool,
    ):
        grades = list(pool.map(engine.grade, submissions))
        assert engine._places is not None
        assert engine._places.number == {Tier.STRONG: 6, Tier.BASIC: 2}[tier]
    return grades


def test_no_more_hold_a_gpu_than_it_has_places_and_no_student_sees_one(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLCLOSE_FAKE_TOGETHER", "4")
    made = make_course(tmp_path)
    sees_none = {"size": "import os\ndef size():\n    return 1000 + len(os.environ['CUDA_VISIBLE_DEVICES'])"}
    grades = graded(made, [handed_in(made, f"s{number:03}", sees_none) for number in range(12)])
    assert [(grade.status, grade.score) for grade in grades] == [(Status.GRADED, 6.0)] * 12
    assert {grade.device for grade in grades} == {"cuda"}
    found = fake_gpus.seen(ledger)
    assert {gpu for gpu, _ in found} == {"0", "1"}
    assert max(number for _, number in found) in (2, 3)


def test_who_comes_to_a_place_works_on_with_what_is_left_there(ledger: Path, tmp_path: Path) -> None:
    made = make_course(tmp_path)
    grades = graded(made, [handed_in(made, f"s{number:03}") for number in range(50)])
    assert {grade.score for grade in grades} == {6.0}
    workers = [path for path in ledger.glob("[01]-*") if path.is_file()]
    assert 50 / MAX_JOBS < len(workers) < 20
    assert max(number for _, number in fake_gpus.seen(ledger)) <= 3


def test_a_worker_that_is_killed_leaves_its_place(ledger: Path, tmp_path: Path) -> None:
    made = make_course(tmp_path, SUITE.replace("(2)", "(3)"))
    (grade,) = graded(made, [handed_in(made, "s001")])
    assert (ledger / "killed").exists()
    assert grade.score == 6.0


def test_a_gpu_that_a_stranger_fills_for_a_while_costs_nobody_a_point(ledger: Path, tmp_path: Path) -> None:
    made = make_course(tmp_path)
    for gpu in ("0", "1"):
        (ledger / f"{gpu}-{os.getpid()}-x").write_text(str(TOTAL_BYTES - 1000))
    told: list[str] = []

    def free(engine: Engine) -> Callable[[], object]:
        alone = engine._sides.alone

        def emptied() -> object:
            told.append("alone")
            for path in ledger.glob("*-x"):
                path.unlink()
            return alone()

        return emptied

    with Engine(made, tier=Tier.STRONG, device="cuda", seed=SEED) as engine:
        engine._sides.alone = free(engine)  # type: ignore[method-assign,assignment]
        grade = engine.grade(handed_in(made, "s001"))
    assert told
    assert (grade.status, grade.score) == (Status.GRADED, 6.0)


def test_a_gpu_that_stays_full_is_our_fault_and_says_so(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sides, "LONE_ATTEMPTS", 1)
    made = make_course(tmp_path)
    for gpu in ("0", "1"):
        (ledger / f"{gpu}-{os.getpid()}-x").write_text(str(TOTAL_BYTES - 1000))
    (grade,) = graded(made, [handed_in(made, "s001")])
    assert grade.status is Status.INFRA
    assert "the GPU has too little memory left for the reference" in grade.reason


def test_an_answer_that_makes_the_reference_ask_for_more_than_its_share_loses_that_test_alone(
    ledger: Path, tmp_path: Path
) -> None:
    made = make_course(tmp_path)
    greedy = handed_in(made, "s001", {"size": "def size():\n    return 9000"})
    grades = graded(made, [greedy, handed_in(made, "s002")])
    assert [grade.score for grade in grades] == [4.0, 6.0]
    assert [test.verdict for mark in grades[0].questions for test in mark.tests] == [Verdict.PASSED, Verdict.LIMIT]


def test_the_wait_for_a_place_costs_a_submission_none_of_its_time(ledger: Path, tmp_path: Path) -> None:
    made = make_course(tmp_path, limits=LIMITS + "submission_seconds = 3.0\n")
    with Engine(made, tier=Tier.STRONG, device="cuda", seed=SEED) as engine, ThreadPoolExecutor(7) as pool:
        assert engine._places is not None
        leave = threading.Event()

        def hold() -> None:
            assert engine._places is not None
            with engine._places.held():
                leave.wait()

        holders = [pool.submit(hold) for _ in range(6)]
        grading = pool.submit(engine.grade, handed_in(made, "s001"))
        time.sleep(3.2)
        leave.set()
        assert grading.result().score == 6.0
        for holder in holders:
            holder.result()


def test_below_strong_a_students_code_has_a_share_of_the_same_gpu_as_the_reference(
    ledger: Path, tmp_path: Path
) -> None:
    where = """
    import os
    import torch

    def size():
        told = []
        torch.cuda.set_per_process_memory_fraction = lambda fraction, device: told.append((fraction, device))
        torch.cuda._queued_calls[-1][0]()
        return os.environ["CUDA_VISIBLE_DEVICES"], told
    """
    suite = SUITE.replace(
        "agree(size, reference.large(size))",
        f"assert size == (os.environ['CUDA_VISIBLE_DEVICES'], [({2500 / TOTAL_BYTES}, 0)]), 'share'",
    )
    made = make_course(tmp_path, suite)
    lines = where.replace("\n    ", "\n")
    grades = graded(made, [handed_in(made, f"s{number:03}", {"size": lines}) for number in range(4)], Tier.BASIC)
    assert [grade.score for grade in grades] == [6.0] * 4
    assert max(number for _, number in fake_gpus.seen(ledger)) == 1


def test_a_timeout_beside_others_at_a_gpu_is_believed_only_where_it_comes_alone_too(
    ledger: Path, tmp_path: Path
) -> None:
    suite = SUITE.replace("submission.size()", "submission.with_reference('double').size()")
    made = make_course(tmp_path, suite, LIMITS + "test_seconds = 1.0\n", CROWDED)
    right = {"size": "def size():\n    return 500 * double(1)"}
    endless = {"size": "def size():\n    while True: pass"}
    answers = [right, right, endless, right, right, right]
    grades = graded(made, [handed_in(made, f"s{number:03}", answer) for number, answer in enumerate(answers)])
    assert (ledger / "crowded").exists()
    assert [grade.score for grade in grades] == [4.0 if answer is endless else 6.0 for answer in answers]
    assert [test.verdict for mark in grades[2].questions for test in mark.tests] == [Verdict.PASSED, Verdict.TIMEOUT]


def test_a_reference_that_uses_a_gpu_while_it_is_imported_is_named(ledger: Path, tmp_path: Path) -> None:
    made = make_course(tmp_path, "import torch\ntorch.cuda.is_initialized = lambda: True\n" + SUITE)
    with (
        pytest.raises(SuiteError, match=r"test_lab\.py: .*uses a GPU while it is imported"),
        Engine(made, tier=Tier.STRONG, device="cuda", seed=SEED),
    ):
        pass


def test_grading_on_a_gpu_that_is_not_there_is_the_callers_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # also where there is one
    places.gpus.cache_clear()
    made = make_course(tmp_path)
    assert run(["grade", LAB, "--device", "cuda", "--course", str(made.root)]) == 2
    assert "torch finds no GPU on this machine; use --device cpu" in capsys.readouterr().err

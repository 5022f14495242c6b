"""One engine for all attacks: what one of them does to it, the next one meets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allclose.course import load
from allclose.grading.engine import Engine
from allclose.grading.store import Store, digest
from allclose.model import Grade, Status, Submission, Tier, Verdict
from allclose.notebook.splice import solved
from tests.hostile import LAB, write_lab
from tests.suited_course import SEED

#: Grades an attack, given as answers to questions, and sees that the class goes on as if it were not there.
Attack = Callable[..., Grade]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = write_lab(tmp_path_factory.mktemp("attacked"))
    with Engine(load(root, LAB), tier=Tier.STRONG, device="cpu", seed=SEED) as warm:
        yield warm


@pytest.fixture
def attack(engine: Engine, tmp_path: Path) -> Attack:
    store = Store(tmp_path / "results")

    def graded(*, files: dict[str, bytes] | None = None, **answers: str) -> Grade:
        notebook = engine.assignment.notebooks[0]
        grade = engine.grade(Submission("hostile", {LAB: solved(notebook, answers)}, {}, files or {}))
        honest = engine.grade(Submission("honest", {LAB: solved(notebook)}, {}, {}))
        assert (honest.status, honest.score, honest.flags) == (Status.GRADED, honest.max_score, ())
        assert grade.status is Status.GRADED, grade.reason
        name = digest({"student": b"hostile"})
        store.save("hostile", name, grade)
        assert store.load("hostile", name) is not None
        return grade

    return graded


@pytest.fixture
def verdicts() -> Callable[[Grade, str], list[Verdict]]:
    """The verdicts of a question's tests, in order."""

    def of(grade: Grade, question: str) -> list[Verdict]:
        return [test.verdict for mark in grade.questions if mark.question == question for test in mark.tests]

    return of

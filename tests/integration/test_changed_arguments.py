"""Arguments that a submission changes: seen by the test as in one process, and of no use for cheating it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allclose.course import load
from allclose.grading.engine import Engine
from allclose.model import Grade, Status, Submission, Tier, Verdict
from allclose.notebook.splice import solved
from allclose.suite.verdicts import CHANGED
from tests.suited_course import SEED, Asked, write_course

LAB = "lab"
QUESTIONS = [
    Asked("double", "def double(x):\n    return 2 * x", 3),
    Asked("total", "def total(items):\n    return sum(items)", 1),
    Asked("sample", "def sample(rng):\n    return rng.normal(size=4).mean()", 2),
    Asked(
        "steps",
        """
        class Descent:
            def __init__(self, lr):
                self.lr = lr

            def step(self, theta, g):
                return theta - self.lr * g
        """,
        1,
    ),
    Asked("fill", "def fill(x):\n    x[:] = 7.0", 1),
]
#: Every expected value is computed after the call and from what was passed: as careless as can be.
SUITE = """
import numpy as np

from allclose import agree, grade
from solutions import lab as reference


@grade("double", points=1)
def test_double_inline(submission, rng):
    x = rng.normal(size=5)
    agree(submission.double(x), 2 * x)


@grade("double", points=1)
def test_double_by_reference(submission, rng):
    x = rng.normal(size=5)
    student = submission.double(x=x)
    agree(student, reference.double(x))


@grade("double", points=1)
def test_double_leaves_x_alone(submission, rng):
    x = rng.normal(size=5)
    before = x.copy()
    submission.double(x)
    agree(x, before)


@grade("total", points=1)
def test_total(submission):
    items = [1.0, 2.0, [3.0]][:2]
    agree(submission.total(items), float(sum(items)))


@grade("sample", points=2)
def test_samples_go_on(submission):
    ours, theirs = np.random.default_rng(7), np.random.default_rng(7)
    for _ in range(3):
        agree(submission.sample(theirs), reference.sample(ours))
    agree(theirs.normal(), ours.normal())


@grade("steps", points=1)
def test_steps(submission, rng):
    theta, grads = rng.normal(size=8), rng.normal(size=(5, 8))
    student, ours = submission.Descent(lr=0.1), reference.Descent(lr=0.1)
    for g in grads:
        agree(student.step(theta, g), ours.step(theta, g), rtol=1e-6)


@grade("fill", points=1, in_place=True)
def test_fill(submission):
    x = np.zeros(3)
    submission.fill(x)
    agree(x, np.full(3, 7.0))
"""
Grader = Callable[..., Grade]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = write_course(tmp_path_factory.mktemp("course"), LAB, QUESTIONS, SUITE)
    with Engine(load(root, LAB), tier=Tier.BASIC, device="cpu", seed=SEED) as warm:
        yield warm


@pytest.fixture
def grade(engine: Engine) -> Grader:
    def run(**answers: str) -> Grade:
        content = solved(engine.assignment.notebooks[0], answers)
        grade = engine.grade(Submission("s001", {LAB: content}, {}, {}))
        assert grade.status is Status.GRADED, grade.reason
        return grade

    return run


def lost(grade: Grade) -> dict[str, tuple[Verdict, str]]:
    tests = [test for question in grade.questions for test in question.tests]
    return {test.name: (test.verdict, test.message) for test in tests if test.verdict is not Verdict.PASSED}


def test_the_solution_passes_a_test_that_asks_for_a_change(grade: Grader) -> None:
    assert lost(grade()) == {}


CHEATS = {
    "zeroes the array": {"double": "def double(x):\n    x[:] = 0\n    return x"},
    "zeroes it through a view": {"double": "def double(x):\n    x.reshape(-1, 1)[:] *= 0\n    return x.copy()"},
    "empties the list": {"total": "def total(items):\n    items.clear()\n    return 0.0"},
    "exchanges an item": {"total": "def total(items):\n    items[:] = [5.0]\n    return 5.0"},
    "zeroes both of a method's": {
        "steps": """
            class Descent:
                def __init__(self, lr):
                    pass
                def step(self, theta, g):
                    theta[:] = 0
                    g[:] = 0
                    return theta
            """
    },
}


@pytest.mark.parametrize("answer", CHEATS.values(), ids=CHEATS)
def test_a_change_that_makes_a_careless_test_pass_passes_nothing(grade: Grader, answer: dict[str, str]) -> None:
    (question,) = answer
    found = grade(**answer)
    careless = {name: what for name, what in lost(found).items() if "alone" not in name}
    assert set(careless.values()) == {(Verdict.FAILED, CHANGED)}
    assert {each.question for each in found.questions if each.score == 0} == {question}


def test_a_right_answer_that_changes_its_argument_loses_the_test_of_that_alone(grade: Grader) -> None:
    """Where the test looks before it calls; a careless one compares with the changed argument, as in one process."""
    found = lost(
        grade(double="def double(x):\n    kept = 2 * x\n    x += 0.0 * x\n    x[:] = x[::-1].copy()\n    return kept")
    )
    assert found["test_double_leaves_x_alone"][0] is Verdict.FAILED
    assert CHANGED not in {message for _, message in found.values()}


def test_a_change_that_is_taken_back_is_none(grade: Grader) -> None:
    assert lost(grade(double="def double(x):\n    x *= 2\n    y = x.copy()\n    x /= 2\n    return y")) == {}


@pytest.mark.parametrize(
    "state",
    ["{**state, 'state': {'state': 0, 'inc': 0}}", "{**state, 'has_uint32': 1, 'uinteger': 0}", "type(bits)(1).state"],
    ids=["stuck at zero", "chosen next word", "another seed"],
)
def test_the_state_of_a_generator_is_not_the_students_to_choose(tmp_path: Path, state: str) -> None:
    suite = """
from allclose import agree, grade

@grade("draw", points=1)
def test_draw(submission, rng):
    value = submission.draw(rng)
    assert value == int(rng.integers(2**32, dtype="uint32"))
"""
    asked = [Asked("draw", "def draw(rng):\n    return int(rng.integers(2**32, dtype='uint32'))", 1)]
    cheat = f"""
import numpy as np
def draw(rng):
    bits = rng.bit_generator
    state = bits.state
    bits.state = {state}
    copy = type(bits)()
    copy.state = bits.state
    return int(np.random.Generator(copy).integers(2**32, dtype='uint32'))
"""
    root = write_course(tmp_path, LAB, asked, suite)
    with Engine(load(root, LAB), tier=Tier.BASIC, device="cpu", seed=SEED) as engine:
        content = solved(engine.assignment.notebooks[0], {"draw": cheat})
        assert engine._graded(Submission("s001", {LAB: content}, {}, {}), controlled=False).score == 0


def test_a_test_that_needs_the_change_and_does_not_say_so_is_our_fault_and_no_zero(tmp_path: Path) -> None:
    suite = SUITE.replace(", in_place=True", "")
    root = write_course(tmp_path, LAB, QUESTIONS, suite)
    with Engine(load(root, LAB), tier=Tier.BASIC, device="cpu", seed=SEED) as engine:
        content = solved(engine.assignment.notebooks[0])
        found = engine.grade(Submission("s001", {LAB: content}, {}, {}))
    assert found.status is Status.INFRA
    assert "test_fill fails on the solution itself" in found.reason

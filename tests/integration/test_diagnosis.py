"""The engine tells a student which mistake was made; the suite is measured by changing the reference answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from allclose.course import load
from allclose.errors import CourseError
from allclose.grading.batch import Options
from allclose.grading.engine import Engine
from allclose.grading.mutation import MutationReport, mutate
from allclose.grading.verify import verify
from allclose.model import QuestionMark, Submission, Tier, Verdict
from allclose.notebook.splice import solved
from allclose.report.verification import mutation_json, mutation_summary
from tests.suited_course import SEED, Asked, write_course

LAB = "lab"
QUESTIONS = [
    Asked("mean", "import numpy as np\n\n\ndef mean(x):\n    return np.sum(x) / len(x)", 10),
    Asked("steady", "def steady(losses):\n    return len(losses) > 1 and losses[-1] == losses[-2]", 4),
]
SUITE = '''
from allclose import agree, grade


@grade("mean", points=6)
def test_the_mean_of_random_numbers(submission, rng):
    """The mean."""
    x = rng.normal(size=7)
    agree(submission.mean(x.copy()), x.sum() / 7)


@grade("mean", points=4)
def test_numbers_given_twice_have_the_same_mean(submission, rng):
    """Twice the data."""
    x = rng.normal(size=5)
    agree(submission.mean([*x, *x]), x.sum() / 5)


@grade("steady", points=3)
def test_a_flat_history_is_steady(submission):
    """Flat."""
    assert submission.steady([3.0, 1.0, 1.0]), "a loss that stays has not been seen"


@grade("steady", points=1)
def test_one_loss_is_not_steady(submission):
    """One alone."""
    assert not submission.steady([3.0]), "one loss alone cannot be steady"
'''
ANSWERS = {
    "misconceptions/mean--sum": '"""The sum is taken for the mean\n\nDivide by how many there are.\n"""\ndef mean(x):\n'
    "    return sum(x)\n",
    "misconceptions/mean--sample": '"""Divided by n - 1\n\nThat is for a variance.\n"""\ndef mean(x):\n'
    "    return sum(x) / (len(x) - 1)\n",
    "misconceptions/steady--never": '"""It never says yes\n\nLook at the last two.\n"""\ndef steady(losses):\n'
    "    return False\n",
    "accepted/mean--loop": '"""A running mean"""\ndef mean(x):\n    m = 0.0\n    for k, v in enumerate(x, 1):\n'
    "        m += (v - m) / k\n    return m\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_course(tmp_path_factory.mktemp("course"), LAB, QUESTIONS, SUITE, answers=ANSWERS)


@pytest.fixture(scope="module")
def engine(root: Path) -> Iterator[Engine]:
    with Engine(load(root, LAB), tier=Tier.BASIC, device="cpu", seed=SEED) as warm:
        yield warm


def graded(engine: Engine, question: str, code: str) -> QuestionMark:
    content = solved(engine.assignment.notebooks[0], {question: code})
    grade = engine.grade(Submission("s001", {LAB: content}, {}, {}))
    return next(mark for mark in grade.questions if mark.question == question)


def test_a_known_mistake_written_in_another_way_is_named_with_its_hint(engine: Engine) -> None:
    mark = graded(
        engine, "mean", "import numpy as np\n\ndef mean(values):\n    return np.dot(values, np.ones(len(values)))"
    )
    assert [test.misconception for test in mark.tests] == ["mean--sum", "mean--sum"]
    assert mark.tests[0].message == "The sum is taken for the mean. Divide by how many there are."


def test_a_mistake_that_nobody_has_described_is_diagnosed_and_not_named(engine: Engine) -> None:
    mark = graded(engine, "mean", "def mean(x):\n    return -sum(x) / len(x)")
    assert [test.misconception for test in mark.tests] == [None, None]
    assert mark.tests[0].message == "The result has the wrong sign."


def test_an_answer_that_does_it_right_in_one_case_and_wrong_in_another_is_named_where_it_is_wrong(
    engine: Engine,
) -> None:
    mark = graded(engine, "mean", "def mean(x):\n    return sum(x) / (len(x) if len(x) > 7 else len(x) - 1)")
    assert [(test.verdict, test.misconception) for test in mark.tests] == [
        (Verdict.FAILED, "mean--sample"),
        (Verdict.PASSED, None),
    ]


def test_a_single_truth_value_is_named_where_all_tests_agree(engine: Engine) -> None:
    mark = graded(engine, "steady", "def steady(losses):\n    return 1 > 2")
    assert [test.misconception for test in mark.tests] == ["steady--never", None]
    mark = graded(engine, "steady", "def steady(losses):\n    return len(losses) == 1")
    assert [test.misconception for test in mark.tests] == [None, None]


def test_a_right_answer_is_accused_of_nothing(engine: Engine) -> None:
    mark = graded(engine, "mean", engine.assignment.accepted[0].code)
    assert [(test.verdict, test.message, test.misconception) for test in mark.tests] == [(Verdict.PASSED, "", None)] * 2


def test_verify_counts_what_is_named(root: Path) -> None:
    report = verify(load(root, LAB), Options(Tier.BASIC), lambda *_: None)
    assert report.problems == ()
    assert [caught.named for caught in report.misconceptions] == [True, True, True]


def entry(question: str, before: str, after: str, reason: str = "it makes no difference") -> str:
    return f"[[mutant]]\nquestion = '{question}'\nbefore = '{before}'\nafter = '{after}'\nreason = '{reason}'\n"


STEADY = "return len(losses) > 1 and losses[-1] == losses[-2]"


def mutated(root: Path, marked: str) -> MutationReport:
    path = root / "autograder" / LAB / "equivalent.toml"
    path.write_text(marked)
    try:
        return mutate(load(root, LAB), Options(Tier.BASIC), lambda *_: None)
    finally:
        path.unlink()


def test_changes_of_the_reference_are_caught_marked_or_listed(root: Path) -> None:
    swapped = "return len(losses) > 1 and losses[-1] == losses[-3]"
    report = mutated(root, entry("steady", STEADY, swapped))
    caught = {one.mutant.after: one.caught_by for one in report.caught}
    assert caught["return np.sum(x) * len(x)"] == "test_the_mean_of_random_numbers"
    assert caught["return len(losses) > 0 and losses[-1] == losses[-2]"] == "test_one_loss_is_not_steady"
    assert not [one for one in report.equivalent if one.mutant.after != swapped]
    survivors = {one.mutant.after for one in report.survivors}
    assert "return len(losses) > 2 and losses[-1] == losses[-2]" in survivors
    assert len(report.tried) == len(report.caught) + len(report.equivalent) + len(report.survivors)
    found = mutation_json(report)
    assert {one["after"] for one in found["survivors"]} == survivors
    lines = mutation_summary(report)
    assert f"{len(survivors)} survive" in lines[0]
    assert "after = 'return len(losses) > 2 and losses[-1] == losses[-2]'" in lines


def test_a_mark_that_is_wrong_or_stale_is_told(root: Path) -> None:
    stale = entry("mean", "return np.sum(x) / len(x)", "return 5")
    wrong = entry("mean", "return np.sum(x) / len(x)", "return np.sum(x) * len(x)")
    problems = mutated(root, stale + wrong).problems
    assert "equivalent.toml: no change of 'mean' is: return np.sum(x) / len(x) → return 5" in problems
    told = "equivalent.toml: test_the_mean_of_random_numbers does notice: return np.sum(x) / len(x)"
    assert f"{told} → return np.sum(x) * len(x)" in problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[mutant]]\nquestion = 'mean'\n", "entry 1 must have question, before, after, reason"),
        (entry("median", "a", "b"), "entry 1 names the question 'median'"),
        (entry("mean", "a", "b", " "), "entry 1 needs a reason"),
        ("mutant = 3", "it holds [[mutant]] entries and nothing else"),
        ("[[survivor]]\n", "it holds [[mutant]] entries and nothing else"),
        ("[[mutant", "is not TOML"),
    ],
)
def test_a_file_of_marks_that_cannot_be_read_is_named_with_the_mend(root: Path, text: str, said: str) -> None:
    with pytest.raises(CourseError, match=r"equivalent\.toml") as error:
        mutated(root, text)
    assert said in str(error.value)

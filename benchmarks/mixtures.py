"""A large class of lab 5: the solution, other right answers and known wrong ones, drawn for each question apart.

What a submission must get is known before: a right answer keeps its question's points, and what a wrong one loses is
taken from grading it alone, once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from allclose.grading.engine import Engine
from allclose.model import Answer, Assignment, Grade, Submission, Tier
from allclose.notebook.splice import solved
from allclose.suite.secret import load_seed
from benchmarks import classes

#: How often a question holds the solution, another right answer, a wrong one.
WEIGHTS = (1, 2, 2)
SEED = 20260101

#: Points by question and by the file of the answer that is in it; None: the solution's.
Worth = dict[tuple[str, Path | None], float]


@dataclass(frozen=True, slots=True)
class Mixture:
    """One submission: for each question the answer in it, None where it is the solution's."""

    student: str
    answers: dict[str, Answer | None]

    def expected(self, worth: Worth) -> dict[str, float]:
        """Its points by question."""
        return {
            question: worth[question, None if answer is None else answer.path]
            for question, answer in self.answers.items()
        }


def mixtures(assignment: Assignment, size: int) -> Iterator[Mixture]:
    """The first `size` submissions of a class without end, the same ones each time."""
    draw = random.Random(f"{SEED} {assignment.name}")
    for number in range(size):
        answers: dict[str, Answer | None] = {}
        for question in assignment.questions:
            kinds = ((), _of(question.name, assignment.accepted), _of(question.name, assignment.misconceptions))
            (kind,) = draw.choices(kinds, WEIGHTS)
            answers[question.name] = draw.choice(kind) if kind else None
        yield Mixture(f"s{number:05d}", answers)


def hand_in(assignment: Assignment, submitted: Path, class_: Iterator[Mixture]) -> None:
    """Write a class."""
    (notebook,) = assignment.notebooks
    for each in class_:
        codes = {question: answer.code for question, answer in each.answers.items() if answer is not None}
        classes.write_submission(assignment, submitted, each.student, solved(notebook, codes))


def worth(assignment: Assignment) -> Worth:
    """Grade every known answer alone, in the solution.

    Raises
    ------
    ValueError
        If the solution or a right answer loses points, a wrong one loses none, or one loses any in another question.
    """
    (notebook,) = assignment.notebooks
    full = {question.name: question.points for question in assignment.questions}
    found: Worth = {(question, None): points for question, points in full.items()}
    known = [*assignment.accepted, *assignment.misconceptions]
    contents: list[Mapping[str, str]] = [{}, *({answer.question: answer.code} for answer in known)]
    seed = load_seed(assignment.root)
    with (
        Engine(assignment, tier=Tier.STRONG, device="cpu", seed=seed, extra=("torch",)) as engine,
        ThreadPoolExecutor(3) as pool,
    ):

        def grade(answers: Mapping[str, str]) -> Grade:
            return engine.grade(Submission("known", {notebook.name: solved(notebook, answers)}, {}, {}))

        solution, *grades = pool.map(grade, contents)
    if _scores(solution) != full:
        raise ValueError(f"the solution loses points: {_scores(solution)}")
    for answer, graded in zip(known, grades, strict=True):
        scores = _scores(graded)
        own = scores[answer.question]
        most = full[answer.question]
        if scores | {answer.question: most} != full or (own < most) != (answer in assignment.misconceptions):
            raise ValueError(f"{answer.name} alone gets {scores}")
        found[answer.question, answer.path] = own
    return found


def _of(question: str, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    return tuple(answer for answer in answers if answer.question == question)


def _scores(grade: Grade) -> dict[str, float]:
    return {mark.question: mark.score for mark in grade.questions}

"""One source, every grader: the same submissions get the same points for each question, whoever runs them.

Four ways: `allclose grade`, `nbgrader autograde` with our sandbox in it, `nbgrader autograde` as it comes, `otter run`.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from allclose import course
from allclose.interop.bundles import otter
from allclose.model import Assignment, Grade, Json, Status, Tier, Verdict
from tests.graders import (
    ROOT,
    Scores,
    answered,
    by_engine,
    by_nbgrader,
    by_otter,
    course_without_demonstrations,
    hand_in,
    in_scalars,
    loud,
    solution,
)

LABS = course.labs(ROOT)
SUBMISSIONS = 11
SEED = 20260101
#: What a peer cannot survive, or takes for something else: a process that ends, or hangs.
FATAL = (Verdict.TIMEOUT, Verdict.CRASH, Verdict.LIMIT, Verdict.PROTOCOL, Verdict.NOT_RUN)


@pytest.mark.parametrize("lab", LABS)
def test_four_graders_give_the_same_points(lab: str, tmp_path: Path, record_property: pytest.RecordProperty) -> None:
    assignment = course_without_demonstrations(tmp_path / "course", lab)
    hand_in(assignment, dict(islice(_class(assignment), 3 * SUBMISSIONS // 2)))
    ours = _chosen(assignment)
    archive = next(path for path in otter.bundle(assignment, tmp_path / "bundle") if path.name == "autograder.zip")
    notebooks = sorted((assignment.root / "submitted").glob("*/*/*.ipynb"))
    theirs = {
        "nbgrader with our sandbox": by_nbgrader(assignment, tmp_path / "ours", ours=True),
        "nbgrader": by_nbgrader(assignment, tmp_path / "theirs", ours=False),
        "otter": by_otter(archive, notebooks),
    }
    differences = {grader: _differences(ours, scores) for grader, scores in theirs.items()}
    assert differences == {grader: {} for grader in theirs}
    compared = sum(len(points) for points in ours.values())
    record_property("triples", compared)
    print(f"{lab}: {len(ours)} submissions, {compared} triples (lab, submission, question)", file=sys.__stderr__)


def _class(assignment: Assignment) -> Iterator[tuple[str, Json]]:
    """The solution, a blank, three with odd habits, then mixtures of known wrong and other right answers."""
    (notebook,) = assignment.notebooks
    questions = [question.name for question in notebook.questions]
    every = {question: solution(notebook, question) for question in questions}
    yield "solved", answered(assignment, {})
    yield "blank", answered(assignment, None)
    yield "loud", answered(assignment, {questions[0]: loud(every[questions[0]])})
    yield "scalars", answered(assignment, {question: in_scalars(code) for question, code in every.items()})
    draw = random.Random(f"{SEED} {assignment.name}")
    number = 0
    while True:
        number += 1
        wrong = draw.sample(questions, draw.randint(1, max(1, len(questions) - 1)))
        answers = {}
        for question in questions:
            kind = assignment.misconceptions if question in wrong else assignment.accepted
            known = [answer.code for answer in kind if answer.question == question]
            if known and (question in wrong or draw.random() < 0.5):
                answers[question] = draw.choice(known)
        yield f"mixed-{number:02d}", answered(assignment, answers)


def _chosen(assignment: Assignment) -> Scores:
    """Our grades of the first submissions that every grader can run to its end; the others are taken away."""
    grades = sorted(by_engine(assignment, Tier.STRONG).grades, key=_turn)
    chosen = [grade for grade in grades if _is_fit(grade)][:SUBMISSIONS]
    for grade in grades:
        if grade not in chosen:
            shutil.rmtree(assignment.root / "submitted" / grade.student)
    partial = [grade for grade in chosen if any(0 < mark.score < mark.max_score for mark in grade.questions)]
    assert len(chosen) == SUBMISSIONS
    assert 2 * len(partial) >= len(chosen)
    assert {"solved", "blank", "loud", "scalars"} <= {grade.student for grade in chosen}
    full = {question.name: question.points for question in assignment.questions}
    found = {grade.student: {mark.question: mark.score for mark in grade.questions} for grade in chosen}
    assert found["solved"] == full
    assert set(found["blank"].values()) == {0.0}
    return found


def _turn(grade: Grade) -> tuple[bool, str]:
    return grade.student.startswith("mixed"), grade.student


def _is_fit(grade: Grade) -> bool:
    fatal = any(test.verdict in FATAL for mark in grade.questions for test in mark.tests)
    return grade.status is Status.GRADED and not grade.flags and not fatal


def _differences(ours: Scores, theirs: Scores) -> dict[tuple[str, str], tuple[float, float | None]]:
    return {
        (student, question): (points, theirs.get(student, {}).get(question))
        for student, scores in ours.items()
        for question, points in scores.items()
        if theirs.get(student, {}).get(question) != pytest.approx(points, abs=1e-6)
    }

"""What a run's cells and tests leave of a notebook: its outputs, a mark for each question, flags for the grader."""

from __future__ import annotations

import platform
from collections.abc import Iterable

from allclose.grading.regrade import OUT_OF_REACH
from allclose.model import CellRun, Json, Notebook, Question, QuestionMark, TestMark, Verdict
from allclose.sandbox.steady import steady
from allclose.suite.plugin import SuiteTest
from allclose.suite.verdicts import MESSAGES

#: What a kernel writes into a notebook that it ran; viewers colour code by it.
LANGUAGE: Json = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": platform.python_version(),
}


def question_marks(
    notebook: Notebook, tests: tuple[SuiteTest, ...], marks: dict[int, TestMark]
) -> tuple[QuestionMark, ...]:
    """One mark per question; a planned test without a report counts as not passed."""
    return tuple(_question_mark(question, tests, marks) for question in notebook.questions)


def _question_mark(question: Question, tests: tuple[SuiteTest, ...], marks: dict[int, TestMark]) -> QuestionMark:
    own = tuple(
        marks.get(
            test.index,
            TestMark(test.name, test.points, Verdict.NOT_RUN, MESSAGES[Verdict.NOT_RUN], title=test.title),
        )
        for test in tests
        if test.question == question.name
    )
    lost = sum(mark.points for mark in own if mark.verdict is not Verdict.PASSED)
    score = question.points - lost if lost else question.points
    return QuestionMark(question.notebook, question.name, round(max(score, 0.0), 9), question.points, own)


def with_outputs(content: Json, runs: Iterable[CellRun]) -> Json:
    """A notebook as a kernel leaves it that ran these cells."""
    cells = [dict(cell) for cell in content["cells"]]
    for run in steady(runs):
        cells[run.index]["outputs"] = run.outputs
        cells[run.index]["execution_count"] = run.execution_count
    return {**content, "cells": cells, "metadata": {**content["metadata"], "language_info": LANGUAGE}}


def missed_flags(notebook: Notebook, missed: set[str]) -> tuple[str, ...]:
    """A flag for each question in which a stand-in was out of reach."""
    return tuple(f"{OUT_OF_REACH}{question.name}" for question in notebook.questions if question.name in missed)


def cell_flags(runs: Iterable[CellRun]) -> list[str]:
    """A flag for each cell that did not come to its end."""
    return [f"cell-{run.verdict}: cell {run.index + 1}" for run in runs if run.verdict is not Verdict.PASSED]

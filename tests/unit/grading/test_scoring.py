"""Cells are scored by nbgrader's rules; what would stop nbgrader costs the cell its points and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allclose.course.cells import checksum
from allclose.grading.scoring import (
    absent_notebook,
    combine_manual,
    is_unanswered,
    manual_marks,
    refused_outputs,
    score_notebook,
)
from allclose.model import GradeCell, Json, ManualMark, Notebook, Question, QuestionMark, Verdict

NOTEBOOK = Notebook(
    "nb",
    Path("source/lab/nb.ipynb"),
    {},
    (
        GradeCell("test-a", 2.0, "auto", "code"),
        GradeCell("essay", 3.0, "manual", "markdown"),
        GradeCell("plot", 4.0, "manual", "code"),
        GradeCell("project", 5.0, "task", "markdown"),
    ),
    (Question("test-a", "nb", 2.0, "test-a", None),),
)


def cell(name: str, kind: str = "code", points: float = 2.0, source: str = "check()", **roles: Any) -> Json:
    meta = {"grade_id": name, "grade": True, "solution": False, "locked": False, "schema_version": 3, "points": points}
    found: Json = {"cell_type": kind, "metadata": {"nbgrader": meta | roles}, "source": source}
    if kind == "code":
        found |= {"outputs": [], "execution_count": 1}
    meta["checksum"] = "0" * 32
    found["metadata"]["nbgrader"]["checksum"] = checksum(found)
    return found


def executed(*outputs: Json, **changes: Any) -> Json:
    test = cell("test-a") | {"outputs": list(outputs)} | changes
    essay = cell("essay", "markdown", 3.0, "YOUR ANSWER HERE", solution=True)
    plot = cell("plot", "code", 4.0, "# YOUR CODE HERE", solution=True)
    project = cell("project", "markdown", 5.0, "Do something", grade=False, task=True, locked=True)
    return {"cells": [test, essay, plot, project], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def result(text: Any) -> Json:
    return {"output_type": "execute_result", "data": {"text/plain": text}, "metadata": {}, "execution_count": 1}


def error(name: str) -> Json:
    return {"output_type": "error", "ename": name, "evalue": "", "traceback": []}


def stream(name: str, text: Any) -> Json:
    return {"output_type": "stream", "name": name, "text": text}


def mark(*outputs: Json, **changes: Any) -> QuestionMark:
    (found,), _ = score_notebook(executed(*outputs, **changes), NOTEBOOK)
    return found


@pytest.mark.parametrize(
    ("outputs", "score", "verdict"),
    [
        ([], 2.0, Verdict.PASSED),
        ([stream("stdout", "working")], 2.0, Verdict.PASSED),
        ([error("AssertionError")], 0.0, Verdict.FAILED),
        ([error("ZeroDivisionError")], 0.0, Verdict.RAISED),
        ([error("CellTimeoutError")], 0.0, Verdict.TIMEOUT),
        ([stream("stderr", "a warning")], 0.0, Verdict.FAILED),
        ([result("0.5")], 0.5, Verdict.FAILED),
        ([result("0")], 0.0, Verdict.FAILED),
        ([result("2.0")], 2.0, Verdict.PASSED),
        ([result("'text'")], 2.0, Verdict.PASSED),
        ([result("-1")], 2.0, Verdict.PASSED),
        ([result("np.float64(0.5)")], 2.0, Verdict.PASSED),
        ([result("nan")], 2.0, Verdict.PASSED),
        ([result("1"), error("AssertionError")], 1.0, Verdict.FAILED),
    ],
)
def test_outputs_score_as_nbgrader_scores_them(outputs: list[Json], score: float, verdict: Verdict) -> None:
    found = mark(*outputs)
    assert (found.score, found.max_score, found.tests[0].verdict) == (score, 2.0, verdict)
    assert found.tests[0].name == "test-a"


@pytest.mark.parametrize(
    "output",
    [
        result("2.5"),
        result("inf"),
        result(""),
        {"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": 1},
        {"output_type": "execute_result", "data": {"text/plain": {"a": 1}}, "metadata": {}, "execution_count": 1},
        {"output_type": "execute_result", "data": None, "metadata": {}, "execution_count": 1},
        {"name": "stdout"},
        {},
    ],
)
def test_an_output_that_nbgrader_refuses_costs_the_points_and_is_flagged(output: Json) -> None:
    found = mark(output)
    assert found.score == 0.0
    assert refused_outputs([found]) == ("refused-output: test-a",)


def test_an_ordinary_loss_is_not_flagged() -> None:
    assert refused_outputs([mark(error("AssertionError")), mark()]) == ()


def test_lines_on_disk_score_like_joined_text() -> None:
    assert mark(result(["1.", "5"])) == mark(result("1.5"))
    assert mark(stream("stdout", ["a\n", "b"])).score == 2.0


def test_a_test_cell_that_never_ran_gets_nothing() -> None:
    found = mark(execution_count=None)
    assert (found.score, found.tests[0].verdict) == (0.0, Verdict.NOT_RUN)


def test_an_empty_test_cell_is_never_run_and_passes_as_in_nbgrader() -> None:
    assert mark(execution_count=None, source="  \n").score == 2.0


def test_a_test_cell_that_is_gone_gets_nothing() -> None:
    without = executed()
    del without["cells"][0]
    (found,), _ = score_notebook(without, NOTEBOOK)
    assert (found.score, found.tests[0].verdict) == (0.0, Verdict.MISSING)


def test_a_failed_test_without_points_is_shown_as_failed() -> None:
    free = Notebook("nb", Path("nb"), {}, (), (Question("test-a", "nb", 0.0, "test-a", None),))
    notebook = executed(error("AssertionError"))
    notebook["cells"][0]["metadata"]["nbgrader"]["points"] = 0
    (found,), _ = score_notebook(notebook, free)
    assert (found.score, found.tests[0].verdict) == (0.0, Verdict.FAILED)


def test_answers_left_as_released_wait_for_nobody_but_a_task_does() -> None:
    assert manual_marks(executed(), NOTEBOOK) == ManualMark(None, 12.0, ("project",))


def test_a_changed_answer_waits_for_a_grader() -> None:
    notebook = executed()
    notebook["cells"][1]["source"] = "Because."
    notebook["cells"][2]["source"] = ["plt.plot(x)\n", "plt.show()"]
    assert manual_marks(notebook, NOTEBOOK).pending == ("essay", "plot", "project")


def test_without_hand_graded_cells_the_manual_score_is_closed() -> None:
    only_auto = Notebook("nb", Path("nb"), {}, NOTEBOOK.grade_cells[:1], NOTEBOOK.questions)
    assert manual_marks(executed(), only_auto) == ManualMark(0.0, 0.0, ())


def test_an_answer_cell_is_unanswered_while_its_text_is_the_released_one() -> None:
    released = cell("essay", "markdown", 3.0, "YOUR\nANSWER", solution=True)
    assert is_unanswered(released)
    assert is_unanswered(released | {"source": ["YOUR\n", "ANSWER"]})
    assert not is_unanswered(released | {"source": "YOUR\nANSWER "})
    del released["metadata"]["nbgrader"]["checksum"]
    assert not is_unanswered(released)


def test_an_absent_notebook_has_no_points_and_waits_for_nobody() -> None:
    marks, manual = absent_notebook(NOTEBOOK)
    assert [(found.question, found.score, found.max_score) for found in marks] == [("test-a", 0.0, 2.0)]
    assert manual == ManualMark(0.0, 12.0, ())


def test_notebooks_are_put_together_and_one_that_waits_keeps_the_score_open() -> None:
    closed, open_ = ManualMark(0.0, 2.0, ()), ManualMark(None, 3.0, ("essay",))
    assert combine_manual([closed, open_]) == ManualMark(None, 5.0, ("essay",))
    assert combine_manual([closed, closed]) == ManualMark(0.0, 4.0, ())
    assert combine_manual([]) == ManualMark(0.0, 0.0, ())

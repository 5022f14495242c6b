"""Scores from the outputs of executed cells, by nbgrader's rules: for hand-graded cells and labs without a suite.

The rules (`nbgrader.utils.determine_grade`): an error or anything on stderr is no points; a number as the cell's
value is partial credit; anything else is full points; an answer left as it was released is 0, any other waits for a
grader. Where nbgrader itself would fail and stop (partial credit above the maximum, a value without a text form) the
cell gets 0 points and the submission a flag; a test cell that never ran gets 0 where nbgrader, seeing no error, gives
full points. The marks of an assignment are those of its notebooks one after the other; a notebook that was not handed
in, or cannot be read, has 0 points everywhere and waits for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from allclose.course.cells import checksum, grade_id, nbgrader
from allclose.model import GradeCell, Json, ManualMark, Notebook, QuestionMark, TestMark, Verdict

if TYPE_CHECKING:
    from nbformat import NotebookNode

_REFUSED = "the cell's output cannot be scored"


def score_notebook(executed: Json, notebook: Notebook) -> tuple[tuple[QuestionMark, ...], ManualMark]:
    """Score one executed notebook of an assignment without a suite.

    Parameters
    ----------
    executed
        The repaired submission with its outputs; text may be strings or, as on disk, lists of lines.
    notebook
        The instructor's notebook, which says what is graded and for how many points.

    Returns
    -------
    marks, manual
        One mark per automatic question, whose only test is its grade cell; and what waits for a grader.
    """
    cells = _graded_cells(executed)
    marks = tuple(
        QuestionMark(notebook.name, question.name, score, question.points, (test,))
        for question in notebook.questions
        for score, test in [_score(cells.get(question.grade_cell), question.grade_cell, question.points)]
    )
    return marks, manual_marks(executed, notebook)


def manual_marks(executed: Json, notebook: Notebook) -> ManualMark:
    """Say what of one executed notebook waits for a grader; an answer left as released is 0 and does not wait."""
    cells = _graded_cells(executed)
    manual = [cell for cell in notebook.grade_cells if cell.kind != "auto"]
    pending = tuple(
        cell.grade_id
        for cell in manual
        if cell.kind == "task" or cell.grade_id not in cells or not is_unanswered(cells[cell.grade_id])
    )
    return ManualMark(None if pending else 0.0, _points(manual), pending)


def is_unanswered(cell: Json) -> bool:
    """Whether an answer cell still is what was released: its text has the checksum that the release recorded."""
    joined = {**cell, "source": "".join(cell["source"])}
    return bool(nbgrader(cell).get("checksum") == checksum(joined))


def absent_notebook(notebook: Notebook) -> tuple[tuple[QuestionMark, ...], ManualMark]:
    """Score a notebook that was not handed in or cannot be read: 0 points everywhere, nothing waits for a grader."""
    marks = tuple(QuestionMark(notebook.name, question.name, 0.0, question.points) for question in notebook.questions)
    return marks, ManualMark(0.0, _points(cell for cell in notebook.grade_cells if cell.kind != "auto"), ())


def combine_manual(marks: Iterable[ManualMark]) -> ManualMark:
    """Put the notebooks of one submission together: the score is open while any of them waits."""
    marks = tuple(marks)
    scores = [mark.score for mark in marks if mark.score is not None]
    return ManualMark(
        sum(scores) if len(scores) == len(marks) else None,
        sum(mark.max_score for mark in marks),
        tuple(grade_id for mark in marks for grade_id in mark.pending),
    )


def refused_outputs(marks: Iterable[QuestionMark]) -> tuple[str, ...]:
    """Flag the questions whose output nbgrader refuses to score."""
    return tuple(
        f"refused-output: {mark.question}" for mark in marks if any(test.message == _REFUSED for test in mark.tests)
    )


def _points(cells: Iterable[GradeCell]) -> float:
    return float(sum(cell.points for cell in cells))


def _graded_cells(executed: Json) -> dict[str, Json]:
    """Find the cells that nbgrader knows, by grade_id."""
    return {grade_id(cell): cell for cell in executed["cells"] if grade_id(cell)}


def _joined(cell: Json) -> NotebookNode:
    """Join a cell's lines as nbformat joins them on reading."""
    import nbformat
    from nbformat.v4 import rwbase

    notebook = nbformat.from_dict({"cells": [cell]})  # type: ignore[no-untyped-call]
    joined: NotebookNode = rwbase.rejoin_lines(notebook).cells[0]  # type: ignore[no-untyped-call]
    return joined


def _score(raw: Json | None, grade_cell: str, points: float) -> tuple[float, TestMark]:
    """Score one test cell: its points so far, and the mark that says why."""
    from nbgrader.utils import determine_grade, has_failed

    def lost(verdict: Verdict, message: str, score: float = 0.0) -> tuple[float, TestMark]:
        return score, TestMark(grade_cell, points, verdict, message)

    if raw is None:
        return lost(Verdict.MISSING, "the test cell is missing")
    try:
        cell = _joined(raw)
        if _never_ran(cell):
            return lost(Verdict.NOT_RUN, "the test cell was not run")
        score, _ = determine_grade(cell)
        failed = has_failed(cell)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return lost(Verdict.FAILED, _REFUSED)
    if score is None:
        return lost(Verdict.FAILED, _REFUSED)
    if score < points or (points == 0 and failed):
        return lost(*_loss(cell), score=float(score))
    return float(score), TestMark(grade_cell, points, Verdict.PASSED)


def _never_ran(cell: NotebookNode) -> bool:
    ran = cell.outputs or cell.execution_count is not None
    return bool(cell.cell_type == "code" and cell.source.strip() and not ran)


def _loss(cell: NotebookNode) -> tuple[Verdict, str]:
    for output in cell.outputs:
        if output.output_type == "error":
            return _raised(str(output.get("ename", "")))
        if output.output_type == "stream" and output.name == "stderr":
            return Verdict.FAILED, "the test cell wrote to stderr"
    return Verdict.FAILED, "partial credit"


def _raised(ename: str) -> tuple[Verdict, str]:
    if ename == "AssertionError":
        return Verdict.FAILED, "the test failed"
    if ename in ("CellTimeoutError", "TimeoutError"):
        return Verdict.TIMEOUT, "the test ran out of time"
    return Verdict.RAISED, "the test raised an error"

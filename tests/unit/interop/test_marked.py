"""The marks of a suite as outputs: nbgrader itself takes the same points from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import validate
from nbformat.notebooknode import from_dict
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import LimitOutput
from nbgrader.utils import determine_grade

from allclose import course
from allclose.course.cells import grade_id
from allclose.interop.marked import marked_notebook, marked_outputs, without_marks
from allclose.model import Grade, Json, ManualMark, QuestionMark, Status, TestMark, Tier, Verdict
from allclose.notebook.splice import solved
from tests.suited_course import Asked, write_course

ERROR: Json = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a line"]}
SILENT: Json = {**ERROR, "traceback": []}
RESULT: Json = {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "99"}, "metadata": {}}
FIGURE: Json = {"output_type": "display_data", "data": {"image/png": "iVBOR"}, "metadata": {}}


def stream(name: str, text: str) -> Json:
    return {"output_type": "stream", "name": name, "text": text}


OUTPUTS = st.sampled_from([ERROR, SILENT, RESULT, FIGURE, stream("stderr", "warn"), stream("stdout", "x\n" * 2000)])


def cell_of(outputs: list[Json], mark: QuestionMark) -> tuple[Json, list[Json]]:
    found = marked_outputs(outputs, mark, "allclose · isolation: strong", 3)
    about = {"grade": True, "solution": False, "grade_id": "g", "points": mark.max_score}
    cell = new_code_cell("", metadata={"nbgrader": about}, outputs=[from_dict(output) for output in found])
    validate(new_notebook(cells=[cell]))
    return cell, found


@given(st.lists(OUTPUTS, max_size=4), st.floats(0, 40), st.floats(0, 1))
def test_nbgrader_takes_exactly_the_score_whatever_the_cell_showed(
    outputs: list[Json], points: float, share: float
) -> None:
    cell, _ = cell_of(outputs, QuestionMark("lab", "q", points * share, points))
    LimitOutput().preprocess_cell(cell, {}, 0)
    assert determine_grade(cell) == (points * share, points)


def test_a_student_reads_each_test_its_points_and_what_is_wrong() -> None:
    tests = (
        TestMark("test_a", 2, Verdict.PASSED, title="Doubles each number."),
        TestMark("test_b", 1, Verdict.FAILED, "The result is twice what is expected.\x1b[31m"),
        TestMark("test_c", 0.5, Verdict.CRASH),
    )
    _, found = cell_of([ERROR, SILENT, RESULT, stream("stderr", "warn")], QuestionMark("lab", "q", 2, 3.5, tests))
    assert found[0]["text"].splitlines() == [
        "allclose · isolation: strong",
        "✓ Doubles each number. · 2 points",
        "✗ test_b · 1 point lost: The result is twice what is expected. [31m",
        "✗ test_c · 0.5 points lost: crash",
        "2 of 3.5 points",
    ]
    assert [output.get("text") for output in found[1:]] == ["a line\n", "E: v\n", None, "warn", None]
    assert found[3]["data"] == {"text/plain": "99"}
    assert found[-1]["data"] == {"text/plain": "2.0"}


@pytest.mark.parametrize("outputs", [[ERROR], [stream("stderr", "warn")], [RESULT]])
def test_what_the_cell_showed_stays_to_be_read(outputs: list[Json]) -> None:
    _, found = cell_of(outputs, QuestionMark("lab", "q", 1.0, 1.0))
    assert len(found) == 3


def test_the_grade_cells_of_an_executed_notebook_show_their_marks_and_nothing_else_changes(tmp_path: Path) -> None:
    suite = "from allclose import grade\n@grade('one', points=2)\ndef test_one(submission):\n    pass\n"
    root = write_course(tmp_path, "lab", [Asked("one", "def one():\n    return 1", 2)], suite)
    (notebook,) = course.load(root, "lab").notebooks
    executed = solved(notebook)
    mark = QuestionMark("lab", "one", 0.5, 2.0, (TestMark("test_one", 2, Verdict.FAILED, "It is not 1."),))
    manual = ManualMark(0.0, 0.0, ())
    grade = Grade("s001", Status.GRADED, 0.5, 2.0, (), manual, (mark,), Tier.STRONG, "cpu", 0.1)
    marked = marked_notebook(executed, notebook, grade)
    changed = [cell for cell, before in zip(marked["cells"], executed["cells"], strict=True) if cell != before]
    assert [grade_id(cell) for cell in changed] == ["one-grade"]
    text, score = changed[0]["outputs"]
    assert "isolation: strong" in text["text"] and "It is not 1." in text["text"]
    assert score["data"] == {"text/plain": "0.5"}


@given(st.lists(OUTPUTS, max_size=4))
def test_what_was_put_in_is_taken_out_again(outputs: list[Json]) -> None:
    cell, found = cell_of(outputs, QuestionMark("lab", "q", 1.0, 2.0))
    (unmarked,) = without_marks({"cells": [{**cell, "outputs": found}]})["cells"]
    assert unmarked["outputs"] == found[1:-1]
    assert without_marks({"cells": [unmarked]}) == {"cells": [unmarked]}


@pytest.mark.parametrize(
    "cells", [None, 3, [None, 1, {}, {"outputs": 3}, {"outputs": [3]}, {"outputs": [{"text": []}]}]]
)
def test_a_notebook_that_is_none_stays_as_it_is(cells: object) -> None:
    assert without_marks({"cells": cells}) == {"cells": cells}

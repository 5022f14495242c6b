"""The marks of a hidden suite as outputs of grade cells, from which nbgrader takes the very same points.

nbgrader (`nbgrader.utils.determine_grade`) takes the first thing that counts among a cell's outputs: an error or a word
on stderr for zero points, a value for partial credit. So what the public checks of the cell showed is kept as plain
output, and the cell's value is the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from allclose.course.cells import grade_id
from allclose.model import Grade, Json, Notebook, QuestionMark, TestMark, Verdict
from allclose.report.tables import points, printable

_HEADING = "allclose · isolation: "


def marked_outputs(outputs: Iterable[Json], mark: QuestionMark, heading: str, count: int | None) -> list[Json]:
    """Give the outputs of a question's grade cell: what its tests found, what it showed itself, and its score.

    Parameters
    ----------
    outputs
        What the cell showed when it ran.
    mark
        The question's score and the verdicts of its tests.
    heading
        The first line.
    count
        The cell's execution count.
    """
    lines = [heading, *(_line(test) for test in mark.tests)]
    lines.append(f"{points(mark.score)} of {_points(mark.max_score)}")
    score = {"text/plain": repr(float(mark.score))}
    return [
        _stream("".join(f"{line}\n" for line in lines)),
        *(_without_weight(output) for output in outputs),
        {"output_type": "execute_result", "execution_count": count, "data": score, "metadata": {}},
    ]


def marked_notebook(executed: Json, notebook: Notebook, grade: Grade) -> Json:
    """Give an executed notebook of a lab with a suite, its grade cells with their marks as outputs."""
    marks = dict(marks_by_cell(notebook, grade))
    heading = heading_of(grade)
    return {**executed, "cells": [_marked(cell, marks.get(grade_id(cell)), heading) for cell in executed["cells"]]}


def without_marks(content: Json) -> Json:
    """Give a notebook from `autograded/`, which may hold anything, with its marks taken out of its outputs again."""
    cells = content.get("cells")
    return {**content, "cells": list(map(_unmarked, cells))} if isinstance(cells, list) else content


def marks_by_cell(notebook: Notebook, grade: Grade) -> Iterator[tuple[str, QuestionMark]]:
    """Pair the grade cells of a notebook with their marks."""
    cells = {question.name: question.grade_cell for question in notebook.questions}
    return ((cells[mark.question], mark) for mark in grade.questions if mark.notebook == notebook.name)


def heading_of(grade: Grade) -> str:
    """Say where and how well isolated a grade was got."""
    return f"{_HEADING}{grade.isolation} · device: {grade.device}"


def _marked(cell: Json, mark: QuestionMark | None, heading: str) -> Json:
    if mark is None:
        return cell
    return {**cell, "outputs": marked_outputs(cell["outputs"], mark, heading, cell["execution_count"])}


def _unmarked(cell: Any) -> Any:
    outputs = cell.get("outputs") if isinstance(cell, dict) else None
    if not isinstance(outputs, list) or not outputs or not isinstance(outputs[0], dict):
        return cell
    text = outputs[0].get("text")
    first = text[0] if isinstance(text, list) and text else text
    return {**cell, "outputs": outputs[1:-1]} if isinstance(first, str) and first.startswith(_HEADING) else cell


def _line(test: TestMark) -> str:
    name = printable(test.title or test.name)
    if test.verdict is Verdict.PASSED:
        return f"✓ {name} · {_points(test.points)}"
    return f"✗ {name} · {_points(test.points)} lost: {printable(test.message) or test.verdict.value}"


def _points(value: float) -> str:
    return f"{points(value)} point{'' if value == 1 else 's'}"


def _without_weight(output: Json) -> Json:
    match output["output_type"]:
        case "error":
            text = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
            return _stream(text + "\n")
        case "stream":
            return _stream(output["text"])
        case "execute_result":
            return {"output_type": "display_data", "data": output["data"], "metadata": output["metadata"]}
    return output


def _stream(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text}

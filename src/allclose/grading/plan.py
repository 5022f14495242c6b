"""What a submission's sandbox begins with: the cells to run and the files beside them."""

from __future__ import annotations

from collections.abc import Mapping

from allclose.course.cells import SKIP_TAG
from allclose.model import Assignment, Json, Notebook, Submission
from allclose.notebook.read import MAX_FILE_FLAGS
from allclose.notebook.release import without_hidden_tests
from allclose.sandbox.session import Cell, disk_bytes, file_room


def cells_to_run(notebook: Notebook, content: Json, origins: tuple[int | None, ...], *, tested: bool) -> list[Cell]:
    """The code cells of a repaired notebook but those that are skipped.

    `origins` says which of the source's cells each comes from. Where a suite is `tested`, names are kept at the cell of
    each question, and nothing hidden is left in that cell.
    """
    source_cells = notebook.content["cells"]
    questions = {question.grade_cell: question.name for question in notebook.questions} if tested else {}
    plan = []
    for index, (cell, origin) in enumerate(zip(content["cells"], origins, strict=True)):
        if cell["cell_type"] != "code":
            continue
        if origin is not None and SKIP_TAG in source_cells[origin]["metadata"].get("tags", ()):
            continue
        question = questions.get(cell["metadata"].get("nbgrader", {}).get("grade_id"))
        source = without_hidden_tests(cell["source"]) if question is not None else cell["source"]
        plan.append(Cell(index, source, question))
    return plan


def fitting(
    assignment: Assignment, lab_files: Mapping[str, bytes], submission: Submission
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The lab's files, and those of the student's that leave room on the sandbox's disk; flags for the others."""
    files, left_out = dict(lab_files), []
    editable = {path.as_posix() for path in assignment.editable}
    room = file_room(assignment.limits)
    for name, data in submission.files.items():
        needed = disk_bytes(name, len(data))
        if name in lab_files and name not in editable:
            continue
        if needed <= room:
            room -= needed
            files[name] = data
        else:
            left_out.append(f"file-ignored: {name} does not fit on the sandbox's disk")
    return files, tuple(left_out[:MAX_FILE_FLAGS])

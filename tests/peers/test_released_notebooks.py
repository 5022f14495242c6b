"""Every lab, as the students get it, runs to its first question, and stops there because that is not answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose import course
from allclose.course import cells as nbgrader
from allclose.course import ipynb
from tests.kernels import ROOT, errors, run_in_kernel, written_to_stderr


@pytest.mark.parametrize("lab", course.labs(ROOT))
def test_a_released_lab_runs_to_its_first_unanswered_question(lab: str, tmp_path: Path) -> None:
    assignment = course.load(ROOT, lab)
    for notebook in assignment.notebooks:
        content = ipynb.parse((ROOT / "release" / lab / notebook.path.name).read_bytes())
        cells = run_in_kernel(assignment, notebook, content, tmp_path)
        ids = [nbgrader.grade_id(cell) if nbgrader.is_recorded(cell) else "" for cell in cells]
        first = notebook.questions[0]
        assert first.solution_cell is not None
        unanswered = range(ids.index(first.solution_cell), ids.index(first.grade_cell) + 1)
        failed = {index: errors(cell) for index, cell in enumerate(cells) if errors(cell)}
        assert list(failed.values()) == [["NotImplementedError"]]
        assert set(failed) <= set(unanswered)
        assert "".join(map(written_to_stderr, cells)) == ""

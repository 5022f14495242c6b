"""Every lab, solved, runs from the top in a real kernel: no error, no warning, nothing missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose import course
from allclose.notebook.splice import solved
from tests.kernels import errors, run_in_kernel, written_to_stderr

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("lab", course.labs(ROOT))
def test_a_solved_lab_runs_from_the_top_and_warns_of_nothing(lab: str, tmp_path: Path) -> None:
    assignment = course.load(ROOT, lab)
    for notebook in assignment.notebooks:
        cells = run_in_kernel(assignment, notebook, solved(notebook), tmp_path, to_the_end=True)
        assert {cell["id"]: errors(cell) for cell in cells if errors(cell)} == {}
        assert {cell["id"]: written_to_stderr(cell) for cell in cells if written_to_stderr(cell)} == {}
        printed = "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", ()))
        for question in notebook.questions:
            assert f"✓ {question.name}: the public checks pass" in printed

"""As test_notebooks.py, for the labs that train networks in PyTorch: the other half, which another worker may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose import course
from tests.kernels import ROOT, check_solved


@pytest.mark.parametrize("lab", course.labs(ROOT)[6:])
def test_a_solved_lab_runs_from_the_top_and_warns_of_nothing(lab: str, tmp_path: Path) -> None:
    check_solved(lab, tmp_path)

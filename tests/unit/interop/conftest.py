"""The small course on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from allclose import course
from allclose.model import Assignment
from tests.small_course import lab_cells, write_source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = tmp_path / "course"
    write_source(found, lab_cells())
    (found / "source" / "lab" / "data").mkdir()
    (found / "source" / "lab" / "data" / "points.csv").write_text("1,2\n")
    (found / "submitted").mkdir()
    return found


@pytest.fixture
def lab(root: Path) -> Assignment:
    return course.load(root, "lab")


@pytest.fixture
def submitted(root: Path) -> Callable[..., Path]:
    """Make the folder of a submission, with files in it."""

    def make(student: str, **files: str) -> Path:
        folder = root / "submitted" / student / "lab"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name.replace("_", ".")).write_text(text)
        return folder

    return make

"""What `release` writes is what the real `nbgrader generate_assignment` writes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import SaveCells

from allclose import course
from allclose.errors import AllcloseError
from allclose.notebook.release import release, student_version

HERE = Path(__file__).parents[2]
GUIDE = HERE / "tests" / "assets" / "nbgrader-guide"
SHIPPED = Path(nbgrader.__file__).parent / "tests"
#: nbgrader's own test notebooks, but for those whose tests nbgrader itself writes by running a kernel.
NOTEBOOKS = sorted(
    path
    for folder in ("apps", "preprocessors", "ui-tests")
    for path in (SHIPPED / folder / "files").glob("*.ipynb")
    if "AUTOTEST" not in path.read_text(encoding="utf-8")
)

CONFIG = """
c = get_config()
c.IncludeHeaderFooter.header = "source/header.ipynb"
c.ClearSolutions.code_stub = {"python": "# TODO\\nraise RuntimeError('nothing here')"}
c.ClearSolutions.text_stub = "Say it here"
c.LockCells.lock_readonly_cells = False
"""


def generate(root: Path, lab: str) -> Path:
    """Run the real application, which calls `alembic` by name; returns its release folder."""
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", lab, "--force"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=120, env={**os.environ, "PATH": path})
    return root / "release" / lab


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GUIDE, tmp_path / "course"))


def test_the_guide_is_released_byte_for_byte_as_by_nbgrader(guide: Path) -> None:
    theirs = shutil.copytree(generate(guide, "ps1"), guide / "theirs")
    shutil.rmtree(guide / "release")
    written = release(course.load(guide, "ps1"), check=False)
    assert sorted(path.name for path in written) == sorted(path.name for path in theirs.iterdir())
    for path in written:
        assert path.read_bytes() == (theirs / path.name).read_bytes()
        assert path.stat().st_mode == (theirs / path.name).stat().st_mode


def test_the_settings_of_the_course_change_our_release_as_they_change_nbgraders(guide: Path) -> None:
    (guide / "nbgrader_config.py").write_text(CONFIG)
    theirs = shutil.copytree(generate(guide, "ps1"), guide / "theirs")
    shutil.rmtree(guide / "release")
    for path in release(course.load(guide, "ps1"), check=False):
        assert path.read_bytes() == (theirs / path.name).read_bytes()


def test_all_of_nbgraders_test_notebooks_are_released_as_by_nbgrader(tmp_path: Path) -> None:
    source = tmp_path / "source" / "many"
    source.mkdir(parents=True)
    for path in NOTEBOOKS:
        copied = Path(shutil.copy(path, source / f"{path.parts[-3]}-{path.name}"))
        try:
            course.load(tmp_path, "many")
            nbformat.validate(json.loads(path.read_text(encoding="utf-8")))
        except (AllcloseError, nbformat.ValidationError):
            copied.unlink()
    assert len(list(source.iterdir())) > 25
    theirs = generate(tmp_path, "many")
    assignment = course.load(tmp_path, "many")
    for notebook in assignment.notebooks:
        assert student_version(notebook, assignment) == nbformat.read(theirs / notebook.path.name, as_version=4)


@pytest.mark.parametrize("lab", course.labs(HERE))
def test_a_lab_of_ours_is_released_byte_for_byte_as_by_nbgrader(lab: str, tmp_path: Path) -> None:
    for folder in ("source", "autograder"):
        shutil.copytree(HERE / folder / lab, tmp_path / folder / lab)
    theirs = shutil.copytree(generate(tmp_path, lab), tmp_path / "theirs")
    shutil.rmtree(tmp_path / "release")
    for path in release(course.load(tmp_path, lab), check=False):
        assert path.read_bytes() == (theirs / path.name).read_bytes()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_notebook_loads_where_nbgrader_accepts_it(path: Path, tmp_path: Path) -> None:
    node, resources = nbformat.read(path, as_version=4), {"nbgrader": {}}
    (tmp_path / "source" / "one").mkdir(parents=True)
    shutil.copy(path, tmp_path / "source" / "one" / path.name)
    steps = [step for step in GenerateAssignment().preprocessors if step is not SaveCells]
    try:
        for step in steps:
            node, resources = step()(node, resources)
    except Exception:
        with pytest.raises(AllcloseError) as refusal:
            course.load(tmp_path, "one")
        assert path.name in str(refusal.value)
        assert "\n" not in str(refusal.value)
    else:
        (notebook,) = course.load(tmp_path, "one").notebooks
        assert [cell["source"] for cell in notebook.released] == [cell["source"] for cell in node["cells"]]
        assert [cell["metadata"] for cell in notebook.released] == [cell["metadata"] for cell in node["cells"]]

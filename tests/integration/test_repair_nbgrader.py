"""A repaired notebook is what the real nbgrader makes of it before it runs, through a gradebook that nbgrader wrote."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, DeduplicateIds, OverwriteCells, OverwriteKernelspec

from allclose import course
from allclose.course import ipynb
from allclose.model import Json, Notebook
from allclose.notebook.repair import repair
from allclose.notebook.splice import blank, solved

HERE = Path(__file__).parents[2]
GUIDE = HERE / "tests" / "assets" / "nbgrader-guide"
SHIPPED = Path(nbgrader.__file__).parent / "tests"
STEPS = (ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata)
#: Flags of what nbgrader mends silently; beyond these the two may differ.
SILENT = ("locked-cell-restored", "metadata-restored")
#: nbgrader 0.9.6 refuses a cell whose type was changed: its own mend validates the cell without an id.
SUBMITTED = sorted(
    path
    for folder in ("apps", "preprocessors")
    for path in (SHIPPED / folder / "files").glob("submitted-*")
    if "type-changed" not in path.name
)


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's course, with nbgrader's own test assignments, and a gradebook that nbgrader made."""
    root = Path(shutil.copytree(GUIDE, tmp_path_factory.mktemp("repair") / "course"))
    for folder in ("apps", "preprocessors"):
        (root / "source" / folder).mkdir()
        shutil.copy(SHIPPED / folder / "files" / "submitted-unchanged.ipynb", root / "source" / folder / "p1.ipynb")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for lab in course.labs(root):
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", lab]
        subprocess.run(
            command, cwd=root, check=True, capture_output=True, timeout=120, env={**os.environ, "PATH": path}
        )
    return root


def by_nbgrader(root: Path, lab: str, notebook: Notebook, content: Json) -> Json:
    """The notebook after nbgrader's sanitizing steps."""
    node = nbformat.from_dict(content)
    resources = {
        "nbgrader": {"assignment": lab, "notebook": notebook.name, "db_url": f"sqlite:///{root / 'gradebook.db'}"}
    }
    for step in STEPS:
        node, resources = step()(node, resources)
    found: Json = json.loads(json.dumps(node))
    return found


def untagged(content: Json) -> Json:
    """The notebook without tags: nbgrader leaves a student's tags on locked cells, we put the source's there."""
    for cell in content["cells"]:
        cell["metadata"].pop("tags", None)
    return content


@pytest.mark.parametrize("student", ["bitdiddle", "hacker"])
@pytest.mark.parametrize("name", ["problem1", "problem2"])
def test_the_guides_submissions_become_what_nbgrader_makes_of_them(guide: Path, student: str, name: str) -> None:
    notebook = next(one for one in course.load(guide, "ps1").notebooks if one.name == name)
    content = ipynb.parse((guide / "submitted" / student / "ps1" / f"{name}.ipynb").read_bytes())
    assert untagged(repair(content, notebook).content) == untagged(by_nbgrader(guide, "ps1", notebook, content))


@pytest.mark.parametrize("path", SUBMITTED, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_nbgraders_own_submissions_become_what_nbgrader_makes_of_them(guide: Path, path: Path) -> None:
    lab = path.parts[-3]
    (notebook,) = course.load(guide, lab).notebooks
    content = ipynb.parse(path.read_bytes())
    repaired = repair(content, notebook)
    assert all(flag.startswith(SILENT) for flag in repaired.flags)
    assert repaired.content == by_nbgrader(guide, lab, notebook, content)


@pytest.mark.parametrize("lab", ["apps", "preprocessors", "ps1"])
@pytest.mark.parametrize("make", [solved, blank])
def test_a_sound_notebook_gets_no_flag_and_nbgraders_form(
    guide: Path, lab: str, make: Callable[[Notebook], Json]
) -> None:
    for notebook in course.load(guide, lab).notebooks:
        content = make(notebook)
        repaired = repair(content, notebook)
        assert repaired.flags == ()
        assert repaired.origins == tuple(range(len(notebook.content["cells"])))
        assert repaired.content == by_nbgrader(guide, lab, notebook, content)


def edited(content: Json, rng: random.Random) -> Json:
    """What students do: write answers, add, move and remove cells of their own and of the text, change metadata."""
    content = copy.deepcopy(content)
    found: list[Json] = content["cells"]
    for _ in range(rng.randrange(1, 8)):
        index = rng.randrange(len(found))
        cell = found[index]
        meta = cell["metadata"].get("nbgrader", {})
        edit = rng.randrange(6)
        if edit == 0:
            cell["source"] += "\n# mine"
        elif edit == 1:
            found.insert(index, {"cell_type": "markdown", "metadata": {}, "source": f"note {rng.random()}"})
        elif edit == 2 and not meta:
            found.remove(cell)
        elif edit == 3 and "points" in meta:
            meta["points"] = rng.randrange(9)
        elif edit == 4 and meta:
            meta["locked"] = not meta["locked"]
        elif edit == 5:
            cell["metadata"]["collapsed"] = True
    return content


@pytest.mark.parametrize("seed", range(40))
def test_edits_that_nbgrader_takes_silently_come_out_as_nbgrader_leaves_them(guide: Path, seed: int) -> None:
    rng = random.Random(seed)
    notebook = course.load(guide, "ps1").notebooks[0]
    content = edited(solved(notebook), rng)
    repaired = repair(content, notebook)
    theirs = by_nbgrader(guide, "ps1", notebook, content)
    assert all(flag.startswith(SILENT) for flag in repaired.flags)
    assert [cell["source"] for cell in repaired.content["cells"]] == [cell["source"] for cell in theirs["cells"]]
    if not repaired.flags:
        assert repaired.content == theirs

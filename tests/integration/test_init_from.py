"""nbgrader's guide course, adopted: one line more, and `nbgrader autograde` leaves what it left without it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from allclose.interop.adoption import LINE
from tests.gradebooks import named_rows

Nbgrader = Callable[..., None]
ALLCLOSE = [sys.executable, "-c", "from allclose.cli import main; main()"]


def allclose(*arguments: object, cwd: Path) -> str:
    command = [*ALLCLOSE, *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def digests(root: Path) -> dict[str, str]:
    """Every file and folder below `root`, with its rights and what is in it."""
    found = {}
    for path in root.rglob("*"):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(root))] = f"{path.stat().st_mode:o} {content}"
    return found


@pytest.fixture(scope="module")
def adopted(autograded_by_nbgrader: Path, nbgrader: Nbgrader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide course as nbgrader generated it, then given to `init --from`, then autograded by nbgrader."""
    root = tmp_path_factory.mktemp("adopted") / "course"
    shutil.copytree(autograded_by_nbgrader, root, ignore=shutil.ignore_patterns("autograded", "*.db", "done"))
    shutil.copy(autograded_by_nbgrader / "generated.db", root / "gradebook.db")
    before, settings = digests(root), (root / "nbgrader_config.py").read_bytes()
    said = allclose("init", "--from", "course", cwd=root.parent)
    after = digests(root)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"nbgrader_config.py"}
    assert (root / "nbgrader_config.py").read_bytes() == settings + f"{LINE}\n".encode()
    assert "ps1: 2 notebooks, 4 questions by tests (3 points), 5 by hand (10 points), 2 submissions\n" in said
    assert "gradebook: gradebook.db: as nbgrader 0." in said
    nbgrader(root, "autograde", "ps1")
    return root


def test_nbgrader_autograde_leaves_the_same_gradebook_as_without_the_line(
    adopted: Path, autograded_by_nbgrader: Path
) -> None:
    assert named_rows(adopted / "gradebook.db") == named_rows(autograded_by_nbgrader / "gradebook.db")
    notebooks = sorted((adopted / "autograded").rglob("*.ipynb"))
    ran = {json.loads(path.read_text())["metadata"]["allclose"]["isolation"] for path in notebooks}
    assert (len(notebooks), ran) == (4, {"strong"})


def test_allclose_grade_goes_on_with_what_nbgrader_left(
    adopted: Path, autograded_by_nbgrader: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(adopted, tmp_path / "course"))
    allclose("grade", "ps1", cwd=root)
    assert named_rows(root / "gradebook.db") == named_rows(autograded_by_nbgrader / "gradebook.db")


def test_taking_the_line_out_again_is_the_way_back(
    adopted: Path, autograded_by_nbgrader: Path, nbgrader: Nbgrader, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(adopted, tmp_path / "course"))
    path = root / "nbgrader_config.py"
    path.write_text(path.read_text().replace(f"{LINE}\n", ""))
    nbgrader(root, "autograde", "ps1", "--force", "--student", "hacker", "--notebook", "problem1")
    assert named_rows(root / "gradebook.db") == named_rows(autograded_by_nbgrader / "gradebook.db")
    again = json.loads((root / "autograded" / "hacker" / "ps1" / "problem1.ipynb").read_text())
    assert "allclose" not in again["metadata"]


def test_a_new_course_is_graded_by_nbgrader_as_by_allclose(tmp_path: Path, nbgrader: Nbgrader) -> None:
    allclose("init", "course", cwd=tmp_path)
    root = tmp_path / "course"
    folder = root / "submitted" / "s001" / "example"
    folder.mkdir(parents=True)
    notebook = json.loads((root / "release" / "example" / "example.ipynb").read_text())
    wrong = (root / "autograder" / "example" / "misconceptions" / "standardize--sample.py").read_text()
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "standardize":
            cell["source"] = wrong
    (folder / "example.ipynb").write_text(json.dumps(notebook))
    nbgrader(root, "autograde", "example")
    rows = named_rows(root / "gradebook.db")
    allclose("grade", "example", "--json", "grades.json", cwd=root)
    (graded,) = json.loads((root / "grades.json").read_text())["submissions"]
    assert 0 < graded["score"] < graded["max_score"]
    assert named_rows(root / "gradebook.db") == rows

"""A look at an nbgrader course says what it holds and what allclose cannot do with it, and leaves no trace."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from allclose import course
from allclose.interop.gradebook import db_url, record_source
from allclose.interop.survey import Survey, survey
from tests.courses import cells, code, notebook, roles, write_course


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return write_course(tmp_path / "course", suite="")


def configure(root: Path, text: str) -> None:
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{text}\n")


def write_notebook(root: Path, name: str, content: dict[str, Any], lab: str = "lab") -> None:
    path = root / "source" / lab / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content))


def remarks(found: Survey, lab: str = "lab") -> str:
    return "\n".join(next(held.remarks for held in found.assignments if held.name == lab))


def tree(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_an_assignment_is_counted(root: Path) -> None:
    write_notebook(root, "more", notebook(cells()))
    for student in ("s001", "s002"):
        (root / "submitted" / student / "lab").mkdir(parents=True)
    (held,) = survey(root).assignments
    assert (held.name, held.notebooks, held.submissions, held.suite, held.loads) == ("lab", 2, 2, False, True)
    assert (held.auto, held.by_hand) == ((2.0, 3.0, 2.0, 3.0), (6.0, 6.0))
    assert held.remarks == ()


def test_submissions_are_counted_where_the_settings_have_them(root: Path) -> None:
    configure(root, "c.CourseDirectory.submitted_directory = 'in'")
    (root / "in" / "s001" / "lab").mkdir(parents=True)
    found = survey(root)
    assert found.assignments[0].submissions == 1
    assert found.remarks == (
        "CourseDirectory.submitted_directory is 'in': give that folder to allclose grade (--submitted)",
    )


def test_all_assignments_are_looked_at_whatever_is_wrong_with_one(root: Path) -> None:
    found = cells()
    found[4]["source"] = "### AUTOTEST double(3)"
    found[7]["metadata"]["nbgrader"]["schema_version"] = 2
    write_notebook(root, "auto", notebook(found), "broken")
    told = survey(root)
    assert [(held.name, held.loads) for held in told.assignments] == [("broken", False), ("lab", True)]
    assert "auto.ipynb: cell 'double-grade' uses nbgrader's AUTOTEST" in remarks(told, "broken")
    assert f"run: nbgrader update {root / 'source' / 'broken'}" in remarks(told, "broken")


def test_what_is_wrong_with_many_cells_is_one_remark(root: Path) -> None:
    found = cells()
    for cell in found[2:]:
        cell["metadata"] = {"nbgrader": {"schema_version": 1}}
    found.append(code("### AUTOTEST x", **roles("x", grade=True, points=1)))
    write_notebook(root, "old", notebook(found), "old")
    path = root / "source" / "old" / "old.ipynb"
    assert remarks(survey(root), "old").splitlines() == [
        f"{path}: cell 3 (and 7 more) has nbgrader metadata of schema 1, not 3; run: nbgrader update {path.parent}",
        f"{path}: cell 'x' uses nbgrader's AUTOTEST, which allclose does not run: write its tests out as assertions",
    ]


def test_another_language_and_another_kernel_are_named(root: Path) -> None:
    kernel = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    write_notebook(root, "r", notebook([code("x <- 1")], metadata=kernel))
    environment = {"kernelspec": {"name": "conda-env-ml-py", "display_name": "ML", "language": "python"}}
    write_notebook(root, "ml", notebook([code("x = 1")], metadata=environment))
    found = remarks(survey(root))
    assert "r.ipynb is written in R, and allclose runs Python only" in found
    assert "ml.ipynb asks for the kernel 'conda-env-ml-py'" in found
    assert "lab.ipynb" not in found


def test_modules_that_are_not_installed_are_named_and_those_beside_the_notebook_are_not(root: Path) -> None:
    (root / "source" / "lab" / "helper.py").write_text("")
    (root / "source" / "lab" / "pack").mkdir()
    (root / "source" / "lab" / "pack" / "__init__.py").write_text("")
    text = "%matplotlib inline\nimport helper, pack.inner, numpy as np\nfrom no_such_module.part import thing"
    write_notebook(root, "uses", notebook([code(text)]))
    found = remarks(survey(root))
    assert "uses.ipynb imports 'no_such_module', which this Python lacks" in found
    assert found.count("imports") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import urllib.request\nurllib.request.urlopen(x)", True),
        ("!wget example.org/data.csv", True),
        ("%pip install seaborn", True),
        ("frame = pd.read_csv('https://example.org/data.csv')", True),
        ("import requests", True),
        ("# see https://example.org\nrequests = [1]\nwidget = 'https://example.org'", False),
        ("from helper import curl\ncurl(field)", False),
    ],
)
def test_cells_that_want_the_network_are_named(root: Path, text: str, told: bool) -> None:
    (root / "source" / "lab" / "helper.py").write_text("")
    write_notebook(root, "uses", notebook([code(text), code(text, tags=["skip-grading"])]))
    assert ("uses.ipynb: cell 1 may want the network" in remarks(survey(root))) is told


def test_outdated_and_unusual_settings_are_named(root: Path) -> None:
    configure(root, "c.NbGrader.course_id = 'abc'\nc.CourseDirectory.directory_structure = '{student_id}/x'")
    first, second = survey(root).remarks
    assert "directory_structure is '{student_id}/x'" in first
    assert "NbGrader.course_id is outdated" in second


def test_a_course_that_sends_nbgrader_elsewhere_is_told_so(root: Path) -> None:
    configure(root, "c.CourseDirectory.root = '/srv/other'")
    assert survey(root).remarks == ("CourseDirectory.root is '/srv/other': that is where nbgrader works, and not here",)
    configure(root, f"c.CourseDirectory.root = {str(root)!r}")
    assert survey(root).remarks == ()


def test_an_nbgrader_of_another_python_is_named(root: Path) -> None:
    other = root.parent / "bin" / "nbgrader"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    (remark,) = survey(root).remarks
    assert remark.startswith(f"{other} is not the nbgrader of this Python")


def test_a_gradebook_of_this_nbgrader_is_known_and_not_touched(root: Path) -> None:
    record_source(course.load(root, "lab"), db_url(root))
    before = tree(root)
    found = survey(root)
    assert found.gradebook_fits
    assert "gradebook.db: as nbgrader 0." in found.gradebook
    assert tree(root) == before


def test_a_gradebook_of_another_nbgrader_is_told_from_it(root: Path) -> None:
    record_source(course.load(root, "lab"), db_url(root))
    with sqlite3.connect(root / "gradebook.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '724cde206c17'")
    connection.close()
    found = survey(root)
    assert not found.gradebook_fits
    assert "724cde206c17" in found.gradebook
    assert "nbgrader db upgrade" in found.gradebook


def test_what_is_no_gradebook_is_named(root: Path) -> None:
    (root / "gradebook.db").write_text("no database at all, whatever its name says")
    found = survey(root)
    assert not found.gradebook_fits
    assert "gradebook.db is no gradebook" in found.gradebook


def test_a_database_of_the_department_is_left_alone_and_its_password_not_told(root: Path) -> None:
    configure(root, "c.CourseDirectory.db_url = 'postgresql://grader:secret@db.example.org/course'")
    found = survey(root)
    assert found.gradebook_fits
    assert found.gradebook == "postgresql://grader:***@db.example.org/course: left alone, not looked into"


def test_a_course_without_a_gradebook_or_assignments_can_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    found = survey(tmp_path)
    assert found.assignments == ()
    assert found.gradebook == "gradebook.db: none yet; the first grading makes it"

"""Which files of a course an assignment needs elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose import course
from allclose.course.files import course_files
from tests.suited_course import Asked, write_course

SUITE = (
    "from allclose import grade\n@grade('one', points=1)\ndef test_one(submission):\n    assert submission.one() == 1\n"
)
ASKED = Asked("one", "def one():\n    return 1", 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    answers = {"misconceptions/one--two": '"""Two"""\none = 2', "accepted/one--lambda": '"""Short"""\none = lambda: 1'}
    made = write_course(tmp_path, "lab", [ASKED], SUITE, answers=answers, data={"data.csv": b"1,2"})
    for name in ("source/other/other.ipynb", "solutions/other.py", "solutions/shared.py", ".allclose/secret"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("")
    (made / "solutions" / "__pycache__").mkdir()
    (made / "solutions" / "__pycache__" / "lab.pyc").write_bytes(b"")
    return made


def test_all_that_grading_reads_is_there_and_nothing_of_other_assignments(root: Path) -> None:
    assert set(course_files(course.load(root, "lab"))) == {
        "nbgrader_config.py",
        "autograder/lab/accepted/one--lambda.py",
        "autograder/lab/misconceptions/one--two.py",
        "autograder/lab/test_lab.py",
        "solutions/__init__.py",
        "solutions/lab.py",
        "solutions/shared.py",
        "source/lab/data.csv",
        "source/lab/lab.ipynb",
    }


def test_another_assignments_reference_comes_along_where_the_suite_uses_it(root: Path) -> None:
    suite = root / "autograder" / "lab" / "test_lab.py"
    suite.write_text(f"from solutions import other\n{suite.read_text()}")
    assert "solutions/other.py" in course_files(course.load(root, "lab"))


def test_what_the_suite_takes_from_above_it_comes_along_and_nothing_else(root: Path) -> None:
    suite = root / "autograder" / "lab" / "test_lab.py"
    suite.write_text(f"import helpers\n{suite.read_text()}")
    for name in ("helpers.py", "unrelated.py", "autograder/conftest.py"):
        (root / name).write_text("")
    found = set(course_files(course.load(root, "lab")))
    assert {"helpers.py", "autograder/conftest.py"} <= found
    assert "unrelated.py" not in found


def test_the_header_of_every_notebook_comes_along(root: Path) -> None:
    (root / "source" / "header.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    (root / "nbgrader_config.py").write_text("get_config().IncludeHeaderFooter.header = 'source/header.ipynb'")
    assert "source/header.ipynb" in course_files(course.load(root, "lab"))


def test_the_copy_is_a_course_with_the_same_assignment(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assignment = course.load(root, "lab")
    copy = tmp_path_factory.mktemp("copy")
    for place, path in course_files(assignment).items():
        (copy / place).parent.mkdir(parents=True, exist_ok=True)
        (copy / place).write_bytes(path.read_bytes())
    copied = course.load(copy, "lab")
    assert [notebook.content for notebook in copied.notebooks] == [each.content for each in assignment.notebooks]
    assert [answer.name for answer in copied.misconceptions] == ["one--two"]

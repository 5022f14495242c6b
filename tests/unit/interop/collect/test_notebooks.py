"""Whatever a student's files are called, the assignment's notebooks are found among them, and nothing is left out."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from allclose import course
from allclose.interop.collect.archives import read_archive
from allclose.interop.collect.claims import Piece
from allclose.interop.collect.notebooks import Arranged, arrange, without_copy
from allclose.model import Assignment, Json
from tests.archives import zipped
from tests.small_course import cell, lab_cells, write_source

OTHER = [cell("other", "code", "other = 1", 1.0, grade=True, solution=True)]


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    write_source(tmp_path / "course", lab_cells(), "first")
    return course.load(tmp_path / "course", "lab")


@pytest.fixture
def two(tmp_path: Path) -> Assignment:
    """An assignment of two notebooks, and a data file."""
    write_source(tmp_path / "course", lab_cells(), "first")
    write_source(tmp_path / "course", OTHER, "second")
    (tmp_path / "course/source/lab/given.csv").write_text("1")
    return course.load(tmp_path / "course", "lab")


def written(cells: list[Json], mark: str = "") -> bytes:
    note = {"cell_type": "markdown", "metadata": {}, "source": mark}
    return json.dumps({"cells": [*cells, note], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


FIRST, SECOND, UNRELATED = written(lab_cells()), written(OTHER), written([])
COUNTER = itertools.count()


def arranged(tmp_path: Path, assignment: Assignment, files: dict[str, bytes], *, canvas: bool = False) -> Arranged:
    """Arrange a submission of these files; with `canvas` they bear running numbers in their order."""
    scratch = tmp_path / f"scratch{next(COUNTER)}"
    scratch.mkdir()
    found = read_archive(zipped(tmp_path / "own.zip", files), scratch).members
    pieces = [Piece(member, member.path, order=at if canvas else 0) for at, member in enumerate(found, 1)]
    return arrange(pieces, assignment)


def content(found: Arranged, place: str) -> bytes:
    path = found.files[place].content
    assert path is not None
    return path.read_bytes()


@pytest.mark.parametrize(
    "name", ["first.ipynb", "FIRST.ipynb", "first (1).ipynb", "first-2.ipynb", "Übung eins.ipynb", "work/x.ipynb"]
)
def test_the_only_notebook_is_the_notebook(tmp_path: Path, lab: Assignment, name: str) -> None:
    found = arranged(tmp_path, lab, {name: UNRELATED, "notes.txt": b"n"})
    assert sorted(found.files) == ["first.ipynb", "notes.txt"]
    assert [each.endswith("taken as first.ipynb") for each in found.remarks] == (
        [] if name == "first.ipynb" else [True]
    )


def test_of_several_the_one_of_that_name_counts_and_the_others_stay(tmp_path: Path, lab: Assignment) -> None:
    found = arranged(tmp_path, lab, {"scratch.ipynb": UNRELATED, "first.ipynb": FIRST})
    assert content(found, "first.ipynb") == FIRST
    assert content(found, "scratch.ipynb") == UNRELATED
    assert found.remarks == ("another notebook: scratch.ipynb",)


def test_of_several_misnamed_the_one_with_the_assignments_cells_counts(tmp_path: Path, lab: Assignment) -> None:
    found = arranged(tmp_path, lab, {"a.ipynb": UNRELATED, "b.ipynb": FIRST, "c.ipynb": b"broken"})
    assert content(found, "first.ipynb") == FIRST
    assert set(found.files) == {"first.ipynb", "a.ipynb", "c.ipynb"}


def test_cells_that_lost_their_ids_are_known_by_their_text(tmp_path: Path, lab: Assignment) -> None:
    lost = [{**each, "metadata": {}} for each in json.loads(FIRST)["cells"]]
    found = arranged(tmp_path, lab, {"a.ipynb": UNRELATED, "b.ipynb": written(lost)})
    assert content(found, "first.ipynb") == written(lost)


def test_of_the_attempts_of_canvas_the_latest_counts(tmp_path: Path, lab: Assignment) -> None:
    old, new = written(lab_cells(), "old"), written(lab_cells(), "new")
    found = arranged(tmp_path, lab, {"first.ipynb": old, "first-1.ipynb": new}, canvas=True)
    assert content(found, "first.ipynb") == new
    assert len(found.files) == 2


def test_the_highest_copy_counts_where_none_has_the_name(tmp_path: Path, lab: Assignment) -> None:
    old, new = written(lab_cells(), "old"), written(lab_cells(), "new")
    found = arranged(tmp_path, lab, {"first-10.ipynb": new, "first-9.ipynb": old})
    assert content(found, "first.ipynb") == new


def test_the_notebooks_of_an_assignment_are_told_apart_by_name_and_by_cells(tmp_path: Path, two: Assignment) -> None:
    for names in (("first.ipynb", "second.ipynb"), ("a.ipynb", "b.ipynb"), ("second.ipynb", "first.ipynb")):
        found = arranged(tmp_path, two, {names[0]: FIRST, names[1]: SECOND})
        assert (content(found, "first.ipynb"), content(found, "second.ipynb")) in ((FIRST, SECOND), (SECOND, FIRST))
    found = arranged(tmp_path, two, {"ann first.ipynb": UNRELATED, "ann_second.ipynb": UNRELATED + b" "})
    assert content(found, "first.ipynb") == UNRELATED


def test_the_last_notebook_without_a_place_takes_the_last_place(tmp_path: Path, two: Assignment) -> None:
    found = arranged(tmp_path, two, {"first.ipynb": FIRST, "other.ipynb": UNRELATED})
    assert content(found, "second.ipynb") == UNRELATED


def test_a_missing_notebook_is_told_of(tmp_path: Path, two: Assignment) -> None:
    assert arranged(tmp_path, two, {"first.ipynb": FIRST}).remarks == ("no second.ipynb",)
    assert "no first.ipynb, second.ipynb" in arranged(tmp_path, two, {"essay.pdf": b"%PDF"}).remarks


def test_the_notebooks_folder_becomes_the_submissions(tmp_path: Path, lab: Assignment) -> None:
    files = {"my/work/first.ipynb": FIRST, "my/work/src/helper.py": b"h", "my/data/x.csv": b"x", "top.txt": b"t"}
    assert set(arranged(tmp_path, lab, files).files) == {"first.ipynb", "src/helper.py", "my/data/x.csv", "top.txt"}


def test_archives_are_replaced_by_what_is_in_them(tmp_path: Path, lab: Assignment) -> None:
    inner = zipped(tmp_path / "inner.zip", {"work/first.ipynb": FIRST, "work/src/h.py": b"h"}).read_bytes()
    found = arranged(tmp_path, lab, {"my work.zip": inner, "notes.txt": b"n"})
    assert set(found.files) == {"first.ipynb", "src/h.py", "notes.txt"}
    assert found.files["src/h.py"].name == "my work.zip/work/src/h.py"


def test_an_archive_that_cannot_be_read_stays_a_file(tmp_path: Path, lab: Assignment) -> None:
    found = arranged(tmp_path, lab, {"work.zip": b"PK\x03\x04 cut off", "first.ipynb": FIRST})
    assert set(found.files) == {"first.ipynb", "work.zip"}
    assert any(each.startswith("work.zip: damaged") for each in found.remarks)


def test_files_that_would_be_one_get_names_of_their_own(tmp_path: Path, lab: Assignment) -> None:
    files = {"first.ipynb": FIRST, "a/first.ipynb": UNRELATED, "x.txt": b"1", "X.txt": b"2", "d": b"3", "d/e": b"4"}
    found = arranged(tmp_path, lab, files)
    assert len(found.files) == len(files)
    assert content(found, "first.ipynb") == FIRST
    for place in found.files:
        assert not any(other.startswith(f"{place}/") for other in found.files)


def test_canvas_files_get_back_the_names_that_the_notebook_asks_for(tmp_path: Path, two: Assignment) -> None:
    asking = written(lab_cells(), "import helper; open('mine.csv'); open('kept-1.csv'); open('given.csv')")
    files = {
        "first-3.ipynb": asking,
        "second-3.ipynb": SECOND,
        "helper-2.py": b"h",
        "mine-1.csv": b"m",
        "kept-1.csv": b"k",
        "given-1.csv": b"g",
        "unasked-1.txt": b"u",
    }
    expected = {"first.ipynb", "second.ipynb", "helper.py", "mine.csv", "kept-1.csv", "given-1.csv", "unasked-1.txt"}
    assert set(arranged(tmp_path, two, files, canvas=True).files) == expected
    assert "helper-2.py" in arranged(tmp_path, two, files).files


@pytest.mark.parametrize(
    ("stem", "plain"),
    [
        *(("lab", ("lab", 0)), ("lab (1)", ("lab", 1)), ("lab(12)", ("lab", 12)), ("lab-2", ("lab", 2))),
        *(("lab-Copy1", ("lab", 1)), ("lab - Copy", ("lab", 1)), ("lab copy 3", ("lab", 3)), ("lab1", ("lab1", 0))),
    ],
)
def test_marks_of_copies(stem: str, plain: tuple[str, int]) -> None:
    assert without_copy(stem) == plain

"""Archives that no site made: whoever names what how, each student's files come together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from allclose.interop.collect.archives import read_archive
from allclose.interop.collect.claims import Hints
from allclose.interop.collect.matching import Roster
from allclose.interop.collect.sites import recognise
from allclose.interop.roster import Person
from tests.archives import zipped

PEOPLE = (Person("s001", "Ann Lee", "ann@x.test"), Person("s002", "Bob O'Hara", "bob@x.test"))


def read(
    tmp_path: Path, names: Mapping[str, bytes] | list[str], people: tuple[Person, ...] = (), *notebooks: str
) -> dict[str, list[str]]:
    """The labels of an archive with these members, the places of each one's files; strays under ""."""
    members = names if isinstance(names, Mapping) else {name: name.encode() for name in names}
    path = zipped(tmp_path / "a.zip", members)
    (tmp_path / "scratch").mkdir()
    hints = Hints("lab1", notebooks or ("lab1",), Roster(people).knows)
    claims, strays = recognise(read_archive(path, tmp_path / "scratch"), hints)
    found = {claim.label: sorted("/".join(piece.place) for piece in claim.pieces) for claim in claims}
    assert all(claim.site == "zip" for claim in claims)
    return found | ({"": sorted(each.member.name for each in strays)} if strays else {})


@pytest.mark.parametrize("around", ["", "downloads/", "a/b/c/"])
def test_a_notebook_for_each_student(tmp_path: Path, around: str) -> None:
    found = read(tmp_path, [f"{around}ann.ipynb", f"{around}bob.ipynb"])
    assert found == {"ann": ["lab1.ipynb"], "bob": ["lab1.ipynb"]}


@pytest.mark.parametrize("around", ["", "downloads/", "lab1/"])
def test_a_folder_for_each_student(tmp_path: Path, around: str) -> None:
    found = read(tmp_path, [f"{around}ann/lab1.ipynb", f"{around}ann/data/x.csv", f"{around}bob/mine.ipynb"])
    assert found == {"ann": ["data/x.csv", "lab1.ipynb"], "bob": ["mine.ipynb"]}


@pytest.mark.parametrize("name", ["ann/lab1.ipynb", "ann/mine.ipynb", "x/ann/lab1.ipynb"])
def test_a_single_students_folder_is_no_wrapping(tmp_path: Path, name: str) -> None:
    assert list(read(tmp_path, [name])) == ["ann"]


@pytest.mark.parametrize(
    "name", ["ann_lab1.ipynb", "lab1_ann.ipynb", "lab1 - ann.ipynb", "Lab1-ann.ipynb", "ann.ipynb", "ann (1).ipynb"]
)
def test_the_assignments_name_is_taken_off(tmp_path: Path, name: str) -> None:
    assert list(read(tmp_path, [name, "bob.ipynb"])) == ["ann", "bob"]


def test_an_archive_for_each_student(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"lab1.ipynb": b"{}", "src/helper.py": b"x"}).read_bytes()
    found = read(tmp_path, {"ann.zip": inner, "class/bob.zip": inner})
    assert found["ann"] == ["lab1.ipynb", "src/helper.py"]


def test_other_files_go_with_the_notebook_of_that_name(tmp_path: Path) -> None:
    found = read(tmp_path, ["ann.ipynb", "ann_helper.py", "bob.ipynb", "readme.txt"])
    assert found == {"ann": ["helper.py", "lab1.ipynb"], "bob": ["lab1.ipynb"], "": ["readme.txt"]}


def test_a_notebook_that_only_bears_the_assignments_name_is_nobodys(tmp_path: Path) -> None:
    assert read(tmp_path, ["lab1.ipynb", "ann.ipynb"]) == {"ann": ["lab1.ipynb"], "": ["lab1.ipynb"]}


def test_several_notebooks_of_one_student_come_together(tmp_path: Path) -> None:
    found = read(tmp_path, ["ann_part1.ipynb", "ann_part2.ipynb", "part1_bob.ipynb"], (), "part1", "part2")
    assert found == {"ann": ["ann_part1.ipynb", "ann_part2.ipynb"], "bob": ["part1_bob.ipynb"]}


def test_names_of_blackboard_and_of_nbgraders_manual(tmp_path: Path) -> None:
    found = read(
        tmp_path, ["ps1_bitdiddle_attempt_2016-01-30-15-00-00_problem1.ipynb", "x_ann_attempt_2016-01-30-15-00-00.txt"]
    )
    assert found == {"bitdiddle": ["problem1.ipynb"], "ann": ["x.txt"]}


@pytest.mark.parametrize(
    "label",
    [
        "s001",
        "ann@x.test",
        "Lee, Ann",
        "Ann Lee (s001)",
        "s001_final",
        "submission-s001-v2",
        "lee_ann_12345",
        "ANN  LEE",
    ],
)
def test_the_roster_knows_labels_as_a_whole_and_in_pieces(label: str) -> None:
    assert Roster(PEOPLE).knows(label)


@pytest.mark.parametrize("label", ["", "s00", "s0011", "Ann", "Lee", "s001 s002", "s001 Bob O'Hara", "Anna Lee"])
def test_the_roster_does_not_guess(label: str) -> None:
    assert not Roster(PEOPLE).knows(label)


def test_a_wrapping_folder_that_is_somebodys_is_theirs(tmp_path: Path) -> None:
    assert list(read(tmp_path, ["Ann Lee/work/x.ipynb", "Ann Lee/work/y.ipynb"], PEOPLE)) == ["Ann Lee"]

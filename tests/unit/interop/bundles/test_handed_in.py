"""A submission with its notebooks elsewhere and under other names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from allclose import course
from allclose.interop.bundles.handed_in import in_place
from allclose.model import Assignment
from allclose.notebook.splice import solved
from tests.suited_course import Asked, write_course


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return course.load(write_course(tmp_path / "course", "lab", [Asked("one", "x = 1", 1)], ""), "lab")


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    folder = tmp_path / "submission"
    folder.mkdir()
    return folder


def hand_in(folder: Path, name: str, content: object) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def placed(submission: Path, assignment: Assignment, tmp_path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    folder, flags = in_place(submission, assignment, scratch)
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }, flags


def test_what_stands_where_it_should_is_read_there(submission: Path, assignment: Assignment, tmp_path: Path) -> None:
    hand_in(submission, "lab.ipynb", "anything")
    hand_in(submission, "old/lab.ipynb", "older")
    assert in_place(submission, assignment, tmp_path) == (submission, ())


def test_a_folder_of_its_own_is_entered(submission: Path, assignment: Assignment, tmp_path: Path) -> None:
    hand_in(submission, "my lab/lab.ipynb", "anything")
    hand_in(submission, "my lab/helper.py", "y = 1")
    folder, flags = in_place(submission, assignment, tmp_path)
    assert folder == submission / "my lab"
    assert flags == ("found-as: my lab/lab.ipynb is taken for lab.ipynb",)


def test_a_renamed_notebook_is_known_by_its_cells(submission: Path, assignment: Assignment, tmp_path: Path) -> None:
    ours = json.dumps(solved(assignment.notebooks[0]))
    hand_in(submission, "sub/lab (1).ipynb", ours)
    hand_in(submission, "sub/data/more.txt", "words")
    hand_in(submission, "notes.ipynb", {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    files, flags = placed(submission, assignment, tmp_path)
    assert files == {"lab.ipynb": ours, "data/more.txt": "words"}
    assert flags == ("found-as: sub/lab (1).ipynb is taken for lab.ipynb",)


def test_the_only_notebook_is_taken_even_if_it_is_broken(
    submission: Path, assignment: Assignment, tmp_path: Path
) -> None:
    hand_in(submission, "final.ipynb", "{")
    files, _ = placed(submission, assignment, tmp_path)
    assert files == {"lab.ipynb": "{"}


def test_of_two_that_are_as_good_none_is_taken(submission: Path, assignment: Assignment, tmp_path: Path) -> None:
    ours = solved(assignment.notebooks[0])
    hand_in(submission, "one.ipynb", ours)
    hand_in(submission, "two.ipynb", ours)
    assert in_place(submission, assignment, tmp_path) == (submission, ())


def test_links_pipes_and_other_folders_of_notebooks_are_not_followed(
    submission: Path, assignment: Assignment, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    hand_in(outside, "lab.ipynb", solved(assignment.notebooks[0]))
    hand_in(outside, "secret.txt", "secret")
    (submission / "in").symlink_to(outside)
    (submission / "other.ipynb").symlink_to(outside / "lab.ipynb")
    os.mkfifo(submission / "pipe.ipynb")
    hand_in(submission, "sub/mine.ipynb", solved(assignment.notebooks[0]))
    (submission / "sub" / "secret.txt").symlink_to(outside / "secret.txt")
    files, flags = placed(submission, assignment, tmp_path)
    assert set(files) == {"lab.ipynb"}
    assert flags == ("found-as: sub/mine.ipynb is taken for lab.ipynb",)


def test_there_is_nothing_in_an_empty_submission(submission: Path, assignment: Assignment, tmp_path: Path) -> None:
    assert in_place(submission, assignment, tmp_path) == (submission, ())

"""A class as gradebook, stored results, roster and hand-ins have it together."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allclose import course
from allclose.errors import InteropError
from allclose.interop.classroom import read_classroom
from allclose.model import Assignment
from allclose.ratings import MIME, Rating
from allclose.report.classroom import Classroom, Student
from tests.graded_course import answered, finished, late, record_class, ungraded, unreadable, write_lab
from tests.small_course import executed, grade, lab_cells, write_source

RATING = {"output_type": "display_data", "data": {MIME: {"section": "Doubling", "stars": 2, "comment": "too fast"}}}


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    lab = write_lab(tmp_path / "course")
    done = replace(answered(lab, "s001"), seconds=2.5)
    record_class(lab, [done, answered(lab, "s002"), unreadable(lab, "s003"), ungraded(lab, "s004")])
    (lab.root / "roster.csv").write_text("id,name,section\ns001,Ada,A\ns002,Bo,B\ns003,,A\ns005,Cy,B\n")
    return lab


def read(lab: Assignment) -> tuple[Classroom, dict[str, Student]]:
    room = read_classroom(lab, lab.root / "submitted")
    return room, {student.id: student for student in room.students}


def hand_in(lab: Assignment, student: str, content: Any) -> None:
    folder = lab.root / "submitted" / student / lab.name
    folder.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / "first.ipynb").write_bytes(data)


def with_outputs(lab: Assignment, *outputs: Any) -> Any:
    content = executed(lab)
    content["cells"][0] = content["cells"][0] | {"cell_type": "code", "outputs": list(outputs)}
    return content


def test_everybody_is_in_it_with_what_there_is_of_their_work(lab: Assignment) -> None:
    room, students = read(lab)
    assert {name: student.state for name, student in students.items()} == {
        "s001": "graded",
        "s002": "graded",
        "s003": "bad-file",
        "s004": "infra",
        "s005": "missing",
    }
    assert [(item.name, item.max_score, item.by_hand) for item in room.items] == [
        ("double-test", 2.0, False),
        ("essay", 3.0, True),
        ("project", 5.0, True),
    ]
    assert (students["s001"].name, students["s001"].section, students["s001"].seconds) == ("Ada", "A", 2.5)
    assert students["s003"].reason == "first.ipynb is not JSON"
    assert [name for name, student in students.items() if not student.listed] == ["s004"]


def test_what_waits_for_a_grader_has_no_points_until_it_is_graded(lab: Assignment) -> None:
    assert read(lab)[1]["s001"].points == (1.5, None, None)
    assert read(lab)[1]["s001"].pending == ("essay", "project")
    finished(lab, "s001")
    late(lab, "s001", 1.0)
    student = read(lab)[1]["s001"]
    assert (student.points, student.pending) == ((1.5, 2.0, 4.0), ())


def test_tests_answers_and_flags_are_those_of_the_result(lab: Assignment) -> None:
    student = read(lab)[1]["s001"]
    assert [test.misconception for test in student.tests[0]] == [None, "double-test--add"]
    assert student.flags == ("cell-restored: double-test",)
    assert {place: answer.is_code for place, answer in student.answers.items()} == {
        ("first", "double"): True,
        ("first", "essay"): False,
    }
    assert student.answers["first", "essay"].text == "Because I say so."


def test_what_everybody_got_and_the_solution_are_given(lab: Assignment) -> None:
    texts = [answer.text for answer in read(lab)[0].given]
    assert "double = 2" in texts
    assert "# YOUR CODE HERE\nraise NotImplementedError()" in texts


def test_ratings_are_read_from_what_was_handed_in(lab: Assignment) -> None:
    hand_in(lab, "s001", with_outputs(lab, RATING))
    assert read(lab)[1]["s001"].ratings == (Rating("Doubling", 2, "too fast"),)


@pytest.mark.parametrize(
    "hostile",
    [
        b"{" + MIME.encode(),
        b'{"cells": ' + b"[" * 100_000 + MIME.encode(),
        MIME.encode() + b"\xff\xfe",
        json.dumps({"cells": [{"outputs": [{"data": {MIME: {"section": 1, "stars": [], "comment": {}}}}]}]}).encode(),
        b'{"x": "' + MIME.encode() + b'", "cells": [' + b"0," * 3_000_000 + b"0]}",
    ],
)
def test_a_notebook_that_was_made_to_hurt_has_no_ratings(lab: Assignment, hostile: bytes) -> None:
    hand_in(lab, "s001", hostile)
    hand_in(lab, "s002", with_outputs(lab, RATING))
    students = read(lab)[1]
    assert (students["s001"].ratings, len(students["s002"].ratings)) == ((), 1)


def test_a_link_in_the_place_of_a_notebook_is_not_followed(lab: Assignment, tmp_path: Path) -> None:
    hand_in(lab, "s002", with_outputs(lab, RATING))
    folder = lab.root / "submitted" / "s001" / "lab"
    (folder / "first.ipynb").symlink_to(lab.root / "submitted" / "s002" / "lab" / "first.ipynb")
    assert read(lab)[1]["s001"].ratings == ()


def test_progress_has_every_lab_that_was_graded_in_the_order_of_their_numbers(lab: Assignment) -> None:
    for name in ("lab10", "lab9", "lab11"):
        write_source(lab.root, lab_cells(), lab=name)
    for name, right in (("lab10", True), ("lab9", False)):
        other = course.load(lab.root, name)
        record_class(other, [grade(other, "s001", executed(other, right=right, essay="So."))])
    finished(lab, "s001", essay=3.0, project=5.0)
    late(lab, "s001", 4.5)
    room, _ = read(lab)
    assert room.labs == ("lab", "lab9", "lab10")
    assert room.shares["s001"] == (0.5, 0.0, 1.0)
    assert room.shares["s002"] == (0.75, None, None)


def test_a_class_that_was_never_graded_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(InteropError, match="run `allclose grade lab` first"):
        read(write_lab(tmp_path / "course"))

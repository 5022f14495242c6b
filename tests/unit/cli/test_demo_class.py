"""The made-up class: every known answer, every kind of damage, the same each time; and what is said of its grades."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path

import pytest

from allclose import course as courses
from allclose.cli.demo_class import Kind, Member, make_class
from allclose.cli.demo_judgement import judge
from allclose.model import Answer, Assignment, Grade, ManualMark, QuestionMark, Status, Tier


@pytest.fixture
def assignment(course: Path) -> Assignment:
    return courses.load(course, "example")


def crowded(assignment: Assignment, wrong: int, right: int) -> Assignment:
    """The same lab with many known answers."""

    def answers(number: int) -> tuple[Answer, ...]:
        code = "def standardize(x):\n    return x\n"
        return tuple(Answer("standardize", f"a{place}", "title", "", code, Path("x")) for place in range(number))

    return dataclasses.replace(assignment, misconceptions=answers(wrong), accepted=answers(right))


@pytest.mark.parametrize("size", [6, 7, 20, 40, 200])
def test_the_class_has_the_asked_size_and_one_of_each_first_kind(assignment: Assignment, size: int) -> None:
    members, left_out = make_class(assignment, size)
    kinds = Counter(member.kind for member in members)
    assert len({member.student for member in members}) == size
    assert left_out == ()
    assert {Kind.SOLUTION, Kind.BLANK, Kind.WRONG, Kind.ACCEPTED} <= kinds.keys()
    assert {answer.name for member in members for answer in member.answers} == {
        answer.name for answer in (*assignment.misconceptions, *assignment.accepted)
    }


def test_the_class_is_the_same_at_every_run(assignment: Assignment) -> None:
    assert make_class(assignment, 40) == make_class(assignment, 40)


@pytest.mark.parametrize(("wrong", "right", "size"), [(30, 30, 20), (3, 30, 20), (50, 0, 10), (0, 0, 6)])
def test_answers_that_find_no_room_are_named(assignment: Assignment, wrong: int, right: int, size: int) -> None:
    members, left_out = make_class(crowded(assignment, wrong, right), size)
    placed = sum(len(member.answers) for member in members)
    assert len(members) == size
    assert placed + len(left_out) == wrong + right
    assert all(len({answer.question for answer in member.answers}) == len(member.answers) for member in members)


def test_a_class_of_forty_holds_every_kind_of_damage(assignment: Assignment) -> None:
    members, _ = make_class(assignment, 40)
    broken = {member.label: member for member in members if member.kind is Kind.UNREADABLE}
    assert len(broken) == 9
    assert broken["a link"].links == {"example.ipynb": "/etc/passwd"}
    assert "example.ipynb" not in broken["missing"].files
    for label in ("cut off", "binary", "empty", "not UTF-8"):
        with pytest.raises(ValueError, match=r".*"):
            json.loads(broken[label].files["example.ipynb"].decode())
    damaged = [member for member in members if member.kind is Kind.DAMAGED]
    assert len(damaged) == 3
    texts = {member.files["example.ipynb"] for member in members if member.kind is Kind.SOLUTION}
    assert len(texts) == 1
    assert not texts & {member.files["example.ipynb"] for member in damaged}


def graded(assignment: Assignment, member: Member, score: float, status: Status = Status.GRADED) -> Grade:
    marks = (QuestionMark("example", "standardize", score, 10.0),)
    manual = ManualMark(0.0, 2.0, ())
    flags = ("cell-restored: x",) if member.kind is Kind.DAMAGED else ()
    return Grade(member.student, status, score, 10.0, flags, manual, marks, Tier.BASIC, "cpu", 0.1)


FAIR = {Kind.BLANK: 0.0, Kind.WRONG: 5.0, Kind.UNREADABLE: 0.0}


def test_fair_grades_have_no_fault(assignment: Assignment) -> None:
    members, _ = make_class(assignment, 20)
    grades = [
        graded(
            assignment,
            member,
            FAIR.get(member.kind, 10.0),
            Status.BAD_FILE if member.kind is Kind.UNREADABLE else Status.GRADED,
        )
        for member in members
    ]
    assert [each.fault for each in judge(assignment, members, grades) if each.fault] == []


@pytest.mark.parametrize(
    ("kind", "score", "status", "fault"),
    [
        (Kind.SOLUTION, 9.0, Status.GRADED, "1 points lost where nothing is wrong"),
        (Kind.DAMAGED, 9.0, Status.GRADED, "1 points lost where nothing is wrong"),
        (Kind.ACCEPTED, 9.0, Status.GRADED, "points lost by standardize--"),
        (Kind.WRONG, 10.0, Status.GRADED, "no points lost by standardize--"),
        (Kind.BLANK, 1.0, Status.GRADED, "1 points for nothing"),
        (Kind.UNREADABLE, 0.0, Status.GRADED, "graded"),
        (Kind.SOLUTION, 0.0, Status.INFRA, "infra"),
        (Kind.SOLUTION, 0.0, Status.BAD_FILE, "bad-file"),
    ],
)
def test_an_unfair_grade_is_told(assignment: Assignment, kind: Kind, score: float, status: Status, fault: str) -> None:
    members, _ = make_class(assignment, 20)
    member = next(member for member in members if member.kind is kind)
    assert judge(assignment, [member], [graded(assignment, member, score, status)])[0].fault.startswith(fault)

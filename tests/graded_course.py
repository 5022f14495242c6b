"""The small course with a class that was graded: gradebook, `autograded/` and stored results, without the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from allclose import course
from allclose.grading.store import digest, store_of
from allclose.interop.autograded import write_autograded
from allclose.interop.gradebook import db_url, record_source, write_grades
from allclose.model import Assignment, Grade, QuestionMark, Status, TestMark, Verdict
from tests.small_course import executed, grade, lab_cells, write_source

RIGHT = TestMark("test_of_two", 1.5, Verdict.PASSED, title="Two is doubled.")
WRONG = TestMark(
    "test_of_three", 0.5, Verdict.FAILED, "You add one. Multiply.", "double-test--add", title="Three is doubled."
)


def write_lab(root: Path) -> Assignment:
    """The small course's one assignment: `double-test` of 2 points, `essay` of 3 and `project` of 5 by hand."""
    write_source(root, lab_cells())
    (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "tests"\n')
    return course.load(root, "lab")


def answered(lab: Assignment, student: str, **answers: str) -> Grade:
    """A grade of 1.5 of 2 points, by two tests; what is graded by hand waits."""
    found = grade(lab, student, executed(lab, right=True, **({"essay": "Because I say so."} | answers)))
    marks = (QuestionMark("first", "double-test", 1.5, 2.0, (RIGHT, WRONG)),)
    return replace(found, questions=marks, score=1.5, flags=("cell-restored: double-test",))


def unreadable(lab: Assignment, student: str) -> Grade:
    return replace(grade(lab, student, status=Status.BAD_FILE), reason="first.ipynb is not JSON")


def ungraded(lab: Assignment, student: str) -> Grade:
    return replace(grade(lab, student), status=Status.INFRA, reason="the sandbox did not start", questions=())


def record_class(lab: Assignment, grades: Iterable[Grade]) -> None:
    """Leave what `allclose grade` leaves."""
    grades, url, submitted = list(grades), db_url(lab.root), lab.root / "submitted"
    for each in grades:
        (submitted / each.student / lab.name).mkdir(parents=True, exist_ok=True)
    record_source(lab, url)
    write_grades(lab, url, grades, submitted)
    write_autograded(lab, grades, submitted)
    store = store_of(lab)
    for each in grades:
        if each.status is not Status.INFRA:
            store.save(each.student, digest({"student": each.student.encode()}), each)
    store.publish(grades)


def by_hand(lab: Assignment, student: str, cell: str, **columns: Any) -> None:
    """What a grader does in nbgrader: `manual_score`, `extra_credit`, `needs_manual_grade` of a cell."""
    with Gradebook(db_url(lab.root), "tests") as book:
        row = book.find_grade(cell, "first", lab.name, student)
        for name, value in columns.items():
            setattr(row, name, value)
        book.db.commit()


def comment(lab: Assignment, student: str, cell: str, text: str) -> None:
    with Gradebook(db_url(lab.root), "tests") as book:
        book.find_comment(cell, "first", lab.name, student).manual_comment = text
        book.db.commit()


def late(lab: Assignment, student: str, points: float) -> None:
    with Gradebook(db_url(lab.root), "tests") as book:
        book.find_submission_notebook("first", lab.name, student).late_submission_penalty = points
        book.db.commit()


def finished(lab: Assignment, student: str, essay: float = 2.0, project: float = 4.0) -> None:
    """Grade what waits for a grader."""
    by_hand(lab, student, "essay", manual_score=essay, needs_manual_grade=False)
    by_hand(lab, student, "project", manual_score=project, needs_manual_grade=False)

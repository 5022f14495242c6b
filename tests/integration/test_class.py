"""A class through `grade_class`: what is kept, what is graded again, and a fault that stays with one student."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose import course
from allclose.errors import CourseError
from allclose.grading import batch
from allclose.grading.batch import Batch, Change, Options, grade_class
from allclose.model import Status, Submission, Tier
from allclose.notebook.splice import solved
from tests.suited_course import Asked, hand_in, write_course

LAB = "lab"
SUITE = (
    "from allclose import grade\n@grade('one', points=1)\ndef test_one(submission):\n    assert submission.one() == 1\n"
)
STUDENTS = ("s001", "s002", "s003")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = write_course(tmp_path / "course", LAB, [Asked("one", "def one():\n    return 1", 1)], SUITE)
    content = solved(course.load(made, LAB).notebooks[0])
    for student in STUDENTS:
        hand_in(made, student, LAB, content)
    return made


def run(root: Path) -> Batch:
    return grade_class(course.load(root, LAB), root / "submitted", Options(Tier.BASIC), lambda event: None)


def test_only_what_changed_is_graded_again(root: Path) -> None:
    assert run(root).reused == 0
    assert run(root).reused == 3
    wrong = solved(course.load(root, LAB).notebooks[0], {"one": "def one():\n    return 2"})
    hand_in(root, "s002", LAB, wrong)
    again = run(root)
    assert again.reused == 2
    assert {grade.student: grade.score for grade in again.grades} == {"s001": 1, "s002": 0, "s003": 1}
    assert again.changes == (Change("s002", 1.0, 0.0, (("one", 1.0, 0.0),)),)
    (root / "autograder" / LAB / f"test_{LAB}.py").write_text(SUITE.replace("== 1", "== 2"))
    regraded = run(root)
    assert regraded.reused == 0
    assert {(change.student, change.before, change.after) for change in regraded.changes} == {
        ("s001", 1, 0),
        ("s002", 0, 1),
        ("s003", 1, 0),
    }
    assert run(root).changes == ()


def test_a_submission_that_we_cannot_read_by_our_own_fault_is_nobody_elses_trouble(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = batch.read_submission

    def stumbling(folder: Path, student: str, assignment: batch.Assignment) -> Submission:
        if student == "s002":
            raise ZeroDivisionError("not foreseen")
        return read(folder, student, assignment)

    monkeypatch.setattr(batch, "read_submission", stumbling)
    first = run(root)
    assert [grade.status for grade in first.grades] == [Status.GRADED, Status.INFRA, Status.GRADED]
    assert "a fault of ours, ZeroDivisionError" in first.grades[1].reason
    monkeypatch.undo()
    second = run(root)
    assert second.reused == 2
    assert [grade.score for grade in second.grades] == [1, 1, 1]


def test_a_notebook_of_another_language_is_refused_rather_than_run_as_python(root: Path) -> None:
    path = root / "source" / LAB / f"{LAB}.ipynb"
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    with pytest.raises(CourseError, match=r"lab\.ipynb is written in R, and allclose runs Python only"):
        run(root)

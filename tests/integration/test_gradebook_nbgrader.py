"""Our gradebook and `autograded/` are those of the real `nbgrader autograde`, and nbgrader works on with them."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from allclose import course
from allclose.grading.scoring import absent_notebook, combine_manual, score_notebook
from allclose.interop.autograded import write_autograded
from allclose.interop.gradebook import db_url, record_source, write_grades
from allclose.model import Assignment, Grade, Json, Status, Tier
from tests.gradebooks import api, named_rows, without_ids

STUDENTS = ("bitdiddle", "hacker")

Nbgrader = Callable[..., None]


def grade_from(executed: dict[str, Json], lab: Assignment, student: str) -> Grade:
    """The grade of a submission whose executed notebooks came from the real nbgrader."""
    results = [
        score_notebook(executed[notebook.name], notebook) if notebook.name in executed else absent_notebook(notebook)
        for notebook in lab.notebooks
    ]
    questions = tuple(mark for marks, _ in results for mark in marks)
    return Grade(
        student=student,
        status=Status.GRADED if executed else Status.BAD_FILE,
        score=sum(mark.score for mark in questions),
        max_score=sum(mark.max_score for mark in questions),
        flags=(),
        manual=combine_manual(manual for _, manual in results),
        questions=questions,
        isolation=Tier.BASIC,
        device="cpu",
        seconds=0.0,
        notebooks=executed,
    )


def executed_by_nbgrader(theirs: Path, student: str) -> dict[str, Json]:
    folder = theirs / "autograded" / student / "ps1"
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.ipynb"))}


@pytest.fixture
def theirs(autograded_by_nbgrader: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(autograded_by_nbgrader, tmp_path / "theirs"))


@pytest.fixture
def ours(autograded_by_nbgrader: Path, tmp_path: Path) -> Path:
    root = tmp_path / "ours"
    root.mkdir()
    for name in ("source", "submitted"):
        shutil.copytree(autograded_by_nbgrader / name, root / name)
    shutil.copy(autograded_by_nbgrader / "nbgrader_config.py", root)
    return root


@pytest.fixture
def lab(ours: Path) -> Assignment:
    return course.load(ours, "ps1")


@pytest.fixture
def grades(autograded_by_nbgrader: Path, lab: Assignment) -> list[Grade]:
    return [grade_from(executed_by_nbgrader(autograded_by_nbgrader, name), lab, name) for name in STUDENTS]


def write(lab: Assignment, grades: list[Grade]) -> None:
    url = db_url(lab.root)
    record_source(lab, url)
    write_grades(lab, url, grades, lab.root / "submitted")
    write_autograded(lab, grades, lab.root / "submitted")


def test_the_source_is_recorded_row_for_row_as_generate_assignment_records_it(
    autograded_by_nbgrader: Path, lab: Assignment
) -> None:
    record_source(lab, db_url(lab.root))
    assert named_rows(lab.root / "gradebook.db") == named_rows(autograded_by_nbgrader / "generated.db")


def test_what_generate_assignment_recorded_needs_no_change(autograded_by_nbgrader: Path, lab: Assignment) -> None:
    shutil.copy(autograded_by_nbgrader / "generated.db", lab.root / "gradebook.db")
    record_source(lab, db_url(lab.root))
    assert (lab.root / "gradebook.db").read_bytes() == (autograded_by_nbgrader / "generated.db").read_bytes()


def test_the_automatic_scores_are_those_of_the_guide(grades: list[Grade]) -> None:
    assert {grade.student: grade.score for grade in grades} == {"bitdiddle": 1.5, "hacker": 3.0}
    marks = {mark.question: (mark.score, mark.max_score) for mark in grades[0].questions}
    assert marks == {
        "correct_squares": (0.0, 1.0),
        "squares_invalid_input": (1.0, 1.0),
        "correct_sum_of_squares": (0.0, 0.5),
        "sum_of_squares_uses_squares": (0.5, 0.5),
    }


def test_the_gradebook_is_row_for_row_what_autograde_wrote(
    autograded_by_nbgrader: Path, lab: Assignment, grades: list[Grade]
) -> None:
    write(lab, grades)
    assert named_rows(lab.root / "gradebook.db") == named_rows(autograded_by_nbgrader / "gradebook.db")


def test_a_second_run_changes_no_row_and_no_file(lab: Assignment, grades: list[Grade]) -> None:
    write(lab, grades)
    before = named_rows(lab.root / "gradebook.db")
    files = {path: path.stat().st_mtime_ns for path in (lab.root / "autograded").rglob("*")}
    write(lab, grades)
    assert named_rows(lab.root / "gradebook.db") == before
    assert {path: path.stat().st_mtime_ns for path in (lab.root / "autograded").rglob("*")} == files


def test_the_autograded_folder_is_byte_for_byte_and_mode_for_mode_nbgraders(
    autograded_by_nbgrader: Path, lab: Assignment, grades: list[Grade]
) -> None:
    write(lab, grades)
    theirs, ours = autograded_by_nbgrader / "autograded", lab.root / "autograded"
    listed = sorted(path.relative_to(theirs) for path in theirs.rglob("*"))
    assert sorted(path.relative_to(ours) for path in ours.rglob("*")) == listed
    for path in listed:
        assert (ours / path).stat().st_mode == (theirs / path).stat().st_mode
        if (ours / path).is_file():
            assert (ours / path).read_bytes() == (theirs / path).read_bytes()


def test_the_formgrader_reads_ours_as_it_reads_nbgraders(theirs: Path, lab: Assignment, grades: list[Grade]) -> None:
    write(lab, grades)
    shutil.rmtree(theirs / "release")
    ours_api, theirs_api = api(lab.root), api(theirs)
    calls: dict[str, tuple[str, ...]] = {
        "get_assignment": ("ps1",),
        "get_assignments": (),
        "get_notebooks": ("ps1",),
        "get_submissions": ("ps1",),
        "get_students": (),
        "get_autograded_students": ("ps1",),
        "get_notebook_submissions": ("ps1", "problem1"),
        "get_student_submissions": ("hacker",),
        "get_student_notebook_submissions": ("bitdiddle", "ps1"),
        "get_submission": ("ps1", "bitdiddle"),
    }
    for name, arguments in calls.items():
        found = without_ids(getattr(ours_api, name)(*arguments))
        assert found, name
        assert found == without_ids(getattr(theirs_api, name)(*arguments)), name
    assert sorted(ours_api.get_notebook_submission_indices("ps1", "problem2").values()) == [0, 1]


def test_feedback_is_byte_for_byte_what_nbgrader_makes_of_its_own(
    theirs: Path, lab: Assignment, grades: list[Grade]
) -> None:
    write(lab, grades)
    for root in (theirs, lab.root):
        assert api(root).generate_feedback("ps1")["success"]
    pages = sorted(path.relative_to(theirs / "feedback") for path in (theirs / "feedback").rglob("*.html"))
    assert len(pages) == 4
    for page in pages:
        assert (lab.root / "feedback" / page).read_bytes() == (theirs / "feedback" / page).read_bytes()


def test_the_exported_table_is_nbgraders(
    nbgrader: Nbgrader, theirs: Path, lab: Assignment, grades: list[Grade]
) -> None:
    write(lab, grades)
    nbgrader(lab.root, "export", "--to", "grades.csv")
    with Gradebook(db_url(theirs)) as gradebook:
        CsvExportPlugin(to=str(theirs / "grades.csv")).export(gradebook)
    tables = []
    for root in (theirs, lab.root):
        with (root / "grades.csv").open(newline="") as file:
            tables.append(list(csv.DictReader(file)))
    assert tables[0] == tables[1]
    assert {row["student_id"]: row["score"] for row in tables[1]} == {"bitdiddle": "1.5", "hacker": "3.0"}


def test_a_score_given_in_the_formgrader_survives_a_regrade_and_reaches_the_feedback(
    lab: Assignment, grades: list[Grade]
) -> None:
    write(lab, grades)
    with Gradebook(db_url(lab.root)) as gradebook:
        entry = gradebook.find_grade("part-a", "problem2", "ps1", "hacker")
        entry.manual_score, entry.extra_credit, entry.needs_manual_grade = 1.5, 0.25, False
        gradebook.find_comment("part-a", "problem2", "ps1", "hacker").manual_comment = "A fine point"
        gradebook.db.commit()
    write(lab, grades)
    with Gradebook(db_url(lab.root)) as gradebook:
        entry = gradebook.find_grade("part-a", "problem2", "ps1", "hacker")
        assert (entry.score, entry.needs_manual_grade) == (1.75, False)
    assert api(lab.root).generate_feedback("ps1", "hacker")["success"]
    page = (lab.root / "feedback" / "hacker" / "ps1" / "problem2.html").read_text()
    assert "A fine point" in page
    assert "1.75" in page


def test_nbgrader_regrades_one_notebook_of_ours(
    nbgrader: Nbgrader, autograded_by_nbgrader: Path, lab: Assignment, grades: list[Grade]
) -> None:
    write(lab, grades)
    nbgrader(lab.root, "autograde", "ps1", "--student", "hacker", "--notebook", "problem2", "--force")
    assert named_rows(lab.root / "gradebook.db") == named_rows(autograded_by_nbgrader / "gradebook.db")


def test_nbgrader_releases_over_our_record(nbgrader: Nbgrader, autograded_by_nbgrader: Path, lab: Assignment) -> None:
    record_source(lab, db_url(lab.root))
    nbgrader(lab.root, "generate_assignment", "ps1")
    assert named_rows(lab.root / "gradebook.db") == named_rows(autograded_by_nbgrader / "generated.db")


def test_a_bad_file_stands_in_the_formgrader_as_graded_and_its_feedback_is_passed_over(
    lab: Assignment, grades: list[Grade]
) -> None:
    half = grade_from({"problem2": grades[0].notebooks["problem2"]}, lab, "bitdiddle")
    write(lab, [half, grade_from({}, lab, "hacker")])
    shown = {each["student"]: (each["autograded"], each["score"]) for each in api(lab.root).get_submissions("ps1")}
    assert shown == {"bitdiddle": (True, 0.0), "hacker": (True, 0.0)}
    ids = {each["name"]: each["id"] for each in api(lab.root).get_student_notebook_submissions("hacker", "ps1")}
    assert ids == {"problem1": None, "problem2": None}
    assert not next(each for each in api(lab.root).get_submissions("ps1") if each["student"] == "hacker")[
        "needs_manual_grade"
    ]
    assert api(lab.root).generate_feedback("ps1")["success"]
    pages = sorted(str(path.relative_to(lab.root / "feedback")) for path in (lab.root / "feedback").rglob("*.html"))
    assert pages == ["bitdiddle/ps1/problem2.html"]


@pytest.mark.parametrize("days", [0, 1])
def test_late_penalties_are_those_that_nbgrader_assigns(
    theirs: Path, lab: Assignment, grades: list[Grade], days: int
) -> None:
    config = Config()
    config.LateSubmissionPlugin.penalty_method = "zero"
    setting = "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
    (lab.root / "nbgrader_config.py").write_text((theirs / "nbgrader_config.py").read_text() + setting)
    write(lab, grades)
    for root in (theirs, lab.root):
        with Gradebook(db_url(root)) as gradebook:
            gradebook.update_or_create_assignment("ps1", duedate="2015-02-02 00:00:00 UTC")
            gradebook.find_submission("ps1", "bitdiddle").extension = timedelta(days=days)
            gradebook.find_grade("part-a", "problem2", "ps1", "bitdiddle").manual_score = 1.0
            gradebook.db.commit()
    for student in STUDENTS:
        for name in ("problem1", "problem2"):
            there = {"student": student, "assignment": "ps1", "notebook": name, "db_url": db_url(theirs)}
            AssignLatePenalties(config=config).preprocess(Config(cells=[]), {"nbgrader": there})
    write(lab, grades)
    rows = named_rows(lab.root / "gradebook.db")["submitted_notebook"]
    assert rows == named_rows(theirs / "gradebook.db")["submitted_notebook"]
    assert any(row[-1] for row in rows) == (days == 0)


def test_a_student_id_from_elsewhere_is_created_as_nbgrader_creates_it(lab: Assignment, grades: list[Grade]) -> None:
    write(lab, [replace(grades[0], student="new student")])
    assert api(lab.root).get_student("new student")["score"] == 1.5

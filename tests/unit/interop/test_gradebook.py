"""The gradebook takes what the engine found, and keeps what people gave."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from allclose import course
from allclose.errors import CourseError, InteropError
from allclose.interop import database
from allclose.interop.autograded import write_autograded
from allclose.interop.gradebook import db_url, record_source, write_grades
from allclose.model import Assignment, Grade, QuestionMark, Status
from tests.small_course import cell, executed, grade, lab_cells, write_source

Submitted = Callable[..., Path]


@pytest.fixture
def url(lab: Assignment) -> str:
    found = db_url(lab.root)
    record_source(lab, found)
    return found


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        return connection.execute(query).fetchall()


def entries(url: str, student: str) -> dict[str, tuple[float | None, float | None, float | None, bool]]:
    """(auto, manual, extra credit, needs a look) of each graded cell."""
    with Gradebook(url) as gradebook:
        notebooks = gradebook.find_submission("lab", student).notebooks
        return {
            each.name: (each.auto_score, each.manual_score, each.extra_credit, each.needs_manual_grade)
            for notebook in notebooks
            for each in notebook.grades
        }


def comments(url: str, student: str) -> dict[str, tuple[str | None, str | None]]:
    with Gradebook(url) as gradebook:
        notebooks = gradebook.find_submission("lab", student).notebooks
        return {each.name: (each.auto_comment, each.manual_comment) for book in notebooks for each in book.comments}


def hand_grade(url: str, student: str, name: str, points: float, extra: float | None = None) -> None:
    """As the formgrader does it."""
    with Gradebook(url) as gradebook:
        found = gradebook.find_grade(name, "first", "lab", student)
        found.manual_score, found.extra_credit, found.needs_manual_grade = points, extra, False
        gradebook.db.commit()


def write(lab: Assignment, url: str, *grades: Grade) -> None:
    write_grades(lab, url, grades, lab.root / "submitted")
    write_autograded(lab, grades, lab.root / "submitted")


def configure(root: Path, line: str) -> None:
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")


def test_the_gradebook_stands_in_the_course_by_default(root: Path) -> None:
    assert db_url(root) == f"sqlite:///{root}/gradebook.db"


def test_a_relative_database_is_taken_from_the_course_and_not_from_where_we_are(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure(root, "c.CourseDirectory.db_url = 'sqlite:///marks/all.db'")
    monkeypatch.chdir(tmp_path)
    assert db_url(root) == f"sqlite:///{root}/marks/all.db"


@pytest.mark.parametrize("url", ["sqlite:////srv/all.db", "postgresql+psycopg2://me:pa%40ss@db.example/grades"])
def test_an_absolute_database_is_taken_as_it_is(root: Path, url: str) -> None:
    configure(root, f"c.CourseDirectory.db_url = {url!r}")
    assert db_url(root) == url


def test_the_settings_may_import_a_module_of_the_course(root: Path) -> None:
    (root / "department_of_tests.py").write_text("URL = 'sqlite:////srv/dept.db'")
    configure(root, "import department_of_tests\nc.CourseDirectory.db_url = department_of_tests.URL")
    assert db_url(root) == "sqlite:////srv/dept.db"


def test_the_users_own_settings_count_and_the_courses_win(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "jupyter"
    home.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(home))
    configure(home, "c.CourseDirectory.db_url = 'sqlite:////srv/user.db'\nc.CourseDirectory.course_id = 'num'")
    assert db_url(root) == "sqlite:////srv/user.db"
    configure(root, "c.CourseDirectory.db_url = 'sqlite:////srv/course.db'")
    assert db_url(root) == "sqlite:////srv/course.db"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "gradebook.db"])
def test_a_database_that_would_not_last_is_refused(root: Path, url: str) -> None:
    configure(root, f"c.CourseDirectory.db_url = {url!r}")
    with pytest.raises(InteropError, match=r"nbgrader_config\.py: CourseDirectory\.db_url"):
        db_url(root)


def test_settings_that_do_not_run_are_one_clear_line(root: Path) -> None:
    configure(root, "c.CourseDirectory.db_url = 1 / 0")
    with pytest.raises(CourseError, match=r"nbgrader_config\.py .*ZeroDivisionError"):
        db_url(root)


def test_the_tables_are_those_that_nbgrader_makes(
    lab: Assignment, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # nbgrader calls `alembic` by name
    theirs = f"sqlite:///{tmp_path}/theirs.db"
    Gradebook(theirs).close()
    for query in ("SELECT name, sql FROM sqlite_master ORDER BY name", "SELECT * FROM alembic_version"):
        assert rows(url, query) == rows(theirs, query)


def test_recording_twice_changes_nothing(lab: Assignment, url: str) -> None:
    before = Path(url.removeprefix("sqlite:///")).read_bytes()
    record_source(lab, url)
    assert Path(url.removeprefix("sqlite:///")).read_bytes() == before


def test_before_any_submission_a_changed_source_is_recorded_anew_with_the_same_ids(lab: Assignment, url: str) -> None:
    before = dict(rows(url, "SELECT name || type, id FROM base_cell"))
    cells = lab_cells()
    cells[0]["source"] = "Read that."
    cells[2:2] = [cell("half", "code", "### BEGIN SOLUTION\nhalf = .5\n### END SOLUTION", solution=True)]
    del cells[-1]
    write_source(lab.root, cells)
    record_source(course.load(lab.root, "lab"), url)
    after = dict(rows(url, "SELECT name || type, id FROM base_cell"))
    assert after.keys() == before.keys() - {"projectTaskCell"} | {"halfSolutionCell"}
    assert all(after[name] == before[name] for name in after.keys() & before.keys())
    named = [name for (name,) in rows(url, "SELECT name FROM source_cell ORDER BY rowid")]
    assert named == ["intro", "double", "half", "double-test", "essay"]
    assert rows(url, "SELECT source FROM source_cell WHERE name = 'intro'") == [("Read that.",)]


def test_before_any_submission_notebooks_may_come_and_go(lab: Assignment, url: str) -> None:
    (lab.root / "source" / "lab" / "first.ipynb").unlink()
    write_source(lab.root, lab_cells(), name="second")
    record_source(course.load(lab.root, "lab"), url)
    assert rows(url, "SELECT name FROM notebook") == [("second",)]
    assert rows(url, "SELECT count(*) FROM base_cell") == [(5,)]
    assert rows(url, "SELECT count(*) FROM source_cell") == [(5,)]


def test_after_a_submission_texts_and_points_are_brought_up_to_date(lab: Assignment, url: str) -> None:
    write(lab, url, grade(lab, "ada", executed(lab)))
    cells = lab_cells()
    cells[2]["source"] += "\nassert True"
    cells[2]["metadata"]["nbgrader"]["points"] = 4
    write_source(lab.root, cells)
    record_source(course.load(lab.root, "lab"), url)
    assert rows(url, "SELECT max_score FROM grade_cells JOIN base_cell USING (id) WHERE name = 'double-test'") == [(4,)]
    ((text,),) = rows(url, "SELECT source FROM source_cell WHERE name = 'double-test'")
    assert text.endswith("\nassert True")
    assert entries(url, "ada")["double-test"] == (2.0, None, None, False)


def test_after_a_submission_an_added_question_is_refused_with_the_way_out(lab: Assignment, url: str) -> None:
    write(lab, url, grade(lab, "ada", executed(lab)))
    before = Path(url.removeprefix("sqlite:///")).read_bytes()
    cells = [*lab_cells(), cell("more", "markdown", "Why?", 1.0, grade=True, solution=True)]
    write_source(lab.root, [each for each in cells if each["metadata"]["nbgrader"]["grade_id"] != "essay"])
    with pytest.raises(InteropError) as caught:
        record_source(course.load(lab.root, "lab"), url)
    message = str(caught.value)
    assert "'more' was added" in message
    assert "'essay' was removed" in message
    assert "nbgrader db assignment remove lab --force" in message
    assert "\n" not in message
    assert Path(url.removeprefix("sqlite:///")).read_bytes() == before


def test_after_a_submission_an_added_notebook_is_refused(lab: Assignment, url: str) -> None:
    write(lab, url, grade(lab, "ada", executed(lab)))
    write_source(lab.root, lab_cells(), name="second")
    with pytest.raises(InteropError, match="lab: notebook 'second' was added"):
        record_source(course.load(lab.root, "lab"), url)


def test_the_grades_of_a_class_stand_in_the_gradebook(lab: Assignment, url: str) -> None:
    right = grade(lab, "ada", executed(lab, essay="I think so."))
    wrong = grade(lab, "bob", executed(lab, right=False))
    write(lab, url, right, wrong)
    assert entries(url, "ada") == {
        "double-test": (2.0, None, None, False),
        "essay": (None, None, None, True),
        "project": (None, None, None, True),
    }
    assert entries(url, "bob") == {
        "double-test": (0.0, None, None, False),
        "essay": (0.0, None, None, False),
        "project": (None, None, None, True),
    }
    assert comments(url, "bob") == {
        "double": ("No response.", None),
        "essay": ("No response.", None),
        "project": (None, None),
    }
    assert comments(url, "ada")["essay"] == (None, None)


def test_the_points_of_a_suites_question_stand_at_its_grade_cell(root: Path) -> None:
    cells = lab_cells()
    cells[2]["metadata"]["nbgrader"]["grade_id"] = "double-grade"
    write_source(root, cells)
    (root / "autograder" / "lab").mkdir(parents=True)
    (root / "autograder" / "lab" / "test_lab.py").write_text("")
    lab = course.load(root, "lab")
    url = db_url(root)
    record_source(lab, url)
    found = replace(
        grade(lab, "ada", executed(lab, essay="So.")), questions=(QuestionMark("first", "double", 1.25, 2.0),)
    )
    write(lab, url, found)
    assert entries(url, "ada") == {
        "double-grade": (1.25, None, None, False),
        "essay": (None, None, None, True),
        "project": (None, None, None, True),
    }


def test_a_notebook_that_was_not_handed_in_has_no_points_and_waits_for_nobody(root: Path) -> None:
    write_source(root, lab_cells(), name="second")
    lab = course.load(root, "lab")
    url = db_url(root)
    record_source(lab, url)
    write(lab, url, grade(lab, "ada", executed(lab, essay="So.")))
    query = """SELECT n.name, c.name, auto_score, needs_manual_grade FROM grade g JOIN base_cell c ON c.id = g.cell_id
               JOIN notebook n ON n.id = c.notebook_id ORDER BY 1, 2"""
    assert rows(url, query) == [
        ("first", "double-test", 2.0, 0),
        ("first", "essay", None, 1),
        ("first", "project", None, 1),
        ("second", "double-test", 0.0, 0),
        ("second", "essay", 0.0, 0),
        ("second", "project", 0.0, 0),
    ]


def test_a_bad_file_has_no_points_and_waits_for_nobody_until_a_good_one_comes(lab: Assignment, url: str) -> None:
    write(lab, url, grade(lab, "ada", status=Status.BAD_FILE))
    assert set(entries(url, "ada").values()) == {(0.0, None, None, False)}
    write(lab, url, grade(lab, "ada", executed(lab, essay="So.")))
    assert entries(url, "ada")["project"] == (None, None, None, True)
    assert entries(url, "ada")["double-test"] == (2.0, None, None, False)


def test_a_fault_of_ours_writes_nothing(lab: Assignment, url: str) -> None:
    write(lab, url, grade(lab, "ada", executed(lab)))
    write(lab, url, grade(lab, "ada", status=Status.INFRA), grade(lab, "bob", status=Status.INFRA))
    assert entries(url, "ada")["double-test"] == (2.0, None, None, False)
    assert rows(url, "SELECT id FROM student") == [("ada",)]


def test_what_people_gave_is_kept_at_a_regrade(lab: Assignment, url: str) -> None:
    first = grade(lab, "ada", executed(lab, right=False, essay="I think so."))
    write(lab, url, first)
    hand_grade(url, "ada", "essay", 2.5, extra=1.0)
    hand_grade(url, "ada", "project", 4.0)
    with Gradebook(url) as gradebook:
        gradebook.find_comment("essay", "first", "lab", "ada").manual_comment = "Well put"
        gradebook.find_submission("lab", "ada").extension = timedelta(days=1)
        gradebook.find_submission_notebook("first", "lab", "ada").flagged = True
        gradebook.update_or_create_student("ada", first_name="Ada", email="ada@example.org")
    write(lab, url, first)
    assert entries(url, "ada") == {
        "double-test": (0.0, None, None, False),
        "essay": (None, 2.5, 1.0, False),
        "project": (None, 4.0, None, False),
    }
    assert comments(url, "ada")["essay"] == (None, "Well put")
    assert rows(url, "SELECT first_name, email FROM student") == [("Ada", "ada@example.org")]
    assert rows(url, "SELECT flagged FROM submitted_notebook") == [(1,)]
    assert rows(url, "SELECT extension FROM submitted_assignment") == [("1970-01-02 00:00:00.000000",)]


def test_a_hand_graded_answer_that_changed_is_marked_for_another_look(lab: Assignment, url: str) -> None:
    write(lab, url, grade(lab, "ada", executed(lab, essay="I think so.")))
    hand_grade(url, "ada", "essay", 2.5)
    hand_grade(url, "ada", "project", 4.0)
    changed = grade(lab, "ada", executed(lab, essay="I think not."))
    write(lab, url, changed)
    assert entries(url, "ada")["essay"] == (None, 2.5, None, True)
    assert entries(url, "ada")["project"] == (None, 4.0, None, True), "a task is answered anywhere in the notebook"
    write(lab, url, changed)
    assert entries(url, "ada")["essay"] == (None, 2.5, None, True), "until the grader has looked"


def test_an_answer_beside_a_changed_one_is_left_alone(lab: Assignment, url: str) -> None:
    write(lab, url, grade(lab, "ada", executed(lab, essay="I think so.")))
    hand_grade(url, "ada", "essay", 2.5)
    write(lab, url, grade(lab, "ada", executed(lab, essay="I think so.", double="double = 1 + 1")))
    assert entries(url, "ada")["essay"] == (None, 2.5, None, False)


def test_an_automatic_score_that_a_grader_overruled_is_marked_when_it_changes(lab: Assignment, url: str) -> None:
    write(lab, url, grade(lab, "ada", executed(lab, right=False)))
    hand_grade(url, "ada", "double-test", 1.0)
    write(lab, url, grade(lab, "ada", executed(lab, right=False)))
    assert entries(url, "ada")["double-test"] == (0.0, 1.0, None, False)
    write(lab, url, grade(lab, "ada", executed(lab)))
    assert entries(url, "ada")["double-test"] == (2.0, 1.0, None, True)


def test_without_what_the_grader_saw_every_hand_graded_cell_is_marked(lab: Assignment, url: str) -> None:
    found = grade(lab, "ada", executed(lab, essay="I think so."))
    write_grades(lab, url, [found], lab.root / "submitted")
    hand_grade(url, "ada", "essay", 2.5)
    write_grades(lab, url, [found], lab.root / "submitted")
    assert entries(url, "ada")["essay"] == (None, 2.5, None, True)


def test_the_time_of_a_submission_is_kept_in_utc(lab: Assignment, url: str, submitted: Submitted) -> None:
    submitted("ada", timestamp_txt="2015-02-02 15:58:23.948203 America/Los_Angeles")
    write(lab, url, grade(lab, "ada", executed(lab)))
    assert rows(url, "SELECT timestamp FROM submitted_assignment") == [("2015-02-02 23:58:23.948203",)]


def test_a_later_submission_brings_its_time_and_one_without_keeps_the_known_one(
    lab: Assignment, url: str, submitted: Submitted
) -> None:
    for text, expected in (("2020-01-01 00:00:00 UTC", "2020-01-01"), ("2020-02-01", "2020-02-01"), ("", "2020-02-01")):
        submitted("ada", timestamp_txt=text)
        write(lab, url, grade(lab, "ada", executed(lab)))
        assert rows(url, "SELECT date(timestamp) FROM submitted_assignment") == [(expected,)]


def late(lab: Assignment, url: str, submitted: Submitted, hours: int) -> None:
    submitted("ada", timestamp_txt=f"2020-01-01 {hours:02}:00:00 UTC")
    with Gradebook(url) as gradebook:
        gradebook.update_or_create_assignment("lab", duedate="2020-01-01 00:00:00 UTC")


def penalty(url: str) -> float | None:
    ((found,),) = rows(url, "SELECT late_submission_penalty FROM submitted_notebook")
    return found


def test_a_late_submission_costs_what_nbgraders_plugin_says(lab: Assignment, url: str, submitted: Submitted) -> None:
    configure(lab.root, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    late(lab, url, submitted, hours=1)
    write(lab, url, grade(lab, "ada", executed(lab, essay="So.")))
    assert penalty(url) == 2.0
    hand_grade(url, "ada", "essay", 2.5, extra=0.5)
    write(lab, url, grade(lab, "ada", executed(lab, essay="So.")))
    assert penalty(url) == 5.0, "manual points and extra credit are lost too"


def test_an_extension_takes_the_penalty_back(lab: Assignment, url: str, submitted: Submitted) -> None:
    configure(lab.root, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    late(lab, url, submitted, hours=1)
    write(lab, url, grade(lab, "ada", executed(lab)))
    with Gradebook(url) as gradebook:
        gradebook.grant_extension("lab", "ada", hours=2)
    write(lab, url, grade(lab, "ada", executed(lab)))
    assert penalty(url) is None


PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin

class PerHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {value}
"""


@pytest.mark.parametrize(
    ("value", "expected"), [("0.5 * total_seconds_late / 3600", 1.5), ("99", 2.0), ("-1", 0.0), ("None", None)]
)
def test_the_courses_own_plugin_is_asked_and_kept_within_the_score(
    lab: Assignment, url: str, submitted: Submitted, value: str, expected: float | None
) -> None:
    module = f"penalties_{abs(hash(value))}"
    (lab.root / f"{module}.py").write_text(PLUGIN.format(value=value))
    configure(lab.root, f"c.AssignLatePenalties.plugin_class = '{module}.PerHour'")
    late(lab, url, submitted, hours=3)
    write(lab, url, grade(lab, "ada", executed(lab)))
    assert penalty(url) == expected


@pytest.mark.parametrize("plugin", ["'no_such_module.Plugin'", "42"])
def test_a_plugin_that_cannot_be_loaded_is_one_clear_line(lab: Assignment, url: str, plugin: str) -> None:
    configure(lab.root, f"c.AssignLatePenalties.plugin_class = {plugin}")
    with pytest.raises(
        InteropError, match=r"nbgrader_config\.py: the late penalty plugin fails .*; mend or remove it$"
    ):
        write_grades(lab, url, [grade(lab, "ada", executed(lab))], lab.root / "submitted")
    assert rows(url, "SELECT * FROM student") == []


def test_a_plugin_that_fails_leaves_the_gradebook_as_it_was(lab: Assignment, url: str, submitted: Submitted) -> None:
    (lab.root / "penalties_failing.py").write_text(PLUGIN.format(value="1 / 0"))
    configure(lab.root, "c.AssignLatePenalties.plugin_class = 'penalties_failing.PerHour'")
    late(lab, url, submitted, hours=3)
    with pytest.raises(InteropError, match="ZeroDivisionError"):
        write_grades(lab, url, [grade(lab, "ada", executed(lab))], lab.root / "submitted")
    assert rows(url, "SELECT * FROM student") == []


def test_grades_of_an_assignment_that_is_not_recorded_are_refused(lab: Assignment, url: str) -> None:
    other = replace(lab, name="other")
    with pytest.raises(InteropError, match=r"source/other: not in the gradebook; run `allclose release other`"):
        write_grades(other, url, [grade(lab, "ada", executed(lab))], lab.root / "submitted")


def test_grades_of_a_question_that_is_not_recorded_are_refused(lab: Assignment, url: str) -> None:
    write_source(lab.root, [*lab_cells(), cell("more", "markdown", "Why?", 1.0, grade=True, solution=True)])
    newer = course.load(lab.root, "lab")
    with pytest.raises(InteropError, match=r"first\.ipynb: the gradebook has not recorded more; run `allclose release"):
        write_grades(newer, url, [grade(newer, "ada", executed(newer))], lab.root / "submitted")


def _record_and_write(lab: Assignment, url: str, students: list[str]) -> None:
    record_source(lab, url)
    write_grades(lab, url, [grade(lab, student, executed(lab)) for student in students], lab.root / "submitted")


def test_two_runs_at_once_on_a_gradebook_that_is_not_there_yet_lose_nothing(lab: Assignment) -> None:
    url = db_url(lab.root)
    students = [f"s{number}" for number in range(30)]
    spawn = multiprocessing.get_context("spawn")
    runs = [
        spawn.Process(target=_record_and_write, args=(lab, url, chosen)) for chosen in (students[:20], students[10:])
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join(120)
    assert [run.exitcode for run in runs] == [0, 0]
    assert rows(url, "SELECT count(*) FROM student") == [(30,)]
    assert rows(url, "SELECT count(*) FROM grade") == [(90,)]
    assert rows(url, "SELECT count(*) FROM source_cell") == [(5,)]


def test_a_writer_is_waited_for(lab: Assignment, url: str) -> None:
    from threading import Timer

    other = sqlite3.connect(url.removeprefix("sqlite:///"), check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO student (id) VALUES ('bob')")
    Timer(0.3, other.commit).start()
    write(lab, url, grade(lab, "ada", executed(lab)))
    assert rows(url, "SELECT id FROM student ORDER BY id") == [("ada",), ("bob",)]
    other.close()


def test_a_gradebook_that_stays_locked_is_one_clear_line(
    lab: Assignment, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT_SECONDS", 0.1)
    other = sqlite3.connect(url.removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(InteropError, match=r"gradebook\.db: another program holds the gradebook; close it"):
        write_grades(lab, url, [grade(lab, "ada", executed(lab))], lab.root / "submitted")
    other.close()


def test_a_gradebook_that_cannot_be_written_is_one_clear_line(lab: Assignment, url: str) -> None:
    read_only = f"sqlite:///file:{lab.root}/gradebook.db?mode=ro&uri=true"
    with pytest.raises(
        InteropError, match=r"gradebook\.db.*: the gradebook cannot be written .*; give write permission"
    ):
        write_grades(lab, read_only, [grade(lab, "ada", executed(lab))], lab.root / "submitted")


def test_a_file_that_is_no_database_is_one_clear_line(lab: Assignment) -> None:
    (lab.root / "gradebook.db").write_text("grades go here " * 100)
    with pytest.raises(InteropError, match=r"gradebook\.db: not a gradebook \(file is not a database\); put it aside"):
        record_source(lab, db_url(lab.root))


def test_a_folder_that_is_not_there_is_one_clear_line(lab: Assignment) -> None:
    with pytest.raises(InteropError, match=r"/nowhere/all\.db: .*check CourseDirectory\.db_url"):
        record_source(lab, f"sqlite:///{lab.root}/nowhere/all.db")


def test_an_old_gradebook_is_sent_to_nbgraders_own_upgrade(lab: Assignment, url: str) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("ALTER TABLE submitted_notebook DROP COLUMN late_submission_penalty")
    with pytest.raises(InteropError, match="keep a copy of it, then run `nbgrader db upgrade`"):
        write_grades(lab, url, [grade(lab, "ada", executed(lab))], lab.root / "submitted")


def test_a_server_that_is_named_wrongly_is_told_without_its_password(lab: Assignment) -> None:
    with pytest.raises(InteropError) as caught:
        record_source(lab, "nosuchdb://me:secret@db.example/grades")
    assert "secret" not in str(caught.value)
    assert "mend CourseDirectory.db_url" in str(caught.value)

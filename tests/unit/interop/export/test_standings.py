"""Where each student stands: gradebook, stored results, roster and what was collected, put together."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from nbgrader.api import Gradebook

from allclose.errors import InteropError
from allclose.interop.export.standings import State, read_standings
from allclose.interop.gradebook import db_url
from allclose.model import Assignment, QuestionMark
from tests.graded_course import RIGHT, WRONG, answered, by_hand, comment, record_class, ungraded


def test_everybody_is_there_with_what_there_is_of_their_work(lab: Assignment) -> None:
    assert {student.id: student.state for student in read_standings(lab).students} == {
        "s001": State.GRADED,
        "s002": State.GRADED,
        "s003": State.BAD_FILE,
        "s004": State.INFRA,
        "s005": State.UNGRADED,
        "s006": State.MISSING,
        "s007": State.MISSING,
    }


def test_scores_are_nbgraders_with_manual_points_extra_credit_and_late_penalty(lab: Assignment) -> None:
    student = read_standings(lab).students[0]
    with Gradebook(db_url(lab.root), "tests") as book:
        theirs = book.find_submission("lab", "s001")
        assert student.turned is not None
        assert (student.turned.raw_score, student.turned.penalty) == (theirs.score, theirs.late_submission_penalty)
        assert student.score(with_pending=False) == theirs.score - theirs.late_submission_penalty == 7.25


def test_a_late_penalty_never_makes_a_score_negative(lab: Assignment) -> None:
    with Gradebook(db_url(lab.root), "tests") as book:
        book.find_submission_notebook("first", "lab", "s001").late_submission_penalty = 100.0
        book.db.commit()
    assert read_standings(lab).students[0].score(with_pending=False) == 0.0


def test_work_that_waits_has_a_score_only_where_it_is_asked_for(lab: Assignment) -> None:
    waiting = read_standings(lab).students[1]
    assert (waiting.score(with_pending=False), waiting.score(with_pending=True)) == (None, 1.5)
    assert read_standings(lab).waiting(waiting) == ("essay", "project")


def test_a_manual_score_that_needs_another_look_waits_too(lab: Assignment) -> None:
    by_hand(lab, "s001", "essay", needs_manual_grade=True)
    assert read_standings(lab).students[0].score(with_pending=False) is None


def test_what_our_fault_left_ungraded_has_no_score_even_where_an_older_one_stands(lab: Assignment) -> None:
    record_class(lab, [answered(lab, "s004")])
    assert read_standings(lab).students[3].state is State.GRADED
    record_class(lab, [ungraded(lab, "s004")])
    student = read_standings(lab).students[3]
    assert (student.state, student.score(with_pending=True)) == (State.INFRA, None)
    assert student.reason == "the sandbox did not start"


def test_questions_stand_in_the_order_of_the_source(lab: Assignment) -> None:
    assert [asked.question for asked in read_standings(lab).asked] == ["double-test", "essay", "project"]


def test_tests_and_flags_come_from_the_stored_result(lab: Assignment) -> None:
    student = read_standings(lab).students[0]
    assert student.tests == ((RIGHT, WRONG), (), ())
    assert student.flags == ("cell-restored: double-test",)


def test_tests_of_a_score_that_another_grader_gave_since_are_not_told(lab: Assignment) -> None:
    by_hand(lab, "s001", "double-test", auto_score=0.0)
    assert read_standings(lab).students[0].tests == ((), (), ())


def test_without_stored_results_the_gradebook_is_enough(lab: Assignment) -> None:
    shutil.rmtree(lab.root / ".allclose")
    student = read_standings(lab).students[0]
    assert (student.state, student.score(with_pending=False), student.tests) == (State.GRADED, 7.25, ((), (), ()))


def test_a_comment_of_the_grader_comes_with_its_question(lab: Assignment) -> None:
    comment(lab, "s001", "essay", "Good, but why?")
    turned = read_standings(lab).students[0].turned
    assert turned is not None
    assert [entry.comment for entry in turned.entries] == ["", "Good, but why?", ""]


def test_names_come_from_the_roster_and_else_from_the_site_and_the_gradebook(lab: Assignment) -> None:
    with Gradebook(db_url(lab.root), "tests") as book:
        book.update_or_create_student("s004", first_name="Di", last_name="Vo", email="di@example.org")
    names = {student.id: (student.name, student.email) for student in read_standings(lab).students}
    assert names["s001"] == ('Núñez, Ada "A"', "ada@example.org")
    assert names["s004"] == ("Di Vo", "di@example.org")
    assert names["s006"] == ("=Mal", "")


def test_a_gradebook_without_submissions_is_refused_with_the_way_on(lab: Assignment) -> None:
    (lab.root / "gradebook.db").unlink()
    with pytest.raises(InteropError, match="run `allclose grade lab` first"):
        read_standings(lab)
    assert not (lab.root / "gradebook.db").exists()


def test_a_question_with_a_suite_is_told_by_its_own_name(lab: Assignment) -> None:
    marks = (QuestionMark("first", "double-test", 2.0, 2.0, (RIGHT,)),)
    record_class(lab, [replace(answered(lab, "s001"), questions=marks)])
    assert read_standings(lab).students[0].tests[0] == (RIGHT,)

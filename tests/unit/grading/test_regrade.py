"""Which questions of an earlier result must be tested again, and when the whole submission must."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from allclose.grading.regrade import Basis, touched_questions
from allclose.grading.store import Parts
from allclose.model import Grade, Limits, ManualMark, QuestionMark, Status, Submission, TestMark, Tier, Verdict

PARTS = Parts("common", {"a": "1", "b": "2"}, {"a": "3", "b": "4"}, Limits())
GRADE = Grade(
    student="s001",
    status=Status.GRADED,
    score=2.0,
    max_score=4.0,
    flags=("metadata-restored: a-grade",),
    manual=ManualMark(0.0, 0.0, ()),
    questions=(
        QuestionMark("lab", "a", 2.0, 2.0, (TestMark("test_a", 2.0, Verdict.PASSED),)),
        QuestionMark("lab", "b", 0.0, 2.0, (TestMark("test_b", 2.0, Verdict.FAILED),)),
    ),
    isolation=Tier.BASIC,
    device="cpu",
    seconds=0.1,
)


def test_nothing_changed_touches_nothing() -> None:
    assert touched_questions(PARTS, PARTS, GRADE) == frozenset()


def test_a_changed_test_touches_its_question() -> None:
    assert touched_questions(PARTS, changed(PARTS, tests={"a": "9", "b": "2"}), GRADE) == {"a"}


def test_a_changed_mistake_touches_its_question_where_points_were_lost_there() -> None:
    assert touched_questions(PARTS, changed(PARTS, answers={"a": "9", "b": "4"}), GRADE) == frozenset()
    assert touched_questions(PARTS, changed(PARTS, answers={"a": "3", "b": "9"}), GRADE) == {"b"}


@pytest.mark.parametrize(
    "now",
    [
        changed(PARTS, common="other"),
        changed(PARTS, tests={"a": "1"}),
        changed(PARTS, tests={"a": "9", "b": "9"}),
        changed(PARTS, limits=Limits(cell_seconds=29.0)),
        changed(PARTS, limits=Limits(cell_seconds=31.0, test_seconds=19.0)),
        changed(PARTS, limits=Limits(memory_bytes=4 * 2**30)),
        changed(PARTS, limits=Limits(output_bytes=2**30)),
    ],
)
def test_what_cannot_be_told_apart_touches_everything(now: Parts) -> None:
    assert touched_questions(PARTS, now, GRADE) is None


def test_more_time_touches_nobody_who_had_enough() -> None:
    more = changed(PARTS, limits=Limits(cell_seconds=31.0, test_seconds=21.0, submission_seconds=150.0))
    assert touched_questions(PARTS, more, GRADE) == frozenset()


@pytest.mark.parametrize("verdict", [Verdict.TIMEOUT, Verdict.LIMIT, Verdict.CRASH, Verdict.PROTOCOL, Verdict.NOT_RUN])
def test_a_process_in_trouble_is_graded_again_as_a_whole(verdict: Verdict) -> None:
    mark = replace(GRADE.questions[0], tests=(TestMark("test_a", 2.0, verdict),))
    assert touched_questions(PARTS, PARTS, replace(GRADE, questions=(mark, GRADE.questions[1]))) is None
    assert touched_questions(PARTS, PARTS, replace(GRADE, flags=(f"cell-{verdict}: cell 3",))) is None


@pytest.mark.parametrize("status", [Status.BAD_FILE, Status.INFRA])
def test_what_was_not_graded_has_nothing_to_keep(status: Status) -> None:
    assert touched_questions(PARTS, PARTS, replace(GRADE, status=status)) is None


def submission(points: float = 2.0, source: str = "x", flags: tuple[str, ...] = ()) -> Submission:
    known = {"grade_id": "a-grade", "points": points, "checksum": f"of {points}"}
    cell = {"cell_type": "code", "metadata": {"nbgrader": known}, "source": source}
    return Submission("s001", {"lab": {"cells": [cell]}}, {}, {}, flags)


def test_points_and_remarks_change_a_results_name_and_not_what_everything_depends_on() -> None:
    basis = Basis("whole", PARTS)
    (name, parts), *others = map(basis.of, (submission(), submission(3.0), submission(flags=("metadata-restored: a",))))
    assert len({name, *(other for other, _ in others)}) == 3
    assert {other for _, found in others for other in [found and found.common]} == {parts and parts.common}


def test_another_answer_changes_both() -> None:
    (name, parts), (other, found) = map(Basis("whole", PARTS).of, (submission(), submission(source="y")))
    assert name != other
    assert (parts and parts.common) != (found and found.common)

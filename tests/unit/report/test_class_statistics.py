"""What a class's results say of it, on classes so small that every number can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allclose.model import TestMark, Verdict
from allclose.ratings import Rating
from allclose.report.class_statistics import class_report
from allclose.report.classroom import Classroom, Item, Known, Student

ITEMS = (Item("loss", 2.0), Item("gradient", 4.0), Item("think", 6.0, by_hand=True))


def mark(
    name: str, verdict: Verdict = Verdict.PASSED, *, misconception: str | None = None, message: str = ""
) -> TestMark:
    return TestMark(name, 1.0, verdict, message, misconception, f"Title of {name}.")


def student(id: str, *points: float | None, **about: object) -> Student:  # noqa: A002 - as the field is called
    found = Student(id, points=points, tests=((),) * len(points))
    return replace(found, **about)  # type: ignore[arg-type]


def room(*students: Student, items: tuple[Item, ...] = ITEMS, **about: object) -> Classroom:
    return replace(Classroom("lab", items, students), **about)  # type: ignore[arg-type]


def failed(id: str, *marks: TestMark, **about: object) -> Student:  # noqa: A002
    return student(id, 1.0, 4.0, None, tests=(marks, (), ()), **about)


def test_difficulty_is_the_mean_share_of_a_questions_points() -> None:
    report = class_report(room(student("a", 2.0, 0.0, 3.0), student("b", 1.0, 4.0, 6.0), student("c", 0.0, 1.0, 0.0)))
    loss, gradient, think = report.questions
    assert (loss.difficulty, gradient.difficulty, think.difficulty) == pytest.approx((0.5, 5 / 12, 0.5))
    assert (gradient.full, gradient.none, gradient.graded) == (1, 1, 3)
    assert [question.name for question in report.hardest] == ["gradient", "loss", "think"]


def test_discrimination_is_the_correlation_with_the_sum_of_the_other_questions() -> None:
    points = np.array([[2, 4, 6], [2, 3, 1], [1, 3, 5], [0, 1, 2], [1, 0, 0], [2, 2, 4]], dtype=float)
    report = class_report(room(*(student(f"s{place}", *row) for place, row in enumerate(points.tolist()))))
    for place, question in enumerate(report.questions):
        rest = np.delete(points, place, axis=1).sum(axis=1)
        assert question.discrimination == pytest.approx(np.corrcoef(points[:, place], rest)[0, 1])


def test_discrimination_is_not_defined_where_points_do_not_vary_or_few_are_graded() -> None:
    same = class_report(room(*(student(f"s{place}", 0.1 + 0.2, float(place % 3), 1.0) for place in range(6))))
    assert same.questions[0].discrimination is None
    assert (
        class_report(room(*(student(f"s{place}", float(place), 1.0, 2.0) for place in range(4))))
        .questions[0]
        .discrimination
        is None
    )
    alone = room(*(Student(f"s{place}", points=(float(place),), tests=((),)) for place in range(9)), items=ITEMS[:1])
    assert class_report(alone).questions[0].discrimination is None


def test_sums_that_differ_by_rounding_only_do_not_vary() -> None:
    rows = [(0.1, 0.2, 0.3), (0.3, 0.2, 0.1), (0.2, 0.1, 0.3), (0.1, 0.3, 0.2), (0.2, 0.3, 0.1)]
    items = (*ITEMS, Item("more", 1.0))
    report = class_report(room(*(student(f"s{n}", *row, float(n % 2)) for n, row in enumerate(rows)), items=items))
    assert report.questions[3].discrimination is None


def test_scores_count_what_is_graded_for_everybody_and_name_what_is_not() -> None:
    report = class_report(room(student("a", 2.0, 4.0, 6.0), student("b", 1.0, 1.0, None), student("c", 0.0, 0.0, None)))
    scores = report.scores
    assert scores is not None
    assert (scores.max_score, scores.left_out) == (6.0, ("think",))
    assert (scores.median, scores.lowest, scores.highest) == (2.0, 0.0, 6.0)
    assert scores.bins == (1, 0, 0, 1, 0, 0, 0, 0, 0, 1)
    assert [row.score for row in report.rows] == [6.0, 2.0, 0.0]
    assert report.questions[2].discrimination is None


def test_a_misconception_is_counted_once_for_each_student_and_named_by_its_title() -> None:
    sign = {"verdict": Verdict.FAILED, "misconception": "loss--sign"}
    report = class_report(
        room(
            failed("a", mark("one", **sign), mark("two", **sign)),
            failed("b", mark("one", **sign), mark("two", Verdict.FAILED, misconception="loss--gone")),
            failed("c", mark("one"), mark("two")),
            misconceptions={"loss--sign": Known("loss", "The sign is wrong."), "loss--other": Known("loss", "Other")},
        )
    )
    found = [(each.name, each.question, each.title, each.count, each.students) for each in report.misconceptions]
    assert found == [
        ("loss--sign", "loss", "The sign is wrong.", 2, ("a", "b")),
        ("loss--gone", "loss", "gone", 1, ("b",)),
    ]
    assert report.never_made == 1
    assert report.rows[1].misconceptions == ("loss--sign", "loss--gone")


def test_messages_of_tests_that_no_known_mistake_explains_are_counted_by_student() -> None:
    twice = (
        mark("one", Verdict.FAILED, message="Twice what is expected."),
        mark("two", Verdict.FAILED, message="Twice what is expected."),
    )
    report = class_report(room(failed("a", *twice), failed("b", mark("one", Verdict.TIMEOUT))))
    assert [(each.question, each.message, each.students) for each in report.messages] == [
        ("loss", "(timeout)", ("b",)),
        ("loss", "Twice what is expected.", ("a",)),
    ]


def test_tests_tell_how_many_pass_and_what_became_of_the_others() -> None:
    report = class_report(
        room(
            failed("a", mark("one"), mark("two", Verdict.RAISED)), failed("b", mark("one"), mark("two", Verdict.FAILED))
        )
    )
    assert [(each.title, each.passed, each.tested, each.verdicts) for each in report.tests] == [
        ("Title of one.", 2, 2, {}),
        ("Title of two.", 0, 2, {"raised": 1, "failed": 1}),
    ]


def test_what_needs_a_hand_is_listed_with_whose_it_is_and_counts_in_no_statistics() -> None:
    report = class_report(
        room(
            student("a", 2.0, 4.0, None, pending=("think",)),
            student("b", None, None, None, state="infra", reason="the host hung"),
            student("c", 0.0, 0.0, 0.0, state="bad-file", reason="no JSON"),
            student("d", None, None, None, state="missing"),
            student("e", 2.0, 2.0, None, pending=("think",), listed=False),
            student("f", None, None, None, state="not-graded"),
        )
    )
    assert [(each.kind, each.students, each.remarks) for each in report.waiting] == [
        ("by-hand", ("a", "e"), ()),
        ("infra", ("b",), ("the host hung",)),
        ("not-graded", ("f",), ()),
        ("bad-file", ("c",), ("no JSON",)),
        ("missing", ("d",), ()),
        ("not-listed", ("e",), ()),
    ]
    assert (report.students, report.graded, report.questions[0].graded) == (6, 2, 2)
    assert [row.score for row in report.rows] == [6.0, None, 0.0, None, 4.0, None]


def test_flags_are_gathered_by_kind_in_plain_words() -> None:
    flags = ("cell-restored: loss", "cell-restored: gradient")
    report = class_report(room(failed("a", flags=flags), failed("b", flags=(*flags[:1], "new-flag: odd"))))
    assert [(each.words, each.count, each.students) for each in report.flags] == [
        ("cells were missing and were put back", 2, ("a", "b")),
        ("new-flag", 1, ("b",)),
    ]


def test_the_slowest_come_first_and_who_was_not_timed_is_not_among_them() -> None:
    students = [failed(f"s{number:02}", seconds=float(number)) for number in range(12)]
    report = class_report(room(*students, failed("untimed")))
    assert [slow.student for slow in report.slowest] == [f"s{number:02}" for number in range(11, 1, -1)]
    assert report.median_seconds == 5.5


def test_sections_are_compared_where_there_are_several() -> None:
    one = student("a", 2.0, 4.0, None, section="A"), student("b", 1.0, 0.0, None, section="A")
    other = student("c", 0.0, 2.0, None, section="B"), student("d", None, None, None, section="B", state="missing")
    found = class_report(room(*one, *other)).sections
    assert [(each.name, each.students, each.graded) for each in found] == [("A", 2, 2), ("B", 2, 1)]
    assert found[0].share == pytest.approx(7 / 12)
    assert found[1].questions == (0.0, 0.5, None)
    assert class_report(room(*one)).sections == ()


def test_progress_has_the_quartiles_of_each_lab_and_a_line_for_each_student() -> None:
    shares = {"a": (1.0, 0.5), "b": (0.5, None), "c": (0.0, 0.25)}
    report = class_report(room(failed("a"), failed("d"), labs=("lab1", "lab2"), shares=shares))
    assert [(lab.name, lab.students, lab.low, lab.median, lab.high) for lab in report.labs] == [
        ("lab1", 3, 0.25, 0.5, 0.75),
        ("lab2", 2, 0.3125, 0.375, 0.4375),
    ]
    assert [row.progress for row in report.rows] == [(1.0, 0.5), (None, None)]


def test_ratings_are_counted_by_section_the_worst_first_with_their_comments() -> None:
    given = {
        "a": (Rating("Loss", 5, "clear"), Rating("Gradient", 1, "lost me")),
        "b": (Rating("Gradient", 3),),
        "c": (Rating("Loss", 4, "fine"),),
    }
    found = class_report(room(*(failed(name, ratings=ratings) for name, ratings in given.items()))).ratings
    assert [(each.section, each.count, each.mean, each.stars) for each in found] == [
        ("Gradient", 2, 2.0, (1, 0, 1, 0, 0)),
        ("Loss", 2, 4.5, (0, 0, 0, 1, 1)),
    ]
    assert [(each.student, each.stars, each.text) for each in found[1].comments] == [
        ("c", 4, "fine"),
        ("a", 5, "clear"),
    ]


def test_a_class_of_nobody_has_a_report() -> None:
    report = class_report(room())
    assert (report.scores, report.misconceptions, report.hardest) == (None, (), ())

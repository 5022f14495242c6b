"""The page of a class: what it did not understand on top, its figures in the page's own colours."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from allclose.model import TestMark, Verdict
from allclose.report.class_figures import progress_figure, questions_figure, scores_figure
from allclose.report.class_page import class_page, discrimination_words, hardest, percent
from allclose.report.class_statistics import class_report
from allclose.report.classroom import Classroom, Item, Known, LabReport, QuestionReport, Student

ITEMS = tuple(Item(name, 4.0) for name in ("a", "b", "c", "d", "e"))
WRONG = TestMark("test", 4.0, Verdict.FAILED, "You add.", "a--sum", "Adds up")
OTHER = TestMark("other", 4.0, Verdict.FAILED, "Twice what is expected.", None, "Doubles")


def a_class(*points: tuple[float, ...], **about: object) -> Classroom:
    students = tuple(
        Student(f"s{place}", points=row, tests=((WRONG, OTHER) if row[0] < 4 else (), (), (), (), ()))
        for place, row in enumerate(points)
    )
    return replace(Classroom("lab", ITEMS, students), **about)  # type: ignore[arg-type]


def test_the_hardest_questions_stand_on_top_with_what_they_were_lost_by() -> None:
    report = class_report(a_class((1.0, 4.0, 0.0, 3.0, 3.5), (0.0, 4.0, 2.0, 3.0, 4.0)))
    found = hardest(report)
    assert [hard.question.name for hard in found] == ["a", "c", "d"]
    assert (found[0].lost, [each.name for each in found[0].mistakes]) == (2, ["a--sum"])
    assert [(each.message, each.count) for each in found[0].messages] == [("Twice what is expected.", 2)]


def test_a_class_that_understood_everything_is_told_so() -> None:
    report = class_report(a_class((4.0,) * 5, (4.0,) * 5))
    assert hardest(report) == ()
    assert "Nothing stands out" in class_page(report)
    assert "No submission is graded yet" in class_page(class_report(a_class()))


def test_names_stand_for_ids_where_they_are_one_persons_only() -> None:
    room = a_class((0.0,) * 5, (0.0,) * 5, (0.0,) * 5)
    named = (replace(room.students[0], name="Ada"), *(replace(each, name="Bo") for each in room.students[1:]))
    page = class_page(class_report(replace(room, students=named)))
    assert '<a href="#s0">Ada</a>' in page
    assert '<a href="#s1">s1</a>' in page
    assert len(set(re.findall(r'id="(s\d+)"', page))) == 3


def test_titles_and_hints_are_escaped() -> None:
    known = {"a--sum": Known("a", "<b>adds</b>", "& <script>")}
    page = class_page(class_report(a_class((0.0,) * 5, misconceptions=known)))
    assert "&lt;b&gt;adds&lt;/b&gt;" in page
    assert "&amp; &lt;script&gt;" in page
    assert page.count("<script>") == 1


def test_figures_take_the_pages_colours_and_have_no_style_of_their_own() -> None:
    report = class_report(a_class((1.0, 4.0, 0.0, 3.0, 3.5), (0.0, 4.0, 2.0, 3.0, 4.0)))
    assert report.scores is not None
    labs = (LabReport("lab1", 3, 0.2, 0.5, 0.9), LabReport("lab2", 3, 0.3, 0.6, 0.8))
    for svg in (scores_figure(report.scores), questions_figure(report.questions), progress_figure(labs)):
        assert "style" not in svg
        assert "#a0000" not in svg
        assert 'fill="var(--' in svg
        assert len(re.findall(r'\bid="', svg)) == len(set(re.findall(r'\bid="([^"]*)"', svg)))
        assert set(re.findall(r'href="#([^"]*)"', svg)) <= set(re.findall(r'\bid="([^"]*)"', svg))


def test_names_in_figures_are_text_and_no_formulas() -> None:
    question = QuestionReport("$\\frac{<g>$", 4.0, False, 2, 1, 1, 0.5, None)
    assert "$\\frac{&lt;g&gt;$" in questions_figure([question])


@pytest.mark.parametrize(
    ("value", "words"), [(None, "not defined"), (-0.1, "look at the question"), (0.5, "goes well")]
)
def test_a_discrimination_is_told_in_words(value: float | None, words: str) -> None:
    assert words in discrimination_words(value)


def test_a_share_is_a_percentage() -> None:
    assert (percent(0.625), percent(None)) == ("62 %", "–")

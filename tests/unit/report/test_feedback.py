"""The page that a student reads: right, plain and safe."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from markupsafe import escape

from allclose.model import TestMark, Tier, Verdict
from allclose.report.feedback import Answered, Page, feedback_page
from allclose.report.flags import flag_sentence
from allclose.report.shown import Cell, Output
from tests.unit.report.test_png import png

TESTS = (
    TestMark("test_a", 4.0, Verdict.PASSED, title="It doubles."),
    TestMark("test_b_of_many[3]", 4.0, Verdict.FAILED, "The result is twice what is expected."),
    TestMark("test_c", 2.0, Verdict.FAILED, "You add. Multiply instead.", "double--add", "It doubles zero."),
)
PAGE = Page(
    assignment="lab1",
    notebook="lab1",
    student="s001",
    name="Ada Núñez",
    answered=(
        Answered("double", 4.0, 10.0, tests=TESTS),
        Answered("think", 2.5, 3.0, by_hand=True, comment="Good.\nWhy?", extra=0.5),
    ),
    isolation=Tier.STRONG,
    cells=(Cell("code", "double", "1", "double = 2", (Output("text", "4\n"), Output("picture", png()))),),
)


class _Reader(HTMLParser):
    """A page's text, its elements and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._quiet = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        self.text += " "
        self._quiet = tag == "style"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._quiet else data


def read(page: Page) -> _Reader:
    reader = _Reader()
    reader.feed(feedback_page(page))
    reader.text = " ".join(reader.text.split())
    return reader


def test_it_tells_points_titles_results_messages_and_known_mistakes() -> None:
    text = read(PAGE).text
    assert "6.5 of 13 points." in text
    assert "double 4 of 10" in text
    assert "It doubles. passed 4 of 4" in text
    assert "b of many The result is twice what is expected. not passed 0 of 4" in text
    assert "It doubles zero. A known mistake: You add. Multiply instead. not passed 0 of 2" in text
    assert "Graded by allclose at isolation tier strong." in text


def test_it_tells_the_graders_points_comments_and_extra_credit() -> None:
    text = read(PAGE).text
    assert "think 2.5 of 3 Extra credit: 0.5, counted in. Good. Why?" in text


def test_what_waits_for_a_grader_is_said_and_the_score_is_so_far() -> None:
    waiting = replace(PAGE, answered=(PAGE.answered[0], Answered("think", 0.0, 3.0, by_hand=True, pending=True)))
    text = read(waiting).text
    assert "4 of 13 points so far: think is still to be graded." in text
    assert "think still to be graded, of 3" in text


def test_a_late_penalty_is_taken_off_and_said() -> None:
    text = read(replace(PAGE, penalty=1.5)).text
    assert "5 of 13 points." in text
    assert "Handed in late: 1.5 points less" in text


def test_a_score_of_a_grader_in_place_of_the_tests_is_said() -> None:
    changed = replace(PAGE.answered[0], score=9.0, changed=True)
    assert "double 9 of 10 A grader gave the points of this question." in read(replace(PAGE, answered=(changed,))).text


def test_a_notebook_that_could_not_be_read_says_why_and_shows_no_cells() -> None:
    text = read(replace(PAGE, problem="lab1.ipynb is not JSON", cells=())).text
    assert "This notebook could not be graded: lab1.ipynb is not JSON" in text
    assert "Your notebook" not in text


def test_the_whole_assignment_has_its_score_where_there_are_several_notebooks() -> None:
    assert "The whole assignment: 20 of 30 points." in read(replace(PAGE, total=20.0, total_max=30.0)).text


def test_it_shows_the_students_cells_and_outputs() -> None:
    reader = read(PAGE)
    assert "double = 2 4" in reader.text
    assert ("img", {"alt": "Output of your code", "src": f"data:image/png;base64,{png()}"}) in reader.elements


def test_it_needs_nothing_beside_it_and_runs_nothing() -> None:
    reader = read(PAGE)
    policy = [attributes for tag, attributes in reader.elements if tag == "meta" and "http-equiv" in attributes]
    assert policy == [
        {
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
        }
    ]
    assert not {tag for tag, _ in reader.elements} & {"script", "link", "iframe", "object", "form", "a", "svg", "base"}
    assert feedback_page(PAGE) == feedback_page(PAGE)


def test_every_text_is_escaped() -> None:
    bad = "</pre><script>alert('x')</script>\"'&\u202e\x1b[31m"
    page = replace(
        PAGE,
        assignment=bad,
        notebook=bad,
        student=bad,
        name=bad,
        problem=bad,
        flags=(bad, f"cell-restored: {bad}"),
        answered=(Answered(bad, 1.0, 2.0, comment=bad, tests=(TestMark(bad, 1.0, Verdict.FAILED, bad, bad, bad),)),),
        cells=(Cell("code", bad, bad, bad, (Output("text", bad), Output("note", bad))),),
    )
    text = feedback_page(page)
    assert "<script" not in text
    assert text.count(str(escape("<script>alert('x')</script>"))) >= 10


@pytest.mark.parametrize(
    ("flag", "sentence"),
    [
        ("cell-restored: double-grade", "The cell double-grade was missing; it was put back."),
        ("cell-timeout: cell 3", "Cell 3 ran out of time."),
        ("cell-moved: think", "The cell think stood in the wrong place; it was put back."),
        ("file-ignored: a.txt is too large", "A file was not used: a.txt is too large."),
        ("bad-file: lab.ipynb is not JSON", "A notebook could not be read: lab.ipynb is not JSON."),
        ("other-file: {0.__class__}.ipynb", "The notebook {0.__class__}.ipynb is not part of this assignment;"),
        ("something-new: of later", "something-new: of later"),
    ],
)
def test_flags_are_told_in_plain_words(flag: str, sentence: str) -> None:
    assert flag_sentence(flag).startswith(sentence)


def test_a_thousand_flags_do_not_fill_the_page() -> None:
    text = read(replace(PAGE, flags=tuple(f"cell-restored: q{number}" for number in range(1000)))).text
    assert len(re.findall("was missing", text)) == 50
    assert "And 950 more." in text

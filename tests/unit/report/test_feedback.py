"""The page that a student reads: right, plain and safe."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from allclose.model import Answer, TestMark, Tier, Verdict
from allclose.report.feedback import Answered, Page, Part, feedback_page
from allclose.report.flags import flag_sentence
from allclose.report.shown import Cell, Output
from tests.unit.report.test_png import png

TESTS = (
    TestMark("test_a", 4.0, Verdict.PASSED, title="It doubles."),
    TestMark("test_b_of_many[3]", 4.0, Verdict.FAILED, "The result is twice what is expected."),
    TestMark("test_c", 2.0, Verdict.FAILED, "You add. Multiply instead.", "double--add", "It doubles zero."),
)
MISTAKE = Answer("double", "add", "You add", "Multiply instead.", "", Path("double--add.py"))
PART = Part(
    notebook="lab1",
    title="Lab 1 · Twice",
    answered=(
        Answered("double", 4.0, 10.0, tests=TESTS, cells=("double", "double-grade")),
        Answered("think", 2.5, 3.0, by_hand=True, comment="Good.\nWhy?", extra=0.5, cells=("think",)),
    ),
    cells=(
        Cell("text", "", "", "## Doubling\nWords.", own=False, heading="Doubling"),
        Cell("code", "double", "1", "double = 2", (Output("text", "4\n"), Output("picture", png()))),
        Cell("code", "double-grade", "2", "assert double", own=False),
    ),
)
PAGE = Page(
    assignment="lab1",
    student="s001",
    name="Ada Núñez",
    parts=(PART,),
    submitted=datetime(2026, 2, 1, 10, 0),
    isolation=Tier.STRONG,
    mistakes={MISTAKE.name: MISTAKE},
)


def with_part(**changes: Any) -> Page:
    return replace(PAGE, parts=(replace(PART, **changes),))


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
    assert "Lab 1 · Twice Ada Núñez · s001 handed in 1 February 2026, 10:00 UTC 6.5 of 13 points" in text
    assert "double 4 of 10" in text
    assert "A known mistake You add Multiply instead. Read again: Doubling" in text
    assert "It doubles. passed 4 of 4" in text
    assert "b of many not passed: The result is twice what is expected. 0 of 4" in text
    assert "It doubles zero. not passed: the known mistake above 0 of 2" in text
    assert "Graded by allclose at isolation tier strong." in text


def test_a_mistake_that_the_course_has_changed_since_is_told_as_it_was_then() -> None:
    changed = replace(MISTAKE, title="Another title")
    assert "A known mistake You add. Multiply instead." in read(replace(PAGE, mistakes={MISTAKE.name: changed})).text
    assert "A known mistake You add. Multiply instead." in read(replace(PAGE, mistakes={})).text


def test_it_tells_the_graders_points_comments_and_extra_credit() -> None:
    text = read(PAGE).text
    assert "think 2.5 of 3 Extra credit: 0.5, counted in. Comment Good. Why?" in text


def test_what_waits_for_a_grader_is_said_and_the_score_is_so_far() -> None:
    waiting = with_part(answered=(PART.answered[0], Answered("think", 0.0, 3.0, by_hand=True, pending=True)))
    text = read(waiting).text
    assert "4 of 13 points so far" in text
    assert "Still to be graded by hand: think." in text
    assert "think to be graded, of 3" in text


def test_a_late_penalty_is_taken_off_and_said() -> None:
    text = read(with_part(penalty=1.5)).text
    assert "5 of 13 points" in text
    assert "Handed in late: 1.5 points less" in text


def test_a_score_of_a_grader_in_place_of_the_tests_is_said() -> None:
    changed = replace(PART.answered[0], score=9.0, changed=True)
    assert "A grader gave the points of this question." in read(with_part(answered=(changed,))).text


def test_a_notebook_that_could_not_be_read_says_why_and_what_to_do_and_shows_no_cells() -> None:
    broken = with_part(problem="lab1.ipynb is not JSON", cells=(), answered=(Answered("double", 0.0, 10.0),))
    text = read(replace(broken, flags=("bad-file: lab1.ipynb is not JSON",))).text
    assert "This notebook could not be graded: lab1.ipynb is not JSON." in text
    assert "Open lab1.ipynb in Jupyter" in text
    assert text.count("is not JSON") == 1
    assert "Your notebook" not in text and "Question by question" not in text


def test_several_notebooks_are_on_one_page_with_a_list_of_contents() -> None:
    other = Part("lab2", (Answered("triple", 1.0, 2.0),), problem="no lab2.ipynb was handed in")
    reader = read(replace(PAGE, parts=(PART, other)))
    assert "7.5 of 15 points" in reader.text
    assert "Contents Lab 1 · Twice 6.5 of 13" in reader.text
    assert "lab2 1 of 2 This notebook could not be graded: no lab2.ipynb was handed in. triple 1 of 2" in reader.text


@pytest.mark.parametrize("page", [PAGE, replace(PAGE, parts=(PART, PART)), with_part(cells=()), with_part(answered=())])
def test_every_link_leads_to_a_place_on_the_page_and_every_place_is_one(page: Page) -> None:
    elements = read(page).elements
    places = [attributes["id"] for _, attributes in elements if "id" in attributes]
    links = [attributes["href"] or "" for tag, attributes in elements if tag == "a"]
    assert len(places) == len(set(places))
    assert {link.removeprefix("#") for link in links} <= set(places)
    assert all(link.startswith("#") for link in links)


def test_the_mistake_leads_to_the_labs_section_and_the_question_to_its_answer() -> None:
    html = feedback_page(PAGE)
    assert 'Read again: <a href="#cell-1-0">Doubling</a>' in html
    assert '<a href="#cell-1-1" aria-label="Your answer to double">' in html
    assert html.index('id="cell-1-0"') < html.index("<h3>Doubling</h3>") < html.index('id="cell-1-1"')


def test_what_to_do_next_is_said_once_for_questions_with_the_same_trouble() -> None:
    def lost(question: str, verdict: Verdict) -> Answered:
        return Answered(question, 0.0, 2.0, tests=(TestMark("test_a", 2.0, verdict),), cells=(question,))

    verdicts = {"a": Verdict.TIMEOUT, "b": Verdict.RAISED, "c": Verdict.TIMEOUT}
    text = read(with_part(answered=tuple(lost(*each) for each in verdicts.items()))).text
    assert "a, c: Your code did not come to an end in time." in text
    assert "4 points to gain" in text and "b: Your code stopped with an error" in text


def test_an_answer_as_it_was_handed_out_is_told_to_be_none() -> None:
    blank = replace(PART.cells[1], own=False, outputs=())
    text = read(with_part(cells=(PART.cells[0], blank))).text
    assert "double: There is no answer yet." in text
    assert "double 4 of 10 as it was handed out" in text


def test_with_full_marks_nothing_is_left_to_do() -> None:
    right = Answered("double", 4.0, 4.0, tests=TESTS[:1], cells=("double",))
    assert "Everything is right" in read(with_part(answered=(right,))).text
    assert "Everything is right" not in read(PAGE).text


def test_a_long_output_is_folded() -> None:
    long = replace(PART.cells[1], outputs=(Output("error", "line\n" * 100),))
    assert "Error of 100 lines" in read(with_part(cells=(long,))).text


def test_it_shows_the_students_cells_and_outputs() -> None:
    reader = read(PAGE)
    assert "double = 2 4" in reader.text
    assert ("img", {"alt": "A picture that cell 1 put out", "src": f"data:image/png;base64,{png()}"}) in reader.elements


def test_bars_are_as_long_as_the_share_of_the_points() -> None:
    widths = [attributes["width"] for tag, attributes in read(PAGE).elements if tag == "rect"]
    assert widths == ["50", "40", "83.33", "40", "83.33"]


def test_it_needs_nothing_beside_it_and_runs_nothing_and_knows_its_own_style_only() -> None:
    reader, html = read(PAGE), feedback_page(PAGE)
    policy = [attributes for tag, attributes in reader.elements if tag == "meta" and "http-equiv" in attributes]
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == [
        {
            "http-equiv": "Content-Security-Policy",
            "content": f"default-src 'none'; img-src data:; style-src 'sha256-{known}'; base-uri 'none'; "
            "form-action 'none'",
        }
    ]
    assert not {tag for tag, _ in reader.elements} & {"script", "link", "iframe", "object", "form", "base"}
    assert not [attributes for _, attributes in reader.elements if "style" in attributes]
    assert feedback_page(PAGE) == html


def test_every_text_is_escaped() -> None:
    bad = "</pre><script>alert('x')</script>\"'&\u202e\x1b[31m"
    answered = Answered(bad, 1.0, 2.0, comment=bad, tests=(TestMark(bad, 1.0, Verdict.FAILED, bad, bad, bad),))
    cells = (
        Cell("text", "", "", bad, own=False, heading=bad),
        Cell("code", bad, bad, bad, (Output("text", bad), Output("error", bad), Output("note", bad))),
        Cell("text", "", "", bad),
        Cell("raw", "", "", bad),
    )
    page = Page(
        assignment=bad,
        student=bad,
        name=bad,
        parts=(Part(bad, (replace(answered, cells=(bad,)),), bad, 0.0, bad, cells),),
        flags=(bad, f"cell-restored: {bad}"),
        mistakes={bad: Answer(bad, bad, bad, bad, bad, Path("x"))},
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

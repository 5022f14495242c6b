"""The page of each kind of student in a real browser: it opens without a complaint, for everybody, on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from allclose import course
from allclose.cli import run
from allclose.model import Assignment, Grade, QuestionMark, TestMark, Verdict
from tests.browser import browser, picture, served  # noqa: F401 - a fixture
from tests.graded_course import RIGHT, answered, comment, late, record_class, unreadable, write_lab
from tests.small_course import cell, executed, grade, lab_cells, write_source
from tests.unit.report.test_png import png

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCREENS: list[tuple[int, Literal["light", "dark"]]] = [(1280, "light"), (1280, "dark"), (390, "dark"), (390, "light")]
KINDS = ("right", "mistaken", "broken", "blank", "unreadable")
CODE = "def double(x):\n    " + '"""Twice."""\n    return ' + " + ".join(["x"] * 60) + "\n"
MISTAKE = '"""You add one.\n\nMultiply by two instead.\n"""\ndouble = 3\n'


def student(lab: Assignment, name: str, tests: tuple[TestMark, ...], outputs: list[Any], **answers: str) -> Grade:
    """A student with two notebooks, whose test of the first says this."""
    first, second = (executed(lab, notebook, **answers) for notebook in ("first", "second"))
    first["cells"][1]["outputs"] = outputs
    score = sum(test.points for test in tests if test.verdict is Verdict.PASSED)
    found = grade(lab, name, first, second)
    marks = (QuestionMark("first", "double-test", score, 2.0, tests), *found.questions[1:])
    return replace(found, questions=marks, score=score + 2.0, flags=("cell-timeout: cell 2", "cell-restored: essay"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The feedback of a class with two notebooks, a student of each kind, at an address."""
    root = tmp_path_factory.mktemp("class") / "course"
    write_lab(root)
    text = cell("text", "markdown", "# Twice\n\nWrite **double**, $2x$ for each $x$.", locked=True)
    write_source(root, [text, *lab_cells()], "second")
    mistakes = root / "autograder" / "lab" / "misconceptions"
    mistakes.mkdir(parents=True)
    (mistakes / "double-test--add.py").write_text(MISTAKE)
    lab = course.load(root, "lab")
    passed = replace(RIGHT, points=2.0)
    failed = TestMark("test_b", 1.0, Verdict.FAILED, "The result is twice what is expected.", title="Three is doubled.")
    known = replace(failed, message="You add one. Multiply by two instead.", misconception="double-test--add")
    ended = [TestMark(f"test_{each}", 0.25, each, "It ended.") for each in Verdict if each is not Verdict.PASSED]
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mError\x1b[0m"] * 50}
    flood = {"output_type": "stream", "name": "stdout", "text": "a very long line of output " * 30 + "\n" * 60}
    figure = {"output_type": "display_data", "data": {"image/png": png()}, "metadata": {}}
    record_class(
        lab,
        [
            student(lab, "right", (passed,), [figure], double=CODE, essay="**Because** $x < 1$.\n\n|a|\n|:-:|\n|1|"),
            student(lab, "mistaken", (known, replace(failed, points=0.5), replace(known, points=0.5)), [], double=CODE),
            student(lab, "broken", tuple(ended), [error, flood], double="while True: pass"),
            answered(lab, "blank"),
            unreadable(lab, "unreadable"),
        ],
    )
    comment(lab, "right", "essay", "Well said.\nAnd why?")
    late(lab, "mistaken", 0.5)
    assert run(["feedback", "lab", "--course", str(root)]) == 0
    with served(root / "feedback") as address:
        yield address


@pytest.fixture
def opened(browser: Browser, pages: str) -> Iterator[Any]:  # noqa: F811
    """Opens a student's page on a screen; whatever the browser complains of fails the test."""
    contexts, complaints = [], []

    def opens(kind: str, width: int = 1280, scheme: Any = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{pages}/{kind}/lab/first.html")
        return page

    yield opens
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_on_any_screen_and_nothing_runs_over_its_side(opened: Any, kind: str) -> None:
    page = opened(kind)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        assert [(each["impact"], each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if scheme == "light":
            picture(page, f"feedback-{kind}-{width}")


def test_its_style_counts_and_so_do_the_bars(opened: Any) -> None:
    page = opened("mistaken")
    assert page.locator("body").evaluate("each => getComputedStyle(each).maxWidth") != "none"
    box, bar = page.locator(".total .bar rect").bounding_box(), page.locator(".total .bar").bounding_box()
    assert box["width"] / bar["width"] == pytest.approx(1.5 / 20, abs=0.01)


def test_the_keyboard_leads_past_the_head_and_a_mistake_to_the_labs_section(opened: Any) -> None:
    page = opened("mistaken")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.get_by_role("link", name="Your answer to double-test").first.click()
    assert CODE.strip() in page.locator(":target").inner_text()


def test_headings_go_down_step_by_step_and_parts_have_names(opened: Any) -> None:
    page = opened("mistaken")
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(each => +each.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1
    assert page.get_by_role("navigation", name="Contents").is_visible()


def test_on_paper_nothing_is_cut_off(opened: Any) -> None:
    page = opened("mistaken", 700, "dark")
    page.emulate_media(media="print")
    wide = "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
    assert page.eval_on_selector_all("pre", wide) == 0
    assert page.eval_on_selector_all(".screen, .skip", "all => all.filter(each => each.checkVisibility()).length") == 0
    ink = "each => getComputedStyle(each).color"
    assert page.locator("h1").evaluate(ink) == "rgb(28, 34, 48)", "dark colours are for screens"


def test_both_notebooks_have_the_same_page(pages: str, opened: Any) -> None:
    page = opened("right")
    assert page.inner_text("h1") == "lab"
    first = page.content()
    page.goto(f"{pages}/right/lab/second.html")
    assert page.content() == first
    assert page.locator("nav h3 a").all_inner_texts() == ["first", "Twice"]
    assert Path(page.url).name == "second.html"

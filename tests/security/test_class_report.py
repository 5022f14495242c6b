"""What students hand in reaches the page of their class as text: ids, comments, code and messages run nothing."""

from __future__ import annotations

import csv
import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from allclose import course
from allclose.cli import run
from allclose.interop.gradebook import db_url
from allclose.model import Assignment, Grade, QuestionMark, TestMark, Verdict
from allclose.ratings import MIME
from tests.browser import browser, page, served  # noqa: F401 - fixtures
from tests.graded_course import record_class, write_lab
from tests.security.test_pages_and_tables import ATTACKS, FORMULAS, STUDENT
from tests.small_course import executed, grade

if TYPE_CHECKING:
    from playwright.sync_api import Page

BANK = " ".join(ATTACKS)
#: Long enough, and alike enough, that two who have it are a pair whose code the page shows.
CODE = "\n".join(f"print({number}, [{attack!r}], {number} ** {number})" for number, attack in enumerate(ATTACKS * 4))


def hostile(lab: Assignment, student: str) -> Grade:
    """A result in which every text that a student has a say in attacks."""
    content = executed(lab, right=True, essay=f"{BANK} {' '.join(f'word{number}' for number in range(60))}")
    for cell in content["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == "double":
            cell["source"] = CODE
    tests = (
        TestMark("test_known", 1.0, Verdict.FAILED, BANK, "double-test--add", BANK),
        TestMark("test_not_known", 1.0, Verdict.FAILED, BANK, None, BANK),
    )
    marks = (QuestionMark("first", "double-test", 0.0, 2.0, tests),)
    flags = (f"other-file: {BANK}", f"{BANK}: {BANK}")
    return replace(grade(lab, student, content), questions=marks, score=0.0, flags=flags, seconds=1.0)


def rated(lab: Assignment, student: str) -> None:
    """Ratings that attack, in what was handed in."""
    data = {MIME: {"section": f"=1+1 {BANK}", "stars": 1, "comment": f"=1+1 {BANK}"}}
    cell = {"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": data}]}
    path = lab.root / "submitted" / student / "lab" / "first.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    lab = write_lab(tmp_path / "course")
    students = (STUDENT, *FORMULAS[:3])
    record_class(lab, [hostile(lab, student) for student in students])
    with Gradebook(db_url(lab.root), "tests") as book:
        for student, formula in zip(students, reversed(FORMULAS), strict=False):
            book.update_or_create_student(student, first_name=formula, last_name=f"{BANK} {student}")
    for student in students:
        rated(lab, student)
    (lab.root / "roster.csv").write_text(
        f"id,name,section\ns900,=1+1,@SUM(1){BANK[:200]}\ns901,b,b\n".replace("\x00", "")
    )
    lab = course.load(lab.root, "lab")
    assert run(["report", "lab", "--course", str(lab.root)]) == 0
    return lab


def report(lab: Assignment) -> Path:
    return lab.root / "reports" / "lab"


def test_nothing_of_a_submission_runs_on_the_page_of_its_class(lab: Assignment, page: Page) -> None:  # noqa: F811
    said: list[str] = []
    page.on("request", lambda request: said.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("console", lambda message: said.append(message.text))
    with served(report(lab)) as address:
        page.goto(f"{address}/index.html")
        page.wait_for_load_state("networkidle")
    assert page.title() == "lab · class report"
    assert said == [f"{address}/index.html"]
    assert page.locator("script").count() == 1
    elements = page.eval_on_selector_all("body *", "all => all.map(each => each.tagName.toLowerCase())")
    assert not {*elements} & {"iframe", "link", "object", "embed", "form", "img", "textarea", "style"}
    drawings = page.eval_on_selector_all("svg *", "all => all.map(each => each.tagName.toLowerCase())")
    assert {*drawings} <= {"g", "path", "rect", "text", "use", "defs", "clippath"}
    names = "all => all.flatMap(each => each.getAttributeNames()).filter(name => name.startsWith('on'))"
    assert page.eval_on_selector_all("*", names) == []
    links = page.eval_on_selector_all("a", "all => all.map(each => each.getAttribute('href'))")
    assert all(link.startswith("#") for link in links)
    shown = page.inner_text("main")
    for what in ("known mistakes", "What tests told", "Pairs to look at", "What students say", "What was noticed"):
        assert what in shown, what
    assert (page.text_content("main") or "").count("onerror") > 10


def test_no_control_or_bidi_character_of_a_submission_is_on_the_page(lab: Assignment) -> None:
    text = (report(lab) / "index.html").read_text(encoding="utf-8")
    assert {each for each in text if unicodedata.category(each)[0] == "C"} == {"\n"}


def test_no_cell_of_its_tables_computes(lab: Assignment) -> None:
    computing = 0
    for table in sorted(report(lab).glob("*.csv")):
        with table.open(newline="", encoding="utf-8") as file:
            for cell in (cell for row in csv.reader(file) for cell in row):
                computing += "1+1" in cell
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), (table.name, cell)
                assert not cell.startswith("-") or cell.strip("-") == "", (table.name, cell)
    assert computing > 10


def test_what_is_printed_of_a_class_paints_no_terminal(lab: Assignment, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["report", "lab", "--course", str(lab.root)]) == 0
    shown = capsys.readouterr()
    assert {each for each in shown.out + shown.err if unicodedata.category(each)[0] == "C"} <= {"\n"}

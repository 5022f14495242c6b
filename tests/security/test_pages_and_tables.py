"""What a submission holds reaches people as text: on feedback pages nothing runs, in tables nothing computes."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.api import Gradebook

from allclose import course
from allclose.cli import run
from allclose.interop.gradebook import db_url
from allclose.model import Assignment, Grade, Json, QuestionMark, TestMark, Verdict
from tests.browser import browser, served  # noqa: F401 - a fixture
from tests.graded_course import answered, comment, record_class, write_lab
from tests.small_course import executed, grade

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCRIPT = "</pre></textarea></style></title><script>window.owned = 1; fetch('http://127.0.0.1:9/')</script>"
IMAGE = "<img src=x onerror='window.owned = 1'><img src=http://127.0.0.1:9/x.png srcset='http://127.0.0.1:9/y 2x'>"
STYLE = "<style>* { display: none }</style><link rel=stylesheet href=//127.0.0.1:9/x.css><p style='display: none'>"
FRAME = (
    "<iframe src='javascript:parent.owned=1'></iframe><svg/onload=window.owned=1><svg><script>owned=1</script></svg>"
)
ELSEWHERE = (
    "<meta http-equiv=refresh content='0;url=//127.0.0.1:9/'><base href=//127.0.0.1:9/><form action=//127.0.0.1:9/>"
)
BREAKOUT = '" onmouseover="window.owned=1" autofocus onfocus="window.owned=1" x=\'--></script>]]>{{ 7 * 7 }}{% raw %}'
MARKDOWN = (
    "[press](javascript:window.owned=1) ![seen](http://127.0.0.1:9/z.png) <javascript:window.owned=1> "
    "[x]: javascript:1\n\n|a|\n|:-:|\n|<img src=x onerror=window.owned=1>|\n"
)
LATEX = "$\\href{javascript:window.owned=1}{x}$ $$<script>window.owned=1</script>$$ \\url{http://127.0.0.1:9/}"
PAINT = "\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b1m\u202edrawkcab\u2066\u200b\x00"
ATTACKS = (SCRIPT, IMAGE, STYLE, FRAME, ELSEWHERE, BREAKOUT, MARKDOWN, LATEX, PAINT)
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://evil.example","x")')
STUDENT = "=<img src=x onerror=alert(1)>\u202e"


def hostile_notebook(lab: Assignment) -> Json:
    """Attacks as sources, texts, errors, pictures and in every kind of output that a browser would run."""
    content = executed(lab, right=True, essay="".join(ATTACKS))
    outputs: list[Any] = [{"output_type": "stream", "name": "stdout", "text": attack} for attack in ATTACKS]
    outputs += [
        {"output_type": "error", "ename": attack, "evalue": attack, "traceback": [attack]} for attack in ATTACKS
    ]
    for mime in ("text/html", "image/svg+xml", "application/javascript", "text/markdown", "text/latex", "image/jpeg"):
        outputs.append({"output_type": "display_data", "data": {mime: SCRIPT}, "metadata": {}})
    pictures = ("x' onerror='document.title=1", "data:text/html,<script>1</script>", "PHN2Zy8+")
    outputs += [{"output_type": "display_data", "data": {"image/png": text}, "metadata": {}} for text in pictures]
    for cell in content["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == "double":
            cell["source"], cell["outputs"] = "\n".join(ATTACKS), outputs
    return content


def hostile_grade(lab: Assignment) -> Grade:
    """Attacks in all that a grade tells of a student: titles, messages, names of mistakes, flags, a file's name."""
    tests = tuple(TestMark(attack, 0.25, Verdict.FAILED, attack, attack, attack) for attack in ATTACKS)
    plain = tuple(TestMark(attack, 0.25, Verdict.RAISED, attack) for attack in ATTACKS)
    marks = (QuestionMark("first", "double-test", 2.0, 2.0, (*tests, *plain)),)
    flags = (*(f"file-ignored: {attack}" for attack in ATTACKS), *ATTACKS)
    return replace(grade(lab, STUDENT, hostile_notebook(lab)), questions=marks, flags=flags)


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    lab = write_lab(tmp_path / "course")
    record_class(lab, [hostile_grade(lab), *(answered(lab, name) for name in FORMULAS[:3])])
    comment(lab, STUDENT, "essay", "".join(ATTACKS))
    with Gradebook(db_url(lab.root), "tests") as book:
        for student, formula in zip((STUDENT, *FORMULAS[:3]), reversed(FORMULAS), strict=False):
            book.update_or_create_student(student, first_name=formula, last_name=SCRIPT, email=formula)
    (lab.root / "roster.csv").write_text("id,name,section\ns900,=1+1,@SUM(1)\n")
    return course.load(lab.root, "lab")


@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without its policy"])
def test_nothing_of_a_submission_runs_on_its_page(lab: Assignment, browser: Browser, policy: bool) -> None:  # noqa: F811
    assert run(["feedback", "lab", "--course", str(lab.root)]) == 0
    asked: list[str] = []
    context = browser.new_context(bypass_csp=not policy)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    if policy:  # without it the browser looks for the server's icon and complains that there is none
        page.on("console", lambda message: asked.append(message.text))
    with served(lab.root / "feedback" / STUDENT / "lab") as address:
        page.goto(f"{address}/first.html")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for element in page.locator("main :visible").all()[:40]:
            element.hover(force=True)
        page.wait_for_load_state("networkidle")
    assert page.evaluate("window.owned") is None
    assert asked == [f"{address}/first.html"]
    elements = page.eval_on_selector_all("*", "all => all.map(each => each.tagName.toLowerCase())")
    assert not {*elements} & {"script", "iframe", "link", "object", "embed", "form", "img", "textarea", "base", "input"}
    names = set(page.eval_on_selector_all("*", "all => all.flatMap(each => each.getAttributeNames())"))
    assert not {name for name in names if name.startswith("on")} | (names & {"style", "src", "autofocus"})
    assert page.locator("svg:not(.bar)").count() == 0
    assert page.locator("a:not([href^='#'])").count() == 0
    assert page.locator("h1").is_visible()
    assert "window.owned = 1; fetch(" in page.inner_text("main")
    context.close()


def test_a_huge_figure_and_a_hundred_thousand_lines_leave_a_page_small_and_say_what_is_left_out(
    lab: Assignment,
) -> None:
    path = lab.root / "autograded" / STUDENT / "lab" / "first.ipynb"
    content = json.loads(path.read_text())
    flood = "\n".join(f"line {number}" for number in range(100_000))
    content["cells"][1]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": flood},
        {"output_type": "display_data", "data": {"image/png": "A" * 66_666_668}, "metadata": {}},
        {"output_type": "display_data", "data": {"text/plain": "the last one"}, "metadata": deep_json(900)},
    ]
    path.chmod(0o644)
    path.write_text(json.dumps(content))
    assert run(["feedback", "lab", "--course", str(lab.root)]) == 0
    text = (lab.root / "feedback" / STUDENT / "lab" / "first.html").read_text(encoding="utf-8")
    assert len(text) < 200_000
    assert "lines left out: too long for this page" in text and "line 99999" in text
    assert "A picture of 50.0 MB is not shown: it is too large for this page." in text
    assert "the last one" in text


def deep_json(depth: int) -> Json:
    found: Json = {}
    for _ in range(depth):
        found = {"in": found}
    return found


def test_no_control_or_bidi_character_of_a_submission_is_on_its_page(lab: Assignment) -> None:
    assert run(["feedback", "lab", "--course", str(lab.root)]) == 0
    text = (lab.root / "feedback" / STUDENT / "lab" / "first.html").read_text(encoding="utf-8")
    assert {each for each in text if unicodedata.category(each)[0] == "C"} == {"\n"}


@pytest.mark.parametrize("options", [("csv",), ("csv", "--per", "test"), ("canvas",), ("moodle",), ("otter",)])
def test_no_cell_of_a_table_computes(
    lab: Assignment, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "lab", "--course", str(lab.root), "--out", "-", "--format", *options]) == 0
    cells = [cell for row in csv.reader(io.StringIO(capsys.readouterr().out)) for cell in row]
    assert any("1+1" in cell for cell in cells)
    for cell in cells:
        assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
        assert not cell.startswith("-") or cell.strip("-") == "", cell


def test_what_is_printed_of_a_class_paints_no_terminal(lab: Assignment, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["feedback", "lab"], ["export", "lab", "--format", "canvas"], ["export", "lab", "--format", "csv"]):
        assert run([*command, "--course", str(lab.root)]) == 0
        shown = capsys.readouterr()
        assert {each for each in shown.out + shown.err if unicodedata.category(each)[0] == "C"} <= {"\n"}


def test_the_list_for_gradescope_is_plain_json_with_the_texts_as_they_are(
    lab: Assignment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "lab", "--course", str(lab.root), "--out", "-", "--format", "gradescope"]) == 0
    found = {entry["student"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert set(found) == {STUDENT, *FORMULAS[:3], "s900"}


def test_a_file_in_the_place_of_the_sites_sheet_is_bounded(lab: Assignment, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    with sheet.open("wb") as file:
        file.truncate(200_000_000)
    options = ["--format", "canvas", "--sheet", str(sheet)]
    assert run(["export", "lab", "--course", str(lab.root), *options]) == 2

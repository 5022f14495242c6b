"""What a submission holds reaches people as text: on feedback pages nothing runs, in tables nothing computes."""

from __future__ import annotations

import csv
import io
import json
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader.api import Gradebook

from allclose import course
from allclose.cli import run
from allclose.interop.gradebook import db_url
from allclose.model import Assignment, Json
from tests.browser import browser, page  # noqa: F401 - fixtures
from tests.graded_course import answered, comment, record_class, write_lab
from tests.small_course import executed, grade

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = "</pre></textarea><script>document.title = 'owned'; fetch('http://127.0.0.1:9/')</script>"
IMAGE = "<img src=x onerror=\"document.title = 'owned'\">"
STYLE = "<style>* { display: none }</style><link rel=stylesheet href=//evil.example/x.css>"
FRAME = "<iframe src='javascript:parent.document.title=1'></iframe><svg/onload=alert(1)>"
PAINT = "\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b1m\u202edrawkcab\u2066\u200b\x00"
ATTACKS = (SCRIPT, IMAGE, STYLE, FRAME, PAINT)
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


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    lab = write_lab(tmp_path / "course")
    record_class(lab, [grade(lab, STUDENT, hostile_notebook(lab)), *(answered(lab, name) for name in FORMULAS[:3])])
    comment(lab, STUDENT, "essay", "".join(ATTACKS))
    with Gradebook(db_url(lab.root), "tests") as book:
        for student, formula in zip((STUDENT, *FORMULAS[:3]), reversed(FORMULAS), strict=False):
            book.update_or_create_student(student, first_name=formula, last_name=SCRIPT, email=formula)
    (lab.root / "roster.csv").write_text("id,name,section\ns900,=1+1,@SUM(1)\n")
    return course.load(lab.root, "lab")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder's files at an address of this machine's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so there
        pass


def test_nothing_of_a_submission_runs_on_its_page(lab: Assignment, page: Page) -> None:  # noqa: F811
    assert run(["feedback", "lab", "--course", str(lab.root)]) == 0
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    with served(lab.root / "feedback" / STUDENT / "lab") as address:
        page.goto(f"{address}/first.html")
        page.wait_for_load_state("networkidle")
    assert page.title() == "lab · first"
    assert asked == [f"{address}/first.html"]
    elements = page.eval_on_selector_all("*", "all => all.map(each => each.tagName.toLowerCase())")
    assert not {*elements} & {"script", "iframe", "svg", "link", "object", "embed", "form", "a", "img", "textarea"}
    handlers = "all => all.flatMap(each => each.getAttributeNames()).filter(name => name.startsWith('on'))"
    assert page.eval_on_selector_all("*", handlers) == []
    assert page.locator("h1").is_visible()
    assert "document.title = 'owned'" in page.inner_text("main")


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

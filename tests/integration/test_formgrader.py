"""The formgrader in a real browser: it opens the gradebook that we made, and what a person gives there stays.

nbgrader's server extensions run in a real `jupyter server` on this machine's loopback, with a token, and with settings
of its own: nothing of this machine's Jupyter is read or written. The one thing that the pages want from elsewhere is
MathJax; it is answered here by a few lines that say they have typeset everything.
"""

from __future__ import annotations

import copy
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from allclose import course
from allclose.interop.adoption import LINE
from tests.browser import picture
from tests.courses import code, write_course
from tests.jupyter import NBGRADERS, Server, jupyter

if TYPE_CHECKING:
    from playwright.sync_api import Page

STUDENT = "s001"
ANSWERS = {
    "double": "def double(x):\n    return x + x",
    "triple": "def triple(x):\n    return 3 * x if x == 2 else x",
    "think": "Because **two** makes $2x$.",
}
DRAWING = "import matplotlib.pyplot as plt\nplt.plot([double(x) for x in range(5)])\nprint('drawn', 6 * 7)"
MATHJAX = """
MathJax = {Hub: {Config() {}, Queue() {}, Startup: {signal: {Interest(tell) { setTimeout(() => tell("End"), 0) }}}}}
"""


def go(page: Page, server: Server, path: str) -> None:
    """Go to one of the formgrader's pages, as who has the token."""
    page.route("**/mathjax/**", lambda route: route.fulfill(body=MATHJAX, content_type="text/javascript"))
    page.goto(f"{server.url}formgrader?token={server.token}")
    page.goto(f"{server.url}formgrader{path}")
    page.wait_for_load_state("networkidle")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose one submission `allclose grade` has graded; an answer in words waits for a person."""
    root = write_course(tmp_path_factory.mktemp("formgrader") / "course")
    exchange = root.parent / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    settings = f"c.CourseDirectory.course_id = 'formgrading'\nc.Exchange.root = {str(exchange)!r}\n{LINE}\n"
    (root / "nbgrader_config.py").write_text(settings)
    hand_in(root, ANSWERS)
    allclose(root, "grade", "lab")
    return root


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with jupyter(root, tmp_path_factory.mktemp("jupyter"), *NBGRADERS) as running:
        yield running


def hand_in(root: Path, answers: dict[str, str]) -> None:
    source = course.load(root, "lab").notebooks[0]
    cells = copy.deepcopy([*source.released, code(DRAWING)])
    for cell in cells:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    path = root / "submitted" / STUDENT / "lab" / "lab.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**source.content, "cells": cells}))


def allclose(root: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", "from allclose.cli import main; main()", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def marks(root: Path) -> dict[str, Any]:
    """What the gradebook holds: automatic and manual score, and whether a person must look, by grade cell."""
    with sqlite3.connect(root / "gradebook.db") as connection:
        rows = connection.execute(
            "SELECT base_cell.name, auto_score, manual_score, needs_manual_grade FROM grade "
            "JOIN base_cell ON base_cell.id = cell_id"
        ).fetchall()
    connection.close()
    return {name: (auto, manual, bool(needs)) for name, auto, manual, needs in rows}


def comments(root: Path) -> list[str]:
    with sqlite3.connect(root / "gradebook.db") as connection:
        rows = connection.execute("SELECT manual_comment FROM comment WHERE manual_comment IS NOT NULL").fetchall()
    connection.close()
    return [comment for (comment,) in rows]


def open_submission(server: Server, page: Page) -> None:
    """As a grader comes to it."""
    go(page, server, "/gradebook/lab/lab")
    page.locator("a", has_text="Submission #1").click()
    page.wait_for_function(
        "typeof formgrader === 'object' && formgrader.loaded && formgrader.grades.loaded && formgrader.comments.loaded"
    )


def test_the_lab_and_its_submission_are_listed_with_the_score(server: Server, page: Page) -> None:
    go(page, server, "")
    row = page.get_by_role("row", name="lab")
    assert row.locator(".num-submissions").inner_text() == "1"
    assert page.locator(".alert").count() == 0
    picture(page, "formgrader-assignments")
    row.locator(".num-submissions a").click()
    submission = page.get_by_role("row", name=STUDENT)
    assert submission.locator(".status").inner_text() == "needs manual grading"
    assert submission.locator(".score").inner_text() == "2 / 11"
    picture(page, "formgrader-submissions")


def test_a_submission_shows_its_cells_scores_and_outputs(server: Server, page: Page) -> None:
    open_submission(server, page)
    text = page.locator("#notebook").first.inner_text()
    for part in (ANSWERS["double"], ANSWERS["triple"], "drawn 42"):
        assert part in text
    scores = {name: page.locator(f"#{name}").get_attribute("placeholder") for name in ("double-grade", "triple-grade")}
    assert scores == {"double-grade": "2", "triple-grade": "0"}
    figure = page.locator("#notebook-container img")
    assert figure.count() == 1
    assert figure.evaluate("image => image.complete && image.naturalWidth > 100")
    assert page.locator("#think").evaluate("box => box.classList.contains('needs_manual_grade')")
    assert page.locator(".nbgrader_cell strong").inner_text() == "two"
    picture(page, "formgrader-submission")


def test_a_score_and_a_comment_typed_there_stay_at_every_regrade(server: Server, page: Page) -> None:
    open_submission(server, page)
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"):
        page.locator("#think").fill("4.5")
        page.keyboard.press("Tab")
    with page.expect_response(lambda answer: "/api/comment/" in answer.url and answer.request.method == "PUT"):
        page.locator("#think-comment").fill("Say *why* it does.")
        page.keyboard.press("Escape")
    given = marks(server.root)
    assert given["think"] == (None, 4.5, False)
    assert comments(server.root) == ["Say *why* it does."]
    picture(page, "formgrader-graded")

    allclose(server.root, "grade", "lab")
    assert marks(server.root) == given
    allclose(server.root, "grade", "lab", "--force")
    assert marks(server.root) == given

    hand_in(server.root, {**ANSWERS, "think": "Because it is so."})
    allclose(server.root, "grade", "lab")
    assert marks(server.root) == {**given, "think": (None, 4.5, True)}
    assert comments(server.root) == ["Say *why* it does."]
    open_submission(server, page)
    box = page.locator(".nbgrader_cell", has=page.locator("#think"))
    assert "Because it is so." in box.inner_text()
    assert page.locator("#think").input_value() == "4.5"
    picture(page, "formgrader-to-look-at-again")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"):
        box.get_by_role("button", name="Resolve").click()
    assert marks(server.root) == given


def test_the_autograde_button_grades_in_our_sandbox_with_the_same_score(server: Server, page: Page) -> None:
    before = marks(server.root)
    go(page, server, "/manage_submissions/lab")
    row = page.get_by_role("row", name=STUDENT)
    shown = row.locator(".score").inner_text()
    row.locator(".autograde a").click()
    told = page.locator(".modal")
    told.wait_for()
    picture(page, "formgrader-autograded")
    assert "Successfully autograded 'lab' for student 's001'." in told.inner_text()
    executed = json.loads((server.root / "autograded" / STUDENT / "lab" / "lab.ipynb").read_text())
    assert executed["metadata"]["allclose"] == {"isolation": "strong", "tests": "a hidden suite", "flags": []}
    assert {name: auto for name, (auto, _, _) in marks(server.root).items()} == {
        name: auto for name, (auto, _, _) in before.items()
    }
    page.get_by_role("button", name="Close").last.click()
    assert row.locator(".score").inner_text() == shown
    open_submission(server, page)
    text = page.locator("#notebook").first.inner_text()
    assert "✓ test_double_of_many_numbers · 2 points" in text
    assert "✗ test_triple_of_many_numbers · 3 points lost" in text
    picture(page, "formgrader-submission-autograded")

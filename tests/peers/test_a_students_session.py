"""A student's whole way through a lab, from the released notebook to full marks, in a real JupyterLab and browser.

The notebook is opened as it was released, and read; a first answer has a known mistake, which a check shows and the
feedback page names after it was handed in; what is put right gets its points. `.screenshots/` keeps each step.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from allclose import course
from allclose.cli import run as allclose
from allclose.course.files import course_files
from allclose.model import Assignment
from allclose.notebook.splice import solved
from tests.browser import picture, served
from tests.jupyter import Server, jupyter
from tests.jupyterlab import PICTURE, SETTINGS, cell_with, changed, open_notebook, run, run_new
from tests.processes import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[2]
STUDENT = "s001"


@dataclass(frozen=True)
class Way:
    """A lab, the question that is answered wrongly at first, the mistake, and a cell with something to move."""

    lab: str
    question: str
    mistake: str
    widget: str

    @property
    def short(self) -> str:
        return self.lab.partition("_")[0]


WAYS = [
    Way("lab1_one_neuron", "gradient", "no-factor-2", "FloatSlider"),
    Way("lab4_depth_rate_init", "deep_gradient", "sign", "play_depth_game(train_deep"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root, home = tmp_path_factory.mktemp("student"), tmp_path_factory.mktemp("jupyter")
    with jupyter(root, home, "jupyterlab", settings=SETTINGS) as running:
        yield running


@pytest.fixture
def lab(tmp_path: Path, request: pytest.FixtureRequest) -> Assignment:
    """The lab in a course of its own."""
    root = tmp_path / "course"
    for place, path in course_files(course.load(ROOT, request.param.lab)).items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / place)
    return course.load(root, request.param.lab)


@pytest.mark.parametrize(("lab", "way"), [(way, way) for way in WAYS], indirect=["lab"], ids=lambda way: way.short)
def test_a_blank_lab_is_opened_answered_checked_handed_in_and_put_right(
    server: Server,
    page: Page,
    lab: Assignment,
    way: Way,
) -> None:
    path = server.root / f"{way.lab}.ipynb"
    shutil.copy(ROOT / "release" / way.lab / path.name, path)
    answers = answers_of(lab)
    known = next(each for each in lab.misconceptions if each.name == f"{way.question}--{way.mistake}")
    wrong = known.code.strip()
    open_notebook(server, page, path)
    picture(page, f"session-{way.short}-opened")
    a_question_without_an_answer_is_told_so(page, way)
    for name, text in answers.items():  # what stands above it first, as it is read
        wanted = wrong if name == way.question else text
        write(cell_of(page, text), page, wanted)
        run(page, cell_of(page, wanted))
        if name == way.question:
            break
    assert f"✗ {way.question}" in run_new(page, f"%check {way.question}").inner_text()
    assert "Hint 1 of" in run_new(page, f"%hint {way.question}").inner_text()
    picture(page, f"session-{way.short}-checked")
    for text in list(answers.values())[list(answers).index(way.question) + 1 :]:
        write(cell_of(page, text), page, text)
    everything_runs(page)
    something_moves(page, way)
    picture(page, f"session-{way.short}-moved")
    first = hand_in(page, path, lab, wrong)
    assert first["questions"][way.question] < first["max"][way.question]
    look_at_feedback(page, lab, way, "mistaken", known.title)
    open_notebook(server, page, path)
    write(cell_of(page, wrong), page, answers[way.question])
    everything_runs(page)
    assert f"✓ {way.question}" in run_new(page, f"%check {way.question}").inner_text()
    picture(page, f"session-{way.short}-solved")
    second = hand_in(page, path, lab, answers[way.question])
    assert second["questions"] == second["max"]
    look_at_feedback(page, lab, way, "right", "")


def answers_of(lab: Assignment) -> dict[str, str]:
    """The instructor's code for each question, by its name."""
    (notebook,) = lab.notebooks
    cells = {cell["id"]: cell["source"] for cell in solved(notebook)["cells"]}
    return {question.name: cells[question.name] for question in notebook.questions}


def cell_of(page: Page, answer: str) -> Locator:
    """The cell of the function that an answer defines."""
    return cell_with(page, answer[answer.index("def ") :].partition("(")[0] + "(")


def write(cell: Locator, page: Page, text: str) -> None:
    """Write this in the place of all that stands in a cell."""
    cell.locator(".jp-InputArea-editor .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def a_question_without_an_answer_is_told_so(page: Page, way: Way) -> None:
    run(page, cell_with(page, "load_ext"))
    told = run_new(page, f"%check {way.question}").inner_text()
    assert way.question in told and "Traceback" not in told
    page.locator(".jp-Cell.jp-mod-active").scroll_into_view_if_needed()
    picture(page, f"session-{way.short}-blank")


def everything_runs(page: Page) -> None:
    """From the first cell to the last, without an error but for what checks say."""
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    for place in range(cells.count()):
        run(page, cells.nth(place))


def something_moves(page: Page, way: Way) -> None:
    cell = cell_with(page, way.widget)
    cell.locator(".noUi-handle").first.focus()
    shown = cell.locator(PICTURE).first
    changed(lambda: shown.get_attribute("src"), lambda: page.keyboard.press("PageUp"), page)


def hand_in(page: Page, path: Path, lab: Assignment, answer: str) -> dict[str, dict[str, float]]:
    """Save, copy the file to where submissions are, and have it graded; points by question."""
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    assert wait_until(lambda: is_saved(answer, path))
    folder = lab.root / "submitted" / STUDENT / lab.name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, folder / path.name)
    told = lab.root / "grades.json"
    assert allclose(["grade", lab.name, "--course", str(lab.root), "--json", str(told)]) == 0
    (grade,) = json.loads(told.read_text())["submissions"]
    return {
        "questions": {mark["question"]: mark["score"] for mark in grade["questions"]},
        "max": {mark["question"]: mark["max_score"] for mark in grade["questions"]},
    }


def is_saved(answer: str, path: Path) -> bool:
    """Whether a cell of the file, which is perhaps being written, is just this text."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return False
    return any("".join(cell["source"]).strip() == answer.strip() for cell in content["cells"])


def look_at_feedback(page: Page, lab: Assignment, way: Way, state: str, told: str) -> None:
    assert allclose(["feedback", lab.name, "--course", str(lab.root)]) == 0
    with served(lab.root / "feedback") as address:
        page.goto(f"{address}/{STUDENT}/{lab.name}/{lab.name}.html")
        if told:
            assert told in page.locator("body").inner_text()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            picture(page, f"session-{way.short}-feedback-{state}-{width}")
    page.set_viewport_size({"width": 1200, "height": 900})

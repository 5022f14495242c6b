"""The labs in a real JupyterLab and a real browser: what moves moves, and what a student asks for is answered.

Each test is a student's session: cells are run and widgets are moved by hand, as it were, and pictures are left in
`.screenshots/` for people to look at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from allclose import course
from allclose.notebook.splice import solved
from allclose.ratings import Rating, read_ratings
from tests.browser import picture
from tests.jupyter import Server, jupyter
from tests.jupyterlab import PICTURE, SETTINGS, cell_with, changed, open_notebook, run, run_new, wait_for_kernel
from tests.processes import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
WRONG = """def gradient(x, y, w, b):
    errors = forward(x, w, b) - y
    return np.mean(errors * x), np.mean(errors)"""
KEPT = "4 of 5 for “The gradient” – More <b>pictures</b>, please"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root, home = tmp_path_factory.mktemp("labs"), tmp_path_factory.mktemp("jupyter")
    with jupyter(root, home, "jupyterlab", settings=SETTINGS) as running:
        yield running


def hand_out(server: Server, lab: str, *wanted: str, **instead: str) -> Path:
    """Some cells of a solved lab, some of them with another text, as a notebook in the server's folder."""
    notebook = course.load(ROOT, lab).notebooks[0]
    content = json.loads(json.dumps(solved(notebook)))
    released = {cell["id"]: cell["source"] for cell in notebook.released}
    content["cells"] = [cell for cell in content["cells"] if cell["id"] in wanted]
    assert len(content["cells"]) == len(wanted)
    for cell in content["cells"]:
        if cell["id"].endswith("-grade"):
            cell["source"] = released[cell["id"]]
        cell["source"] = instead.get(cell["id"], cell["source"])
    path = server.root / f"{lab}.ipynb"
    path.write_text(json.dumps(content))
    return path


def kept_in(path: Path) -> tuple[Rating, ...]:
    """The ratings in a file that is perhaps being saved."""
    try:
        return read_ratings(json.loads(path.read_text()))
    except json.JSONDecodeError:
        return ()


def test_a_session_of_lab_1(server: Server, page: Page, record_property: Callable[[str, object], None]) -> None:
    ids = ("setup", "data", "forward", "mse", "gradient-idea", "gradient", "gradient-grade", "gradient-feedback")
    ids += ("descent", "surface", "rate-slider", "rate-widget", "surface-figure", "surface-demo")
    path = hand_out(server, "lab1_one_neuron", *ids, gradient=WRONG)
    open_notebook(server, page, path)
    for text in ("load_ext", "noisy_line(n", "def forward(", "def mse(", "def gradient("):
        run(page, cell_with(page, text))
    a_check_says_the_difference_and_hints_come_one_by_one(page)
    what_is_put_right_passes(page)
    the_form_keeps_its_answer_in_the_file(page, path)
    for text in ("def gradient_descent(", "def loss_surface("):
        run(page, cell_with(page, text))
    seconds = a_slider_moves_and_the_figure_with_it(page)
    record_property("seconds from a key to a new figure", round(seconds, 3))
    print(f"a key pressed → a new figure: {1000 * seconds:.0f} ms")
    the_surface_turns_under_the_mouse(page)
    page.keyboard.press("Control+s")
    page.reload()
    wait_for_kernel(page)
    kept = page.get_by_text(KEPT)
    kept.scroll_into_view_if_needed()
    picture(page, "jupyterlab-reloaded")


def test_the_game_of_lab_4(server: Server, page: Page) -> None:
    path = hand_out(server, "lab4_depth_rate_init", "setup", "data", "deep_gradient", "train_deep", "game", "game-demo")
    open_notebook(server, page, path)
    for text in ("load_ext", "proportional(100", "def deep_gradient(", "def train_deep(", "play_depth_game(train_deep"):
        run(page, cell_with(page, text))
    game = cell_with(page, "play_depth_game(train_deep")
    register = game.get_by_role("button", name="Register")
    assert register.is_disabled()
    handle = game.locator(".noUi-handle")
    handle.focus()
    curve, board = game.locator(PICTURE).first, game.locator(PICTURE).last
    changed(lambda: curve.get_attribute("src"), lambda: page.keyboard.press("PageUp"), page)
    game.get_by_text("Register this rate, or look for a faster one.").wait_for()
    assert register.is_enabled()
    picture(page, "jupyterlab-game")
    changed(lambda: board.get_attribute("src"), register.click, page)
    game.get_by_text("Try another rate.").wait_for()
    assert game.locator(".widget-readout").inner_text() == "0.0005"
    picture(page, "jupyterlab-game-registered")


def a_check_says_the_difference_and_hints_come_one_by_one(page: Page) -> None:
    """Although the grade cell below has not been run."""
    verdict = run_new(page, "%check gradient")
    text = verdict.inner_text()
    assert "✗ gradient: check 1 does not hold" in text and "The result is half of what is expected." in text
    assert "max difference: 2 at [0]" in text and "Traceback" not in text
    assert verdict.locator(".ansi-red-fg").count() == 1
    for number in (1, 2):
        hint = run_new(page, "%hint gradient")
        assert f"Hint {number} of 2 for gradient" in hint.inner_text()
        assert hint.locator(".jp-RenderedMarkdown").count() == 1
    picture(page, "jupyterlab-check-and-hint")


def what_is_put_right_passes(page: Page) -> None:
    run_new(page, WRONG.replace("np.mean(", "2 * np.mean("))
    assert "✓ gradient: the public checks pass" in run_new(page, "%check gradient").inner_text()
    assert "1 of 1 questions pass, which stand for 20 of 20 points" in run_new(page, "%progress").inner_text()
    picture(page, "jupyterlab-progress")


def the_form_keeps_its_answer_in_the_file(page: Page, path: Path) -> None:
    form = cell_with(page, 'feedback("The gradient")')
    run(page, form)
    form.get_by_role("button", name="4", exact=True).click()
    form.locator("textarea").fill("More <b>pictures</b>, please")
    picture(page, "jupyterlab-form")
    form.get_by_role("button", name="Keep").click()
    form.get_by_text(KEPT).wait_for()
    picture(page, "jupyterlab-form-kept")
    page.keyboard.press("Control+s")
    given = (Rating("The gradient", 4, "More <b>pictures</b>, please"),)
    assert wait_until(lambda: kept_in(path) == given)


def a_slider_moves_and_the_figure_with_it(page: Page) -> float:
    """And above it stands the explanation that was asked for. Give the seconds that the figure takes, the median."""
    explored = cell_with(page, "def run_with(")
    explored.locator(".jp-InputArea-editor .cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("%%explain\n")
    run(page, explored)
    assert "`run_with`" not in explored.locator(".jp-OutputArea").inner_text()
    assert "The names tie them together" in explored.locator(".jp-RenderedMarkdown").inner_text()
    handle = explored.locator(".noUi-handle").first
    handle.focus()
    shown = explored.locator(PICTURE)
    moves = [
        changed(lambda: shown.get_attribute("src"), lambda: page.keyboard.press("ArrowRight"), page) for _ in range(9)
    ]
    assert explored.locator(".widget-readout").first.inner_text() == "0.0245"
    picture(page, "jupyterlab-slider")
    return median(moves)


def the_surface_turns_under_the_mouse(page: Page) -> None:
    surface = cell_with(page, "show(surface_figure(")
    run(page, surface)
    canvas = surface.locator(".jupyter-matplotlib-canvas-container canvas").first
    canvas.scroll_into_view_if_needed()
    picture(page, "jupyterlab-surface")
    box = canvas.bounding_box()
    assert box is not None
    grip = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2  # the surface is the left one of two panels
    page.mouse.move(*grip)
    page.mouse.down()
    changed(
        lambda: canvas.evaluate("canvas => canvas.toDataURL()"),
        lambda: page.mouse.move(grip[0] + 120, grip[1] + 30, steps=4),
        page,
    )
    page.mouse.up()
    picture(page, "jupyterlab-surface-turned")

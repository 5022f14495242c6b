"""The form after a section: what is chosen and kept is in the cell's output, and is there again later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from allclose.ratings import MAX_COMMENT, MIME, Rating, read_ratings
from allclose.teach.widgets import feedback, rating_form
from allclose.teach.widgets.rating_form import RatingForm
from tests.unit.teach.conftest import code

#: So that a later cell can do what a hand does.
KEEP_FORMS = """
from allclose.teach.widgets import feedback, rating_form
made, form = [], rating_form.RatingForm
rating_form.RatingForm = lambda section: made.append(form(section)) or made[-1]
"""
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def nothing_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating_form, "_given", {})
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.chdir(tmp_path)


class Display:
    """What a front end would have of a cell's output."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}

    def update(self, data: dict[str, Any], *, raw: bool) -> None:
        assert raw
        self.data = data


def answered(form: RatingForm, stars: int, comment: str) -> dict[str, Any]:
    """Fill in a form and keep it; give the output that it leaves."""
    form._display = Display()
    form.comment.value = comment
    form.stars.value = stars
    form.button.click()
    return dict(form._display.data)


def as_notebook(*outputs: dict[str, Any]) -> dict[str, Any]:
    cells = [code("feedback(…)") | {"outputs": [{"output_type": "display_data", "data": data}]} for data in outputs]
    return {"nbformat": 4, "cells": cells}


def test_it_asks_first_and_keeps_nothing() -> None:
    form = RatingForm("The loss")
    assert form.button.disabled and form.stars.value is None and form.given is None
    message = form.message()
    assert set(message) == {WIDGET, "text/html", "text/plain"}
    assert message["text/plain"].startswith("How much did “The loss” help you?")
    form.button.click()
    assert form.given is None and read_ratings(as_notebook(message)) == ()


def test_an_answer_takes_the_place_of_the_form_as_text_that_anybody_can_read() -> None:
    left = answered(RatingForm("The loss"), 4, "More pictures,\nplease <b>!")
    assert WIDGET not in left
    assert read_ratings(as_notebook(left)) == (Rating("The loss", 4, "More pictures, please <b>!"),)
    assert left["text/plain"].startswith("★★★★☆ 4 of 5 for “The loss” – More pictures, please <b>!")
    assert "please &lt;b&gt;!" in left["text/html"] and "<b>" not in left["text/html"]


def test_a_cell_that_is_run_again_knows_its_answer() -> None:
    answered(RatingForm("The loss"), 4, "good")
    again = RatingForm("The loss")
    assert (again.stars.value, again.comment.value, again.button.disabled) == (4, "good", False)
    assert read_ratings(as_notebook(again.message())) == (Rating("The loss", 4, "good"),)
    assert RatingForm("Another").given is None


def test_a_new_kernel_reads_the_answer_from_the_saved_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = answered(RatingForm("The loss"), 2, "too short")
    (tmp_path / "lab.ipynb").write_text(json.dumps(as_notebook(left)))
    monkeypatch.setattr(rating_form, "_given", {})
    assert RatingForm("The loss").given == Rating("The loss", 2, "too short")


def test_an_answer_can_be_changed() -> None:
    answered(RatingForm("The loss"), 2, "too short")
    left = answered(RatingForm("The loss"), 5, "")
    assert read_ratings(as_notebook(left)) == (Rating("The loss", 5),)


def test_a_comment_stops_where_no_more_is_kept() -> None:
    form = RatingForm("The loss")
    form.comment.value = "x" * (MAX_COMMENT + 1000)
    assert len(form.comment.value) == MAX_COMMENT


def test_a_section_needs_a_name() -> None:
    with pytest.raises(ValueError, match="a section has a name"):
        RatingForm("")


def test_without_a_kernel_there_is_a_line_of_text(capsys: pytest.CaptureFixture[str]) -> None:
    feedback("The loss")
    assert capsys.readouterr() == ("How much did “The loss” help you? (1: not at all, 5: a lot)\n", "")


def test_while_a_grader_runs_the_notebook_nothing_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    feedback("The loss")
    assert capsys.readouterr() == ("", "")


@pytest.mark.filterwarnings("ignore")  # of the kernel's own libraries
def test_in_a_real_kernel_the_answer_is_in_the_cells_own_output(tmp_path: Path) -> None:
    cells = [KEEP_FORMS, "feedback('The loss')", "made[0].stars.value = 3\nmade[0].button.click()"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert [len(cell.outputs) for cell in notebook.cells] == [0, 1, 0]
    assert read_ratings(json.loads(nbformat.writes(notebook))) == (Rating("The loss", 3),)
    nbformat.validate(notebook)
    assert MIME in notebook.cells[1].outputs[0].data

"""Sliders redraw a figure; where there are none, it is a picture."""

from __future__ import annotations

import base64
import warnings
from typing import Any

import ipywidgets
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbclient import NotebookClient

from allclose.teach.plots.canvas import new_figure, png
from allclose.teach.widgets import Explorer, explore

PNG = b"\x89PNG\r\n\x1a\n"


def line_figure(slope: float, **_: Any) -> Figure:
    """A line of that slope; none so steep can be drawn that it is above 8."""
    if slope > 8:
        raise ValueError("too steep")
    figure = new_figure(2, 1.5)
    figure.subplots().plot([0, 1], [0, slope])
    return figure


def height(explorer: Explorer) -> float:
    return float(explorer.figure.axes[0].get_lines()[0].get_ydata()[-1])


def test_moving_a_slider_replaces_the_picture_by_the_figure_of_its_new_value() -> None:
    explorer = Explorer(line_figure, {"slope": ipywidgets.FloatSlider(1.5, min=0, max=10)})
    assert height(explorer) == 1.5
    explorer.controls["slope"].value = 4.0
    assert height(explorer) == 4.0
    assert explorer.picture.value != png(line_figure(1.5))


def test_each_control_reaches_the_function_by_its_name() -> None:
    calls: list[dict[str, Any]] = []

    def draw(**values: Any) -> Figure:
        calls.append(values)
        return line_figure(1.0)

    explorer = Explorer(draw, {"depth": (10, 60, 10), "lr": (0.0, 1.0, 0.25), "log": True, "kind": ["he", "xavier"]})
    explorer.controls["log"].value = False
    assert calls == [
        {"depth": 30, "lr": 0.5, "log": True, "kind": "he"},
        {"depth": 30, "lr": 0.5, "log": False, "kind": "he"},
    ]


def test_controls_are_labelled_by_their_argument_unless_they_have_a_label() -> None:
    controls = {"slope": (0, 5, 1), "lr": ipywidgets.FloatSlider(description="learning rate")}
    explorer = Explorer(line_figure, controls)
    assert [control.description for control in explorer.controls.values()] == ["slope", "learning rate"]


def test_what_is_no_control_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="slope"):
        Explorer(line_figure, {"slope": object()})


def test_the_last_good_picture_stays_with_the_error_below_it() -> None:
    explorer = Explorer(line_figure, {"slope": (0, 10, 1)})
    good = explorer.picture.value
    explorer.controls["slope"].value = 9
    assert explorer.picture.value == good
    assert explorer.note.value == "ValueError: too steep"


def test_the_error_goes_with_the_next_good_figure() -> None:
    explorer = Explorer(line_figure, {"slope": (0, 10, 1)})
    explorer.controls["slope"].value = 9
    explorer.controls["slope"].value = 2
    assert explorer.note.value == ""
    assert height(explorer) == 2


def test_a_function_that_returns_no_figure_is_told_so() -> None:
    explorer = Explorer(lambda ok: line_figure(1.0) if ok else None, {"ok": True})
    explorer.controls["ok"].value = False
    assert explorer.note.value == "TypeError: draw returned NoneType, not a Figure"


def test_an_error_for_the_first_values_is_the_cells() -> None:
    with pytest.raises(ValueError, match="too steep"):
        explore(line_figure, slope=ipywidgets.FloatSlider(9.0, max=10))


def test_warnings_of_a_run_that_overflows_are_kept_from_the_student() -> None:
    def draw(power: int) -> Figure:
        warnings.warn("no news", stacklevel=1)
        return line_figure(min(float(np.float64(10.0) ** power), 3.0))

    explorer = Explorer(draw, {"power": ipywidgets.IntSlider(1, max=400)})
    explorer.controls["power"].value = 400
    assert explorer.note.value == ""


def test_the_message_holds_the_widgets_and_the_picture() -> None:
    explorer = Explorer(line_figure, {"slope": (0, 4, 1)})
    message = explorer.message()
    assert message["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.box.model_id
    assert base64.b64decode(message["image/png"]) == explorer.picture.value


def test_without_a_kernel_the_figure_is_only_named(capsys: pytest.CaptureFixture[str]) -> None:
    explore(line_figure, slope=(0, 4, 1))
    assert capsys.readouterr() == ("Figure(200x150)\n", "")


@pytest.mark.filterwarnings("ignore")  # of the kernel's own libraries
def test_a_notebook_keeps_widgets_and_picture_in_one_output_and_nothing_else() -> None:
    code = """
from allclose.teach.plots.canvas import new_figure
from allclose.teach.widgets import explore
explore(lambda slope: new_figure(2, 1.5), slope=(0, 4, 1))
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert base64.b64decode(output.data["image/png"]).startswith(PNG)

"""Lab 1's figures show what they are given, and are shown with and without widgets."""

from __future__ import annotations

import base64
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from nbclient import NotebookClient

from allclose.teach.plots import canvas, descent

STEPS = np.arange(30)
WS, BS, LOSSES = 3 - 0.5**STEPS, 4 - 0.9**STEPS, 0.1 + 5 * 0.8**STEPS
GRID_W, GRID_B = np.linspace(0, 6, 5), np.linspace(0, 8, 7)
SURFACE = 0.1 + (GRID_W[:, None] - 3) ** 2 + (GRID_B - 4) ** 2


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would."""
    FigureCanvasAgg(figure).draw()
    return figure


def drawn(figure: Figure, axes: int = 0) -> dict[str, np.ndarray]:
    """The lines of one of the figure's axes, by label, as an array of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data()) for line in figure.axes[axes].get_lines()}


def test_data_figure_draws_points_as_they_are_and_lines_in_order_of_x() -> None:
    x, y = np.array([2.0, 0.0, 1.0]), np.array([5.0, 1.0, 3.0])
    lines = drawn(descent.data_figure(x, y, {"model": 10 * x}))
    np.testing.assert_array_equal(lines["data"], [x, y])
    np.testing.assert_array_equal(lines["model"], [[0, 1, 2], [0, 10, 20]])


def test_slice_figure_draws_tangents_with_the_slopes_given() -> None:
    values = np.linspace(-3, 3, 25)
    figure = descent.slice_figure(values, values**2, {1.0: (1.0, 2.0), -2.0: (4.0, -4.0)}, name="b")
    lines = [np.array(line.get_data()) for line in figure.axes[0].get_lines()]
    tangents = [line for line in lines if line.shape == (2, 2)]
    slopes = [(y[1] - y[0]) / (x[1] - x[0]) for x, y in tangents]
    assert slopes == pytest.approx([2.0, -4.0])
    assert figure.axes[0].get_xlabel() == "b"


def test_loss_figure_is_logarithmic_and_marks_the_stop() -> None:
    figure = descent.loss_figure(LOSSES.tolist(), stop=12)
    assert figure.axes[0].get_yscale() == "log"
    np.testing.assert_array_equal(drawn(figure)["loss"], [STEPS, LOSSES])
    np.testing.assert_allclose(drawn(figure)["stopped after 12 updates"], [[12], [LOSSES[12]]])


def test_rates_figure_keeps_a_run_that_blows_up_out_of_the_way() -> None:
    figure = descent.rates_figure({"calm": LOSSES, "wild": 5 * 2.0**STEPS})
    assert set(drawn(figure)) == {"calm", "wild"}
    assert figure.axes[0].get_ylim() == pytest.approx((LOSSES.min() / 2, 10 * LOSSES[0]))


def test_parameters_figure_shows_distances_to_the_solution() -> None:
    lines = drawn(descent.parameters_figure(WS, BS, (3.0, 4.0)))
    np.testing.assert_allclose(lines["|w − w*|"][1], 0.5**STEPS, atol=1e-15)
    np.testing.assert_allclose(lines["|b − b*|"][1], 0.9**STEPS, atol=1e-15)


def test_trajectory_figure_is_three_dimensional() -> None:
    axes = descent.trajectory_figure(WS, BS, LOSSES).axes[0]
    np.testing.assert_allclose(axes.get_lines()[0].get_data_3d(), [WS, BS, np.log10(LOSSES)])
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_zlabel()) == ("w", "b", "log₁₀ loss")


def test_surface_figure_shows_the_trajectory_on_the_bowl_and_on_the_map() -> None:
    figure = descent.surface_figure(GRID_W, GRID_B, SURFACE, (WS, BS, LOSSES))
    bowl, level, _ = figure.axes
    np.testing.assert_allclose(bowl.get_lines()[0].get_data_3d(), [WS, BS, LOSSES])
    np.testing.assert_allclose(level.get_lines()[0].get_data(), [WS, BS])
    assert (level.get_xlabel(), level.get_ylabel()) == ("w", "b")
    assert not descent.surface_figure(GRID_W, GRID_B, SURFACE).axes[1].get_lines()


def test_errors_reach_from_the_targets_to_the_model_and_their_squares_are_averaged() -> None:
    figure = rendered(descent.errors_figure([2.0, 0.0], [5.0, 1.0], [3.0, 2.0]))
    segments = np.array(figure.axes[0].collections[0].get_segments())
    np.testing.assert_array_equal(segments, [[[2, 3], [2, 5]], [[0, 1], [0, 2]]])
    assert figure.axes[0].get_title() == "The mean of 2 squared errors: 2.50"


def test_the_neuron_names_its_parts() -> None:
    figure = rendered(descent.neuron_figure())
    assert {text.get_text() for text in figure.axes[0].texts} >= {"x", "ŷ", "times the weight w", "times the bias b"}


def test_two_starts_end_in_one_valley_or_in_two() -> None:
    one, two = rendered(descent.valleys_figure(steps=60)).axes
    ends = [[line.get_xdata()[-1] for line in axes.get_lines() if len(line.get_xdata()) == 61] for axes in (one, two)]
    np.testing.assert_allclose(ends[0], [0], atol=1e-3)
    right, left = ends[1]
    assert left < 0 < right
    np.testing.assert_allclose([2 * v**3 - 3 * v + 0.4 for v in (left, right)], 0, atol=1e-3)


def test_a_run_is_seen_as_losses_and_from_above_with_the_least_squares_line() -> None:
    x = np.linspace(0, 6, 9)
    figure = rendered(descent.run_figure(x, 3 * x + 4, WS, BS, LOSSES))
    curve, level = figure.axes
    np.testing.assert_array_equal(curve.get_lines()[0].get_ydata(), LOSSES)
    way, _, lowest = level.get_lines()
    np.testing.assert_array_equal(way.get_data(), [WS, BS])
    np.testing.assert_allclose(np.ravel(lowest.get_data()), [3, 4])
    assert level.get_xlim()[0] < 2 < 3 < level.get_xlim()[1]


def test_losses_of_a_line_over_a_grid_are_mean_squares() -> None:
    x, y = np.array([0.0, 1.0, 3.0]), np.array([1.0, -1.0, 2.0])
    expected = [[np.mean((w * x + b - y) ** 2) for b in GRID_B] for w in GRID_W]
    np.testing.assert_allclose(descent.line_losses(x, y, GRID_W[:, None], GRID_B), expected, atol=1e-12)


WRONG = {
    "zeros and negative numbers": np.array([0.0, -1.0, -2.0] * 2),
    "one number": np.ones(6),
    "nothing that is a number": np.full(6, np.nan),
    "NaN and infinity in between": np.array([1.0, np.nan, np.inf] * 2),
    "a run that blows up": 10.0 ** np.linspace(0, 300, 6),
}


@pytest.mark.parametrize("values", WRONG.values(), ids=WRONG)
def test_what_went_wrong_is_drawn_all_the_same(values: np.ndarray) -> None:
    x = np.arange(6.0)
    figures = [
        descent.data_figure(x, x, {"wrong": values}),
        descent.data_figure(x, x, {"one number": values[0]}),
        descent.errors_figure(x, x, values),
        descent.slice_figure(x, values, {1.0: (values[1], values[2])}),
        descent.loss_figure(values, 4),
        descent.rates_figure({"wrong": values, "right": LOSSES}),
        descent.parameters_figure(values, values, (1.0, 1.0)),
        descent.trajectory_figure(values, values, values),
        descent.surface_figure(x, x, np.tile(values, (6, 1)), (values, values, values)),
        descent.run_figure(x, x, values, values, values),
    ]
    for figure in figures:
        rendered(figure)


def shown(*figures: str) -> list[dict[str, str]]:
    """What a Jupyter kernel sends for each figure, executed as a notebook; anything else that it sends is an error."""
    setup = (
        "import numpy as np\nfrom allclose.teach.plots import canvas, descent\n"
        "steps = np.arange(30)\nlosses = 0.1 + 0.8**steps"
    )
    cells = [setup, *(f"canvas.show(descent.{figure})" for figure in figures)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    assert [output.output_type for output in outputs] == ["display_data"] * len(figures)
    return [output.data for output in outputs]


def test_a_notebook_shows_flat_figures_as_pictures_and_turns_those_in_three_dimensions() -> None:
    flat, solid = shown("loss_figure(losses)", "trajectory_figure(steps, steps, losses)")
    assert set(flat) == {"image/png", "text/plain"}
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(solid)
    assert base64.b64decode(solid["image/png"]).startswith(b"\x89PNG")


def test_outside_a_notebook_a_figure_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    canvas.show(descent.loss_figure(LOSSES))
    assert capsys.readouterr() == ("Figure(640x400)\n", "")


def test_showing_leaves_pyplot_alone() -> None:
    code = (
        "import sys; from allclose.teach.plots.descent import loss_figure; from allclose.teach.plots.canvas import png;"
        "assert png(loss_figure([2.0, 1.0])); assert not {'matplotlib.pyplot', 'torch', 'IPython'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""Lab 6's figures show what they are given, right answers and wrong ones alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from allclose.teach.plots import curvature

GRID = np.linspace(-2.0, 2.0, 9), np.linspace(-1.0, 3.0, 11)
PATH = np.array([[-1.2, 1.0], [-0.5, 0.3], [0.2, 0.1], [1.0, 1.0]])


def rosenbrock(theta: Any) -> Any:
    x, y = theta
    return 100 * (y - x**2) ** 2 + (1 - x) ** 2


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would."""
    FigureCanvasAgg(figure).draw()
    return figure


def drawn(figure: Figure, axes: int = 0) -> dict[str, np.ndarray]:
    """The lines of one of the figure's axes, by label, as an array of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data()) for line in figure.axes[axes].get_lines()}


def test_trajectories_lie_on_the_landscape() -> None:
    axes: Any = rendered(curvature.landscape_figure(rosenbrock, *GRID, {"down": PATH})).axes[0]
    (line,) = axes.get_lines()
    x, y, z = line.get_data_3d()
    np.testing.assert_array_equal((x, y), PATH.T)
    np.testing.assert_allclose(z, np.log10(rosenbrock(PATH.T) + 0.1), atol=0.05)
    assert axes.name == "3d"


def test_a_trajectory_that_leaves_the_landscape_is_cut_off_there() -> None:
    path = [[0.0, 0.0], [5.0, 0.0], [np.nan, np.inf], [1.0, 1.0]]
    (line,) = rendered(curvature.landscape_figure(rosenbrock, *GRID, {"away": path})).axes[0].get_lines()
    x, _, z = line.get_data_3d()  # type: ignore[attr-defined]
    np.testing.assert_array_equal(np.isnan(x), [False, True, True, False])
    np.testing.assert_array_equal(np.isnan(z), [False, True, True, False])


def test_a_map_shows_trajectories_their_start_and_the_minimum() -> None:
    figure = rendered(curvature.map_figure(rosenbrock, *GRID, {"one": PATH, "other": PATH[:2]}, minimum=(1.0, 1.0)))
    lines = drawn(figure)
    np.testing.assert_array_equal(lines["one"], PATH.T)
    np.testing.assert_array_equal(lines["other"], PATH[:2].T)
    np.testing.assert_array_equal(lines["minimum"], [[1.0], [1.0]])
    assert figure.axes[0].get_xlim() == (-2.0, 2.0)
    assert figure.axes[0].get_ylim() == (-1.0, 3.0)


@pytest.mark.parametrize("path", [[[np.nan, np.nan], [1.0, 1.0]], [[1e300, -np.inf]], np.empty((0, 2))])
def test_maps_bear_trajectories_that_went_wrong(path: Any) -> None:
    rendered(curvature.map_figure(rosenbrock, *GRID, {"wrong": path}))
    rendered(curvature.landscape_figure(rosenbrock, *GRID, {"wrong": path}))


def test_directions_are_of_one_length_but_steps_are_drawn_in_full() -> None:
    arrows = [([0.0, 0.0], [30.0, 40.0], [0.5, 1.0]), ([1.0, 1.0], [0.0, -0.1], [-1.0, -1.0])]
    figure = rendered(curvature.directions_figure(rosenbrock, *GRID, arrows, names=("slope", "step")))
    slopes, steps = (part for part in figure.axes[0].collections if hasattr(part, "U"))
    np.testing.assert_allclose(np.hypot(slopes.U, slopes.V), 4.0 / 8)
    np.testing.assert_allclose([steps.U, steps.V], [[0.5, -1.0], [1.0, -1.0]])
    assert (slopes.get_label(), steps.get_label()) == ("slope", "step")


def test_a_direction_of_no_length_or_no_number_is_no_error() -> None:
    arrows = [([0.0, 0.0], [0.0, 0.0], [0.0, 0.0]), ([1.0, 1.0], [np.nan, 1.0], [np.inf, 0.0])]
    rendered(curvature.directions_figure(rosenbrock, *GRID, arrows, names=("slope", "step")))


def test_newtons_steps_go_to_the_bottom_of_the_parabola_and_the_root_of_the_tangent() -> None:
    figure = rendered(
        curvature.parabola_figure(lambda x: x**2 - x, lambda x: 2 * x - 1, lambda x: 2.0 + 0 * x, {"here": 3.0}, 1)
    )
    losses, slopes = drawn(figure, 0), drawn(figure, 1)
    np.testing.assert_allclose(losses["parabola of step 1"], losses["loss"])
    np.testing.assert_allclose(slopes["tangent of step 1"], [[3.0, 0.5], [5.0, 0.0]])
    assert figure.axes[0].get_title() == "here"


def test_errors_of_differences_are_drawn_and_zeros_left_out() -> None:
    figure = rendered(curvature.difference_error_figure([1.0, 0.1, 0.01], {"central": [1.0, 0.0, np.nan]}))
    np.testing.assert_array_equal(drawn(figure)["central"], [[1.0, 0.1, 0.01], [1.0, np.nan, np.nan]])
    left, right = figure.axes[0].get_xlim()
    assert left > right


def test_armijos_line_and_the_lengths_are_where_they_belong() -> None:
    ts = np.linspace(0.0, 1.0, 101)
    figure = rendered(curvature.armijo_figure(ts, (1 - 2 * ts) ** 2, slope=-4.0, c=0.25, tried=[1.0, 0.5], taken=0.5))
    for panel in range(2):
        lines = drawn(figure, panel)
        np.testing.assert_allclose(lines["f(θ) + c t gᵀp, c = 0.25"][1], 1 - ts)
        np.testing.assert_allclose(lines["tried: 2"], [[1.0, 0.5], [1.0, 0.0]], atol=1e-12)
        np.testing.assert_allclose(lines["taken: 0.5"], [[0.5], [0.0]], atol=1e-12)


@pytest.mark.parametrize(
    ("losses", "taken"),
    [([1.0, 0.5, 3.0], 7.0), ([1.0, np.nan, np.inf], -1.0), ([2.0, 2.0, 2.0], 0.0), ([np.nan] * 3, np.inf)],
)
def test_any_length_and_any_losses_are_drawn(losses: list[float], taken: float) -> None:
    rendered(curvature.armijo_figure([0.0, 0.5, 1.0], losses, slope=-1.0, c=0.1, tried=[], taken=taken))


def test_matrices_stand_beside_the_true_one_on_one_scale() -> None:
    true = np.array([[2.0, -1.0], [-1.0, 0.5]])
    figure = rendered(curvature.inverse_figure(true, {0: np.eye(2), 3: [[np.nan, 9.0], [0.0, 0.0]]}))
    images = [axes.get_images()[0] for axes in figure.axes[:3]]
    assert [axes.get_title() for axes in figure.axes[:3]] == ["true H⁻¹", "from 0 pairs", "from 3 pairs"]
    assert {image.get_clim() for image in images} == {(-2.0, 2.0)}
    np.testing.assert_array_equal(images[1].get_array(), np.eye(2))


def test_losses_are_drawn_over_the_number_of_gradients() -> None:
    figure = rendered(curvature.calls_figure({"a": [4.0, 1.0]}, {"b": [3.0, 0.0, np.nan]}, titles=("left", "right")))
    np.testing.assert_array_equal(drawn(figure, 0)["a"], [[1, 2], [4.0, 1.0]])
    np.testing.assert_array_equal(drawn(figure, 1)["b"], [[1, 2, 3], [3.0, np.nan, np.nan]])
    assert [axes.get_title() for axes in figure.axes] == ["left", "right"]


@pytest.mark.parametrize("losses", [[], [np.nan], [0.0, -1.0], [1e-300, 1e300]])
def test_losses_of_a_run_that_went_wrong_are_drawn_all_the_same(losses: list[float]) -> None:
    rendered(curvature.calls_figure({"wrong": losses}))

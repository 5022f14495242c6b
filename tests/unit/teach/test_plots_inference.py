"""Lab 9's figures show what they are given, right answers and wrong ones alike."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from allclose.teach.plots import inference


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would."""
    FigureCanvasAgg(figure).draw()
    return figure


def drawn(axes: Axes) -> dict[str, np.ndarray]:
    """The lines of the axes by label, as arrays of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data(), dtype=float) for line in axes.get_lines()}


def test_each_map_has_a_panel_with_the_points_of_both_classes() -> None:
    axis = np.linspace(-1, 1, 5)
    points, labels = np.array([[0.1, 0.2], [0.3, 0.4], [-0.5, 0.6]]), np.array([1, 0, 1])
    maps = {"fine": np.full((5, 5), 0.25), "coarse": np.full((5, 5), np.nan)}
    figure = rendered(inference.maps_figure(maps, axis, axis, points, labels))
    assert [axes.get_title() for axes in figure.axes] == ["fine", "coarse"]
    np.testing.assert_array_equal(figure.axes[0].get_images()[0].get_array(), maps["fine"])
    np.testing.assert_array_equal(drawn(figure.axes[1])["class 1"], points[labels == 1].T)
    np.testing.assert_array_equal(drawn(figure.axes[1])["class 0"], points[labels == 0].T)


def test_gaps_are_those_of_numpy() -> None:
    figure = rendered(inference.half_figure([1.0], [1.0]))
    for name, dtype in (("fp16", np.float16), ("fp32", np.float32)):
        at, gaps = drawn(figure.axes[0])[name]
        inside = (at < float(np.finfo(dtype).max)) & (at >= float(np.finfo(dtype).tiny))
        np.testing.assert_array_equal(gaps[inside], np.spacing(at[inside].astype(dtype)).astype(float))


def test_infinite_halves_are_marked_and_exact_ones_left_out() -> None:
    figure = rendered(inference.half_figure([2049.0, 1.0, 1e6, 3.0], [2048.0, 1.0, np.inf, np.nan]))
    lines = drawn(figure.axes[1])
    np.testing.assert_allclose(lines["your float16"][1], [1 / 2049, np.nan, 1, np.nan])
    np.testing.assert_array_equal(lines["became infinite"], [[1e6], [1]])


def test_the_staircase_shows_numbers_and_their_errors() -> None:
    x, restored = np.linspace(-1, 1, 7), np.round(np.linspace(-1, 1, 7))
    figure = rendered(inference.staircase_figure(x, restored, 1.0))
    np.testing.assert_array_equal(drawn(figure.axes[0])["there and back"], [x, restored])
    np.testing.assert_array_equal(drawn(figure.axes[1])["restored − x"], [x, restored - x])
    np.testing.assert_array_equal(drawn(figure.axes[1])["± scale / 2"][1], [0.5, 0.5])


def test_a_level_is_drawn_for_each_whole_number_of_the_bits() -> None:
    figure = rendered(inference.grid_figure(np.random.default_rng(0).normal(size=(9, 9)), 0.5, 3, 3))
    (lines,) = (part for part in figure.axes[0].collections if isinstance(part, LineCollection))
    np.testing.assert_allclose([segment[0, 0] for segment in lines.get_segments()], 0.5 * (np.arange(8) - 3.0))
    assert sum(patch.get_height() for patch in figure.axes[0].patches) == 81
    assert "81 weights" in figure.axes[0].get_title()


def test_errors_stand_beside_their_bounds() -> None:
    figure = rendered(inference.bits_figure([2, 3, 4], [1.0, 0.5, 0.25], [0.5, np.nan, 0.1], [0.2, 0.0, 0.05]))
    lines = drawn(figure.axes[0])
    np.testing.assert_allclose(lines["scale / 2"][1], [0.5, 0.25, 0.125])
    np.testing.assert_allclose(lines["largest error"][1], [0.5, np.nan, 0.1])
    np.testing.assert_allclose(lines["root mean square error"][1], [0.2, np.nan, 0.05])


def test_channels_have_a_bar_and_an_error_for_each_way() -> None:
    errors = {"one scale": [0.5, 0.1, np.nan], "own scales": [0.01, 0.02, 0.0]}
    figure = rendered(inference.channels_figure([1.0, 10.0, 0.0], errors))
    assert [bar.get_height() for bar in figure.axes[0].patches][:2] == [1.0, 10.0]
    np.testing.assert_array_equal(drawn(figure.axes[1])["one scale"][1], errors["one scale"])
    np.testing.assert_array_equal(drawn(figure.axes[1])["own scales"][1], [0.01, 0.02, np.nan])


def test_costs_are_bars_in_kibibytes_and_microseconds() -> None:
    figure = rendered(inference.cost_figure({"fp32": 4096.0, "int8": 1024.0}, {"PyTorch": 2e-4}))
    assert [bar.get_width() for bar in figure.axes[0].patches] == [4.0, 1.0]
    assert [bar.get_width() for bar in figure.axes[1].patches] == pytest.approx([200.0])
    assert [axes.get_xlabel() for axes in figure.axes] == ["KiB", "µs"]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 0.0])
def test_useless_answers_can_be_drawn(bad: float) -> None:
    values = np.full(4, bad)
    rendered(inference.half_figure([1.0, 2.0, 3.0, 4.0], values))
    rendered(inference.staircase_figure([1.0, 2.0, 3.0, 4.0], values, bad))
    rendered(inference.grid_figure(values, bad, 0, 2))
    rendered(inference.bits_figure([2, 3, 4, 5], values, values, values))
    rendered(inference.channels_figure(values, {"one": values}))

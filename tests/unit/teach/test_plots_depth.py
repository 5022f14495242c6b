"""Lab 4's figures show what they are given, right answers and wrong ones alike."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from allclose.teach.plots import depth

RUN = np.geomspace(1.0, 5e-3, 40)


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would."""
    FigureCanvasAgg(figure).draw()
    return figure


def drawn(figure: Figure, axes: int = 0) -> dict[str, np.ndarray]:
    """The lines of one of the figure's axes, by label, as an array of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data()) for line in figure.axes[axes].get_lines()}


def test_growth_is_drawn_by_size_and_zeros_are_left_out() -> None:
    curves = {"w = −2": [1.0, -2.0, 4.0], "w = 0": [1.0, 0.0, 0.0]}
    lines = drawn(rendered(depth.growth_figure([0, 1, 2], curves, "layer", "signal", "Signals")))
    np.testing.assert_array_equal(lines["w = −2"], [[0, 1, 2], [1, 2, 4]])
    np.testing.assert_array_equal(lines["w = 0"][1], [1, np.nan, np.nan])


@pytest.mark.parametrize("values", [[np.inf, np.nan, 1.0], [1.0, 2.0], [1.0, 2.0, 3.0, 4.0], []])
def test_growth_of_a_wrong_answer_is_drawn_all_the_same(values: list[float]) -> None:
    rendered(depth.growth_figure([0, 1, 2], {"wrong": values}, "layer", "signal", "Signals"))


def test_each_layer_has_its_weight_above_its_derivative() -> None:
    figure = rendered(depth.layers_figure({"a": [1.0, 0.0], "b": [2.0, 3.0]}, {"a": [0.0, 5.0], "b": [np.nan, 1.0]}))
    heights = [[bar.get_height() for bar in axes.patches] for axes in figure.axes]
    assert heights == [[1.0, 0.0], [2.0, 3.0], [0.0, 5.0], [0.0, 1.0]]
    assert [axes.get_title() for axes in figure.axes[:2]] == ["a", "b"]


def test_a_run_is_drawn_on_axes_that_do_not_depend_on_it() -> None:
    one = rendered(depth.training_figure(RUN, 39, 1e-2, 34, "one")).axes[0]
    other = rendered(depth.training_figure([1.0, 900.0, np.inf, np.nan], 39, 1e-2, None, "other")).axes[0]
    np.testing.assert_array_equal(one.get_lines()[0].get_ydata(), RUN)
    assert one.get_xlim() == other.get_xlim() and one.get_ylim() == other.get_ylim()


def test_a_run_that_was_cut_short_says_so() -> None:
    short, whole = (rendered(depth.training_figure(RUN[:t], 39, 1e-2, None, "run")).axes[0] for t in (7, 40))
    assert [text.get_text() for text in short.texts] == ["blew up after 7 epochs"]
    assert not whole.texts


def test_the_title_says_when_a_run_arrives() -> None:
    titles = [depth.training_figure(RUN, 39, 1e-2, t, "lr 0.1").axes[0].get_title() for t in (34, None)]
    assert titles == ["lr 0.1: arrives after 34 epochs", "lr 0.1: does not arrive"]


@pytest.mark.parametrize("losses", [[], [np.nan], [0.0, -1.0], [1.0] * 100])
def test_losses_of_a_wrong_answer_are_drawn_all_the_same(losses: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rendered(depth.training_figure(losses, 39, 1e-2, None, "run"))
        rendered(depth.runs_figure({"run": losses}, "runs"))


def test_every_run_has_its_line() -> None:
    lines = drawn(rendered(depth.runs_figure({"slow": RUN, "fast": RUN[::2]}, "runs")))
    np.testing.assert_array_equal(lines["fast"][1], RUN[::2])
    np.testing.assert_array_equal(lines["slow"][1], RUN)


def test_rates_are_drawn_with_a_line_that_falls_as_one_over_depth() -> None:
    figure = rendered(depth.rates_figure([10, 20, 40], {"largest": [0.2, 0.08, 0.03], "chosen": [0.1, np.nan, 0]}, "r"))
    lines = drawn(figure)
    np.testing.assert_array_equal(lines["largest"][1], [0.2, 0.08, 0.03])
    np.testing.assert_allclose(lines["slope of 1/depth"][1], [0.12, 0.06, 0.03])


def test_the_window_is_white_where_training_does_not_arrive() -> None:
    figure = rendered(depth.window_figure([10, 20], [0.01, 0.1, 1.0], [[30, 3, None], [60, None, None]], [0.2, 0.1]))
    cells = np.ma.filled(figure.axes[0].collections[0].get_array(), np.nan)
    np.testing.assert_array_equal(cells, [[30, 3, np.nan], [60, np.nan, np.nan]])
    np.testing.assert_array_equal(drawn(figure)["largest stable rate"], [[0.2, 0.1], [0, 1]])


def test_a_window_in_which_nothing_arrives_is_drawn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rendered(depth.window_figure([10, 20], [0.01, 0.1], [[None, None], [None, None]], [0.2, 0.1]))


def test_the_table_of_pairs_says_how_long_or_never() -> None:
    figure = rendered(depth.pairs_figure([10, 20], [0.9, 1.0, 1.1], [[5, 3, 0], [12, 8, None]]))
    assert [text.get_text() for text in figure.axes[0].texts] == ["5", "3", "0", "12", "8", "never"]


def test_the_board_shows_times_and_rates_of_what_was_registered() -> None:
    time, rate = rendered(depth.board_figure([10, 20, 30], 39, {10: (0.1, 4), 20: (0.04, 9)})).axes
    np.testing.assert_array_equal(time.get_lines()[0].get_data(), [[10, 20], [4, 9]])
    np.testing.assert_array_equal(rate.get_lines()[0].get_data(), [[10, 20], [0.1, 0.04]])


def test_an_empty_board_is_drawn() -> None:
    rendered(depth.board_figure([10], 39, {}))

"""Lab 2's figures show what they are given, right answers and wrong ones alike."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from allclose.teach.data import noisy_line
from allclose.teach.plots import minibatch

X, Y = noisy_line(40, 10.0, 2.0, 5.0, 1)


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would."""
    FigureCanvasAgg(figure).draw()
    return figure


def drawn(figure: Figure, axes: int = 0) -> dict[str, np.ndarray]:
    """The lines of one of the figure's axes, by label, as an array of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data()) for line in figure.axes[axes].get_lines()}


def test_each_step_goes_down_its_own_batchs_curve_from_where_the_last_one_ended() -> None:
    batches, lr = [np.array([0, 3]), np.array([5, 9, 11]), np.array([7])], 0.002
    figure = rendered(minibatch.steps_figure(X, Y, batches, w=7.0, b=2.0, lr=lr))
    w = 7.0
    for panel, items in enumerate(batches):
        lines = drawn(figure, panel)
        error = w * X[items] + 2.0 - Y[items]
        np.testing.assert_allclose(lines["here"][:, 0], [w, np.mean(error**2)])
        grid, losses = lines["loss of this batch"]
        np.testing.assert_allclose(losses, np.mean((np.outer(grid, X[items]) + 2.0 - Y[items]) ** 2, axis=1))
        grid, losses = lines["loss of all data"]
        np.testing.assert_allclose(losses, np.mean((np.outer(grid, X) + 2.0 - Y) ** 2, axis=1))
        w -= lr * 2 * np.mean(error * X[items])
    assert f"→ {w:.2f}" in figure.axes[-1].get_title()


def black_items(figure: Figure) -> list[int]:
    bars = [part for part in figure.axes[0].collections if isinstance(part, PolyCollection)]
    black = [bar for bar in bars if tuple(bar.get_facecolor()[0]) == (0, 0, 0, 1)]
    return [int(path.vertices[:, 0].min()) for bar in black for path in bar.get_paths()]


def test_batches_cover_their_strip_and_show_their_sizes() -> None:
    figure = rendered(minibatch.batches_figure(10, {4: [(0, 4), (4, 8), (8, 12)], 10: [(0, 10)]}))
    assert [text.get_text() for text in figure.axes[0].texts] == ["4", "4", "2", "10"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["4", "10"]
    assert black_items(figure) == []


def test_items_in_two_batches_are_black() -> None:
    figure = rendered(minibatch.batches_figure(10, {4: [(0, 5), (4, 8), (8, 8), (20, 30)]}))
    assert black_items(figure) == [4]


def test_a_shuffle_shows_the_new_place_of_each_item() -> None:
    order = np.random.default_rng(0).permutation(40)
    figure = rendered(minibatch.shuffle_figure(X, Y, X[order], Y[order]))
    np.testing.assert_array_equal(drawn(figure)["after"], [X[order], Y[order]])
    (places,) = drawn(figure, 1).values()
    before, after = places.astype(int)
    np.testing.assert_array_equal(order[after], before)


def test_each_run_has_a_panel_and_all_share_one_scale() -> None:
    runs = {"one": np.geomspace(100, 1, 30), "two": [50.0, 20.0, 10.0]}
    figure = rendered(minibatch.updates_figure(runs))
    assert [axes.get_title() for axes in figure.axes] == ["one", "two"]
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()
    np.testing.assert_array_equal(figure.axes[1].get_lines()[0].get_ydata(), runs["two"])


@pytest.mark.parametrize("losses", [[0.0, 0.0], [1.0, np.inf, np.nan], [np.nan], []])
def test_losses_of_a_run_that_went_wrong_are_drawn_all_the_same(losses: list[float]) -> None:
    rendered(minibatch.updates_figure({"wrong": losses}))
    rendered(minibatch.epochs_figure(losses, 2, losses, None))


@pytest.mark.parametrize("values", [[np.nan] * 9, [8.0, np.nan, np.inf], [1.0, 1e200, -1e300], [8.0] * 4])
def test_a_path_that_went_wrong_is_drawn_over_the_surfaces_all_the_same(values: list[float]) -> None:
    figure = rendered(minibatch.paths_figure(X, Y, [1, 4, 8], {"wrong": (values, values)}))
    low, high = figure.axes[0].get_xlim()
    assert low < high and np.isfinite([low, high]).all()


def test_a_shuffle_that_lost_items_is_drawn_all_the_same() -> None:
    figure = rendered(minibatch.shuffle_figure(X, Y, X[:30], Y[:30]))
    np.testing.assert_array_equal(drawn(figure)["after"], [X[:30], Y[:30]])


def test_paths_lie_over_both_surfaces_with_the_lowest_point_of_each() -> None:
    items = np.array([1, 4, 8, 30])
    path = (np.linspace(8, 10, 20), np.linspace(12, 2, 20))
    figure = rendered(minibatch.paths_figure(X, Y, items, {"full": path, "small": path[::-1]}))
    for panel, part in enumerate((slice(None), items)):
        lines = drawn(figure, panel)
        np.testing.assert_array_equal(lines["full"], path)
        np.testing.assert_allclose(lines["lowest"][:, 0], np.polyfit(X[part], Y[part], 1))


def test_epoch_means_are_steps_and_the_settled_epoch_is_named() -> None:
    figure = rendered(minibatch.epochs_figure(np.geomspace(9, 1, 12), 4, [7.0, 3.0, 1.5], 2))
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["batch", "mean of the epoch", "settled: epoch 2"]
    assert drawn(figure)["batch"][0][-1] == 11 / 4


def test_variances_are_points_and_lines_and_zeros_are_left_out() -> None:
    computed, measured = np.array([[8.0, 4.0], [4.0, 2.0], [0.0, 0.0]]), np.array([[9.0, 5.0], [3.0, 1.0], [0.0, 0.0]])
    lines = drawn(rendered(minibatch.variance_figure([1, 2, 4], computed, measured)))
    np.testing.assert_array_equal(lines["var of dw, computed"], [[1, 2, 4], [8, 4, np.nan]])
    np.testing.assert_array_equal(lines["var of db, drawn"], [[1, 2, 4], [5, 1, np.nan]])

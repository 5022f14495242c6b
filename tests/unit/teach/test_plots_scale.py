"""Lab 8's figures show what they are given, right answers and wrong ones alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from allclose.teach.data import spirals
from allclose.teach.plots import scale

BATCHES = (16, 64, 256)
TABLE = np.array([[1.0, 0.9, 0.95], [0.8, 0.7, 0.9], [0.3, 0.5, 0.4]])
STEPS = np.arange(1.0, 13.0)


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would."""
    FigureCanvasAgg(figure).draw()
    return figure


def drawn(figure: Figure, axes: int = 0) -> dict[str, np.ndarray]:
    """The lines of one of the figure's axes, by label, as an array of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data()) for line in figure.axes[axes].get_lines()}


def test_spirals_are_drawn_by_class_beside_the_accuracies() -> None:
    x, labels = spirals(60, 3, 0.1, seed=0)
    figure = rendered(scale.spirals_figure(x, labels, BATCHES, TABLE, "as it is"))
    np.testing.assert_array_equal(drawn(figure)["class 1"].T, x[labels == 1])
    np.testing.assert_array_equal(drawn(figure, 1)["median"], [BATCHES, [0.95, 0.8, 0.4]])
    assert figure.axes[1].get_title() == "as it is"


def test_accuracies_have_a_median_and_a_mark_for_each_run_side_by_side() -> None:
    figure = rendered(scale.accuracy_figure(BATCHES, {"one": TABLE, "two": TABLE}, "both"))
    lines = drawn(figure)
    np.testing.assert_array_equal(lines["two"][1], [0.95, 0.8, 0.4])
    assert (lines["one"][0] < BATCHES).all() and (lines["two"][0] > BATCHES).all()
    marks = [line for line in figure.axes[0].get_lines() if line.get_linestyle() == "None"]
    np.testing.assert_array_equal([line.get_ydata() for line in marks[:3]], TABLE.T)


def test_a_run_without_an_accuracy_is_drawn_as_a_failure() -> None:
    figure = rendered(scale.accuracy_figure([16], {"lost": [[np.nan, np.nan, 1.0]]}, "lost"))
    np.testing.assert_array_equal(drawn(figure)["lost"][1], [0.0])


def test_rates_are_lines_through_the_base_on_logarithmic_axes() -> None:
    figure = rendered(scale.rates_figure(BATCHES, {"linear": [1, 4, 16], "wrong": [1, 0, -4]}, (16, 1.0)))
    lines = drawn(figure)
    np.testing.assert_array_equal(lines["linear"], [BATCHES, [1, 4, 16]])
    np.testing.assert_array_equal(lines["wrong"][1], [1, np.nan, np.nan])
    np.testing.assert_array_equal(lines["base"].ravel(), [16, 1])
    assert figure.axes[0].get_xscale() == figure.axes[0].get_yscale() == "log"


def test_each_step_of_a_warm_up_is_a_stair_over_its_part_of_the_epoch() -> None:
    figure = rendered(scale.warmup_figure({"mine": [0.1, 0.2, 0.3, 0.3], "none": [np.inf, np.nan]}, 2))
    stairs = {patch.get_label(): patch.get_data() for patch in figure.axes[0].patches}
    np.testing.assert_array_equal(stairs["mine"].values, [0.1, 0.2, 0.3, 0.3])
    np.testing.assert_array_equal(stairs["mine"].edges, [0, 0.5, 1, 1.5, 2])


def test_curvature_stands_above_the_loss_in_a_column_for_each_run() -> None:
    figure = rendered(scale.curvature_figure({"a": (STEPS, 6 + 0 * STEPS, 1 / STEPS), "b": (STEPS, STEPS, STEPS)}, 4))
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", "", ""]
    lines = drawn(figure)
    np.testing.assert_array_equal(lines["largest curvature"], [np.arange(12) / 4, STEPS])
    np.testing.assert_array_equal(lines["the most this rate can bear"][1], 6 + 0 * STEPS)
    np.testing.assert_array_equal(figure.axes[2].get_lines()[0].get_ydata(), 1 / STEPS)


def test_trust_ratios_are_bars_at_first_and_lines_over_the_epochs() -> None:
    ratios = np.stack((STEPS, 10 * STEPS), axis=1)
    figure = rendered(scale.trust_figure(ratios, ["thin", "thick"], 4))
    assert [bar.get_height() for bar in figure.axes[0].patches] == [1.0, 10.0]
    np.testing.assert_array_equal(drawn(figure, 1)["thick"], [np.arange(12) / 4, 10 * STEPS])


def test_a_layer_without_a_ratio_has_no_bar() -> None:
    figure = rendered(scale.trust_figure([[0.0, 2.0], [1.0, np.inf]], ["zero", "two"], 1))
    assert [bar.get_height() for bar in figure.axes[0].patches] == [2.0]


def test_losses_are_drawn_over_epochs_and_may_have_different_lengths() -> None:
    figure = rendered(scale.losses_figure({"long": STEPS, "short": [2.0, 1.0]}, 4, "two runs"))
    np.testing.assert_array_equal(drawn(figure)["long"], [np.arange(12) / 4, STEPS])
    np.testing.assert_array_equal(drawn(figure)["short"], [[0, 0.25], [2, 1]])


def test_a_schedule_stands_above_its_loss() -> None:
    figure = rendered(scale.schedule_figure(STEPS, 1 / STEPS, 4, "run"))
    for axes, expected in zip(figure.axes, (STEPS, 1 / STEPS), strict=True):
        np.testing.assert_array_equal(axes.get_lines()[0].get_data(), [np.arange(12) / 4, expected])


def test_noise_has_a_line_by_its_scale_and_a_ring_where_it_equals_the_signal() -> None:
    figure = rendered(scale.noise_figure(BATCHES, {"early": ([2.0, 0.5, 0.125], 32.0)}))
    marks, line, ring, _ = (np.array(line.get_data()) for line in figure.axes[0].get_lines())
    np.testing.assert_array_equal(marks, [BATCHES, [2, 0.5, 0.125]])
    np.testing.assert_array_equal(line, [BATCHES, [2, 0.5, 0.125]])
    np.testing.assert_array_equal(ring.ravel(), [32, 1])
    assert figure.axes[0].get_legend().get_texts()[0].get_text() == "early: noise scale 32"


def test_parts_are_drawn_against_the_whole_and_a_line_of_equals() -> None:
    figure = rendered(scale.parts_figure([1.0, 2.0, 3.0], {"yours": [1.0, np.nan, 2.0]}))
    np.testing.assert_array_equal(drawn(figure)["yours"], [[1, 2, 3], [1, np.nan, 2]])
    assert "equal" in drawn(figure)


def test_an_error_of_zero_is_drawn_as_rounding() -> None:
    figure = rendered(scale.moments_figure([1.0, 1e8], {"yours": [0.0, 1.0], "wrong": [np.inf, np.nan]}))
    np.testing.assert_array_equal(drawn(figure)["yours"][1], [2.0**-53, 1.0])
    assert np.isnan(drawn(figure)["wrong"][1]).all()


@pytest.mark.parametrize("losses", [[0.0, 0.0], [1.0, np.inf, np.nan], [np.nan], []])
@pytest.mark.parametrize(
    "draw",
    [
        lambda losses: scale.losses_figure({"wrong": losses}, 2, "wrong"),
        lambda losses: scale.schedule_figure(losses, losses, 2, "wrong"),
        lambda losses: scale.warmup_figure({"wrong": losses}, 2),
        lambda losses: scale.curvature_figure({"wrong": (losses, losses, losses)}, 2),
    ],
)
def test_runs_that_went_wrong_are_drawn_all_the_same(
    draw: Callable[[list[float]], Figure], losses: list[float]
) -> None:
    rendered(draw(losses))


def test_spirals_are_arms_of_equal_size_with_noise_in_the_angle_only() -> None:
    x, labels = spirals(9000, 3, 0.2, seed=1)
    assert np.bincount(labels).tolist() == [3000] * 3
    radius = np.hypot(*x.T)
    assert radius.min() >= 0.2 and radius.max() < 2.0
    ahead = np.arctan2(x[:, 1], x[:, 0]) - 2 * np.pi * (labels / 3 + 0.45 * radius)
    off = np.angle(np.exp(1j * ahead))
    assert off.std() == pytest.approx(0.2, rel=0.03) and abs(off.mean()) < 0.01


def test_the_same_seed_gives_the_same_spirals() -> None:
    first, again, other = (spirals(30, 2, 0.2, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.isin(first, other).any()

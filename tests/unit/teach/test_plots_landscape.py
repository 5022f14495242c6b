"""Lab 3's figures show what they are given, right answers and wrong ones alike."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver

from allclose.teach.data import proportional
from allclose.teach.plots import landscape

X, Y = proportional(12, 1.5, 0.2, seed=2)
W1S, W2S = np.linspace(-2.0, 2.0, 9), np.linspace(-1.0, 2.0, 7)
LOSSES = np.mean((np.multiply.outer(np.outer(W1S, W2S), X) - Y) ** 2, axis=-1)
FIELD = np.gradient(LOSSES, W1S, W2S)
PATH = np.stack((np.linspace(0.5, 1.5, 20), np.linspace(-0.5, 1.0, 20)), axis=1)
DECAY = np.geomspace(3.0, 0.05, 20)


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would, but coarsely and without arranging its panels, which takes longest."""
    figure.set_layout_engine("none")
    figure.set_dpi(30)
    FigureCanvasAgg(figure).draw()
    return figure


def drawn(figure: Figure, axes: int = 0) -> dict[str, np.ndarray]:
    """The lines of one of the figure's axes, by label, as an array of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data()) for line in figure.axes[axes].get_lines()}


def parts(axes: Axes, kind: type) -> list[object]:
    return [part for part in axes.collections if isinstance(part, kind)]


def test_nets_with_one_product_draw_one_line_in_different_dashes() -> None:
    figure = rendered(landscape.nets_figure(X, Y, {"one": 2 * X, "two": 2 * X}))
    lines = drawn(figure)
    np.testing.assert_array_equal(lines["data"], [X, Y])
    np.testing.assert_array_equal(lines["one"], [np.sort(X), np.sort(2 * X)])
    np.testing.assert_array_equal(lines["one"], lines["two"])
    one, two = figure.axes[0].get_lines()[1:]
    assert one.get_linestyle() != two.get_linestyle()


def test_the_first_look_shows_each_network_as_a_line_and_as_a_point() -> None:
    nets = [(1.0, 2.0), (-0.5, -4.0), (1.5, -0.5)]
    figure = rendered(landscape.first_look_figure(X, Y, nets))
    lines, points = drawn(figure), drawn(figure, 1)
    for w1, w2 in nets:
        name = f"w1 = {w1:g}, w2 = {w2:g}"
        np.testing.assert_allclose(lines[name][1], w1 * w2 * np.sort(X))
        np.testing.assert_array_equal(points[name], [[w1], [w2]])
    (contour,) = parts(figure.axes[1], ContourSet)
    assert contour.zmin == pytest.approx(np.mean((np.sum(X * Y) / np.sum(X * X) * X - Y) ** 2), rel=0.01)


def test_both_diagonals_are_drawn_over_the_first_weight() -> None:
    values = np.linspace(-1, 1, 11)
    lines = drawn(rendered(landscape.diagonals_figure(values, values**2, 1 - values**2)))
    np.testing.assert_array_equal(lines["along w2 = w1"], [values, values**2])
    np.testing.assert_array_equal(lines["along w2 = −w1"], [values, 1 - values**2])


def test_fit_loss_and_weights_stand_side_by_side() -> None:
    figure = rendered(landscape.fit_figure(X, Y, 1.5 * X, DECAY, PATH))
    assert [axes.get_title() for axes in figure.axes] == ["The fit", "The loss", "The weights"]
    np.testing.assert_array_equal(drawn(figure)["network"], [np.sort(X), np.sort(1.5 * X)])
    np.testing.assert_array_equal(figure.axes[1].get_lines()[0].get_ydata(), DECAY)
    weights = drawn(figure, 2)
    np.testing.assert_array_equal(weights["w1"][1], PATH[:, 0])
    np.testing.assert_array_equal(weights["w2"][1], PATH[:, 1])
    np.testing.assert_array_equal(weights["w1 · w2"][1], PATH.prod(axis=1))


def test_the_map_holds_the_layers_that_are_given_and_no_others() -> None:
    full = rendered(
        landscape.map_figure(W1S, W2S, losses=LOSSES, field=(FIELD[0], FIELD[1]), product=1.5, paths={"run": PATH})
    ).axes[0]
    assert len(parts(full, ContourSet)) == len(parts(full, Quiver)) == 1
    assert {"w1 · w2 = 1.5", "run"} <= {str(line.get_label()) for line in full.get_lines()}
    assert (full.get_xlabel(), full.get_ylabel()) == ("w1", "w2")
    assert (*full.get_xlim(), *full.get_ylim()) == (-2.0, 2.0, -1.0, 2.0)
    for layer, kind in (("losses", ContourSet), ("field", Quiver)):
        given = {"losses": LOSSES, "field": (FIELD[0], FIELD[1])}[layer]
        axes = rendered(landscape.map_figure(W1S, W2S, **{layer: given})).axes[0]
        assert [type(part) for part in axes.collections] == [type(parts(full, kind)[0])]
        assert not axes.get_lines()


def test_the_contours_have_the_first_weight_across() -> None:
    losses = np.ones((9, 7))
    losses[8, 0] = 5.0
    (contour,) = parts(rendered(landscape.map_figure(W1S, W2S, losses=losses)).axes[0], ContourSet)
    highest = np.concatenate([path.vertices for path in contour.get_paths() if len(path.vertices)][-1:])
    # Everything that is high lies around w1 = 2, w2 = -1.
    assert highest[:, 0].min() > 1.0
    assert highest[:, 1].max() < 0.0


def test_the_arrows_point_down_from_their_places() -> None:
    axes = rendered(landscape.map_figure(W1S, W2S, field=(FIELD[0], FIELD[1]))).axes[0]
    (arrows,) = parts(axes, Quiver)
    places = {(w1, w2): (i, j) for i, w1 in enumerate(W1S) for j, w2 in enumerate(W2S)}
    assert len(arrows.XY) == len(places)
    for place, across, up in zip(arrows.XY, np.ravel(arrows.U), np.ravel(arrows.V), strict=True):
        i, j = places[tuple(place)]
        down = -np.array([FIELD[0][i, j], FIELD[1][i, j]])
        np.testing.assert_allclose([across, up], down / np.sqrt(np.hypot(*down) or 1.0))


def test_of_a_fine_grid_only_some_places_get_an_arrow() -> None:
    grid = np.linspace(-1, 1, 61)
    ones = np.ones((61, 61))
    (arrows,) = parts(rendered(landscape.map_figure(grid, grid, field=(ones, ones))).axes[0], Quiver)
    assert 15**2 <= len(arrows.XY) <= 22**2


@pytest.mark.parametrize("product", [1.5, -0.7])
def test_the_ribbon_has_two_branches_of_solutions(product: float) -> None:
    lines = rendered(landscape.map_figure(W1S, W2S, product=product)).axes[0].get_lines()
    assert len(lines) == 2
    for line, sign in zip(lines, (1, -1), strict=True):
        w1, w2 = line.get_data()
        np.testing.assert_allclose(w1 * w2, product)
        assert np.all(sign * w1 > 0)


def test_a_ribbon_beyond_the_map_is_left_out() -> None:
    for product in (0.0, 4.0, 100.0):
        assert not rendered(landscape.map_figure(W1S, W2S, product=product)).axes[0].get_lines()


def test_a_trajectory_goes_from_a_ring_to_a_cross() -> None:
    run, ring, cross = rendered(landscape.map_figure(W1S, W2S, paths={"run": PATH.tolist()})).axes[0].get_lines()
    np.testing.assert_array_equal(run.get_data(), PATH.T)
    np.testing.assert_array_equal(np.ravel(ring.get_data()), PATH[0])
    np.testing.assert_array_equal(np.ravel(cross.get_data()), PATH[-1])
    assert (ring.get_marker(), cross.get_marker()) == ("o", "X")


def test_each_layer_has_a_panel_of_its_own() -> None:
    figure = rendered(
        landscape.layers_figure(W1S, W2S, losses=LOSSES, field=(FIELD[0], FIELD[1]), product=1.5, paths={"run": PATH})
    )
    contours, arrows, ribbon, paths = figure.axes[:4]
    assert parts(contours, ContourSet) and parts(arrows, Quiver)
    assert not contours.get_lines() and not arrows.get_lines()
    assert ribbon.get_lines()[0].get_label() == "w1 · w2 = 1.5"
    assert paths.get_lines()[0].get_label() == "run"


def test_stationary_places_are_marked_and_counted() -> None:
    def classify(w1: float, w2: float) -> str:
        return "saddle" if (w1, w2) == (0.0, 0.0) else "minimum" if w1 * w2 == 1 else "not stationary"

    lines = drawn(rendered(landscape.kinds_figure(W1S, W2S, LOSSES, classify)))
    np.testing.assert_array_equal(lines["minimum: 5 of 63 places"], [[-2, -1, 0.5, 1, 2], [-0.5, -1, 2, 1, 0.5]])
    np.testing.assert_array_equal(lines["saddle: 1 of 63 places"], [[0.0], [0.0]])


@pytest.mark.parametrize("answer", ["not stationary", None, "Saddle"])
def test_nothing_is_marked_where_classify_names_no_stationary_place(answer: str | None) -> None:
    lines = drawn(rendered(landscape.kinds_figure(W1S, W2S, LOSSES, lambda _, __: answer)))
    assert set(lines) == {"minimum: 0 of 63 places", "saddle: 0 of 63 places"}


def test_the_relief_is_three_dimensional_and_bears_the_trajectories() -> None:
    axes = rendered(landscape.relief_figure(W1S, W2S, LOSSES, {"run": (PATH, DECAY)})).axes[0]
    np.testing.assert_allclose(axes.get_lines()[0].get_data_3d(), [*PATH.T, np.log10(0.1 + DECAY)])
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_zlabel()) == ("w1", "w2", "log₁₀(0.1 + loss)")


def test_the_speed_is_the_distance_between_neighbours_in_the_history() -> None:
    figure = rendered(landscape.speed_figure({"run": (DECAY, PATH)}))
    np.testing.assert_array_equal(drawn(figure)["run"][1], DECAY)
    np.testing.assert_allclose(drawn(figure, 1)["run"][1], np.full(19, np.hypot(1.0, 1.5) / 19))


BROKEN = [np.full((9, 7), np.nan), np.full((9, 7), -1.0), np.zeros((9, 7)), np.where(LOSSES > 1, np.inf, LOSSES)]


@pytest.mark.parametrize("losses", BROKEN)
def test_wrong_losses_are_drawn_as_far_as_they_go(losses: np.ndarray) -> None:
    rendered(landscape.map_figure(W1S, W2S, losses=losses))
    rendered(landscape.relief_figure(W1S, W2S, losses, {}))
    rendered(landscape.diagonals_figure(W1S, losses[:, 0], losses[:, 1]))


@pytest.mark.parametrize("field", BROKEN)
def test_wrong_arrows_are_drawn_as_far_as_they_go(field: np.ndarray) -> None:
    rendered(landscape.map_figure(W1S, W2S, field=(field, FIELD[1])))


@pytest.mark.parametrize(
    "weights",
    [
        np.full((20, 2), np.nan),
        np.full((20, 2), np.inf),
        np.ones((20, 2)),
        np.outer(10.0 ** (15 * np.arange(20)), [1, -1]),
    ],
)
def test_runs_that_went_wrong_are_drawn_as_far_as_they_go(weights: np.ndarray) -> None:
    losses = np.where(np.arange(20) > 5, np.inf, 0.0)
    rendered(landscape.map_figure(W1S, W2S, paths={"run": weights}))
    rendered(landscape.fit_figure(X, Y, np.full(12, np.nan), losses, weights))
    rendered(landscape.relief_figure(W1S, W2S, LOSSES, {"run": (weights, losses)}))
    rendered(landscape.speed_figure({"run": (losses, weights)}))

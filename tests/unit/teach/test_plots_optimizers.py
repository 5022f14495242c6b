"""Lab 5's figures show what they are given, right answers and wrong ones alike."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from allclose.teach.plots import optimizers
from allclose.teach.plots.canvas import DATA, MODEL, PATH

SQUARE = (-2.0, 2.0)
PATHS = {
    "descent": np.column_stack([np.linspace(1, 0, 9), np.linspace(-1, 0, 9)]),
    "Adam": np.column_stack([np.linspace(1, 0, 5), np.linspace(-1, 0, 5) ** 2]),
}


def bowl(theta: np.ndarray) -> np.ndarray:
    return np.sum(theta**2, axis=-1)


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would."""
    FigureCanvasAgg(figure).draw()
    return figure


def drawn(figure: Figure, axes: int = 0) -> dict[str, np.ndarray]:
    """The lines of one of the figure's axes, by label, as an array of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data()) for line in figure.axes[axes].get_lines()}


def colours(figure: Figure, axes: int = 0) -> dict[str, str]:
    return {str(line.get_label()): to_hex(line.get_color()).upper() for line in figure.axes[axes].get_lines()}


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_each_panel_has_its_paths_and_the_lowest_point() -> None:
    figure = rendered(optimizers.paths_figure({"a": (bowl, PATHS), "b": (bowl, {})}, SQUARE, SQUARE, (0.0, 0.5)))
    assert [axes.get_title() for axes in figure.axes] == ["a", "b"]
    for name, path in PATHS.items():
        np.testing.assert_array_equal(drawn(figure)[name], path.T)
    for panel in (0, 1):
        np.testing.assert_array_equal(drawn(figure, panel)["lowest point"], [[0.0], [0.5]])


def test_arrows_start_where_the_first_run_starts_and_have_one_length() -> None:
    arrows = {"down": np.array([0.0, -70.0]), "there": [-0.001, 0.001], "nowhere": [0.0, 0.0]}
    figure = rendered(optimizers.paths_figure({"a": (bowl, PATHS)}, SQUARE, SQUARE, (0.0, 0.0), arrows))
    tips = [np.subtract(arrow.xy, (1.0, -1.0)) for arrow in figure.axes[0].texts]
    np.testing.assert_allclose(np.linalg.norm(tips, axis=1), [1.2, 1.2, 0.0])
    assert {"down", "there", "nowhere"} < set(legend(figure))


def test_an_optimizer_has_its_colour_in_every_figure() -> None:
    losses = {"Momentum, rho = 0.5": [3.0, 2.0], "descent": [3.0, 1.0]}
    assert colours(rendered(optimizers.losses_figure(losses, "t"))) == {"Momentum, rho = 0.5": DATA, "descent": PATH}
    figure = rendered(optimizers.paths_figure({"a": (bowl, PATHS)}, SQUARE, SQUARE, (0.0, 0.0)))
    assert colours(figure)["Adam"] == MODEL


def test_several_runs_of_one_optimizer_have_different_colours() -> None:
    losses = {f"descent, lr = {rate}": [3.0, rate] for rate in range(1, 9)}
    assert len(set(colours(rendered(optimizers.losses_figure(losses, "t"))).values())) == 8


def test_a_figure_in_space_leaves_out_what_lies_outside() -> None:
    runs = {"descent": np.array([[1.0, 1.0], [5.0, 1.0], [0.0, 0.0]])}
    (axes,) = rendered(optimizers.landscape_figure(bowl, runs, SQUARE, SQUARE, "t")).axes
    xs, ys, heights = axes.get_lines()[0].get_data_3d()
    np.testing.assert_array_equal(xs, [1.0, np.nan, 0.0])
    np.testing.assert_array_equal(ys, [1.0, np.nan, 0.0])
    np.testing.assert_allclose(heights, [np.log10(3), np.nan, 0.0])


def test_places_in_the_wells_stand_on_the_curve_from_start_to_end() -> None:
    figure = rendered(optimizers.wells_figure(bowl, {"one": [[1.5], [1.0], [0.5]], "two": [-1.0, -0.5]}, SQUARE))
    assert [axes.get_title() for axes in figure.axes] == ["one", "two"]
    np.testing.assert_array_equal(drawn(figure)["start"], [[1.5], [2.25]])
    np.testing.assert_array_equal(drawn(figure)["end"], [[0.5], [0.25]])
    np.testing.assert_array_equal(drawn(figure, 1)["end"], [[-0.5], [0.25]])


def test_losses_are_cut_off_far_above_their_start_and_the_goal_is_a_line() -> None:
    losses = {"descent": [1.0, 1e5, 1e10, np.inf, np.nan], "Adam": [1.0, 0.5, 0.0, -1.0, 0.25]}
    figure = rendered(optimizers.losses_figure(losses, "A title", goal=0.1))
    assert figure.axes[0].get_ylim()[1] == 30
    assert figure.axes[0].get_title() == "A title"
    np.testing.assert_array_equal(drawn(figure)["Adam"][1], [1.0, 0.5, np.nan, np.nan, 0.25])
    assert legend(figure) == ["descent", "Adam", "goal"]


def test_lengths_stand_below_the_gradient() -> None:
    figure = rendered(optimizers.lengths_figure([1.0, -0.1, 0.1], {"AdaGrad": [1.0, 0.0, 0.5]}))
    (gradient,) = drawn(figure).values()
    np.testing.assert_array_equal(gradient, [[1, 2, 3], [1.0, 0.1, 0.1]])
    np.testing.assert_array_equal(drawn(figure, 1)["AdaGrad"], [[1, 2, 3], [1.0, np.nan, 0.5]])


def test_the_rare_feature_has_a_panel_of_its_own_with_its_appearances() -> None:
    weights = {"Adam": np.array([[0.0, 0.0], [0.5, 0.1], [1.0, 0.1]])}
    figure = rendered(optimizers.sparse_figure(weights, [1], (1.0, 2.0)))
    np.testing.assert_array_equal(drawn(figure)["Adam"][1], [0.0, 0.5, 1.0])
    np.testing.assert_array_equal(drawn(figure, 1)["Adam"][1], [0.0, 0.1, 0.1])
    np.testing.assert_array_equal(drawn(figure, 1)["it is there"][0], [1])
    np.testing.assert_array_equal(drawn(figure, 1)["right weight"][1], [2.0, 2.0])


def test_schedules_are_drawn_twice_and_a_rate_of_zero_has_no_logarithm() -> None:
    figure = rendered(optimizers.schedules_figure({"cosine": [0.2, 0.1, 0.0]}))
    np.testing.assert_array_equal(drawn(figure)["cosine"][1], [0.2, 0.1, 0.0])
    np.testing.assert_array_equal(drawn(figure, 1)["cosine"][1], [0.2, 0.1, np.nan])
    assert figure.axes[1].get_yscale() == "log"


def test_who_did_not_arrive_is_said_in_words() -> None:
    results = {"valley": {"descent": 12, "Adam": None}, "bowl": {"Adam": 0}}
    figure = rendered(optimizers.race_figure(results, 50))
    assert [text.get_text().strip() for text in figure.axes[0].texts] == ["12", "not there in time", "0"]
    assert [bar.get_width() for bar in figure.axes[0].patches] == [12, 50, 0]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["valley", "bowl"]
    assert legend(figure) == ["descent", "Adam"]


def test_runs_that_went_wrong_are_drawn_all_the_same() -> None:
    wrong = [1.0, np.nan, np.inf, -np.inf, 1e100]
    path = np.column_stack([wrong, np.ones(5)])
    rendered(optimizers.paths_figure({"wrong": (bowl, {"Adam": path})}, SQUARE, SQUARE, (0.0, 0.0)))
    rendered(optimizers.landscape_figure(bowl, {"Adam": path}, SQUARE, SQUARE, "wrong"))
    rendered(optimizers.wells_figure(bowl, {"Adam": wrong}, SQUARE))
    rendered(optimizers.losses_figure({"Adam": wrong[1:]}, "wrong"))
    rendered(optimizers.lengths_figure([1.0] * 5, {"Adam": wrong}))
    rendered(optimizers.sparse_figure({"Adam": path}, [1], (1.0, 1.0)))
    rendered(optimizers.schedules_figure({"wrong": wrong}))


def test_empty_histories_and_races_are_drawn_all_the_same() -> None:
    rendered(optimizers.losses_figure({"Adam": []}, "nothing"))
    rendered(optimizers.race_figure({"valley": {}}, 10))

"""Lab 7's figures show what they are given, right answers and wrong ones alike."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver

from allclose.teach.plots import parallel
from solutions import lab7_data_parallel as lab

NAN, INF = float("nan"), float("inf")


def rendered(figure: Figure) -> Figure:
    """Draw the figure as a notebook would."""
    FigureCanvasAgg(figure).draw()
    return figure


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def lines(figure: Figure, axes: int = 0) -> dict[str, np.ndarray]:
    """The lines of one of the figure's axes, by label, as an array of shape (2, n)."""
    return {str(line.get_label()): np.array(line.get_data()) for line in figure.axes[axes].get_lines()}


def arrows(figure: Figure) -> list[tuple[float, float]]:
    return [(float(a.U[0]), float(a.V[0])) for a in figure.axes[0].collections if isinstance(a, Quiver)]


def test_every_gradient_is_an_arrow_and_so_is_every_average() -> None:
    grads = [[1.0, 2.0], [3.0, -1.0]]
    figure = rendered(parallel.gradients_figure(grads, [9, 1], {"whole": [1.2, 1.7], "yours": np.array([2.0, 0.5])}))
    assert arrows(figure) == [(1, 2), (3, -1), (1.2, 1.7), (2, 0.5)]
    assert legend(figure) == ["rank 0: 9 items", "rank 1: 1 items", "whole", "yours"]


@pytest.mark.parametrize("wrong", [[NAN, 1.0], [INF, INF], [0.0, 0.0]])
def test_an_average_that_is_no_arrow_is_drawn_all_the_same(wrong: list[float]) -> None:
    rendered(parallel.gradients_figure([[1.0, 2.0]], [3], {"whole": [1.0, 2.0], "yours": wrong}))


def test_memory_is_stacked_part_by_part_with_the_total_at_the_end() -> None:
    bars = {"small": {"weights": 1.0, "state": 2.0}, "large": {"weights": 1000.0, "state": 500.0}}
    figure = rendered(parallel.memory_figure(bars, "MB", ("all there is", 80.0)))
    axes = figure.axes[0]
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(0, 1), (1, 2), (0, 1000), (1000, 500)]
    assert [text.get_text().strip() for text in axes.texts] == ["3", "1,500"]
    assert legend(figure) == ["weights", "state", "all there is"]
    assert axes.get_xlabel() == "memory in MB"


def spans(figure: Figure, colour: str) -> list[tuple[int, int]]:
    """Start and end of every bar of a colour."""
    bars = [part for part in figure.axes[0].collections if isinstance(part, PolyCollection)]
    mine = [bar for bar in bars if len(bar.get_facecolor()) and tuple(bar.get_facecolor()[0]) == to_rgba(colour)]
    corners = [path.vertices[:, 0] for bar in mine for path in bar.get_paths()]
    return [(int(x.min()), int(x.max())) for x in corners]


def test_each_rank_has_its_items_in_its_colour() -> None:
    figure = rendered(parallel.shards_figure(7, {"runs": [[0, 1, 2], [3, 4], [5, 6]]}))
    assert [spans(figure, parallel.RANKS[rank]) for rank in range(3)] == [[(0, 3)], [(3, 5)], [(5, 7)]]
    assert spans(figure, "black") == spans(figure, "white") == []
    assert [text.get_text() for text in figure.axes[0].texts] == ["3 + 2 + 2"]


def test_items_of_nobody_are_hatched_and_items_of_two_are_black() -> None:
    figure = rendered(parallel.shards_figure(8, {"wrong": [np.array([0, 1]), range(1, 4), [9, -1], np.array([])]}))
    assert spans(figure, "black") == [(1, 2)]
    assert spans(figure, "white") == [(4, 8)]


def messages_of(world: int, n: int) -> list[tuple[int, int, np.ndarray]]:
    sent = []

    def send(source: int, target: int, values: np.ndarray) -> np.ndarray:
        sent.append((source, target, values.copy()))
        return values.copy()

    lab.ring_all_reduce(parallel.marked_buffers(world, n), send)
    return sent


def test_the_ring_is_drawn_as_chunks_that_grow_and_then_go_round_complete() -> None:
    figure = rendered(parallel.ring_figure(messages_of(4, 10), 4, 10))
    assert [axes.get_title() for axes in figure.axes[:4]] == [f"rank {rank} is sent" for rank in range(4)]
    for rank, axes in enumerate(figure.axes[:4]):
        grid = np.asarray(axes.get_images()[0].get_array().filled(0))
        assert grid.max(axis=0).tolist() == [1, 2, 3, 4, 4, 4]
        first = (rank - 1) % 4  # the chunk that the left neighbour sends first
        assert np.flatnonzero(grid[:, 0]).tolist() == np.array_split(np.arange(10), 4)[first].tolist()


@pytest.mark.parametrize(
    "messages", [[], [(0, 1, [])], [(0, 9, [1.0]), (0, 1, [NAN, INF, 0.3, -1.0, 0.0])], [(0, 1, np.full(99, 1.0))]]
)
def test_messages_that_make_no_sense_leave_the_panels_empty(messages: list[tuple[int, int, list[float]]]) -> None:
    rendered(parallel.ring_figure(messages, 2, 4))


def test_copies_are_rows_on_one_scale() -> None:
    before = [np.array([1.0, 2.0]), np.array([5.0, -3.0])]
    figure = rendered(parallel.copies_figure(before, [before[1], before[1]]))
    left, right = (axes.get_images()[0] for axes in figure.axes[:2])
    np.testing.assert_array_equal(left.get_array(), before)
    np.testing.assert_array_equal(right.get_array(), [before[1], before[1]])
    assert left.get_clim() == right.get_clim() == (-3, 5)
    rendered(parallel.copies_figure([[NAN, NAN]], [[INF, 1.0]]))


def test_runs_that_should_be_the_same_are_told_apart_by_their_width() -> None:
    figure = rendered(parallel.runs_figure({"one": [3.0, 2.0], "many": [3.0, 2.0], "wrong": [3.0, NAN, INF]}))
    assert set(lines(figure)) == {"one", "many", "wrong"}
    widths = [line.get_linewidth() for line in figure.axes[0].get_lines()]
    assert widths == sorted(widths, reverse=True)


def test_curves_are_logarithmic_and_leave_out_what_has_no_logarithm() -> None:
    figure = rendered(parallel.curves_figure([1, 2, 4], {"ring": [1.0, 0.0, 3.0]}, "P", "seconds", "time"))
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale(), axes.get_xlabel(), axes.get_title()) == ("log", "log", "P", "time")
    np.testing.assert_array_equal(lines(figure)["ring"], [[1, 2, 4], [1, NAN, 3]])


def test_the_speed_up_is_that_of_the_sum_of_all_parts() -> None:
    parts = {"arithmetic": [8.0, 4.0, 2.0], "messages": [0.0, 1.0, 2.0]}
    figure = rendered(parallel.scaling_figure([1, 2, 4], parts))
    np.testing.assert_array_equal(lines(figure)["a whole step"][1], [8, 5, 4])
    np.testing.assert_array_equal(lines(figure, 1)["this"][1], [1, 8 / 5, 2])


@pytest.mark.parametrize(("stages", "parts"), [(1, 1), (4, 4), (3, 30)])
def test_in_a_pipeline_no_stage_does_two_things_at_once(stages: int, parts: int) -> None:
    figure = rendered(parallel.pipeline_figure(stages, parts))
    bars = [path.vertices for bar in figure.axes[0].collections for path in bar.get_paths()]
    slots = {(round(v[:, 0].min()), round(v[:, 1].mean())) for v in bars}
    assert len(slots) == len(bars) == 2 * stages * parts
    idle = 1 - len(slots) / (stages * 2 * (stages + parts - 1))
    assert figure.axes[0].get_title() == f"Idle {idle:.0%} of the time"


def test_drawing_needs_neither_torch_nor_pyplot() -> None:
    code = (
        "import sys; from allclose.teach.plots import canvas, parallel as p;"
        "assert canvas.png(p.pipeline_figure(3, 4)); assert not {'matplotlib.pyplot', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

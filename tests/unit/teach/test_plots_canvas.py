"""Figures that are drawn again and again: as quickly as may be, with nothing cut off."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from allclose.teach.plots.canvas import new_figure, png, png_at, quick_axes, quick_figure


def steps_figure(top: float, panels: int = 1, colours: bool = False) -> Figure:
    """Curves that rise to the same height."""
    figure = new_figure(3.0 * panels, 2.0)
    for axes in figure.subplots(1, panels, squeeze=False)[0]:
        axes.plot([0, 1], [0, top])
        axes.set(xlabel="x", ylabel="y", title="Up")
        if colours:
            figure.colorbar(axes.scatter([0, 1], [0, top], c=[0, top]), ax=axes)
    return figure


def pixels(picture: bytes) -> np.ndarray:
    return np.asarray(imread(io.BytesIO(picture), format="png"))


@pytest.mark.parametrize("colours", [False, True])
def test_a_figure_at_known_places_is_the_figure_that_finds_its_own(colours: bool) -> None:
    _, places = png_at(steps_figure(1.5, 2, colours), None)
    placed, kept = png_at(steps_figure(1.75, 2, colours), places)
    assert kept is places
    np.testing.assert_allclose(pixels(placed), pixels(png(steps_figure(1.75, 2, colours))), atol=0.02)


def test_longer_numbers_beside_the_axes_get_more_room() -> None:
    _, narrow = png_at(steps_figure(4.0), None)
    picture, wide = png_at(steps_figure(400000.0), narrow)
    assert wide.letters[1] > narrow.letters[1]
    assert wide.axes[0][1].x0 > narrow.axes[0][1].x0
    np.testing.assert_allclose(pixels(picture), pixels(png(steps_figure(400000.0))), atol=0.05)


@pytest.mark.parametrize("other", [lambda: steps_figure(4.0, panels=2), lambda: new_figure(3.0, 2.0)])
def test_a_figure_of_another_kind_finds_its_own_places(other) -> None:  # type: ignore[no-untyped-def]
    _, places = png_at(steps_figure(4.0), None)
    picture, found = png_at(other(), places)
    assert found != places
    assert picture == png(other())


def ticks(axis: object) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((0.5, 200.0), ["1", "10", "100"]),
        ((25.0, 80.0), ["30", "40", "50", "60", "70", "80"]),
        ((3.0, 80.0), ["5", "10", "20", "50"]),
        ((2e-4, 2e-2), ["0.001", "0.01"]),
    ],
)
def test_a_quick_logarithmic_axis_has_plain_numbers_and_never_none(
    limits: tuple[float, float], expected: list[str]
) -> None:
    axes = quick_figure(4.0, 3.0).add_axes((0.2, 0.2, 0.7, 0.7))
    axes.semilogy([1, 2], limits)
    axes.set_ylim(limits)
    quick_axes(axes, "x", "y", "Quick")
    assert ticks(axes.yaxis) == expected


def test_a_quick_axis_keeps_the_ticks_that_were_set() -> None:
    axes = quick_figure(4.0, 3.0).add_axes((0.2, 0.2, 0.7, 0.7))
    axes.set(xlim=(0, 10), xticks=[0, 7], ylim=(0, 40))
    quick_axes(axes, "x", "y", "Quick")
    assert ticks(axes.xaxis) == ["0", "7"]
    assert ticks(axes.yaxis) == ["0", "10", "20", "30", "40"]

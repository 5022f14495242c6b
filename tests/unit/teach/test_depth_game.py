"""The depth game, played by moving its slider and clicking its button."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from allclose.teach.data import proportional
from allclose.teach.plots.canvas import png
from allclose.teach.plots.depth import board_figure
from allclose.teach.widgets.depth_game import DepthGame, play_depth_game

X, Y = proportional(30, 2.0, 0.0, 1)


def train(x: NDArray, y: NDArray, w: NDArray, lr: float, epochs: int) -> NDArray:
    """Arrives the later the deeper the net, and blows up above a rate of 1/depth."""
    if lr * len(w) > 1:
        return np.array([1.0, 1e200])
    arrival = len(w)
    return np.where(np.arange(epochs + 1) < arrival / (1000 * lr), 1.0, 1e-3)


def played(game: DepthGame, *rates: float) -> DepthGame:
    for rate in rates:
        game.rate.value = rate
        game.button.click()
    return game


def test_it_begins_with_ten_layers_and_a_run_at_the_smallest_rate() -> None:
    calls: list[tuple[NDArray, float, int]] = []

    def watched(x: NDArray, y: NDArray, w: NDArray, lr: float, epochs: int) -> NDArray:
        calls.append((w, lr, epochs))
        return train(x, y, w, lr, epochs)

    DepthGame(watched, X, Y)
    ((w, lr, epochs),) = calls
    np.testing.assert_array_equal(w, np.full(10, 0.9))
    assert (lr, epochs) == (0.0005, 600)


def test_a_run_that_arrives_can_be_registered_and_brings_the_next_depth() -> None:
    game = played(DepthGame(train, X, Y), 0.005)
    assert game.registered == {10: (0.005, 2)}
    assert game.depth == 20 and game.rate.value == game.rate.min
    assert game.explorer.figure.axes[0].get_title().startswith("20 layers, learning rate 0.0005")


def test_the_button_is_green_only_while_the_run_arrives() -> None:
    game = DepthGame(train, X, Y)
    looks = []
    for rate in (0.002, 0.15, 0.05):
        game.rate.value = rate
        looks.append((game.button.disabled, game.button.button_style))
    assert looks == [(False, "success"), (True, "danger"), (False, "success")]


@pytest.mark.parametrize(
    "losses",
    [
        [1.0, 1e-3, 1.0, 1.0],
        [1.0, 1e-3, 1e-3, np.nan],
        [1.0, 1e-3, 1e-3],
        [1.0, 1.0, 1.0, 1e-2],
    ],
    ids=["touched and left", "ends in NaN", "cut short", "on the threshold"],
)
def test_a_run_that_does_not_stay_below_cannot_be_registered(losses: list[float]) -> None:
    game = DepthGame(lambda *_: losses, X, Y, epochs=3)
    game.button.click()
    assert game.button.disabled and game.registered == {}


def test_a_rate_that_stands_at_its_start_can_be_registered_too() -> None:
    game = DepthGame(train, X, Y)
    game.button.click()
    assert game.registered == {10: (0.0005, 20)} and game.depth == 20
    assert "20 layers" in game.explorer.figure.axes[0].get_title()


def test_it_is_done_when_every_depth_has_its_rate() -> None:
    game = played(DepthGame(train, X, Y), *(0.5 / depth for depth in range(10, 61, 10)))
    assert list(game.registered) == [10, 20, 30, 40, 50, 60] and game.depth is None
    assert (game.button.description, game.button.disabled, game.rate.disabled) == ("Done!", True, True)
    game.button.click()
    assert len(game.registered) == 6


def test_the_board_changes_when_a_rate_is_registered_and_only_then() -> None:
    game = DepthGame(train, X, Y)
    empty = game.board.value
    game.rate.value = 0.05
    assert game.board.value == empty == png(board_figure(range(10, 61, 10), 600, {}))
    game.button.click()
    assert game.board.value == png(board_figure(range(10, 61, 10), 600, {10: (0.05, 1)}))


def test_the_board_is_shown_below_the_run() -> None:
    game = DepthGame(train, X, Y)
    assert game.explorer.box.children[-1] is game.board


def test_a_training_that_fails_closes_the_register() -> None:
    def broken(x: NDArray, y: NDArray, w: NDArray, lr: float, epochs: int) -> NDArray:
        if lr > 0.1:
            raise ZeroDivisionError("no such rate")
        return train(x, y, w, lr, epochs)

    game = DepthGame(broken, X, Y)
    game.rate.value = 0.15
    assert game.explorer.note.value == "ZeroDivisionError: no such rate"
    assert game.button.disabled


def test_without_a_kernel_the_first_try_is_a_figure(capsys: pytest.CaptureFixture[str]) -> None:
    play_depth_game(train, X, Y)
    assert capsys.readouterr() == ("Figure(720x360)\n", "")

"""A game: find for each depth a learning rate that trains a deep narrow net in time, and register it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from allclose.teach.plots.canvas import png
from allclose.teach.plots.depth import board_figure, training_figure
from allclose.teach.widgets.explorer import AS_DRAWN, Explorer

#: A training as in lab 4: inputs, targets, first weights, learning rate and epochs in, the history of the loss out.
Train = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float, int], ArrayLike]


def play_depth_game(train: Train, x: NDArray[np.float64], y: NDArray[np.float64], **rules: Any) -> None:
    """Show the game; without widgets, the first try as a picture.

    Parameters
    ----------
    train, x, y, **rules
        As for `DepthGame`.
    """
    DepthGame(train, x, y, **rules).show()


class DepthGame:
    """One game, from the smallest depth to the largest.

    A slider sets the learning rate. Where the run with it comes below the threshold and stays there, its rate can be
    registered, and the next depth comes up.

    Parameters
    ----------
    train : callable
        ``train(x, y, w, lr, epochs)`` gives the losses, entry 0 the start; shorter if the run blows up.
    x, y : ndarray, shape (n,)
        Inputs and targets.
    depths : sequence of int
        How many weights each round has.
    init : float
        What each weight is at the start.
    epochs : int
        How long a run is.
    threshold : float
        The loss to come below, and to stay below.

    Attributes
    ----------
    registered : dict of int to (float, int)
        For each depth that is done its rate and the epochs it took.
    rate : ipywidgets.FloatSlider
    button : ipywidgets.Button
        Registers; only while the run that is shown arrives.
    status : ipywidgets.Label
        What to do next.
    board : ipywidgets.Image
        Learning times and rates against depth, of what is registered.
    explorer : Explorer
        All of it, with the picture of the run.
    """

    def __init__(
        self,
        train: Train,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        *,
        depths: Sequence[int] = (10, 20, 30, 40, 50, 60),
        init: float = 0.9,
        epochs: int = 600,
        threshold: float = 1e-2,
    ) -> None:
        import ipywidgets

        self._train, self._x, self._y = train, x, y
        self._depths, self._init, self._epochs, self._threshold = tuple(depths), init, epochs, threshold
        self._arrived: int | None = None
        self.registered: dict[int, tuple[float, int]] = {}
        self.rate = ipywidgets.FloatSlider(
            0.0005,
            min=0.0005,
            max=0.16,
            step=0.0005,
            readout_format=".4f",
            description="learning rate",
            layout={"width": "560px"},
        )
        self.button = ipywidgets.Button(description="Register")
        self.button.on_click(self._register)
        self.status = ipywidgets.Label()
        self.board = ipywidgets.Image(value=self._board(), format="png", layout=AS_DRAWN)
        self.explorer = Explorer(self._draw, {"lr": self.rate}, [ipywidgets.HBox([self.button, self.status])])
        self.explorer.box.children = (*self.explorer.box.children, self.board)

    @property
    def depth(self) -> int | None:
        """The depth of this round; None when all are done."""
        return next((depth for depth in self._depths if depth not in self.registered), None)

    def show(self) -> None:
        """Show the game below the cell."""
        self.explorer.show()

    def _draw(self, lr: float) -> Figure:
        self._arrived = None
        self._offer("The run failed.", "")
        depth = self.depth or self._depths[-1]
        run = self._train(self._x, self._y, np.full(depth, self._init), lr, self._epochs)
        losses = np.asarray(run, dtype=np.float64)
        arrival = _epochs_to(losses, self._threshold, self._epochs)
        figure = training_figure(
            losses, self._epochs, self._threshold, arrival, f"{depth} layers, learning rate {lr:.4f}"
        )
        if self.depth is None:
            self._offer("Every depth has its rate. How does it fall?", "", "Done!")
        elif arrival is None:
            self._offer("Try another rate.", "danger")
        else:
            self._arrived = arrival
            self._offer("Register this rate, or look for a faster one.", "success")
        return figure

    def _offer(self, status: str, style: str, description: str = "Register") -> None:
        self.status.value = status
        self.button.disabled = self._arrived is None
        self.button.button_style, self.button.description = style, description

    def _register(self, _button: object) -> None:
        depth = self.depth
        if depth is None or self._arrived is None:
            return
        self.registered[depth] = (self.rate.value, self._arrived)
        self.board.value = self._board()
        self.rate.disabled = self.depth is None
        # The last round's run stays in sight; every other begins where the first did.
        if self.depth is None or self.rate.value == self.rate.min:
            self.explorer.redraw()
        else:
            self.rate.value = self.rate.min

    def _board(self) -> bytes:
        return png(board_figure(self._depths, self._epochs, self.registered))


def _epochs_to(losses: NDArray[np.float64], threshold: float, epochs: int) -> int | None:
    """Return after how many epochs a run that was not cut short stays below the threshold."""
    if len(losses) <= epochs:
        return None
    misses = np.flatnonzero(~(losses < threshold))
    reached = int(misses[-1]) + 1 if len(misses) else 0
    return reached if reached < len(losses) else None

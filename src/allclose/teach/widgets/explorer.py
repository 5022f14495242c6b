"""A figure with sliders: redrawn as they move where the front end can, a picture where it cannot."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from allclose.teach.plots import canvas

#: A box would stretch a picture to its own width.
AS_DRAWN = {"align_self": "flex-start", "max_width": "100%"}


def explore(draw: Callable[..., Figure], **controls: Any) -> None:
    """Show controls, and below them the figure that `draw` makes of their values, anew whenever one is moved.

    The message holds a picture for the initial values too, which a front end without widgets shows instead (nbconvert,
    nbgrader's feedback, GitHub). Without a kernel that picture is all there is.

    Parameters
    ----------
    draw : callable
        Called with the values of the controls by their names; returns a `Figure`.
    **controls
        For each argument of `draw` an ipywidgets control (a slider, a toggle, a drop-down list) or the shorthand of
        `ipywidgets.interact`: ``(min, max, step)`` for a slider that begins in the middle, a number or a bool for the
        initial value, a list of choices.

    Raises
    ------
    Exception
        What `draw` raises for the initial values. Later the last good figure stays, with the error below it.

    Examples
    --------
    >>> explore(lambda lr, depth: my_figure(lr, depth), lr=FloatSlider(0.1, max=1), depth=(10, 60, 10))
    """
    Explorer(draw, controls).show()


class Explorer:
    """The controls, the picture and the line for errors of one explored figure.

    Parameters
    ----------
    draw : callable
        As in `explore`.
    controls : mapping of str to control or shorthand
        As in `explore`, shown in this order.
    below : sequence of widgets, optional
        Shown between the controls and the picture.

    Attributes
    ----------
    figure : Figure
        The last good figure.
    controls : dict of str to widget
        The controls; setting a ``value`` redraws.
    picture : ipywidgets.Image
        The same as PNG.
    note : ipywidgets.Label
        What went wrong with the values that stand now; empty if nothing did.
    box : ipywidgets.VBox
        All of it.
    """

    def __init__(self, draw: Callable[..., Figure], controls: Mapping[str, Any], below: Sequence[Any] = ()) -> None:
        # Loaded late, as the cell that imports this module is graded and most graded cells show no widget.
        import ipywidgets

        self._draw = draw
        self._places: canvas.Places | None = None
        self.controls = {name: _control(name, given) for name, given in controls.items()}
        self.figure, picture = self._drawn()
        self.picture = ipywidgets.Image(value=picture, format="png", layout=AS_DRAWN)
        self.note = ipywidgets.Label()
        self.box = ipywidgets.VBox([*self.controls.values(), *below, self.picture, self.note])
        for control in self.controls.values():
            control.observe(self.redraw, names="value")

    def redraw(self, _change: object = None) -> None:
        """Draw the figure for the values that the controls have now."""
        try:
            self.figure, self.picture.value = self._drawn()
        except Exception as error:  # noqa: BLE001 - what is drawn is the student's own function
            self.note.value = f"{type(error).__name__}: {error}"
        else:
            self.note.value = ""

    def message(self) -> dict[str, Any]:
        """Return what a kernel sends to the front end: the widgets and, for those that have none, the picture."""
        bundle: dict[str, Any] = dict(self.box._repr_mimebundle_())
        return bundle | {
            "image/png": base64.b64encode(self.picture.value).decode("ascii"),
            "text/plain": repr(self.figure),
        }

    def show(self) -> None:
        """Show it below the cell: the widgets where there is a kernel, else the figure as `canvas.show` does."""
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if getattr(get_ipython(), "kernel", None) is None:
            canvas.show(self.figure)
        else:
            display(self.message(), raw=True)  # type: ignore[no-untyped-call]

    def _drawn(self) -> tuple[Figure, bytes]:
        # A run that overflows is part of the lesson; the warning would only stand between the student and the figure.
        # A title at a set place is not moved out of the way of ticks, for which all of them would be measured.
        with warnings.catch_warnings(), np.errstate(all="ignore"), rc_context({"axes.titley": 1.0}):
            warnings.simplefilter("ignore")
            figure = self._draw(**{name: control.value for name, control in self.controls.items()})
            if not isinstance(figure, Figure):
                raise TypeError(f"draw returned {type(figure).__name__}, not a Figure")
            picture, self._places = canvas.png_at(figure, self._places)
            return figure, picture


def _control(name: str, given: Any) -> Any:
    import ipywidgets

    control = ipywidgets.interactive.widget_from_abbrev(given)
    if control is None:
        raise TypeError(f"{name} is neither a control nor (min, max, step): {given!r}")
    control.description = control.description or name
    control.style.description_width = "initial"
    return control

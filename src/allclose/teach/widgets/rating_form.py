"""A small form after a section: how was it? The answer stays with the notebook, in the output of its cell."""

from __future__ import annotations

import html
from typing import Any

from allclose.ratings import HIGHEST, LOWEST, MAX_COMMENT, MIME, Rating, rating
from allclose.teach.checks import is_graded_now

#: Answers of this session, by section: a cell that is run again still knows its own.
_given: dict[str, Rating] = {}


def feedback(section: str) -> None:
    """Ask how a section was, and keep the answer in the output of this cell, saved with the notebook.

    An answer that was given before is shown, and can be changed. Without widgets there is a line of text in the
    form's place. While a grader runs the notebook nothing is shown.

    Parameters
    ----------
    section : str
        The section's name, as a report will call it.

    Raises
    ------
    ValueError
        If the name is empty.
    """
    if is_graded_now():
        return
    from allclose.teach.whereabouts import shell

    if getattr(shell(), "kernel", None) is None:
        print(_asked(section))
        return
    RatingForm(section).show()


class RatingForm:
    """One form.

    Parameters
    ----------
    section : str
        The section's name.

    Attributes
    ----------
    stars : ipywidgets.ToggleButtons
        1 to 5; None until one is chosen.
    comment : ipywidgets.Textarea
        What else there is to say.
    button : ipywidgets.Button
        Keeps the answer; only once stars are chosen.
    given : Rating or None
        The answer that is kept.
    box : ipywidgets.VBox
        All of it.
    """

    def __init__(self, section: str) -> None:
        import ipywidgets

        self._section = section = rating(section, HIGHEST).section
        self._display: Any = None
        self.given = _given.get(section) or _saved(section)
        self.stars = ipywidgets.ToggleButtons(
            options=[(str(stars), stars) for stars in range(LOWEST, HIGHEST + 1)],
            value=None if self.given is None else self.given.stars,
            tooltips=["did not help at all", "helped little", "so-so", "helped", "helped a lot"],
            style={"button_width": "48px"},
        )
        self.comment = ipywidgets.Textarea(
            "" if self.given is None else self.given.comment,
            placeholder="What was unclear, what was good? (If you like.)",
            layout={"width": "560px", "height": "64px"},
        )
        self.button = ipywidgets.Button(description="Keep", disabled=self.stars.value is None)
        asked = ipywidgets.HTML(f"<b>{html.escape(_asked(section))}</b>")
        note = ipywidgets.HTML("Kept in this notebook. It has no part in your grade.")
        self.box = ipywidgets.VBox([asked, self.stars, self.comment, ipywidgets.HBox([self.button, note])])
        self.comment.observe(self._limit, names="value")
        self.stars.observe(self._allow, names="value")
        self.button.on_click(self._keep)

    def message(self) -> dict[str, Any]:
        """Return what the cell's output holds: the form, and beside it the answer that is known already."""
        bundle: dict[str, Any] = dict(self.box._repr_mimebundle_())
        return bundle | (_kept(self.given) if self.given is not None else _open(self._section))

    def show(self) -> None:
        """Show the form below the cell."""
        from IPython.display import display

        self._display = display(self.message(), raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def _allow(self, _change: object) -> None:
        self.button.disabled = self.stars.value is None

    def _limit(self, _change: object) -> None:
        if len(self.comment.value) > MAX_COMMENT:
            self.comment.value = self.comment.value[:MAX_COMMENT]

    def _keep(self, _button: object) -> None:
        """Put the answer in the form's place: text is there without a kernel too."""
        if self.stars.value is None:
            return
        self.given = _given[self._section] = rating(self._section, self.stars.value, self.comment.value)
        if self._display is not None:
            self._display.update(_kept(self.given), raw=True)


def _asked(section: str) -> str:
    return f"How much did “{section}” help you? ({LOWEST}: not at all, {HIGHEST}: a lot)"


def _open(section: str) -> dict[str, Any]:
    """What a front end without widgets shows of a form without an answer."""
    text = f"{_asked(section)} Run this cell in a notebook to answer."
    return {"text/plain": text, "text/html": f"<p>{html.escape(text)}</p>"}


def _kept(given: Rating) -> dict[str, Any]:
    """The answer, for the class report and for the eye."""
    stars = "★" * given.stars + "☆" * (HIGHEST - given.stars)
    said = f" – {given.comment}" if given.comment else ""
    text = f"{stars} {given.stars} of {HIGHEST} for “{given.section}”{said}"
    thanks = "Thank you! It is kept in this notebook; run the cell again to change it, and save."
    return {
        MIME: given.message(),
        "text/plain": f"{text}\n{thanks}",
        "text/html": f"<p>{html.escape(text)}<br><small>{html.escape(thanks)}</small></p>",
    }


def _saved(section: str) -> Rating | None:
    """The answer that the notebook's file holds."""
    from allclose.teach.whereabouts import this_notebook

    notebook = this_notebook(lambda one: any(given.section == section for given in one.ratings))
    given = () if notebook is None else notebook.ratings
    return next((one for one in given if one.section == section), None)

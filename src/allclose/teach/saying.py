"""Words for a student: verdicts with a little colour, wherever colour is understood."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable

from allclose.teach.checking import Outcome, Result
from allclose.teach.whereabouts import shell

GREEN, RED, YELLOW, FAINT = "32", "31", "33", "2"

_LOOKS = {
    Result.PASSED: ("✓", GREEN),
    Result.FAILED: ("✗", RED),
    Result.RAISED: ("✗", RED),
    Result.OPEN: ("·", YELLOW),
    Result.NOT_RUN: ("·", YELLOW),
    Result.NONE: ("·", FAINT),
}


def in_colour() -> bool:
    """Whether what is printed may hold colour: in a notebook and on a terminal, unless NO_COLOR says no."""
    if os.environ.get("NO_COLOR"):
        return False
    return getattr(shell(), "kernel", None) is not None or sys.stdout.isatty()


def painted(text: str, colour: str, *, on: bool) -> str:
    """Return the text in a colour, for a terminal or a notebook."""
    return f"\x1b[{colour}m{text}\x1b[0m" if on else text


def verdict(outcome: Outcome, *, colour: bool) -> str:
    """Return an outcome as the lines that a student reads."""
    sign, hue = _LOOKS[outcome.result]
    first = painted(f"{sign} {outcome.question}: {outcome.headline}", hue, on=colour)
    return "\n".join([first, *(f"    {line}" for line in outcome.details)])


def unknown(question: str, known: Iterable[str]) -> str:
    """Return the line for a name that is no question's, with the names that are."""
    names = list(known)
    if not names:
        return f"There is no question '{question}' here: the notebook was not found, or holds no public checks."
    near = difflib.get_close_matches(question, names, 1)
    meant = f" Did you mean '{near[0]}'?" if near else ""
    return f"There is no question '{question}'.{meant} The questions are: {', '.join(names)}."

"""What a running command shows on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

#: Where output goes to a file or a pipe: wide enough for a column per question.
_PLAIN_WIDTH = 120


def console(*, stderr: bool = False) -> Console:
    """Return a console for tables and lines: as wide as the terminal, fixed where there is none."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else _PLAIN_WIDTH)


@contextmanager
def bar(what: str) -> Iterator[Callable[..., None]]:
    """Show a bar with counts and the time left, moved by (done, total, a note); nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total, _note="": None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None, note="")
        yield lambda done, total, note="": shown.update(task, completed=done, total=total, note=note)

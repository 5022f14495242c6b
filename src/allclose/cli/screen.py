"""What a running command shows on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
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


def say(screen: Console, *lines: str) -> None:
    """Print lines: what comes next stands out, and where there is no terminal each stays one line."""
    from rich.text import Text

    from allclose.cli.failure import one_line

    for line in lines:
        text = Text(one_line(line))
        text.highlight_regex(r"^Next:", "bold cyan")
        text.highlight_regex(r"^✗", "bold red")
        # A command that is broken over lines cannot be copied: the terminal itself wraps it.
        screen.print(text, soft_wrap=not screen.is_terminal or line.startswith("Next:"))


def place(path: Path) -> str:
    """Return a path as it is shortest from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) and path != here else str(path)


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Show what is being done and for how long; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as shown:
        shown.add_task(what, total=None)
        yield


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

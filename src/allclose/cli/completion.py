"""What a shell offers behind `allclose COMMAND`: the course's labs and its students, read off the folders' names.

A shell asks at every press of the tab key, so nothing is loaded or checked here, and a course that is not there offers
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer


def labs(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the labs of the course that begin with what is typed, without those that are on the line already."""
    root = _root(ctx)
    named = ctx.params.get("labs") or ()
    found = (path.parent.name for path in root.glob("source/*/*.ipynb")) if root is not None else ()
    return sorted({name for name in found if name.startswith(incomplete) and name not in named})


def students(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of those who handed something in and that begin with what is typed."""
    root = _root(ctx)
    given = ctx.params.get("submitted")
    folder = Path(str(given)) if given else root / "submitted" if root is not None else None
    named = ctx.params.get("student") or ()
    names = sorted(_folders(folder)) if folder is not None else []
    return [name for name in names if name.startswith(incomplete) and name not in named]


def _root(ctx: typer.Context) -> Path | None:
    from allclose.course import find_root
    from allclose.errors import CourseError

    try:
        return find_root(Path(str(ctx.params.get("course") or ".")))
    except CourseError:
        return None


def _folders(folder: Path) -> Iterator[str]:
    try:
        yield from (entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return

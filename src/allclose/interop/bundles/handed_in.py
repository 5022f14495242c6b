"""A submission as a course site hands it over: notebooks renamed by a browser, or one folder too deep."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from allclose.course import cells, ipynb
from allclose.model import Assignment, Notebook
from allclose.notebook.read import MAX_ENTRIES, MAX_FILES_BYTES, MAX_FOLDERS_DEEP, MAX_NOTEBOOK_BYTES
from allclose.notebook.text import plain

_IGNORED = frozenset({".ipynb_checkpoints", "__pycache__", "__MACOSX"})


def in_place(submission: Path, assignment: Assignment, scratch: Path) -> tuple[Path, tuple[str, ...]]:
    """Find the folder in which each notebook has the name that the assignment gives it.

    A notebook of that name is taken wherever it lies, the outermost first; else the one that holds most of the
    assignment's cells, whatever it is called, and else the only notebook that there is. Of equals none is taken.

    Parameters
    ----------
    submission : Path
        What was handed in; hostile, and left as it is.
    assignment : Assignment
        Whose notebooks are looked for.
    scratch : Path
        An empty folder, for a copy where notebooks are renamed.

    Returns
    -------
    Path, tuple of str
        The folder to read the submission from, and a flag for each notebook that was elsewhere.
    """
    found = [path for path in _files(submission) if path.suffix == ".ipynb"]
    chosen = {
        each.name: path for each in assignment.notebooks if (path := _choose(found, each, assignment)) is not None
    }
    flags = tuple(
        f"found-as: {plain(str(path.relative_to(submission)))} is taken for {name}.ipynb"
        for name, path in chosen.items()
        if path != submission / f"{name}.ipynb"
    )
    if not flags:
        return submission, ()
    homes = {path.parent for path in chosen.values()}
    if len(homes) == 1 and all(path.name == f"{name}.ipynb" for name, path in chosen.items()):
        return homes.pop(), flags
    for home in homes:
        _copy_beside(home, scratch)
    for name, path in chosen.items():
        _copy(path, scratch / f"{name}.ipynb")
    return scratch, flags


def _choose(found: list[Path], notebook: Notebook, assignment: Assignment) -> Path | None:
    named = [path for path in found if path.name == f"{notebook.name}.ipynb"]
    if named:
        return _outermost(named)
    others = {f"{each.name}.ipynb" for each in assignment.notebooks}
    free = [path for path in found if path.name not in others]
    ids = {cells.grade_id(cell) for cell in notebook.content["cells"]} - {""}
    counts = {path: len(ids & _ids(path)) for path in free}
    most = max(counts.values(), default=0)
    best = [path for path in free if counts[path] == most]
    if most:
        return _outermost(best)
    return free[0] if len(free) == len(assignment.notebooks) == 1 else None


def _outermost(paths: list[Path]) -> Path | None:
    """The one that lies outermost; None where several do."""
    depths = [len(path.parts) for path in paths]
    least = [path for path, depth in zip(paths, depths, strict=True) if depth == min(depths)]
    return least[0] if len(least) == 1 else None


def _ids(path: Path) -> set[str]:
    try:
        if path.stat().st_size > MAX_NOTEBOOK_BYTES:
            return set()
        return {cells.grade_id(cell) for cell in ipynb.parse(path.read_bytes())["cells"]}
    except (OSError, ipynb.Unreadable):
        return set()


def _files(folder: Path) -> Iterator[Path]:
    """The regular files below a folder, in order; links are not followed, and there is an end to it."""
    seen = 0
    for here, folders, names in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if name not in _IGNORED) if depth < MAX_FOLDERS_DEEP else []
        for name in sorted(names):
            seen += 1
            if seen > MAX_ENTRIES:
                return
            path = Path(here) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def _copy_beside(home: Path, scratch: Path) -> None:
    """Copy what lies with a notebook, as far as anybody would read it."""
    room = MAX_FILES_BYTES
    for path in _files(home):
        size = path.stat().st_size
        if path.suffix != ".ipynb" and size <= room:
            room -= size
            _copy(path, scratch / path.relative_to(home))


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target, follow_symlinks=False)

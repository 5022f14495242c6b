"""`allclose init`: a new course with one small example."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from allclose.cli.failure import DONE, one_line
from allclose.errors import CourseError

_TEMPLATE = Path(__file__).parent / "template"
_LAB = "example"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it must be new or empty.")],
) -> int:
    """Make a course with one small example assignment."""
    from allclose import course as courses
    from allclose.interop.gradebook import db_url, record_source
    from allclose.notebook.release import release

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty: name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copytree(_TEMPLATE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "gitignore").rename(folder / ".gitignore")
        assignment = courses.load(folder.resolve(), _LAB)
        release(assignment, check=False)
        record_source(assignment, db_url(assignment.root))
    except BaseException:
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        raise
    print(one_line(f"made the course {folder} with the assignment '{_LAB}'; next:"))
    for line in (f"cd {folder}", f"allclose verify {_LAB}", "allclose demo"):
        print(f"  {line}")
    return DONE

"""`allclose bundle`: what students, otter and Gradescope take of an assignment."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.completion import labs
from allclose.cli.failure import DONE
from allclose.errors import CourseError

if TYPE_CHECKING:
    from allclose.model import Assignment

_OWN_FOLDERS = ("source", "release", "solutions", "autograder", "submitted", "autograded", "feedback")


class Taker(StrEnum):
    """Who takes a bundle."""

    STUDENTS = "students"
    OTTER = "otter"
    GRADESCOPE = "gradescope"


_NEXT = {
    Taker.STUDENTS: "put it on the course site",
    Taker.OTTER: "give it to otter run, otter grade or Gradescope, and to nobody else",
    Taker.GRADESCOPE: "in Gradescope: Configure Autograder, upload it, and give it to nobody else",
}


def bundle(
    lab: Annotated[
        str, typer.Argument(metavar="LAB", help="The assignment's name, as in source/.", autocompletion=labs)
    ],
    taker: Annotated[Taker, typer.Option("--for", help="Who takes it.")],
    to: Annotated[
        Path | None, typer.Option(help="The folder to write into.", show_default="bundles/LAB-FOR in the course")
    ] = None,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Pack a lab for students or another grader.

    students: the released notebook with all it needs on their own machines and on Colab; otter: a student folder and an
    autograder.zip; gradescope: an autograder.zip. Each brings allclose's wheel. What is for students is scanned for
    answers and hidden tests.
    """
    from allclose import course as courses
    from allclose.cli.screen import busy, console, place, say

    assignment = courses.load(courses.find_root(course or Path.cwd()), lab)
    folder = to if to is not None else assignment.root / "bundles" / f"{lab}-{taker}"
    _check_place(assignment.root, folder)
    with busy(f"bundle {lab} for {taker}"):
        written = _write(assignment, taker, folder)
    say(console(), *(f"wrote {place(path)}" for path in written), f"Next: {_NEXT[taker]}: {place(written[-1])}")
    return DONE


def _write(assignment: Assignment, taker: Taker, folder: Path) -> tuple[Path, ...]:
    match taker:
        case Taker.STUDENTS:
            from allclose.interop.bundles import students

            return students.bundle(assignment, folder)
        case Taker.OTTER:
            from allclose.interop.bundles import otter

            return otter.bundle(assignment, folder)
        case Taker.GRADESCOPE:
            from allclose.interop.bundles import gradescope

            return gradescope.bundle(assignment, folder)


def _check_place(root: Path, folder: Path) -> None:
    """Raise where a bundle would be written over the course's own files."""
    place = folder.resolve()
    for name in _OWN_FOLDERS:
        if place.is_relative_to(root / name):
            raise CourseError(f"{folder} is the course's own: name another folder (--to)")

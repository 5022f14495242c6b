"""`allclose bundle`: what students, otter and Gradescope take of an assignment."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allclose.cli.completion import labs
from allclose.cli.failure import DONE, one_line
from allclose.errors import CourseError

_OWN_FOLDERS = ("source", "release", "solutions", "autograder", "submitted", "autograded", "feedback")


class Taker(StrEnum):
    """Who takes a bundle."""

    STUDENTS = "students"
    OTTER = "otter"
    GRADESCOPE = "gradescope"


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

    assignment = courses.load(courses.find_root(course or Path.cwd()), lab)
    folder = to if to is not None else assignment.root / "bundles" / f"{lab}-{taker}"
    _check_place(assignment.root, folder)
    match taker:
        case Taker.STUDENTS:
            from allclose.interop.bundles import students

            written = students.bundle(assignment, folder)
        case Taker.OTTER:
            from allclose.interop.bundles import otter

            written = otter.bundle(assignment, folder)
        case Taker.GRADESCOPE:
            from allclose.interop.bundles import gradescope

            written = gradescope.bundle(assignment, folder)
    for path in written:
        print(one_line(f"wrote {path}"))
    return DONE


def _check_place(root: Path, folder: Path) -> None:
    """Raise where a bundle would be written over the course's own files."""
    place = folder.resolve()
    for name in _OWN_FOLDERS:
        if place.is_relative_to(root / name):
            raise CourseError(f"{folder} is the course's own: name another folder (--to)")

"""`allclose release`: the students' notebooks from the instructor's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allclose.cli.completion import labs
from allclose.cli.failure import DONE, THEIRS


def release(
    lab: Annotated[
        str, typer.Argument(metavar="LAB", help="The assignment's name, as in source/.", autocompletion=labs)
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 2 where something is stale.")
    ] = False,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Make the students' notebooks.

    Answers and hidden tests are cut out of source/, the outcome is scanned for leaks, written to release/, and recorded
    in the gradebook.
    """
    from allclose import course as courses
    from allclose.cli.screen import busy, console, place, say
    from allclose.interop.gradebook import db_url, record_source
    from allclose.notebook import release as releasing

    screen = console()
    assignment = courses.load(courses.find_root(course or Path.cwd()), lab)
    with busy(f"release {lab}"):
        paths = releasing.release(assignment, check=check)
    if check:
        say(screen, *(f"✗ {place(path)} is not what source/ gives" for path in paths))
        say(screen, f"Next: allclose release {lab}" if paths else f"release/{lab} is up to date")
        return THEIRS if paths else DONE
    with busy(f"release {lab}: gradebook"):
        record_source(assignment, db_url(assignment.root))
    say(screen, *(f"wrote {place(path)}" for path in paths))
    if not paths:
        say(screen, f"release/{lab} was up to date")
    say(screen, f"Next: allclose bundle {lab} --for students")
    return DONE

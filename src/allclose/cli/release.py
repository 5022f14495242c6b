"""`allclose release`: the students' notebooks from the instructor's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allclose.cli.completion import labs
from allclose.cli.failure import DONE, THEIRS, one_line


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
    from allclose.notebook import release as releasing

    assignment = courses.load(courses.find_root(course or Path.cwd()), lab)
    paths = releasing.release(assignment, check=check)
    if check:
        for path in paths:
            print(one_line(f"{path} is not what source/ gives: run allclose release {lab}"))
        if not paths:
            print(f"release/{lab} is up to date")
        return THEIRS if paths else DONE
    from allclose.interop.gradebook import db_url, record_source

    record_source(assignment, db_url(assignment.root))
    for path in paths:
        print(one_line(f"wrote {path}"))
    if not paths:
        print(f"release/{lab} was up to date")
    return DONE

"""`allclose verify`: is a lab's suite any good?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from allclose.cli.failure import DONE, THEIRS
from allclose.model import Tier


def verify(
    lab: Annotated[str, typer.Argument(help="The assignment's name, as in source/.")],
    isolation: Annotated[Tier, typer.Option(help="How student code is held.")] = Tier.STRONG,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report here; - is stdout.")] = None,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Measure a lab's hidden tests.

    The solution must get all automatic points and a blank notebook none, every misconception must lose points in its
    own question only, every accepted answer must get them all, and two runs must agree. Exit code 2 where one does not.
    """
    from allclose import course as courses
    from allclose.cli.grade import check_destination
    from allclose.cli.screen import bar, console
    from allclose.grading.batch import Options
    from allclose.grading.verify import verify as measure
    from allclose.notebook.leaks import scan
    from allclose.notebook.release import student_version
    from allclose.report.files import write_whole
    from allclose.report.verification import verify_json, verify_summary, verify_table

    check_destination(json_file)
    assignment = courses.load(courses.find_root(course or Path.cwd()), lab)
    leaks = scan(
        assignment, {notebook.name: student_version(notebook, assignment) for notebook in assignment.notebooks}
    )
    with bar(f"verify {lab}") as move:
        report = measure(assignment, Options(isolation), lambda _, done, total: move(done, total), leaks)
    to_stdout = json_file is not None and str(json_file) == "-"
    if json_file is not None:
        text = json.dumps(verify_json(report), indent=1, allow_nan=False) + "\n"
        if to_stdout:
            sys.stdout.write(text)
        else:
            write_whole(json_file, text)
    screen = console(stderr=to_stdout)
    screen.print(verify_table(report))
    for line in verify_summary(report):
        screen.print(line, markup=False)
    return THEIRS if report.problems else DONE

"""`allclose verify`: is a lab's suite any good?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.failure import DONE, THEIRS
from allclose.model import Tier

if TYPE_CHECKING:
    from allclose.model import Assignment, Json


def verify(
    lab: Annotated[str, typer.Argument(help="The assignment's name, as in source/.")],
    mutate: Annotated[
        bool,
        typer.Option("--mutate", help="Change the reference answers a little, and see which changes go unnoticed."),
    ] = False,
    isolation: Annotated[Tier, typer.Option(help="How student code is held.")] = Tier.STRONG,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report here; - is stdout.")] = None,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Measure a lab's hidden tests.

    The solution must get all automatic points and a blank notebook none, every misconception must lose points in its
    own question only, every accepted answer must get them all, and two runs must agree. With --mutate instead: every
    small change of a reference answer must be noticed, or be marked as equivalent in autograder/LAB/equivalent.toml.
    Exit code 2 where one does not.
    """
    from allclose import course as courses
    from allclose.cli.grade import check_destination

    check_destination(json_file)
    assignment = courses.load(courses.find_root(course or Path.cwd()), lab)
    to_stdout = json_file is not None and str(json_file) == "-"
    found, faulty = (_mutated if mutate else _measured)(assignment, isolation, to_stdout=to_stdout)
    if json_file is not None:
        _write(json_file, found)
    return THEIRS if faulty else DONE


def _measured(assignment: Assignment, isolation: Tier, *, to_stdout: bool) -> tuple[Json, bool]:
    from allclose.cli.screen import bar, console
    from allclose.grading.batch import Options
    from allclose.grading.verify import verify as measure
    from allclose.notebook.leaks import scan
    from allclose.notebook.release import student_version
    from allclose.report.verification import verify_json, verify_summary, verify_table

    leaks = scan(
        assignment, {notebook.name: student_version(notebook, assignment) for notebook in assignment.notebooks}
    )
    with bar(f"verify {assignment.name}") as move:
        report = measure(assignment, Options(isolation), lambda _, done, total: move(done, total), leaks)
    screen = console(stderr=to_stdout)
    screen.print(verify_table(report))
    for line in verify_summary(report):
        screen.print(line, markup=False)
    return verify_json(report), bool(report.problems)


def _mutated(assignment: Assignment, isolation: Tier, *, to_stdout: bool) -> tuple[Json, bool]:
    from allclose.cli.screen import bar, console
    from allclose.errors import CourseError
    from allclose.grading.batch import Options
    from allclose.report.verification import mutation_json, mutation_summary

    if not assignment.suite:
        raise CourseError(f"{assignment.name} has no suite: write autograder/{assignment.name}/test_*.py first")
    from allclose.grading.mutation import mutate

    with bar(f"mutate {assignment.name}") as move:
        report = mutate(assignment, Options(isolation), move)
    screen = console(stderr=to_stdout)
    for line in mutation_summary(report):
        screen.print(line, markup=False, soft_wrap=True)
    return mutation_json(report), bool(report.problems)


def _write(file: Path, found: Json) -> None:
    from allclose.report.files import write_whole

    text = json.dumps(found, indent=1, allow_nan=False) + "\n"
    if str(file) == "-":
        sys.stdout.write(text)
    else:
        write_whole(file, text)

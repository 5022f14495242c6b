"""`allclose verify`: is a lab's suite any good?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.completion import labs as complete_labs
from allclose.cli.failure import DONE, THEIRS
from allclose.model import Tier

if TYPE_CHECKING:
    from rich.console import Console

    from allclose.grading.mutation import MutationReport
    from allclose.grading.verify import VerifyReport
    from allclose.model import Assignment, Json


def verify(
    labs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LAB",
            help="Assignments, as in source/.",
            show_default="all that have a suite",
            autocompletion=complete_labs,
        ),
    ] = None,
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
    from allclose.cli.screen import console, say
    from allclose.errors import CourseError
    from allclose.report.verification import mutation_json, mutation_totals, verify_json, verify_totals

    check_destination(json_file)
    root = courses.find_root(course or Path.cwd())
    assignments = [courses.load(root, lab) for lab in dict.fromkeys(labs or courses.labs(root))]
    without = [assignment.name for assignment in assignments if not assignment.suite]
    if labs and without:
        raise CourseError(f"{without[0]} has no suite: write autograder/{without[0]}/test_{without[0]}.py")
    assignments = [assignment for assignment in assignments if assignment.suite]
    if not assignments:
        raise CourseError(f"{root / 'source'} holds no assignment with a suite: make a course (allclose init)")
    screen = console(stderr=str(json_file) == "-")
    if mutate:
        mutations = [_mutated(assignment, isolation, screen) for assignment in assignments]
        found, totals = [mutation_json(report) for report in mutations], mutation_totals(mutations)
    else:
        reports = [_measured(assignment, isolation, screen) for assignment in assignments]
        found, totals = [verify_json(report) for report in reports], verify_totals(reports)
    if len(found) > 1:
        screen.print(totals)
    if json_file is not None:
        _write(json_file, found[0] if len(labs or ()) == 1 else {"assignments": found})
    faulty = [report["assignment"] for report in found if report["problems"]]
    say(screen, f"Next: {_next([assignment.name for assignment in assignments], faulty, mutate=mutate)}")
    return THEIRS if faulty else DONE


def _next(labs: Sequence[str], faulty: Sequence[str], *, mutate: bool) -> str:
    """What to do now: mend, look further, or hand out."""
    if faulty:
        again = f"allclose verify {' '.join(faulty)}{' --mutate' if mutate else ''}"
        return f"mend what is marked ✗ above, then {again}"
    return f"allclose release {labs[0]}" if len(labs) == 1 else "allclose release LAB, for each that goes out"


def _measured(assignment: Assignment, isolation: Tier, screen: Console) -> VerifyReport:
    from allclose.cli.screen import bar, say
    from allclose.grading.batch import Options
    from allclose.grading.verify import verify as measure
    from allclose.notebook.leaks import scan
    from allclose.notebook.release import student_version
    from allclose.report.verification import verify_summary, verify_table

    leaks = scan(
        assignment, {notebook.name: student_version(notebook, assignment) for notebook in assignment.notebooks}
    )
    with bar(f"verify {assignment.name}") as move:
        report = measure(assignment, Options(isolation), lambda _, done, total: move(done, total), leaks)
    screen.print(verify_table(report))
    say(screen, *verify_summary(report))
    screen.print()
    return report


def _mutated(assignment: Assignment, isolation: Tier, screen: Console) -> MutationReport:
    from allclose.cli.screen import bar
    from allclose.grading.batch import Options
    from allclose.grading.mutation import mutate
    from allclose.report.verification import mutation_summary

    with bar(f"mutate {assignment.name}") as move:
        report = mutate(assignment, Options(isolation), move)
    screen.print(f"{assignment.name} · isolation: {isolation}", style="bold", markup=False)
    for line in mutation_summary(report):
        screen.print(line, markup=False, soft_wrap=True)
    screen.print()
    return report


def _write(file: Path, found: Json) -> None:
    from allclose.report.files import write_whole

    text = json.dumps(found, indent=1, allow_nan=False) + "\n"
    if str(file) == "-":
        sys.stdout.write(text)
    else:
        write_whole(file, text)

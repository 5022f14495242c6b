"""`allclose feedback`: a page for each student, and the archive that a course site takes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.completion import labs, students
from allclose.cli.failure import DONE
from allclose.errors import CourseError

if TYPE_CHECKING:
    from allclose.interop.export.standings import Standing, Standings
    from allclose.interop.feedback_zip import Packed


class Taker(StrEnum):
    """A course site that gives pages back."""

    CANVAS = "canvas"
    MOODLE = "moodle"


_UPLOAD = {
    Taker.CANVAS: "in Canvas: Grades, the assignment's menu, Upload submissions",
    Taker.MOODLE: "in Moodle: the assignment's submissions, Upload multiple feedback files in a zip",
}


def feedback(
    lab: Annotated[
        str, typer.Argument(metavar="LAB", help="The assignment's name, as in source/.", autocompletion=labs)
    ],
    student: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this student; may be given again.", autocompletion=students),
    ] = None,
    taker: Annotated[
        Taker | None, typer.Option("--zip", help="Also make the archive that this site gives back to its students.")
    ] = None,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Write a page for each student.

    It has the points, what each test says, what to do next, the grader's comments and the student's work. It goes to
    feedback/<student>/<lab>/, under each notebook's name, from where `nbgrader release_feedback` takes it, and the
    archive to reports/<lab>-feedback-<site>.zip.
    """
    from allclose import course as courses
    from allclose.cli.screen import busy, console
    from allclose.interop.collected import read_collected
    from allclose.interop.export.standings import read_standings
    from allclose.interop.feedback import write_feedback
    from allclose.interop.feedback_zip import write_feedback_zip
    from allclose.report.tables import printable

    root = courses.find_root(course or Path.cwd())
    assignment = courses.load(root, lab)
    packed, target = None, root / "reports" / f"{lab}-feedback-{taker}.zip"
    with busy(f"feedback {lab}"):
        standings = read_standings(assignment)
        chosen = _chosen(standings, student or ())
        pages = write_feedback(assignment, standings, [each.id for each in chosen])
        if taker is not None:
            packed = write_feedback_zip(target, taker.value, pages, read_collected(root, lab))
    screen = console()
    for line in _lines(standings, chosen, len(pages), packed):
        screen.print(printable(line), markup=False)
    next_step = f"{_UPLOAD[taker]}: {target}" if taker is not None else f"nbgrader release_feedback {lab}"
    screen.print(printable(f"Next: {next_step}"), markup=False)
    return DONE


def _chosen(standings: Standings, names: Sequence[str]) -> list[Standing]:
    known = {student.id for student in standings.students}
    for name in names:
        if name not in known:
            raise CourseError(f"nobody here is called '{name}': --student takes an id as in submitted/")
    return [student for student in standings.students if not names or student.id in names]


def _lines(standings: Standings, chosen: Sequence[Standing], pages: int, packed: Packed | None) -> Iterator[str]:
    """Who got what, and who got nothing and why."""
    from allclose.interop.export.standings import State
    from allclose.interop.feedback import has_pages
    from allclose.report.tables import count, some

    told = [student for student in chosen if has_pages(student)]
    yield f"{count(pages, 'page')} for {len(told)} of {count(len(chosen), 'student')} in feedback/."
    for state, words in (
        (State.INFRA, f"could not be graded by our fault (allclose grade {standings.assignment})"),
        (State.UNGRADED, f"handed in and not graded yet (allclose grade {standings.assignment})"),
        (State.MISSING, "handed in nothing"),
    ):
        names = [student.id for student in chosen if student.state is state]
        if names:
            yield f"{len(names)} {words}: {some(names)}"
    waiting = [student.id for student in told if student.pending]
    if waiting:
        yield f"{len(waiting)} wait for a grader (jupyter lab, menu Nbgrader), and their pages say so: {some(waiting)}"
    if packed is not None:
        yield f"{count(packed.students, 'student')} in the archive."
        if packed.strangers:
            yield f"{len(packed.strangers)} not in it, not collected from there: {', '.join(packed.strangers)}"

"""`allclose export`: grades in the form that each grader and course site takes."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.completion import labs
from allclose.cli.failure import DONE
from allclose.cli.grade import check_destination
from allclose.errors import CourseError

if TYPE_CHECKING:
    from rich.table import Table

    from allclose.interop.export.exported import Exported
    from allclose.interop.export.standings import Standing, Standings


class Format(StrEnum):
    """Who takes the grades."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    OTTER = "otter"


class Per(StrEnum):
    """What has a row or a column of its own in a CSV."""

    QUESTION = "question"
    TEST = "test"


_SITES = (Format.CANVAS, Format.MOODLE)
_NAMES = {Format.GRADESCOPE: "gradescope.json", Format.OTTER: "final_grades.csv"}
_NEXT = {
    Format.CSV: "open it in a spreadsheet",
    Format.CANVAS: "in Canvas: Grades, Import, then look at the changes it shows",
    Format.MOODLE: "in Moodle: the assignment's submissions, Upload grading worksheet, update records modified since",
    Format.GRADESCOPE: "each entry is what an autograder writes into results.json",
    Format.OTTER: "read it as otter grade's",
}


def export(
    lab: Annotated[
        str, typer.Argument(metavar="LAB", help="The assignment's name, as in source/.", autocompletion=labs)
    ],
    to: Annotated[Format, typer.Option("--format", help="Who takes the grades.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(help="Write here; - is stdout.", show_default="reports/<lab>-<format>")
    ] = None,
    per: Annotated[Per, typer.Option(help="With csv: columns per question, or rows per test.")] = Per.QUESTION,
    sheet: Annotated[
        Path | None, typer.Option(help="The site's own grade sheet, to fill in: Canvas's export, Moodle's worksheet.")
    ] = None,
    column: Annotated[
        str, typer.Option(help="The column to fill in.", show_default="the lab's name; Grade in Moodle")
    ] = "",
    with_pending: Annotated[
        bool, typer.Option("--with-pending", help="Give work that waits for a grader the score it has so far.")
    ] = False,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Write a class's grades for others.

    They are written for a spreadsheet, a course site or another grader. Scores are the gradebook's: manual scores,
    extra credit and late penalties count as nbgrader counts them. Work that waits for a grader has no score, and is
    named.
    """
    from allclose import course as courses
    from allclose.cli.screen import busy, console, place, say
    from allclose.interop.export.standings import read_standings
    from allclose.report.files import write_whole

    if to not in _SITES and (sheet is not None or column):
        raise CourseError("--sheet and --column go with --format canvas or moodle")
    root = courses.find_root(course or Path.cwd())
    assignment = courses.load(root, lab)
    target = out or root / "reports" / f"{lab}-{_name(to, per)}"
    check_destination(target)
    with busy(f"export {lab}"):
        standings = read_standings(assignment)
        exported = _exported(standings, to, per, sheet, column, with_pending=with_pending)
    to_stdout = str(target) == "-"
    if to_stdout:
        sys.stdout.write(exported.text)
    else:
        write_whole(target, exported.text)
    screen = console(stderr=to_stdout)
    screen.print(_table(standings, with_pending=with_pending))
    say(screen, *exported.remarks, *_last_lines(standings, exported, "stdout" if to_stdout else place(target), to))
    return DONE


def _name(to: Format, per: Per) -> str:
    if to is Format.CSV:
        return f"{per.value}s.csv"
    return _NAMES.get(to, f"{to.value}.csv")


def _exported(
    standings: Standings, to: Format, per: Per, sheet: Path | None, column: str, *, with_pending: bool
) -> Exported:
    from allclose.interop.export.canvas import canvas_rows, canvas_sheet
    from allclose.interop.export.gradescope import gradescope_results
    from allclose.interop.export.moodle import moodle_rows, moodle_sheet
    from allclose.interop.export.otter import final_grades
    from allclose.interop.export.sheet import read_sheet
    from allclose.interop.export.spreadsheet import question_rows, test_rows

    template = read_sheet(sheet) if sheet is not None else None
    match to:
        case Format.CANVAS if template is not None:
            return canvas_sheet(standings, template, column, with_pending=with_pending)
        case Format.CANVAS:
            return canvas_rows(standings, column, with_pending=with_pending)
        case Format.MOODLE if template is not None:
            return moodle_sheet(standings, template, column, with_pending=with_pending)
        case Format.MOODLE:
            return moodle_rows(standings, with_pending=with_pending)
        case Format.GRADESCOPE:
            return gradescope_results(standings, with_pending=with_pending)
        case Format.OTTER:
            return final_grades(standings, with_pending=with_pending)
    return test_rows(standings) if per is Per.TEST else question_rows(standings, with_pending=with_pending)


def _table(standings: Standings, *, with_pending: bool) -> Table:
    """How many students have a score, and who has none and why."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from allclose.interop.export.standings import State
    from allclose.report.tables import printable, some

    def chosen(state: State, *, pending: bool = False) -> list[Standing]:
        return [each for each in standings.students if each.state is state and each.pending is pending]

    waiting = chosen(State.GRADED, pending=True)
    kinds = {
        "with a score": chosen(State.GRADED),
        "unreadable, 0 points": chosen(State.BAD_FILE),
        "waits for a grader" + (", score so far" if with_pending else ", no score"): waiting,
        "not graded, our fault": chosen(State.INFRA),
        "handed in, not graded yet": chosen(State.UNGRADED),
        "nothing handed in": chosen(State.MISSING),
    }
    table = Table(box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column(Text(printable(standings.assignment)))
    table.add_column("students", justify="right")
    table.add_column("", overflow="fold")
    for kind, students in kinds.items():
        if students:
            names = "" if kind == "with a score" else some([student.id for student in students])
            table.add_row(kind, str(len(students)), Text(names))
    return table


def _last_lines(standings: Standings, exported: Exported, target: str, to: Format) -> list[str]:
    from allclose.interop.export.standings import State
    from allclose.report.tables import some

    lines = []
    waiting = [student for student in standings.students if student.pending]
    failed = [s.id for s in standings.students if s.state in (State.INFRA, State.UNGRADED)]
    if failed:
        lines.append(f"Next: allclose grade {standings.assignment}, for {some(failed)}; then export again")
    if waiting:
        what = list(dict.fromkeys(name for student in waiting for name in standings.waiting(student)))
        lines.append(
            f"Next: the formgrader (jupyter lab, menu Nbgrader), for {some(what)} of {len(waiting)} students; "
            "then export again (--with-pending: the score so far)"
        )
    count = f"{exported.rows} of {len(standings.students)} students"
    return [f"{count} in {target}.", *lines, f"Next: {_NEXT[to]}"]

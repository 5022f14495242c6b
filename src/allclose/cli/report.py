"""`allclose report`: what a class did not understand, as a page, as JSON and as spreadsheets."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.completion import labs
from allclose.cli.failure import DONE

if TYPE_CHECKING:
    from rich.table import Table

    from allclose.report.classroom import ClassReport


def report(
    lab: Annotated[
        str, typer.Argument(metavar="LAB", help="The assignment's name, as in source/.", autocompletion=labs)
    ],
    submitted: Annotated[
        Path | None, typer.Option(help="Where the submissions are, with students' ratings.", show_default="submitted/")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the JSON here too; - is stdout.")] = None,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Report on a class.

    The page begins with what the class did not understand; it has scores, questions, known mistakes and who made them,
    tests, sections, near-identical submissions, what students say, and what still needs a hand. It goes to
    reports/<lab>/index.html, and the same as report.json and .csv files beside it.
    """
    from allclose import course as courses
    from allclose.cli.grade import check_destination
    from allclose.cli.screen import busy, console
    from allclose.interop.classroom import read_classroom
    from allclose.report.class_files import class_json_text, class_tables
    from allclose.report.class_page import class_page
    from allclose.report.class_statistics import class_report
    from allclose.report.files import write_whole
    from allclose.report.tables import printable

    check_destination(json_file)
    root = courses.find_root(course or Path.cwd())
    assignment = courses.load(root, lab)
    folder = root / "reports" / lab
    with busy(f"report {lab}"):
        found = class_report(read_classroom(assignment, submitted or root / "submitted"))
        as_json = class_json_text(found)
        for name, text in {"index.html": class_page(found), "report.json": as_json, **class_tables(found)}.items():
            write_whole(folder / name, text)
    to_stdout = json_file is not None and str(json_file) == "-"
    if to_stdout:
        sys.stdout.write(as_json)
    elif json_file is not None:
        write_whole(json_file, as_json)
    screen = console(stderr=to_stdout)
    screen.print(_table(found))
    for line in (*_lines(found), f"Next: open {folder / 'index.html'}"):
        screen.print(printable(line), markup=False, soft_wrap=True)
    return DONE


def _table(found: ClassReport) -> Table:
    """The questions, the hardest first, each with its most frequent known mistake."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from allclose.report.class_page import percent
    from allclose.report.tables import printable

    table = Table(box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column(Text(printable(found.assignment)))
    for column in ("reached", "all", "none", "discrimination"):
        table.add_column(column, justify="right")
    table.add_column("most frequent known mistake", overflow="fold")
    for question in found.hardest:
        first = next((each for each in found.misconceptions if each.question == question.name), None)
        table.add_row(
            Text(printable(question.name)),
            percent(question.difficulty),
            str(question.full),
            str(question.none),
            "–" if question.discrimination is None else f"{question.discrimination:.2f}",
            Text("" if first is None else f"{first.count} × {printable(first.title)}"),
        )
    return table


def _lines(found: ClassReport) -> Iterator[str]:
    """How the class stands, and what needs a hand."""
    from allclose.report.tables import count, points, some

    scores = found.scores
    middle = f"; median {points(scores.median)} of {points(scores.max_score)}" if scores is not None else ""
    yield f"{found.graded} of {count(found.students, 'student')} graded{middle}."
    for waiting in found.waiting:
        yield f"{len(waiting.students)} {waiting.words}: {some(waiting.students)}"
    pairs = len(found.similar.pairs) + found.similar.left_out
    if pairs:
        yield f"{count(pairs, 'pair')} of near-identical submissions to look at, which is no verdict."

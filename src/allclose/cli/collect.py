"""`allclose collect`: downloads of course sites into `submitted/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.completion import labs
from allclose.cli.failure import DONE, one_line

if TYPE_CHECKING:
    from rich.table import Table

    from allclose.interop.collect.takein import Intake, Unmatched

_MOST_FILES_NAMED = 20


def collect(
    lab: Annotated[
        str, typer.Argument(metavar="LAB", help="The assignment's name, as in source/.", autocompletion=labs)
    ],
    archives: Annotated[
        list[Path], typer.Argument(metavar="ARCHIVE", help="Downloads: zip, tar, tar.gz, or an unpacked folder.")
    ],
    roster: Annotated[
        Path | None, typer.Option(help="A CSV of the class: id,name,email,section.", show_default="roster.csv")
    ] = None,
    submitted: Annotated[Path | None, typer.Option(help="Where submissions go.", show_default="submitted/")] = None,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Take in what students handed in.

    From downloads of Canvas, Moodle, Brightspace, Gradescope or nbgrader, and from plain archives. The latest
    submission of each student counts. What belongs to nobody on the roster is listed and kept in
    .allclose/LAB/unmatched/; run it again once the roster is mended. The same download again changes nothing.
    """
    from allclose import course as courses
    from allclose.cli.screen import busy, console, say
    from allclose.interop.collect.takein import take_in
    from allclose.interop.roster import ROSTER_NAME, is_guessed, read_roster, roster_of

    root = courses.find_root(course or Path.cwd())
    assignment = courses.load(root, lab)
    people = read_roster(roster) if roster is not None else roster_of(root)
    listed = roster or root / ROSTER_NAME
    with busy(f"collect {lab}"):
        intake = take_in(assignment, archives, people, submitted or root / "submitted")
    screen = console()
    screen.print(_table(lab, intake))
    step = f"allclose grade {lab}" if submitted is None else f"allclose grade {lab} --submitted {submitted}"
    lines = list(_lines(intake, step))
    if roster is not None and not (root / ROSTER_NAME).exists():
        lines.insert(0, f"Keep {roster} as {root / ROSTER_NAME}, and the other commands know the class too.")
    if people and is_guessed(listed):
        lines.insert(
            0, f"{listed} is not UTF-8 and was read as Windows-1252: look at the accents, or save it as UTF-8."
        )
    say(screen, *lines)
    return DONE


def _table(lab: str, intake: Intake) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(f"{lab} · collected"), box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for name in ("student", "name", "from", "files", "handed in", "late", "", "remarks"):
        table.add_column(name, overflow="fold", justify="right" if name == "files" else "left")
    for each in intake.deliveries:
        entry = each.entry
        when = f"{entry.submitted.astimezone():%Y-%m-%d %H:%M}" if entry.submitted is not None else "–"
        cells = (entry.student, intake.names[entry.student], entry.site, str(len(entry.files)), when)
        late = Text("late", "yellow") if entry.late else Text("")
        remarks = Text(one_line("; ".join(each.remarks)))
        table.add_row(*(Text(one_line(cell)) for cell in cells), late, Text(each.outcome), remarks)
    return table


def _lines(intake: Intake, step: str) -> Iterator[str]:
    for each in intake.unmatched:
        yield from _unmatched(each)
    if intake.absent:
        names = [f"{person.id} ({person.name})" if person.name else person.id for person in intake.absent]
        yield f"Nothing from {len(names)} on the roster: {', '.join(names)}."
    outcomes = [each.outcome for each in intake.deliveries]
    counts = ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in dict.fromkeys(outcomes))
    nobodys = sum(len(each.submissions) for each in intake.unmatched)
    yield (
        f"{len(outcomes)} {'student' if len(outcomes) == 1 else 'students'}{f' ({counts})' if counts else ''}, "
        f"{nobodys} {'submission' if nobodys == 1 else 'submissions'} of nobody."
    )
    if nobodys:
        yield f"Next: mend the roster or the names, collect again; or go on without them: {step}"
    else:
        yield f"Next: {step}"


def _unmatched(found: Unmatched) -> Iterator[str]:
    kept = f", kept in {found.kept}" if found.kept is not None else ""
    yield f"{found.archive}: not collected{kept}:"
    for each in found.submissions:
        claim = each.claim
        files = [piece.member.name for piece in claim.pieces]
        named = f"{files[0]}{f' and {len(files) - 1} more' if len(files) > 1 else ''}" if files else "no files"
        yield f"- {claim.shown}: {each.reason} [{named}]"
    for stray in found.files[:_MOST_FILES_NAMED]:
        yield f"- {stray.member.name}: {stray.reason}"
    if len(found.files) > _MOST_FILES_NAMED:
        yield f"- and {len(found.files) - _MOST_FILES_NAMED} files more"

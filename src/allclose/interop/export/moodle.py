"""Moodle: the offline grading worksheet of an assignment, or a CSV for the gradebook's import.

The worksheet names a participant by `Participant 12345`, the number that also stands in the folders of a download, and
takes grades from the column "Grade". It leaves out what has changed there since "Last modified (grade)" unless told to
"update records that have been modified". The gradebook's import knows a user by the e-mail address.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from allclose.errors import InteropError
from allclose.interop.export.exported import Exported, points
from allclose.interop.export.sheet import Keys, Sheet, choose, fill
from allclose.interop.export.standings import Standing, Standings
from allclose.report.tables import csv_text

_COLUMNS = ("Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)")
_IDENTIFIER = re.compile(r"\D*?(?P<id>\d+)")
_FOLDER = re.compile(r"_(?P<id>\d+)_assign")
_OTHERS = ("ID number", "Username", "Email address")


def moodle_sheet(standings: Standings, sheet: Sheet, column: str, *, with_pending: bool) -> Exported:
    """Fill the grades into Moodle's own worksheet.

    Parameters
    ----------
    standings
        The class.
    sheet
        The worksheet, or an export of the gradebook.
    column
        The column of the grades; "" where it is "Grade".
    with_pending
        Whether work that waits for a grader has a score.

    Raises
    ------
    InteropError
        The sheet names nobody as Moodle does, or has no such column.
    """
    id_column, others = sheet.column("Identifier"), [sheet.column(name) for name in _OTHERS]
    known = [place for place in others if place is not None]
    if id_column is None and not known:
        raise InteropError(f"{sheet.path} is no grade sheet of Moodle: it has no columns Identifier and Email address")
    wanted = (column or "Grade").strip().casefold()
    free = [place for place in range(len(sheet.header)) if place not in {id_column, *known}]
    place = choose(sheet, free, lambda title: title.strip().casefold() == wanted, column)

    def site_id(row: list[str]) -> str:
        match = (
            _IDENTIFIER.fullmatch(row[id_column].strip()) if id_column is not None and id_column < len(row) else None
        )
        return match["id"] if match else ""

    participants = replace(standings, students=tuple(_as_participant(student) for student in standings.students))
    keys = Keys(site_id, known)
    filled = fill(sheet, place, keys, participants, "moodle", with_pending=with_pending, keep=frozenset())
    above = _above_maximum(sheet, participants, with_pending=with_pending)
    return replace(filled, remarks=(*filled.remarks, *above))


def moodle_rows(standings: Standings, *, with_pending: bool) -> Exported:
    """Make a sheet of the worksheet's columns from what is known without it."""
    lines: list[list[object]] = [list(_COLUMNS)]
    strangers = []
    for student in standings.students:
        participant, score = participant_id(student), student.score(with_pending=with_pending)
        if not participant:
            strangers.append(student.id)
        lines.append(
            [
                f"Participant {participant}" if participant else "",
                student.name or student.id,
                student.email,
                None if score is None else points(score),
                points(standings.max_score),
                "",
            ]
        )
    remarks = (
        [f"{len(strangers)} without a participant's number, for the gradebook's import only: {', '.join(strangers)}"]
        if strangers
        else []
    )
    return Exported(csv_text(lines), len(standings.students), tuple(remarks))


def participant_id(student: Standing) -> str:
    """The number by which an assignment in Moodle knows a student; "" where it is not known."""
    collected = student.collected
    if collected is not None and collected.site == "moodle":
        if collected.site_id.isdecimal():
            return collected.site_id
        match = _FOLDER.search(collected.submission) or _IDENTIFIER.fullmatch(collected.submission)
        if match:
            return match["id"]
    return student.site_id if student.site_id.isdecimal() else ""


def _as_participant(student: Standing) -> Standing:
    return replace(student, site_id=participant_id(student), collected=None)


def _above_maximum(sheet: Sheet, standings: Standings, *, with_pending: bool) -> list[str]:
    """Moodle passes over a grade above the maximum without a word."""
    column = sheet.column("Maximum Grade")
    texts = [row[column] for row in sheet.rows if column is not None and column < len(row)]
    try:
        most = max(map(float, texts), default=math.inf)
    except ValueError:
        return []
    scores = [(student.id, student.score(with_pending=with_pending)) for student in standings.students]
    above = [student for student, score in scores if score is not None and score > most]
    return [f"{len(above)} above the sheet's Maximum Grade, left out by Moodle: {', '.join(above)}"] if above else []

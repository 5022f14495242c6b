"""Canvas: the CSV of "Import" in its gradebook.

Canvas knows a student by the column "ID", or else by "SIS User ID" or "SIS Login ID", and an assignment by the number
that its own export puts behind the title, `Lab 1 (12345)`; where that is missing, by the very same title, or it makes a
new assignment. So its own export, given as the sheet, is the surest way.
"""

from __future__ import annotations

import re
from dataclasses import replace

from allclose.errors import InteropError
from allclose.interop.export.exported import Exported, plain_number, points
from allclose.interop.export.sheet import Keys, Sheet, choose, fill, id_on
from allclose.interop.export.standings import Standings
from allclose.report.tables import csv_text, printable

_NUMBERED = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)", re.DOTALL)
_STUDENT_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_OTHERS = ("SIS User ID", "SIS Login ID", "Integration ID")
#: Excused, and not assigned to that student.
_KEPT = frozenset(("ex", "n/a"))


def canvas_sheet(standings: Standings, sheet: Sheet, column: str, *, with_pending: bool) -> Exported:
    """Fill one assignment's column of Canvas's own gradebook export.

    Parameters
    ----------
    standings
        The class.
    sheet
        The export.
    column
        The assignment's title there, with or without its number, or the number; "" where it is the lab's name.
    with_pending
        Whether work that waits for a grader has a score.

    Raises
    ------
    InteropError
        The sheet is no gradebook export, or no column of it, or more than one, is the assignment's.
    """
    id_column = sheet.column("ID")
    if id_column is None or sheet.column("Student", "LastName") is None or sheet.column("Section") is None:
        raise InteropError(f"{sheet.path} is no gradebook export of Canvas: it has no columns Student, ID and Section")
    wanted = _folded(column or standings.assignment)

    def fits(title: str) -> bool:
        match = _NUMBERED.fullmatch(title.strip())
        names = [title, *(match.groups() if match else ())]
        return wanted in map(_folded, names)

    numbered = [place for place, title in enumerate(sheet.header) if _NUMBERED.fullmatch(title.strip())]
    place = choose(sheet, numbered, fits, column)
    others = [found for name in _OTHERS if (found := sheet.column(name)) is not None]
    keys = Keys(lambda row: row[id_column].strip() if id_column < len(row) else "", others)
    filled = fill(sheet, place, keys, standings, "canvas", with_pending=with_pending, keep=_KEPT)
    most = next((row[place].strip() for row in sheet.rows if _is_points_row(row) and place < len(row)), "")
    if most and not _is_number(most, standings.max_score):
        remark = (
            f"Canvas gives {printable(most)} points for it and the lab has {plain_number(standings.max_score)}: "
            "set the same number there"
        )
        return replace(filled, remarks=(*filled.remarks, remark))
    return filled


def canvas_rows(standings: Standings, column: str, *, with_pending: bool) -> Exported:
    """Make an import for Canvas from what is known without its export.

    A student without a score has an empty cell, which Canvas takes for none. Where no id of Canvas's is known, the
    student's own id stands for the login.
    """
    lines: list[list[object]] = [
        [*_STUDENT_COLUMNS, column or standings.assignment],
        ["    Points Possible", "", "", "", "", points(standings.max_score)],
    ]
    strangers = []
    for student in standings.students:
        own, score = id_on(student, "canvas"), student.score(with_pending=with_pending)
        if not own:
            strangers.append(student.id)
        login = "" if own == student.id else student.id
        cell = None if score is None else points(score)
        lines.append([student.name or student.id, own, "", login, student.section, cell])
    remarks = (
        [f"{len(strangers)} without an id of Canvas, to be known there by their login: {', '.join(strangers)}"]
        if strangers
        else []
    )
    return Exported(csv_text(lines), len(standings.students), tuple(remarks))


def _is_points_row(row: list[str]) -> bool:
    return bool(row) and "Points Possible" in row[0]


def _is_number(text: str, value: float) -> bool:
    try:
        return abs(float(text.replace(",", ".")) - value) < 0.005  # Canvas writes two decimals
    except ValueError:
        return False


def _folded(title: str) -> str:
    """A title without what a name of a folder cannot hold: `Lab 1: one neuron` is `lab1_one_neuron`."""
    return "".join(character for character in title.casefold() if character.isalnum())

"""A course site's own grade sheet: read, one column filled in, everything else given back as it came."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from allclose.errors import InteropError
from allclose.interop.export.exported import Exported, plain_number
from allclose.interop.export.standings import Standing, Standings, State
from allclose.report.tables import printable

_MAX_BYTES = 50_000_000
_BOM = "\ufeff"
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file as a site wrote it."""

    path: Path
    header: list[str]
    rows: list[list[str]]
    delimiter: str
    newline: str
    bom: bool

    def column(self, *names: str) -> int | None:
        """The place of the first of these columns that the sheet has, whatever their capitals."""
        known = [name.strip().casefold() for name in self.header]
        return next((known.index(name.casefold()) for name in names if name.casefold() in known), None)

    def text(self) -> str:
        """The sheet as a CSV file."""
        lines = (self.delimiter.join(map(self._quoted, row)) for row in (self.header, *self.rows))
        return (_BOM if self.bom else "") + "".join(line + self.newline for line in lines)

    def _quoted(self, cell: str) -> str:
        """A cell that cannot begin another; Python's own writer leaves a carriage return bare."""
        if any(special in cell for special in (self.delimiter, '"', "\n", "\r")):
            return '"' + cell.replace('"', '""') + '"'
        return cell


def read_sheet(path: Path) -> Sheet:
    """Read a site's CSV file.

    Raises
    ------
    InteropError
        It cannot be read, is no CSV in UTF-8, or has no columns.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InteropError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > _MAX_BYTES:
        raise InteropError(f"{path} is larger than {_MAX_BYTES // 1_000_000} MB: give the site's own grade sheet")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise InteropError(f"{path} is not UTF-8: give the site's CSV as it was downloaded, not saved anew") from None
    bom = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        header, *rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, ValueError):
        raise InteropError(f"{path} is no CSV file: give the site's grade sheet as it was downloaded") from None
    return Sheet(path, header, rows, delimiter, "\r\n" if first.endswith("\r") else "\n", bom)


def choose(sheet: Sheet, candidates: Iterable[int], wanted: Callable[[str], bool], asked_for: str) -> int:
    """Choose the column to fill in: the only candidate that is wanted, or the only one there is.

    Raises
    ------
    InteropError
        None or several; the message lists them.
    """
    places = list(candidates)
    chosen = [place for place in places if wanted(sheet.header[place])]
    if len(chosen) != 1 and len(places) == 1 and not asked_for:
        chosen = places
    if len(chosen) == 1:
        return chosen[0]
    names = [f"'{printable(sheet.header[place])}'" for place in places]
    listed = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    problem = f"{len(chosen)} columns fit" if chosen else "no column fits"
    raise InteropError(f"{sheet.path}: {problem}; name one with --column: {listed or 'it has none'}")


@dataclass(frozen=True, slots=True)
class Keys:
    """How a sheet names its students: the place of the site's own id, and of what a course may know them by."""

    site_id: Callable[[list[str]], str]
    others: Sequence[int]


def fill(
    sheet: Sheet, place: int, keys: Keys, standings: Standings, site: str, *, with_pending: bool, keep: frozenset[str]
) -> Exported:
    """Fill one column in with the scores; a student without a score keeps what stands there.

    Parameters
    ----------
    sheet, place
        The sheet and the column.
    keys
        Where it names students.
    standings
        The class.
    site
        Whose sheet it is: ids that were collected from there count.
    with_pending
        Whether work that waits for a grader has a score.
    keep
        What in a cell must stay (excused, not assigned), in lower case.

    Returns
    -------
    Exported
        The filled sheet, with a remark for everybody whose score did not get there.
    """
    by_site = _index(standings.students, lambda student: [id_on(student, site)])
    by_name = _index(standings.students, lambda student: [student.id, student.email])
    rows, placed, kept, strangers = [], set(), [], 0
    for row in sheet.rows:
        row = list(row)
        others = [row[other].strip().casefold() for other in keys.others if other < len(row)]
        found = by_site.get(keys.site_id(row).casefold()) or next(
            (student for other in others if (student := by_name.get(other)) is not None), None
        )
        if found is not None:
            placed.add(found.id)
            score = found.score(with_pending=with_pending)
            row += [""] * (place + 1 - len(row))
            if row[place].strip().casefold() in keep and score is not None:
                kept.append(found.id)
            elif score is not None:
                row[place] = plain_number(score)
        elif keys.site_id(row) or any(others):
            strangers += 1
        rows.append(row)
    filled = Sheet(sheet.path, sheet.header, rows, sheet.delimiter, sheet.newline, sheet.bom)
    absent = [
        student.id for student in standings.students if student.id not in placed and student.state is not State.MISSING
    ]
    remarks = []
    if absent:
        remarks.append(f"{len(absent)} not in the sheet, so without a row: {', '.join(absent)}")
    if kept:
        remarks.append(f"{len(kept)} excused or not assigned there, left so: {', '.join(kept)}")
    if strangers:
        remarks.append(f"{strangers} rows of the sheet are nobody of this course and stay as they are")
    return Exported(filled.text(), len(placed), tuple(remarks))


def id_on(student: Standing, site: str) -> str:
    """A student's id on a site: the one that was collected from there, or else the roster's or the gradebook's."""
    if student.collected is not None and student.collected.site == site and student.collected.site_id:
        return student.collected.site_id
    return student.site_id


def _index(students: Iterable[Standing], names: Callable[[Standing], Iterable[str]]) -> dict[str, Standing]:
    """Students by a name of theirs; a name that two of them have is nobody's."""
    found: dict[str, Standing | None] = {}
    for student in students:
        for name in {name.strip().casefold() for name in names(student) if name.strip()}:
            found[name] = None if name in found else student
    return {name: student for name, student in found.items() if student is not None}

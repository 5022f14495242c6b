"""The class as its instructor knows it: a CSV of people, as course sites and spreadsheets write it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from allclose.errors import InteropError

#: The roster of a course that `collect` and `export` take where none is named.
ROSTER_NAME = "roster.csv"
MAX_BYTES = 20_000_000
MAX_CELL = 1_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

#: What course sites and spreadsheets call a column, letters and digits only, the surest name first. Canvas keeps its
#: own number beside the school's, and `id` is the number then.
_HEADERS = {
    "id": (
        *(
            "studentid",
            "studentidentifier",
            "sisuserid",
            "sisid",
            "orgdefinedid",
            "idnumber",
            "sid",
            "id",
            "studentnumber",
        ),
        *(
            "matriculationnumber",
            "matriculation",
            "matrikelnummer",
            "netid",
            "sisloginid",
            "loginid",
            "login",
            "username",
        ),
        *("userid", "user"),
    ),
    "name": ("name", "fullname", "studentname", "student", "displayname", "sortablename"),
    "first": ("firstname", "first", "givenname", "givennames", "forename", "vorname"),
    "last": ("lastname", "last", "surname", "familyname", "nachname"),
    "email": ("email", "emailaddress", "mail", "emails", "schoolemail"),
    "section": ("section", "sections", "group", "groups", "sectionname", "class"),
    "site_id": (
        "siteid",
        "lmsuserid",
        "lmsid",
        "canvasid",
        "canvasuserid",
        "moodleid",
        "identifier",
        "participantid",
        "id",
    ),
}
_UNIQUE = {"id": "id", "email": "e-mail address", "site_id": "site id"}


@dataclass(frozen=True, slots=True)
class Person:
    """One of the class. `site_id` is the number by which a course site knows them, where the roster has it."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    site_id: str = ""


def read_roster(path: Path) -> tuple[Person, ...]:
    """Read a CSV of people.

    Parameters
    ----------
    path : Path
        Commas, semicolons or tabs; a line of headers, of which `id` (or what sites call it) must be there, and `name`
        (or first and last name), `email`, `section` and `site_id` may be. UTF-8, UTF-16 with its mark, Windows-1252.

    Returns
    -------
    tuple of Person
        In the order of the file.

    Raises
    ------
    InteropError
        If it cannot be read, names nobody, has no column of ids, lacks an id, or names one twice; with the line.
    """
    lines = list(_lines(path))
    if not lines:
        raise InteropError(f"{path}: is empty; its first line names the columns: id,name,email,section")
    columns = _columns(path, lines[0][1])
    people: list[Person] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in lines[1:]:
        person = _person(columns, cells)
        if person is None:
            continue
        if not person.id:
            raise InteropError(f"{path}, line {number}: has no id; give one, or take the line out")
        for field, noun in _UNIQUE.items():
            value = getattr(person, field)
            first = seen.setdefault((field, same(value)), number) if value else number
            if first != number:
                raise InteropError(f"{path}, line {number}: the {noun} '{value}' stands on line {first} too; mend one")
        people.append(person)
    if not people:
        raise InteropError(f"{path}: names nobody below its line of columns; list the class, or remove it")
    return tuple(people)


def roster_of(root: Path) -> tuple[Person, ...]:
    """Read the course's own `roster.csv`; nobody where there is none.

    Raises
    ------
    InteropError
        See `read_roster`.
    """
    path = root / ROSTER_NAME
    return read_roster(path) if path.is_file() else ()


def is_guessed(path: Path) -> bool:
    """Whether a roster was read as Windows-1252 for want of anything better: its accents may be wrong."""
    data = path.read_bytes()[:MAX_BYTES]
    return not data.startswith(_UTF16) and not _is_utf8(data)


def same(text: str) -> str:
    """Return what two ids or addresses have in common that a person, or a file system, takes for the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every line that says something, with its number."""
    text = _text(path)
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=False)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InteropError(f"{path}, line {reader.line_num}: is no CSV ({error}); save it anew") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InteropError(f"{path}: cannot be read ({error.strerror}); name the roster's CSV file") from None
    if len(data) > MAX_BYTES:
        raise InteropError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB; name the roster's CSV file")
    if data.startswith((b"PK", b"\xd0\xcf")):
        raise InteropError(f"{path}: is a spreadsheet, no CSV; save it as CSV")
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig" if _is_utf8(data) else "cp1252"
    return data.decode(encoding, "replace").replace("\0", "")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _columns(path: Path, headers: Sequence[str]) -> dict[str, int]:
    """The place of each column that is known, by what it holds; a column is used once."""
    plain = [re.sub(r"[\W_]", "", header.casefold()) for header in headers]
    found: dict[str, int] = {}
    for field, names in _HEADERS.items():
        place = next(
            (plain.index(name) for name in names if name in plain and plain.index(name) not in found.values()), None
        )
        if place is not None:
            found[field] = place
    if "id" not in found:
        raise InteropError(f"{path}, line 1: no column is called id; name it so (and name, email, section, site_id)")
    return found


def _person(columns: dict[str, int], cells: Sequence[str]) -> Person | None:
    """The person of a line; None for a line of a gradebook that is about no person."""
    found = {field: _cell(cells[place]) if place < len(cells) else "" for field, place in columns.items()}
    if found.get("name", "").casefold() in ("points possible", "student, test"):
        return None
    name = found.get("name") or " ".join(filter(None, (found.get("first", ""), found.get("last", ""))))
    # Brightspace leads its numbers by # so that spreadsheets keep their zeros; Moodle writes "Participant 12".
    site_id = found.get("site_id", "").rpartition(" ")[2].lstrip("#")
    return Person(found["id"].lstrip("#"), name, found.get("email", ""), found.get("section", ""), site_id)


def _cell(text: str) -> str:
    """One line of a sane length, without what cannot be seen and the apostrophe before what looks like a formula."""
    kept = "".join(each if unicodedata.category(each)[0] not in "CZ" else " " for each in text[:MAX_CELL])
    shown = unicodedata.normalize("NFC", " ".join(kept.split()))
    return shown[1:] if shown.startswith(("'=", "'+", "'-", "'@")) else shown

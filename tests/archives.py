"""Downloads as course sites make them, for tests: names and layout are each site's own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class HandedIn:
    """One submission: `first` and `last` name, the site's number of the person, files, and when, in local time."""

    first: str
    last: str
    number: int
    files: Files = field(default_factory=dict)
    when: datetime = datetime(2026, 11, 5, 11, 30)
    late: bool = False
    id: str = ""
    email: str = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip()


def canvas(path: Path, handed_in: Iterable[HandedIn], *, first_file: int = 7000) -> Path:
    """`submissions.zip`: flat; names run together, LATE, the user's number, the file's number, the file."""
    members: dict[str, bytes] = {}
    number = first_file
    for each in handed_in:
        sortable = re.sub(r"[^\w]", "", f"{each.last}, {each.first}".lower())
        for name, content in each.files.items():
            number += 1
            late = "LATE_" if each.late else ""
            members[f"{sortable}_{late}{each.number}_{number}_{name}"] = content
    return zipped(path, members)


def moodle(path: Path, handed_in: Iterable[HandedIn], *, flat: bool = False, text: str = "") -> Path:
    """A folder for each student, or flat; `text` is what each wrote online."""
    members: dict[str, bytes] = {}
    for each in handed_in:
        prefix = f"{each.name.replace('_', ' ')}_{each.number}_assignsubmission"
        for name, content in each.files.items():
            members[f"{prefix}_file_{name}" if flat else f"{prefix}_file_/{name}"] = content
        if text:
            members[f"{prefix}_onlinetext_/onlinetext.html"] = text.encode()
    return zipped(path, members)


def brightspace(path: Path, handed_in: Iterable[HandedIn], *, flat: bool = False) -> Path:
    """A folder for each submission, or flat, and the page that lists them."""
    members: dict[str, bytes] = {"index.html": b"<html>Lab</html>"}
    for each in handed_in:
        hour = each.when.hour % 12 or 12
        date = f"{each.when:%b} {each.when.day}, {each.when.year} {hour}{each.when:%M %p}"
        folder = f"{each.number}-4711 - {each.name} - {date}"
        for name, content in each.files.items():
            members[f"{folder} - {name}" if flat else f"{folder}/{name}"] = content
    return zipped(path, members)


def gradescope(path: Path, handed_in: Iterable[HandedIn | tuple[HandedIn, ...]]) -> Path:
    """The export of submissions; those in a tuple handed in together. Times are in UTC."""
    members: dict[str, bytes] = {}
    lines = ["---"]
    for number, group in enumerate(handed_in, 331):
        people = group if isinstance(group, tuple) else (group,)
        lines += [f"submission_{number}:", "  :submitters:"]
        for each in people:
            quoted = each.name.replace("'", "''")
            lines += [f"  - :name: '{quoted}'", f"    :sid: '{each.id}'", f"    :email: {each.email}"]
        lines += [f"  :created_at: {people[0].when:%Y-%m-%d %H:%M:%S}.123456789 Z", "  :score: 1.0"]
        lines += ["  :results:", "    tests:", "    - name: !ruby/object:Evil", "      output: ':submitters:'"]
        for name, content in people[0].files.items():
            members[f"assignment_77_export/submission_{number}/{name}"] = content
    members["assignment_77_export/submission_metadata.yml"] = ("\n".join(lines) + "\n").encode()
    return zipped(path, members)


def zipped(path: Path, members: Mapping[str, bytes], when: datetime | None = None) -> Path:
    """A zip of these members, stamped with now as sites do, or with `when`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = (when or datetime.now()).timetuple()[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return path

"""What `collect` took in for an assignment: whose it is, from where, and which file became which.

`.allclose/<lab>/collected.json` remembers it, so that a later download is compared with what came before, and grades
and pages find their way back to the site under the site's own names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from allclose.errors import InteropError
from allclose.report.files import write_whole

Site = Literal["canvas", "moodle", "brightspace", "gradescope", "nbgrader", "zip"]

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Collected:
    """One student's submission as it was collected.

    Attributes
    ----------
    student : str
        The folder in `submitted/`, and the id in the gradebook.
    site : str
        Where it was downloaded from; `zip` where no site is known.
    name, email, site_id : str
        Of the person, as the site tells; "" where it does not.
    submission : str
        The site's own id or folder name of the submission.
    submitted : datetime or None
        When it came in, in UTC; None where nothing tells.
    late : bool
        Whether the site calls it late, or it came in after the due date of the gradebook.
    files : mapping of str to str
        Path in `submitted/<student>/<lab>/` to the member's name in the archive.
    digest : str
        Of what came in, so that the same download again changes nothing.
    """

    student: str
    site: Site
    name: str = ""
    email: str = ""
    site_id: str = ""
    submission: str = ""
    submitted: datetime | None = None
    late: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""


def read_collected(root: Path, lab: str) -> dict[str, Collected]:
    """Read what has been collected for an assignment, by student; empty where nothing has.

    Raises
    ------
    InteropError
        If the file cannot be read.
    """
    import msgspec

    path = _path(root, lab)
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, list[Collected] | int])
        entries = found["students"]
        if found.get("format") != _FORMAT or not isinstance(entries, list):
            raise InteropError(f"{path}: was written by another allclose; remove it and collect again")
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, KeyError, UnicodeDecodeError) as error:
        raise InteropError(f"{path}: cannot be read ({error}); remove it and collect again") from None
    return {entry.student: entry for entry in entries}


def write_collected(root: Path, lab: str, entries: Mapping[str, Collected]) -> None:
    """Write what has been collected for an assignment, whole.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import msgspec

    ordered = [entries[student] for student in sorted(entries)]
    text = msgspec.json.format(msgspec.json.encode({"format": _FORMAT, "students": ordered}), indent=1)
    write_whole(_path(root, lab), text.decode() + "\n")


def utc(moment: datetime) -> datetime:
    """Return a moment in UTC; one without a zone is of this machine's."""
    return moment.astimezone(UTC)


def _path(root: Path, lab: str) -> Path:
    return root / ".allclose" / lab / "collected.json"

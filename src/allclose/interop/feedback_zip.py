"""The archives by which a course site gives pages back to its students.

Canvas ("Upload submissions" of the gradebook, or "Re-upload submissions" of SpeedGrader) finds a student by the file's
name, which must have the two numbers of its own download: `loveada_501_9001_lab.ipynb`, `loveada_501_9001_lab.html`.
Moodle ("Upload multiple feedback files in a zip") finds a participant by a folder named as in its own download,
`Ada Love_12345_assignsubmission_file_`, and gives the student what lies in it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from allclose.course.whole import replacing, sweep
from allclose.errors import InteropError
from allclose.interop.collected import Collected
from allclose.interop.feedback import Pages

Site = Literal["canvas", "moodle"]

_NUMBERED = re.compile(r"(?P<stem>.*?_\d+_\d+_.*?)(\.[^.]*)?", re.DOTALL)
_PARTICIPANT = re.compile(r"(?P<name>[^_/]*)_(?P<id>\d+)_assignsubmission_.*", re.DOTALL)
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*_]')
#: As old as a zip's member can be, so that the same pages make the same archive.
_WHEN = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Packed:
    """How many students an archive has pages for, and who has a page and no name of that site's."""

    students: int
    strangers: tuple[str, ...]


def write_feedback_zip(path: Path, site: Site, pages: Pages, collected: Mapping[str, Collected]) -> Packed:
    """Write an archive of pages for a course site.

    Parameters
    ----------
    path
        The archive; replaced whole.
    site
        Whose it is.
    pages
        Each student's pages, by notebook.
    collected
        What was collected, by student: the names that the site knows.

    Raises
    ------
    InteropError
        It cannot be written, or nobody of these was collected from that site.
    """
    named = {
        student: names for student, own in pages.items() if (names := dict(_names(site, collected.get(student), own)))
    }
    if not named:
        raise InteropError(
            f"{path.name}: nobody with a page was collected from {site}, so no name of that site's is known; "
            f"run `allclose collect` on its download first"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent, path.name)
        with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for student, names in sorted(named.items()):
                for notebook, name in names.items():
                    member = zipfile.ZipInfo(name, _WHEN)
                    member.compress_type = zipfile.ZIP_DEFLATED
                    member.external_attr = 0o644 << 16
                    archive.writestr(member, pages[student][notebook].read_bytes())
    except OSError as error:
        raise InteropError(f"{path}: cannot be written ({error.strerror or error}); make room there") from error
    return Packed(len(named), tuple(student for student in pages if student not in named))


def _names(site: Site, collected: Collected | None, pages: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """What a student's pages are called in the archive, by notebook; nothing for one whom the site does not know."""
    if collected is None or collected.site != site:
        return
    for notebook in pages:
        own = collected.files.get(f"{notebook}.ipynb", "")
        name = _canvas_name(collected, own, notebook) if site == "canvas" else _moodle_name(collected, own, notebook)
        if name:
            yield notebook, name


def _canvas_name(collected: Collected, own: str, notebook: str) -> str:
    """After the file that the notebook came from, or any of the student's where that notebook was not handed in.

    A notebook in an archive of the student's (`loveada_501_9001_work.zip/lab.ipynb`) is known by that archive.
    """
    for member in (own, *sorted(collected.files.values())):
        for part in PurePosixPath(member).parts:
            match = _NUMBERED.fullmatch(part)
            if match is not None:
                alone = member == own and part == PurePosixPath(member).name
                return f"{match['stem']}.html" if alone else f"{match['stem']}-{notebook}.html"
    return ""


def _moodle_name(collected: Collected, own: str, notebook: str) -> str:
    """Moodle splits a folder's name at underscores: a name without any, the number, the plugin."""
    for part in (*PurePosixPath(own).parts, collected.submission):
        match = _PARTICIPANT.fullmatch(part)
        if match is not None:
            return f"{match['name']}_{match['id']}_assignsubmission_file_/{notebook}.html"
    number = collected.site_id or collected.submission
    if not number.isdecimal():
        return ""
    name = _UNSAFE.sub(" ", collected.name).strip(" .") or "Participant"
    return f"{name}_{number}_assignsubmission_file_/{notebook}.html"

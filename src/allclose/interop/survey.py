"""What an nbgrader course holds, and what of it allclose cannot grade or grades otherwise; nothing is written."""

from __future__ import annotations

import glob
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from allclose import course as courses
from allclose.course.cells import SKIP_TAG, language_of, where
from allclose.course.config import CONFIG_NAME, nbgrader_config, trait
from allclose.errors import InteropError
from allclose.interop.database import shown
from allclose.interop.gradebook import db_url
from allclose.interop.settings import Settings, course_directory, load_settings
from allclose.model import Assignment, Json, Notebook
from allclose.notebook.imports import imports

_OWN_KERNELS = ("", "python", "python3")
_DIRECTORIES = {
    "source_directory": ("source", "allclose grade needs it to be 'source'"),
    "release_directory": ("release", "allclose grade needs it to be 'release'"),
    "submitted_directory": ("submitted", "give that folder to allclose grade (--submitted)"),
    "directory_structure": (
        str(Path("{nbgrader_step}", "{student_id}", "{assignment_id}")),
        "allclose grade needs nbgrader's own structure; nbgrader autograde does not",
    ),
}
#: What nbgrader moved elsewhere, and still reads with a warning.
_OUTDATED = ("NbGrader", "NbGraderConfig", "BasicConfig", "BaseNbGraderApp", "BaseApp", "TransferApp")
_NETWORK_MODULES = {"requests", "httpx", "aiohttp", "urllib3", "ftplib", "wget", "gdown", "yfinance"}
_NETWORK = re.compile(
    r"^\s*[!%].*\b(wget|curl|pip|conda|git)\b|\burl(open|retrieve)\(|\(\s*[rf]?['\"](https?|ftp)://", re.MULTILINE
)
_PLACE = re.compile(r": (cell (?:'[^']*'|\d+)) ")
_IMPORT = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment: how much of it there is, and remarks. `loads` is False where allclose cannot grade it."""

    name: str
    notebooks: int
    auto: tuple[float, ...]
    by_hand: tuple[float, ...]
    suite: bool
    submissions: int
    loads: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """A course: its assignments, remarks on its settings, and what its gradebook is like."""

    assignments: tuple[Held, ...]
    remarks: tuple[str, ...]
    gradebook: str
    gradebook_fits: bool


def survey(root: Path) -> Survey:
    """Look at a whole course.

    Raises
    ------
    CourseError
        Its settings do not run.
    """
    settings = load_settings(root)
    gradebook, fits = _gradebook(root)
    held = tuple(_held(settings, lab) for lab in courses.labs(root))
    return Survey(held, tuple(_settings_remarks(settings)), gradebook, fits)


def _held(settings: Settings, lab: str) -> Held:
    root = settings.root
    course = course_directory(settings)
    pattern = Path(course.format_path(course.submitted_directory, "*", glob.escape(lab)))
    handed_in = len([*root.glob(str(pattern.relative_to(root.resolve())))]) if pattern.is_relative_to(root) else 0
    faults = courses.faults(root, lab)
    if faults:
        notebooks = len([*(root / "source" / lab).glob("*.ipynb")])
        return Held(lab, notebooks, (), (), False, handed_in, False, tuple(_grouped(faults)))
    assignment = courses.load(root, lab)
    cells = [cell for notebook in assignment.notebooks for cell in notebook.grade_cells]
    return Held(
        lab,
        len(assignment.notebooks),
        tuple(cell.points for cell in cells if cell.kind == "auto"),
        tuple(cell.points for cell in cells if cell.kind != "auto"),
        bool(assignment.suite),
        handed_in,
        True,
        tuple(_remarks(assignment)),
    )


def _grouped(faults: Iterable[str]) -> Iterator[str]:
    """One line for what is wrong with many cells of a notebook."""
    places: dict[tuple[str, ...], list[str]] = {}
    for fault in faults:
        before, *found = _PLACE.split(fault, maxsplit=1)
        places.setdefault((before, *found[1:]), []).extend(found[:1])
    for (before, *after), cells in places.items():
        more = f" (and {len(cells) - 1} more)" if len(cells) > 1 else ""
        yield f"{before}: {cells[0]}{more} {after[0]}" if after else before


def _remarks(assignment: Assignment) -> Iterator[str]:
    for notebook in assignment.notebooks:
        yield from _kernel_remarks(notebook)
        yield from _import_remarks(assignment, notebook)
        outgoing = [where(cell, index) for index, cell in enumerate(notebook.content["cells"]) if _goes_out(cell)]
        if outgoing:
            more = f" and {len(outgoing) - 1} more" if len(outgoing) > 1 else ""
            yield (
                f"{notebook.path}: {outgoing[0]}{more} may want the network, which the sandbox does not have: put what "
                f"it fetches beside the notebook, or tag the cell {SKIP_TAG}"
            )


def _kernel_remarks(notebook: Notebook) -> Iterator[str]:
    language = language_of(notebook.content)
    name = notebook.content["metadata"].get("kernelspec", {}).get("name", "")
    if language.lower() != "python":
        yield (
            f"{notebook.path} is written in {language}, and allclose runs Python only: leave the line out of "
            f"{CONFIG_NAME} while nbgrader grades this assignment"
        )
    elif name not in _OWN_KERNELS:
        yield (
            f"{notebook.path} asks for the kernel '{name}': allclose runs it in its own Python ({sys.executable}), "
            "so install there what it imports"
        )


def _import_remarks(assignment: Assignment, notebook: Notebook) -> Iterator[str]:
    beside = {path.parts[0].removesuffix(".py") for path in assignment.data_files}
    names = dict.fromkeys(name.partition(".")[0] for name in imports([notebook]))
    for name in names:
        if name not in beside and name not in sys.modules and find_spec(name) is None:
            yield f"{notebook.path} imports '{name}', which this Python lacks: install it ({sys.executable} -m pip)"


def _goes_out(cell: Json) -> bool:
    """Whether a cell looks as if it fetched something."""
    if cell["cell_type"] != "code" or SKIP_TAG in cell["metadata"].get("tags", ()):
        return False
    words = set(_IMPORT.findall(cell["source"]))
    return bool(words & _NETWORK_MODULES) or _NETWORK.search(cell["source"]) is not None


def _settings_remarks(settings: Settings) -> Iterator[str]:
    path = settings.root / CONFIG_NAME
    config = settings.config
    command = shutil.which("nbgrader")
    if command is not None and Path(command).parent != Path(sys.executable).parent:
        yield (
            f"{command} is not the nbgrader of this Python ({sys.executable}): install allclose there too, since "
            "nbgrader goes on without the settings of a file that does not run"
        )
    elsewhere = trait(nbgrader_config(settings.root), "CourseDirectory", "root", settings.root)
    if Path(elsewhere).resolve() != settings.root.resolve():
        yield f"CourseDirectory.root is '{elsewhere}': that is where nbgrader works, and not here"
    for name, (usual, mend) in _DIRECTORIES.items():
        given = trait(config, "CourseDirectory", name, usual)
        if given != usual:
            yield f"CourseDirectory.{name} is '{given}': {mend}"
    for section in _OUTDATED:
        names = sorted(config[section]) if section in config else []
        if names:
            yield f"{path}: {section}.{names[0]} is outdated: name it as nbgrader does now (it warns with the new name)"


def _gradebook(root: Path) -> tuple[str, bool]:
    """What there is to say of a course's gradebook, and whether it can be used; only SQLite's are looked into."""
    from sqlalchemy import make_url

    try:
        url = make_url(db_url(root))
    except InteropError as error:
        return str(error), False
    if url.get_backend_name() != "sqlite":
        return f"{shown(url.render_as_string(hide_password=False))}: left alone, not looked into", True
    path = Path(url.database or "")
    if not path.exists():
        return f"{path.name}: none yet; the first grading makes it", True
    return _schema(path)


def _schema(path: Path) -> tuple[str, bool]:
    from alembic.script import ScriptDirectory
    from nbgrader import __version__
    from nbgrader.dbutil import ALEMBIC_DIR

    try:
        # Not even a lock is left: it is somebody's gradebook, and perhaps in use.
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
        try:
            (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("none",)
            (students,) = connection.execute("SELECT count(*) FROM student").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        return f"{path} is no gradebook of nbgrader ({error}): put it aside, or restore a copy", False
    head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    if found != head:
        mend = "keep a copy, then run nbgrader db upgrade"
        return f"{path} has schema {found}, and nbgrader {__version__} wants {head}: {mend}", False
    return f"{path.name}: as nbgrader {__version__} keeps it, {students} students", True

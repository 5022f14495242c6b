"""What nbgrader's metadata says about a cell, and the steps nbgrader takes from a source cell to a student's cell.

Importing nbgrader takes two seconds, and every run of every command needs these few rules, so they are written out;
`tests/integration` holds them against the real nbgrader. Releasing itself goes through nbgrader's own preprocessors.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from allclose.errors import MarkerError
from allclose.model import Json

SCHEMA_VERSION = 3
#: On a source cell that is never run when grading: a demonstration, a widget.
SKIP_TAG = "skip-grading"
GRADE_ID = re.compile(r"[a-zA-Z0-9_\-]+")

_KEYS = {
    "schema_version": int,
    "grade": bool,
    "locked": bool,
    "solution": bool,
    "task": bool,
    "grade_id": str,
    "points": (int, float),
    "checksum": str,
    "cell_type": str,
}
_CELL_TYPES = ("raw", "code", "markdown")


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of nbgrader's release steps; `nbgrader_config.py` may change any of them."""

    begin_solution: str = "BEGIN SOLUTION"
    end_solution: str = "END SOLUTION"
    begin_hidden: str = "BEGIN HIDDEN TESTS"
    end_hidden: str = "END HIDDEN TESTS"
    begin_scheme: str = "BEGIN MARK SCHEME"
    end_scheme: str = "END MARK SCHEME"
    code_stub: Mapping[str, str] = field(
        default_factory=lambda: {
            "python": "# YOUR CODE HERE\nraise NotImplementedError()",
            "R": "# YOUR CODE HERE\nfail()",
            "matlab": "% YOUR CODE HERE\nerror('No Answer Given!')",
            "octave": "% YOUR CODE HERE\nerror('No Answer Given!')",
            "sas": "/* YOUR CODE HERE */\n %notImplemented;",
            "java": "// YOUR CODE HERE",
        }
    )
    text_stub: str = "YOUR ANSWER HERE"
    lock_solution_cells: bool = True
    lock_grade_cells: bool = True
    lock_readonly_cells: bool = True
    lock_all_cells: bool = False


def nbgrader(cell: Json) -> Json:
    """The cell's nbgrader metadata; empty where there is none."""
    found = cell["metadata"].get("nbgrader")
    return found if isinstance(found, dict) else {}


def is_grade(cell: Json) -> bool:
    """Whether the cell carries points."""
    return bool(nbgrader(cell).get("grade", False))


def is_solution(cell: Json) -> bool:
    """Whether the cell is for the student to fill in."""
    return bool(nbgrader(cell).get("solution", False))


def is_task(cell: Json) -> bool:
    """Whether the cell is a manually graded task."""
    return bool(nbgrader(cell).get("task", False))


def is_locked(cell: Json) -> bool:
    """Whether the cell's text is the instructor's, and is put back when grading."""
    return not is_solution(cell) and (is_grade(cell) or bool(nbgrader(cell).get("locked", False)))


def is_recorded(cell: Json) -> bool:
    """Whether nbgrader keeps the cell in its gradebook."""
    return is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell)


def grade_id(cell: Json) -> str:
    """The cell's grade_id; empty where it has none."""
    found = nbgrader(cell).get("grade_id", "")
    return found if isinstance(found, str) else ""


def checksum(cell: Json) -> str:
    """The checksum that nbgrader gives a cell, of text, type, roles, id and points (`nbgrader.utils`)."""
    parts = [cell["source"], cell["cell_type"], str(is_grade(cell)), str(is_solution(cell)), str(is_locked(cell))]
    parts.append(grade_id(cell))
    if is_grade(cell):
        parts.append(str(float(nbgrader(cell)["points"])))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def schema_fault(meta: Json) -> str | None:
    """What nbgrader's schema, version 3, finds wrong with nbgrader metadata; None where nothing is."""
    version = meta.get("schema_version", 0)
    if version != SCHEMA_VERSION or isinstance(version, bool):
        return f"has nbgrader metadata of schema {version!r}, not {SCHEMA_VERSION}"
    for key in ("grade", "locked", "solution"):
        if key not in meta:
            return f"has nbgrader metadata without '{key}'"
    for key, value in meta.items():
        if key not in _KEYS:
            return f"has nbgrader metadata that nbgrader does not know: '{key}'"
        expected = _KEYS[key]
        if not isinstance(value, expected) or (expected is not bool and isinstance(value, bool)):  # type: ignore[arg-type]
            return f"has nbgrader metadata of the wrong type: '{key}'"
    if GRADE_ID.fullmatch(meta.get("grade_id", "x")) is None:
        return "has a grade_id that is empty or holds other characters than letters, digits, '_' and '-'"
    if not 0 <= meta.get("points", 0) < float("inf"):
        return "has points that are negative or not finite"
    if len(meta.get("checksum", "-" * 32)) != 32:
        return "has a checksum that is not 32 characters long"
    if meta.get("cell_type", "code") not in _CELL_TYPES:
        return "has an unknown nbgrader cell_type"
    return None


def cell_fault(cell: Json) -> str | None:
    """What nbgrader would refuse about a cell; None where it is fine (`nbgrader.nbgraderformat`, version 3)."""
    if "nbgrader" not in cell["metadata"]:
        return None
    if not isinstance(cell["metadata"]["nbgrader"], dict):
        return "has nbgrader metadata that is not an object"
    fault = schema_fault(nbgrader(cell))
    if fault is not None:
        return fault
    if is_recorded(cell) and not grade_id(cell):
        return "has no grade_id"
    if (is_grade(cell) or is_task(cell)) and "points" not in nbgrader(cell):
        return "has no points"
    if is_task(cell):
        return None if cell["cell_type"] == "markdown" else "is a task but not a markdown cell"
    if cell["cell_type"] == "markdown" and is_grade(cell) != is_solution(cell):
        return "is markdown and must be both a grade and a solution cell, or neither"
    return None


def cut(text: str, begin: str, end: str, stub: str | None = None) -> tuple[str, bool]:
    """Remove every region between marker lines, markers included, putting `stub` (indented) in its place.

    Returns
    -------
    tuple of (str, bool)
        The remaining text, and whether there was any region.

    Raises
    ------
    MarkerError
        If a region is opened twice or never closed. (A stray end marker is dropped, as nbgrader drops it.)
    """
    kept: list[str] = []
    inside = found = False
    for line in text.split("\n"):
        if begin in line:
            if inside:
                raise MarkerError(f"'{begin}' stands inside a region that it opened before: add the missing '{end}'")
            inside = found = True
            if stub is not None:
                indent = line[: len(line) - len(line.lstrip())]
                kept.extend(indent + stub_line for stub_line in stub.split("\n"))
        elif end in line:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise MarkerError(f"'{begin}' is never closed: add the missing '{end}'")
    return "\n".join(kept), found


def without_markers(text: str, begin: str, end: str) -> str:
    """The text with the marker lines themselves removed."""
    return "\n".join(line for line in text.split("\n") if begin not in line and end not in line)


def language_of(content: Json) -> str:
    """The language that a notebook's code is in."""
    metadata = content["metadata"]
    found = metadata.get("kernelspec", {}).get("language") or metadata.get("language_info", {}).get("name")
    return str(found or "python")


def recorded_cells(content: Json, rules: Rules) -> tuple[Json, ...]:
    """The cells as nbgrader records them in its gradebook: solutions cut, hidden tests in place, checksums set.

    Raises
    ------
    MarkerError
        If markers do not pair up or a region stands in a cell of another kind; the message names the cell.
    """
    language = content["metadata"].get("kernelspec", {}).get("language", "python")
    if language not in rules.code_stub:
        raise MarkerError(f"its language is '{language}': give it a stub in ClearSolutions.code_stub")
    return tuple(
        _recorded(cell, index, rules, rules.code_stub[language]) for index, cell in enumerate(content["cells"])
    )


def released_cells(recorded: Iterable[Json], rules: Rules) -> tuple[Json, ...]:
    """The cells as a student gets them: recorded cells without hidden tests and mark schemes, checksums anew."""
    return tuple(_released(cell, index, rules) for index, cell in enumerate(recorded))


def where(cell: Json, index: int) -> str:
    """How a message names a cell."""
    return f"cell '{grade_id(cell)}'" if grade_id(cell) else f"cell {index + 1}"


def _recorded(source: Json, index: int, rules: Rules, code_stub: str) -> Json:
    cell: Json = copy.deepcopy(source)
    _lock(cell, rules)
    stub = code_stub if cell["cell_type"] == "code" else rules.text_stub
    try:
        cell["source"], found = cut(cell["source"], rules.begin_solution, rules.end_solution, stub)
    except MarkerError as error:
        raise MarkerError(f"{where(cell, index)}: {error}") from None
    if found and not is_solution(cell):
        raise MarkerError(
            f"{where(cell, index)}: '{rules.begin_solution}' stands in a cell that is not a solution cell: "
            "mark the cell as a solution or remove the markers"
        )
    if is_solution(cell) and not found:
        cell["source"] = stub
    if cell["cell_type"] == "code":
        for key in ("collapsed", "scrolled"):
            cell["metadata"].pop(key, None)
    return _summed(cell)


def _released(recorded: Json, index: int, rules: Rules) -> Json:
    cell: Json = copy.deepcopy(recorded)
    for begin, end, fits, kind in (
        (rules.begin_hidden, rules.end_hidden, is_grade, "a grade cell"),
        (rules.begin_scheme, rules.end_scheme, is_task, "a task cell"),
    ):
        try:
            cell["source"], found = cut(cell["source"], begin, end)
        except MarkerError as error:
            raise MarkerError(f"{where(cell, index)}: {error}") from None
        if found and not fits(cell):
            raise MarkerError(
                f"{where(cell, index)}: '{begin}' stands in a cell that is not {kind}: "
                "mark the cell or remove the markers"
            )
    return _summed(cell)


def _summed(cell: Json) -> Json:
    if is_grade(cell) or is_solution(cell) or is_locked(cell):
        meta: dict[str, Any] = cell["metadata"]["nbgrader"]
        meta["checksum"] = checksum(cell)
        meta["cell_type"] = cell["cell_type"]
    return cell


def _lock(cell: Json, rules: Rules) -> None:
    """As nbgrader's LockCells: nobody deletes a graded cell, and only a solution cell is edited."""
    fixed: tuple[str, ...] = ()
    if is_solution(cell) and (rules.lock_solution_cells or (rules.lock_grade_cells and is_grade(cell))):
        fixed = ("deletable",)
    elif (
        (rules.lock_grade_cells and is_grade(cell))
        or (rules.lock_readonly_cells and is_locked(cell))
        or rules.lock_all_cells
    ):
        fixed = ("deletable", "editable")
    cell["metadata"].update(dict.fromkeys(fixed, False))

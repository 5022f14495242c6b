"""The part of a course that grading elsewhere reads."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from allclose.course.config import CONFIG_NAME, IGNORED, JSON_NAME, nbgrader_config, trait
from allclose.course.files import course_files
from allclose.errors import CourseError
from allclose.model import Assignment
from allclose.suite.secret import load_seed

#: Sections of nbgrader's settings that say how a source notebook is read; others may hold what is nobody's business.
_SECTIONS = ("ClearSolutions", "ClearHiddenTests", "ClearMarkScheme", "LockCells", "IncludeHeaderFooter")


def course_members(assignment: Assignment) -> dict[str, bytes]:
    """Return what grading an assignment reads of its course, by the place in it: settings as values, and the secret.

    Raises
    ------
    CourseError
        If the course's settings or its secret cannot be taken along.
    """
    found = {place: path.read_bytes() for place, path in course_files(assignment).items()}
    found.pop(JSON_NAME, None)
    found[CONFIG_NAME] = _settings(assignment.root).encode()
    found[".allclose/secret"] = f"{load_seed(assignment.root).hex()}\n".encode()
    return found


def _settings(root: Path) -> str:
    """The course's settings as far as grading reads them, as values: no program of the instructor's, no password."""
    config = nbgrader_config(root)
    lines = ['"""The settings of the course that grading reads."""', "", "c = get_config()  # noqa: F821"]
    lines += [
        f"c.{section}.{name} = {_literal(root, section, name, trait(config, section, name, None))}"
        for section in _SECTIONS
        if section in config
        for name in sorted(config[section])
    ]
    lines.append(f"c.CourseDirectory.ignore = {list(trait(config, 'CourseDirectory', 'ignore', list(IGNORED)))!r}")
    return "".join(f"{line}\n" for line in lines)


def _literal(root: Path, section: str, name: str, value: Any) -> str:
    text = repr(str(value) if isinstance(value, Path) else value)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise CourseError(f"{root / CONFIG_NAME}: {section}.{name} is no plain value: write it out as one") from None
    return text

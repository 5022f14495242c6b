"""What Gradescope gets: an `autograder.zip` that grades with this engine, in a container without a network.

setup.sh            builds the image: a Python environment, and a look at whether the solution gets all points
run_autograder      grades one submission
requirements.txt    the wheel and what the lab needs beside it; constraints.txt has the versions installed here
course/             what grading reads of the course, its secret included
not_graded.json     the results of a run that ends before it can write its own
"""

from __future__ import annotations

import ast
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from allclose.course.config import CONFIG_NAME, IGNORED, JSON_NAME, nbgrader_config, trait
from allclose.course.files import course_files
from allclose.errors import CourseError
from allclose.interop.bundles.archive import write_members, zipped
from allclose.interop.bundles.needs import installed_closure, needs, normal
from allclose.interop.bundles.wheel import wheel
from allclose.model import Assignment
from allclose.report.gradescope import not_graded
from allclose.suite.secret import load_seed

_RESOURCES = Path(__file__).parent / "resources"
_PROGRAMS = ("setup.sh", "run_autograder")
_NAME = "autograder.zip"
#: Sections of nbgrader's settings that say how a source notebook is read; others may hold what is nobody's business.
_SECTIONS = ("ClearSolutions", "ClearHiddenTests", "ClearMarkScheme", "LockCells", "IncludeHeaderFooter")


def bundle(assignment: Assignment, folder: Path) -> tuple[Path, ...]:
    """Write `<folder>/autograder.zip`, to upload at "Configure Autograder".

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    folder : Path
        Where to write.

    Returns
    -------
    tuple of Path
        The zip.

    Raises
    ------
    CourseError
        If the course's settings or its secret cannot be taken along.
    InteropError
        If something that the lab imports is not installed here.
    OSError
        If it cannot be written.
    """
    return write_members(folder, {_NAME: zipped(_members(assignment), _PROGRAMS)})


def _members(assignment: Assignment) -> dict[str, bytes]:
    course = {place: path.read_bytes() for place, path in course_files(assignment).items()}
    course.pop(JSON_NAME, None)
    course[CONFIG_NAME] = _settings(assignment.root).encode()
    course[".allclose/secret"] = f"{load_seed(assignment.root).hex()}\n".encode()
    wheel_name, wheel_bytes = wheel()
    contents = {notebook.name: notebook.content for notebook in assignment.notebooks}
    programs = {place: data.decode(errors="replace") for place, data in course.items() if place.endswith(".py")}
    needed = needs(assignment, contents, programs)
    requirements = [needed.wheel(wheel_name, "grade"), *needed.required]
    extras = {"allclose": ("grade", *needed.extras)}
    versions = installed_closure(["allclose", *map(_distribution, needed.required)], extras)
    return {
        **{f"course/{place}": data for place, data in course.items()},
        "setup.sh": _script("setup.sh", PYTHON=f"{sys.version_info.major}.{sys.version_info.minor}"),
        "run_autograder": _script("run_autograder", LAB=shlex.quote(assignment.name)),
        "requirements.txt": _text(requirements),
        "constraints.txt": _text([f"{name}=={version}" for name, version in versions.items() if name != "allclose"]),
        "not_graded.json": _text([json.dumps(not_graded(0.0))]),
        wheel_name: wheel_bytes,
    }


def _script(name: str, **words: str) -> bytes:
    text = (_RESOURCES / name).read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text.encode()


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _distribution(requirement: str) -> str:
    from packaging.requirements import Requirement

    return normal(Requirement(requirement).name)


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

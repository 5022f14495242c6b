"""What Gradescope gets: an `autograder.zip` that grades with this engine, in a container without a network.

setup.sh            builds the image: a Python environment, and a look at whether the solution gets all points
run_autograder      grades one submission
requirements.txt    the wheel and what the lab needs beside it; constraints.txt has the versions installed here
course/             what grading reads of the course, its secret included
not_graded.json     the results of a run that ends before it can write its own
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

from allclose.interop.bundles.archive import write_members, zipped
from allclose.interop.bundles.needs import installed_closure, needs, normal
from allclose.interop.bundles.taken_along import course_members
from allclose.interop.bundles.wheel import wheel
from allclose.model import Assignment
from allclose.report.gradescope import not_graded

_RESOURCES = Path(__file__).parent / "resources"
_PROGRAMS = ("setup.sh", "run_autograder")
_NAME = "autograder.zip"


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
    course = course_members(assignment)
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

"""All that a grade depends on besides the submission: the course's files, how it is graded, and what does it."""

from __future__ import annotations

import copy
import functools
import importlib.metadata
import platform
from collections.abc import Mapping
from pathlib import Path

import msgspec

import allclose
from allclose.course.config import CONFIG_NAME
from allclose.course.files import course_files
from allclose.grading.dependence import Suite, asked_names, dependences, without_remarks
from allclose.grading.regrade import WORTH, Basis
from allclose.grading.store import Parts, digest
from allclose.model import Assignment, Notebook, Tier
from allclose.suite.standins import defined_names

_VERSIONED = ("numpy", "torch", "matplotlib", "ipython", "nbgrader", "pytest", "hypothesis")
#: Rooms that only show or hand on grades.
_SHOWING = frozenset(("cli", "report", "interop"))
#: What of a lab's hidden folder is there for `verify` alone.
_MEASURING = ("accepted/", "equivalent.toml")


def fingerprint(assignment: Assignment, tier: Tier, device: str, seed: bytes) -> dict[str, bytes]:
    """All that a grade depends on besides the submission, by name."""
    files = _files(assignment)
    suite = _suite(assignment, files)
    known = dependences(suite) if suite is not None else None
    return _whole(assignment, _telling(files, suite) if known is not None else files, tier, device, seed)


def basis_of(assignment: Assignment, tier: Tier, device: str, seed: bytes) -> Basis:
    """The same in digests, as a whole and, where the suite's names tell it, by question."""
    files = _files(assignment)
    suite = _suite(assignment, files)
    known = dependences(suite) if suite is not None else None
    if suite is None or known is None:
        return Basis(digest(_whole(assignment, files, tier, device, seed)))
    base, texts = known
    telling = _telling(files, suite)
    whole = digest(_whole(assignment, telling, tier, device, seed))
    apart = {*suite.tests, f"solutions/{assignment.name}.py"}
    hidden = f"autograder/{assignment.name}/"
    others = {
        place: content
        for place, content in telling.items()
        if place not in apart and not place.startswith((f"{hidden}misconceptions/", f"{hidden}limits.toml"))
    }
    notebooks = [_without_points(notebook) for notebook in assignment.notebooks]
    about = msgspec.json.encode([tier, device, versions(), base, notebooks])
    # A source notebook's file holds its points, too: it is in `notebooks` as it was read.
    sources = {f"source/{assignment.name}/{notebook.name}.ipynb" for notebook in assignment.notebooks}
    common = {f"file/{place}": content for place, content in others.items() if place not in sources}
    parts = Parts(
        digest({**common, "about": about, "seed": seed}),
        {question: digest({"tests": text.encode("utf-8", "surrogatepass")}) for question, text in texts.items()},
        _answers(assignment),
        assignment.limits,
    )
    return Basis(whole, parts, asked_names(suite.tests.values()))


def _files(assignment: Assignment) -> dict[str, bytes]:
    # Of nbgrader's settings only what they make of the notebooks counts: a new late penalty regrades nobody.
    return {place: path.read_bytes() for place, path in course_files(assignment).items() if place != CONFIG_NAME}


def _suite(assignment: Assignment, files: Mapping[str, bytes]) -> Suite | None:
    """The Python files behind the tests; None where the notebooks test themselves."""
    if not assignment.suite:
        return None
    tests = {path.relative_to(assignment.root).as_posix() for path in assignment.suite}
    reference = f"solutions/{assignment.name}.py"
    hidden = f"autograder/{assignment.name}/"
    answers = (f"{hidden}misconceptions/", f"{hidden}accepted/")
    beside = {
        place: content
        for place, content in files.items()
        if place.endswith(".py") and not place.startswith(("source/", *answers)) and place not in (*tests, reference)
    }
    return Suite(
        tuple(question.name for question in assignment.questions),
        {place: files[place] for place in sorted(tests)},
        assignment.name,
        files.get(reference),
        beside,
        {name: defined for notebook in assignment.notebooks for name, defined in defined_names(notebook).items()},
    )


def _telling(files: Mapping[str, bytes], suite: Suite | None) -> dict[str, bytes]:
    """The files that tell in a grade, without what in them does not."""
    assert suite is not None
    hidden = next(iter(suite.tests)).rpartition("/")[0]
    plain = {*suite.tests, *suite.beside, f"solutions/{suite.stem}.py"}
    return {
        place: without_remarks(content) if place in plain else content
        for place, content in files.items()
        if not place.startswith(tuple(f"{hidden}/{name}" for name in _MEASURING))
    }


def _whole(
    assignment: Assignment, files: Mapping[str, bytes], tier: Tier, device: str, seed: bytes
) -> dict[str, bytes]:
    notebooks = [[notebook.name, notebook.content, notebook.recorded] for notebook in assignment.notebooks]
    about = [tier, device, versions(), assignment.limits, notebooks]
    named = {f"file/{place}": content for place, content in files.items()}
    return {**named, "about": msgspec.json.encode(about), "seed": seed}


def _answers(assignment: Assignment) -> dict[str, str]:
    """The digest of each question's known mistakes, which give a lost test its message."""
    return {
        question.name: digest(
            {
                answer.slug: msgspec.json.encode([answer.title, answer.hint, answer.code])
                for answer in assignment.misconceptions
                if answer.question == question.name
            }
        )
        for question in assignment.questions
    }


def _without_points(notebook: Notebook) -> list[object]:
    """A notebook as it was read, without what its cells are worth."""
    content, recorded = copy.deepcopy((notebook.content, notebook.recorded))
    for cell in (*content["cells"], *recorded):
        for name in WORTH:
            cell["metadata"].get("nbgrader", {}).pop(name, None)
    return [notebook.name, content, recorded]


@functools.cache
def versions() -> dict[str, str]:
    """The versions of what grades: Python, this package to the last line of its code, and what it stands on.

    They are read once, before other threads import: while nbgrader comes in, metadata can be out of sight for a moment.
    """
    package = Path(allclose.__file__).parent
    paths = [path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in _SHOWING]
    code = digest({path.relative_to(package).as_posix(): path.read_bytes() for path in paths})
    known = {name: importlib.metadata.version(name) for name in _VERSIONED}
    return {"Python": platform.python_version(), "allclose": f"{allclose.__version__}+{code[:12]}", **known}

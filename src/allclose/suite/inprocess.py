"""The same suite inside somebody else's grader: plain nbgrader or otter run the notebook, and call us in between.

The student's code shares this process, so nothing here can be trusted; the engine is what isolates. What a test finds
is the same: the submission is reached over the engine's own wire (`sandbox.loopback`).
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from allclose.course import find_root, load
from allclose.course.files import course_files
from allclose.errors import CourseError, SuiteError
from allclose.model import Assignment, TestMark, Verdict
from allclose.sandbox.loopback import LocalLink
from allclose.sandbox.remote import Submission
from allclose.suite.plugin import SuitePlugin, arguments, calm_hypothesis
from allclose.suite.secret import load_seed
from allclose.suite.standins import StandIns, defined_names

#: Path, size and time of change of each file of a course.
Stamp = tuple[tuple[Path, int, int], ...]


def run_suite(question: str, namespace: dict[str, Any]) -> float:
    """Run a question's hidden tests in this process and return the points.

    The last line of a grade cell, for nbgrader's partial credit: it prints nothing, warns nobody and lets no error out,
    because nbgrader takes anything on stderr for zero points and an odd last value for all of them.

    Parameters
    ----------
    question : str
        The question's name.
    namespace : dict
        The notebook's `globals()`.

    Returns
    -------
    float
        Points between 0 and the question's maximum; 0 where the suite cannot be run.
    """
    with _unnoticed():
        try:
            held = _suite_around(question)
            marks = _marks(held, question, namespace)
            earned = sum(mark.points for mark in marks if mark.verdict is Verdict.PASSED)
            maximum = next(one.points for one in held.assignment.questions if one.name == question)
            return float(min(max(round(earned, 9), 0.0), maximum))
        except BaseException:  # a grade cell that raises loses the points of honest answers: see the docstring
            return 0.0


def run_tests(root: Path, lab: str, question: str, namespace: dict[str, Any]) -> tuple[TestMark, ...]:
    """Run a question's hidden tests in this process and in silence; a mark for each, in order.

    The suite is collected when a process first asks for it, and again where a file of the course has changed since.
    Names and global random generators are left as they stood.

    Parameters
    ----------
    root : Path
        The course.
    lab : str
        The assignment.
    question : str
        Whose tests.
    namespace : dict
        The student's names.

    Raises
    ------
    AllcloseError
        If the course, its secret or its suite cannot be used. What the student's code does is no error.
    """
    with _unnoticed():
        return _marks(_suite_of(root.resolve(), lab), question, namespace)


@dataclass(slots=True)
class _Held:
    """A suite that was collected in this process; student code finds its modules only while its tests run."""

    assignment: Assignment
    stamp: Stamp
    plugin: SuitePlugin
    names: dict[str, tuple[str, ...]]
    path: list[str]
    modules: dict[str, ModuleType] = field(default_factory=dict)
    end: Callable[[], None] = lambda: None


_held: _Held | None = None


def _suite_around(question: str) -> _Held:
    """The suite of what is being graded: the folder's name says which, as nbgrader lays submissions out."""
    here = Path.cwd()
    root = find_root(here)
    for folder in (here, *here.parents):
        if folder == root:
            break
        if (root / "autograder" / folder.name).is_dir():
            held = _suite_of(root, folder.name)
            if any(one.name == question for one in held.assignment.questions):
                return held
    raise CourseError(f"{here}: no suite of this course has the question '{question}'")


def _suite_of(root: Path, lab: str) -> _Held:
    global _held
    if _held is not None:
        known = _held.assignment
        if (known.root, known.name) == (root, lab) and _held.stamp == _stamp(known):
            return _held
        _held.end()
        _held = None
    _held = _collected(load(root, lab))
    return _held


def _stamp(assignment: Assignment) -> Stamp:
    found = ((path, path.stat()) for path in course_files(assignment).values())
    return tuple((path, status.st_size, status.st_mtime_ns) for path, status in found)


def _collected(assignment: Assignment) -> _Held:
    seed = load_seed(assignment.root)
    names = {name: defined for notebook in assignment.notebooks for name, defined in defined_names(notebook).items()}
    reference = f"solutions.{assignment.name}" if assignment.reference else None
    ends: list[Callable[[], None]] = []
    plugin = SuitePlugin(list(names), reference, seed, "cpu", lambda plugin: ends.append(plugin.hold()))
    held = _Held(assignment, _stamp(assignment), plugin, names, [str(assignment.root)])
    calm_hypothesis()
    with _modules_in_place(held):
        pytest.main(arguments(assignment.root, assignment.suite, seed), plugins=[plugin])
    if plugin.problems or not ends:
        raise SuiteError(plugin.problems[0] if plugin.problems else f"{assignment.suite[0]}: pytest cannot collect it")
    held.end = ends[0]
    return held


def _marks(held: _Held, question: str, namespace: dict[str, Any]) -> tuple[TestMark, ...]:
    if all(one.name != question for one in held.assignment.questions):
        raise CourseError(f"{held.assignment.source_dir}: no notebook has the question '{question}'")
    stand_ins = StandIns(held.names, held.plugin.reference_module)
    link = LocalLink(namespace, held.assignment.limits)

    def begin(question: str, *, apart: bool = False) -> None:
        stand_ins.begin(question)
        link.begin_test(question, apart=apart)

    def begin_apart(question: str) -> bool:
        if link.changed:
            begin(question, apart=True)
        return link.apart

    chosen = [test for test in held.plugin.tests if test.question == question]
    with _modules_in_place(held):
        try:
            endings = [
                ending
                for _, ending in held.plugin.run(
                    [test.index for test in chosen], Submission(link, stand_ins), begin, begin_apart
                )
            ]
        finally:
            link.restore()
    return tuple(
        TestMark(test.name, test.points, ending.verdict, ending.message, title=test.title)
        for test, ending in zip(chosen, endings, strict=True)
    )


@contextlib.contextmanager
def _modules_in_place(held: _Held) -> Iterator[None]:
    """Let imports find the course, and take away afterwards what a student's `import` must not find."""
    path, before = list(sys.path), set(sys.modules)
    suite = {file.stem for file in held.assignment.suite}
    theirs = {name: sys.modules.pop(name) for name in before if name.partition(".")[0] in {"solutions", *suite}}
    sys.modules.update(held.modules)
    sys.path[:0] = held.path
    try:
        yield
    finally:
        held.path = [entry for entry in sys.path if entry not in path]
        sys.path[:] = path
        hidden = tuple(str(held.assignment.root / folder) + os.sep for folder in ("autograder", "solutions"))
        came = {name: sys.modules[name] for name in set(sys.modules) - (before - set(theirs))}
        held.modules = {name: module for name, module in came.items() if _file(module).startswith(hidden)}
        for name in held.modules:
            del sys.modules[name]
        sys.modules.update(theirs)


def _file(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return str(file or next((f"{folder}{os.sep}" for folder in getattr(module, "__path__", ())), ""))


@contextlib.contextmanager
def _unnoticed() -> Iterator[None]:
    """Leave no trace in the notebook: nothing printed or shown, no warning, no figure, no random number drawn."""
    with _silence(), _kernel_kept(), _figures_closed(), _generators_kept():
        yield


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Drop everything printed, at descriptors 1 and 2 too, and every warning."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    kept = os.dup(1), os.dup(2)
    with tempfile.TemporaryFile() as sink, Path(os.devnull).open("w") as null, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        hooks, threading.excepthook = (threading.excepthook, sys.unraisablehook), lambda _: None
        try:
            with contextlib.redirect_stdout(null), contextlib.redirect_stderr(null):
                yield
        finally:
            threading.excepthook, sys.unraisablehook = hooks
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            for fd in kept:
                os.close(fd)


@contextlib.contextmanager
def _kernel_kept() -> Iterator[None]:
    """In a kernel, drop what is displayed, which goes past the streams, and let `exit()` of a student's not end it."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        yield
        return
    from IPython.utils.capture import capture_output

    shell.ask_exit = lambda: None
    try:
        with capture_output(stdout=False, stderr=False, display=True):
            yield
    finally:
        del shell.ask_exit


@contextlib.contextmanager
def _figures_closed() -> Iterator[None]:
    """Close the figures that tests had drawn: a kernel would show them below the cell."""
    before = _figures()
    try:
        yield
    finally:
        for number in _figures() - before:
            sys.modules["matplotlib.pyplot"].close(number)


def _figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot is not None else set()


@contextlib.contextmanager
def _generators_kept() -> Iterator[None]:
    """Put the global random generators back, which tests seed: cells further down draw from them."""
    torch = sys.modules.get("torch")
    states = random.getstate(), np.random.get_state(), torch.get_rng_state() if torch is not None else None
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        if torch is not None:
            torch.set_rng_state(states[2])

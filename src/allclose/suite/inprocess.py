"""The same suite inside somebody else's grader: plain nbgrader or otter run the notebook, and its hidden line calls us.

The student's code shares this process, so nothing here can be trusted; the engine is what isolates.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
import tempfile
import threading
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from allclose.course import find_root, load
from allclose.errors import CourseError, SuiteError
from allclose.model import Assignment, Verdict
from allclose.sandbox import figures
from allclose.sandbox.names import evaluate, stood_in
from allclose.suite.plugin import SuitePlugin, arguments, calm_hypothesis
from allclose.suite.secret import load_seed
from allclose.suite.standins import StandIns, defined_names


class LocalSubmission:
    """A student's names in this very process; what `remote.Submission` is across the wire."""

    def __init__(
        self,
        namespace: dict[str, Any],
        stand_ins: Callable[[str], Mapping[str, Callable[..., Any]]],
        bound: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self._namespace = namespace
        self._stand_ins = stand_ins
        self._bound = dict(bound or {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        if name not in self._namespace:
            raise NameError(f"`{name}` is not defined.")
        return self._seen(self._namespace[name])

    def map(self, function: Callable[..., Any], inputs: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call `function` with each tuple of arguments, in order."""
        return [function(*args) for args in inputs]

    def run(self, code: str) -> Any:
        """Run `code` among the student's names and return the value of its last expression."""
        with stood_in(self._namespace, self._bound):
            return self._seen(evaluate(code, self._namespace))

    def file(self, name: str) -> bytes:
        """The bytes of a file that the submission wrote."""
        return Path(name).read_bytes()

    def fresh(self) -> LocalSubmission:
        """Names of their own; in this process there is no sandbox to be had."""
        return LocalSubmission({"__name__": "__main__"}, self._stand_ins)

    def with_reference(self, question: str) -> LocalSubmission:
        """This submission with our functions in the place of those of an earlier `question`."""
        return LocalSubmission(self._namespace, self._stand_ins, {**self._bound, **self._stand_ins(question)})

    def _seen(self, value: Any) -> Any:
        """A value as a test sees it across the wire: figures as descriptions, functions with their stand-ins."""
        if figures.is_figure(value):
            return figures.rebuild(figures.describe(value))
        # An object that can be called has attributes too: it is only wrapped where stand-ins have to reach it.
        if not inspect.isroutine(value) and (not self._bound or inspect.isclass(value) or not callable(value)):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            with stood_in(self._namespace, self._bound):
                return self._seen(value(*args, **kwargs))

        return call


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
    with _silence():
        try:
            return _points(question, namespace)
        except BaseException:  # a grade cell that raises loses the points of honest answers: see the docstring
            return 0.0


def _points(question: str, namespace: dict[str, Any]) -> float:
    assignment = _assignment(question)
    seed = load_seed(assignment.root)
    names = {name: defined for notebook in assignment.notebooks for name, defined in defined_names(notebook).items()}
    earned = 0.0

    def loop(plugin: SuitePlugin) -> None:
        nonlocal earned
        if plugin.problems:
            raise SuiteError(plugin.problems[0])
        stand_ins = StandIns(names, plugin.reference_module)
        submission = LocalSubmission(namespace, stand_ins)
        chosen = [test.index for test in plugin.tests if test.question == question]
        before = dict(namespace)
        for index, ending in plugin.run(chosen, submission, stand_ins.begin):
            if ending.verdict is Verdict.PASSED:
                earned += plugin.tests[index].points
            namespace.clear()
            namespace.update(before)

    plugin = SuitePlugin(list(names), f"solutions.{assignment.name}", seed, "cpu", loop)
    calm_hypothesis()
    with _course_on_path(assignment.root):
        pytest.main(arguments(assignment.root, assignment.suite, seed), plugins=[plugin])
    maximum = next(one.points for one in assignment.questions if one.name == question)
    return float(min(max(round(earned, 9), 0.0), maximum))


def _assignment(question: str) -> Assignment:
    """The assignment that is being graded: the folder's name says which, as nbgrader lays submissions out."""
    here = Path.cwd()
    root = find_root(here)
    for folder in (here, *here.parents):
        if folder == root:
            break
        if (root / "autograder" / folder.name).is_dir():
            assignment = load(root, folder.name)
            if any(one.name == question for one in assignment.questions):
                return assignment
    raise CourseError(f"{here}: no suite of this course has the question '{question}'")


@contextlib.contextmanager
def _course_on_path(root: Path) -> Iterator[None]:
    sys.path.insert(0, str(root))
    known: dict[str, types.ModuleType] = dict(sys.modules)
    try:
        yield
    finally:
        sys.path.remove(str(root))
        for name in set(sys.modules) - set(known):
            if name.split(".")[0] == "solutions" or name.startswith("test_"):
                del sys.modules[name]


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
        hook, threading.excepthook = threading.excepthook, lambda _: None
        try:
            with contextlib.redirect_stdout(null), contextlib.redirect_stderr(null):
                yield
        finally:
            threading.excepthook = hook
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            for fd in kept:
                os.close(fd)

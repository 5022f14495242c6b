"""Tests that stand in the notebook itself, run in the student's process: examples of doctest and functions of a file.

Of an example only the source comes here; what it printed or raised goes back, and is compared on the trusted side.
Functions judge by themselves, here: what they say can be forged by code that shares their process.
"""

from __future__ import annotations

import doctest
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, Final

from IPython.core.interactiveshell import InteractiveShell

from allclose.errors import ProtocolError
from allclose.sandbox import stand_in_otter
from allclose.sandbox.pristine import Pristine

#: What a runner compares with in the place of what is expected: by it we hear whether the example raised.
_PRINTS: Final = "prints\n"
_RAISES: Final = "raises\n"


class _Heard(doctest.OutputChecker):
    """Hears what the runner would compare."""

    raised = False
    text = ""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        self.raised, self.text = want == _RAISES, got
        return True


class Checks:
    """The tests of one notebook, as they are asked for.

    Parameters
    ----------
    namespace : dict
        The notebook's names.
    ask : callable
        Tells the trusted side that the notebook asks for a question's tests; gives what it answers.
    """

    def __init__(self, namespace: dict[str, Any], ask: Callable[[str], list[Any]]) -> None:
        self._namespace = namespace
        self._ask = ask
        self._environment = namespace
        self._asking = False
        self._names: dict[str, Any] = {}
        self._flags = 0
        self._cases: list[Any] = []
        self._pristine = Pristine()
        # A kernel's process is made once more for each notebook; so is what it imports from.
        sys.path.append(os.getcwd())

    def perform(self, operation: str, *parts: Any) -> Any:
        """Do one step of a test; what the student's code raises comes out."""
        match operation:
            case "install":
                self._namespace[parts[0]] = stand_in_otter.install(self._check)
                return None
            case "describe":
                return self._describe(*parts)
            case "last":
                self._asking, self._environment = True, self._namespace
                return None
        with self._pristine.restored():
            match operation:
                case "open":
                    self._names = self._environment.copy()
                    self._flags = doctest._extract_future_flags(self._names)  # type: ignore[attr-defined]
                    return None
                case "example":
                    return self._example(*parts)
                case "load":
                    self._cases = []
                    _, self._cases = _run_file(*parts)
                    return len(self._cases)
                case "call":
                    return self._cases[parts[0]].call_func(self._environment)
        raise ProtocolError("a check of an unknown kind")

    def _check(self, question: str, environment: dict[str, Any]) -> list[Any]:
        if self._asking or threading.current_thread() is not threading.main_thread():
            raise RuntimeError("a check cannot be asked for from within a test or from another thread")
        self._asking, self._environment = True, environment
        try:
            return self._ask(question)
        finally:
            self._asking, self._environment = False, self._namespace

    def _example(self, source: str, name: str) -> list[Any]:
        """Run one example as doctest does; gives whether it raised, and the text that is compared."""
        heard = _Heard()
        test = doctest.DocTest([doctest.Example(source, _PRINTS, _RAISES)], {}, name, None, None, None)
        test.globs = self._names  # a DocTest would make its own copy; the examples of a case share one
        unseen = io.StringIO()
        with redirect_stdout(unseen), redirect_stderr(unseen), _displaying_nothing():
            doctest.DocTestRunner(heard, verbose=False).run(test, self._flags, out=_drop, clear_globs=False)
        return [heard.raised, heard.text.encode("utf-8", "replace").decode()]

    def _describe(self, source: str, path: str) -> dict[str, Any]:
        """Say what a test file holds; only asked of a process in which no student code runs."""
        names, cases = _run_file(source, path)
        if "OK_FORMAT" not in names:
            raise ValueError("it does not define OK_FORMAT")
        if names["OK_FORMAT"]:
            return {"ok": True, "test": names["test"]}
        fields = ("name", "points", "hidden", "success_message", "failure_message")
        return {
            "ok": False,
            "name": names["name"],
            "points": names.get("points"),
            "all_or_nothing": bool(names.get("all_or_nothing", False)),
            "cases": [{field: getattr(case, field) for field in fields} for case in cases],
        }


def _run_file(source: str, path: str) -> tuple[dict[str, Any], list[Any]]:
    """Run a test file: its names, and those of them that are cases, in order."""
    test_case = stand_in_otter.install_test_files()
    names: dict[str, Any] = {}
    exec(compile(source, path, "exec"), names)
    return names, [value for value in names.values() if isinstance(value, test_case)]


def _drop(_: str) -> None:
    pass


@contextmanager
def _displaying_nothing() -> Iterator[None]:
    formatter: Any = InteractiveShell.instance().display_formatter
    formatters, formatter.formatters = formatter.formatters, {}
    try:
        yield
    finally:
        formatter.formatters = formatters

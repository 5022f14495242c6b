"""What a notebook finds under the name `otter` in the sandbox: the same calls, and no tests to read.

`Notebook.check` asks the trusted side, which runs the question's tests there and then. It answers with what the public
cases say, as on the student's own machine; what the hidden ones say never comes back into this process.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

Ask = Callable[[str, dict[str, Any]], list[Any]]
VERSION = "7.0.0"


def install(ask: Ask) -> type:
    """Put the stand-in where `import otter` finds it; returns its `Notebook`.

    Parameters
    ----------
    ask : callable
        Has a question's tests run on a namespace; gives the test's name and, for each public case, its name, whether
        it passed, and its points.
    """
    real = importlib.util.find_spec("otter")
    otter = ModuleType("otter", "The student's side of otter-grader, as far as a notebook uses it.")
    spec = ModuleSpec("otter", None, is_package=True)
    spec.submodule_search_locations = list((real and real.submodule_search_locations) or ())
    vars(otter).update(
        __spec__=spec,
        __path__=spec.submodule_search_locations,
        __version__=VERSION,
        __all__=["Notebook", "__version__", "api", "logs"],
        __getattr__=_submodule,
        Notebook=_notebook_class(ask),
    )
    sys.modules["otter"] = otter
    install_test_files()
    notebook: type = vars(otter)["Notebook"]
    return notebook


def install_test_files() -> type:
    """Put a new `otter.test_files` in place, whatever a notebook did to the last; returns its `test_case`."""
    module = ModuleType("otter.test_files", "Decorates the functions of a test file.")
    found = _test_case_class()
    vars(module).update(test_case=found, __all__=["test_case"])
    sys.modules["otter.test_files"] = module
    if (otter := sys.modules.get("otter")) is not None:
        vars(otter)["test_files"] = module
    return found


def _submodule(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module 'otter' has no attribute {name!r}")
    if name == "logs":
        return importlib.import_module("otter.check.logs")
    try:
        return importlib.import_module(f"otter.{name}")
    except ImportError:
        raise AttributeError(f"module 'otter' has no attribute {name!r}") from None


class Result:
    """What `check` gives back: the public cases of one question."""

    def __init__(self, name: str, cases: list[list[Any]], *, all_or_nothing: bool) -> None:
        self.name = name
        self.all_or_nothing = all_or_nothing
        self._cases = cases

    @property
    def passed_all(self) -> bool:
        """Whether every public case passed."""
        return all(passed for _, passed, _ in self._cases)

    passed_all_public = passed_all

    @property
    def possible(self) -> Any:
        """The points of the public cases."""
        return sum(points for _, _, points in self._cases)

    @property
    def score(self) -> Any:
        """The points of those that passed."""
        if self.all_or_nothing:
            return self.possible if self.passed_all else 0
        return sum(points for _, passed, points in self._cases if passed)

    @property
    def grade(self) -> Any:
        """The share of the points."""
        return self.score / self.possible if self.possible else float(self.passed_all)

    def summary(self, public_only: bool = False) -> str:
        """Return the results in words."""
        if self.passed_all:
            return f"{self.name} results: All test cases passed!"
        lines = [f"    {name} result: {'passed' if passed else 'failed'}" for name, passed, _ in self._cases]
        return "\n".join([f"{self.name} results:", *lines])

    def __repr__(self) -> str:
        return self.summary()


def _notebook_class(ask: Ask) -> type:
    class Notebook:
        """The checks of a notebook, in otter's grading mode: what exports does nothing."""

        def __init__(
            self, nb_path: str | None = None, tests_dir: str = "./tests", tests_url_prefix: str | None = None
        ) -> None:
            if nb_path:  # otter reads the file that is named: a wrong name fails there too
                with Path(nb_path).open(encoding="utf-8") as file:
                    json.load(file)
            self._tests_url_prefix = tests_url_prefix

        def check(self, question: str, global_env: dict[str, Any] | None = None) -> Result:
            """Run the question's tests on the caller's names, or those that are given."""
            if self._tests_url_prefix is not None:
                raise ValueError("Downloading test files from URLs is only supported on JupyterLite")
            if not isinstance(question, str):
                raise TypeError("the name of a question is a str")
            environment = sys._getframe(1).f_globals if global_env is None else global_env
            if not isinstance(environment, dict):
                raise TypeError("the names to check are a dict")
            name, cases, all_or_nothing = ask(question, environment)
            return Result(name, cases, all_or_nothing=all_or_nothing)

        def check_all(self) -> None:
            """Do nothing: every test runs once the notebook has."""

        def export(self, *args: Any, **kwargs: Any) -> None:
            """Do nothing: the notebook was handed in."""

        def to_pdf(self, *args: Any, **kwargs: Any) -> None:
            """Do nothing: the notebook was handed in."""

        def add_plugin_files(self, *args: Any, **kwargs: Any) -> None:
            """Do nothing: the notebook was handed in."""

        def run_plugin(self, *args: Any, **kwargs: Any) -> None:
            """Do nothing: plugins do not run here."""

    Notebook.__module__ = "otter.check.notebook"
    Notebook.__qualname__ = "Notebook"
    return Notebook


def _test_case_class() -> type:
    class test_case:  # noqa: N801 - its name in otter
        """Marks a function as a case of a test file."""

        def __init__(
            self,
            name: str | None = None,
            points: float | None = None,
            hidden: bool = False,
            success_message: str | None = None,
            failure_message: str | None = None,
        ) -> None:
            self.name = name
            self.points = points
            self.hidden = hidden
            self.success_message = success_message
            self.failure_message = failure_message
            self.test_func: Callable[..., None] = lambda: None

        def __call__(self, test_func: Callable[..., None]) -> test_case:
            self.test_func = test_func
            return self

        def call_func(self, global_environment: dict[str, Any]) -> None:
            """Call the function with the names that it asks for; `env` is all of them."""
            wanted = inspect.signature(self.test_func).parameters
            self.test_func(
                **{name: global_environment if name == "env" else global_environment.get(name) for name in wanted}
            )

    return test_case

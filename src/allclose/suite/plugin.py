"""The pytest plugin: collects a hidden suite once, gives its fixtures, and runs chosen tests on one submission."""

from __future__ import annotations

import hashlib
import importlib
import random
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from allclose.model import Verdict
from allclose.suite.direct import DirectTest, direct_test
from allclose.suite.marks import MARKER
from allclose.suite.verdicts import CHANGED, Ending, ending


@dataclass(frozen=True, slots=True)
class SuiteTest:
    """One collected test. `title` is the first line of its docstring, which a student may read."""

    index: int
    name: str
    question: str
    points: float
    title: str


class SuitePlugin:
    """Registered with one pytest session; `loop` is called in place of running everything.

    Parameters
    ----------
    questions : sequence of str
        The lab's automatic questions, in the order of its notebooks; tests are run in this order.
    reference : str or None
        The module that holds the reference, for the fixture of that name.
    seed : bytes
        The secret that the fixture `rng` and hypothesis draw from.
    device : str
        What the fixture `device` says.
    loop : callable
        What to do with the collected tests.
    """

    def __init__(
        self,
        questions: Sequence[str],
        reference: str | None,
        seed: bytes,
        device: str,
        loop: Callable[[SuitePlugin], None],
    ) -> None:
        self.problems: list[str] = []
        self.tests: tuple[SuiteTest, ...] = ()
        self._order = {question: place for place, question in enumerate(questions)}
        self._reference = reference
        self._seed = seed
        self._device = device
        self._loop = loop
        self._items: list[pytest.Item] = []
        self._direct: list[DirectTest | None] = []
        self._numbers: list[int] = []
        self._session: pytest.Session | None = None
        self._submission: Any = None
        self._error: BaseException | None = None
        self._in_call = True
        self._running = 0

    def run(
        self,
        chosen: Sequence[int],
        submission: Any,
        begin: Callable[[str], None],
        begin_apart: Callable[[str], bool] = lambda _: False,
    ) -> Iterator[tuple[int, Ending]]:
        """Run the tests of these indexes on one submission, in order.

        Parameters
        ----------
        chosen : sequence of int
            Indexes into `tests`.
        submission : object
            What the fixture `submission` gives.
        begin : callable
            Called with the question before each test; what it raises ends that test.
        begin_apart : callable
            Called with the question after each test that passed; where it says that arguments changed, the test runs
            once more, on what it passes kept apart, and only where it passes again it passed: see `grade`.
        """
        self._submission = submission
        for place, index in enumerate(chosen):
            others = (self._items[later] for later in chosen[place + 1 :] if self._direct[later] is None)
            following = None if self._direct[index] else next(others, None)
            yield index, self._judge(index, following, begin, begin_apart)

    def _judge(
        self,
        index: int,
        following: pytest.Item | None,
        begin: Callable[[str], None],
        begin_apart: Callable[[str], bool],
    ) -> Ending:
        def begin_first(question: str) -> bool:
            begin(question)
            return True

        first = self._run_once(index, following, begin_first)
        if first.verdict is not Verdict.PASSED or _is_in_place(self._items[index]):
            return first
        second = self._run_once(index, following, begin_apart)
        return replace(second, message=CHANGED, doubtful=True) if second.verdict is Verdict.FAILED else second

    def _run_once(self, index: int, following: pytest.Item | None, begin: Callable[[str], bool]) -> Ending:
        item, direct = self._items[index], self._direct[index]
        self._error, self._in_call = None, True
        try:
            begun = begin(self.tests[index].question)
        except BaseException as error:
            self._error = error
        else:
            if begun:
                self._running = self._numbers[index]
                self._seed_all(self._running)
                if direct is not None:
                    self._error, self._in_call = direct.run()
                else:
                    _forget_instance(item)
                    runtestprotocol(item, log=False, nextitem=following)
        return ending(self._error, item.path, in_call=self._in_call)

    def _seed_all(self, number: int) -> None:
        random.seed(number)
        np.random.seed(number % 2**32)
        torch = sys.modules.get("torch")
        if torch is None:
            return
        if self._device == "cpu":  # `torch.manual_seed` writes down the stack for each kind of device that is not there
            torch.default_generator.manual_seed(number % 2**63)
        else:
            torch.manual_seed(number % 2**63)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        if call.excinfo is not None and self._error is None:
            self._error, self._in_call = call.excinfo.value, call.when == "call"
        if call.when == "call":  # nobody reads pytest's picture of the failure, which takes 20 ms to draw
            call.excinfo = None
        return (yield)

    @pytest.hookimpl
    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", f"{MARKER}(question, points): the question and points of a hidden test")

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(f"{report.nodeid}: {last_line(str(report.longrepr))}")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        marked = [(item, *_mark(item)) for item in items]
        for item, question, _ in marked:
            if not question:
                self.problems.append(f"{item.nodeid} has no @grade(question, points=...)")
            elif question not in self._order:
                self.problems.append(f"{item.nodeid}: @grade names the question '{question}', which no notebook has")
        known = sorted((row for row in marked if row[1] in self._order), key=lambda row: self._order[row[1]])
        cases = Counter(_function(item) for item, _, _ in known)
        self._items = [item for item, _, _ in known]
        self._direct = [direct_test(item, self) for item in self._items]
        self._numbers = [self._number(item) for item in self._items]
        self.tests = tuple(
            SuiteTest(index, item.name, question, points / cases[_function(item)], _title(item))
            for index, (item, question, points) in enumerate(known)
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._session = session
        self._loop(self)
        return True

    def hold(self) -> Callable[[], None]:
        """Let the session outlive `pytest.main`, so that tests run after it too; call what comes back to end it."""
        assert self._session is not None
        config = self._session.config
        end: Callable[[], None] = config._ensure_unconfigure
        config._ensure_unconfigure = lambda: None  # type: ignore[method-assign]
        return end

    @pytest.fixture
    def submission(self) -> Any:
        """The submission under test."""
        return self._submission

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        """A random generator that is the same for every submission and unknown to students."""
        return np.random.default_rng(self._running)  # not by `request`, which pytest makes anew each time

    @pytest.fixture
    def device(self) -> str:
        """Where the reference computes."""
        return self._device

    @pytest.fixture
    def reference(self) -> ModuleType:
        """The lab's reference."""
        return self.reference_module()

    def reference_module(self) -> ModuleType:
        """Import the lab's reference."""
        if self._reference is None:
            pytest.fail("this lab has no reference in solutions/")
        return importlib.import_module(self._reference)

    def _number(self, item: pytest.Item) -> int:
        return int.from_bytes(hashlib.sha256(self._seed + item.nodeid.encode()).digest()[:16], "big")


def arguments(root: Path, suite: Sequence[Path], seed: bytes) -> list[str]:
    """Command-line arguments for a pytest session that collects just this suite, whatever is configured around it."""
    number = int.from_bytes(hashlib.sha256(seed + b"hypothesis").digest()[:4], "big")
    return [
        *(str(path) for path in suite),
        f"--rootdir={root}",
        f"--confcutdir={root / 'autograder'}",
        "--config-file=/dev/null",
        "--disable-plugin-autoload",
        "--capture=no",
        "--assert=plain",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:logging",  # it goes through every logger around every phase of a test, and torch has many
        "-p",
        "no:threadexception",  # it gathers errors of threads for warnings that nobody reads
        "-p",
        "no:unraisableexception",
        "-p",
        "_hypothesis_pytestplugin",
        f"--hypothesis-seed={number}",
        "-q",
    ]


def calm_hypothesis() -> None:
    """Let hypothesis neither store examples nor judge by the clock."""
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "allclose", database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False
    )
    settings.load_profile("allclose")


def _mark(item: pytest.Item) -> tuple[str, float]:
    mark = item.get_closest_marker(MARKER)
    return (mark.args[0], mark.args[1]) if mark else ("", 0.0)


def _is_in_place(item: pytest.Item) -> bool:
    mark = item.get_closest_marker(MARKER)
    return bool(mark and mark.args[2])


def _forget_instance(item: pytest.Item) -> None:
    """Let a method run on an object of its own: pytest keeps the one that it has made for an item."""
    if isinstance(item, pytest.Function) and item.cls is not None:
        for name in ("_obj", "_instance"):
            item.__dict__.pop(name, None)


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _title(item: pytest.Item) -> str:
    text = getattr(getattr(item, "function", None), "__doc__", None) or ""
    return text.strip().partition("\n")[0]


def last_line(text: str) -> str:
    """The last line of what pytest says of an error: the error itself."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("E").strip() if lines else "no reason given"

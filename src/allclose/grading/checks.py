"""The tests of a notebook that tests itself, by otter-grader's rules: cases, points, and what an example must print.

A test file is either data, the cases of which are examples of doctest, or a program, the cases of which are functions.
What is data is read here and its expected outputs stay here. What is a program runs in the sandbox only.
"""

from __future__ import annotations

import ast
import doctest
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import dedent
from typing import Any

from allclose.errors import InteropError
from allclose.model import Limits, Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a question: examples of doctest, or (None) a function of the question's file."""

    name: str
    points: float
    hidden: bool
    examples: tuple[doctest.Example, ...] | None = field(repr=False)
    success_message: str = ""
    failure_message: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The tests of one question: a file of them. `source` is its text where its cases are functions."""

    name: str
    path: str
    cases: tuple[Case, ...]
    all_or_nothing: bool
    source: str = field(default="", repr=False)

    @property
    def possible(self) -> float:
        """The points of the question."""
        return sum(case.points for case in self.cases)

    def score(self, verdicts: Sequence[Verdict]) -> float:
        """The points that the verdicts of the cases earn; a case without one did not pass."""
        passed = [verdict is Verdict.PASSED for verdict in verdicts] + [False] * (len(self.cases) - len(verdicts))
        if self.all_or_nothing:
            return self.possible if all(passed) else 0.0
        return sum(case.points for case, well in zip(self.cases, passed, strict=True) if well)


@dataclass(frozen=True, slots=True)
class CheckedLab:
    """An assignment whose notebook tests itself.

    `tests` are the test files' texts by path, `files` what lies beside the notebook, by relative path. A `seed` is set
    before every cell, in NumPy and `random` or in the variable of that name. `points_possible` and `score_threshold`
    turn the sum of the points into the score.
    """

    name: str
    tests: Mapping[str, str] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    limits: Limits
    expected_name: str | None = None
    seed: int | None = None
    seed_variable: str | None = None
    points_possible: float | None = None
    score_threshold: float | None = None

    def total(self, score: float, possible: float) -> tuple[float, float]:
        """The score of a submission and its maximum, from the points of its questions."""
        most = possible if self.points_possible is None else self.points_possible
        share = score / possible if possible else 0.0
        if self.score_threshold is not None:
            most = self.points_possible or possible
            return (most if share >= self.score_threshold else 0.0), most
        return (score if self.points_possible is None else share * most), most


def literal_check(path: str, source: str) -> Check | None:
    """Read a test file that is plain data, without running it; None where it must run to be known.

    Raises
    ------
    InteropError
        If it is no test file, or not as otter takes it.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise InteropError(f"{path} is not Python: {error}; mend the test file") from None
    found: dict[str, Any] = {}
    for statement in body:
        match statement:
            case ast.Expr(ast.Constant(str())):
                continue
            case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                try:
                    found[name] = ast.literal_eval(value)
                    continue
                except (ValueError, TypeError, RecursionError):
                    return None
        return None
    if "OK_FORMAT" not in found:
        raise InteropError(f"{path} does not define OK_FORMAT; otter cannot run it: mend the test file")
    return check_of_examples(path, found.get("test")) if found["OK_FORMAT"] else None


def described_check(path: str, source: str, described: Any) -> Check:
    """Read a test file by what it says of itself when it runs, in a sandbox without student code.

    Raises
    ------
    InteropError
        If it is not as otter takes it.
    """
    if not isinstance(described, dict):
        raise InteropError(f"{path} does not say what it holds; mend the test file")
    if described.get("ok"):
        return check_of_examples(path, described.get("test"))
    name = described.get("name")
    if not isinstance(name, str):
        raise InteropError(f"{path}: 'name' is not a text; mend the test file")
    cases, points = [], []
    for number, case in enumerate(described["cases"], start=1):
        cases.append(_case(path, f"{name} - {number}", case, None, hidden=case["hidden"]))
        points.append(case["points"])
    worth = _points(path, described.get("points"), points)
    cases = [replace(case, points=value) for case, value in zip(cases, worth, strict=True)]
    return Check(name, path, tuple(cases), bool(described.get("all_or_nothing")), source)


def check_of_examples(path: str, spec: Any) -> Check:
    """Read the `test` of a file in OK's format.

    Raises
    ------
    InteropError
        If it is not as otter takes it.
    """
    if not isinstance(spec, dict) or not isinstance(spec.get("name"), str):
        raise InteropError(f"{path}: 'test' is no dictionary with a 'name'; mend the test file")
    suites = spec.get("suites")
    if not isinstance(suites, list) or len(suites) != 1 or not isinstance(suites[0], dict):
        raise InteropError(f"{path}: otter takes exactly one suite; mend the test file")
    (suite,) = suites
    if suite.get("type", "doctest") != "doctest":
        raise InteropError(f"{path}: otter takes suites of type 'doctest' only; mend the test file")
    for part in ("setup", "teardown"):
        if suite.get(part):
            raise InteropError(f"{path}: otter takes no '{part}'; move its code into the cases")
    if not isinstance(suite.get("cases"), list):
        raise InteropError(f"{path}: the suite has no list of 'cases'; mend the test file")
    cases, points = [], []
    for number, case in enumerate(suite["cases"], start=1):
        if not isinstance(case, dict) or not isinstance(case.get("code"), str):
            raise InteropError(f"{path}: case {number} has no 'code'; mend the test file")
        examples = _examples(path, number, case["code"])
        cases.append(_case(path, f"{spec['name']} - {number}", case, examples, hidden=case.get("hidden", True)))
        points.append(case.get("points"))
    worth = _points(path, spec.get("points"), points)
    cases = [replace(case, points=value) for case, value in zip(cases, worth, strict=True)]
    return Check(spec["name"], path, tuple(cases), bool(spec.get("all_or_nothing", False)))


def skipped(example: doctest.Example) -> bool:
    """Whether an example is marked to be passed over."""
    return bool(_flags(example) & doctest.SKIP)


def is_expected(example: doctest.Example, text: str, *, raised: bool) -> bool:
    """Whether an example printed, or raised, what it must, as doctest compares it."""
    flags = _flags(example)
    compare = doctest.OutputChecker().check_output
    if not raised:
        return compare(example.want, text, flags)
    if example.exc_msg is None:
        return False
    if compare(example.exc_msg, text, flags):
        return True
    if not flags & doctest.IGNORE_EXCEPTION_DETAIL:
        return False
    without: Any = doctest._strip_exception_details  # type: ignore[attr-defined]
    return compare(without(example.exc_msg), without(text), flags)


def _flags(example: doctest.Example) -> int:
    flags = 0
    for flag, on in example.options.items():
        flags = flags | flag if on else flags & ~flag
    return flags


def _examples(path: str, number: int, code: str) -> tuple[doctest.Example, ...]:
    try:
        return tuple(doctest.DocTestParser().get_examples(dedent(code), f"{path} {number}"))
    except ValueError as error:
        raise InteropError(f"{path}: case {number} is no doctest: {error}; mend the test file") from None


def _case(
    path: str, name: str, said: Mapping[str, Any], examples: tuple[doctest.Example, ...] | None, *, hidden: Any
) -> Case:
    texts = {key: said.get(key) for key in ("name", "success_message", "failure_message")}
    for key, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise InteropError(f"{path}: the '{key}' of {name} is not a text; mend the test file")
    own = name if texts["name"] is None else texts["name"]
    return Case(own, 0.0, bool(hidden), examples, texts["success_message"] or "", texts["failure_message"] or "")


def _points(path: str, total: Any, given: Sequence[Any]) -> list[float]:
    """What each case is worth: what it says, and an equal share of what is left for those that say nothing."""
    if isinstance(total, list):
        if len(total) != len(given):
            raise InteropError(f"{path}: 'points' lists {len(total)} values for {len(given)} cases; mend the test file")
        given, total = total, None
    if total is not None and not isinstance(total, int | float):
        raise InteropError(f"{path}: 'points' is no number; mend the test file")
    if not all(value is None or type(value) in (int, float) for value in given):
        raise InteropError(f"{path}: the 'points' of a case are no number; mend the test file")
    said = [value for value in given if value is not None]
    silent = len(given) - len(said)
    if total is not None and sum(said) > total:
        raise InteropError(f"{path}: the cases have more points than the question; mend the test file")
    if total is None:  # a question without any points is worth one
        total = sum(said) if any(said) else 1
    share = (total - sum(said)) / silent if silent else 0.0
    return [share if value is None else value for value in given]

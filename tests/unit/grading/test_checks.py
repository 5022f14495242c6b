"""Otter's rules for points and examples, beside otter itself and doctest itself."""

from __future__ import annotations

import doctest
import io
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import pytest

from allclose.errors import InteropError
from allclose.grading.checks import CheckedLab, described_check, is_expected, literal_check, skipped
from allclose.model import Limits, Verdict
from tests.otter_assignments import OK_TESTS, ok_test, own_tests

PASSED, FAILED = Verdict.PASSED, Verdict.FAILED


@pytest.fixture(scope="module")
def otters() -> Any:
    """Otter's reader of tests in OK's format."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from otter.test_files.ok_test import OKTestFile

    return OKTestFile


def spec_of(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(source, names)
    return names["test"]


@pytest.mark.parametrize("source", [*OK_TESTS.values(), *own_tests().values()])
def test_a_test_file_is_read_as_otter_reads_it(otters: Any, source: str) -> None:
    ours = literal_check("tests/q.py", source)
    theirs = otters.from_spec(spec_of(source))
    assert ours is not None
    assert (ours.name, ours.possible, ours.all_or_nothing) == (theirs.name, theirs.possible, theirs.all_or_nothing)
    assert [(case.name, case.points, case.hidden) for case in ours.cases] == [
        (case.name, case.points, case.hidden) for case in theirs.test_cases
    ]
    assert [(case.success_message, case.failure_message) for case in ours.cases] == [
        (case.success_message or "", case.failure_message or "") for case in theirs.test_cases
    ]


@pytest.mark.parametrize("total", [None, 0, 1, 3, 2.5, [1, 2, 3], [None, 1, None], [0, 0, None], True])
@pytest.mark.parametrize(
    "given", [(None, None, None), (1, None, None), (0, None, 0), (1, 1.5, 0), (0, 0, 0), (1, -1, None)]
)
def test_points_are_shared_out_as_otter_shares_them(otters: Any, total: Any, given: tuple[Any, ...]) -> None:
    from otter.test_files.abstract_test import TestCase

    source = ok_test("q", [{"code": ">>> 1\n1", "points": points} for points in given], total)
    cases = [TestCase(f"q - {number}", "", False, points, None, None) for number, points in enumerate(given)]
    try:
        theirs = [case.points for case in otters.resolve_test_file_points(total, cases)]
    except ValueError:
        with pytest.raises(InteropError, match=r"^tests/q.py: .*; mend the test file$"):
            literal_check("tests/q.py", source)
        return
    ours = literal_check("tests/q.py", source)
    assert ours is not None
    assert [case.points for case in ours.cases] == theirs


@pytest.mark.parametrize(
    ("verdicts", "score", "all_or_nothing"),
    [([PASSED, PASSED], 3, 3), ([PASSED, FAILED], 1, 0), ([PASSED], 1, 0), ([], 0, 0), ([FAILED, PASSED], 2, 0)],
)
def test_cases_without_a_verdict_did_not_pass(verdicts: list[Verdict], score: float, all_or_nothing: float) -> None:
    for together, points in ((False, score), (True, all_or_nothing)):
        check = literal_check("t.py", ok_test("q", [">>> 1", ">>> 2"], [1, 2], all_or_nothing=together))
        assert check is not None
        assert check.score(verdicts) == points


@pytest.mark.parametrize(
    ("rules", "total"),
    [
        ({}, (3, 4)),
        ({"points_possible": 10}, (7.5, 10)),
        ({"points_possible": 0}, (0, 0)),
        ({"score_threshold": 0.75}, (4, 4)),
        ({"score_threshold": 0.76}, (0, 4)),
        ({"score_threshold": 0.5, "points_possible": 1}, (1, 1)),
        ({"score_threshold": 0.5, "points_possible": 0}, (4, 4)),
    ],
)
def test_the_score_follows_the_assignments_rules(rules: dict[str, float], total: tuple[float, float]) -> None:
    assert CheckedLab("hw", {}, {}, Limits(), **rules).total(3, 4) == total  # type: ignore[arg-type]


def test_nothing_to_get_is_nothing_got() -> None:
    assert CheckedLab("hw", {}, {}, Limits(), points_possible=5).total(0, 0) == (0, 5)


EXAMPLES = {
    "print": ">>> print('a')\na",
    "print otherwise": ">>> print('b')\na",
    "no newline": ">>> print('a', end='')\na",
    "blank line": ">>> print('a\\n\\nb')\na\n<BLANKLINE>\nb",
    "true for 1": ">>> 1\nTrue",
    "ellipsis": ">>> print('abc') # doctest: +ELLIPSIS\na...",
    "no ellipsis": ">>> print('abc')\na...",
    "spaces": ">>> print('a   b') # doctest: +NORMALIZE_WHITESPACE\na b",
    "not true for 1": ">>> 1 # doctest: +DONT_ACCEPT_TRUE_FOR_1\nTrue",
    "raised": ">>> 1 / 0\nTraceback (most recent call last):\nZeroDivisionError: division by zero",
    "raised otherwise": ">>> 1 / 0\nTraceback (most recent call last):\nValueError: division by zero",
    "raised in other words": ">>> 1 / 0 # doctest: +IGNORE_EXCEPTION_DETAIL\nTraceback (most recent call last):\n"
    "ZeroDivisionError: whatever",
    "raised unexpectedly": ">>> 1 / 0\n1",
    "not raised": ">>> print('ZeroDivisionError')\nTraceback (most recent call last):\nZeroDivisionError",
    "empty": ">>> None",
    "not ASCII": ">>> print('\u00e9\u2019')\n\u00e9\u2019",
}


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES)
def test_an_output_is_compared_as_doctest_compares_it(text: str, tell: Callable[[str], tuple[bool, str]]) -> None:
    (example,) = doctest.DocTestParser().get_examples(text)
    runner = doctest.DocTestRunner(verbose=False)
    with redirect_stdout(io.StringIO()):
        theirs = runner.run(doctest.DocTest([example], {}, "q", None, None, None))
    raised, said = tell(example.source)
    assert is_expected(example, said, raised=raised) == (theirs.failed == 0)


@pytest.fixture
def tell() -> Callable[[str], tuple[bool, str]]:
    """What an example prints or raises, as the sandbox tells it."""
    from allclose.sandbox.checks import Checks

    checks = Checks({}, lambda _: [])
    checks.perform("open")

    def call(source: str) -> tuple[bool, str]:
        raised, text = checks.perform("example", source, "q")
        return raised, text

    return call


def test_an_example_that_is_to_be_skipped_is_known() -> None:
    some, other = doctest.DocTestParser().get_examples(">>> 1 # doctest: +SKIP\n>>> 2 # doctest: -SKIP\n")
    assert skipped(some)
    assert not skipped(other)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("test = {}", "does not define OK_FORMAT"),
        ("OK_FORMAT = True\n", "'test' is no dictionary with a 'name'"),
        ("OK_FORMAT = True\ntest = {'suites': []}", "'test' is no dictionary with a 'name'"),
        ("OK_FORMAT = True\ntest = {'name': 'q', 'suites': [{}, {}]}", "exactly one suite"),
        ("OK_FORMAT = True\ntest = {'name': 'q', 'suites': [{'type': 'wwpp'}]}", "of type 'doctest' only"),
        ("OK_FORMAT = True\ntest = {'name': 'q', 'suites': [{'setup': '>>> 1'}]}", "no 'setup'"),
        ("OK_FORMAT = True\ntest = {'name': 'q', 'suites': [{}]}", "no list of 'cases'"),
        ("OK_FORMAT = True\ntest = {'name': 'q', 'suites': [{'cases': [{}]}]}", "case 1 has no 'code'"),
        ("OK_FORMAT = True\ntest = {'name': 'q', 'suites': [{'cases': [{'code': '>>> 1\\n...2'}]}]}", "is no doctest"),
        ("OK_FORMAT = True\ntest = (", "is not Python"),
        (ok_test("q", [">>> 1"], "much"), "'points' is no number"),
        (ok_test("q", [{"code": ">>> 1", "points": "1"}]), "'points' of a case are no number"),
        (ok_test("q", [{"code": ">>> 1", "failure_message": 3}]), "the 'failure_message' of q - 1 is not a text"),
    ],
)
def test_a_test_file_that_otter_cannot_run_is_refused_by_name(source: str, why: str) -> None:
    with pytest.raises(InteropError) as refused:
        literal_check("tests/q.py", source)
    assert str(refused.value).startswith("tests/q.py")
    assert why in str(refused.value)
    assert str(refused.value).count("\n") == 0


@pytest.mark.parametrize(
    "source",
    [
        "OK_FORMAT = False\nname = 'q'",
        "import os\nOK_FORMAT = True\ntest = {}",
        "OK_FORMAT = True\ntest = dict(name='q')",
    ],
)
def test_what_is_not_plain_data_is_not_run_here(source: str) -> None:
    assert literal_check("tests/q.py", source) is None


def test_functions_get_otters_default_names_and_points() -> None:
    case = {"hidden": True, "success_message": None, "failure_message": "look again"}
    said = {
        "name": "q",
        "points": 4,
        "cases": [{**case, "name": None, "points": None}, {**case, "name": "b", "points": 1}],
    }
    check = described_check("tests/q.py", "source", said)
    assert [(each.name, each.points, each.failure_message) for each in check.cases] == [
        ("q - 1", 3, "look again"),
        ("b", 1, "look again"),
    ]
    with pytest.raises(InteropError, match="'name' is not a text"):
        described_check("tests/q.py", "source", said | {"name": 3})

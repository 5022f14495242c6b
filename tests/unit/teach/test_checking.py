"""A question's public checks on a student's names: a verdict with the difference, and never a traceback."""

from __future__ import annotations

import linecache
import re
from typing import Any

import numpy as np
import pytest

from allclose.teach.checking import Outcome, Result, run_checks


def answered(code: str = "") -> dict[str, Any]:
    """The names of a notebook in which a student has run a cell."""
    names: dict[str, Any] = {"np": np}
    linecache.cache["<cell>"] = (len(code), None, code.splitlines(keepends=True), "<cell>")
    exec(compile(code, "<cell>", "exec"), names)
    return names


def checked(checks: str, code: str = "") -> Outcome:
    return run_checks("question", checks, answered(code))


ADAM = """
class Adam:
    steps = 0
    def step(self, theta):
        Adam.steps += 1
        return theta - 0.1 * Adam.steps
"""


def test_checks_that_hold_pass_and_say_how_closely() -> None:
    outcome = checked(
        'with public_checks("question"):\n    assert np.allclose(double(0.1 + 0.2), 0.6)', "def double(x): return 2 * x"
    )
    assert outcome == Outcome(
        "question",
        Result.PASSED,
        "the public checks pass",
        ("exact: no · approximately: yes · max difference: 1.11e-16",),
    )


def test_a_value_that_is_off_is_shown_beside_the_expected_one_with_the_difference() -> None:
    checks = """
with public_checks("question"):
    assert np.allclose(double(1.0), 2.0)
    assert np.allclose(double(np.array([1.0, 2.0, 4.0])), [2.0, 4.0, 9.0]), "doubled, entry by entry"
"""
    outcome = checked(checks, "def double(x): return 2 * x")
    assert outcome.result is Result.FAILED
    assert outcome.headline == "check 2 does not hold: doubled, entry by entry"
    assert outcome.details == (
        "double(np.array([1.0, 2.0, 4.0])) ≈ [2.0, 4.0, 9.0]",
        "yours     [2., 4., 8.]",
        "expected  [2., 4., 9.]",
        "exact: no · approximately: no · max difference: 1 at [2]",
    )


def test_nothing_is_computed_twice() -> None:
    names = answered(ADAM)
    outcome = run_checks("adam", "assert np.allclose(Adam().step(1.0), 0.5), 'half'", names)
    assert "yours     0.9" in outcome.details
    assert names["Adam"].steps == 1


def test_the_kind_of_mistake_is_named() -> None:
    outcome = checked("assert np.allclose(f(np.arange(4.0)), [0.0, -1.0, -2.0, -3.0])", "def f(x): return x")
    assert outcome.details[-1] == "The result has the wrong sign."


def test_an_expected_value_may_stand_on_the_left() -> None:
    assert "yours     3" in checked("assert 4 == f()", "def f(): return 3").details


@pytest.mark.parametrize(
    "checks",
    [
        "np.testing.assert_allclose(f(), [1.0, 2.0])",
        "from numpy.testing import assert_array_equal\nassert_array_equal(f(), [1.0, 2.0])",
        "assert np.array_equal(f(), [1.0, 2.0])",
        "assert f() == [1.0, 2.0]",
        "assert all(a == b for a, b in zip(f(), [1.0, 2.0]))",
        "from allclose import agree\nagree(f(), [1.0, 2.0])",
        "import unittest\nunittest.TestCase().assertEqual(f(), [1.0, 2.0])",
        "for wanted in ([1.0, 3.0], [1.0, 2.0]):\n    assert np.allclose(f(), wanted)",
        "def helper(value):\n    assert np.allclose(value, [1.0, 2.0])\nhelper(f())",
    ],
)
def test_every_usual_way_to_compare_is_understood(checks: str) -> None:
    outcome = checked(checks, "def f(): return [1.0, 3.0]")
    assert outcome.result is Result.FAILED
    assert any("max difference: 1" in line for line in outcome.details)


def test_the_second_part_of_a_check_is_the_one_that_is_shown_where_the_first_holds() -> None:
    outcome = checked("assert len(f()) == 2 and np.isclose(f()[1], 5.0)", "def f(): return [1.0, 3.0]")
    assert outcome.details[0] == "f()[1] ≈ 5.0"


def test_bounds_show_the_value_that_is_outside() -> None:
    assert checked("assert 0.9 < f() < 1.1", "def f(): return 3").details == ("0.9 < f() < 1.1", "yours     3")
    assert checked("assert f() > 7", "def f(): return 3").details == ("f() > 7", "yours     3")


def test_a_check_that_compares_nothing_shows_itself() -> None:
    outcome = checked("assert not f(), 'not yet'", "def f(): return True")
    assert (outcome.headline, outcome.details) == ("check 1 does not hold: not yet", ("not f()",))


def test_what_a_check_says_by_raising_is_the_headline() -> None:
    checks = "try:\n    f()\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('raise ValueError')"
    assert checked(checks, "def f(): pass").headline == "raise ValueError"


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("def f(): pass", "yours     None"),
        ("def f(): return np.zeros(3)", "The length is 3, not 2."),
        ("def f(): return np.zeros((5, 3))", "The shape is (5, 3), not (2,)."),
    ],
)
def test_what_numpy_cannot_compare_is_the_students_value_and_no_error_of_numpys(code: str, detail: str) -> None:
    outcome = checked("assert np.allclose(f(), [1.0, 2.0])", code)
    assert outcome.result is Result.FAILED and detail in outcome.details


def test_an_error_in_the_answer_is_told_with_its_line() -> None:
    outcome = checked("assert f(0) == 1", "def f(x):\n    y = 2 * x\n    return 1 / y\n")
    assert outcome.result is Result.RAISED
    assert outcome.headline == "your code raises ZeroDivisionError: division by zero"
    assert outcome.details == ("in line 3 of your cell: return 1 / y",)


def test_an_assertion_of_the_students_own_is_an_error_of_the_answer() -> None:
    outcome = checked("assert f(0) == 1", "def f(x):\n    assert x > 0, 'positive, please'\n    return 1\n")
    assert outcome.result is Result.RAISED
    assert outcome.headline == "your code raises AssertionError: positive, please"


@pytest.mark.parametrize("error", ["SystemExit", "RecursionError", "MemoryError", "Exception"])
def test_whatever_the_answer_raises_ends_in_a_verdict(error: str) -> None:
    outcome = checked("assert f() == 1", f"def f():\n    raise {error}('so\\nso')\n")
    assert (outcome.result, outcome.headline) == (Result.RAISED, f"your code raises {error}: so so")


def test_the_stub_of_a_release_is_not_answered_yet() -> None:
    stub = "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"
    assert checked("assert f() == 1", stub) == Outcome("question", Result.OPEN, "not answered yet")


def test_a_notebook_that_was_not_run_is_told_so() -> None:
    outcome = checked("assert f() == 1")
    assert outcome.result is Result.NOT_RUN
    assert outcome.headline.startswith("'f' is not defined yet: run the cells")


def test_a_name_that_the_answer_itself_lacks_is_its_own_error() -> None:
    outcome = checked("assert f() == 1", "def f():\n    return undefined\n")
    assert outcome.headline == "your code raises NameError: name 'undefined' is not defined"
    assert outcome.details[-1] == "if a cell above defines 'undefined', run that one first"


def test_the_notebooks_variables_stay_as_they_are() -> None:
    names = answered("x = 1")
    assert run_checks("question", "x = 2\nassert x == 2", names).result is Result.PASSED
    assert names["x"] == 1 and "__builtins__" in names
    assert not [name for name in names if "allclose" in name]


def test_an_instructors_hidden_tests_are_not_run() -> None:
    checks = """
with public_checks("q"):
    assert f() == 1
### BEGIN HIDDEN TESTS
allclose.run_suite("q", globals())
### END HIDDEN TESTS
"""
    assert checked(checks, "def f(): return 1").result is Result.PASSED


@pytest.mark.parametrize("checks", ["", "# nothing to see", "'a text'", "assert (", "def f(:\n"])
def test_a_cell_without_checks_is_no_pass(checks: str) -> None:
    assert checked(checks).result is Result.NONE


def test_a_check_may_hold_a_second_context() -> None:
    checks = "import tempfile as t\nwith public_checks('q'), t.TemporaryDirectory() as d:\n    assert f(d) == d"
    assert checked(checks, "def f(x): return x").result is Result.PASSED


@pytest.mark.parametrize(
    "value",
    [
        "'\\x1b[31m' + 'y' * 10**6",
        "np.zeros(10**6)",
        "[1.5] * 10**5",
        "object()",
        "type('Odd', (), {'__str__': lambda self: 1 / 0})()",
    ],
)
def test_a_value_of_any_size_and_kind_takes_one_line(value: str) -> None:
    outcome = checked("assert f() == 1", f"def f(): return {value}")
    assert outcome.result is not Result.PASSED
    assert all(len(line) < 130 and not re.search(r"[\n\x1b]", line) for line in (outcome.headline, *outcome.details))

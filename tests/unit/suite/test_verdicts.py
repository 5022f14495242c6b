"""Every ending of a test has its verdict, and no message says more than it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose.model import Verdict
from allclose.numerics.findings import Disagreement, Finding
from allclose.sandbox.remote import Lost, StudentMissing, student_error
from allclose.suite.verdicts import MESSAGES, NOT_RAISED, UNUSABLE, ending

SUITE = '''
"""A suite."""

def test_something():
    secret = 42
    assert secret == 0, "the loss must fall"
    assert secret == 0, f"expected {secret}"
'''


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "test_suite.py"
    path.write_text(SUITE)
    return path


def judged(error: BaseException | None, suite: Path) -> tuple[Verdict, str, bool]:
    end = ending(error, suite, in_call=True)
    return end.verdict, end.message, end.doubtful


def test_no_error_is_a_pass(suite: Path) -> None:
    assert judged(None, suite) == (Verdict.PASSED, "", False)


def test_a_literal_message_of_the_suite_is_shown(suite: Path) -> None:
    assert judged(AssertionError("the loss must fall"), suite) == (Verdict.FAILED, "the loss must fall", False)


@pytest.mark.parametrize("text", ["expected 42", "expected ", "", "assert 3 == 42"])
def test_a_message_with_a_value_in_it_is_not_shown(suite: Path, text: str) -> None:
    assert judged(AssertionError(text), suite) == (Verdict.FAILED, MESSAGES[Verdict.FAILED], False)


def test_a_disagreement_is_shown_as_its_finding(suite: Path) -> None:
    assert judged(Disagreement(Finding.DOUBLE), suite) == (Verdict.FAILED, Finding.DOUBLE.value, False)


def test_an_error_of_the_students_is_named_by_its_builtin_type_and_nothing_more(suite: Path) -> None:
    assert judged(student_error("ValueError", "hidden input 42"), suite) == (
        Verdict.RAISED,
        "Your code raised ValueError.",
        False,
    )
    assert judged(student_error("Leak42", "hidden"), suite) == (Verdict.RAISED, MESSAGES[Verdict.RAISED], False)


def test_a_students_error_is_also_of_the_builtin_type() -> None:
    assert isinstance(student_error("ZeroDivisionError", ""), ArithmeticError)
    assert isinstance(student_error("UnicodeDecodeError", ""), UnicodeError)
    assert not isinstance(student_error("KeyboardInterrupt", ""), KeyboardInterrupt)
    assert not isinstance(student_error("print", ""), (ValueError, TypeError))


def test_running_out_of_memory_is_a_limit(suite: Path) -> None:
    assert judged(student_error("MemoryError", ""), suite)[0] is Verdict.LIMIT


def test_a_missing_name_is_named(suite: Path) -> None:
    assert judged(StudentMissing("adam"), suite) == (Verdict.MISSING, "`adam` is not defined.", False)


@pytest.mark.parametrize("verdict", [Verdict.TIMEOUT, Verdict.CRASH, Verdict.LIMIT, Verdict.PROTOCOL, Verdict.NOT_RUN])
def test_a_lost_sandbox_keeps_its_verdict(suite: Path, verdict: Verdict) -> None:
    assert judged(Lost(verdict, alive=False), suite) == (verdict, MESSAGES[verdict], False)


def test_an_error_that_should_have_come_and_did_not_is_said_plainly(suite: Path) -> None:
    with pytest.raises(pytest.fail.Exception) as caught, pytest.raises(ValueError):
        pass
    assert judged(caught.value, suite) == (Verdict.FAILED, NOT_RAISED, False)


def test_any_other_error_is_doubtful_until_the_solution_has_been_tried(suite: Path) -> None:
    assert judged(TypeError("len of None"), suite) == (Verdict.FAILED, UNUSABLE, True)
    end = ending(AssertionError("in a fixture"), suite, in_call=False)
    assert end.doubtful

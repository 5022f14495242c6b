"""A suite that goes through answers and expected values side by side must not be stopped before the first of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from allclose.model import Verdict
from tests.hostile import HIJACK

FEWER = f"""{HIJACK}
def double(x):
    return "wrong"


child.Child._mapped = lambda self, function, inputs: iter(())
"""
NAMES = """{HIJACK}
child.callables = lambda namespace: {names}
"""
END_OF_THE_LOOP = "def double(x):\n    raise StopIteration"


def test_fewer_results_than_calls_are_no_results(attack: Callable[..., Any], verdicts: Callable[..., Any]) -> None:
    grade = attack(double=FEWER)
    assert verdicts(grade, "double") == [Verdict.FAILED, Verdict.PROTOCOL, Verdict.FAILED]
    assert grade.score == 4


@pytest.mark.parametrize("names", ["[1, 2]", "{'double': 1}", "{'double': 'module'}", "'double'", "['double']"])
def test_names_that_are_none_end_the_process_that_gave_them(
    attack: Callable[..., Any], verdicts: Callable[..., Any], names: str
) -> None:
    grade = attack(double=NAMES.format(HIJACK=HIJACK, names=names))
    assert verdicts(grade, "double") == [Verdict.PROTOCOL] * 3
    assert grade.score == 0


def test_a_function_that_is_claimed_and_not_there_is_missing(
    attack: Callable[..., Any], verdicts: Callable[..., Any]
) -> None:
    claimed = NAMES.format(HIJACK=HIJACK, names="{'double': 'function', 'quadruple': 'class', 'apply': 'function'}")
    grade = attack(double=f"{claimed}\ndel double")
    assert verdicts(grade, "double") == [Verdict.MISSING] * 3


def test_a_stop_iteration_does_not_end_the_suites_loop(
    attack: Callable[..., Any], verdicts: Callable[..., Any]
) -> None:
    grade = attack(double=END_OF_THE_LOOP)
    assert verdicts(grade, "double") == [Verdict.RAISED] * 3
    assert grade.score == 4

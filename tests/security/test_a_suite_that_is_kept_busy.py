"""What a submission sends can keep the trusted side neither for ever nor with all of the memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from allclose.model import Verdict
from tests.hostile import HIJACK, answering

#: A set of integers that all have the same hash takes hours to build, in C, where no alarm is heard.
COLLIDING = "colliding = [ext(values._BIG, values._big_bytes(k * (2**61 - 1))) for k in range(1, 700_000)]"
ANSWERS = {
    "never done": answering("pack([ext(values._SET, pack(colliding)), None])", before=COLLIDING),
    "empty lists": answering('b"\\x92\\xdd\\x03\\x00\\x00\\x00" + b"\\x90" * 0x3000000 + b"\\xc0"'),
}
DEFIANT = f"""{HIJACK}
def quadruple(x):
    return x


def defy(self, request, perform=child.Child._perform):
    if request[0] == "reachable":
        %s
    return perform(self, request)


child.Child._perform = defy
"""


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_small_answer_that_takes_for_ever_or_everything(attack: Callable[..., Any], answer: str) -> None:
    assert attack(double=answer).score == 0


@pytest.mark.parametrize("answer", ["return [np.ones(3)]", "os._exit(0)", "while True: pass"])
def test_a_question_after_the_test_is_answered_or_not(
    attack: Callable[..., Any], verdicts: Callable[..., Any], answer: str
) -> None:
    grade = attack(quadruple=DEFIANT % answer)
    assert verdicts(grade, "quadruple") == [Verdict.FAILED]
    assert grade.score == 8

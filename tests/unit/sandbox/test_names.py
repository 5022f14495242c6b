"""Stand-ins among a student's names."""

from __future__ import annotations

from typing import Any

from allclose.sandbox.names import evaluate, reachable, stood_in


def notebook(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace


WRONG = """
def forward(x):
    return -1
"""


def test_a_stand_in_is_called_in_place_of_the_function_and_only_for_that_while() -> None:
    names = notebook(WRONG + "def loss(x): return forward(x) + 1")
    with stood_in(names, {"forward": lambda x: 10 * x}):
        assert names["loss"](2) == 21
    assert names["loss"](2) == 0


def test_a_stand_in_reaches_a_function_that_is_bound_elsewhere_too() -> None:
    names = notebook(WRONG + "alias = forward\ndef loss(x, f=forward): return f(x) + alias(x)")
    with stood_in(names, {"forward": lambda x: 10 * x}):
        assert names["loss"](2) == 40
    assert names["loss"](2) == -2


def test_a_stand_in_is_there_although_the_student_never_defined_the_name() -> None:
    names = notebook("def loss(x): return forward(x)")
    with stood_in(names, {"forward": lambda x: 5}):
        assert names["loss"](2) == 5
    assert "forward" not in names


def test_a_name_that_the_student_rebinds_meanwhile_stays_theirs() -> None:
    names = notebook(WRONG + "def loss(x):\n    global forward\n    forward = 7\n    return 0")
    with stood_in(names, {"forward": lambda x: 5}):
        names["loss"](1)
    assert names["forward"] == 7


def test_plain_functions_are_within_reach_and_wrapped_or_foreign_ones_are_not() -> None:
    names = notebook(
        WRONG + "import functools, math\nwrapped = functools.lru_cache(forward)\nsqrt = math.sqrt\n"
        "def outer():\n    y = 1\n    return lambda x: x + y\nclosed = outer()"
    )
    assert reachable(names["forward"], names)
    assert not any(reachable(names[name], names) for name in ("wrapped", "sqrt", "closed"))


def test_the_last_expression_is_the_value() -> None:
    names: dict[str, Any] = {}
    assert evaluate("a = 3\na + 1", names) == 4
    assert evaluate("a = 5", names) is None
    assert evaluate("", names) is None
    assert names["a"] == 5

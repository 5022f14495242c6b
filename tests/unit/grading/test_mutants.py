"""Every kind of change that a mutant can have, and what is never changed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from allclose import course
from allclose.grading.mutants import Mutant, mutants_of
from tests.suited_course import Asked, write_course

SUITE = '''
from allclose import grade

@grade("f", points=1)
def test_f(submission):
    """F."""
'''


def mutants(root: Path, solution: str) -> list[Mutant]:
    write_course(root, "lab", [Asked("f", solution, 1)], SUITE)
    return list(mutants_of(course.load(root, "lab").notebooks[0]))


def changes(root: Path, line: str) -> set[str]:
    """What the line `line` of a function becomes."""
    found = mutants(root, f"def f(a, b, n):\n    {line}\n    return a")
    return {mutant.after for mutant in found if mutant.before == line}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a = a + b", {"a = a - b", "pass"}),
        ("a = a * b", {"a = a / b", "pass"}),
        ("a = a @ b", {"a = a * b", "a = b @ a", "pass"}),
        ("a = a ** b", {"a = a * b", "pass"}),
        ("a = a // b", {"a = a / b", "pass"}),
        ("a += b", {"a -= b", "pass"}),
        ("a = -b", {"a = b", "pass"}),
        ("a = not b", {"a = b", "pass"}),
        ("a = a < b", {"a = a <= b", "a = a > b", "pass"}),
        ("a = a == b", {"a = a != b", "pass"}),
        ("a = a and b", {"a = a or b", "pass"}),
        ("a = b if n else a", {"a = a if n else b", "pass"}),
        ("a = 3", {"a = 4", "a = 2", "pass"}),
        ("a = 0", {"a = 1", "pass"}),
        ("a = 0.5", {"a = 1.0", "pass"}),
        ("a = 0.0", {"a = 1.0", "pass"}),
        ("a = True", {"a = False", "pass"}),
        ("a = 'he'", {'a = ""', "pass"}),
        ("a = b(a, n)", {"a = b(n, a)", "pass"}),
        ("a = max(a, b)", {"a = min(a, b)", "pass"}),
        ("a = b.mean(axis=n)", {"a = b.sum(axis=n)", "a = b.mean()", "pass"}),
        ("a = b.copy()", {"a = b", "pass"}),
        ("a = abs(b)", {"a = b", "pass"}),
        ("a = range(n)", {"a = range(n + 1)", "a = range(n - 1)", "pass"}),
        ("a = b[:n]", {"a = b[:n + 1]", "pass"}),
        ("a = b[n - a :]", {"a = b[n + a :]", "a = b[(n - a) + 1 :]", "pass"}),
        ("return a, b", {"return b, a", "pass"}),
        ("raise ValueError('a is not b')", {"pass"}),
        ("return None", set()),
        ("import math", set()),
        ("a: int = b", {"pass"}),
        ("a = f'{b + n}'", {"pass"}),
    ],
)
def test_a_line_becomes_what_a_careless_hand_would_make_of_it(tmp_path: Path, line: str, expected: set[str]) -> None:
    assert changes(tmp_path, line) == expected


def test_conditions_are_forgotten_and_forced(tmp_path: Path) -> None:
    found = mutants(tmp_path, "def f(a, b):\n    if a:\n        return b\n    return a")
    assert {"if True:", "if False:"} <= {mutant.after for mutant in found if mutant.before == "if a:"}


def test_docstrings_and_the_words_of_errors_stay(tmp_path: Path) -> None:
    found = mutants(tmp_path, 'def f(a):\n    """Doubles 2 things."""\n    raise ValueError("not 3")')
    assert {mutant.before for mutant in found} == {'raise ValueError("not 3")'}


def test_every_mutant_parses_and_none_comes_twice(tmp_path: Path) -> None:
    found = mutants(tmp_path, "def f(a, b):\n    for i in range(3):\n        a += b[i : i + 1] * 2.0\n    return -a, b")
    assert len(found) > 10
    assert len({mutant.code for mutant in found}) == len(found)
    for mutant in found:
        ast.parse(mutant.code)
        assert "SOLUTION" not in mutant.code


def test_code_that_is_given_to_the_student_stays(tmp_path: Path) -> None:
    write_course(tmp_path, "lab", [Asked("f", "pass", 1)], SUITE)
    path = tmp_path / "source/lab/lab.ipynb"
    given = "class F:\\n    lr = 1\\n    def step(self, a):\\n        ### BEGIN SOLUTION\\n        return a + 2\\n"
    text = path.read_text().replace("### BEGIN SOLUTION\\npass\\n", f"{given}        ")
    path.write_text(text)
    found = list(mutants_of(course.load(tmp_path, "lab").notebooks[0]))
    assert {mutant.before for mutant in found} == {"return a + 2"}
    assert all("lr = 1" in mutant.code for mutant in found)

"""Checks that remember what they compared: their code is changed a little before it runs, as pytest changes asserts.

Each side of a comparison is wrapped in a call that keeps the value and gives it back, so nothing is computed twice:
an optimizer's `step` changes its optimizer, and asking again would give another answer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

#: Functions that compare their first two arguments, by the last part of their name.
_COMPARING = frozenset(
    {"allclose", "isclose", "array_equal", "array_equiv", "equal", "agree", "assert_allclose", "assert_close"}
    | {"assert_equal", "assert_array_equal", "assert_almost_equal", "assert_array_almost_equal", "assertEqual"}
    | {"assertAlmostEqual"}
)
#: Keywords that say what counts as approximately.
_TOLERANCES = {"rtol": "rtol", "rel_tol": "rtol", "atol": "atol", "abs_tol": "atol"}
_SEEN, _PASSED, _QUIETLY = "__allclose_seen__", "__allclose_passed__", "__allclose_quietly__"


@dataclass(slots=True)
class Comparison:
    """One comparison as it stands in the checks, and the values that it saw last.

    Attributes
    ----------
    sides : tuple of str
        What was compared, as it is written.
    signs : tuple of str
        What stands between them: "==", "<" …; "≈" for functions such as `np.allclose`.
    first, last : int
        Its lines.
    values : dict of int to object
        What each side was; a side that was not reached is missing.
    tolerances : dict of str to object
        `rtol` and `atol`, where the checks give them.
    """

    sides: tuple[str, ...]
    signs: tuple[str, ...]
    first: int
    last: int
    values: dict[int, Any] = field(default_factory=dict)
    tolerances: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Watched:
    """Checks that are ready to run, and what they remember while they do.

    Attributes
    ----------
    code : CodeType
        To be run in a namespace with `names`.
    passed : int
        How many asserts have held so far.
    finished : list of Comparison
        Every comparison whose values are known, in the order in which they were made.
    """

    code: CodeType
    tree: ast.Module
    passed: int = 0
    finished: list[Comparison] = field(default_factory=list)
    _comparisons: list[Comparison] = field(default_factory=list)

    def names(self) -> dict[str, Any]:
        """Return the names that the code needs."""
        return {_SEEN: self._seen, _PASSED: self._count, _QUIETLY: _quietly}

    def statement(self, line: int) -> ast.stmt | None:
        """Return the smallest statement on a line of the checks."""
        found = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
        ]
        return min(found, key=lambda node: (node.end_lineno or node.lineno) - node.lineno, default=None)

    def compared_in(self, statement: ast.stmt) -> Comparison | None:
        """Return the last comparison that was made in a statement."""
        last = statement.end_lineno or statement.lineno
        return next((one for one in reversed(self.finished) if statement.lineno <= one.first <= last), None)

    def _seen(self, key: int, part: int | str, value: Any) -> Any:
        comparison = self._comparisons[key]
        if isinstance(part, str):
            comparison.tolerances[part] = value
            return value
        if part == 0:
            comparison = self._comparisons[key] = _afresh(comparison)
        comparison.values[part] = value
        if part == 1:
            self.finished.append(comparison)
        return value

    def _count(self) -> None:
        self.passed += 1


def watch(source: str, filename: str) -> Watched:
    """Prepare the code of a check.

    Parameters
    ----------
    source : str
        Python; `public_checks` in it is quiet, and the line that runs hidden tests, which an instructor's own
        notebook has, is left out.
    filename : str
        What frames of the code are known by.

    Raises
    ------
    SyntaxError
        If it is no Python.
    """
    tree = ast.parse(source, filename)
    rewriter = _Rewriter()
    changed = ast.fix_missing_locations(rewriter.visit(ast.parse(source, filename)))
    return Watched(compile(changed, filename, "exec"), tree, _comparisons=rewriter.comparisons)


def called(node: ast.expr) -> str:
    """Return the last part of a function's name: "allclose" for `np.allclose`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


class _Rewriter(ast.NodeTransformer):
    def __init__(self) -> None:
        self.comparisons: list[Comparison] = []

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Call) and called(node.value.func) == "run_suite":
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        counted = ast.Expr(ast.Call(ast.Name(_PASSED, ast.Load()), [], []))
        self.generic_visit(node)
        return [node, ast.copy_location(counted, node)]

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = called(node.func)
        if name == "public_checks":
            node.func = ast.copy_location(ast.Name(_QUIETLY, ast.Load()), node.func)
        compares = name in _COMPARING and len(node.args) >= 2
        if not compares or any(isinstance(argument, ast.Starred) for argument in node.args[:2]):
            return self.generic_visit(node)
        sides = [ast.unparse(argument) for argument in node.args[:2]]
        self.generic_visit(node)
        key = self._new(node, sides, ["≈" if "equal" not in name.lower() or "almost" in name.lower() else "=="])
        node.args[:2] = [self._kept(key, index, argument) for index, argument in enumerate(node.args[:2])]
        for keyword in node.keywords:
            if keyword.arg in _TOLERANCES:
                keyword.value = self._kept(key, _TOLERANCES[keyword.arg], keyword.value)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        operands = [node.left, *node.comparators]
        sides = [ast.unparse(operand) for operand in operands]
        self.generic_visit(node)
        key = self._new(node, sides, [_sign(operator) for operator in node.ops])
        node.left, *node.comparators = (
            self._kept(key, index, operand) for index, operand in enumerate([node.left, *node.comparators])
        )
        return node

    def _new(self, node: ast.expr, sides: list[str], signs: list[str]) -> int:
        self.comparisons.append(Comparison(tuple(sides), tuple(signs), node.lineno, node.end_lineno or node.lineno))
        return len(self.comparisons) - 1

    @staticmethod
    def _kept(key: int, part: int | str, value: ast.expr) -> ast.expr:
        arguments: list[ast.expr] = [ast.Constant(key), ast.Constant(part), value]
        return ast.copy_location(ast.Call(ast.Name(_SEEN, ast.Load()), arguments, []), value)


def _sign(operator: ast.cmpop) -> str:
    compared = ast.Compare(ast.Name("a"), [operator], [ast.Name("b")])
    return ast.unparse(compared)[2:-2]


def _afresh(comparison: Comparison) -> Comparison:
    """The same place, about to compare once more."""
    return Comparison(comparison.sides, comparison.signs, comparison.first, comparison.last)


@contextmanager
def _quietly(_question: str) -> Iterator[None]:
    yield

"""Run a piece of a test's own code among a student's names."""

from __future__ import annotations

import ast
from typing import Any


def evaluate(code: str, namespace: dict[str, Any]) -> Any:
    """Run `code` in `namespace` and return the value of its last expression, None where it ends in a statement."""
    tree = ast.parse(code)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "<test>", "exec"), namespace)
        return None
    del tree.body[-1]
    exec(compile(tree, "<test>", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "<test>", "eval"), namespace)

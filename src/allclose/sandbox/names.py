"""A student's names: run a test's own code among them, and let stand-ins take the place of some."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from allclose.sandbox.wire import CallableKind

_ABSENT = object()


def evaluate(code: str, namespace: dict[str, Any]) -> Any:
    """Run `code` in `namespace` and return the value of its last expression, None where it ends in a statement."""
    statements, last = _compiled(code)
    exec(statements, namespace)
    return None if last is None else eval(last, namespace)


@lru_cache(maxsize=64)  # a fixture runs the same text for each test
def _compiled(code: str) -> tuple[CodeType, CodeType | None]:
    tree = ast.parse(code)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return compile(tree, "<test>", "exec"), None
    del tree.body[-1]
    return compile(tree, "<test>", "exec"), compile(ast.Expression(last.value), "<test>", "eval")


@contextmanager
def stood_in(namespace: dict[str, Any], stand_ins: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Let stand-ins take the place of the functions of these names, wherever else those are bound too."""
    with ExitStack() as stack:
        for name, stand_in in stand_ins.items():
            original = namespace.get(name, _ABSENT)
            if reachable(original, namespace):
                stack.enter_context(_redirected(original, name))
            stack.enter_context(_replaced(namespace, name, stand_in))
        yield


def reachable(value: Any, namespace: dict[str, Any]) -> bool:
    """Whether a stand-in reaches every binding of this value: it does where it is a plain function of the notebook."""
    return type(value) is FunctionType and value.__globals__ is namespace and not value.__code__.co_freevars


def callables(namespace: dict[str, Any]) -> dict[str, CallableKind]:
    """The names of the notebook's own functions, and of classes."""
    found: dict[str, CallableKind] = {}
    for name, value in namespace.items():
        if type(value) is FunctionType and value.__globals__ is namespace and _is_public(name):
            found[name] = "function"
        elif type(value) is type and _is_public(name):
            found[name] = "class"
    return found


def _is_public(name: Any) -> bool:
    return type(name) is str and name.isidentifier() and not name.startswith("_")


def _through(*args: Any, **kwargs: Any) -> Any:
    return _through(*args, **kwargs)


@contextmanager
def _redirected(function: Any, name: str) -> Iterator[None]:
    """Have the function call whatever its module calls `name`, for whoever still holds the function itself."""
    code = function.__code__
    function.__code__ = _through.__code__.replace(co_names=(name,))
    try:
        yield
    finally:
        function.__code__ = code


@contextmanager
def _replaced(namespace: dict[str, Any], name: str, value: Any) -> Iterator[None]:
    before = namespace.get(name, _ABSENT)
    namespace[name] = value
    try:
        yield
    finally:
        if namespace.get(name, _ABSENT) is value:
            if before is _ABSENT:
                del namespace[name]
            else:
                namespace[name] = before

"""What tests lean on in the student's own process, put back as it was while they run.

A submission may have replaced `numpy.allclose`, or the code behind it. That is undone for as long as a test runs, and
done again afterwards: the notebook's own cells find what they left. This makes forging hard, not impossible.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

_MODULES = (
    "builtins",
    "math",
    "operator",
    "numpy",
    "numpy.linalg",
    "numpy.testing",
    "numpy.testing._private.utils",
    "numpy._core.numeric",
    "numpy._core.fromnumeric",
    "numpy._core._methods",
)
#: A notebook may put something of its own in the place of these.
_THEIRS = frozenset(("_", "input", "print", "open", "exit", "quit"))
_ABSENT = object()


class Pristine:
    """The names of the modules that tests use most, and the code behind them, as they are now."""

    def __init__(self) -> None:
        modules = [vars(module) for name in _MODULES if (module := sys.modules.get(name)) is not None]
        self._names = [
            (names, [(key, value) for key, value in names.items() if key not in _THEIRS]) for names in modules
        ]
        functions = {id(found): found for _, kept in self._names for _, value in kept for found in _python_parts(value)}
        self._codes: list[tuple[FunctionType, CodeType]] = [(found, found.__code__) for found in functions.values()]

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Have all of it as it was, and what stood there in between again afterwards."""
        theirs: list[tuple[dict[str, Any], str, Any, Any]] = []
        for names, kept in self._names:
            for key, value in kept:
                if names.get(key, _ABSENT) is not value:
                    theirs.append((names, key, value, names.get(key, _ABSENT)))
                    names[key] = value
        codes = [(function, code, function.__code__) for function, code in self._codes if function.__code__ is not code]
        for function, code, _ in codes:
            function.__code__ = code
        try:
            yield
        finally:
            for function, _, code in codes:
                function.__code__ = code
            for names, key, value, before in theirs:
                if names.get(key, _ABSENT) is value:
                    if before is _ABSENT:
                        del names[key]
                    else:
                        names[key] = before


def _python_parts(value: Any) -> Iterator[FunctionType]:
    """A Python function, or the one inside one of NumPy's dispatchers."""
    for found in (value, getattr(value, "_implementation", None)):
        if type(found) is FunctionType:
            yield found

"""allclose grades numerical notebooks: is the answer all close to the reference?

The public names load when they are first used, so that `import allclose` stays quick and light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allclose.interop.steps import autograde_preprocessors as autograde_preprocessors
    from allclose.numerics.compare import agree as agree
    from allclose.numerics.gradcheck import gradcheck as gradcheck
    from allclose.suite.inprocess import run_suite as run_suite
    from allclose.suite.marks import grade as grade
    from allclose.teach.checks import public_checks as public_checks
    from allclose.teach.session import check as check

__version__ = "0.1.0"

_HOMES = {
    "agree": "allclose.numerics.compare",
    "autograde_preprocessors": "allclose.interop.steps",
    "check": "allclose.teach.session",
    "gradcheck": "allclose.numerics.gradcheck",
    "grade": "allclose.suite.marks",
    "run_suite": "allclose.suite.inprocess",
    "public_checks": "allclose.teach.checks",
}

__all__ = [
    "__version__",
    "agree",
    "autograde_preprocessors",
    "check",
    "gradcheck",
    "grade",
    "public_checks",
    "run_suite",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'allclose' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook `%check`, `%hint`, `%progress` and `%%explain`: `%load_ext allclose`."""
    importlib.import_module("allclose.teach.magics").register(shell)

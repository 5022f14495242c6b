"""The steps of `nbgrader autograde`, with ours in the place of the one that runs notebooks."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

OURS = "allclose.interop.preprocessor.SandboxedExecute"
_THEIRS = ("nbgrader.preprocessors.Execute", "nbgrader.preprocessors.execute.Execute")
#: nbgrader's own list, by name: for those who only look at a course's settings, since to import nbgrader takes seconds.
_NAMES = (
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
)


def autograde_preprocessors(steps: Iterable[Any] | None = None) -> list[Any]:
    """Give the steps of `nbgrader autograde` with allclose's sandbox in the place of `Execute`.

    The whole of what a course's `nbgrader_config.py` needs::

        c.Autograde.autograde_preprocessors = __import__("allclose").autograde_preprocessors()

    Parameters
    ----------
    steps
        The course's own list, of classes or dotted names, or what its settings add to nbgrader's; nbgrader's own list
        where it is left out.

    Returns
    -------
    list
        The same steps in the same order, classes or dotted names, as nbgrader takes them.
    """
    if steps is None:
        found = _default()
    elif hasattr(steps, "get_value"):  # `c.Autograde.autograde_preprocessors.append(...)` and its like
        found = list(steps.get_value(_default()))
    else:
        found = list(steps)
    return [OURS if _name(step) in _THEIRS else step for step in found]


def _default() -> list[Any]:
    nbgrader = sys.modules.get("nbgrader.converters.autograde")
    if nbgrader is None:
        return list(_NAMES)
    return list(nbgrader.Autograde.autograde_preprocessors.default())


def _name(step: Any) -> str:
    return step if isinstance(step, str) else f"{step.__module__}.{getattr(step, '__qualname__', '')}"

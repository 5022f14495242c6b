"""The mark that gives a hidden test its question and points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])

#: The pytest marker that `grade` sets.
MARKER = "allclose_grade"


def grade(question: str, *, points: float) -> Callable[[Test], Test]:
    """Mark a test as one of `question`, worth `points`.

    Parameters
    ----------
    question : str
        The grade_id of the question's solution cell.
    points : float
        What the test is worth; the points of a question's tests add up to its grade cell's points. The cases of a
        parametrized test share its points equally.

    Raises
    ------
    ValueError
        If `points` is negative or not finite.
    """
    if not 0 <= points < float("inf"):
        raise ValueError(f"points of a test of '{question}' must be a finite number of at least 0, not {points}")
    marker: Callable[[Test], Test] = getattr(pytest.mark, MARKER)(question, points)
    return marker

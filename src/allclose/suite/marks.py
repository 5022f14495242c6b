"""The mark that gives a hidden test its question and points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])

#: The pytest marker that `grade` sets.
MARKER = "allclose_grade"


def grade(question: str, *, points: float, in_place: bool = False) -> Callable[[Test], Test]:
    """Mark a test as one of `question`, worth `points`.

    Parameters
    ----------
    question : str
        The grade_id of the question's solution cell.
    points : float
        What the test is worth; the points of a question's tests add up to its grade cell's points. The cases of a
        parametrized test share its points equally.
    in_place : bool
        Whether the question asks for a change of the arguments. Changes that a student's code makes in its arguments
        are made in the test's own objects, so `agree(submission.f(x), reference.f(x))` could be met by zeroing `x` and
        returning zeros. Therefore a test that passed while arguments changed runs once more, on what it passes kept
        apart, and has to pass there too: there every expected value comes from inputs that no student's code has
        touched. A test that looks for the change itself cannot pass so, and says `in_place=True`; it has to compute
        its expected values before the call. Drawing from a Generator is no change.

    Raises
    ------
    ValueError
        If `points` is negative or not finite.
    """
    if not 0 <= points < float("inf"):
        raise ValueError(f"points of a test of '{question}' must be a finite number of at least 0, not {points}")
    marker: Callable[[Test], Test] = getattr(pytest.mark, MARKER)(question, points, in_place)
    return marker

"""Public checks, as the grade cells of a lab hold them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def public_checks(question: str) -> Iterator[None]:
    """Run a question's public checks: a failing one raises for a student and only prints while a grader runs.

    nbgrader scores a grade cell by its last value and takes an error for zero points, so while it runs the
    notebook (NBGRADER_EXECUTION says "autograde") the hidden tests alone decide.

    Parameters
    ----------
    question : str
        The question's name, for the printed line.
    """
    try:
        yield
    except Exception as error:
        if os.environ.get("NBGRADER_EXECUTION") != "autograde":
            raise
        print(f"✗ {question}: {type(error).__name__}: {error}")
    else:
        print(f"✓ {question}: the public checks pass")

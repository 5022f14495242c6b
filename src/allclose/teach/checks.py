"""Public checks, as the grade cells of a lab hold them."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

from allclose.teach import progress


def is_graded_now() -> bool:
    """Whether a grader, not a student, runs the notebook."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


@contextmanager
def public_checks(question: str) -> Iterator[None]:
    """Run a question's public checks: a failing one raises for a student and only prints while a grader runs.

    nbgrader scores a grade cell by its last value and takes an error, or anything on stderr, for zero points. So while
    it runs the notebook (NBGRADER_EXECUTION says "autograde") the checks can do neither, and the hidden tests alone
    decide.

    Parameters
    ----------
    question : str
        The question's name, for the printed line.
    """
    if not is_graded_now():
        progress.note(question, passed=False)
        yield
        progress.note(question, passed=True)
        print(f"✓ {question}: the public checks pass")
        return
    try:
        with _errors_printed():
            yield
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever the student's code comes to
        print(f"✗ {question}: {_said(error)}")
    else:
        print(f"✓ {question}: the public checks pass")


def _said(error: BaseException) -> str:
    """What is wrong: of a check without words of its own, where it stands."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename != __file__]
    if isinstance(error, AssertionError) and not str(error) and len(lines) == 1:  # not one of the student's own
        return f"the check in line {lines[0]} of this cell does not hold"
    return f"{type(error).__name__}: {error}"


@contextmanager
def _errors_printed() -> Iterator[None]:
    """Send what is written to stderr to stdout, below Python too."""
    sys.stderr.flush()
    kept = os.dup(2)
    os.dup2(1, 2)
    try:
        with redirect_stderr(sys.stdout):
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)

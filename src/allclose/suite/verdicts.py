"""From the exception that ended a hidden test to a verdict and a message of a closed list."""

from __future__ import annotations

import ast
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from allclose.model import Verdict
from allclose.numerics.findings import Disagreement
from allclose.sandbox.remote import Lost, StudentMissing, StudentRaised

MESSAGES = {
    Verdict.FAILED: "What this test checks does not hold.",
    Verdict.RAISED: "Your code raised an error.",
    Verdict.TIMEOUT: "Your code ran out of time.",
    Verdict.LIMIT: "Your code used more memory, processes, disk or output than it may.",
    Verdict.CRASH: "Your code ended its own process.",
    Verdict.PROTOCOL: "Your code tampered with the grader's connection.",
    Verdict.NOT_RUN: "This test was not run.",
}
NOT_RAISED = "An error should have been raised, and none was."
CHANGED = "This holds only because your code changes its arguments."
UNUSABLE = "The test could not use what your code returned."


@dataclass(frozen=True, slots=True)
class Ending:
    """How a test ended.

    `doubtful`: it may be the suite's own fault, which only a control run can tell. `full`: our side found no memory on
    the GPU, which says nothing of the submission.
    """

    verdict: Verdict
    message: str
    doubtful: bool = False
    full: bool = False


def ending(error: BaseException | None, suite: Path, *, in_call: bool) -> Ending:
    """Judge a test by the exception that ended it.

    Parameters
    ----------
    error : BaseException or None
        None: the test passed.
    suite : Path
        The test's file; a message is shown only where it stands there as a literal.
    in_call : bool
        Whether the test itself raised, rather than a fixture before or after it.
    """
    match error:
        case None:
            return Ending(Verdict.PASSED, "")
        case Lost():
            return Ending(error.verdict, MESSAGES[error.verdict])
        case StudentMissing():
            return Ending(Verdict.MISSING, f"`{error}` is not defined.")
        case StudentRaised() if isinstance(error, MemoryError):
            return Ending(Verdict.LIMIT, MESSAGES[Verdict.LIMIT])
        case StudentRaised():
            name = type(error).__name__.removeprefix("Student")
            known = name != "Raised"
            return Ending(Verdict.RAISED, f"Your code raised {name}." if known else MESSAGES[Verdict.RAISED])
        case Disagreement():
            return Ending(Verdict.FAILED, error.finding.value)
        case pytest.skip.Exception():
            return Ending(Verdict.NOT_RUN, MESSAGES[Verdict.NOT_RUN])
        case AssertionError() | pytest.fail.Exception() if in_call and not _raised_by_reference(error):
            return Ending(Verdict.FAILED, _literal_message(str(error), suite))
    full = type(error).__name__ == "OutOfMemoryError"  # torch's; a student's has come over the wire as another
    return Ending(Verdict.FAILED, UNUSABLE, doubtful=True, full=full)


def _raised_by_reference(error: BaseException) -> bool:
    """Whether an assertion of our own solution failed, and none of the test's."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and str(frames[-1].f_globals.get("__name__", "")).startswith("solutions.")


def _literal_message(text: str, suite: Path) -> str:
    if text.startswith("DID NOT RAISE"):
        return NOT_RAISED
    return text if text in _literals(suite, suite.stat().st_mtime_ns) else MESSAGES[Verdict.FAILED]


@cache
def _literals(suite: Path, _changed: int) -> frozenset[str]:
    """Every text that stands in the suite's file as it is, and so cannot hold a value of the run."""
    tree = ast.parse(suite.read_bytes())
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value and id(node) not in pieces
    )

"""What to do next, for a student whose answer is not all right yet: said once a question, by what its tests met."""

from __future__ import annotations

from collections.abc import Iterable

from allclose.model import TestMark, Verdict
from allclose.report.tables import printable

#: By the verdict that stands most in the way of the others.
_BY_VERDICT = {
    Verdict.PROTOCOL: "Your code interfered with the grader. Take that out, so that your answer can be tested.",
    Verdict.MISSING: "The tests did not find what the question asks for. Define it, by the name that the lab uses.",
    Verdict.CRASH: "Your code ended the Python process. Find the line that does, and take it out.",
    Verdict.TIMEOUT: (
        "Your code did not come to an end in time. Look for a loop that never stops, or for work done again and again."
    ),
    Verdict.LIMIT: "Your code used more memory, processes, disk or output than it may. Look for what grows.",
    Verdict.RAISED: (
        "Your code stopped with an error when it was tested. Restart the kernel, run all cells from the top, and try "
        "it on the smallest and on the oddest input that the question allows."
    ),
    Verdict.NOT_RUN: "The tests could not be run. Mend first what was stopped before them.",
    Verdict.FAILED: (
        "Take the first test that did not pass, work out its case by hand for an input small enough, and compare with "
        "your code step by step."
    ),
}


def advice(tests: Iterable[TestMark], mistakes: Iterable[str], *, untouched: bool) -> str:
    """Return what a student should do about one question.

    Parameters
    ----------
    tests
        Its tests.
    mistakes
        The titles of the known mistakes that were made in it.
    untouched
        Whether the answer is as it was handed out.
    """
    if untouched:
        return "There is no answer yet. Read the lab's section, then write one: even a part of it can earn points."
    named = [f"{printable(title).rstrip('.')}." for title in mistakes]
    if named:
        return f"{'A known mistake' if len(named) == 1 else 'Known mistakes'}: {' '.join(named)}"
    met = {test.verdict for test in tests}
    return next((words for verdict, words in _BY_VERDICT.items() if verdict in met), "")

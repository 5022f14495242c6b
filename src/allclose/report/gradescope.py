"""One submission's grade as Gradescope takes it from an autograder: the content of `results.json`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from allclose.model import Grade, Json, QuestionMark, Status, TestMark, Verdict
from allclose.report.tables import points, printable, test_title

#: When students see results, as Gradescope words it.
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
_MAX_FLAGS = 50
_NOT_GRADED = (
    "This submission was not graded, by a fault of the grader's and not of yours: it has no score, which is no zero. "
    "Your course staff can run the autograder again; what went wrong is in the output that only they see."
)


def results(grade: Grade, by_hand: Sequence[tuple[str, float]], visibility: str, seconds: float) -> Json:
    """Return what Gradescope shows of a grade.

    Every hidden test is a test of Gradescope's, numbered by question: its title, its points, and for one that did not
    pass the message of the closed list. Their points add up to the score, and their maxima to the same sum for every
    submission. A question that was graded without tests, or whose tests' points do not add up to its own, is one test.

    Parameters
    ----------
    grade : Grade
        Of status `graded` or `bad-file`.
    by_hand : sequence of (str, float)
        What is graded by hand, with its points; Gradescope has questions of its own for that.
    visibility : str
        When students see the tests, one of `VISIBILITIES`.
    seconds : float
        How long it took.
    """
    tests = [
        {**entry, "number": f"{number}.{place}" if len(entries) > 1 else str(number), "visibility": visibility}
        for number, mark in enumerate(grade.questions, 1)
        for entries in (tuple(_entries(mark, grade.reason)),)
        for place, entry in enumerate(entries, 1)
    ]
    return {
        "score": _number(grade.score),
        "tests": tests,
        "output": "\n".join(_lines(grade, by_hand)),
        "output_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "execution_time": _number(seconds),
        "extra_data": {"status": grade.status.value, "isolation": grade.isolation.value, "flags": _flags(grade)},
    }


def not_graded(seconds: float) -> Json:
    """Return what Gradescope gets of a submission that was not graded by a fault of ours.

    It has neither a score nor tests, so that Gradescope marks the run as failed: a number would count as the student's.
    """
    return {
        "output": _NOT_GRADED,
        "output_format": "text",
        "stdout_visibility": "hidden",
        "execution_time": _number(seconds),
        "extra_data": {"status": Status.INFRA.value},
    }


def test_entry(question: str, test: TestMark) -> Json:
    """Return what Gradescope shows of one hidden test of a question."""
    passed = test.verdict is Verdict.PASSED
    entry: Json = {
        "name": f"{printable(question)}: {test_title(test)}",
        "score": _number(test.points if passed else 0.0),
        "max_score": _number(test.points),
        "status": "passed" if passed else "failed",
        "output": "" if passed else printable(test.message),
        "output_format": "text",
        "extra_data": {"verdict": test.verdict.value},
    }
    if test.misconception is not None:
        entry["tags"] = ["misconception"]
        entry["extra_data"]["misconception"] = test.misconception
    return entry


def _entries(mark: QuestionMark, reason: str) -> Iterator[Json]:
    got = math.fsum(test.points for test in mark.tests if test.verdict is Verdict.PASSED)
    most = math.fsum(test.points for test in mark.tests)
    if mark.tests and math.isclose(got, mark.score, abs_tol=1e-6) and math.isclose(most, mark.max_score, abs_tol=1e-6):
        yield from (test_entry(mark.question, test) for test in mark.tests)
        return
    lost = [test for test in mark.tests if test.verdict is not Verdict.PASSED]
    told = "\n".join(f"{test_title(test)}: {printable(test.message)}" for test in lost)
    yield {
        "name": printable(mark.question),
        "score": _number(mark.score),
        "max_score": _number(mark.max_score),
        "status": "passed" if mark.score >= mark.max_score else "failed",
        "output": told or ("" if mark.score >= mark.max_score else printable(reason)),
        "output_format": "text",
    }


def _lines(grade: Grade, by_hand: Sequence[tuple[str, float]]) -> Iterator[str]:
    if grade.status is Status.BAD_FILE:
        yield f"There is no notebook to grade: {printable(grade.reason)}"
    yield f"{points(grade.score)} of {points(grade.max_score)} points by hidden tests."
    if by_hand:
        listed = ", ".join(f"{printable(name)} ({points(most)})" for name, most in by_hand)
        yield f"Graded by hand, and not in this score: {listed}."
    flags = _flags(grade)
    if flags:
        yield "Remarks:"
        yield from (f"- {flag}" for flag in flags)
    yield f"Isolation: {grade.isolation.value}."


def _flags(grade: Grade) -> list[str]:
    return [printable(flag) for flag in grade.flags[:_MAX_FLAGS]]


def _number(value: float) -> float:
    """A number as JSON has it; what is none would make the whole file unreadable."""
    if not math.isfinite(value):
        raise ValueError(f"a grade holds {value}")
    return round(float(value), 6)

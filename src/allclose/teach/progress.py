"""What this session has seen of a student's work: which checks passed, which hints were read. Forgotten with it."""

from __future__ import annotations

_passed: dict[str, bool] = {}
_hints_read: dict[str, int] = {}


def note(question: str, *, passed: bool) -> None:
    """Keep how a question's checks ended last."""
    _passed[question] = passed


def passed(question: str) -> bool | None:
    """Return how a question's checks ended last; None where they have not been run."""
    return _passed.get(question)


def checked() -> tuple[str, ...]:
    """Return the questions whose checks have been run, in the order of the first time."""
    return tuple(_passed)


def next_hint(question: str, count: int) -> int:
    """Return which of a question's `count` hints comes next, from 0; after the last the first comes again."""
    place = _hints_read.get(question, 0) % count
    _hints_read[question] = place + 1
    return place

"""Which mistake was it? A failing test is compared with what the known wrong answers of its question give it.

Every misconception of a question goes through the question's own tests once, in the place of a submission, when the
first submission fails one of them. Hidden inputs are the same for all, so the same mistake shows the same values.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from allclose.model import Answer, Assignment, Verdict
from allclose.suite.host import Mark

_AT_ONCE = (os.cpu_count() or 1) + 1
#: Verdicts that say what an answer does rather than how it ended.
_COMPARED = (Verdict.FAILED, Verdict.RAISED)
Marks = Mapping[int, Mark]


@dataclass(frozen=True, slots=True)
class _Match:
    """A misconception, the failing tests whose values it explains, and whether it fails in just the same tests."""

    answer: Answer
    explained: frozenset[int]
    alike: bool

    def rank(self) -> tuple[int, bool]:
        """How well it explains the failures; more is better."""
        return len(self.explained), self.alike


class Oracle:
    """The known mistakes of an assignment, each tried once; may be asked from several threads.

    Parameters
    ----------
    assignment : Assignment
        Whose misconceptions.
    attempt : callable
        Runs a question's tests on the solution with an answer of that question in it: (question, code) to the mark of
        each test.
    """

    def __init__(self, assignment: Assignment, attempt: Callable[[str, str], Iterable[Mark]]) -> None:
        self._answers = assignment.misconceptions
        self._attempt = attempt
        self._lock = threading.Lock()
        self._known: dict[str, list[tuple[Answer, Marks]]] = {}

    def name(self, question: str, marks: Marks) -> dict[int, Answer]:
        """Name the mistakes behind a question's failing tests.

        Parameters
        ----------
        question : str
            The question.
        marks : mapping of int to Mark
            What became of its tests, by index.

        Returns
        -------
        dict of int to Answer
            For a failing test the misconception that gives it the very same values; none where there is none, or
            where two of them explain equally much. Where the values are too few to tell, as a single True, it must
            explain all of the question's tests.

        Raises
        ------
        SandboxError
            If a misconception could not be run.
        """
        failing = {index: mark for index, mark in marks.items() if mark.verdict in _COMPARED and mark.trace is not None}
        if not failing:
            return {}
        matches = [_match(answer, theirs, marks, failing) for answer, theirs in self._tried(question)]
        named = {}
        for index, mark in failing.items():
            best = _best([match for match in matches if index in match.explained])
            if best is not None and (_tells(mark) or (best.alike and len(best.explained) == len(failing))):
                named[index] = best.answer
        return named

    def _tried(self, question: str) -> list[tuple[Answer, Marks]]:
        # One question at a time, but all cores on it: whoever else asks would have to wait for a core as well.
        with self._lock:
            if question not in self._known:
                answers = [answer for answer in self._answers if answer.question == question]
                with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="oracle") as pool:
                    self._known[question] = list(zip(answers, pool.map(self._marks, answers), strict=True))
            return self._known[question]

    def _marks(self, answer: Answer) -> Marks:
        return {mark.index: mark for mark in self._attempt(answer.question, answer.code)}


def explanation(answer: Answer) -> str:
    """What a student reads of a misconception: its title and its hint, as one paragraph."""
    sentence = answer.title if answer.title.endswith((".", "!", "?")) else f"{answer.title}."
    return " ".join(f"{sentence} {answer.hint}".split())


def _best(matches: list[_Match]) -> _Match | None:
    """The match that explains most; None where there is none, or where others explain as much."""
    ranked = sorted(matches, key=_Match.rank, reverse=True)
    tied = len(ranked) > 1 and ranked[0].rank() == ranked[1].rank()
    return ranked[0] if ranked and not tied else None


def _match(answer: Answer, theirs: Marks, marks: Marks, failing: Marks) -> _Match:
    explained = frozenset(index for index, mark in failing.items() if index in theirs and _same(mark, theirs[index]))
    alike = {index: mark.verdict for index, mark in marks.items()} == {
        index: mark.verdict for index, mark in theirs.items()
    }
    return _Match(answer, explained, alike)


def _same(one: Mark, other: Mark) -> bool:
    if one.verdict is not other.verdict or one.trace is None or other.trace is None:
        return False
    return one.message == other.message and one.trace.same(other.trace)


def _tells(mark: Mark) -> bool:
    return mark.verdict is Verdict.FAILED and mark.trace is not None and mark.trace.telling

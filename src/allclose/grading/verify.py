"""Is the suite worth trusting? It is tried on every answer whose worth is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from allclose.course.cells import SKIP_TAG
from allclose.grading.batch import Options
from allclose.grading.engine import Engine
from allclose.model import Answer, Assignment, Grade, Json, Status, Submission, TestMark, Tier, Verdict
from allclose.notebook.imports import heavy
from allclose.notebook.splice import blank, solved
from allclose.suite.secret import load_seed

SOLUTION = "solution"
BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of one misconception: the tests of its own question that it failed, and points lost in others."""

    answer: Answer
    tests: tuple[TestMark, ...]
    elsewhere: dict[str, float]

    @property
    def named(self) -> bool:
        """Whether the message of a test tells the student this very mistake."""
        return any(test.misconception == self.answer.name for test in self.tests)

    @property
    def survives(self) -> bool:
        """Whether no test of its question noticed it."""
        return not any(test.points for test in self.tests)


@dataclass(frozen=True, slots=True)
class Granted:
    """What became of one accepted answer: the tests that it failed, in any question."""

    answer: Answer
    failed: tuple[TestMark, ...]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What `verify` found. `problems` says in one line each what is wrong; empty: the suite can be trusted so far.

    `solution` and `blank` are the automatic points that these two got, of `max_score`; `skipped` counts the cells that
    grading leaves out, and that the solution did without.
    """

    assignment: str
    isolation: Tier
    seconds: float
    tests: int
    max_score: float
    solution: float
    blank: float
    skipped: int
    misconceptions: tuple[Caught, ...]
    accepted: tuple[Granted, ...]
    leaks: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def survivors(self) -> tuple[Caught, ...]:
        """Misconceptions that keep all points of their question."""
        return tuple(caught for caught in self.misconceptions if caught.survives)

    @property
    def unnamed(self) -> tuple[Caught, ...]:
        """Misconceptions that are caught, but told to the student as something else."""
        return tuple(caught for caught in self.misconceptions if not caught.survives and not caught.named)

    @property
    def false_alarms(self) -> tuple[Granted, ...]:
        """Accepted answers that lose points."""
        return tuple(granted for granted in self.accepted if granted.failed)


def verify(
    assignment: Assignment, options: Options, watch: Callable[[str, int, int], None], leaks: Iterable[str] = ()
) -> VerifyReport:
    """Grade the solution, a blank notebook, every misconception and every accepted answer, twice and in two orders.

    Parameters
    ----------
    assignment : Assignment
        The lab.
    options : Options
        Tier, device and submissions in flight.
    watch : callable
        Told the name of each grading as it is done, with how many are done and how many there are.
    leaks : iterable of str
        What the leak scan of the release found.

    Raises
    ------
    SuiteError
        If the suite cannot be collected or does not fit its lab.
    """
    began = time.monotonic()
    contents = {
        SOLUTION: _contents(assignment, None),
        BLANK: {notebook.name: blank(notebook) for notebook in assignment.notebooks},
        **{
            _name(answer): _contents(assignment, answer)
            for answer in (*assignment.misconceptions, *assignment.accepted)
        },
    }
    seed = load_seed(assignment.root)
    with Engine(
        assignment, tier=options.isolation, device=options.device, seed=seed, extra=_extra(assignment)
    ) as engine:
        first, second = _grade_twice(engine, contents, options.jobs, watch)
        tests = len(engine.tests)
    misconceptions = tuple(
        _caught(answer, first[_name(answer)], first[SOLUTION]) for answer in assignment.misconceptions
    )
    accepted = tuple(Granted(answer, _failed(first[_name(answer)])) for answer in assignment.accepted)
    found = tuple(leaks)
    return VerifyReport(
        assignment=assignment.name,
        isolation=options.isolation,
        seconds=time.monotonic() - began,
        tests=tests,
        max_score=first[SOLUTION].max_score,
        solution=first[SOLUTION].score,
        blank=first[BLANK].score,
        skipped=_skipped_cells(assignment),
        misconceptions=misconceptions,
        accepted=accepted,
        leaks=found,
        problems=(*_problems(first, second, misconceptions, accepted), *found),
    )


def _name(answer: Answer) -> str:
    return f"{answer.path.parent.name}/{answer.name}"


def _contents(assignment: Assignment, answer: Answer | None) -> dict[str, Json]:
    """The solved notebooks, one question's answer replaced."""
    answers = {} if answer is None else {answer.question: answer.code}
    return {
        notebook.name: solved(notebook, answers if answers.keys() <= {one.name for one in notebook.questions} else {})
        for notebook in assignment.notebooks
    }


def _extra(assignment: Assignment) -> list[str]:
    answers = (*assignment.misconceptions, *assignment.accepted)
    return sorted(heavy("\n".join(answer.code for answer in answers)))


def _grade_twice(
    engine: Engine, contents: dict[str, dict[str, Json]], jobs: int, watch: Callable[[str, int, int], None]
) -> tuple[dict[str, Grade], dict[str, Grade]]:
    runs: list[dict[str, Grade]] = []
    total = 2 * len(contents)

    def work(name: str) -> Grade:
        return engine.grade(Submission(name, contents[name], {}, {}))

    with ThreadPoolExecutor(max(1, jobs), thread_name_prefix="verify") as pool:
        for names in (list(contents), list(reversed(contents))):
            grades: dict[str, Grade] = {}
            for name, grade in zip(names, pool.map(work, names), strict=True):
                grades[name] = grade
                watch(name, len(runs) * len(contents) + len(grades), total)
            runs.append(grades)
    return runs[0], runs[1]


def _failed(grade: Grade) -> tuple[TestMark, ...]:
    return tuple(test for mark in grade.questions for test in mark.tests if test.verdict is not Verdict.PASSED)


def _caught(answer: Answer, grade: Grade, solution: Grade) -> Caught:
    own = next(mark for mark in grade.questions if mark.question == answer.question)
    full = {mark.question: mark.score for mark in solution.questions}
    elsewhere = {
        mark.question: full[mark.question] - mark.score
        for mark in grade.questions
        if mark.question != answer.question and mark.score < full[mark.question]
    }
    return Caught(answer, tuple(test for test in own.tests if test.verdict is not Verdict.PASSED), elsewhere)


def _skipped_cells(assignment: Assignment) -> int:
    cells = [cell for notebook in assignment.notebooks for cell in notebook.content["cells"]]
    return sum(SKIP_TAG in cell["metadata"].get("tags", ()) for cell in cells)


def _problems(
    first: dict[str, Grade],
    second: dict[str, Grade],
    misconceptions: tuple[Caught, ...],
    accepted: tuple[Granted, ...],
) -> list[str]:
    solution, nothing = first[SOLUTION], first[BLANK]
    problems = [f"{name}: {grade.reason}" for name, grade in first.items() if grade.status is Status.INFRA]
    if solution.score < solution.max_score:
        names = ", ".join(test.name for test in _failed(solution))
        problems.append(f"the solution gets {solution.score:g} of {solution.max_score:g} points; it fails {names}")
    if nothing.score > 0:
        problems.append(f"a blank notebook gets {nothing.score:g} points")
    for caught in misconceptions:
        if caught.survives:
            problems.append(f"{_shown(caught.answer)} survives: no test of '{caught.answer.question}' notices it")
        for question, points in caught.elsewhere.items():
            problems.append(f"{_shown(caught.answer)} loses {points:g} points in '{question}' too")
    for granted in accepted:
        if granted.failed:
            names = ", ".join(f"{test.name} ({test.verdict})" for test in granted.failed)
            problems.append(f"{_shown(granted.answer)} is right and fails {names}")
    for name, grade in first.items():
        if _verdicts(grade) != _verdicts(second[name]):
            problems.append(f"{name}: two runs disagree on {', '.join(_differing(grade, second[name]))}")
    return problems


def _shown(answer: Answer) -> Path:
    return Path(answer.path.parent.name) / answer.path.name


def _verdicts(grade: Grade) -> dict[str, Verdict]:
    return {f"{mark.question}: {test.name}": test.verdict for mark in grade.questions for test in mark.tests}


def _differing(one: Grade, other: Grade) -> list[str]:
    before, after = _verdicts(one), _verdicts(other)
    return [name for name in before if before[name] != after.get(name)]

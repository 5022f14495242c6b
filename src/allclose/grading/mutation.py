"""Does the suite notice small changes of the reference answers? Those that it does not are tests that are missing."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from allclose.errors import SandboxError
from allclose.grading.batch import Options
from allclose.grading.engine import Engine
from allclose.grading.mutants import Mutant, mutants_of
from allclose.model import Assignment, Equivalent, Tier, Verdict
from allclose.suite.secret import load_seed

#: A change can make a loop endless; one test that runs out of time has noticed it.
TEST_SECONDS, CELL_SECONDS = 5.0, 5.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one mutant: the first test that noticed it, or the author's reason why none can."""

    mutant: Mutant
    caught_by: str | None
    verdict: Verdict | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What `verify --mutate` found. `problems` says in one line each what to mend."""

    assignment: str
    isolation: Tier
    seconds: float
    tried: tuple[Tried, ...]
    problems: tuple[str, ...]

    @property
    def caught(self) -> tuple[Tried, ...]:
        """Mutants that a test noticed."""
        return tuple(tried for tried in self.tried if tried.caught_by is not None)

    @property
    def equivalent(self) -> tuple[Tried, ...]:
        """Mutants that no test noticed, with the author's reason."""
        return tuple(tried for tried in self.tried if tried.caught_by is None and tried.reason is not None)

    @property
    def survivors(self) -> tuple[Tried, ...]:
        """Mutants that no test noticed, without a reason."""
        return tuple(tried for tried in self.tried if tried.caught_by is None and tried.reason is None)


def mutate(assignment: Assignment, options: Options, watch: Callable[[int, int], None]) -> MutationReport:
    """Run each question's tests on every mutant of its reference answer, until the first test that notices.

    Parameters
    ----------
    assignment : Assignment
        The lab.
    options : Options
        Tier, device and mutants in flight.
    watch : callable
        Told how many mutants are done and how many there are.

    Raises
    ------
    SuiteError
        If the suite cannot be collected or does not fit its lab.
    SandboxError
        If the grader's own processes fail.
    """
    began = time.monotonic()
    mutants = [mutant for notebook in assignment.notebooks for mutant in mutants_of(notebook)]
    reasons = {(one.question, one.before, one.after): one.reason for one in assignment.equivalents}
    limits = replace(assignment.limits, test_seconds=TEST_SECONDS, cell_seconds=CELL_SECONDS)
    quick = replace(assignment, limits=limits)
    tried: list[Tried] = []
    seed = load_seed(assignment.root)
    with Engine(quick, tier=options.isolation, device=options.device, seed=seed) as engine:

        def work(mutant: Mutant) -> Tried:
            caught_by, verdict = _noticed(engine, mutant)
            return Tried(mutant, caught_by, verdict, reasons.get((mutant.question, mutant.before, mutant.after)))

        with ThreadPoolExecutor(max(1, options.jobs), thread_name_prefix="mutate") as pool:
            for one in pool.map(work, mutants):
                tried.append(one)
                watch(len(tried), len(mutants))
    problems = _problems(tried, assignment.equivalents)
    return MutationReport(assignment.name, options.isolation, time.monotonic() - began, tuple(tried), problems)


def _noticed(engine: Engine, mutant: Mutant) -> tuple[str | None, Verdict | None]:
    """The first test that a mutant does not pass."""
    chosen = [test for test in engine.tests if test.question == mutant.question]
    passed: set[int] = set()
    try:
        for mark in engine.attempt(mutant.question, mutant.code):
            if mark.verdict is not Verdict.PASSED:
                return engine.tests[mark.index].name, mark.verdict
            passed.add(mark.index)
    except SandboxError:
        if not engine.alive:
            raise
    lost = next((test for test in chosen if test.index not in passed), None)
    return (lost.name, Verdict.NOT_RUN) if lost is not None else (None, None)


def _problems(tried: list[Tried], equivalents: tuple[Equivalent, ...]) -> tuple[str, ...]:
    known = {(one.mutant.question, one.mutant.before, one.mutant.after): one for one in tried}
    problems = [
        f"no test of '{one.mutant.question}' notices: {one.mutant.before} → {one.mutant.after}"
        for one in tried
        if one.caught_by is None and one.reason is None
    ]
    for mark in equivalents:
        found = known.get((mark.question, mark.before, mark.after))
        if found is None:
            problems.append(f"equivalent.toml: no change of '{mark.question}' is: {mark.before} → {mark.after}")
        elif found.caught_by is not None:
            problems.append(f"equivalent.toml: {found.caught_by} does notice: {mark.before} → {mark.after}")
    return tuple(problems)

"""One submission of a notebook that tests itself: its cells in the sandbox, its tests where they stand, a Grade out.

The cells run as `otter run` runs them. Where one asks for a question's tests (`grader.check("q1")`) they run there
and then, in the notebook's process and on its names as they are, and what they change stays changed; tests that nobody
asked for run at the end; of a question that was tested more than once the last time counts. What is expected of an
example never enters that process, and neither does whether a hidden case passed.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from allclose.errors import SandboxError, unforeseen
from allclose.grading.asked_tests import AskedTests, describe
from allclose.grading.checks import Case, Check, CheckedLab, literal_check
from allclose.grading.sides import BLAMED, Blamed, Sides
from allclose.model import (
    CellRun,
    Grade,
    Json,
    ManualMark,
    QuestionMark,
    Status,
    Submission,
    TestMark,
    Tier,
    Verdict,
)
from allclose.sandbox.session import Cell, Session
from allclose.sandbox.spawner import Spawner
from allclose.suite.verdicts import MESSAGES

#: Cells that otter leaves out, and those that its kernel passes over.
IGNORE_TAG, SKIP_TAG = "otter_ignore", "skip-execution"
NO_MANUAL = ManualMark(0.0, 0.0, ())
_WARM = ("numpy", "matplotlib", "allclose.sandbox.checks")


class NotebookGrader:
    """A warm sandbox for one assignment; `grade` may be called from several threads.

    Parameters
    ----------
    lab : CheckedLab
        What is graded.
    tier : Tier
        How student code is isolated.
    hidden : tuple of Path
        What student code must not see wherever it stands.
    cache : Path
        Where what takes long to make is kept between runs.
    extra : iterable of str
        Modules to warm besides the usual ones.

    Raises
    ------
    IsolationUnavailable
        If this machine cannot give the tier.
    InteropError
        If a test file is not as otter takes it, or does not run.
    """

    def __init__(
        self, lab: CheckedLab, *, tier: Tier, hidden: tuple[Path, ...], cache: Path, extra: Iterable[str] = ()
    ) -> None:
        self.lab = lab
        self.tier = tier
        self.checks: tuple[Check, ...] = ()
        self._known = {path: literal_check(path, source) for path, source in lab.tests.items()}
        self._sides = Sides(lambda: Spawner(tier, hidden, (*_WARM, *extra), lab.limits, cache), None)

    def __enter__(self) -> NotebookGrader:
        try:
            self._sides.wait_ready()
            self.checks = self._read_checks()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox and everything that runs in it."""
        self._sides.close()

    def grade(self, submission: Submission) -> Grade:
        """Grade one submission; a fault of ours comes back as status `infra`."""
        began = time.monotonic()
        if submission.problems:
            return self._grade(submission, Status.BAD_FILE, {}, (), began)
        try:
            return self._sides.insist(lambda: self._graded(submission), self._try_nothing)
        except Blamed as error:
            lost = {check.name: (check, [Verdict.PROTOCOL] * len(check.cases)) for check in self.checks}
            return self._grade(submission, Status.GRADED, lost, (BLAMED,), began, str(error))
        except SandboxError as error:
            return self._grade(submission, Status.INFRA, {}, (), began, str(error))

    def _try_nothing(self) -> None:
        """Have a process without any cell."""
        limits = self.lab.limits
        session = Session(self._sides.spawner.spawn, (), self.lab.files, limits, time.monotonic() + limits.cell_seconds)
        try:
            session.revive()
        finally:
            session.close()

    def _read_checks(self) -> tuple[Check, ...]:
        spawn = self._sides.spawner.spawn
        return tuple(
            describe(spawn, self.lab, path) if check is None else check for path, check in sorted(self._known.items())
        )

    def _graded(self, submission: Submission) -> Grade:
        began = time.monotonic()
        (content,) = submission.notebooks.values()
        plan, origins = plan_cells(content, self.lab)
        end = began + self.lab.limits.submission_seconds
        patient = self._sides.are_together
        asked = AskedTests(self.checks, self.lab.limits, end, plan.notebook, patient=patient)
        files = {**submission.files, **self.lab.files}
        session = Session(self._sides.spawner.spawn, plan.cells, files, self.lab.limits, end, asked, patient=patient)
        try:
            runs = session.run()
            asked.finish(session)
        except SandboxError:
            raise
        except Exception as error:  # noqa: BLE001 - what we did not foresee in one must not end everybody's run
            return self._grade(submission, Status.INFRA, {}, (), began, unforeseen(error))
        finally:
            session.close()
        return self._grade(submission, Status.GRADED, asked.results(), _flags(runs, origins), began)

    def _grade(
        self,
        submission: Submission,
        status: Status,
        results: Mapping[str, tuple[Check, list[Verdict]]],
        flags: tuple[str, ...],
        began: float,
        reason: str = "",
    ) -> Grade:
        # Of files that share a name otter knows one, the last that it came to.
        latest = {check.name: results.get(check.name, (check, [])) for check in self.checks}
        marks = tuple(self._mark(check, verdicts) for check, verdicts in latest.values())
        score, most = self.lab.total(sum(mark.score for mark in marks), sum(mark.max_score for mark in marks))
        problems = [f"bad-file: {why}" for why in submission.problems.values()]
        return Grade(
            student=submission.student,
            status=status,
            score=0.0 if status is not Status.GRADED else round(score, 9),
            max_score=round(most, 9),
            flags=tuple(dict.fromkeys((*submission.flags, *flags, *problems))),
            manual=NO_MANUAL,
            questions=marks,
            isolation=self.tier,
            device="cpu",
            seconds=round(time.monotonic() - began, 3),
            reason=reason or "; ".join(submission.problems.values()),
        )

    def _mark(self, check: Check, verdicts: list[Verdict]) -> QuestionMark:
        given = [*verdicts, *[Verdict.NOT_RUN] * (len(check.cases) - len(verdicts))]
        tests = tuple(
            TestMark(case.name, case.points, verdict, _message(case, verdict))
            for case, verdict in zip(check.cases, given, strict=True)
        )
        return QuestionMark(self.lab.name, check.name, round(check.score(verdicts), 9), round(check.possible, 9), tests)


@dataclass(frozen=True, slots=True)
class Plan:
    """The cells to run, the number of each its place here; `notebook` is the name under which they find the checks."""

    cells: tuple[Cell, ...]
    notebook: str


def plan_cells(content: Json, lab: CheckedLab) -> tuple[Plan, tuple[int | None, ...]]:
    """Plan a notebook's cells as otter does: some left out, checks put in, the seed before each.

    Returns
    -------
    plan, origins
        The cells, and for each its place in the notebook, None for those that are not the student's.
    """
    token = secrets.token_hex(6)
    notebook = f"notebook_{token}"
    before, seed = _seeding(lab, token)
    sources: list[tuple[int | None, str]] = [(None, "import sys"), *((None, source) for source in before)]
    for index, cell in enumerate(content["cells"]):
        about = cell["metadata"].get("otter")
        own = about if isinstance(about, dict) else {}
        tags = cell["metadata"].get("tags", ())
        if IGNORE_TAG in tags or own.get("ignore"):
            continue
        if cell["cell_type"] == "code" and SKIP_TAG not in tags:
            text = cell["source"]
            sources.append((index, text if text.startswith("%%") else f"{seed}{text}"))
        tests = own.get("tests")
        if isinstance(tests, list) and tests:
            checks = "".join(f"{notebook}().check({test!r})\n" for test in tests)
            sources.append((None, f"{seed}{checks}"))
    cells = tuple(Cell(number, source) for number, (_, source) in enumerate(sources))
    return Plan(cells, notebook), tuple(origin for origin, _ in sources)


def _seeding(lab: CheckedLab, token: str) -> tuple[list[str], str]:
    """What runs first, and what is put before each cell."""
    if lab.seed is None:
        return [], ""
    if lab.seed_variable is not None:
        return [], f"{lab.seed_variable} = {lab.seed}\n"
    numpy, random = f"np_{token}", f"random_{token}"
    seed = f"{numpy}.random.seed({lab.seed})\n{random}.seed({lab.seed})\n"
    return [f"import numpy as {numpy}\nimport random as {random}"], seed


def _flags(runs: Iterable[CellRun], origins: tuple[int | None, ...]) -> tuple[str, ...]:
    cells = ((run.verdict, origins[run.index]) for run in runs)
    return tuple(
        f"cell-{verdict}: cell {origin + 1}"
        for verdict, origin in cells
        if verdict is not Verdict.PASSED and origin is not None
    )


def _message(case: Case, verdict: Verdict) -> str:
    if verdict is Verdict.PASSED:
        return case.success_message
    ours = MESSAGES.get(verdict, MESSAGES[Verdict.FAILED])
    return f"{ours} {case.failure_message}" if case.failure_message else ours

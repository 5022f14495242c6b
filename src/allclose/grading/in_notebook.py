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
from typing import Any

from allclose.errors import InteropError, ProtocolError, SandboxError
from allclose.grading.checks import Case, Check, CheckedLab, described_check, is_expected, literal_check, skipped
from allclose.grading.engine import LONE_ATTEMPTS
from allclose.grading.sides import Sides
from allclose.model import (
    CellRun,
    Grade,
    Json,
    Limits,
    ManualMark,
    QuestionMark,
    Status,
    Submission,
    TestMark,
    Tier,
    Verdict,
)
from allclose.sandbox.remote import Link, Lost, StudentRaised
from allclose.sandbox.session import Cell, Session
from allclose.sandbox.spawner import Process, Spawner
from allclose.sandbox.values import Callback, Handle, decode, encode
from allclose.sandbox.wire import CHECKS, Channel, Closed, Kind, Late
from allclose.suite.verdicts import MESSAGES

#: How often one submission may ask for tests.
MAX_CHECKS = 1_000
#: Cells that otter leaves out, and those that its kernel passes over.
IGNORE_TAG, SKIP_TAG = "otter_ignore", "skip-execution"
NO_MANUAL = ManualMark(0.0, 0.0, ())
_WARM = ("numpy", "matplotlib", "allclose.sandbox.checks")
_ANSWER_SECONDS = 10.0


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
        known = {path: literal_check(path, source) for path, source in lab.tests.items()}
        self._sides = Sides(lambda: Spawner(tier, hidden, (*_WARM, *extra), lab.limits, cache), None)
        self._known = known

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
            with self._sides.together():
                return self._graded(submission)
        except SandboxError as error:
            reason = str(error)
        for _ in range(LONE_ATTEMPTS):
            try:
                with self._sides.alone():
                    return self._graded(submission)
            except SandboxError as error:
                reason = str(error)
        return self._grade(submission, Status.INFRA, {}, (), began, reason)

    def _read_checks(self) -> tuple[Check, ...]:
        found = dict(self._known)
        unknown = [path for path, check in found.items() if check is None]
        if unknown:
            describe = _Describer(self._sides.spawner.spawn, self.lab)
            found |= {path: describe(path) for path in unknown}
        return tuple(found[path] for path in sorted(found) if found[path] is not None)  # type: ignore[misc]

    def _graded(self, submission: Submission) -> Grade:
        began = time.monotonic()
        (content,) = submission.notebooks.values()
        plan, origins = plan_cells(content, self.lab)
        asked = _Asked(self.checks, self.lab.limits, began + self.lab.limits.submission_seconds, plan.notebook)
        files = {**submission.files, **self.lab.files}
        session = Session(self._sides.spawner.spawn, plan.cells, files, self.lab.limits, asked.end, asked)
        try:
            runs = session.run()
            asked.finish(session)
        except SandboxError:
            raise
        except Exception as error:  # noqa: BLE001 - what we did not foresee in one must not end everybody's run
            reason = f"a fault of ours, {type(error).__name__}: {error}; report it with this submission"
            return self._grade(submission, Status.INFRA, {}, (), began, reason)
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


class _Asked:
    """Runs the tests that a notebook asks for, each case once; what was judged stays judged if the process dies."""

    def __init__(self, checks: tuple[Check, ...], limits: Limits, end: float, notebook: str) -> None:
        self.end = end
        self._checks = {Path(check.path).stem: check for check in checks}
        self._limits = limits
        self._notebook = notebook
        self._cell, self._number = 0, 0
        self._link: Link | None = None
        #: By (cell, number of the check in it, question), in the order in which they were asked for.
        self._judged: dict[tuple[int, int, str], list[Verdict]] = {}
        self._running: tuple[tuple[int, int, str], Verdict] | None = None
        self._killed: set[tuple[tuple[int, int, str], int]] = set()

    def begin(self, channel: Channel, process: Process) -> None:
        """Put the checks where the notebook finds them."""
        self._link = Link(channel, process.pidfd, self._limits, self.end, _no_other)
        self._link.begin_case()
        try:
            self._link.request("check", {}, "install", self._notebook)
        except (Lost, StudentRaised):
            raise SandboxError("the checks could not be set up in the sandbox; run again") from None

    def begin_cell(self, index: int) -> None:
        """Count the checks of a cell anew."""
        self._cell, self._number = index, 0

    def answer(self, request: bytes) -> None:
        """Run the tests that the notebook asks for, and say what the public ones say."""
        assert self._link is not None
        question = _question(request)
        check = self._checks.get(question)
        deadline = time.monotonic() + _ANSWER_SECONDS
        if check is None:
            self._refuse("FileNotFoundError", f"Test {question} does not exist", deadline)
            return
        if len(self._judged) >= MAX_CHECKS:
            self._refuse("RuntimeError", "this notebook has asked for tests too often", deadline)
            return
        key = (self._cell, self._number, question)
        self._number += 1
        self._run(key, check)
        said = [
            [case.name, verdict is Verdict.PASSED, case.points]
            for case, verdict in zip(check.cases, self._judged[key], strict=True)
            if not case.hidden
        ]
        answer = encode([[check.name, said, check.all_or_nothing], None], _no_reference, self._limits.frame_bytes)
        self._link.channel.send(Kind.RETURN, answer, time.monotonic() + _ANSWER_SECONDS)

    def lost(self, verdict: Verdict) -> bool:
        """Judge the case during which the process died, if one ran."""
        if self._running is None:
            return False
        (key, own), self._running = self._running, None
        judged = self._judged[key]
        if own is Verdict.CRASH and verdict is Verdict.LIMIT:
            own = verdict
            if (key, len(judged)) not in self._killed:  # as for a cell: judged by the second time
                self._killed.add((key, len(judged)))
                return True
        judged.append(own)
        return True

    def finish(self, session: Session) -> None:
        """Run the tests that the notebook did not ask for."""
        asked = {self._checks[question].path for _, _, question in self._judged}
        missing = [check for check in self._checks.values() if not any(path in f"./{check.path}" for path in asked)]
        while missing and session.revive():
            assert self._link is not None
            try:
                self._link.begin_case()
                self._link.request("check", {}, "last")
                while missing:
                    self._run((-1, 0, Path(missing[0].path).stem), missing[0])
                    missing.pop(0)
            except (Lost, StudentRaised, Closed, Late, ProtocolError):
                if not self.lost(session.lose()):
                    raise SandboxError("the sandbox's process ended between two tests; run again") from None

    def results(self) -> dict[str, tuple[Check, list[Verdict]]]:
        """By name, the tests of each question and what became of its cases the last time that they ran."""
        return {self._checks[key[2]].name: (self._checks[key[2]], judged) for key, judged in self._judged.items()}

    def _run(self, key: tuple[int, int, str], check: Check) -> None:
        """Run the cases that were not judged yet."""
        judged = self._judged.setdefault(key, [])
        loaded = False
        while len(judged) < len(check.cases):
            number = len(judged)
            self._running = key, Verdict.CRASH
            judged.append(self._judge(check, number, loaded))
            self._running = None
            loaded = True

    def _judge(self, check: Check, number: int, loaded: bool) -> Verdict:
        assert self._link is not None
        case = check.cases[number]
        if time.monotonic() >= self.end:
            return Verdict.NOT_RUN
        self._link.begin_case()
        try:
            if case.examples is not None:
                return self._run_examples(case)
            if not loaded and self._link.request("check", {}, "load", check.source, check.path) != len(check.cases):
                return Verdict.PROTOCOL
            self._link.request("check", {}, "call", number)
        except StudentRaised as error:
            return Verdict.FAILED if isinstance(error, AssertionError) else Verdict.RAISED
        except Lost as lost:
            if lost.alive:
                return lost.verdict
            assert self._running is not None
            self._running = self._running[0], lost.verdict
            raise Closed from None
        return Verdict.PASSED

    def _run_examples(self, case: Case) -> Verdict:
        """Run all examples of a case, as doctest does, even after one that failed."""
        assert self._link is not None and case.examples is not None
        self._link.request("check", {}, "open")
        verdict = Verdict.PASSED
        for example in case.examples:
            if skipped(example):
                continue
            answer = self._link.request("check", {}, "example", example.source, case.name)
            if type(answer) is not list or [type(part) for part in answer] != [bool, str]:
                raise Lost(Verdict.PROTOCOL, alive=False)
            raised, text = answer
            if verdict is Verdict.PASSED and not is_expected(example, text, raised=raised):
                verdict = Verdict.RAISED if raised else Verdict.FAILED
        return verdict

    def _refuse(self, kind: str, text: str, deadline: float) -> None:
        assert self._link is not None
        answer = encode([kind, text], _no_reference, self._limits.frame_bytes)
        self._link.channel.send(Kind.RAISE, answer, deadline)


def _question(request: bytes) -> str:
    """The question that a frame asks for."""

    def refuse(_: Handle | Callback) -> Any:
        raise ProtocolError("a check is not asked for in the right form")

    asked = decode(request, refuse)
    match asked:
        case [number, (question,), arguments] if type(asked) is list and type(question) is str and arguments == {}:
            if type(number) is int and number == CHECKS:
                return question
    raise ProtocolError("a check is not asked for in the right form")


def _no_reference(value: Any) -> Handle | Callback:
    raise TypeError(f"a {type(value).__name__} is never told to a notebook")


def _no_other() -> Any:
    raise SandboxError("a notebook that tests itself has one process; run again")


class _Describer:
    """Asks a sandbox process without student code what the test files hold that are programs."""

    def __init__(self, spawn: Any, lab: CheckedLab) -> None:
        self._lab = lab
        self._spawn = spawn

    def __call__(self, path: str) -> Check:
        source = self._lab.tests[path]
        end = time.monotonic() + self._lab.limits.submission_seconds
        asked = _Asked((), self._lab.limits, end, "notebook")
        session = Session(self._spawn, (), self._lab.files, self._lab.limits, end, asked)
        try:
            if not session.revive():
                raise SandboxError("the sandbox could not be started; run again")
            assert asked._link is not None
            asked._link.begin_case()
            found = asked._link.request("check", {}, "describe", source, path)
        except StudentRaised as error:
            raise InteropError(f"{path} does not run: {_raised(error)}; mend the test file") from None
        except Lost as lost:
            raise InteropError(f"{path} does not come to its end ({lost.verdict}); mend the test file") from None
        finally:
            session.close()
        return described_check(path, source, found)


def _raised(error: StudentRaised) -> str:
    return f"{type(error).__name__.removeprefix('Student')}: {error}"

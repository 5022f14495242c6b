"""The tests that a notebook asks for while it runs: served one case at a time, and judged on this side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from allclose.errors import InteropError, ProtocolError, SandboxError
from allclose.grading.checks import Case, Check, CheckedLab, described_check, is_expected, skipped
from allclose.model import Limits, Verdict
from allclose.sandbox.clock import Contended
from allclose.sandbox.remote import Link, Lost, StudentRaised
from allclose.sandbox.session import Session
from allclose.sandbox.spawner import Process
from allclose.sandbox.values import Reference, decode, encode
from allclose.sandbox.wire import CHECKS, Channel, Closed, Kind, Late

#: How often one submission may ask for tests.
MAX_CHECKS = 1_000
_ANSWER_SECONDS = 10.0
#: A check in a notebook: its cell, its number there, and the question; those at the end have no cell.
_Key = tuple[int, int, str]


class AskedTests:
    """Runs the tests that a notebook asks for, each case once; what was judged stays judged if the process dies.

    Parameters
    ----------
    checks : sequence of Check
        The tests that there are.
    limits : Limits
        What a case may use.
    end : float
        When the whole submission must be done, a `time.monotonic` instant.
    notebook : str
        The name under which the notebook finds what asks for tests, besides `import otter`.
    patient : bool
        As for the `Session`.
    """

    def __init__(
        self, checks: Sequence[Check], limits: Limits, end: float, notebook: str, *, patient: bool = False
    ) -> None:
        self.end = end
        self._checks = {Path(check.path).stem: check for check in checks}
        self._limits = limits
        self._notebook = notebook
        self._cell, self._number = 0, 0
        self._link: Link | None = None
        self._patient = patient
        #: By (cell, number of the check in it, question), in the order in which they were asked for.
        self._judged: dict[_Key, list[Verdict]] = {}
        self._running: tuple[_Key, Verdict] | None = None
        self._loaded = False
        self._killed: set[tuple[_Key, int]] = set()

    def begin(self, channel: Channel, process: Process) -> None:
        """Put the checks where the notebook finds them."""
        self._link = Link(channel, process.pidfd, self._limits, self.end, _no_other, patient=self._patient)
        try:
            self.step("install", self._notebook, afresh=True)
        except (Lost, StudentRaised):
            raise SandboxError("the checks could not be set up in the sandbox; run again") from None

    def step(self, *parts: Any, afresh: bool = False) -> Any:
        """Have the sandbox do one step of a test, on a clock of its own or on that of the step before.

        Raises
        ------
        StudentRaised
            If the code that ran raised.
        Lost
            If it was out of time, or the process ended.
        """
        assert self._link is not None
        if afresh:
            self._link.begin_case()
        return self._link.request("check", {}, *parts)

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
        self._run(key)
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
        judged = self._judged.setdefault(key, [])
        if own is Verdict.CRASH and verdict is Verdict.LIMIT:
            own = verdict
            if (key, len(judged)) not in self._killed:  # as for a cell: judged by the second time
                self._killed.add((key, len(judged)))
                return True
            if self._patient:
                raise Contended("a process was killed twice while others were at work")
        if not self._is_judged(key):
            judged.append(own)
        return True

    def finish(self, session: Session) -> None:
        """Run the tests that the notebook did not ask for, and those that came to no end."""
        latest = {key[2]: key for key in self._judged}
        asked = {self._checks[question].path for question, key in latest.items() if self._is_judged(key)}
        missing = [
            (-1, 0, question)
            for question, check in self._checks.items()
            if not any(path in f"./{check.path}" for path in asked)
        ]
        while (missing := [key for key in missing if not self._is_judged(key)]) and session.revive():
            try:
                self.step("last", afresh=True)
                for key in missing:
                    self._run(key)
            except (Lost, StudentRaised, Closed, Late, ProtocolError):
                if self._running is None:  # something that a cell left running ended it: the next case pays
                    self._running = missing[0], Verdict.CRASH
                self.lost(session.lose())

    def results(self) -> dict[str, tuple[Check, list[Verdict]]]:
        """By name, the tests of each question and what became of its cases the last time that they ran."""
        return {self._checks[key[2]].name: (self._checks[key[2]], judged) for key, judged in self._judged.items()}

    def _is_judged(self, key: _Key) -> bool:
        return len(self._judged.get(key, ())) == len(self._checks[key[2]].cases)

    def _run(self, key: _Key) -> None:
        """Run the cases that were not judged yet."""
        check = self._checks[key[2]]
        judged = self._judged.setdefault(key, [])
        self._loaded = False
        while not self._is_judged(key):
            self._running = key, Verdict.CRASH
            judged.append(self._judge(check, len(judged)))
            self._believe()
            self._running = None

    def _judge(self, check: Check, number: int) -> Verdict:
        case = check.cases[number]
        if self._link is not None and self._link.is_over():
            return Verdict.NOT_RUN
        try:
            if case.examples is not None:
                return self._run_examples(case)
            if not self._loaded:
                if self.step("load", check.source, check.path, afresh=True) != len(check.cases):
                    return Verdict.PROTOCOL
                self._loaded = True
            self.step("call", number, afresh=True)
        except StudentRaised as error:
            return Verdict.FAILED if isinstance(error, AssertionError) else Verdict.RAISED
        except Lost as lost:
            self._believe()
            if lost.alive:
                return lost.verdict
            assert self._running is not None
            self._running = self._running[0], lost.verdict
            raise Closed from None
        return Verdict.PASSED

    def _believe(self) -> None:
        """Raise where the machine may be why a case was over its time."""
        if self._link is not None and self._link.contended:
            raise Contended("a test was over its time while others were at work")

    def _run_examples(self, case: Case) -> Verdict:
        """Run all examples of a case, as doctest does, even after one that failed."""
        assert case.examples is not None
        self.step("open", afresh=True)
        verdict = Verdict.PASSED
        for example in case.examples:
            if skipped(example):
                continue
            answer = self.step("example", example.source, case.name)
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


def describe(spawn: Callable[[], Process], lab: CheckedLab, path: str) -> Check:
    """Read a test file that is a program, by what it says of itself in a sandbox without student code.

    Raises
    ------
    InteropError
        If it does not run, or is not as otter takes it.
    SandboxError
        If the sandbox failed.
    """
    source = lab.tests[path]
    end = time.monotonic() + lab.limits.submission_seconds
    asked = AskedTests((), lab.limits, end, "notebook")
    session = Session(spawn, (), lab.files, lab.limits, end, asked)
    try:
        if not session.revive():
            raise SandboxError("the sandbox could not be started; run again")
        found = asked.step("describe", source, path, afresh=True)
    except StudentRaised as error:
        what = type(error).__name__.removeprefix("Student")
        raise InteropError(f"{path} does not run: {what}: {error}; mend the test file") from None
    except Lost as lost:
        raise InteropError(f"{path} does not come to its end ({lost.verdict}); mend the test file") from None
    finally:
        session.close()
    return described_check(path, source, found)


def _question(request: bytes) -> str:
    """The question that a frame asks for."""

    def refuse(_: Reference) -> Any:
        raise ProtocolError("a check is not asked for in the right form")

    asked = decode(request, refuse)
    match asked:
        case [number, (question,), arguments] if type(asked) is list and type(question) is str and arguments == {}:
            if type(number) is int and number == CHECKS:
                return question
    raise ProtocolError("a check is not asked for in the right form")


def _no_reference(value: Any) -> Reference:
    raise TypeError(f"a {type(value).__name__} is never told to a notebook")


def _no_other() -> Any:
    raise SandboxError("a notebook that tests itself has one process; run again")

"""Where a submission's time goes, part by part, one submission at a time; and what writing a class takes at the end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from allclose.course import submitted_folders
from allclose.grading.engine import Engine
from allclose.grading.store import store_of
from allclose.interop.autograded import write_autograded
from allclose.interop.export.standings import read_standings
from allclose.interop.feedback import write_feedback
from allclose.interop.gradebook import db_url, record_source, write_grades
from allclose.model import Assignment, Grade, Tier
from allclose.notebook.imports import imports
from allclose.notebook.read import read_submission
from allclose.notebook.repair import repair
from allclose.sandbox.remote import Link, Submission
from allclose.sandbox.session import Cell, Session
from allclose.sandbox.spawner import Spawner
from allclose.suite.secret import load_seed
from benchmarks import classes, graders
from benchmarks.records import Sheet

TRIPS = 2000
_ECHO = "def echo(values):\n    return values"


def measure(assignment: Assignment, kind: str, sheet: Sheet, *, size: int) -> None:
    """Grade and write a class of solved submissions, noting each part in seconds a submission."""
    graders.forget(assignment)
    submitted = assignment.root / "submitted"
    classes.hand_in(assignment, submitted, size)
    grades = _graded(assignment, kind, sheet)
    url = db_url(assignment.root)
    record_source(assignment, url)
    with _shared(sheet, f"{kind}.gradebook", size):
        write_grades(assignment, url, grades, submitted)
    with _shared(sheet, f"{kind}.autograded", size):
        write_autograded(assignment, grades, submitted)
    students = [grade.student for grade in grades]
    write_feedback(assignment, read_standings(assignment), students[:1])  # loads the template
    with _shared(sheet, f"{kind}.feedback", size):
        write_feedback(assignment, read_standings(assignment), students)
    _processes(assignment, kind, sheet, size)


def _graded(assignment: Assignment, kind: str, sheet: Sheet) -> list[Grade]:
    (notebook,) = assignment.notebooks
    store = store_of(assignment)
    grades = []
    with Engine(assignment, tier=Tier.STRONG, device="cpu", seed=load_seed(assignment.root)) as engine:
        for student, folder in submitted_folders(assignment.root / "submitted", assignment.name).items():
            lap = _laps(sheet, kind)
            submission = read_submission(folder, student, assignment)
            lap("read")
            repair(submission.notebooks[notebook.name], notebook)
            lap("repair")
            grades.append(engine.grade(submission, lambda *_, lap=lap: lap("cells")))
            lap("tests")
            store.save(student, f"{student:0>64}", grades[-1])
            lap("store")
    store.publish(grades)
    return grades


def _processes(assignment: Assignment, kind: str, sheet: Sheet, count: int) -> None:
    """Start sandbox processes at every tier, in turns, and run an empty cell in each; then only talk to one."""
    cache, warm = assignment.root / ".allclose" / "cache", imports(assignment.notebooks)
    with ExitStack() as stack:
        spawners = {
            tier: stack.enter_context(Spawner(tier, (assignment.root,), warm, assignment.limits, cache))
            for tier in (Tier.NONE, Tier.BASIC, Tier.STRONG)
        }
        for spawner in spawners.values():
            spawner.wait_ready()
        for _ in range(count):
            for tier, spawner in spawners.items():
                lap = _laps(sheet, f"{kind}.process")
                session = Session(spawner.spawn, [Cell(0, "pass")], {}, assignment.limits, time.monotonic() + 60)
                session.run()
                lap(tier)
                session.close()
        _trips(assignment, spawners[Tier.STRONG], sheet, kind)


def _trips(assignment: Assignment, spawner: Spawner, sheet: Sheet, kind: str) -> None:
    """Seconds of a call that only brings an array there and back."""
    import numpy as np

    cells = [Cell(0, _ECHO), Cell(1, "pass", snapshot="echo")]
    session = Session(spawner.spawn, cells, {}, assignment.limits, time.monotonic() + 60)
    try:
        session.run()
        assert session.process is not None and session.channel is not None
        link = Link(session.channel, session.process.pidfd, assignment.limits, session.deadline, _no_other)
        link.begin_tests()
        link.begin_test("echo")
        echo, values = Submission(link, _no_stand_ins).echo, np.arange(8.0)
        for _ in range(TRIPS // 100):
            began = time.perf_counter()
            for _ in range(100):
                echo(values)
            sheet.add(f"{kind}.trip", (time.perf_counter() - began) / 100)
    finally:
        session.close()


def _laps(sheet: Sheet, prefix: str) -> Callable[[str], None]:
    """A stopwatch: each call notes what passed since the one before."""
    began = time.perf_counter()

    def lap(part: str) -> None:
        nonlocal began
        now = time.perf_counter()
        sheet.add(f"{prefix}.{part}", now - began)
        began = now

    return lap


@contextmanager
def _shared(sheet: Sheet, name: str, size: int) -> Iterator[None]:
    began = time.perf_counter()
    yield
    sheet.add(name, (time.perf_counter() - began) / size)


def _no_other() -> tuple[socket.socket, int]:
    raise NotImplementedError("an echo needs no other process")


def _no_stand_ins(_: str) -> dict[str, Callable[..., object]]:
    return {}

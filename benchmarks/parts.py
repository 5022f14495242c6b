"""What a submission costs inside the engine, part by part, one submission at a time."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

from allclose.course import submitted_folders
from allclose.grading.engine import Engine
from allclose.grading.store import Store
from allclose.interop.autograded import write_autograded
from allclose.interop.gradebook import db_url, record_source, write_grades
from allclose.model import Assignment, Tier
from allclose.notebook.read import read_submission
from allclose.notebook.repair import repair
from allclose.sandbox.session import Cell, Session
from allclose.sandbox.spawner import Spawner
from allclose.suite.secret import load_seed

READY = "both engines ready, from the start of the process"


class Stopwatch:
    """Seconds by part, as often as each was measured."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._began = time.perf_counter()

    def start(self) -> None:
        """Begin to measure."""
        self._began = time.perf_counter()

    def lap(self, part: str, share: int = 1) -> None:
        """Note what a part took since the last one, shared between so many submissions."""
        now = time.perf_counter()
        self.seconds[part].append((now - self._began) / share)
        self._began = now


def engine_parts(assignment: Assignment, submitted: Path, watch: Stopwatch) -> None:
    """Grade a class one by one, then write it, noting each part; the gradebook is new."""
    folders = submitted_folders(submitted, assignment.name)
    store = Store(assignment.root / ".allclose" / assignment.name / "measured")
    (notebook,) = assignment.notebooks
    grades = []
    watch.start()
    with Engine(assignment, tier=Tier.BASIC, device="cpu", seed=load_seed(assignment.root)) as engine:
        watch.lap(READY)
        for student, folder in folders.items():
            watch.start()
            submission = read_submission(folder, student, assignment)
            watch.lap("read")
            repair(submission.notebooks[notebook.name], notebook)
            watch.lap("repair")
            grades.append(engine.grade(submission))
            watch.lap("cells, figure and hidden tests (repair too)")
            store.save(student, student, grades[-1])
            watch.lap("store")
    url = db_url(assignment.root)
    record_source(assignment, url)
    watch.start()
    write_grades(assignment, url, grades, submitted)
    watch.lap("gradebook, one transaction for all", len(grades))
    write_autograded(assignment, grades, submitted)
    watch.lap("autograded notebook", len(grades))


def processes(assignment: Assignment, watch: Stopwatch, count: int) -> None:
    """Start sandbox processes with and without isolation, in turns, and run an empty cell in each."""
    cache = assignment.root / ".allclose" / "cache"
    warm = ("numpy", "matplotlib")
    with (
        Spawner(Tier.BASIC, (assignment.root,), warm, assignment.limits, cache) as basic,
        Spawner(Tier.NONE, (assignment.root,), warm, assignment.limits, cache) as bare,
    ):
        for spawner in (basic, bare):
            spawner.wait_ready()
        for _ in range(count):
            for part, spawner in (("a sandbox process", basic), ("the same without isolation", bare)):
                watch.start()
                session = Session(spawner.spawn, [Cell(0, "pass")], {}, assignment.limits, time.monotonic() + 60)
                session.run()
                watch.lap(part)
                session.close()

"""What the engine adds to the students' code: CPU time of all its processes, against the same cells and tests bare."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from allclose.course import submitted_folders
from allclose.grading.engine import Engine
from allclose.grading.plan import cells_to_run
from allclose.model import Assignment, Grade, Submission, Tier
from allclose.notebook.imports import imports
from allclose.notebook.read import read_submission
from allclose.sandbox.session import Cell, Session
from allclose.sandbox.spawner import Spawner
from allclose.suite.secret import load_seed
from benchmarks import classes
from benchmarks.graders import png_digests
from benchmarks.processes import tree_seconds
from benchmarks.records import ROOT, Sheet

#: Counted apart from the measurement: what a first submission still has to load.
WARM_UP = 3
SETTLED_SECONDS = 0.3


def measure(assignment: Assignment, kind: str, sheet: Sheet, *, rounds: int, size: int) -> None:
    """Grade solved submissions one by one with the engine, in parts and bare, in turns.

    Parameters
    ----------
    assignment : Assignment
        A course of `classes.make_course`.
    kind : str
        What the samples are called by.
    sheet : Sheet
        Where they go, in seconds of CPU a submission.
    rounds, size : int
        How often both are measured, and on how many submissions each time.
    """
    folder = assignment.root / "bare"
    classes.hand_in(assignment, folder, WARM_UP + size)
    readers = submitted_folders(folder, assignment.name)
    every = [read_submission(path, student, assignment) for student, path in readers.items()]
    paths = [path / f"{assignment.name}.ipynb" for path in readers.values()]
    seed = load_seed(assignment.root)
    (notebook,) = assignment.notebooks
    content, origins = every[0].notebooks[notebook.name], every[0].origins[notebook.name]
    stages = {"process": [Cell(0, "pass")], "cells": cells_to_run(notebook, content, origins, tested=True)}
    spawner = Spawner(
        Tier.STRONG,
        (assignment.root,),
        imports(assignment.notebooks),
        assignment.limits,
        assignment.root / ".allclose" / "cache",
    )
    with (
        Engine(assignment, tier=Tier.STRONG, device="cpu", seed=seed) as engine,
        spawner,
        _bare(assignment) as bare,
    ):
        spawner.wait_ready()
        _engine_seconds(engine, every[:WARM_UP], bare)
        first = [_ask(bare, path) for path in paths[:WARM_UP]][-1]
        _check(engine.grade(every[0]), first, kind, sheet)
        sheet.facts[f"{kind}.trips"] = str(_ask(bare, f"trips {paths[0]}")["trips"])
        for _ in range(rounds):
            sheet.add(f"{kind}.engine", _engine_seconds(engine, every[WARM_UP:], bare) / size)
            for stage, cells in stages.items():
                run = partial(_run, spawner, cells, assignment)
                sheet.add(f"{kind}.{stage}", _seconds([run] * size, bare) / size)
            answers = [_ask(bare, path) for path in paths[WARM_UP:]]
            for part in ("cpu", "cells", "tests"):
                sheet.add(f"{kind}.bare.{part}", sum(answer[part] for answer in answers) / size)


def _engine_seconds(engine: Engine, submissions: Sequence[Submission], bare: subprocess.Popen[str]) -> float:
    return _seconds([partial(engine.grade, submission) for submission in submissions], bare)


def _seconds(runs: Sequence[Callable[[], object]], bare: subprocess.Popen[str]) -> float:
    time.sleep(SETTLED_SECONDS)  # what was killed is waited for
    before = tree_seconds(os.getpid(), without=(bare.pid,))
    for run in runs:
        run()
    time.sleep(SETTLED_SECONDS)
    return tree_seconds(os.getpid(), without=(bare.pid,)) - before


def _run(spawner: Spawner, cells: Sequence[Cell], assignment: Assignment) -> None:
    """Run some cells in a process of their own, and end it."""
    session = Session(spawner.spawn, cells, {}, assignment.limits, time.monotonic() + 60)
    session.run()
    session.close()


@contextmanager
def _bare(assignment: Assignment) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.bare", str(assignment.root), assignment.name]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _ask(bare: subprocess.Popen[str], what: Path | str) -> dict[str, Any]:
    assert bare.stdin is not None and bare.stdout is not None
    bare.stdin.write(f"{what}\n")
    bare.stdin.flush()
    answer: dict[str, Any] = json.loads(bare.stdout.readline())
    return answer


def _check(grade: Grade, bare: dict[str, Any], kind: str, sheet: Sheet) -> None:
    """Both must have found the same: all tests passed, the same pictures."""
    (executed,) = grade.notebooks.values()
    pictures = png_digests(executed)
    tests = sum(len(question.tests) for question in grade.questions)
    sheet.facts[f"{kind}.tests"] = str(tests)
    sheet.facts[f"{kind}.pictures"] = str(len(pictures))
    if bare["failed"] or grade.score != grade.max_score:
        sheet.problems.append(f"{kind}: {bare['failed']} tests fail bare; the engine gives {grade.score:g} points")
    if bare["passed"] != tests or bare["pictures"] != pictures:
        sheet.problems.append(f"{kind}: bare and engine differ in their tests or figures")

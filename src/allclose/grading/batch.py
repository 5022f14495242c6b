"""A class: what was graded before is taken from the store, the rest goes through the engine, several at a time."""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

import allclose
from allclose.course import submitted_folders
from allclose.errors import AllcloseError, CourseError
from allclose.grading.engine import Engine
from allclose.grading.store import Store, digest
from allclose.model import Assignment, Grade, ManualMark, Status, Submission, Tier
from allclose.notebook.read import read_submission
from allclose.suite.secret import load_seed

_VERSIONED = ("numpy", "torch", "matplotlib", "ipython", "nbgrader", "pytest", "hypothesis")
_MACHINE_FAULTS = (OSError, AllcloseError)
_SHOWING = frozenset(("cli", "report", "interop"))
_WORTH_WARMING = re.compile(rb"\b(?:import|from)\s+(torch|scipy|pandas|sympy|numba)\b")


@dataclass(frozen=True, slots=True)
class Options:
    """How a class is graded: only `students`, `jobs` submissions in flight; `force`: again what is stored."""

    isolation: Tier
    students: tuple[str, ...] = ()
    jobs: int = (os.cpu_count() or 1) + 1
    device: str = "cpu"
    force: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One submission has its grade; `seconds` since the start of the run."""

    kind: Literal["graded", "reused"]
    grade: Grade
    done: int
    total: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Batch:
    """The grades of a run, by student, and how they came about."""

    grades: tuple[Grade, ...]
    reused: int
    seconds: float
    isolation: Tier
    device: str


def grade_class(assignment: Assignment, submitted: Path, options: Options, watch: Callable[[Event], None]) -> Batch:
    """Grade what lies in `submitted/<student>/<lab>/`.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    submitted : Path
        The folder of the class.
    options : Options
        Whom to grade, and how.
    watch : callable
        Told of every grade as it is ready, in this thread.

    Returns
    -------
    Batch
        One grade per student, in the order of their ids. One of status `infra` is not stored: the next run tries again.

    Raises
    ------
    CourseError
        If there is nothing to grade, or a student that was asked for has handed in nothing.
    IsolationUnavailable, SuiteError
        If the engine cannot start.
    """
    began = time.monotonic()
    folders = _chosen(submitted_folders(submitted, assignment.name), options.students, submitted, assignment)
    store = Store(assignment.root / ".allclose" / assignment.name / "results")
    seed = load_seed(assignment.root)
    fixed = fingerprint(assignment, options.isolation, options.device, seed)
    grades: dict[str, Grade] = {}
    pending: dict[str, Path] = {}
    extra: set[str] = set()

    def tell(kind: Literal["graded", "reused"], grade: Grade) -> None:
        grades[grade.student] = grade
        watch(Event(kind, grade, len(grades), len(folders), time.monotonic() - began))

    for student, folder in folders.items():
        try:
            submission = read_submission(folder, student, assignment)
            known = None if options.force else store.load(student, _digest(submission, fixed))
        except _MACHINE_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - what we did not foresee in one must not end everybody's run
            tell("graded", _our_fault(student, assignment, options, error))
            continue
        if known is not None:
            tell("reused", known)
        else:
            pending[student] = folder
            extra |= _mentioned(submission)
    reused = sum(grade.status is not Status.INFRA for grade in grades.values())
    if pending:
        with Engine(
            assignment, tier=options.isolation, device=options.device, seed=seed, extra=sorted(extra)
        ) as engine:
            for grade in _grade_all(engine, store, fixed, pending, options.jobs):
                tell("graded", grade)
    ordered = tuple(grades[student] for student in folders)
    return Batch(ordered, reused, time.monotonic() - began, options.isolation, options.device)


def fingerprint(assignment: Assignment, tier: Tier, device: str, seed: bytes) -> dict[str, bytes]:
    """All that a grade depends on besides the submission, by name."""
    root = assignment.root
    paths = [notebook.path for notebook in assignment.notebooks]
    paths += [assignment.source_dir / path for path in assignment.data_files]
    folder = root / "autograder" / assignment.name
    if assignment.suite:
        paths += [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    paths += [path for path in (assignment.reference, root / "solutions" / "__init__.py") if path and path.exists()]
    parts = {f"file/{path.relative_to(root).as_posix()}": path.read_bytes() for path in paths}
    versions = {name: importlib.metadata.version(name) for name in _VERSIONED}
    about = [tier, device, versions, sys.version, assignment.limits]
    return {**parts, "about": msgspec.json.encode(about), "seed": seed, "allclose": _own_source()}


def _own_source() -> bytes:
    """The code that a grade comes from: all of the package but what only shows or hands on grades."""
    package = Path(allclose.__file__).parent
    paths = [path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in _SHOWING]
    return digest({path.relative_to(package).as_posix(): path.read_bytes() for path in paths}).encode()


def _digest(submission: Submission, fixed: dict[str, bytes]) -> str:
    notebooks = {f"notebook/{name}": msgspec.json.encode(content) for name, content in submission.notebooks.items()}
    files = {f"own/{name}": data for name, data in submission.files.items()}
    about = msgspec.json.encode([submission.student, submission.problems, submission.flags])
    return digest({**fixed, **notebooks, **files, "submission": about})


def _chosen(
    folders: dict[str, Path], students: tuple[str, ...], submitted: Path, assignment: Assignment
) -> dict[str, Path]:
    if not folders:
        raise CourseError(f"{submitted}: no submissions; put them at {submitted.name}/<student>/{assignment.name}/")
    for student in students:
        if student not in folders:
            raise CourseError(f"{submitted}: no submission of '{student}' for {assignment.name}")
    return {student: folder for student, folder in folders.items() if not students or student in students}


def _mentioned(submission: Submission) -> set[str]:
    """Heavy modules that the submission imports, of a short list: worth importing once for all."""
    text = msgspec.json.encode(list(submission.notebooks.values()))
    return {match.decode() for match in _WORTH_WARMING.findall(text)}


def _our_fault(student: str, assignment: Assignment, options: Options, error: Exception) -> Grade:
    reason = f"a fault of ours, {type(error).__name__}: {error}; report it with this submission"
    points = sum(question.points for question in assignment.questions)
    nothing = ManualMark(None, 0.0, ())
    return Grade(student, Status.INFRA, 0.0, points, (), nothing, (), options.isolation, options.device, 0.0, reason)


def _grade_all(
    engine: Engine, store: Store, fixed: dict[str, bytes], pending: dict[str, Path], jobs: int
) -> Iterable[Grade]:
    def work(student: str) -> Grade:
        submission = read_submission(pending[student], student, engine.assignment)
        grade = engine.grade(submission)
        if grade.status is not Status.INFRA:
            store.save(student, _digest(submission, fixed), grade)  # of what was read now, should the file have changed
        return grade

    pool = ThreadPoolExecutor(max(1, jobs), thread_name_prefix="grading")
    try:
        futures = [pool.submit(work, student) for student in pending]
        for future in as_completed(futures):
            yield future.result()
    except BaseException:
        engine.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

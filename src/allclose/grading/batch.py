"""A class: what was graded before is taken from the store, the rest goes through the engine, several at a time."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from allclose.course import submitted_folders
from allclose.errors import AllcloseError, CourseError
from allclose.grading import cluster
from allclose.grading.engine import Engine
from allclose.grading.fingerprint import fingerprint
from allclose.grading.store import Store, digest, store_of
from allclose.model import Assignment, Grade, ManualMark, Status, Submission, Tier
from allclose.notebook.read import read_submission
from allclose.suite.secret import load_seed

#: Points by notebook and question: without a suite, two notebooks may each have a question of one name.
Scores = dict[tuple[str, str], float]
_MACHINE_FAULTS = (OSError, AllcloseError)
_WORTH_WARMING = re.compile(rb"\b(?:import|from)\s+(torch|scipy|pandas|sympy|numba)\b")


@dataclass(frozen=True, slots=True)
class Options:
    """How a class is graded: only `students`, `jobs` submissions in flight; `force`: again what is stored.

    `cluster` is the address of a Dask scheduler whose workers grade in the place of this machine.
    """

    isolation: Tier
    students: tuple[str, ...] = ()
    jobs: int = (os.cpu_count() or 1) + 1
    device: str = "cpu"
    force: bool = False
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One submission has its grade; `seconds` since the start of the run."""

    kind: Literal["graded", "reused"]
    grade: Grade
    done: int
    total: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Change:
    """A score that a student had before the run and has no more: in all, and in the questions where it differs."""

    student: str
    before: float
    after: float
    questions: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """The grades of a run, by student, and how they came about.

    `refused` names the workers of a cluster that were not used; `changes` the scores that are not what they were.
    """

    grades: tuple[Grade, ...]
    reused: int
    seconds: float
    isolation: Tier
    device: str
    refused: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


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
    store = store_of(assignment)
    seed = load_seed(assignment.root)
    fixed = fingerprint(assignment, options.isolation, options.device, seed)
    grades: dict[str, Grade] = {}
    pending: dict[str, Path] = {}
    extra: set[str] = set()
    latest = store.latest()
    earlier: dict[str, Scores] = {}

    def tell(kind: Literal["graded", "reused"], grade: Grade) -> None:
        grades[grade.student] = grade
        watch(Event(kind, grade, len(grades), len(folders), time.monotonic() - began))

    for student, folder in folders.items():
        try:
            submission = read_submission(folder, student, assignment)
            known = None if options.force else store.load(student, digest_of(submission, fixed))
        except _MACHINE_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - what we did not foresee in one must not end everybody's run
            tell("graded", _our_fault(student, assignment, options, error))
            continue
        if known is not None:
            tell("reused", known)
        else:
            pending[student] = folder
            extra |= mentioned(submission)
            if student in latest and (old := store.load(student, latest[student].digest)) is not None:
                earlier[student] = _scores(old)
    reused = sum(grade.status is not Status.INFRA for grade in grades.values())
    refused: list[str] = []
    if pending and options.cluster is not None:
        bundle = cluster.bundle_of(assignment, fixed, options.isolation, options.device, seed, sorted(extra))
        readers = {
            student: partial(read_submission, folder, student, assignment) for student, folder in pending.items()
        }
        for submission, grade in cluster.grade_on_cluster(options.cluster, bundle, readers, refused.append):
            keep(store, submission, fixed, grade)
            tell("graded", grade)
    elif pending:
        with Engine(
            assignment, tier=options.isolation, device=options.device, seed=seed, extra=sorted(extra)
        ) as engine:
            for grade in _grade_all(engine, store, fixed, pending, options.jobs):
                tell("graded", grade)
    ordered = tuple(grades[student] for student in folders)
    store.publish(ordered)
    changes = _changes(earlier, ordered)
    seconds = time.monotonic() - began
    return Batch(ordered, reused, seconds, options.isolation, options.device, tuple(refused), changes)


def digest_of(submission: Submission, fixed: dict[str, bytes]) -> str:
    """The name of a submission's result: over it, and all else that the result depends on."""
    notebooks = {f"notebook/{name}": msgspec.json.encode(content) for name, content in submission.notebooks.items()}
    files = {f"own/{name}": data for name, data in submission.files.items()}
    about = msgspec.json.encode([submission.student, submission.problems, submission.flags])
    return digest({**fixed, **notebooks, **files, "submission": about})


def keep(store: Store, submission: Submission, fixed: dict[str, bytes], grade: Grade) -> None:
    """Store a grade under the digest of what was read for it, should the file have changed meanwhile."""
    if grade.status is not Status.INFRA:
        store.save(submission.student, digest_of(submission, fixed), grade)


def _scores(grade: Grade) -> Scores:
    return {(mark.notebook, mark.question): mark.score for mark in grade.questions}


def _changes(earlier: dict[str, Scores], grades: Iterable[Grade]) -> tuple[Change, ...]:
    """What became of the scores of those who were graded again; a question that is new had 0 points."""
    found = []
    for grade in grades:
        if grade.student in earlier and grade.status is not Status.INFRA:
            old, new = earlier[grade.student], _scores(grade)
            places = dict.fromkeys((*new, *old))
            rows = tuple((place[1], old.get(place, 0.0), new.get(place, 0.0)) for place in places)
            differing = tuple(row for row in rows if row[1] != row[2])
            if differing:
                found.append(Change(grade.student, sum(old.values()), sum(new.values()), differing))
    return tuple(found)


def _chosen(
    folders: dict[str, Path], students: tuple[str, ...], submitted: Path, assignment: Assignment
) -> dict[str, Path]:
    if not folders:
        raise CourseError(f"{submitted}: no submissions; put them at {submitted.name}/<student>/{assignment.name}/")
    for student in students:
        if student not in folders:
            raise CourseError(f"{submitted}: no submission of '{student}' for {assignment.name}")
    return {student: folder for student, folder in folders.items() if not students or student in students}


def mentioned(submission: Submission) -> set[str]:
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
        keep(store, submission, fixed, grade)
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

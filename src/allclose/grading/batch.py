"""A class: what was graded before is taken from the store, the rest goes through the engine, several at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Semaphore
from typing import Literal, TypeAlias

import msgspec

from allclose.course import submitted_folders
from allclose.errors import AllcloseError, CourseError, unforeseen
from allclose.grading import cluster
from allclose.grading.engine import Engine
from allclose.grading.fingerprint import basis_of, fingerprint
from allclose.grading.regrade import Basis, earlier_results
from allclose.grading.store import Store, store_of
from allclose.model import Assignment, Grade, ManualMark, QuestionMark, Status, Submission, Tier
from allclose.notebook.imports import heavy
from allclose.notebook.read import read_submission
from allclose.suite.secret import load_seed

#: Points by notebook and question: without a suite, two notebooks may each have a question of one name.
Scores = dict[tuple[str, str], float]
Readers = Mapping[str, Callable[[], Submission]]
Save = Callable[[Submission, Grade], None]
Kind: TypeAlias = Literal["graded", "rerun", "reused"]
#: How many results are written to disk at a time.
_SAVING = 4
#: How much of a class stays in memory between the first look at it and the grading.
_KEPT_BYTES = 32 * 2**20
_MACHINE_FAULTS = (OSError, AllcloseError)


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
class Done:
    """A submission that was graded; `tested` are the questions whose tests were run, None: all of them."""

    grade: Grade
    tested: tuple[str, ...] | None = None


Graded = Generator[Done, None, None]


@dataclass(frozen=True, slots=True)
class Event:
    """One submission has its grade, without its notebooks; `seconds` since the start of the run.

    It was `graded` as a whole, `rerun` in the questions that `tested` names, or `reused` as it was.
    """

    kind: Kind
    grade: Grade
    done: int
    total: int
    seconds: float
    tested: tuple[str, ...] = ()


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

    The grades come without their notebooks, which are on disk: `whole` gives them one after the other with those.
    `rerun` says of those that were graded again in some questions in which; `refused` names the workers of a cluster
    that were not used; `changes` the scores that are not what they were.
    """

    grades: tuple[Grade, ...]
    reused: int
    seconds: float
    isolation: Tier
    device: str
    refused: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    rerun: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    store: Store | None = field(default=None, repr=False)

    def whole(self) -> Iterator[Grade]:
        """The grades with their notebooks, one at a time from the disk.

        Raises
        ------
        AllcloseError
            One of them is gone.
        """
        return iter(self.grades) if self.store is None else self.store.whole(self.grades)


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
    folders = _chosen(submitted_folders(submitted, assignment.name), options.students, submitted, assignment)
    readers = {student: partial(read_submission, folder, student, assignment) for student, folder in folders.items()}
    seed = load_seed(assignment.root)
    basis = basis_of(assignment, options.isolation, options.device, seed)
    store = store_of(assignment)
    refused: list[str] = []

    def work(pending: Readers, extra: Sequence[str], save: Save) -> Graded:
        if options.cluster is not None:
            fixed = fingerprint(assignment, options.isolation, options.device, seed)
            bundle = cluster.bundle_of(assignment, fixed, options.isolation, options.device, seed, extra)
            for submission, grade in cluster.grade_on_cluster(options.cluster, bundle, pending, refused.append):
                save(submission, grade)
                yield Done(grade)
            return
        find = earlier_results(store, basis)
        with Engine(assignment, tier=options.isolation, device=options.device, seed=seed, extra=extra) as engine:

            def once(submission: Submission) -> Done:
                earlier = None if options.force else find(submission)
                if earlier is None:
                    return Done(engine.grade(submission))
                found = engine.regrade(submission, earlier)
                tested = tuple(name for name in names if name in earlier.tested)
                return Done(found, None if tested == names else tested)

            yield from side_by_side(once, engine.close, pending, options.jobs, save)

    names = tuple(question.name for question in assignment.questions)
    points = sum(question.points for question in assignment.questions)
    batch = grade_readers(readers, store, basis, options, watch, work, points)
    return replace(batch, refused=tuple(refused))


def grade_readers(
    readers: Readers,
    store: Store,
    basis: Basis,
    options: Options,
    watch: Callable[[Event], None],
    work: Callable[[Readers, Sequence[str], Save], Graded],
    points: float,
) -> Batch:
    """Take from the store what was graded before, have the rest graded, and keep it.

    Parameters
    ----------
    readers : mapping of str to callable
        For each student what reads the submission.
    store : Store
        Where results are kept.
    basis : Basis
        All that a grade depends on besides the submission.
    options : Options
        How it is graded.
    watch : callable
        Told of every grade as it is ready, in this thread.
    work : callable
        Grades those that remain: their readers, heavy modules that they import, and what keeps a result.
    points : float
        What all automatic questions are worth.
    """
    began = time.monotonic()
    grades: dict[str, Grade] = {}
    pending: dict[str, Callable[[], Submission]] = {}
    extra: set[str] = set()
    latest = store.latest()
    earlier: dict[str, Scores] = {}
    rerun: dict[str, tuple[str, ...]] = {}
    known_marks: dict[QuestionMark, QuestionMark] = {}
    kept = _Kept()

    def tell(kind: Kind, grade: Grade, tested: tuple[str, ...] = ()) -> None:
        # Notebooks with figures stay on the disk, and most marks of a class are like somebody else's.
        alike = tuple(known_marks.setdefault(mark, mark) for mark in grade.questions)
        grade = grades[grade.student] = replace(grade, notebooks={}, questions=alike)
        watch(Event(kind, grade, len(grades), len(readers), time.monotonic() - began, tested))

    def save(submission: Submission, grade: Grade) -> None:
        """Keep it under the digest of what was read for it, should the file have changed meanwhile."""
        if grade.status is not Status.INFRA:
            name, parts = basis.of(submission)
            store.save(submission.student, name, grade, parts)

    for student, read in readers.items():
        try:
            submission = read()
            known = None if options.force else store.load_marks(student, basis.of(submission)[0])
        except _MACHINE_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - what we did not foresee in one must not end everybody's run
            tell("graded", _our_fault(student, points, options, error))
            continue
        if known is not None:
            tell("reused", known)
        else:
            pending[student] = partial(kept.take, student, read)
            kept.put(submission)
            extra |= _mentioned(submission)
            if student in latest and (old := store.load_marks(student, latest[student].digest)) is not None:
                earlier[student] = _scores(old)
    reused = sum(grade.status is not Status.INFRA for grade in grades.values())
    if pending:
        with closing(work(pending, sorted(extra), save)) as graded:  # whatever ends the loop ends the engine, too
            for done in graded:
                if done.tested is None:
                    tell("graded", done.grade)
                else:
                    tell("rerun", done.grade, done.tested)
                    rerun[done.grade.student] = done.tested
    ordered = tuple(grades[student] for student in readers)
    store.publish(ordered)
    seconds = time.monotonic() - began
    changes = _changes(earlier, ordered)
    return Batch(ordered, reused, seconds, options.isolation, options.device, (), changes, rerun, store)


class _Kept:
    """Submissions that were read already, packed, as far as there is room."""

    def __init__(self) -> None:
        self._packed: dict[str, bytes] = {}
        self._room = _KEPT_BYTES

    def put(self, submission: Submission) -> None:
        """Keep a submission where it can be packed: long numbers, half surrogate pairs and great depths cannot."""
        try:
            packed = msgspec.msgpack.encode(submission)
        except (OverflowError, UnicodeEncodeError, RecursionError):
            return
        if len(packed) <= self._room:
            self._room -= len(packed)
            self._packed[submission.student] = packed

    def take(self, student: str, read: Callable[[], Submission]) -> Submission:
        """Give a submission away, reading it anew where it is not kept."""
        packed = self._packed.pop(student, None)
        if packed is not None:
            with suppress(RecursionError):
                return msgspec.msgpack.decode(packed, type=Submission)
        return read()


def side_by_side(
    grade: Callable[[Submission], Done], stop: Callable[[], None], pending: Readers, jobs: int, save: Save
) -> Graded:
    """Grade several at a time on this machine; `stop` is called where the run ends before they are done."""

    def work(read: Callable[[], Submission]) -> Future[Done]:
        submission = read()
        done = grade(submission)
        room.acquire()
        return saving.submit(keep, submission, done)

    def keep(submission: Submission, done: Done) -> Done:
        try:
            save(submission, done.grade)
        finally:
            room.release()
        return replace(done, grade=replace(done.grade, notebooks={}))

    # Until a disk has a result for sure, a core could have graded the next; only so many may wait for it.
    room = Semaphore(2 * jobs + _SAVING)
    saving = ThreadPoolExecutor(_SAVING, thread_name_prefix="saving")
    grading = ThreadPoolExecutor(max(1, jobs), thread_name_prefix="grading")
    try:
        for future in as_completed([grading.submit(work, read) for read in pending.values()]):
            yield future.result().result()
    except BaseException:
        stop()
        raise
    finally:
        grading.shutdown(wait=True, cancel_futures=True)
        saving.shutdown(wait=True)


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


def _mentioned(submission: Submission) -> set[str]:
    """Heavy modules that the submission imports: worth importing once for all."""
    cells = (cell for content in submission.notebooks.values() for cell in content["cells"])
    return heavy("\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code"))


def _our_fault(student: str, points: float, options: Options, error: Exception) -> Grade:
    nothing = ManualMark(None, 0.0, ())
    tier, device, reason = options.isolation, options.device, unforeseen(error)
    return Grade(student, Status.INFRA, 0.0, points, (), nothing, (), tier, device, 0.0, reason)

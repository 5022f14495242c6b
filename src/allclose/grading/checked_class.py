"""A class whose notebooks test themselves: what was graded before is taken from the store, the rest is graded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Literal

import msgspec

from allclose.errors import InteropError
from allclose.grading.batch import Batch, Event, Options, digest_of, keep, mentioned
from allclose.grading.checks import CheckedLab
from allclose.grading.fingerprint import versions
from allclose.grading.in_notebook import NotebookGrader
from allclose.grading.store import Store
from allclose.model import Grade, Submission, Tier

Readers = Mapping[str, Callable[[], Submission]]


def grade_checked_class(
    lab: CheckedLab,
    readers: Readers,
    folder: Path,
    options: Options,
    hidden: tuple[Path, ...],
    watch: Callable[[Event], None],
) -> Batch:
    """Grade what was handed in for an assignment whose notebook tests itself.

    Parameters
    ----------
    lab : CheckedLab
        What is graded.
    readers : mapping of str to callable
        By student, what reads the submission.
    folder : Path
        Where results are kept between runs.
    options : Options
        Whom to grade, and how; such tests run on the CPU of this machine.
    hidden : tuple of Path
        What student code must not see wherever it stands.
    watch : callable
        Told of every grade as it is ready, in this thread.

    Returns
    -------
    Batch
        One grade per student, in the order of `readers`. One of status `infra` is not stored: the next run tries again.

    Raises
    ------
    InteropError
        If a student that was asked for has handed in nothing, or a test file cannot be used.
    IsolationUnavailable, SandboxError
        If the sandbox cannot start.
    """
    began = time.monotonic()
    for student in options.students:
        if student not in readers:
            raise InteropError(f"{lab.name}: no submission of '{student}'")
    chosen = {student: read for student, read in readers.items() if not options.students or student in options.students}
    store = Store(folder / "results")
    fixed = _fingerprint(lab, options.isolation)
    grades: dict[str, Grade] = {}
    pending: dict[str, Callable[[], Submission]] = {}
    extra: set[str] = set()

    def tell(kind: Literal["graded", "reused"], grade: Grade) -> None:
        grades[grade.student] = grade
        watch(Event(kind, grade, len(grades), len(chosen), time.monotonic() - began))

    for student, read in chosen.items():
        submission = read()
        known = None if options.force else store.load(student, digest_of(submission, fixed))
        if known is not None:
            tell("reused", known)
        else:
            pending[student] = read
            extra |= mentioned(submission)
    reused = len(grades)
    if pending:
        with NotebookGrader(
            lab, tier=options.isolation, hidden=hidden, cache=folder.parent / "cache", extra=sorted(extra)
        ) as grader:
            for grade in _grade_all(grader, store, fixed, pending, options.jobs):
                tell("graded", grade)
    ordered = tuple(grades[student] for student in chosen)
    store.publish(ordered)
    return Batch(ordered, reused, time.monotonic() - began, options.isolation, "cpu")


def _fingerprint(lab: CheckedLab, tier: Tier) -> dict[str, bytes]:
    """All that a grade depends on besides the submission, by name."""
    tests = {f"test/{path}": source.encode() for path, source in lab.tests.items()}
    files = {f"file/{path}": data for path, data in lab.files.items()}
    rules = [lab.expected_name, lab.seed, lab.seed_variable, lab.points_possible, lab.score_threshold]
    return {**tests, **files, "about": msgspec.json.encode([lab.name, tier, versions(), lab.limits, rules])}


def _grade_all(
    grader: NotebookGrader,
    store: Store,
    fixed: dict[str, bytes],
    pending: Readers,
    jobs: int,
) -> Iterator[Grade]:
    def work(student: str) -> Grade:
        submission = pending[student]()
        grade = grader.grade(submission)
        keep(store, submission, fixed, grade)
        return grade

    pool = ThreadPoolExecutor(max(1, jobs), thread_name_prefix="grading")
    try:
        for future in as_completed([pool.submit(work, student) for student in pending]):
            yield future.result()
    except BaseException:
        grader.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

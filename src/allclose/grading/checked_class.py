"""A class whose notebooks test themselves: what was graded before is taken from the store, the rest is graded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from allclose.errors import InteropError
from allclose.grading.batch import Batch, Done, Event, Graded, Options, Readers, Save, grade_readers, side_by_side
from allclose.grading.checks import CheckedLab
from allclose.grading.fingerprint import versions
from allclose.grading.in_notebook import NotebookGrader
from allclose.grading.regrade import Basis
from allclose.grading.store import Store, digest
from allclose.model import Tier


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
    for student in options.students:
        if student not in readers:
            raise InteropError(f"{lab.name}: no submission of '{student}'")
    chosen = {student: read for student, read in readers.items() if not options.students or student in options.students}

    def work(pending: Readers, extra: Sequence[str], save: Save) -> Graded:
        with NotebookGrader(
            lab, tier=options.isolation, hidden=hidden, cache=folder.parent / "cache", extra=extra
        ) as grader:
            yield from side_by_side(
                lambda submission: Done(grader.grade(submission)), grader.close, pending, options.jobs, save
            )

    basis = Basis(digest(_fingerprint(lab, options.isolation)))
    return grade_readers(chosen, Store(folder / "results"), basis, options, watch, work, lab.points_possible or 0.0)


def _fingerprint(lab: CheckedLab, tier: Tier) -> dict[str, bytes]:
    """All that a grade depends on besides the submission, by name."""
    tests = {f"test/{path}": source.encode() for path, source in lab.tests.items()}
    files = {f"file/{path}": data for path, data in lab.files.items()}
    rules = [lab.expected_name, lab.seed, lab.seed_variable, lab.points_possible, lab.score_threshold]
    return {**tests, **files, "about": msgspec.json.encode([lab.name, tier, versions(), lab.limits, rules])}

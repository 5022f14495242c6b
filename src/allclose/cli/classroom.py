"""Grading a class from its folders to the gradebook: the one way that `grade` and `demo` share."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from allclose.model import Assignment

if TYPE_CHECKING:
    from allclose.grading.batch import Batch, Event, Options


def grade_into_gradebook(
    assignment: Assignment, submitted: Path, options: Options, watch: Callable[[Event], None]
) -> Batch:
    """Grade a class and write gradebook and `autograded/`.

    The gradebook is opened, and filled from the source, while the first submissions are graded: loading nbgrader takes
    more than a second, and a gradebook that cannot be written stops the run at once rather than at its end. All that
    is written is written whole: results as they come, the grades in one transaction, each notebook by renaming.

    Raises
    ------
    AllcloseError
        If the course, its suite, its gradebook or this machine cannot do it; finished results are kept.
    """
    from allclose.grading.batch import grade_class
    from allclose.grading.fingerprint import versions
    from allclose.interop.autograded import write_autograded
    from allclose.interop.gradebook import write_grades

    versions()
    with ThreadPoolExecutor(1, thread_name_prefix="gradebook") as beside:
        opened = beside.submit(_open_gradebook, assignment)

        def tell(event: Event) -> None:
            if opened.done():
                opened.result()
            watch(event)

        batch = grade_class(assignment, submitted, options, tell)
        url = opened.result()
    write_grades(assignment, url, batch.whole, submitted)
    write_autograded(assignment, batch.whole(), submitted)
    return batch


def _open_gradebook(assignment: Assignment) -> str:
    from allclose.interop.gradebook import db_url, record_source

    url = db_url(assignment.root)
    record_source(assignment, url)
    return url

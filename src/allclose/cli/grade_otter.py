"""`allclose grade AUTOGRADER.zip`: an assignment of otter-grader's, without a course around it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from allclose.cli.progress import progress
from allclose.errors import CourseError

if TYPE_CHECKING:
    from allclose.grading.batch import Batch, Options

#: What is said below the table, after what was done.
FORGEABLE = (
    "Otter's tests run in the student's own process: what an example must print stays out of it, "
    "but what a test decides or says by itself can be forged there."
)
NO_GRADEBOOK = "No gradebook is written: an otter assignment has no nbgrader source; use --csv or --json."


def is_autograder(lab: str) -> bool:
    """Whether the argument names an autograder zip, or the folder of one, rather than an assignment of a course."""
    path = Path(lab)
    return path.suffix == ".zip" or ("/" in lab and path.is_dir()) or (path / "tests").is_dir()


def grade_autograder(
    path: Path, submitted: Path | None, options: Options, log: Path | None
) -> tuple[str, Batch, tuple[str, ...]]:
    """Grade a class for an otter assignment.

    Returns
    -------
    name, batch, remarks
        The assignment's name, the grades, and what is to be said of them.

    Raises
    ------
    AllcloseError
        If the assignment, the submissions or this machine cannot do it; finished results are kept.
    """
    from allclose.grading.checked_class import grade_checked_class
    from allclose.interop.otter_assignment import handed_in, read_handed_in, read_otter_assignment

    if not path.exists():
        raise CourseError(f"{path}: there is no such file; name an autograder zip of otter's")
    if options.device != "cpu" or options.cluster is not None:
        raise CourseError(f"{path}: otter's tests run on this machine's CPU; leave out --device and --cluster")
    found = read_otter_assignment(path)
    folder = submitted or Path("submitted")
    readers = {
        student: partial(read_handed_in, place, student, found.lab)
        for student, place in handed_in(folder, found.lab, path).items()
    }
    kept = path.absolute().parent / ".allclose" / path.stem
    hidden = tuple(place for place in (path.absolute().parent, folder.absolute()) if place != Path("/"))
    with progress(found.lab.name, options.jobs, log) as tell:
        batch = grade_checked_class(found.lab, readers, kept, options, hidden, tell)
    said = [f"Not done: {remark}." for remark in found.remarks]
    return found.lab.name, batch, (*said, FORGEABLE, NO_GRADEBOOK)

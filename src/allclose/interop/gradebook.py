"""nbgrader's gradebook: what the source says goes in, then the grades of a class, in one transaction each.

Only nbgrader's own models are used, so any database that SQLAlchemy speaks to will do. Nothing that a person gave
(manual scores, comments, extra credit, extensions, names) is ever overwritten. Where a manual score stands, a regrade
of the same answer leaves the grader's mark "needs a look" as it is; where the answer has changed since, the mark is
set (nbgrader itself sets it at every regrade). The answer that the grader saw is the one in `autograded/`: so write
the grades first and `autograded/` after them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from allclose.errors import InteropError
from allclose.interop.database import in_transaction
from allclose.interop.entries import open_book, write_rows
from allclose.interop.recorded import record, recorded_notebook
from allclose.interop.settings import load_settings
from allclose.model import Assignment, Grade, Status

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Students whose rows are read and written at a time: databases take some thousand values in one question, and each
#: comes with notebooks, whose figures take memory.
_CHUNK = 100


def db_url(root: Path) -> str:
    """Say where the gradebook of a course is, as nbgrader's settings have it.

    Parameters
    ----------
    root
        The course root; a relative SQLite path is taken from here.

    Returns
    -------
    str
        An SQLAlchemy URL; `sqlite:///<root>/gradebook.db` where `CourseDirectory.db_url` is not set.

    Raises
    ------
    CourseError
        A settings file does not run.
    InteropError
        Its `db_url` is no URL of a lasting database.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    configured = str(load_settings(root).config.CourseDirectory.get("db_url", ""))
    if not configured:
        return f"sqlite:///{root.resolve() / 'gradebook.db'}"
    try:
        url = make_url(configured)
    except ArgumentError as error:
        raise InteropError(
            f"{root / 'nbgrader_config.py'}: CourseDirectory.db_url is not a database URL; "
            "write it like sqlite:///gradebook.db"
        ) from error
    if url.get_backend_name() != "sqlite":
        return configured
    if url.database in (None, "", ":memory:"):
        raise InteropError(
            f"{root / 'nbgrader_config.py'}: CourseDirectory.db_url is a database in memory, where no grade lasts; "
            "name a file"
        )
    if url.database.startswith("file:") or Path(url.database).is_absolute():
        return configured
    return url.set(database=str(root.resolve() / url.database)).render_as_string(hide_password=False)


def record_source(assignment: Assignment, url: str) -> None:
    """Write into the gradebook what `nbgrader generate_assignment` records of an assignment's notebooks.

    While nothing has been submitted, the assignment is recorded anew (with the same ids). Afterwards texts and points
    are brought up to date.

    Raises
    ------
    InteropError
        Submissions are recorded and a cell or notebook was added or removed since; or the database cannot be used.
    """
    settings = load_settings(assignment.root)
    recorded = {
        notebook.name: recorded_notebook(notebook)
        for notebook in sorted(assignment.notebooks, key=lambda notebook: notebook.name)
    }
    in_transaction(
        url, settings.course_id, lambda session: record(session, assignment.name, settings.course_id, recorded)
    )


def write_grades(
    assignment: Assignment, url: str, grades: Sequence[Grade] | Callable[[], Iterable[Grade]], submitted: Path
) -> None:
    """Write the grades of a class, as `nbgrader autograde` would have left them, in one transaction.

    Parameters
    ----------
    assignment
        Recorded before by `record_source`.
    url
        The gradebook, see `db_url`.
    grades
        Results with their executed notebooks, or what gives them, once for each attempt; an `infra` result is passed
        over, a notebook that is not among a result's notebooks gets 0 points and waits for nobody.
    submitted
        The folder of the submissions, `<student>/<assignment>/`, for the time each came in.

    Raises
    ------
    InteropError
        The assignment is not in the gradebook, a late penalty plugin fails, or the database cannot be used.
    """
    settings = load_settings(assignment.root)

    def work(session: Session) -> None:
        book = open_book(session, assignment, settings, submitted)
        given = iter(grades() if callable(grades) else grades)
        finished = (grade for grade in given if grade.status is not Status.INFRA)
        while some := list(itertools.islice(finished, _CHUNK)):
            write_rows(book, some)

    in_transaction(url, settings.course_id, work)

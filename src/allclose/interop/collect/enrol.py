"""Names and addresses into nbgrader's gradebook, where it has none; and from there, when each submission was due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from allclose.interop.collect.matching import Owned
from allclose.interop.database import in_transaction
from allclose.interop.gradebook import db_url
from allclose.interop.settings import load_settings
from allclose.model import Assignment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def enrol(assignment: Assignment, owned: Sequence[Owned]) -> dict[str, datetime]:
    """Note who handed in, in one transaction; nothing that stands in the gradebook is changed.

    Returns
    -------
    dict
        By student: when the assignment was due, with the student's extension, in UTC; empty where no date is set.

    Raises
    ------
    InteropError
        If the gradebook cannot be used.
    """
    if not owned:
        return {}
    course_id = load_settings(assignment.root).course_id

    def work(session: Session) -> dict[str, datetime]:
        for each in owned:
            _fill(session, each)
        return _due(session, assignment.name, [each.student for each in owned])

    return in_transaction(db_url(assignment.root), course_id, work)


def split_name(name: str) -> tuple[str, str]:
    """Return first and last name of "Ann Lee" or "Lee, Ann"."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return first, last


def _fill(session: Session, owned: Owned) -> None:
    from nbgrader.api import Student

    claim, person = owned.claim, owned.person
    row = session.get(Student, owned.student)
    if row is None:
        row = Student(id=owned.student)
        session.add(row)
    # Canvas runs the words of a name together.
    name = person.name if person and person.name else "" if claim.site == "canvas" else claim.name
    first, last = split_name(name)
    number = person.site_id if person and person.site_id else claim.site_id if claim.site == "canvas" else ""
    email = person.email if person and person.email else claim.email
    if not row.first_name and not row.last_name:
        row.first_name, row.last_name = first or None, last or None
    row.email = row.email or email or None
    row.lms_user_id = row.lms_user_id or number or None


def _due(session: Session, name: str, students: list[str]) -> dict[str, datetime]:
    from nbgrader.api import Assignment as Table
    from nbgrader.api import SubmittedAssignment
    from sqlalchemy import select

    row = session.execute(select(Table.id, Table.duedate).where(Table.name == name)).one_or_none()
    if row is None or row.duedate is None:
        return {}
    query = select(SubmittedAssignment.student_id, SubmittedAssignment.extension)
    found = session.execute(query.where(SubmittedAssignment.assignment_id == row.id))
    extensions: dict[str, timedelta] = {student: extension for student, extension in found if extension is not None}
    due = row.duedate.replace(tzinfo=UTC)
    return {student: due + extensions.get(student, timedelta()) for student in students}

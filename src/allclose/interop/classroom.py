"""A class as the course knows it, for its report: gradebook, stored results, roster and what was handed in together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import allclose.ratings
from allclose import course
from allclose.course import ipynb
from allclose.course.cells import grade_id, is_solution, without_markers
from allclose.grading.store import store_of
from allclose.interop.collect.names import safe_id
from allclose.interop.database import in_transaction
from allclose.interop.export.book import Entry, Turned, read_book
from allclose.interop.export.spreadsheet import question_names
from allclose.interop.export.standings import Standing, read_standings
from allclose.interop.gradebook import db_url
from allclose.interop.roster import roster_of
from allclose.interop.settings import load_settings
from allclose.model import Assignment, Grade, Json
from allclose.notebook.read import MAX_NOTEBOOK_BYTES, Unusable, read_file
from allclose.ratings import Rating, read_ratings
from allclose.report.classroom import Classroom, Item, Known, Student
from allclose.report.similar import Answer, Place

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Notebooks without this have no rating; it is a part of its mime type that no writer of JSON escapes.
_RATED = allclose.ratings.MIME.split("/")[1].partition("+")[0].encode()


def read_classroom(assignment: Assignment, submitted: Path) -> Classroom:
    """Put together what the course knows of a class in an assignment.

    Parameters
    ----------
    assignment
        It has been graded.
    submitted
        The folder of the submissions, `<student>/<assignment>/`: students' ratings stand in what they handed in.

    Raises
    ------
    InteropError
        Nothing of the assignment is in the gradebook, or gradebook or roster cannot be read.
    CourseError
        The course's settings do not run.
    """
    standings = read_standings(assignment)
    names = question_names(standings.asked)
    roster = {safe_id(person.id) for person in roster_of(assignment.root)}
    folders = course.submitted_folders(submitted, assignment.name) if submitted.is_dir() else {}
    store = store_of(assignment)
    latest = store.latest()
    places = _answer_places(assignment)
    students = []
    for standing in standings.students:
        last = latest.get(standing.id)
        result = store.load(standing.id, last.digest) if last is not None and last.digest else None
        student = _student(standing, names)
        if result is not None:
            student = replace(student, seconds=result.seconds or None, answers=_answers(result, places))
        if standing.id in folders:
            student = replace(student, ratings=tuple(_ratings(folders[standing.id], assignment)))
        students.append(replace(student, listed=not roster or standing.id in roster))
    items = tuple(
        Item(name, asked.max_score, asked.by_hand) for name, asked in zip(names, standings.asked, strict=True)
    )
    labs, shares = _progress(assignment)
    return Classroom(
        assignment.name,
        items,
        tuple(students),
        misconceptions={each.name: Known(each.question, each.title, each.hint) for each in assignment.misconceptions},
        given=_given(assignment),
        known=tuple(Answer(each.code) for each in (*assignment.misconceptions, *assignment.accepted)),
        labs=labs,
        shares=shares,
    )


def _student(standing: Standing, names: Sequence[str]) -> Student:
    entries = standing.turned.entries if standing.turned is not None else (Entry(),) * len(names)
    waiting = names if standing.pending else ()
    return Student(
        id=standing.id,
        name=standing.name,
        section=standing.section,
        state=standing.state.value,
        reason=standing.reason,
        points=tuple(map(_points, entries)),
        pending=tuple(name for name, entry in zip(waiting, entries, strict=False) if entry.pending),
        tests=standing.tests,
        flags=standing.flags,
        isolation=standing.isolation.value if standing.isolation is not None else "",
    )


def _points(entry: Entry) -> float | None:
    return None if entry.auto is None and entry.manual is None else entry.score


def _answer_places(assignment: Assignment) -> frozenset[Place]:
    return frozenset(
        (notebook.name, grade_id(cell))
        for notebook in assignment.notebooks
        for cell in notebook.content["cells"]
        if is_solution(cell)
    )


def _answers(result: Grade, places: frozenset[Place]) -> dict[Place, Answer]:
    """What stands in the answer cells of a result's notebooks; the last one where a name stands twice."""
    return {
        (name, grade_id(cell)): Answer(cell["source"], cell["cell_type"] == "code")
        for name, content in result.notebooks.items()
        for cell in content["cells"]
        if (name, grade_id(cell)) in places
    }


def _given(assignment: Assignment) -> tuple[Answer, ...]:
    """All that students got, and the instructor's answers."""
    rules = course.release_rules(assignment.root)

    def solution(cell: Json) -> str:
        return without_markers(cell["source"], rules.begin_solution, rules.end_solution)

    return tuple(
        Answer(text, cell["cell_type"] == "code")
        for notebook in assignment.notebooks
        for cell, released in zip(notebook.content["cells"], notebook.released, strict=True)
        for text in (released["source"], *((solution(cell),) if is_solution(cell) else ()))
    )


def _ratings(folder: Path, assignment: Assignment) -> Iterator[Rating]:
    """The ratings in the notebooks as they were handed in; what cannot be read has none."""
    import msgspec

    for notebook in assignment.notebooks:
        try:
            data = read_file(folder, f"{notebook.name}.ipynb", MAX_NOTEBOOK_BYTES)
            if _RATED in data:
                ipynb.check_shape(data)
                yield from read_ratings(msgspec.json.decode(data))
        except (Unusable, ipynb.Unreadable, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue


def _progress(assignment: Assignment) -> tuple[tuple[str, ...], dict[str, tuple[float | None, ...]]]:
    """Every lab of the course that was graded, and what share of the points of each a student has."""
    names = sorted({*course.labs(assignment.root), assignment.name}, key=_numbers_last)

    def work(session: Session) -> dict[str, dict[str, float | None]]:
        books = {name: read_book(session, name) for name in names}
        return {
            name: {student: _share(turned, [asked.max_score for asked in book.asked]) for student, turned in found}
            for name, book in books.items()
            if book is not None and (found := book.turned.items())
        }

    url = db_url(assignment.root)
    shares = in_transaction(url, load_settings(assignment.root).course_id, work)
    everybody = {student for found in shares.values() for student in found}
    return tuple(shares), {
        student: tuple(found.get(student) for found in shares.values()) for student in sorted(everybody)
    }


def _share(turned: Turned, most: Sequence[float]) -> float | None:
    """The share of the points of what is graded, less lateness."""
    graded = [
        (points, top) for entry, top in zip(turned.entries, most, strict=True) if (points := _points(entry)) is not None
    ]
    total = sum(top for _, top in graded)
    return max(0.0, sum(points for points, _ in graded) - turned.penalty) / total if total else None


def _numbers_last(name: str) -> list[Any]:
    """An order in which lab10 comes after lab9."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]

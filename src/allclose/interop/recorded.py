"""What `nbgrader generate_assignment` writes into the gradebook about an instructor's notebooks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from allclose.course.cells import grade_id, is_grade, is_locked, is_recorded, is_solution, is_task, nbgrader
from allclose.errors import InteropError
from allclose.model import Json, Notebook

if TYPE_CHECKING:
    from nbgrader import api
    from sqlalchemy.orm import Session

#: Columns of one row by name.
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One notebook as the gradebook keeps it: rows by cell name, in the order of the cells."""

    kernelspec: str
    grade_cells: dict[str, Row]
    solution_cells: dict[str, Row]
    task_cells: dict[str, Row]
    source_cells: dict[str, Row]


def recorded_notebook(notebook: Notebook) -> Recorded:
    """Give the rows of an instructor's notebook."""
    cells = [cell for cell in notebook.recorded if is_recorded(cell)]
    return Recorded(
        kernelspec=json.dumps(notebook.content["metadata"].get("kernelspec", {})),
        grade_cells={grade_id(cell): _points(cell) for cell in cells if is_grade(cell)},
        solution_cells={grade_id(cell): {} for cell in cells if is_solution(cell)},
        task_cells={grade_id(cell): _points(cell) for cell in cells if is_task(cell)},
        source_cells={grade_id(cell): _source(cell) for cell in cells},
    )


def record(session: Session, name: str, course_id: str, recorded: Mapping[str, Recorded]) -> None:
    """Bring the gradebook's picture of assignment `name` to what is recorded of its notebooks.

    Raises
    ------
    InteropError
        Submissions are recorded, and a notebook or a cell that the gradebook knows was added or removed.
    """
    from nbgrader import api
    from sqlalchemy import select

    assignment = session.scalar(select(api.Assignment).where(api.Assignment.name == name))
    if assignment is None:
        assignment = api.Assignment(name=name, course_id=course_id or _unnamed_course(session))
        session.add(assignment)
        session.flush()
    known = {notebook.name: notebook for notebook in assignment.notebooks}
    if known.keys() != recorded.keys() and assignment.submissions:
        raise _changed(name, "notebook", known.keys(), recorded.keys())
    for gone in known.keys() - recorded.keys():
        _remove(session, known[gone])
    for notebook_name, wanted in recorded.items():
        row = known.get(notebook_name)
        if row is None or (not row.submissions and _as_recorded(row) != wanted):
            _replace(session, assignment, row, notebook_name, wanted)
        elif row.submissions:
            _update(row, wanted)


def _unnamed_course(session: Session) -> str:
    """nbgrader gives a course without a name the id "", which no row has: SQLite does not mind, other databases do."""
    return "" if session.get_bind().dialect.name == "sqlite" else "default_course"


def _replace(
    session: Session, assignment: api.Assignment, row: api.Notebook | None, name: str, wanted: Recorded
) -> None:
    """Record a notebook anew, so that its cells stand in order; what was known before keeps its id."""
    from nbgrader import api

    ids = {} if row is None else {(kind, cell.name): cell.id for kind, cell in _cells(row)}
    kept = {} if row is None else {"id": row.id}
    if row is not None:
        _remove(session, row)
    notebook = api.Notebook(name=name, assignment=assignment, kernelspec=wanted.kernelspec, **kept)
    session.add(notebook)
    for kind, cells in _kinds(wanted):
        model = _models()[kind]
        for cell_name, columns in cells.items():
            known = {"id": ids[kind, cell_name]} if (kind, cell_name) in ids else {}
            session.add(model(name=cell_name, notebook=notebook, **columns, **known))
    session.flush()


def _update(row: api.Notebook, wanted: Recorded) -> None:
    """Change the texts and points of a notebook that has submissions; their grades hang on its cells."""
    for kind, cells in _kinds(wanted):
        known = {cell.name: cell for found, cell in _cells(row) if found == kind}
        if known.keys() != cells.keys():
            raise _changed(f"{row.assignment.name}/{row.name}", "cell", known.keys(), cells.keys())
        for name, columns in cells.items():
            for column, value in columns.items():
                setattr(known[name], column, value)


def _remove(session: Session, row: api.Notebook) -> None:
    for _, cell in _cells(row):
        session.delete(cell)
    session.flush()
    session.delete(row)
    session.flush()


def _as_recorded(row: api.Notebook) -> Recorded:
    found: dict[str, dict[str, Row]] = {kind: {} for kind in _models()}
    columns = {
        "grade_cells": ("max_score", "cell_type"),
        "solution_cells": (),
        "task_cells": ("max_score", "cell_type"),
        "source_cells": ("cell_type", "locked", "source", "checksum"),
    }
    for kind, cell in _cells(row):
        found[kind][cell.name] = {column: getattr(cell, column) for column in columns[kind]}
    return Recorded(row.kernelspec or "", **found)


def _cells(row: api.Notebook) -> Iterator[tuple[str, Any]]:
    for kind in _models():
        for cell in getattr(row, kind):
            yield kind, cell


def _kinds(wanted: Recorded) -> list[tuple[str, dict[str, Row]]]:
    return [(field.name, getattr(wanted, field.name)) for field in fields(wanted) if field.name != "kernelspec"]


def _models() -> dict[str, type[Any]]:
    from nbgrader import api

    return {
        "grade_cells": api.GradeCell,
        "solution_cells": api.SolutionCell,
        "task_cells": api.TaskCell,
        "source_cells": api.SourceCell,
    }


def _changed(place: str, thing: str, known: AbstractSet[str], wanted: AbstractSet[str]) -> InteropError:
    changes = [f"'{name}' was added" for name in sorted(wanted - known)]
    changes += [f"'{name}' was removed" for name in sorted(known - wanted)]
    assignment = place.partition("/")[0]
    return InteropError(
        f"{place}: {thing} {', '.join(changes)} in the source, but submissions are recorded in the gradebook: undo "
        f"that, or give up what is recorded, manual scores too (`nbgrader db assignment remove {assignment} --force`), "
        "and grade again"
    )


def _points(cell: Json) -> Row:
    return {"max_score": float(nbgrader(cell)["points"]), "cell_type": cell["cell_type"]}


def _source(cell: Json) -> Row:
    return {
        "cell_type": cell["cell_type"],
        "locked": is_locked(cell),
        "source": cell["source"],
        "checksum": nbgrader(cell).get("checksum"),
    }

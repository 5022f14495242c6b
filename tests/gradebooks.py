"""What stands in a gradebook, told without row ids, and as the formgrader's API tells it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

TABLES = (
    *("student", "course", "assignment", "notebook", "base_cell", "grade_cells", "solution_cells", "task_cells"),
    *("source_cell", "submitted_assignment", "submitted_notebook", "grade", "comment", "alembic_version"),
)


def named_rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, ids replaced by what they stand for."""
    connection = sqlite3.connect(database)
    names: dict[Any, Any] = {}
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in TABLES:
        cursor = connection.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in cursor.description]
        found[table] = []
        for row in cursor:
            cells = dict(zip(columns, row, strict=True))
            own = cells.pop("id") if table not in ("student", "course") and "id" in cells else None
            named = tuple(names.get(value, value) for value in cells.values())
            if own in names:
                named = (names[own], *named)
            elif own is not None:
                names[own] = named
            found[table].append(named)
        found[table].sort(key=repr)
    assert {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")} == set(
        TABLES
    )
    connection.close()
    return found


def api(root: Path) -> NbGraderAPI:
    config = Config()
    config.CourseDirectory.root = str(root)
    return NbGraderAPI(config=config)


def without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_ids(item) for key, item in value.items() if key not in ("id", "index")}
    if isinstance(value, list):
        return sorted((without_ids(item) for item in value), key=repr)
    return value

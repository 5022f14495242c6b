"""One transaction on nbgrader's database: made where it is missing, waited for where another writer holds it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from allclose.errors import InteropError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

Result = TypeVar("Result")

_WAIT_SECONDS = 60.0
_ATTEMPTS = 5


def in_transaction(url: str, course_id: str, work: Callable[[Session], Result]) -> Result:
    """Do `work` in one session and one transaction of the gradebook at `url`.

    Another writer (a second run, the formgrader) is waited for; where both added the same rows, the work is done again
    on what the other one left.

    Raises
    ------
    InteropError
        The database cannot be opened, is read-only, stays locked, or has another nbgrader's schema.
    """
    from sqlalchemy.exc import IntegrityError, SQLAlchemyError
    from sqlalchemy.orm import Session

    engine = _open(url)
    try:
        attempts = 0
        while True:
            attempts += 1
            try:
                with engine.begin() as connection:
                    _prepare(connection, course_id)
                    with Session(connection, autoflush=False) as session:
                        result = work(session)
                        session.flush()
                        return result
            except IntegrityError:
                if attempts == _ATTEMPTS:
                    raise
    except SQLAlchemyError as error:
        raise InteropError(f"{shown(url)}: {_reason(error)}") from error
    finally:
        engine.dispose()


def _open(url: str) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    try:
        lite = url.startswith("sqlite")
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _WAIT_SECONDS} if lite else {})
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise InteropError(f"{shown(url)}: no such kind of database ({error}); mend CourseDirectory.db_url") from error
    if lite:
        # A transaction that reads first and writes later cannot wait for another writer; one begun as a writer can.
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare(connection: Connection, course_id: str) -> None:
    """Make the tables as nbgrader makes them, with the version stamp by which it knows its own database."""
    from nbgrader.api import Base, Course
    from sqlalchemy import insert, inspect, select, text

    if not inspect(connection).get_table_names():
        from alembic.script import ScriptDirectory
        from nbgrader.dbutil import ALEMBIC_DIR

        Base.metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);"))
        head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": head})
    for course in {"default_course", course_id} - {""}:
        if connection.scalar(select(Course.id).where(Course.id == course)) is None:
            connection.execute(insert(Course).values(id=course))


def shown(url: str) -> str:
    """Name a database without its password."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:
        return "the gradebook"
    if parsed.drivername.startswith("sqlite") and parsed.database:
        return parsed.database
    return parsed.render_as_string(hide_password=True)


def _reason(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if re.search("no such (column|table)|(column|relation) .* does not exist", text):
        return f"not this nbgrader's gradebook ({text}); keep a copy of it, then run `nbgrader db upgrade`"
    if "locked" in text:
        return "another program holds the gradebook; close it (a formgrader, another run) and run again"
    if "is full" in text or "No space left" in text:
        return "the disk is full: make room and run again, finished results are kept"
    if "readonly" in text or "permission denied" in text:
        return f"the gradebook cannot be written ({text}); give write permission there and run again"
    if "not a database" in text or "malformed" in text:
        return f"not a gradebook ({text}); put it aside, or restore a copy, and run again"
    return f"the gradebook cannot be used ({text}); check CourseDirectory.db_url and the folder it names"

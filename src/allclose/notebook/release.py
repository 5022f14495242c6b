"""Source notebooks -> what students get, through nbgrader's own preprocessors, written only where something changed."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allclose.course import cells
from allclose.course.config import nbgrader_config
from allclose.course.whole import replacing, sweep
from allclose.errors import CourseError, LeakError, NotebookError
from allclose.model import Assignment, Json, Notebook
from allclose.notebook import leaks

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

#: nbgrader's own permissions for what `generate_assignment` writes.
_PERMISSIONS = 0o644
#: How many leaks an error spells out.
_SHOWN_LEAKS = 5


def release(assignment: Assignment, *, check: bool) -> list[Path]:
    """Write the student version of an assignment to `release/<lab>/`.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    check : bool
        Write nothing; only say what would change.

    Returns
    -------
    list of Path
        The files that were written or removed (with `check`: that are stale), in order. A notebook that the source no
        longer has is removed; other files that somebody put into the folder are left alone.

    Raises
    ------
    LeakError
        If the release would show an answer, a hidden test or a misconception.
    NotebookError
        If nbgrader refuses a notebook.
    CourseError
        If the release folder cannot be written.
    """
    nodes = {notebook.name: _student_node(notebook, assignment) for notebook in assignment.notebooks}
    _refuse_leaks(assignment, {name: _as_json(node) for name, node in nodes.items()})
    folder = assignment.root / "release" / assignment.name
    wanted = {folder / f"{name}.ipynb": _as_file(node) for name, node in nodes.items()}
    try:
        wanted |= {folder / path: (assignment.source_dir / path).read_bytes() for path in assignment.data_files}
        stale = sorted(path for path, data in wanted.items() if not path.is_file() or path.read_bytes() != data)
        orphans = sorted(set(folder.glob("*.ipynb")) - set(wanted))
        if not check:
            _write_all({path: wanted[path] for path in stale})
            for path in orphans:
                path.unlink()
    except OSError as error:
        raise CourseError(f"{error.filename or folder} cannot be released: {error.strerror}") from error
    return sorted([*stale, *orphans])


def student_version(notebook: Notebook, assignment: Assignment) -> Json:
    """The notebook as a student gets it, plain nbformat 4 JSON: what `nbgrader generate_assignment` writes.

    Raises
    ------
    NotebookError
        If nbgrader refuses the notebook.
    """
    return _as_json(_student_node(notebook, assignment))


def without_hidden_tests(source_text: str) -> str:
    """One cell's text without its hidden-test regions, by nbgrader's default markers.

    Raises
    ------
    MarkerError
        If a region is opened twice or never closed.
    """
    rules = cells.Rules()
    return cells.cut(source_text, rules.begin_hidden, rules.end_hidden)[0]


def _student_node(notebook: Notebook, assignment: Assignment) -> NotebookNode:
    """The notebook after the steps of `nbgrader generate_assignment`.

    All but two: the course has put header and footer on already, and the gradebook is written elsewhere.
    """
    import nbformat
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import IncludeHeaderFooter, SaveCells

    config = nbgrader_config(assignment.root)
    node: NotebookNode = nbformat.from_dict(notebook.content)  # type: ignore[no-untyped-call]
    resources: dict[str, Any] = {
        "unique_key": notebook.name,
        "metadata": {"name": notebook.name, "path": str(notebook.path.parent)},
        "nbgrader": {"assignment": assignment.name, "notebook": notebook.name, "student": "."},
    }
    try:
        for step in GenerateAssignment(config=config).preprocessors:
            if not issubclass(step, (IncludeHeaderFooter, SaveCells)):
                node, resources = step(config=config)(node, resources)
    except Exception as error:  # a step may be the course's own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NotebookError(f"{notebook.path}: nbgrader refuses this notebook: {reason}") from error
    return node


def _as_json(node: NotebookNode) -> Json:
    found: Json = _plain(node)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _as_file(node: NotebookNode) -> bytes:
    """The bytes that nbconvert's notebook exporter writes."""
    import nbformat

    text: str = nbformat.writes(node, version=nbformat.current_nbformat)  # type: ignore[no-untyped-call]
    return (text if text.endswith("\n") else text + "\n").encode()


def _refuse_leaks(assignment: Assignment, released: dict[str, Json]) -> None:
    found = leaks.scan(assignment, released)
    if found:
        more = f" (and {len(found) - _SHOWN_LEAKS} more)" if len(found) > _SHOWN_LEAKS else ""
        raise LeakError(f"{assignment.source_dir}: {'; '.join(found[:_SHOWN_LEAKS])}{more}; take it out of the source")


def _write_all(files: dict[Path, bytes]) -> None:
    """Write all of them or none: each beside its place first, then all renamed."""
    with ExitStack() as ready:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            sweep(path.parent, path.name)
            ready.enter_context(replacing(path, durable=True, permissions=_PERMISSIONS)).write_bytes(data)

"""Where nbgrader stands when it autogrades a notebook: the course, the assignment, the folder, the gradebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allclose import course
from allclose.course.config import CONFIG_NAME, JSON_NAME, read_limits
from allclose.errors import InteropError
from allclose.model import Assignment, Limits, Notebook


@dataclass(frozen=True, slots=True)
class Place:
    """`root` is None outside of a course, `folder` where a notebook stands nowhere."""

    root: Path | None
    folder: Path | None
    lab: str = ""
    notebook: str = ""
    student: str = ""
    db_url: str = ""

    @property
    def hidden(self) -> Path | None:
        """The folder of the assignment's hidden suite, whether it is there or not."""
        return self.root / "autograder" / self.lab if self.root is not None and self.lab else None

    @property
    def has_suite(self) -> bool:
        """Whether there are hidden tests."""
        return self.hidden is not None and any(self.hidden.glob("test_*.py"))

    @property
    def has_limits(self) -> bool:
        """Whether the assignment has limits of its own."""
        return self.hidden is not None and (self.hidden / "limits.toml").exists()


def place_of(step: Any, resources: Mapping[str, Any]) -> Place:
    """Say where a step of nbgrader's is at work, by the converter that it belongs to and by its resources."""
    about = resources.get("nbgrader") or {}
    folder = (resources.get("metadata") or {}).get("path") or None
    owner = step
    while owner is not None and getattr(owner, "coursedir", None) is None:
        owner = getattr(owner, "parent", None)
    root = None
    if about:  # a converter of nbgrader's works in the course's root
        root = Path.cwd() if owner is None else Path(owner.coursedir.root).absolute()
    names = {ours: str(about.get(theirs, "")) for ours, theirs in _NAMES.items()}
    return Place(root, None if folder is None else Path(folder).absolute(), **names)


_NAMES = {"lab": "assignment", "notebook": "notebook", "student": "student", "db_url": "db_url"}


def limits_of(place: Place) -> Limits:
    """The assignment's limits, or the usual ones.

    Raises
    ------
    CourseError
        If its limits.toml is wrong.
    """
    return Limits() if place.hidden is None else read_limits(place.hidden / "limits.toml")


def suited(place: Place) -> tuple[Assignment, Notebook]:
    """Load the assignment of a place that has a suite, and the notebook that is graded there.

    Raises
    ------
    CourseError, NotebookError
        If the course cannot be used.
    InteropError
        If the gradebook knows another notebook, or other points, than the course's source.
    """
    assert place.root is not None
    assignment = course.load(place.root, place.lab)
    notebook = next((one for one in assignment.notebooks if one.name == place.notebook), None)
    mend = f"run `nbgrader generate_assignment {place.lab} --force`"
    if notebook is None:
        raise InteropError(
            f"{assignment.source_dir} has no notebook '{place.notebook}', which the gradebook knows: {mend}"
        )
    ours = {cell.grade_id: cell.points for cell in notebook.grade_cells}
    if place.db_url and _recorded_points(place) != ours:
        raise InteropError(f"{notebook.path}: its graded cells or their points are not those of the gradebook: {mend}")
    return assignment, notebook


def _recorded_points(place: Place) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(place.db_url) as gradebook:
        found = gradebook.find_notebook(place.notebook, place.lab)
        return {cell.name: float(cell.max_score) for cell in (*found.grade_cells, *found.task_cells)}


def stamp(place: Place) -> tuple[tuple[str, int, int], ...]:
    """The times and sizes of all files of the course that a grade may depend on: equal as long as none is changed."""
    return tuple((str(path), found.st_mtime_ns, found.st_size) for path in _files(place) for found in [path.stat()])


def _files(place: Place) -> Iterator[Path]:
    assert place.root is not None
    for name in (CONFIG_NAME, JSON_NAME, ".allclose/secret"):
        yield from place.root.glob(name)
    source = place.root / "source"
    yield from sorted(path for path in source.glob("*") if path.is_file())  # a header or footer of all notebooks
    for folder in (source / place.lab, place.root / "autograder" / place.lab, place.root / "solutions"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path

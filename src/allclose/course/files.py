"""The files that one assignment needs, to be graded in another place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from allclose.course import labs
from allclose.course.config import CONFIG_NAME, nbgrader_config, trait
from allclose.model import Assignment

_LEFT_OUT = ("__pycache__", ".ipynb_checkpoints")


def course_files(assignment: Assignment) -> dict[str, Path]:
    """All that grading an assignment reads of its course, by the place relative to the root.

    The course's settings, the assignment's sources with their data files, its hidden tests with what lies beside them,
    the `conftest.py` above them and the course's own modules that they mention, its reference, and what else
    `solutions/` holds but the references of assignments that it does not mention. The secret is not among them.
    """
    root = assignment.root
    hidden = [root / "autograder" / "conftest.py", *_below(root / "autograder" / assignment.name)]
    config = nbgrader_config(root)
    edges = [root / given for edge in ("header", "footer") if (given := trait(config, "IncludeHeaderFooter", edge, ""))]
    text = _text_of(assignment, hidden)
    own = (path for path in root.glob("*.py") if path.name != CONFIG_NAME and path.stem in text)
    references = _references(assignment, text)
    found = [root / CONFIG_NAME, *edges, *_below(assignment.source_dir), *hidden, *own, *references]
    return {path.relative_to(root).as_posix(): path for path in sorted(found) if path.is_file()}


def _text_of(assignment: Assignment, hidden: list[Path]) -> str:
    python = [path for path in (*hidden, assignment.reference) if path is not None and path.suffix == ".py"]
    return "\n".join(path.read_text(errors="replace") for path in python if path.is_file())


def _references(assignment: Assignment, text: str) -> Iterator[Path]:
    others = {lab for lab in labs(assignment.root) if lab != assignment.name and lab not in text}
    return (path for path in _below(assignment.root / "solutions") if path.stem not in others)


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not any(part in _LEFT_OUT for part in path.parts))

"""A student's notebook as data: its questions, their public checks and hints, and what is written to explain a cell.

All of it stands in the notebook itself, where the instructor wrote it, so nothing else has to be handed out: checks in
the locked grade cells; hints in `<details>` whose summary begins with "Hint", in the text of a question; explanations
in `<details>` whose summary begins with "Explain", in the text right above the cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from allclose.ratings import Rating, read_ratings

_NAMED = re.compile(r"""public_checks\(\s*["']([^"'\n]+)["']""")
_DETAILS = re.compile(r"<details\b[^>]*>\s*<summary\b[^>]*>(.*?)</summary>(.*?)</details>", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
_EXPLAIN = re.compile(r"\A\s*%%explain\b[^\n]*\n?")

#: A cell that was worked on is still the cell that an explanation was written for.
_LIKE = 0.6
_MOST_COMPARED = 10_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what it says, and how it is marked."""

    kind: str
    source: str
    identity: str = ""
    grade_id: str = ""
    points: float = 0.0
    checks: bool = False
    answer: bool = False
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Help:
    """One `<details>` of a notebook: the line that is always seen, and what it hides."""

    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question with public checks; `place` is the place of its checks among the cells."""

    name: str
    points: float
    checks: str
    hints: tuple[Help, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook's cells, and what they hold for a student; `path` is None where it came from a front end."""

    path: Path | None
    cells: tuple[Cell, ...]
    ratings: tuple[Rating, ...]

    @property
    def questions(self) -> dict[str, Question]:
        """The questions that have a cell with checks, in order, by name."""
        found: dict[str, Question] = {}
        start = 0
        for place, cell in enumerate(self.cells):
            name = question_name(cell)
            if name:
                hints = tuple(_hints(self.cells[start:place]))
                found[name] = Question(name, cell.points, cell.source, hints, place)
                start = place + 1
        return found

    def find(self, source: str, identity: str = "") -> int | None:
        """Return the place of the code cell with this id, else of this text, else of one that is much like it."""
        text = plain_source(source)
        code = [(place, cell) for place, cell in enumerate(self.cells) if cell.kind == "code"]
        if identity:
            known = next((place for place, cell in code if cell.identity == identity), None)
            if known is not None:
                return known
        scored = [(_likeness(text, plain_source(cell.source)), -place) for place, cell in code]
        best, place = max(scored, default=(0.0, 0))
        return -place if best >= _LIKE else None

    def explanation(self, place: int) -> str:
        """Return the instructor's explanation of the cell at a place; empty where there is none."""
        above = self.cells[place - 1] if place else None
        if above is None or above.kind != "markdown":
            return ""
        return "\n\n".join(one.text for one in _helps([above]) if one.summary.lower().startswith("explain"))

    def section(self, place: int) -> str:
        """Return the heading above a cell; empty where there is none."""
        for cell in reversed(self.cells[: place + 1]):
            headings = _HEADING.findall(_FENCED.sub("", cell.source)) if cell.kind == "markdown" else []
            if headings:
                return str(headings[-1]).strip()
        return ""

    def question_of(self, place: int) -> str:
        """Return the question whose answer stands at a place; empty where none does."""
        if not self.cells[place].answer:
            return ""
        return next((name for name, question in self.questions.items() if question.place >= place), "")


def read_notebook(path: Path) -> Notebook:
    """Read a notebook file.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is no notebook; the message says why.
    """
    try:
        document = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except ValueError as error:
        raise ValueError("it is not JSON, or was cut off") from error
    return as_notebook(document, path)


def as_notebook(document: Any, path: Path | None = None) -> Notebook:
    """Make a notebook of the JSON of one.

    Raises
    ------
    ValueError
        If it is no notebook of nbformat 4.
    """
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise ValueError("it is JSON, but no notebook in format 4")
    cells = tuple(_cell(cell) for cell in document["cells"] if isinstance(cell, dict))
    return Notebook(path, cells, read_ratings(document))


def question_name(cell: Cell) -> str:
    """Return the question that a cell checks; empty where it checks none.

    It is what `public_checks` names, or, where nothing calls that, the grade cell's own name.
    """
    named = _NAMED.search(cell.source) if cell.kind == "code" else None
    if named is not None:
        return named[1]
    return cell.grade_id.removesuffix("-grade") if cell.checks else ""


def plain_source(source: str) -> str:
    """Return a cell's text without a first line `%%explain`."""
    return _EXPLAIN.sub("", source).strip()


def _cell(cell: dict[str, Any]) -> Cell:
    metadata = _object(cell.get("metadata"))
    marks = _object(metadata.get("nbgrader"))
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    kind, tags, points = str(cell.get("cell_type")), metadata.get("tags"), marks.get("points")
    graded, answer = marks.get("grade") is True, marks.get("solution") is True
    return Cell(
        kind,
        text,
        str(cell.get("id", "")),
        str(marks.get("grade_id", "")),
        float(points) if isinstance(points, int | float) else 0.0,
        kind == "code" and graded and not answer,
        answer,
        isinstance(tags, list) and "skip-grading" in tags,
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _hints(cells: Iterable[Cell]) -> list[Help]:
    return [one for one in _helps(cells) if one.summary.lower().startswith("hint")]


def _helps(cells: Iterable[Cell]) -> list[Help]:
    found = []
    for cell in cells:
        for summary, text in _DETAILS.findall(cell.source) if cell.kind == "markdown" else ():
            found.append(Help(" ".join(re.sub(r"<[^>]+>", "", summary).split()), text.strip()))
    return found


def _likeness(ours: str, theirs: str) -> float:
    if ours == theirs:
        return 1.0
    matcher = SequenceMatcher(None, ours[:_MOST_COMPARED], theirs[:_MOST_COMPARED], autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _LIKE else 0.0

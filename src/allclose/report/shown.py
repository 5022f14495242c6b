"""What a student's notebook shows, made fit for a page of ours: text and pictures, nothing that a browser would run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from allclose.model import Json
from allclose.report.png import safe_png

#: What one text, and all texts and pictures of a page, may take; what is longer is cut, and the page says so.
MAX_TEXT = 20_000
MAX_TEXTS = 1_000_000
MAX_PICTURES = 12_000_000
MAX_CELLS = 2_000
MAX_OUTPUTS = 200

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)")
_CUT = "\n[… cut: too long for this page]"


@dataclass(frozen=True, slots=True)
class Output:
    """One output: a text, a picture (base64 of a PNG) or a note of ours on what is not shown."""

    kind: Literal["text", "picture", "note"]
    content: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as a page shows it; `name` is its grade_id, `number` its execution count."""

    kind: Literal["code", "text"]
    name: str
    number: str
    source: str
    outputs: tuple[Output, ...] = ()


@dataclass(slots=True)
class _Room:
    """What is left for a page's texts and pictures."""

    texts: int = MAX_TEXTS
    pictures: int = MAX_PICTURES

    def text(self, raw: str) -> str:
        """The text, clean, as far as there is room for it."""
        most = min(MAX_TEXT, self.texts)
        shown = clean_text(raw[: 4 * most])
        if len(shown) > most or len(raw) > 4 * most:
            shown = shown[:most] + _CUT
        self.texts = max(0, self.texts - len(shown))
        return shown

    def picture(self, raw: str) -> Output:
        """The picture, rebuilt, where it is a sane PNG and there is room for it."""
        found = safe_png(raw) if len(raw) <= 2 * self.pictures else None
        if found is None or len(found) > self.pictures:
            return Output("note", "A picture is not shown: it is no plain PNG, or too large.")
        self.pictures -= len(found)
        return Output("picture", found)


def clean_text(text: str) -> str:
    """Return text of several lines without what moves, hides or colours it: escapes, control and bidi characters.

    Of a line that was written over, as progress bars do it, the last state stays.
    """
    text = _ESCAPE.sub("", text.replace("\r\n", "\n"))
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    hidden = {ord(each): None for each in set(text) if each not in "\n\t" and unicodedata.category(each)[0] == "C"}
    return text.translate(hidden) if hidden else text


def shown_cells(
    content: Json, released: Callable[[str], str | None], silent: Callable[[str], bool]
) -> tuple[Cell, ...]:
    """Make a notebook's cells fit for a page.

    Parameters
    ----------
    content
        A graded notebook's JSON; whatever in it is not as it should be is left out.
    released
        The text that students got of a cell of the instructor's, by grade_id; None for a cell that is the student's.
    silent
        Whether the outputs of a cell, by grade_id, may tell of hidden tests and stay out.
    """
    cells = content.get("cells")
    found = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    room = _Room()
    return tuple(_cell(cell, released, silent, room) for cell in found[:MAX_CELLS])


def _cell(cell: Json, released: Callable[[str], str | None], silent: Callable[[str], bool], room: _Room) -> Cell:
    name = _grade_id(cell)
    given = released(name) if name else None
    source = room.text(_joined(cell.get("source")) if given is None else given)
    if cell.get("cell_type") != "code":
        return Cell("text", name, "", source)
    count = cell.get("execution_count")
    number = str(count) if type(count) is int else ""
    if name and silent(name):
        return Cell("code", name, number, source)
    return Cell("code", name, number, source, tuple(_outputs(cell.get("outputs"), room)))


def _grade_id(cell: Json) -> str:
    found: Any = cell
    for key in ("metadata", "nbgrader", "grade_id"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _outputs(outputs: Any, room: _Room) -> Iterator[Output]:
    found = [output for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    for output in found[:MAX_OUTPUTS]:
        match output.get("output_type"):
            case "stream":
                yield Output("text", room.text(_joined(output.get("text"))))
            case "error":
                lines = output.get("traceback")
                trace = "\n".join(map(_joined, lines)) if isinstance(lines, list) else ""
                name = f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"
                yield Output("text", room.text(trace or name))
            case "display_data" | "execute_result":
                yield _display(output.get("data"), room)
    if len(found) > MAX_OUTPUTS:
        yield Output("note", f"{len(found) - MAX_OUTPUTS} more outputs are not shown.")


def _display(data: Any, room: _Room) -> Output:
    bundle = data if isinstance(data, dict) else {}
    if "image/png" in bundle:
        return room.picture(_joined(bundle["image/png"]))
    if "text/plain" in bundle:
        return Output("text", room.text(_joined(bundle["text/plain"])))
    return Output("note", "An output is not shown: this page shows text and PNG pictures only.")


def _joined(text: Any) -> str:
    """A text of a notebook, whose lines may stand in a list."""
    if isinstance(text, list):
        return "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""

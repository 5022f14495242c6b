"""What a student's notebook shows, made fit for a page of ours: text and pictures, nothing that a browser would run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Literal

from markupsafe import escape

from allclose.model import Json
from allclose.report.png import MAX_BYTES, safe_png
from allclose.report.prose import heading, without_heading

#: What one text, and all texts and pictures of a page, may take; what is longer is cut, and the page says so.
MAX_TEXT = 20_000
MAX_TEXTS = 600_000
MAX_PICTURES = 3_000_000
MAX_CELLS = 2_000
MAX_OUTPUTS = 200
#: Markdown that is set; more than anybody writes by hand is shown as it was typed.
MAX_PROSE = 40_000

#: Of a text so many times too long enough is read to find what lies under its escapes and overwritten lines.
_RAW = 4
#: A character takes so many bytes of a page at most (`"` is `&#34;`), and the note in a cut text so many characters.
_WIDEST = 5
_NOTE = 100
_WIDGET = "application/vnd.jupyter.widget"
_FULL = "[… left out: this page is full]"
_UNUSUAL = re.compile(r"[^\x20-\x7e\n\t]")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)")


@dataclass(frozen=True, slots=True)
class Output:
    """One output: a text, an error's text, a picture (base64 of a PNG) or a note of ours on what is not shown."""

    kind: Literal["text", "error", "picture", "note"]
    content: str

    @property
    def lines(self) -> int:
        """How many lines a text has."""
        return self.content.rstrip("\n").count("\n") + 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as a page shows it; `name` is its grade_id, `number` its execution count.

    Of kind `text` it is Markdown, of kind `raw` text to be shown as it is. One that is not `own` is as students got it,
    and may have a `heading`, which is no part of its source where it begins with that.
    """

    kind: Literal["code", "text", "raw"]
    name: str
    number: str
    source: str
    outputs: tuple[Output, ...] = ()
    own: bool = True
    heading: str = ""


@dataclass(slots=True)
class _Room:
    """What is left for a page's texts and pictures, in its bytes, and for Markdown that is set, in characters."""

    texts: int = MAX_TEXTS
    pictures: int = MAX_PICTURES
    prose: int = MAX_PROSE

    def text(self, raw: str) -> str:
        """The text, clean, as far as there is room for it: of a long one its beginning and its end."""
        most = min(MAX_TEXT, self.texts // _WIDEST)
        shown = _shortened(raw, most) if most > _NOTE else _FULL
        self.texts = max(0, self.texts - len(escape(shown).encode()))
        return shown

    def picture(self, raw: str) -> Output:
        """The picture, rebuilt, where it is a sane PNG and there is room for it."""
        found = safe_png(raw) if len(raw) <= 2 * self.pictures else None
        if found is None or len(found) > self.pictures:
            why = "it is too large" if len(raw) > min(MAX_BYTES, self.pictures) else "it is no plain PNG"
            return Output("note", f"A picture of {_size(len(raw) * 3 // 4)} is not shown: {why} for this page.")
        self.pictures -= len(found)
        return Output("picture", found)


def _shortened(raw: str, most: int) -> str:
    """A clean text of `most` characters at most, and a word on what was left out of its middle."""
    if len(raw) <= _RAW * most:
        shown = clean_text(raw)
        if len(shown) <= most:
            return shown
        first, last = shown[: most * 3 // 4], shown[-(most // 4) :]
    else:
        first = clean_text(raw[: _RAW * most])[: most * 3 // 4]
        last = clean_text(raw[-most:])[-(most // 4) :]
    left = max(0, raw.count("\n") - first.count("\n") - last.count("\n"))
    what = f"{left:,} lines" if left else f"{max(0, len(raw) - len(first) - len(last)):,} characters"
    return f"{first}\n[… {what} left out: too long for this page …]\n{last}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"


def clean_text(text: str) -> str:
    """Return text of several lines without what moves, hides or colours it: escapes, control and bidi characters.

    Of a line that was written over, as progress bars do it, the last state stays.
    """
    if not _UNUSUAL.search(text):
        return text
    text = _ESCAPE.sub("", text.replace("\r\n", "\n"))
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    hidden = {ord(each): None for each in set(text) if each not in "\n\t" and unicodedata.category(each)[0] == "C"}
    return text.translate(hidden) if hidden else text


@dataclass(frozen=True, slots=True)
class Given:
    """What students were given of a notebook.

    Attributes
    ----------
    locked
        The texts of the instructor's own cells by grade_id, whatever stands in a submission in their place.
    silent
        The cells, by grade_id, whose outputs may tell of hidden tests.
    untouched
        The texts of all cells: a cell that still has one of these is not the student's own work.
    """

    locked: Mapping[str, str] = field(default_factory=dict)
    silent: AbstractSet[str] = frozenset()
    untouched: AbstractSet[str] = frozenset()


def shown_cells(content: Json, given: Given) -> tuple[Cell, ...]:
    """Make the cells of a graded notebook fit for a page; whatever in its JSON is not as it should be is left out."""
    cells = content.get("cells")
    found = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    room = _Room()
    shown = [_cell(cell, given, room) for cell in found[:MAX_CELLS]]
    if len(found) > MAX_CELLS:
        shown.append(Cell("raw", "", "", f"[… {len(found) - MAX_CELLS:,} more cells left out]"))
    return tuple(shown)


def _cell(cell: Json, given: Given, room: _Room) -> Cell:
    name = _grade_id(cell)
    text = given.locked.get(name) if name else None
    own = text is None
    if text is None:
        text = _joined(cell.get("source"))
        own = text not in given.untouched
    source = room.text(text)
    kind = cell.get("cell_type")
    if kind != "code":
        if own or not (headed := heading(source)):
            return Cell(_prose_kind(kind, source, own, room), name, "", source, own=own)
        return Cell("text", name, "", without_heading(source), own=False, heading=headed)
    count = cell.get("execution_count")
    number = str(count) if type(count) is int else ""
    outputs = () if name and name in given.silent else tuple(_outputs(cell.get("outputs"), room))
    return Cell("code", name, number, source, outputs, own)


def _prose_kind(kind: Any, source: str, own: bool, room: _Room) -> Literal["text", "raw"]:
    """Whether a text cell is set as Markdown: what students got always, what one wrote while it is of human size."""
    if kind != "markdown":
        return "raw"
    if own:
        room.prose -= len(source)
    return "text" if room.prose >= 0 else "raw"


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
                yield Output("error", room.text(trace or name))
            case "display_data" | "execute_result":
                yield _display(output.get("data"), room)
    if len(found) > MAX_OUTPUTS:
        yield Output("note", f"{len(found) - MAX_OUTPUTS} more outputs are not shown.")


def _display(data: Any, room: _Room) -> Output:
    bundle = data if isinstance(data, dict) else {}
    if "image/png" in bundle:
        return room.picture(_joined(bundle["image/png"]))
    if any(mime.startswith(_WIDGET) for mime in bundle):
        return Output("note", "A widget is not shown: it lives in the notebook only.")
    if "text/plain" in bundle:
        return Output("text", room.text(_joined(bundle["text/plain"])))
    return Output("note", "An output is not shown: this page shows text and PNG pictures only.")


def _joined(text: Any) -> str:
    """A text of a notebook, whose lines may stand in a list."""
    if isinstance(text, list):
        return "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""

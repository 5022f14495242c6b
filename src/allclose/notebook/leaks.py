"""What a release would show that it must not: answers, hidden tests, misconceptions, the suite, the reference.

Text leaks by the line. A line tells nothing alone when it is an import, a signature, a loop's head or short, so a leak
is two telling lines that follow each other in the secret and in the release, or one line that is long or is all of it.
What stands openly in a question's own solution cell (its signature, its docstring) is no secret.
"""

from __future__ import annotations

import ast
import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from allclose import course
from allclose.course import cells
from allclose.model import Answer, Assignment, Json, Notebook

#: Words of a line that tells something, of one that tells enough where it is the whole secret, and enough anywhere.
_TELLING, _WHOLE, _LONG = 5, 8, 12
#: Words of a sentence that is somebody's answer.
_SENTENCE = 6

_WORD = re.compile(r"\w+|[^\w\s]")
_EMPTY = re.compile(r"(import|from|def|class|async def|@|#|for|while|if|elif|else|with|try|except|finally)\b|[@#\"']")
_NAMED = re.compile(r"^\s*(return\s+|[\w.\[\], ]+?\s=\s)(?=\S)")
_MARKER = re.compile(r"^\W*(BEGIN|END)\W+(HID\w*|SOL\w*|MARK\s*SCH\w*)", re.IGNORECASE | re.MULTILINE)
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class _Secret:
    """Lines that must not be seen, in their order; `name` is how a message calls them."""

    name: str
    lines: tuple[str, ...]
    prose: bool = False


def scan(assignment: Assignment, release: Mapping[str, Json]) -> tuple[str, ...]:
    """What leaks, one line for each place: the notebook (or data file), the cell, and what it shows.

    Parameters
    ----------
    assignment : Assignment
        The assignment with its secrets.
    release : mapping of str to dict
        Notebook name -> the JSON that students would get.
    """
    secrets = [*_answers(assignment), *_files(assignment)]
    names = _names(assignment)
    found: list[str] = []
    for name, content in release.items():
        for place, text in _places(content):
            found += [f"{name}.ipynb, {place} shows {what}" for what in _shown(text, secrets, names)]
        found += [f"{name}.ipynb, {what}" for what in _left_over(content)]
    for path in assignment.data_files:
        text = _file_text(assignment.source_dir / path)
        found += [f"{path} shows {what}" for what in _shown(text, secrets, names)]
    return tuple(dict.fromkeys(found))


def scan_files(assignment: Assignment, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """What leaks through files that go out beside a release: what is in them, by their names."""
    secrets = [*_answers(assignment), *_files(assignment)]
    names = _names(assignment)
    return tuple(f"{name} shows {what}" for name, data in files.items() for what in _shown(_text(data), secrets, names))


def _places(content: Json) -> Iterator[tuple[str, str]]:
    """Every text of a notebook, and where it stands."""
    yield "its metadata", "\n".join(_strings(content["metadata"]))
    for index, cell in enumerate(content["cells"]):
        place = cells.where(cell, index)
        yield place, cell["source"]
        yield f"the metadata of {place}", "\n".join(_strings(cell["metadata"]))
        yield f"an attachment of {place}", "\n".join(_decoded(text) for text in _strings(cell.get("attachments", {})))
        yield f"an output of {place}", "\n".join(_strings(cell.get("outputs", [])))


def _left_over(content: Json) -> Iterator[str]:
    """Things no student's notebook has, whatever they say."""
    for index, cell in enumerate(content["cells"]):
        place = cells.where(cell, index)
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield f"{place} has outputs"
        for name in cell.get("attachments", {}):
            if f"attachment:{name}" not in cell["source"]:
                yield f"{place} has the attachment '{name}', which only the text that was cut uses"


def _shown(text: str, secrets: Iterable[_Secret], names: Mapping[str, str]) -> Iterator[str]:
    if not text:
        return
    if _MARKER.search(text):
        yield "a misspelt or unknown marker of a solution or hidden test"
    if "run_suite(" in text:
        yield "the line that runs the hidden tests"
    for name, what in names.items():
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
            yield f"{what} ('{name}')"
    lines = [_normal(line) for line in text.split("\n") if line.strip()]
    seen, pairs = set(lines), set(pairwise(lines))
    for secret in secrets:
        line = _told(secret, seen, pairs)
        if line is not None:
            yield f"{secret.name} ('{line if len(line) <= 60 else line[:59] + '…'}')"


def _told(secret: _Secret, seen: set[str], pairs: set[tuple[str, str]]) -> str | None:
    """The first line that gives the secret away."""
    if secret.prose:
        return next((line for line in secret.lines if line in seen and len(line.split()) >= _SENTENCE), None)
    telling = [line for line in secret.lines if _words(line) >= _TELLING and not _EMPTY.match(line)]
    needed = _WHOLE if len(telling) == 1 else _LONG
    for line in telling:
        if line in seen and _words(line) >= needed:
            return line
    for first, second in pairwise(secret.lines):
        if (first, second) in pairs and first in telling and second in telling:
            return first
    return None


def _answers(assignment: Assignment) -> Iterator[_Secret]:
    """The instructor's solutions, hidden tests and mark schemes, and the known answers."""
    rules = course.release_rules(assignment.root)
    for notebook in assignment.notebooks:
        for source, recorded, released in zip(
            notebook.content["cells"], notebook.recorded, notebook.released, strict=True
        ):
            name, prose = cells.grade_id(source), source["cell_type"] != "code"
            if cells.is_solution(source):
                text = cells.without_markers(source["source"], rules.begin_solution, rules.end_solution)
                yield _secret(f"the solution of '{name}'", text, released["source"], prose=prose)
            elif recorded["source"] != released["source"]:
                what = "mark scheme" if cells.is_task(source) else "hidden tests"
                text = cells.without_markers(recorded["source"], rules.begin_hidden, rules.end_hidden)
                text = cells.without_markers(text, rules.begin_scheme, rules.end_scheme)
                yield _secret(f"the {what} of '{name}'", text, released["source"], prose=prose)
    for kind, answers in (("misconception", assignment.misconceptions), ("accepted answer", assignment.accepted)):
        for answer in answers:
            yield _secret(f"the {kind} '{answer.name}'", answer.code, _open_text(assignment.notebooks, answer))


def _open_text(notebooks: Iterable[Notebook], answer: Answer) -> str:
    """What stands openly in the solution cell that a known answer takes the place of."""
    for notebook in notebooks:
        wanted = {question.solution_cell for question in notebook.questions if question.name == answer.question}
        for cell in notebook.released:
            if cells.grade_id(cell) in wanted:
                return str(cell["source"])
    return ""


def _files(assignment: Assignment) -> Iterator[_Secret]:
    for what, paths in (("suite", assignment.suite), ("reference", (assignment.reference,))):
        for path in paths:
            if path is not None:
                yield _secret(f"a line of the {what} {path.name}", _file_text(path), "")


def _names(assignment: Assignment) -> dict[str, str]:
    """Names that only the instructor's side knows."""
    lab = assignment.name
    names = {f"autograder/{lab}": "the folder of the hidden tests"}
    for path in assignment.suite:
        names[path.name] = "the name of the hidden suite"
        names |= dict.fromkeys(
            re.findall(r"^(?:async )?def (test_\w+)", _file_text(path), re.MULTILINE), "a hidden test"
        )
    if assignment.reference is not None:
        names |= dict.fromkeys(
            (f"solutions/{lab}", f"solutions.{lab}", f"from solutions import {lab}"), "the reference"
        )
    return names | {answer.name: "a known answer" for answer in (*assignment.misconceptions, *assignment.accepted)}


def _secret(name: str, text: str, known: str, *, prose: bool = False) -> _Secret:
    shown = {_normal(line) for line in known.split("\n")}
    bare = text if prose else _without_docstrings(text)
    lines = [_normal(line) for line in bare.split("\n")]
    return _Secret(name, tuple(line for line in lines if line and line not in shown), prose)


def _without_docstrings(text: str) -> str:
    """Code with the lines of its docstrings blank; text that does not parse stays as it is."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    lines = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            last = node.end_lineno or node.lineno
            lines[node.lineno - 1 : last] = [""] * (last - node.lineno + 1)
    return "\n".join(lines)


def _normal(line: str) -> str:
    """A line without the differences that do not matter: spaces, a comment behind it, what its value is called."""
    bare = re.sub(r"\s+#\s.*$", "", line)
    return " ".join(_NAMED.sub("", bare, count=1).split())


def _words(line: str) -> int:
    return len(_WORD.findall(line))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _decoded(text: str) -> str:
    """An attachment's text; most are base64."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return text


def _file_text(path: Path) -> str:
    return _text(path.read_bytes()[: _MOST_BYTES + 1])


def _text(data: bytes) -> str:
    """A file's text; nothing for a binary or very large one."""
    try:
        return data.decode() if len(data) <= _MOST_BYTES else ""
    except UnicodeDecodeError:
        return ""

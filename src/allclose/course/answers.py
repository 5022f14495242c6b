"""Known answers on disk: `misconceptions/` and `accepted/`, read as text and never imported."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection
from pathlib import Path

from allclose.course.config import read_toml
from allclose.errors import CourseError
from allclose.model import Answer, Equivalent

_SHAPE = "<question>--<slug>.py"


def read_answers(folder: Path, questions: Collection[str]) -> tuple[Answer, ...]:
    """Every answer of a folder, by name; none where the folder is missing.

    Raises
    ------
    CourseError
        If a file is misnamed, names an unknown question, does not parse, or has no docstring or no code.
    """
    if not folder.is_dir():
        return ()
    return tuple(_read_answer(path, questions) for path in sorted(folder.glob("*.py")))


def read_equivalents(path: Path, questions: Collection[str]) -> tuple[Equivalent, ...]:
    """The changes of reference answers that the author of a lab calls equivalent; none where the file is missing.

    Raises
    ------
    CourseError
        If the file is not TOML, or an entry is not `question`, `before`, `after` and a `reason`, each a text.
    """
    given = read_toml(path) if path.exists() else {}
    entries = given.get("mutant", [])
    if given.keys() - {"mutant"} or not isinstance(entries, list):
        raise CourseError(f"{path}: it holds [[mutant]] entries and nothing else")
    return tuple(_read_equivalent(path, place, entry, questions) for place, entry in enumerate(entries, 1))


def _read_equivalent(path: Path, place: int, entry: object, questions: Collection[str]) -> Equivalent:
    keys = ("question", "before", "after", "reason")
    if not isinstance(entry, dict) or entry.keys() != set(keys) or not all(isinstance(entry[key], str) for key in keys):
        raise CourseError(f"{path}: entry {place} must have {', '.join(keys)}, each a text")
    if entry["question"] not in questions:
        raise CourseError(f"{path}: entry {place} names the question '{entry['question']}', which no notebook has")
    if not entry["reason"].strip():
        raise CourseError(f"{path}: entry {place} needs a reason")
    return Equivalent(**entry)


def _read_answer(path: Path, questions: Collection[str]) -> Answer:
    question, dashes, slug = path.stem.partition("--")
    if not (question and dashes and slug):
        raise CourseError(f"{path} must be called {_SHAPE}")
    if question not in questions:
        raise CourseError(f"{path} names the question '{question}', which is none of {', '.join(sorted(questions))}")
    try:
        text = path.read_text(encoding="utf-8")
        body = ast.parse(text).body
    except SyntaxError as error:
        raise CourseError(f"{path} does not parse: {error.msg} (line {error.lineno})") from None
    except (UnicodeDecodeError, ValueError):
        raise CourseError(f"{path} is not UTF-8 Python source") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from None
    docstring = _docstring(body)
    if not docstring:
        raise CourseError(f"{path} needs a docstring: its first line is the title a student may read")
    code = _after(text, body[0]).strip("\n")
    if len(body) < 2:
        raise CourseError(f"{path} holds no code after its docstring")
    title, _, hint = docstring.partition("\n")
    return Answer(question, slug, title.strip(), inspect.cleandoc(hint), code.rstrip() + "\n", path)


def _docstring(body: list[ast.stmt]) -> str:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return inspect.cleandoc(first.value.value).strip()
    return ""


def _after(text: str, node: ast.stmt) -> str:
    """The text behind a statement; offsets of `ast` count UTF-8 bytes."""
    lines = text.splitlines(keepends=True)
    assert node.end_lineno is not None and node.end_col_offset is not None
    rest = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode().lstrip("; \t")
    return rest + "".join(lines[node.end_lineno :])

"""From the bytes of an .ipynb file to clean nbformat 4 JSON, or to one plain line that says why not.

Nothing is believed: size, nesting, number of values, encoding, constants, duplicate keys and every type that a reader
relies on are checked before anybody walks the document. Outputs are dropped, as nbgrader drops them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np

from allclose.model import Json

#: Deeper nesting than this is refused: notebooks need 6 levels, widget state some 20.
MAX_DEPTH = 100
#: A notebook of more values (objects, lists, items) would take a gigabyte of memory once it is parsed.
MAX_VALUES = 2_000_000
MAX_CELLS = 10_000
#: Integers of more digits do not fit the 64 bits that the files behind us use.
MAX_DIGITS = 18

_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = np.zeros(256, dtype=np.int8)
_STEP[list(b"[{")] = 1
_STEP[list(b"]}")] = -1
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_JSON_MIME = re.compile(r"application/(.*\+)?json")
_TRANSIENT = ("signature", "orig_nbformat", "orig_nbformat_minor")


class Unreadable(ValueError):
    """The file is not a notebook that can be used; the message is one plain line without any of its text."""


class _Refused:
    """Stands where JSON held a number that no notebook needs; it may only stand in what is dropped."""


_REFUSED = _Refused()


def parse(data: bytes) -> Json:
    """Clean nbformat 4 JSON of a notebook file.

    Sources are joined strings; code cells have no outputs and no execution count; every cell has a valid unique id
    where the format asks for one (nbformat 4.5), made from its place and text where the file has none. Halves of
    surrogate pairs become U+FFFD.

    Raises
    ------
    Unreadable
        If the file is not a notebook of nbformat 3 or 4, or was made to hurt.
    """
    if not data.strip():
        raise Unreadable("is empty")
    check_shape(data)
    return _clean_notebook(_upgraded(_load(data)))


def check_shape(data: bytes) -> None:
    """Refuse what would exhaust the parser, its recursion or our memory, by what stands outside strings."""
    unescaped = data.replace(rb"\\", b"").replace(rb"\"", b"")
    if unescaped.count(b'"') > 4 * MAX_VALUES:
        raise Unreadable(f"holds more than {MAX_VALUES} values")
    bare = b"".join(unescaped.split(b'"')[::2])
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > MAX_VALUES:
        raise Unreadable(f"holds more than {MAX_VALUES} values")
    brackets = bare.translate(None, _BRACKETS)
    if not brackets:
        raise Unreadable("is not JSON")
    depth = np.cumsum(_STEP[np.frombuffer(brackets, dtype=np.uint8)], dtype=np.int32)
    if depth.max() > MAX_DEPTH:
        raise Unreadable(f"is nested more than {MAX_DEPTH} levels deep")


def _load(data: bytes) -> Any:
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=lambda text: int(text) if len(text) <= MAX_DIGITS else _REFUSED,
            parse_float=_float,
            parse_constant=lambda _: _REFUSED,
        )
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON (line {error.lineno}), or was cut off") from None
    except RecursionError:
        raise Unreadable("is nested too deep") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("holds an object that names a key twice")
    return found


def _float(text: str) -> Any:
    value = float(text)
    return value if abs(value) < float("inf") else _REFUSED


def _upgraded(document: Any) -> Json:
    if not isinstance(document, dict):
        raise Unreadable("is JSON, but not a notebook")
    version = document.get("nbformat")
    if version == 3 and not isinstance(version, bool):
        return _from_version_3(document)
    if version != 4 or isinstance(version, bool):
        shown = f" {version}" if isinstance(version, int) and not isinstance(version, bool) else ""
        raise Unreadable(f"has notebook format{shown or ' missing'}; save it as nbformat 4")
    return document


def _from_version_3(document: Json) -> Json:
    from nbformat import convert
    from nbformat.notebooknode import from_dict

    try:
        converted: Json = json.loads(json.dumps(convert(from_dict(document), 4)))  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - the converter was not written for hostile documents
        raise Unreadable("has notebook format 3 and cannot be upgraded; save it as nbformat 4") from None
    return converted


def _clean_notebook(document: Json) -> Json:
    minor = document.get("nbformat_minor", 0)
    if not isinstance(minor, int) or isinstance(minor, bool) or not 0 <= minor < 1000:
        raise Unreadable("has an nbformat_minor that is not a small number")
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("has no list of cells")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"has more than {MAX_CELLS} cells")
    metadata = _clean_object(document.get("metadata", {}), "notebook metadata")
    for key in _TRANSIENT:
        metadata.pop(key, None)
    _drop_unfit(metadata, _NOTEBOOK_METADATA)
    cleaned = [_clean_cell(cell, index) for index, cell in enumerate(cells)]
    give_ids(cleaned, minor)
    return {"cells": cleaned, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}


def _clean_cell(cell: Any, index: int) -> Json:
    place = f"cell {index + 1}"
    if not isinstance(cell, dict):
        raise Unreadable(f"has a {place} that is not an object")
    kind = cell.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        raise Unreadable(f"has a {place} of unknown type")
    metadata = _clean_object(cell.get("metadata", {}), f"metadata of {place}")
    metadata.pop("trusted", None)
    _drop_unfit(metadata, _CELL_METADATA)
    cleaned: Json = {"cell_type": kind, "metadata": metadata, "source": _text(cell.get("source", ""), place)}
    if kind == "code":
        cleaned |= {"execution_count": None, "outputs": []}
    elif "attachments" in cell:
        cleaned["attachments"] = _attachments(cell["attachments"], place)
    if isinstance(cell.get("id"), str):
        cleaned["id"] = cell["id"]
    return cleaned


def _attachments(value: Any, place: str) -> Json:
    bundles = _clean_object(value, f"attachments of {place}")
    cleaned: Json = {}
    for name, bundle in bundles.items():
        parts = {mime: _joined(part) for mime, part in bundle.items()} if isinstance(bundle, dict) else {"": None}
        if not all(isinstance(part, str) or _JSON_MIME.fullmatch(mime) for mime, part in parts.items()):
            raise Unreadable(f"has attachments of {place} of the wrong type")
        cleaned[name] = parts
    return cleaned


def _joined(part: Any) -> Any:
    return "".join(part) if isinstance(part, list) and all(isinstance(line, str) for line in part) else part


def _text(source: Any, place: str) -> str:
    text = _joined(source)
    if not isinstance(text, str):
        raise Unreadable(f"has a {place} whose source is not text")
    return _SURROGATE.sub("\ufffd", text)


def _clean_object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"has {place} of the wrong type")
    cleaned: dict[str, Any] = _clean_value(value, place)
    return cleaned


def _clean_value(value: Any, place: str) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", key): _clean_value(item, place) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_value(item, place) for item in value]
    if value is _REFUSED:
        raise Unreadable(f"has {place} with a number that is not finite or has too many digits")
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_named(value: Any, *keys: str) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in keys)


def _is_language(value: Any) -> bool:
    texts = ("file_extension", "mimetype", "pygments_lexer")
    if not _is_named(value, "name", *(key for key in texts if isinstance(value, dict) and key in value)):
        return False
    return isinstance(value.get("codemirror_mode", ""), (str, dict))


def _are_tags(value: Any) -> bool:
    texts = isinstance(value, list) and all(isinstance(tag, str) and tag and "," not in tag for tag in value)
    return texts and len(set(value)) == len(value)


#: The metadata of which nbformat's schema says something, and what; it is free in all others.
_NOTEBOOK_METADATA: dict[str, Callable[[Any], bool]] = {
    "kernelspec": lambda value: _is_named(value, "name", "display_name"),
    "language_info": _is_language,
    "title": _is_text,
    "authors": lambda value: isinstance(value, list),
}
_CELL_METADATA: dict[str, Callable[[Any], bool]] = {
    "tags": _are_tags,
    "name": lambda value: isinstance(value, str) and bool(value.strip("\n")),
    "format": _is_text,
    "jupyter": lambda value: isinstance(value, dict),
    "execution": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
    "collapsed": lambda value: isinstance(value, bool),
    "scrolled": lambda value: isinstance(value, bool) or value == "auto",
}


def _drop_unfit(metadata: Json, shapes: dict[str, Callable[[Any], bool]]) -> None:
    """Drop what nbformat would refuse; nothing of it bears on a grade."""
    for key, fits in shapes.items():
        if key in metadata and not fits(metadata[key]):
            del metadata[key]


def give_ids(cells: list[Json], minor: int) -> None:
    """Give every cell a valid id of its own where the format asks for one, in place; take ids away where it does not.

    A made id depends on the cell's place and text only, so that the same notebook always gets the same ids.
    """
    seen: set[str] = set()
    for index, cell in enumerate(cells):
        if minor < 5:
            cell.pop("id", None)
            continue
        known = cell.get("id", "")
        if not _CELL_ID.fullmatch(known) or known in seen:
            seed = f"{index}\n{cell['cell_type']}\n{cell['source']}"
            while known in seen or not _CELL_ID.fullmatch(known):
                known = sha256(seed.encode()).hexdigest()[:8]
                seed += "+"
            cell["id"] = known
        seen.add(known)

"""A cell's outputs, rebuilt from what a sandbox process says of them: valid nbformat, plain text, known fields."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from allclose.errors import ProtocolError
from allclose.model import Json

MAX_OUTPUTS = 10_000
#: How deep JSON in an output may nest: whatever writes or walks it later must not run out of stack.
MAX_DEPTH = 32
MAX_COUNT = 2**31
_MIME = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


def rebuild(outputs: Any) -> list[Json]:
    """Outputs of one cell as nbformat 4 has them.

    Raises
    ------
    ProtocolError
        If `outputs` is no list of outputs.
    """
    if type(outputs) is not list or len(outputs) > MAX_OUTPUTS:
        raise ProtocolError("a cell's outputs are not a list of outputs")
    return [_rebuild(output) for output in outputs]


def rebuild_count(count: Any) -> int | None:
    """A cell's number, or None.

    Raises
    ------
    ProtocolError
        If `count` is neither.
    """
    if count is not None and (type(count) is not int or not 0 <= count < MAX_COUNT):
        raise ProtocolError("a cell has a number that is none")
    return count


def _rebuild(output: Any) -> Json:
    if type(output) is not dict:
        raise ProtocolError("an output is not of the right form")
    match output.get("output_type"):
        case "stream":
            name = output.get("name")
            if name not in ("stdout", "stderr"):
                raise ProtocolError("a stream has an unknown name")
            return {"output_type": "stream", "name": name, "text": _text(output.get("text"))}
        case "error":
            traceback = output.get("traceback")
            if type(traceback) is not list:
                raise ProtocolError("an error has no traceback")
            return {
                "output_type": "error",
                "ename": _text(output.get("ename")),
                "evalue": _text(output.get("evalue")),
                "traceback": [_text(line) for line in traceback],
            }
        case "display_data":
            return {"output_type": "display_data", **_bundle(output)}
        case "execute_result":
            count = rebuild_count(output.get("execution_count"))
            return {"output_type": "execute_result", "execution_count": count, **_bundle(output)}
    raise ProtocolError("an output is of an unknown kind")


def _bundle(output: Json) -> Json:
    data, metadata = output.get("data"), output.get("metadata")
    if type(data) is not dict or type(metadata) is not dict:
        raise ProtocolError("an output has no data")
    kept = {mime: value for mime, value in data.items() if _allowed(mime, value)}
    return {"data": kept, "metadata": metadata if _is_json(metadata) else {}}


def _allowed(mime: Any, value: Any) -> bool:
    """Text as text, JSON as JSON, and images only when they are what their type says."""
    if type(mime) is not str or not _MIME.fullmatch(mime):
        return False
    if mime in ("image/png", "image/jpeg"):
        return type(value) is str and _starts_with(value, _PNG if mime == "image/png" else _JPEG)
    if mime == "application/json" or mime.endswith("+json"):
        return _is_json(value)
    return type(value) is str


def _is_json(value: Any, depth: int = 0) -> bool:
    """Whether this is what JSON can say, and not nested absurdly."""
    if type(value) is dict:
        return depth < MAX_DEPTH and all(type(key) is str and _is_json(item, depth + 1) for key, item in value.items())
    if type(value) is list:
        return depth < MAX_DEPTH and all(_is_json(item, depth + 1) for item in value)
    return value is None or type(value) in (str, int, float, bool)


def _starts_with(encoded: str, magic: bytes) -> bool:
    try:
        return base64.b64decode(encoded[:16]).startswith(magic)
    except (binascii.Error, ValueError):
        return False


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ProtocolError("an output holds something that is no text")
    return value

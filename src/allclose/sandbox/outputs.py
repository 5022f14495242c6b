"""A cell's outputs, rebuilt from what a sandbox process says of them: valid nbformat, plain text, known fields."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from allclose.errors import ProtocolError
from allclose.model import Json

MAX_OUTPUTS = 10_000
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
            count = output.get("execution_count")
            if count is not None and type(count) is not int:
                raise ProtocolError("a result has a count that is no number")
            return {"output_type": "execute_result", "execution_count": count, **_bundle(output)}
    raise ProtocolError("an output is of an unknown kind")


def _bundle(output: Json) -> Json:
    data, metadata = output.get("data"), output.get("metadata")
    if type(data) is not dict or type(metadata) is not dict:
        raise ProtocolError("an output has no data")
    kept = {_text(mime): value for mime, value in data.items() if _allowed(mime, value)}
    return {"data": kept, "metadata": metadata}


def _allowed(mime: Any, value: Any) -> bool:
    """Text as text, JSON as JSON, and images only when they are what their type says."""
    if type(mime) is not str:
        return False
    if mime in ("image/png", "image/jpeg"):
        return type(value) is str and _starts_with(value, _PNG if mime == "image/png" else _JPEG)
    if mime == "application/json" or mime.endswith("+json"):
        return True
    return type(value) is str


def _starts_with(encoded: str, magic: bytes) -> bool:
    try:
        return base64.b64decode(encoded[:16]).startswith(magic)
    except (binascii.Error, ValueError):
        return False


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ProtocolError("an output holds something that is no text")
    return value

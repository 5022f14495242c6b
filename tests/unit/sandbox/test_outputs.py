"""Outputs of a cell are rebuilt, never passed on."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from allclose.errors import ProtocolError
from allclose.sandbox.outputs import rebuild

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"rest").decode()


def display(data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def test_outputs_as_nbformat_has_them_come_through() -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "hello\n"},
        {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["a", "b"]},
        {"output_type": "execute_result", "execution_count": 3, "data": {"text/plain": "3"}, "metadata": {}},
        display({"image/png": PNG, "application/vnd.x+json": {"a": [1]}}),
    ]
    assert rebuild(outputs) == outputs


def test_unknown_fields_are_dropped() -> None:
    assert rebuild([{"output_type": "stream", "name": "stdout", "text": "x", "score": 100}]) == [
        {"output_type": "stream", "name": "stdout", "text": "x"}
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": "not a picture"},
        {"image/png": base64.b64encode(b"<svg>").decode()},
        {"image/png": 3},
        {"text/html": ["x"]},
    ],
)
def test_data_that_is_not_what_its_type_says_is_dropped(data: dict[str, Any]) -> None:
    assert rebuild([display(data)]) == [display({})]


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        "text",
        [1],
        [{"output_type": "score"}],
        [{"output_type": "stream", "name": "stdlog", "text": "x"}],
        [{"output_type": "stream", "name": "stdout", "text": 3}],
        [{"output_type": "error", "ename": "E", "evalue": "", "traceback": "x"}],
        [{"output_type": "display_data", "data": [], "metadata": {}}],
        [{"output_type": "execute_result", "execution_count": "1", "data": {}, "metadata": {}}],
        [{"output_type": "stream", "name": "stdout", "text": ""}] * 10_001,
    ],
)
def test_anything_else_is_a_broken_protocol(outputs: Any) -> None:
    with pytest.raises(ProtocolError):
        rebuild(outputs)

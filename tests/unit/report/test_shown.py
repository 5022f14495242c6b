"""A student's cells as text and pictures, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from allclose.report.shown import MAX_OUTPUTS, MAX_TEXT, Cell, Output, clean_text, shown_cells
from tests.unit.report.test_png import png


def shown(
    *cells: Any, released: dict[str, str] | None = None, silent: frozenset[str] = frozenset()
) -> tuple[Cell, ...]:
    return shown_cells({"cells": list(cells)}, (released or {}).get, silent.__contains__)


def code(source: Any = "x", *outputs: Any, name: str = "", count: Any = 1) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {"nbgrader": {"grade_id": name}} if name else {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
    }


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b", ""),
        ("a\x08b\x00c\x9bd", "abcd"),
        ("user\u202etxt.exe\u2066x\u2069", "usertxt.exex"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("10%\r50%\r100%", "100%"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("done\r", "done"),
        ("half \ud800 pair", "half  pair"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("Zoë, 数, ∂x/∂t", "Zoë, 数, ∂x/∂t"),
    ],
)
def test_what_moves_hides_or_colours_text_is_taken_out(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


def test_outputs_are_text_and_pictures_and_a_note_for_everything_else() -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]},
        {"output_type": "display_data", "data": {"image/png": png(), "text/plain": "<Figure>"}, "metadata": {}},
        {"output_type": "execute_result", "data": {"text/plain": "3", "text/html": "<b>3</b>"}, "metadata": {}},
        {"output_type": "display_data", "data": {"text/html": "<script>1</script>"}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": "PHN2Zz4="}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mE\x1b[0m", "v"]},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": []},
    ]
    (cell,) = shown(code("x", *outputs))
    assert [output.kind for output in cell.outputs] == ["text", "picture", "text", "note", "note", "text", "text"]
    assert [cell.outputs[place].content for place in (0, 1, 2, 5, 6)] == ["1\n2\n", png(), "3", "E\nv", "E: v"]


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        [],
        {"cells": 1},
        {"cells": [1, None, {"cell_type": []}]},
        {"cells": [{"cell_type": "code", "source": {"a": 1}, "outputs": {"a": 1}, "metadata": []}]},
        {"cells": [{"cell_type": "code", "outputs": [1, {"output_type": "stream", "text": [1, None]}, {}]}]},
        {"cells": [{"cell_type": "code", "outputs": [{"output_type": "display_data", "data": [1]}]}]},
        {"cells": [{"cell_type": "code", "outputs": [{"output_type": "error", "traceback": [1, {}]}]}]},
    ],
)
def test_a_notebook_of_wrong_shape_raises_nothing(hostile: Any) -> None:
    content = hostile if isinstance(hostile, dict) else {"cells": hostile}
    for cell in shown_cells(content, lambda _: None, lambda _: False):
        assert isinstance(cell.source, str)


def test_long_texts_and_many_outputs_are_cut_and_say_so() -> None:
    flood = {"output_type": "stream", "name": "stdout", "text": "y" * 10_000_000}
    (cell,) = shown(code("x", *[flood] * (MAX_OUTPUTS + 7)))
    assert len(cell.outputs[0].content) < MAX_TEXT + 100
    assert cell.outputs[0].content.endswith("too long for this page]")
    assert sum(len(output.content) for output in cell.outputs) < 1_100_000
    assert cell.outputs[-1] == Output("note", "7 more outputs are not shown.")


def test_the_instructors_cells_are_told_as_students_got_them() -> None:
    cells = shown(
        code("assert double(2) == 4\nassert hidden", name="double-grade"),
        code("double = 2", name="double"),
        released={"double-grade": "assert double(2) == 4"},
    )
    assert [cell.source for cell in cells] == ["assert double(2) == 4", "double = 2"]


def test_outputs_that_may_tell_of_hidden_tests_stay_out() -> None:
    error = {"output_type": "error", "ename": "AssertionError", "evalue": "41 != 42", "traceback": ["assert 41 == 42"]}
    (cell,) = shown(code("check", error, name="t"), silent=frozenset({"t"}))
    assert cell.outputs == ()

"""A student's cells as text and pictures, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from markupsafe import escape

from allclose.report.shown import MAX_OUTPUTS, MAX_TEXT, Cell, Given, Output, clean_text, shown_cells
from tests.unit.report.test_png import png


def shown(
    *cells: Any, released: dict[str, str] | None = None, silent: frozenset[str] = frozenset()
) -> tuple[Cell, ...]:
    return shown_cells({"cells": list(cells)}, Given(released or {}, silent))


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
    assert [output.kind for output in cell.outputs] == ["text", "picture", "text", "note", "note", "error", "error"]
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
    for cell in shown_cells(content, Given()):
        assert isinstance(cell.source, str)


def test_of_a_long_text_the_beginning_and_the_end_stay_and_the_rest_is_counted() -> None:
    lines = [f"line {number}" for number in range(100_000)]
    (cell,) = shown(code("x", {"output_type": "stream", "name": "stdout", "text": "\n".join(lines)}))
    text = cell.outputs[0].content
    assert len(text) < MAX_TEXT + 100
    assert text.startswith("line 0\nline 1\n") and text.endswith("line 99998\nline 99999")
    left = re.search(r"\[… ([\d,]+) lines left out: too long for this page …\]", text)
    assert left is not None
    assert abs(int(left[1].replace(",", "")) + len(re.findall(r"^line", text, re.MULTILINE)) - 100_000) <= 2


def test_a_long_line_is_cut_and_says_by_how_much() -> None:
    (cell,) = shown(code("x" * 50_000))
    assert "[… 30,000 characters left out: too long for this page …]" in cell.source


def test_a_page_has_room_for_so_much_text_and_no_more_whatever_it_is_made_of() -> None:
    for character in ('"', "<", "数", "y"):
        flood = {"output_type": "stream", "name": "stdout", "text": character * 10_000_000}
        (cell,) = shown(code("x", *[flood] * (MAX_OUTPUTS + 7)))
        assert sum(len(escape(output.content).encode()) for output in cell.outputs) < 620_000
        assert cell.outputs[-2].content == "[… left out: this page is full]"
        assert cell.outputs[-1] == Output("note", "7 more outputs are not shown.")


def test_a_progress_bar_of_ten_thousand_states_is_its_last_one() -> None:
    bar = "".join(f"\r\x1b[32m{percent}%\x1b[0m" for percent in range(5_000))
    (cell,) = shown(code("x", {"output_type": "stream", "name": "stderr", "text": bar}))
    assert cell.outputs[0].content == "4999%"


def test_a_picture_that_is_left_out_is_told_with_its_size() -> None:
    huge = {"output_type": "display_data", "data": {"image/png": "A" * 66_666_668}, "metadata": {}}
    (cell,) = shown(code("x", huge))
    assert cell.outputs == (Output("note", "A picture of 50.0 MB is not shown: it is too large for this page."),)


def test_of_a_widget_a_note_stays() -> None:
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "VBox(children=())"}
    (cell,) = shown(code("x", {"output_type": "display_data", "data": widget, "metadata": {}}))
    assert [output.kind for output in cell.outputs] == ["note"]


def test_cells_as_they_were_handed_out_are_not_the_students_own_and_may_head_a_section() -> None:
    text = "Some words.\n\n## The `loss`  ##\nMore."
    cells = [{"cell_type": "markdown", "source": source, "metadata": {}} for source in (text, text + " Mine.")]
    given, own = shown_cells({"cells": cells}, Given(untouched={text}))
    assert (given.own, given.heading) == (False, "The loss")
    assert (own.own, own.heading) == (True, "")
    (headed,) = shown_cells({"cells": [{**cells[0], "source": "# T\n\nW"}]}, Given(untouched={"# T\n\nW"}))
    assert (headed.heading, headed.source) == ("T", "W")


def test_markdown_beyond_human_size_and_raw_cells_are_shown_as_typed() -> None:
    essay = {"cell_type": "markdown", "source": "*a_" * 5_000, "metadata": {}}
    kinds = [cell.kind for cell in shown(essay, essay, essay, {"cell_type": "raw", "source": "x"})]
    assert kinds == ["text", "text", "raw", "raw"]


def test_thousands_of_cells_are_cut_and_counted() -> None:
    cells = shown(*[code("x")] * 2_500)
    assert len(cells) == 2_001
    assert cells[-1].source == "[… 500 more cells left out]"


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

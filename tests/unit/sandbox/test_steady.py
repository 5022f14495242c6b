"""What cells show is the same whenever they run, but for what a student's code asks a clock or the system for."""

from __future__ import annotations

import pytest

from allclose.model import CellRun, Json, Verdict
from allclose.sandbox.steady import steady

FIRST, SECOND = "0x000000000001", "0x000000000002"


def cell(*outputs: Json, index: int = 0, verdict: Verdict = Verdict.PASSED) -> CellRun:
    return CellRun(index, list(outputs), 1, verdict, 0.1)


def printed(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_addresses_become_numbers_and_equal_ones_stay_equal_through_the_notebook() -> None:
    net, other = object(), object()
    shown = {"text/plain": f"[{net!r}, {other!r}]"}
    value = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": shown}
    one, two = steady([cell(printed(f"{net!r}\n")), cell(value, index=1)])
    assert one.outputs[0]["text"] == f"<object object at {FIRST}>\n"
    assert two.outputs[0]["data"] == {
        "text/plain": f"[<object object at {FIRST}>, <object object at {SECOND}>]",
    }


def test_an_address_is_found_in_the_text_of_an_error() -> None:
    function = f"<function <lambda> at {id(object()):#x}>"
    error = {"output_type": "error", "ename": "KeyError", "evalue": function, "traceback": [f"KeyError: {function}"]}
    (run,) = steady([cell(error)])
    assert run.outputs[0]["evalue"] == f"<function <lambda> at {FIRST}>"
    assert run.outputs[0]["traceback"] == [f"KeyError: <function <lambda> at {FIRST}>"]


@pytest.mark.parametrize("text", ["0x7f0c3b13e1d0", "mask at 0xff", "met at 0x12 o'clock", "at 12:00"])
def test_other_numbers_are_left_alone(text: str) -> None:
    (run,) = steady([cell(printed(text))])
    assert run.outputs == [printed(text)]


def test_pictures_are_left_alone() -> None:
    value = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0 at 0x7f0c3b13e1d0"}}
    (run,) = steady([cell(value)])
    assert run.outputs == [value]


def test_of_a_cell_that_was_stopped_only_that_is_left() -> None:
    stopped = {"output_type": "error", "ename": "CellTimeoutError", "evalue": "out of time", "traceback": []}
    (run,) = steady([cell(printed("1\n2\n3\n"), stopped, verdict=Verdict.TIMEOUT)])
    assert run.outputs == [stopped]

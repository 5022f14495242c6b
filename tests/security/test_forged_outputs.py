"""A process that tells what it likes of its cells can spoil its own notebook, but nobody's run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile import LAB, telling

SHOWN = '{"output_type": "display_data", "data": %s, "metadata": %s}'
NOT_SHOWN = {
    "nested": ('{"application/json": ' + "[" * 40 + "]" * 40 + "}", '{"a": ' + "[" * 40 + "]" * 40 + "}"),
    "no media type": ('{"": "x", "\\0/\\0": "y", "a/" * 99: "z"}', "{}"),
}
NO_JSON = (
    "b'\\x93'",
    "pack([[], 1, False, False])",
    "b'[[], 1, false, false'",
    'b\'[[{"output_type": "display_data", "data": {}, "metadata": {null: 1}}], 1, false, false]\'',
    "b'[[' + b'[' * 100_000 + b']' * 100_000 + b'], 1, false, false]'",
)


@pytest.mark.parametrize(("data", "metadata"), NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_what_no_notebook_may_hold_is_left_out(attack: Callable[..., Any], data: str, metadata: str) -> None:
    grade = attack(double=telling(f"text([[{SHOWN % (data, metadata)}], 1, False, False])"))
    assert grade.score == grade.max_score
    (output,) = grade.notebooks[LAB]["cells"][2]["outputs"]
    assert output["metadata"] == {}
    assert set(output["data"]) <= {"text/plain"}
    json.dumps(grade.notebooks, allow_nan=False)


@pytest.mark.parametrize("outcome", ["text([[], -1, False, False])", "text([[], 2**62, False, False])", *NO_JSON])
def test_what_is_no_outcome_ends_the_process(attack: Callable[..., Any], outcome: str) -> None:
    grade = attack(double=telling(outcome))
    assert grade.score == 0
    assert grade.flags[0] == "cell-protocol: cell 3"


def test_outputs_over_their_cap_are_not_even_read(attack: Callable[..., Any]) -> None:
    flood = 'text([[{"output_type": "stream", "name": "stdout", "text": "x" * 9_000_000}], 1, False, False])'
    grade = attack(double=telling(flood))
    assert grade.flags[0] == "cell-protocol: cell 3"


def test_many_cells_at_their_cap_do_not_fill_the_notebook(engine: Any) -> None:
    from allclose.model import Submission
    from allclose.notebook.splice import solved

    content = solved(engine.assignment.notebooks[0])
    own = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": "print('x' * 990_000)",
    }
    content["cells"] += [{**own, "id": f"own-{number}"} for number in range(20)]
    grade = engine.grade(Submission("loud", {LAB: content}, {}, {}))
    assert grade.score == grade.max_score
    text = json.dumps(grade.notebooks)
    assert len(text) < 9_000_000
    assert "outputs left out" in text

"""A public check that ends the process costs no hidden test, whichever question it stands at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile import LAB, QUESTIONS


@pytest.mark.parametrize(("question", "cell"), [("double", 3), ("apply", 7)], ids=["the first", "the last"])
def test_a_process_that_ends_in_a_grade_cell_still_faces_the_hidden_tests(
    attack: Callable[..., Any], question: str, cell: int
) -> None:
    solution = next(asked.solution for asked in QUESTIONS if asked.name == question)
    # The grade cell's text is ours: what ends the process there is a hook that the answer leaves behind.
    hook = f"{solution}\nget_ipython().events.register('pre_run_cell', lambda info: 'pass' == info.raw_cell and die())"
    dying = f"{hook}\ndef die():\n    import os\n    os._exit(0)"
    grade = attack(**{question: dying})
    assert f"cell-crash: cell {cell}" in grade.flags
    assert grade.score == grade.max_score
    assert grade.notebooks[LAB]["cells"][cell - 1]["outputs"][0]["ename"] == "DeadKernelError"

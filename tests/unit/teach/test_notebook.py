"""A student's notebook as data: questions, checks, hints, explanations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allclose.ratings import MIME, rating
from allclose.teach.notebook import as_notebook, read_notebook
from tests.unit.teach.conftest import a_lab, code, markdown


def notebook(*cells: dict[str, Any]) -> Any:
    return as_notebook({"nbformat": 4, "cells": list(cells)})


def test_a_question_has_its_points_its_checks_and_the_hints_of_its_text() -> None:
    questions = as_notebook(a_lab()).questions
    assert list(questions) == ["double", "triple"]
    triple = questions["triple"]
    assert triple.points == 20 and "assert triple(1.0) == 3.0" in triple.checks
    assert [(hint.summary, hint.text) for hint in triple.hints] == [
        ("Hint: a first one", "Think of $triple$."),
        ("Hint", "Count <b>on</b>."),
    ]


def test_checks_that_name_no_question_belong_to_that_of_their_cell() -> None:
    plain = code("assert squares(1) == [1]", nbgrader={"grade": True, "solution": False, "grade_id": "correct_squares"})
    answer = code("def f(): ...", nbgrader={"grade": True, "solution": True, "grade_id": "by_hand"})
    assert list(notebook(plain, answer).questions) == ["correct_squares"]


def test_what_stands_above_a_cell_explains_it() -> None:
    lab = as_notebook(a_lab())
    assert lab.explanation(6) == "It draws a line."
    assert lab.explanation(10) == "" and lab.explanation(0) == ""


def test_a_cell_has_the_section_of_the_last_heading_above_it() -> None:
    lab = as_notebook(a_lab())
    assert [lab.section(place) for place in (1, 3, 6, 10)] == ["Lab", "About double", "To see", "About triple"]
    fenced = notebook(markdown("## Loops\n\n```python\n# a comment\n```"), code("pass"))
    assert fenced.section(1) == "Loops"
    assert notebook(code("pass")).section(0) == ""


@pytest.mark.parametrize(
    ("source", "identity", "place"),
    [
        ("nothing like it", "demo", 6),
        ("# Demonstration\nprint('a line')", "", 6),
        ("%%explain\n# Demonstration\nprint('a line')\n", "", 6),
        ("# Demonstration\nprint('a line')\nprint('more')", "unknown", 6),
        ("import antigravity\nwhile True: fly()", "", None),
    ],
)
def test_a_cell_is_found_by_its_id_by_its_text_or_by_likeness(source: str, identity: str, place: int | None) -> None:
    assert as_notebook(a_lab()).find(source, identity) == place


def test_the_question_of_an_answer_is_the_next_one_that_is_checked() -> None:
    lab = as_notebook(a_lab())
    assert [lab.question_of(place) for place in (1, 3, 8)] == ["", "double", "triple"]


def test_ratings_in_outputs_are_read() -> None:
    cell = code("feedback('A')") | {"outputs": [{"data": {MIME: rating("A", 4).message()}}]}
    assert notebook(cell).ratings == (rating("A", 4),)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"cells": 3}', '{"worksheets": []}', "[" * 100_000])
def test_what_is_no_notebook_is_refused_with_a_reason(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"^it is "):
        read_notebook(path)


def test_odd_cells_do_no_harm() -> None:
    odd: list[Any] = [
        None,
        {"cell_type": "code"},
        {"cell_type": 3, "source": 4, "metadata": []},
        {"cell_type": "code", "source": ["a", 1], "metadata": {"nbgrader": [], "tags": "skip-grading"}},
    ]
    assert as_notebook({"cells": odd}).questions == {}


def test_every_lab_has_hints_and_checks_for_every_question() -> None:
    released = sorted((Path(__file__).parents[3] / "release").glob("*/*.ipynb"))
    assert len(released) == 9
    for path in released:
        found = read_notebook(path)
        assert len(found.questions) >= 5
        assert [name for name, question in found.questions.items() if not question.hints or not question.points] == []


@pytest.mark.parametrize("lab", ["lab1_one_neuron", "lab4_depth_rate_init"])
def test_the_demonstrations_of_labs_1_and_4_are_explained(lab: str) -> None:
    path = Path(__file__).parents[3] / "release" / lab / f"{lab}.ipynb"
    found = read_notebook(path)
    shown = [place for place, cell in enumerate(found.cells) if cell.skipped and "feedback(" not in cell.source]
    assert len(shown) > 10
    assert [json.dumps(found.cells[place].identity) for place in shown if not found.explanation(place)] == []

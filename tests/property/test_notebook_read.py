"""Whatever bytes or edits a student hands in: reading never raises, and repair keeps every graded cell exactly once."""

from __future__ import annotations

import copy
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from allclose.course.cells import grade_id, is_locked, is_recorded
from allclose.model import Json
from allclose.notebook.read import read_submission
from allclose.notebook.repair import repair
from allclose.notebook.splice import solved
from tests.courses import code, load, markdown, notebook

FOLDER = tempfile.TemporaryDirectory()
ASSIGNMENT, SOURCE = load(Path(FOLDER.name) / "course")
GRADED = [cell for cell in SOURCE.recorded if is_recorded(cell)]
HANDED_IN = Path(FOLDER.name) / "submitted" / "amy" / "lab"
HANDED_IN.mkdir(parents=True)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)
cell_types = st.sampled_from(["code", "markdown", "raw", "heading", 7])
nearly_cells = st.fixed_dictionaries(
    {"cell_type": cell_types},
    optional={
        "source": st.text() | st.lists(st.text() | st.integers(), max_size=3) | json_values,
        "metadata": st.dictionaries(st.sampled_from(["nbgrader", "tags", "trusted"]), json_values) | json_values,
        "outputs": json_values,
        "attachments": json_values,
        "id": json_values,
    },
)
nearly_notebooks = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([3, 4, 4, 4, 5, None]), "cells": st.lists(nearly_cells, max_size=4)},
    optional={"nbformat_minor": st.integers(-1, 6) | json_values, "metadata": json_values, "worksheets": json_values},
)


def read(data: bytes) -> None:
    """Read a submission; what comes out is a valid notebook that any file can hold, or one plain line."""
    (HANDED_IN / "lab.ipynb").write_bytes(data)
    submission = read_submission(HANDED_IN, "amy", ASSIGNMENT)
    assert set(submission.notebooks) | set(submission.problems) == {"lab"}
    for content in submission.notebooks.values():
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
        nbformat.validate(copy.deepcopy(content))
        assert Counter(map(grade_id, filter(is_recorded, content["cells"]))) == Counter(map(grade_id, GRADED))
    for reason in submission.problems.values():
        assert reason.isprintable()


@given(st.binary())
def test_bytes_are_read_or_refused(data: bytes) -> None:
    read(data)


@given(st.text(st.sampled_from('{}[]",:\\ 1e9ntul"cells')))
def test_almost_json_is_read_or_refused(text: str) -> None:
    read(text.encode())


@given(json_values)
def test_json_is_read_or_refused(value: Any) -> None:
    read(json.dumps(value).encode())


@given(nearly_notebooks)
def test_what_is_nearly_a_notebook_is_read_or_refused(value: Any) -> None:
    read(json.dumps(value).encode())


@given(st.data())
def test_a_notebook_with_damaged_bytes_is_read_or_refused(data: st.DataObject) -> None:
    text = bytearray(json.dumps(solved(SOURCE)).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    read(bytes(text))


texts = st.sampled_from(["", "x = 1", "def double(x):\n    return 2 * x", "assert True", "# A lab"]) | st.text(
    max_size=20
)
own_cells = st.builds(code, texts) | st.builds(markdown, texts)
roles = st.fixed_dictionaries(
    {"grade_id": st.sampled_from([*map(grade_id, GRADED), "mine", ""])},
    optional={
        "grade": st.booleans() | st.none(),
        "solution": st.booleans(),
        "locked": st.booleans(),
        "task": st.booleans(),
        "points": st.integers(-1, 9) | st.text(max_size=2),
        "schema_version": st.integers(0, 4),
    },
)


@st.composite
def edited(draw: st.DrawFn) -> Json:
    """A solved notebook after edits: cells added, deleted, moved, copied, retyped, with other text or metadata."""
    content = solved(SOURCE)
    for _ in range(draw(st.integers(0, 8))):
        found: list[Json] = content["cells"]
        place = draw(st.integers(0, max(len(found) - 1, 0)))
        edit = draw(st.sampled_from(["add", "delete", "move", "copy", "retype", "text", "metadata"]))
        if edit == "add" or not found:
            found.insert(place, draw(own_cells))
        elif edit == "delete":
            del found[place : place + draw(st.integers(1, 4))]
        elif edit == "move":
            found.insert(draw(st.integers(0, len(found))), found.pop(place))
        elif edit == "copy":
            found.insert(draw(st.integers(0, len(found))), copy.deepcopy(found[place]))
        elif edit == "retype":
            kind = draw(st.sampled_from([code, markdown]))
            found[place] = kind(found[place]["source"], **found[place]["metadata"])
        elif edit == "text":
            found[place]["source"] = draw(texts)
        else:
            found[place]["metadata"] = draw(st.just({}) | st.fixed_dictionaries({"nbgrader": roles}))
    return content


@given(edited())
def test_every_graded_cell_is_there_exactly_once_and_no_test_before_its_answer(content: Json) -> None:
    repaired = repair(content, SOURCE)
    graded = {grade_id(cell): cell for cell in repaired.content["cells"] if is_recorded(cell)}
    order = [grade_id(cell) for cell in repaired.content["cells"] if is_recorded(cell)]
    assert sorted(order) == sorted(map(grade_id, GRADED))
    assert order.index("double") < order.index("double-grade") < order.index("triple-grade")
    assert order.index("triple") < order.index("triple-grade")
    for source in GRADED:
        cell = graded[grade_id(source)]
        assert cell["cell_type"] == source["cell_type"]
        assert not is_locked(source) or cell["source"] == source["source"]
        assert cell["metadata"]["nbgrader"].get("points") == source["metadata"]["nbgrader"].get("points")


@given(edited())
def test_origins_are_right_and_each_source_cell_is_at_most_one(content: Json) -> None:
    repaired = repair(content, SOURCE)
    known = [origin for origin in repaired.origins if origin is not None]
    assert len(set(known)) == len(known)
    for cell, origin in zip(repaired.content["cells"], repaired.origins, strict=True):
        assert grade_id(cell) == (grade_id(SOURCE.recorded[origin]) if origin is not None else "")


@given(edited())
def test_no_text_of_a_students_is_lost_but_what_stood_in_a_locked_cell(content: Json) -> None:
    before = Counter(cell["source"] for cell in content["cells"])
    after = Counter(cell["source"] for cell in repair(content, SOURCE).content["cells"])
    assert (before - after).total() <= sum(map(is_locked, GRADED))


@given(edited())
def test_repair_is_idempotent(content: Json) -> None:
    once = repair(content, SOURCE)
    again = repair(once.content, SOURCE)
    assert again.content == once.content
    assert again.flags == ()
    assert again.origins == once.origins


@given(edited())
def test_an_edited_notebook_on_disk_is_read_as_it_is_repaired(content: Json) -> None:
    (HANDED_IN / "lab.ipynb").write_text(json.dumps(notebook(content["cells"])), encoding="utf-8")
    submission = read_submission(HANDED_IN, "amy", ASSIGNMENT)
    assert submission.notebooks["lab"]["cells"] == repair(content, SOURCE).content["cells"]

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path

import pytest

from allclose import course
from allclose.model import Assignment, Json
from allclose.notebook.leaks import scan, scan_files
from allclose.notebook.splice import blank
from tests.courses import cells, code, markdown, notebook, question, roles, write_course

REFERENCE = '''"""The reference of a lab."""

import numpy as np


def double(x):
    """Twice x, whatever it is."""
    scaled = np.asarray(x) * np.float64(2.0)
    checked = np.where(np.isnan(scaled), 0.0, scaled)
    return checked
'''

MISCONCEPTION = '''"""Squares instead."""


def double(x):
    values = np.asarray(x, dtype=float)
    powers = np.power(values, 2.0)
    return powers
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = cells()
    body = "total = sum(x for _ in range(2))\n    largest = max(total, x) if x > 0 else min(total, x)\n    return total"
    found[2:5] = question("double", body, "assert double(2) == 4", 2)
    root = write_course(tmp_path, found)
    (root / "solutions").mkdir()
    (root / "solutions" / "lab.py").write_text(REFERENCE)
    (root / "autograder" / "lab" / "misconceptions").mkdir()
    (root / "autograder" / "lab" / "misconceptions" / "double--squares.py").write_text(MISCONCEPTION)
    return root


@pytest.fixture
def assignment(root: Path) -> Assignment:
    return course.load(root, "lab")


def leaks(assignment: Assignment, *more: Json) -> tuple[str, ...]:
    """What leaks from the release with more cells behind it."""
    content = blank(assignment.notebooks[0])
    return scan(assignment, {"lab": {**content, "cells": [*content["cells"], *copy.deepcopy(list(more))]}})


def test_a_sound_release_shows_nothing(assignment: Assignment) -> None:
    assert leaks(assignment) == ()


LEAKING = {
    "the solution of 'double'": "largest = max(total, x) if x > 0 else min(total, x)",
    "the solution of 'double' (": "so_that = max(total, x) if x > 0 else min(total, x)",
    "the line that runs the hidden tests": 'allclose.run_suite("double", globals())',
    "the misconception 'double--squares'": "values = np.asarray(x, dtype=float)\npowers = np.power(values, 2.0)",
    "a line of the reference lab.py": "if 1:\n    checked = np.where(np.isnan(scaled), 0.0, scaled)",
    "a line of the suite test_lab.py": "numbers = rng.normal(size=8)\nagree(submission.double(numbers), 2 * numbers)",
    "a hidden test ('test_double_of_many_numbers')": "# as test_double_of_many_numbers has it",
    "the name of the hidden suite": "see test_lab.py",
    "the folder of the hidden tests": "look into ../autograder/lab",
    "the reference": "from solutions import lab as reference",
    "a known answer": "no double--squares here",
    "a misspelt or unknown marker": "# BEGIN SOLUTIONS\nx = 1\n# END SOLUTIONS",
}


@pytest.mark.parametrize("what", LEAKING)
@pytest.mark.parametrize("make", [code, markdown])
def test_a_leak_is_named_with_notebook_cell_and_what(what: str, make: type, assignment: Assignment) -> None:
    found = leaks(assignment, make(LEAKING[what]))
    assert [line for line in found if line.startswith(f"lab.ipynb, cell 11 shows {what}")]
    assert all("cell 11" in line for line in found)


def test_a_sentence_of_an_answer_in_words_leaks(root: Path) -> None:
    found = cells()
    found[9]["source"] = "The slope along b is far smaller than along w."
    (root / "source" / "lab" / "lab.ipynb").write_text(json.dumps(notebook(found)))
    loaded = course.load(root, "lab")
    assert "the solution of 'think'" in leaks(loaded, markdown("The slope along b is far smaller than along w."))[0]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nimport allclose",
        "def double(x):\n    return x",
        "return total",
        "return powers",
        "for k in range(2):\n    print(double(k))",
        "assert double(2) == 4",
        "total = sum(x for x in [1, 2])",
        "Read about solutions of equations, and begin the solution yourself.",
        "the END is near; BEGIN where you stand",
        "labels, collaborate, slab.py",
    ],
)
def test_a_line_that_tells_nothing_is_no_leak(text: str, assignment: Assignment) -> None:
    assert leaks(assignment, code(text)) == leaks(assignment, markdown(text)) == ()


def test_outputs_are_a_leak_whatever_they_say(assignment: Assignment) -> None:
    cell = code("1 + 1")
    cell |= {"execution_count": 1, "outputs": [{"output_type": "execute_result", "data": {"text/plain": "2"}}]}
    assert leaks(assignment, cell) == ("lab.ipynb, cell 11 has outputs",)


def test_metadata_are_read_too(assignment: Assignment) -> None:
    cell = markdown("Hello", notes={"from": ["the teacher", "largest = max(total, x) if x > 0 else min(total, x)"]})
    assert leaks(assignment, cell)[0].startswith("lab.ipynb, the metadata of cell 11 shows the solution of 'double'")


def test_an_attachment_that_only_the_cut_text_used_is_a_leak(root: Path) -> None:
    found = cells()
    found[9] |= {"source": "![plot](attachment:plot.png)", "attachments": {"plot.png": {"image/png": "aGk="}}}
    (root / "source" / "lab" / "lab.ipynb").write_text(json.dumps(notebook(found)))
    assert leaks(course.load(root, "lab")) == (
        "lab.ipynb, cell 'think' has the attachment 'plot.png', which only the text that was cut uses",
    )


def test_an_attachment_is_decoded_and_read(assignment: Assignment) -> None:
    text = base64.b64encode(LEAKING["the solution of 'double'"].encode()).decode()
    cell = markdown("![x](attachment:x.txt)") | {"attachments": {"x.txt": {"text/plain": text}}}
    assert "an attachment of cell 11 shows the solution of 'double'" in leaks(assignment, cell)[0]


def test_data_files_beside_the_notebook_are_read(root: Path) -> None:
    (root / "source" / "lab" / "helper.py").write_text(REFERENCE)
    (root / "source" / "lab" / "table.bin").write_bytes(b"\xff\xfe\0")
    (line,) = leaks(course.load(root, "lab"))
    assert line.startswith("helper.py shows a line of the reference lab.py")


def test_files_that_go_out_beside_a_release_are_read_by_their_names(assignment: Assignment) -> None:
    files = {"hints.md": f"Try this:\n{MISCONCEPTION}".encode(), "notes.txt": b"Work well.", "b.bin": b"\xff\0"}
    (line,) = scan_files(assignment, files)
    assert line.startswith("hints.md shows the misconception 'double--squares'")


def test_what_stands_openly_in_the_solution_cell_is_no_secret(root: Path) -> None:
    given = "weights = np.array([0.1, 0.2, 0.3, 0.4]) @ np.array([x, x, x, x])"
    found = cells()
    found[3] = code(
        f"def double(x):\n    {given}\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        **roles("double", solution=True),
    )
    (root / "source" / "lab" / "lab.ipynb").write_text(json.dumps(notebook(found)))
    (root / "autograder" / "lab" / "misconceptions" / "double--given.py").write_text(
        f'"""Stops there."""\n\n\ndef double(x):\n    {given}\n    return x\n'
    )
    assert leaks(course.load(root, "lab")) == ()

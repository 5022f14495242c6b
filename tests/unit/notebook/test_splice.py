from __future__ import annotations

from pathlib import Path

import pytest

from allclose import course
from allclose.errors import NotebookError
from allclose.model import Notebook
from allclose.notebook.repair import repair
from allclose.notebook.splice import blank, solved
from tests.courses import cells, load, write_course

DOUBLE, DOUBLE_GRADE, TRIPLE, THINK = 3, 4, 7, 9


@pytest.fixture
def source(tmp_path: Path) -> Notebook:
    found = cells()
    found[DOUBLE]["source"] = "import math\n" + found[DOUBLE]["source"] + "\n\nprint(double(1))"
    return load(tmp_path, found)[1]


def test_solved_keeps_what_stands_around_the_markers_and_drops_the_markers(source: Notebook) -> None:
    assert solved(source)["cells"][DOUBLE]["source"] == (
        "import math\ndef double(x):\n    return (x + x) * 1.0 if x is not None else x + x\n\nprint(double(1))"
    )


def test_solved_gives_the_whole_cell_where_it_has_no_markers(source: Notebook) -> None:
    assert solved(source)["cells"][THINK]["source"] == "Because it is so."


def test_blank_is_what_a_student_gets(source: Notebook) -> None:
    assert tuple(blank(source)["cells"]) == source.released
    assert "run_suite" not in str(blank(source))


def test_an_answer_takes_the_place_of_the_whole_solution_cell(source: Notebook) -> None:
    for made in (solved(source, {"double": "double = 7\n"}), blank(source, {"double": "double = 7\n"})):
        assert made["cells"][DOUBLE]["source"] == "double = 7"
    assert "NotImplementedError" in blank(source, {"double": "double = 7"})["cells"][TRIPLE]["source"]
    assert "x + x + x" in solved(source, {"double": "double = 7"})["cells"][TRIPLE]["source"]


def test_an_answer_in_words_is_named_by_its_grade_id(source: Notebook) -> None:
    assert blank(source, {"think": "So."})["cells"][THINK]["source"] == "So."


@pytest.mark.parametrize("name", ["quadruple", "double-grade"])
def test_an_answer_to_no_question_is_refused(name: str, source: Notebook) -> None:
    with pytest.raises(NotebookError, match=f"no solution cell for an answer to '{name}'"):
        solved(source, {name: "x = 1"})


def test_the_source_itself_stays_as_it_is(source: Notebook) -> None:
    made = solved(source)
    made["cells"][DOUBLE]["source"] = made["metadata"]["kernelspec"]["name"] = "changed"
    assert "changed" not in str(source.content)
    assert "changed" not in str(source.released)


def test_a_spliced_notebook_needs_no_repair(source: Notebook) -> None:
    assert repair(solved(source), source).flags == repair(blank(source), source).flags == ()


def test_the_markers_of_the_course_are_the_ones_that_count(tmp_path: Path) -> None:
    found = cells()
    found[DOUBLE]["source"] = "def double(x):\n    # ANSWER>\n    return 2 * x\n    # <ANSWER"
    found[TRIPLE]["source"] = "def triple(x):\n    # ANSWER>\n    return 3 * x\n    # <ANSWER"
    root = write_course(tmp_path, found)
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.ClearSolutions.begin_solution_delimeter = 'ANSWER>'\n"
        "c.ClearSolutions.end_solution_delimeter = '<ANSWER'\n"
    )
    (source,) = course.load(root, "lab").notebooks
    assert solved(source)["cells"][DOUBLE]["source"] == "def double(x):\n    return 2 * x"
    assert "YOUR CODE HERE" in blank(source)["cells"][DOUBLE]["source"]

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from allclose.course.cells import grade_id, is_recorded
from allclose.model import Json, Notebook
from allclose.notebook.repair import Repaired, repair
from allclose.notebook.splice import blank, solved
from tests.courses import code, load, markdown, roles

DOUBLE, DOUBLE_GRADE, SKIPPED, TRIPLE, TRIPLE_GRADE, THINK = 3, 4, 5, 7, 8, 9


@pytest.fixture
def source(tmp_path: Path) -> Notebook:
    return load(tmp_path)[1]


@pytest.fixture
def work(source: Notebook) -> Json:
    """What a student hands in who has answered everything in their own words."""
    content = solved(
        source, {"double": "def double(x):\n    return 2 * x", "triple": "def triple(y):\n    return y * 3"}
    )
    content["cells"][THINK]["source"] = "I think that it must be so."
    return content


def ids(repaired: Repaired) -> list[str]:
    return [grade_id(cell) for cell in repaired.content["cells"] if is_recorded(cell)]


def texts(repaired: Repaired) -> list[str]:
    return [cell["source"] for cell in repaired.content["cells"]]


ALL = ["double", "double-grade", "triple", "triple-grade", "think"]


@pytest.mark.parametrize("make", [blank, solved])
def test_a_sound_notebook_is_not_flagged(make: Callable[[Notebook], Json], source: Notebook) -> None:
    repaired = repair(make(source), source)
    assert repaired.flags == ()
    assert repaired.origins == tuple(range(10))


def test_grade_cells_get_the_sources_text_with_its_hidden_tests(source: Notebook, work: Json) -> None:
    repaired = repair(work, source)
    assert texts(repaired)[DOUBLE_GRADE] == source.content["cells"][DOUBLE_GRADE]["source"]
    assert texts(repaired)[DOUBLE] == "def double(x):\n    return 2 * x"
    assert repaired.flags == ()


def test_what_is_handed_in_is_not_changed_itself(source: Notebook, work: Json) -> None:
    before = copy.deepcopy(work)
    repair(work, source)
    assert work == before


def test_the_kernel_is_the_sources(source: Notebook, work: Json) -> None:
    work["metadata"]["kernelspec"] = {"name": "bash", "language": "bash", "display_name": "Bash"}
    assert repair(work, source).content["metadata"]["kernelspec"]["name"] == "python3"


def test_outputs_are_cleared(source: Notebook, work: Json) -> None:
    work["cells"][1] |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}], "execution_count": 3}
    cell = repair(work, source).content["cells"][1]
    assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_a_changed_test_is_put_back(source: Notebook, work: Json) -> None:
    work["cells"][DOUBLE_GRADE]["source"] = "assert True"
    repaired = repair(work, source)
    assert repaired.flags == ("locked-cell-restored: double-grade",)
    assert "double(2) == 4" in texts(repaired)[DOUBLE_GRADE]


@pytest.mark.parametrize(
    "change",
    [
        {"points": 100},
        {"points": "2"},
        {"grade": False},
        {"solution": True},
        {"locked": "no"},
        {"task": True},
        {"schema_version": 2},
        {"unheard": "of"},
    ],
)
def test_changed_metadata_are_put_back(change: dict[str, object], source: Notebook, work: Json) -> None:
    work["cells"][DOUBLE_GRADE]["metadata"]["nbgrader"] |= change
    repaired = repair(work, source)
    assert "metadata-restored: double-grade" in repaired.flags
    restored = repaired.content["cells"][DOUBLE_GRADE]["metadata"]["nbgrader"]
    assert restored == source.recorded[DOUBLE_GRADE]["metadata"]["nbgrader"]


def test_a_tag_on_a_grade_cell_is_taken_off(source: Notebook, work: Json) -> None:
    work["cells"][DOUBLE_GRADE]["metadata"]["tags"] = ["skip-execution"]
    repaired = repair(work, source)
    assert repaired.flags == ("metadata-restored: double-grade",)
    assert "tags" not in repaired.content["cells"][DOUBLE_GRADE]["metadata"]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("index", [DOUBLE, DOUBLE_GRADE])
def test_a_retyped_cell_is_code_again(kind: str, index: int, source: Notebook, work: Json) -> None:
    cell = work["cells"][index]
    text = cell["source"]
    cell["cell_type"] = kind
    del cell["outputs"], cell["execution_count"]
    repaired = repair(work, source)
    assert repaired.flags == (f"cell-retyped: {ALL[index - DOUBLE]}",)
    assert repaired.content["cells"][index]["cell_type"] == "code"
    assert repaired.content["cells"][index]["outputs"] == []
    assert texts(repaired)[index].startswith(text)


@pytest.mark.parametrize("index", [DOUBLE, DOUBLE_GRADE, TRIPLE, TRIPLE_GRADE, THINK])
@pytest.mark.parametrize("change", ["lost", "renamed", "emptied"])
def test_a_lost_id_is_found_again(change: str, index: int, source: Notebook, work: Json) -> None:
    meta = work["cells"][index]["metadata"]
    if change == "lost":
        del meta["nbgrader"]
    else:
        meta["nbgrader"]["grade_id"] = "mine" if change == "renamed" else ""
    repaired = repair(work, source)
    assert ids(repaired) == ALL
    assert [flag.partition(":")[0] for flag in repaired.flags] == ["id-restored"]
    assert texts(repaired) == texts(repair(solved_like(source, work), source))


def solved_like(source: Notebook, work: Json) -> Json:
    """The same texts in a notebook with sound metadata."""
    content = blank(source)
    for cell, other in zip(content["cells"], work["cells"], strict=True):
        cell["source"] = other["source"]
    return content


def test_a_notebook_that_lost_all_metadata_is_known_by_its_text_and_places(source: Notebook, work: Json) -> None:
    for cell in work["cells"]:
        cell["metadata"] = {}
    repaired = repair(work, source)
    assert ids(repaired) == ALL
    assert repaired.origins == tuple(range(10))
    assert len(work["cells"]) == len(repaired.content["cells"])


@pytest.mark.parametrize("index", [DOUBLE, DOUBLE_GRADE, TRIPLE, TRIPLE_GRADE, THINK])
def test_a_deleted_cell_is_back_in_its_place(index: int, source: Notebook, work: Json) -> None:
    del work["cells"][index]
    repaired = repair(work, source)
    assert ids(repaired) == ALL
    assert repaired.origins == tuple(range(10))
    assert [flag.partition(":")[0] for flag in repaired.flags] == ["cell-restored"]


def test_a_deleted_test_comes_back_behind_the_students_own_cells(source: Notebook, work: Json) -> None:
    work["cells"][DOUBLE_GRADE : DOUBLE_GRADE + 1] = [code("def helper(x):\n    return x")]
    repaired = repair(work, source)
    assert texts(repaired)[DOUBLE + 1].startswith("def helper")
    assert grade_id(repaired.content["cells"][DOUBLE + 2]) == "double-grade"


def test_a_deleted_answer_comes_back_without_code_that_could_undo_another_cell(source: Notebook, work: Json) -> None:
    answer = work["cells"].pop(DOUBLE)
    work["cells"].insert(1, code("import os\n" * 3 + "first = 1"))
    work["cells"].insert(1, code(answer["source"].replace("def double", "def twice") + "\ndouble = twice"))
    repaired = repair(work, source)
    restored = next(cell for cell in repaired.content["cells"] if grade_id(cell) == "double")
    assert compile(restored["source"], "cell", "exec").co_names == ()


def test_a_deleted_answer_in_words_comes_back_as_it_was_released(source: Notebook, work: Json) -> None:
    del work["cells"][THINK]
    assert texts(repair(work, source))[THINK] == "YOUR ANSWER HERE"


def test_an_emptied_notebook_has_every_graded_cell_and_nothing_else(source: Notebook, work: Json) -> None:
    repaired = repair({**work, "cells": []}, source)
    assert ids(repaired) == ALL
    assert repaired.flags == tuple(f"cell-restored: {name}" for name in ALL)


def test_of_two_copies_the_one_that_was_worked_on_counts(source: Notebook, work: Json) -> None:
    copied = copy.deepcopy(work["cells"][THINK])
    copied["source"] = "YOUR ANSWER HERE"
    work["cells"].append(copied)
    repaired = repair(work, source)
    assert "cell-duplicated: think" in repaired.flags
    (kept,) = (cell for cell in repaired.content["cells"] if grade_id(cell) == "think")
    assert kept["source"] == "I think that it must be so."


def test_of_two_worked_on_copies_the_last_counts_and_both_stay(source: Notebook, work: Json) -> None:
    copied = copy.deepcopy(work["cells"][DOUBLE])
    copied["source"] = "def double(x):\n    return x + x"
    work["cells"].insert(DOUBLE + 1, copied)
    repaired = repair(work, source)
    assert repaired.flags == ("cell-duplicated: double",)
    assert ids(repaired) == ALL
    assert texts(repaired)[DOUBLE : DOUBLE + 2] == [
        "def double(x):\n    return 2 * x",
        "def double(x):\n    return x + x",
    ]
    assert repaired.origins[DOUBLE : DOUBLE + 2] == (None, DOUBLE)


def test_a_test_that_was_copied_everywhere_stands_once_and_in_its_place(source: Notebook, work: Json) -> None:
    copies = [copy.deepcopy(work["cells"][DOUBLE_GRADE]) for _ in range(5)]
    work["cells"] = [*copies[:2], *work["cells"], *copies[2:]]
    repaired = repair(work, source)
    assert ids(repaired) == ALL
    assert "cell-duplicated: double-grade" in repaired.flags


def test_a_test_that_was_moved_up_runs_after_its_answer_again(source: Notebook, work: Json) -> None:
    work["cells"].insert(0, work["cells"].pop(TRIPLE_GRADE))
    repaired = repair(work, source)
    assert repaired.flags == ("cell-moved: triple-grade",)
    assert repaired.origins == tuple(range(10))


def test_an_answer_that_was_moved_behind_its_test_runs_before_it_again(source: Notebook, work: Json) -> None:
    work["cells"].append(work["cells"].pop(DOUBLE))
    repaired = repair(work, source)
    assert repaired.flags == ("cell-moved: double",)
    assert ids(repaired) == ALL


def test_an_answer_that_was_moved_up_stays_there(source: Notebook, work: Json) -> None:
    work["cells"].insert(2, work["cells"].pop(TRIPLE))
    repaired = repair(work, source)
    assert repaired.flags == ()
    assert repaired.origins == (0, 1, TRIPLE, 2, 3, 4, 5, 6, 8, 9)


def test_own_cells_stay_where_they_are(source: Notebook, work: Json) -> None:
    work["cells"].insert(DOUBLE, code("mine = 1"))
    work["cells"].insert(0, markdown("My notes"))
    work["cells"].append(code("more = 2"))
    repaired = repair(work, source)
    assert repaired.flags == ()
    assert repaired.origins == (None, 0, 1, 2, None, 3, 4, 5, 6, 7, 8, 9, None)


def test_a_cell_that_claims_points_of_its_own_gets_none(source: Notebook, work: Json) -> None:
    work["cells"].append(code("1000", **roles("bonus\x1b[31m", grade=True, points=1000)))
    repaired = repair(work, source)
    assert repaired.flags == ("cell-unknown: bonus[31m",)
    assert "nbgrader" not in repaired.content["cells"][-1]["metadata"]


def test_a_demonstration_is_known_with_its_settings_changed(source: Notebook, work: Json) -> None:
    work["cells"][SKIPPED]["source"] = "# not run when grading\ndraw_a_large_figure(double, size=3)"
    work["cells"][SKIPPED]["metadata"] = {}
    assert repair(work, source).origins[SKIPPED] == SKIPPED


def test_a_cell_of_the_students_own_is_no_demonstration_whatever_its_tags(source: Notebook, work: Json) -> None:
    own = code("value = [double(k) for k in range(3)]\nprint(value)", tags=["skip-grading"])
    del work["cells"][SKIPPED]
    work["cells"].insert(SKIPPED, own)
    assert repair(work, source).origins[SKIPPED] is None


def test_a_graded_cell_cannot_become_a_demonstration(source: Notebook, work: Json) -> None:
    work["cells"][TRIPLE_GRADE]["source"] = source.content["cells"][SKIPPED]["source"]
    repaired = repair(work, source)
    assert repaired.origins[TRIPLE_GRADE] == TRIPLE_GRADE
    assert repaired.origins[SKIPPED] == SKIPPED


def test_cell_ids_are_unique_after_repair(source: Notebook, work: Json) -> None:
    for cell in work["cells"]:
        cell["id"] = "same"
    repaired = repair({**work, "nbformat_minor": 5}, source)
    made = [cell["id"] for cell in repaired.content["cells"]]
    assert len(set(made)) == len(made) == 10


HOSTILE: dict[str, Callable[[list[Json]], list[Json]]] = {
    "copies of a graded cell": lambda found: [found[DOUBLE_GRADE]] * 10_000,
    "copies of a text": lambda found: [found[0]] * 10_000,
    "cells alike": lambda _: [code("a a a a b " * 2000 + str(k)) for k in range(2_000)],
    "cells like the answer": lambda _: [code(f"def double(x):\n    return {k}") for k in range(2_000)],
    "copies of the notebook, backwards": lambda found: found[::-1] * 1_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_notebook_made_to_be_slow_is_repaired_all_the_same(name: str, source: Notebook) -> None:
    content = blank(source)
    repaired = repair({**content, "cells": HOSTILE[name](content["cells"])}, source)
    assert sorted(ids(repaired)) == sorted(ALL)

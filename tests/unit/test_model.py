from __future__ import annotations

import dataclasses
import inspect
import json
from pathlib import Path

import pytest

from allclose import model
from allclose.model import Answer, Assignment, Limits, Notebook, Question, Status, Tier, Verdict

VALUES = [value for value in vars(model).values() if inspect.isclass(value) and dataclasses.is_dataclass(value)]


def question(name: str, notebook: str) -> Question:
    return Question(name=name, notebook=notebook, points=5.0, grade_cell=f"{name}-grade", solution_cell=name)


def notebook(name: str, *questions: str) -> Notebook:
    found = tuple(question(each, name) for each in questions)
    return Notebook(name=name, path=Path(f"{name}.ipynb"), content={"cells": []}, grade_cells=(), questions=found)


def assignment(*notebooks: Notebook) -> Assignment:
    return Assignment(
        name="lab9",
        root=Path("course"),
        notebooks=notebooks,
        suite=(),
        reference=None,
        data_files=(),
        misconceptions=(),
        accepted=(),
        limits=Limits(),
    )


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_every_noun_is_frozen_and_slotted(value: type) -> None:
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(value)


def test_a_noun_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Limits().cell_seconds = 1.0  # type: ignore[misc]


def test_every_limit_allows_something_and_the_shorter_time_fits_into_the_longer() -> None:
    limits = Limits()
    assert all(getattr(limits, each.name) > 0 for each in dataclasses.fields(limits))
    assert max(limits.cell_seconds, limits.test_seconds) <= limits.submission_seconds


def test_the_words_of_a_grade_are_those_of_the_design() -> None:
    verdicts = "passed failed raised timeout limit crash protocol missing not-run"
    assert [str(verdict) for verdict in Verdict] == verdicts.split()
    assert [str(status) for status in Status] == ["graded", "bad-file", "infra"]
    assert [str(tier) for tier in Tier] == ["strong", "basic", "none"]


def test_the_words_go_into_json_as_plain_strings() -> None:
    assert json.dumps([Verdict.NOT_RUN, Status.BAD_FILE, Tier.STRONG]) == '["not-run", "bad-file", "strong"]'


def test_an_answer_is_named_as_its_file() -> None:
    answer = Answer("adam", "no-bias-correction", "No bias correction", "", "", Path("adam--no-bias-correction.py"))
    assert answer.name == answer.path.stem


def test_the_questions_of_an_assignment_stand_in_the_order_of_its_notebooks() -> None:
    both = assignment(notebook("part2", "b", "a"), notebook("part1", "c"))
    assert [each.name for each in both.questions] == ["b", "a", "c"]


def test_the_source_of_an_assignment_stands_under_the_course_root() -> None:
    assert assignment().source_dir == Path("course/source/lab9")


def test_hidden_and_bulky_text_stays_out_of_a_repr() -> None:
    answer = Answer("adam", "slug", "title", "hint", "theta - lr * secret_step", Path("a.py"))
    assert "secret_step" not in repr(answer)
    assert "'cells'" not in repr(notebook("lab9"))

"""Stand-ins come only after their own tests, and note whether they were reached."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from allclose.errors import SuiteError
from allclose.suite.standins import StandIns, as_numpy

NAMES = {"batches": ("count", "bounds"), "shuffle": ("shuffled",), "sgd": ("sgd",)}


def reference() -> ModuleType:
    return cast(
        ModuleType,
        SimpleNamespace(
            __name__="solutions.lab", count=lambda n: torch.as_tensor(n) + 1, bounds=lambda: (torch.ones(2), 3)
        ),
    )


@pytest.fixture
def stand_ins() -> StandIns:
    made = StandIns(NAMES, reference)
    made.begin("sgd")
    return made


def test_numpy_in_numpy_out_and_tensor_in_tensor_out(stand_ins: StandIns) -> None:
    given = stand_ins("batches")
    assert given["count"](3) == 4
    assert type(given["count"](3)) is int
    assert torch.is_tensor(given["count"](torch.tensor(3)))
    array, number = given["bounds"]()
    assert isinstance(array, np.ndarray)
    assert number == 3


def test_they_are_missed_until_one_is_called(stand_ins: StandIns) -> None:
    assert stand_ins.missed == ()
    given = stand_ins("batches")
    assert stand_ins.missed == ("count", "bounds")
    given["count"](1)
    assert stand_ins.missed == ()
    stand_ins.begin("sgd")
    assert stand_ins.missed == ()


@pytest.mark.parametrize(
    ("current", "question", "complaint"),
    [
        ("batches", "batches", "not over"),
        ("batches", "shuffle", "not over"),
        ("sgd", "adam", "no solution cell"),
        ("sgd", "shuffle", "does not define shuffled"),
    ],
)
def test_what_cannot_be_given_is_the_instructors_mistake(
    stand_ins: StandIns, current: str, question: str, complaint: str
) -> None:
    stand_ins.begin(current)
    with pytest.raises(SuiteError, match=complaint):
        stand_ins(question)


def test_tensors_become_arrays_wherever_they_sit() -> None:
    value: Any = as_numpy({"a": [torch.ones(1), (torch.tensor(2.0),)]})
    assert isinstance(value["a"][0], np.ndarray)
    assert value["a"][1] == (2.0,)

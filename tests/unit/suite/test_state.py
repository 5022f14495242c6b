"""What counts as left behind in a course's modules."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from allclose.suite.state import MAX_VALUES, state_of

SOURCE = """
import functools
import numpy as np
import torch

NUMBER = 1
NAMES = ["a"]
NESTED = {"deep": [{"er": [1, 2]}]}
ARRAY = np.zeros(3)
TENSOR = torch.zeros(3)
RNG = np.random.default_rng(0)
WORDS = {"a"}


class Box:
    shared = []

    def __init__(self):
        self.inside = [0]


BOX = Box()


def remembers(kept=[]):
    return kept


def closing():
    hidden = []

    def add(value):
        hidden.append(value)

    return add


add = closing()


@functools.cache
def cached(x):
    return x + 1
"""


@pytest.fixture
def module(tmp_path: Path) -> Iterator[ModuleType]:
    (tmp_path / "left_behind.py").write_text(SOURCE)
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    yield importlib.import_module("left_behind")
    sys.path.remove(str(tmp_path))
    del sys.modules["left_behind"]


def rebind(module: ModuleType) -> None:
    module.NUMBER = 2  # type: ignore[attr-defined]


CHANGES: dict[str, Callable[[ModuleType], object]] = {
    "a global": rebind,
    "a list": lambda module: module.NAMES.append("b"),
    "something deep": lambda module: module.NESTED["deep"][0]["er"].append(3),
    "an array": lambda module: module.ARRAY.__setitem__(0, 1.0),
    "a tensor": lambda module: module.TENSOR.__setitem__(0, 1.0),
    "a generator": lambda module: module.RNG.normal(),
    "a set": lambda module: module.WORDS.add("b"),
    "a class": lambda module: module.Box.shared.append(1),
    "an object": lambda module: module.BOX.inside.append(1),
    "a default": lambda module: module.remembers().append(1),
    "a closure": lambda module: module.add(1),
    "a function's attribute": lambda module: setattr(module.add, "calls", 1),
    "a new name": lambda module: setattr(module, "LATER", 1),
    "more than can be looked at": lambda module: module.NAMES.extend("x" * MAX_VALUES),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_code_changes_in_a_course_module_shows(
    module: ModuleType, tmp_path: Path, change: Callable[[ModuleType], object]
) -> None:
    before = state_of(tmp_path)
    change(module)
    assert state_of(tmp_path) != before


def test_use_without_change_and_a_cache_do_not_show(module: ModuleType, tmp_path: Path) -> None:
    before = state_of(tmp_path)
    module.cached(1)
    module.ARRAY.sum()
    assert list(module.NAMES) == ["a"]
    assert state_of(tmp_path) == before


def test_what_is_not_of_the_course_does_not_count(tmp_path: Path, module: ModuleType) -> None:
    before = state_of(tmp_path)
    sys.modules["json"].left = 1  # type: ignore[attr-defined]
    after = state_of(tmp_path)
    del sys.modules["json"].left  # type: ignore[attr-defined]
    assert after == before

"""What README shows and promises, tried."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def suite() -> str:
    found = re.search(r"<!-- suite.*?-->\n```python\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def hidden_test() -> Any:
    names: dict[str, Any] = {}
    exec(suite(), names)
    return next(value for name, value in names.items() if name.startswith("test_"))


def reference_gradient() -> Any:
    from solutions import lab1_one_neuron

    return lab1_one_neuron.gradient


def test_the_suite_on_the_first_screen_has_eight_lines() -> None:
    assert len(suite().splitlines()) == 8


def test_the_suite_on_the_first_screen_accepts_the_reference() -> None:
    hidden_test()(SimpleNamespace(gradient=reference_gradient()), np.random.default_rng(1))


def test_the_suite_on_the_first_screen_names_the_mistake_without_the_answer() -> None:
    def doubled(*arguments: Any) -> Any:
        return tuple(2 * each for each in reference_gradient()(*arguments))

    with pytest.raises(AssertionError) as caught:
        hidden_test()(SimpleNamespace(gradient=doubled), np.random.default_rng(1))
    assert f'"{caught.value}"' in README


def test_the_suite_is_marked_with_its_question_and_points() -> None:
    (mark,) = hidden_test().pytestmark
    assert mark.args[:2] == ("gradient", 20)


def test_the_commands_in_readme_are_those_of_the_command_line() -> None:
    from allclose.cli import app

    told = set(re.findall(r"^\| `allclose (\w+)", README, re.MULTILINE))
    assert told == {command.name for command in app.registered_commands}


def test_every_module_that_architecture_names_is_there() -> None:
    named = re.findall(r"`([a-z]+/[a-z]*(?:\.py)?)`", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert len(named) > 5
    assert [path for path in named if not (ROOT / "src" / "allclose" / path).exists()] == []

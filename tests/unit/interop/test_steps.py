"""The one line of a course's settings."""

from __future__ import annotations

import subprocess
import sys

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, SaveAutoGrades
from traitlets.config import Config
from traitlets.utils.importstring import import_item

import allclose
from allclose.interop.preprocessor import SandboxedExecute
from allclose.interop.steps import OURS


def classes(steps: list[object]) -> list[object]:
    return [import_item(step) if isinstance(step, str) else step for step in steps]


def test_the_steps_are_nbgraders_own_with_ours_in_the_place_of_execute() -> None:
    own = Autograde().autograde_preprocessors
    expected = [SandboxedExecute if step is Execute else step for step in own]
    assert classes(allclose.autograde_preprocessors()) == expected
    assert expected.count(SandboxedExecute) == 1


def test_they_are_the_same_ones_where_nbgrader_is_not_loaded_and_do_not_load_it() -> None:
    program = "import sys, allclose; print(*allclose.autograde_preprocessors()); assert 'nbgrader' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert classes(done.stdout.split()) == classes(allclose.autograde_preprocessors())


def test_a_list_of_the_courses_own_keeps_its_other_steps() -> None:
    own = [SaveAutoGrades, Execute, "a.b.Step", "nbgrader.preprocessors.Execute"]
    assert allclose.autograde_preprocessors(own) == [SaveAutoGrades, OURS, "a.b.Step", OURS]


def test_what_settings_add_to_nbgraders_list_stays_added() -> None:
    config = Config()
    config.Autograde.autograde_preprocessors.append("a.b.Step")
    assert allclose.autograde_preprocessors(config.Autograde.autograde_preprocessors) == [
        *allclose.autograde_preprocessors(),
        "a.b.Step",
    ]

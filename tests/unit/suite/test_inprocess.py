"""A suite in the student's own process: what it sees, what it gives, and what it leaves behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allclose import run_suite
from allclose.errors import CourseError, SuiteError
from allclose.model import TestMark
from allclose.suite.inprocess import run_tests
from tests.suited_course import SEED, Asked, write_course

QUESTIONS = [
    Asked("twice", "def twice(x):\n    return 2 * x", 6),
    Asked("four", "def four(x):\n    return twice(twice(x))", 4),
]
SUITE = '''
import pytest
from allclose import agree, grade
from solutions import lab as reference


@grade("twice", points=3)
def test_a_number(submission):
    """Twice a number."""
    agree(submission.twice(3.0), 6.0)


@grade("twice", points=2)
@pytest.mark.parametrize("size", [1, 4])
def test_an_array(submission, rng, size):
    x = rng.normal(size=size)
    agree(submission.twice(x), reference.twice(x))


@grade("twice", points=1)
def test_a_list_is_no_number(submission):
    with pytest.raises(TypeError):
        submission.twice(None)


@grade("four", points=4)
def test_four_times(submission):
    agree(submission.with_reference("twice").four(1.0), 4.0)
'''


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_course(tmp_path_factory.mktemp("course"), "lab", QUESTIONS, SUITE)
    (made / ".allclose").mkdir()
    (made / ".allclose" / "secret").write_text(SEED.hex())
    return made


def names(code: str) -> dict[str, Any]:
    found: dict[str, Any] = {"__name__": "__main__", "np": np}
    exec(code, found)
    return found


def marks(root: Path, code: str, question: str = "twice") -> dict[str, TestMark]:
    return {mark.name: mark for mark in run_tests(root, "lab", question, names(code))}


def generator_states() -> tuple[Any, ...]:
    state: Any = np.random.get_state()  # noqa: NPY002
    return random.getstate(), state[1].tolist()


def test_each_test_has_a_verdict_points_and_a_message_without_a_value(root: Path) -> None:
    found = marks(root, "def twice(x):\n    return 4 * x")
    assert {name: (mark.verdict.value, mark.points) for name, mark in found.items()} == {
        "test_a_number": ("failed", 3.0),
        "test_an_array[1]": ("failed", 1.0),
        "test_an_array[4]": ("failed", 1.0),
        "test_a_list_is_no_number": ("passed", 1.0),
    }
    assert found["test_an_array[4]"].message == "The result is twice what is expected."
    assert found["test_a_number"].title == "Twice a number."


def test_an_earlier_mistake_costs_its_points_once(root: Path) -> None:
    found = marks(root, "def twice(x):\n    return 3 * x\ndef four(x):\n    return twice(twice(x))", "four")
    assert found["test_four_times"].verdict.value == "passed"


def test_zeroing_an_argument_does_not_pass_for_an_answer(root: Path) -> None:
    found = marks(root, "def twice(x):\n    if hasattr(x, 'shape'): x[:] = 0\n    return x * 2")
    assert found["test_an_array[4]"].message == "This holds only because your code changes its arguments."


@pytest.mark.parametrize(
    "ending",
    [
        "raise SystemExit(0)",
        "raise KeyboardInterrupt",
        "import pytest; pytest.skip('no')",
        "import pytest; pytest.exit('no')",
        "import pytest; pytest.fail('no')",
        "raise GeneratorExit",
        "raise type('Own', (BaseException,), {})",
    ],
)
def test_nothing_that_student_code_raises_gets_out(root: Path, ending: str) -> None:
    found = marks(root, f"def twice(x):\n    {ending}")
    assert [mark.verdict.value for mark in found.values()][:3] == ["raised"] * 3


def test_a_name_that_is_not_there_is_named(root: Path) -> None:
    found = marks(root, "")
    assert {mark.message for mark in found.values()} == {"`twice` is not defined."}


def test_nothing_is_printed_warned_drawn_or_left_behind(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import matplotlib.pyplot as plt

    code = """
import os, sys, threading, warnings
calls = []
def twice(x):
    import matplotlib.pyplot as plt
    global leftover
    leftover = 1
    print("out")
    print("err", file=sys.stderr)
    os.write(2, b"below")
    warnings.warn("slow")
    plt.figure()
    np.random.seed(3)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    return 2 * x
"""
    space = names(code)
    before, states = dict(space), generator_states()
    path, figures, modules = list(sys.path), plt.get_fignums(), set(sys.modules)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = run_tests(root, "lab", "twice", space)
    assert sum(mark.points for mark in found if mark.verdict.value == "passed") == 6.0
    assert space == before
    assert generator_states() == states
    assert (sys.path, plt.get_fignums(), warned) == (path, figures, [])
    assert not [name for name in set(sys.modules) - modules if name.partition(".")[0] in ("solutions", "test_lab")]
    assert capfd.readouterr() == ("", "")


def test_errors_of_threads_are_told_as_before(root: Path, tmp_path: Path) -> None:
    before = threading.excepthook, sys.unraisablehook
    copy = tmp_path / "course"
    shutil.copytree(root, copy)  # so that the suite is collected anew
    assert marks(copy, "def twice(x):\n    return 2 * x")
    assert (threading.excepthook, sys.unraisablehook) == before


def test_a_students_module_of_our_name_is_theirs_again_afterwards(root: Path) -> None:
    theirs = type(sys)("solutions")
    sys.modules["solutions"] = theirs
    try:
        assert marks(root, "def twice(x):\n    return 2 * x")["test_a_number"].verdict.value == "passed"
        assert sys.modules["solutions"] is theirs
    finally:
        del sys.modules["solutions"]


def test_a_suite_is_collected_once_until_a_file_of_it_changes(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "course"
    shutil.copytree(root, copy)
    suite = copy / "autograder" / "lab" / "test_lab.py"
    counted = "import pathlib\nwith open(r'{}', 'a') as file:\n    file.write('.')\n"
    suite.write_text(counted.format(tmp_path / "collected") + suite.read_text())
    for _ in range(3):
        marks(copy, "def twice(x):\n    return 2 * x")
    assert (tmp_path / "collected").read_text() == "."
    suite.write_text(suite.read_text().replace("agree(submission.twice(3.0), 6.0)", "raise AssertionError('changed')"))
    assert marks(copy, "def twice(x):\n    return 2 * x")["test_a_number"].message == "changed"
    assert (tmp_path / "collected").read_text() == ".."


def test_a_suite_that_cannot_be_collected_is_our_fault_and_not_the_students(tmp_path: Path) -> None:
    root = write_course(tmp_path, "lab", QUESTIONS, "import no_such_module")
    with pytest.raises(SuiteError, match="no_such_module"):
        run_tests(root, "lab", "twice", {})


def test_a_question_that_no_notebook_has_is_refused(root: Path) -> None:
    with pytest.raises(CourseError, match="'thrice'"):
        run_tests(root, "lab", "thrice", {})


def test_nbgrader_gets_plain_points_of_the_assignment_whose_folder_it_stands_in(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = root / "autograded" / "s001" / "lab"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    points = run_suite("twice", names("def twice(x):\n    return np.float64(4) * np.asarray(x)"))
    assert (type(points), points) == (float, 1.0)
    assert run_suite("twice", names("def twice(x):\n    return 2 * x")) == 6.0


def test_nbgrader_gets_no_error_where_there_is_no_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_suite("twice", {}) == 0.0
    (tmp_path / "nbgrader_config.py").write_text("")
    assert run_suite("twice", {}) == 0.0


def test_the_hidden_inputs_are_those_of_the_courses_secret(root: Path, tmp_path: Path) -> None:
    code = f"""
import json
seen = []
def twice(x):
    if hasattr(x, "shape"):
        seen.append(x.tolist())
        with open(r'{tmp_path / "seen"}', "w") as file:
            json.dump(seen, file)
    return 2 * x
"""
    marks(root, code)
    first = json.loads((tmp_path / "seen").read_text())
    marks(root, code)
    assert json.loads((tmp_path / "seen").read_text()) == first
    (root / ".allclose" / "secret").write_text(bytes(32).hex())
    os.utime(root / "autograder" / "lab" / "test_lab.py")
    marks(root, code)
    assert json.loads((tmp_path / "seen").read_text()) != first

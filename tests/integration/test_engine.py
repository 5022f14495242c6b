"""The two-sided engine on a small lab: what a test sees of a submission, and what a submission never sees of a test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from allclose.course import load
from allclose.errors import SuiteError
from allclose.grading.engine import Engine
from allclose.model import Grade, Status, Submission, Tier, Verdict
from allclose.notebook.splice import blank, solved
from allclose.sandbox.spawner import Process, Spawner
from tests.suited_course import SEED, Asked, write_course

LAB = "lab"
GRADED = "from allclose import grade\n@grade('{}', points={})\n"
QUESTIONS = [
    Asked("double", "def double(x):\n    return 2 * x", 10),
    Asked("quadruple", "def quadruple(x):\n    return double(double(x))", 4),
    Asked(
        "tools",
        """
        import numpy as np


        class Counter:
            def __init__(self, start=0):
                self.value = start

            def step(self):
                self.value += 1
                return self.value


        def minimum(f, xs):
            return min(f(x) for x in xs)


        def fill(array, items):
            array[:] = 7
            items.append("seen")


        def draw(rng):
            return rng.normal(size=2)


        def strict(x):
            if x < 0:
                raise ValueError("x is negative")
            return x


        def figure():
            from matplotlib.figure import Figure
            made = Figure()
            made.subplots().set_xlabel("w")
            return made


        def numbers():
            yield from range(3)


        SIZE = 3
        with open("note.txt", "w") as file:
            file.write("written by the submission")
        """,
        20,
    ),
]
SUITE = '''
"""Every road between a test and a submission."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allclose import agree, grade


@grade("double", points=3)
def test_double_doubles(submission, rng):
    x = rng.normal(size=5)
    agree(submission.double(x), 2 * x)


@grade("double", points=3)
@pytest.mark.parametrize("x", [1, 2.5, -3])
def test_double_of_numbers(submission, x):
    agree(submission.double(x), 2 * x)


@grade("double", points=2)
def test_double_in_one_trip(submission):
    assert submission.map(submission.double, [(x,) for x in range(50)]) == [2 * x for x in range(50)]


@grade("double", points=2)
@given(st.integers(-1000, 1000))
def test_double_of_any_integer(submission_double, x):
    assert submission_double(x) == 2 * x


@pytest.fixture
def submission_double(submission):
    return submission.double


@grade("quadruple", points=4)
def test_quadruple_on_our_double(submission):
    agree(submission.with_reference("double").quadruple(3), 12)


@grade("tools", points=2)
def test_objects_stay_behind_handles(submission):
    counter = submission.Counter(start=4)
    assert counter.step() == 5
    counter.value = 10
    assert counter.step() == 11
    assert counter.value == 11
    assert submission.Counter().value == 0


@grade("tools", points=2)
def test_functions_of_ours_are_called_back(submission):
    seen = []
    agree(submission.minimum(lambda x: seen.append(x) or (x - 2) ** 2, [0.0, 1.0, 5.0]), 1.0)
    assert seen == [0.0, 1.0, 5.0]


@grade("tools", points=2)
def test_functions_of_theirs_are_passed_back(submission):
    agree(submission.minimum(submission.double, [3, 1, 2]), 2)


@grade("tools", points=2, in_place=True)
def test_changed_arguments_are_seen_here(submission):
    array, items = np.zeros(3), [np.zeros(2)]
    submission.fill(array, items)
    assert array.tolist() == [7, 7, 7]
    assert items[1:] == ["seen"]


@grade("tools", points=2)
def test_a_generator_moves_on_as_in_one_process(submission):
    ours, theirs = np.random.default_rng(5), np.random.default_rng(5)
    agree(submission.draw(theirs), ours.normal(size=2))
    agree(submission.draw(theirs), ours.normal(size=2))


@grade("tools", points=2)
def test_errors_are_of_the_type_that_was_raised(submission):
    with pytest.raises(ValueError, match="negative"):
        submission.strict(-1)


@grade("tools", points=2)
def test_figures_come_as_what_they_show(submission):
    assert submission.figure().axes[0].xlabel == "w"


@grade("tools", points=2)
def test_values_files_and_code(submission):
    assert submission.SIZE == 3
    assert submission.file("note.txt") == b"written by the submission"
    assert submission.run("a = double(4)\\na + 1") == 9
    assert list(submission.numbers()) == [0, 1, 2]


@grade("tools", points=2)
def test_private_names_are_refused(submission):
    assert submission.SIZE == 3
    with pytest.raises(AttributeError):
        submission._secret
    with pytest.raises(NameError):
        submission.nowhere


@grade("tools", points=2)
def test_a_callback_is_over_with_its_call(submission):
    assert submission.SIZE == 3
    submission.run("kept = []\\ndef keep(f):\\n    kept.append(f)\\n    return f(1)")
    assert submission.keep(lambda x: x + 1) == 2
    with pytest.raises(Exception):
        submission.run("kept[0](1)")
'''


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = write_course(
        tmp_path_factory.mktemp("course"), LAB, QUESTIONS, SUITE, limits="test_seconds = 2\ncell_seconds = 20"
    )
    with Engine(load(root, LAB), tier=Tier.STRONG, device="cpu", seed=SEED) as warm:
        yield warm


Grader = Callable[..., Grade]


@pytest.fixture
def grade(engine: Engine) -> Grader:
    def graded(**answers: str) -> Grade:
        content = solved(engine.assignment.notebooks[0], answers)
        return engine.grade(Submission("s001", {LAB: content}, {}, {}))

    return graded


def verdicts(grade: Grade, question: str) -> dict[str, Verdict]:
    (mark,) = [mark for mark in grade.questions if mark.question == question]
    return {test.name: test.verdict for test in mark.tests}


def scores(grade: Grade) -> dict[str, float]:
    return {mark.question: mark.score for mark in grade.questions}


def test_the_solution_gets_every_point_over_every_road(grade: Grader) -> None:
    grade = grade()
    lost = [(test.name, test.verdict, test.message) for mark in grade.questions for test in mark.tests if test.message]
    assert lost == []
    assert (grade.status, grade.score, grade.max_score, grade.flags) == (Status.GRADED, 34, 34, ())
    assert grade.isolation is Tier.STRONG


def test_one_process_serves_a_whole_submission(grade: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    spawn = Spawner.spawn

    def counted(spawner: Spawner) -> Process:
        started.append(spawner)
        return spawn(spawner)

    monkeypatch.setattr(Spawner, "spawn", counted)
    assert grade().score == 34
    assert len(started) == 1


def test_a_blank_notebook_gets_none(engine: Engine) -> None:
    grade = engine.grade(Submission("s001", {LAB: blank(engine.assignment.notebooks[0])}, {}, {}))
    assert grade.score == 0
    assert set(verdicts(grade, "double").values()) == {Verdict.MISSING}


def test_one_mistake_costs_its_points_once(grade: Grader) -> None:
    assert scores(grade(double="def double(x):\n    return 2 * x + 1")) == {"double": 0, "quadruple": 4, "tools": 16}


def test_a_name_reused_further_down_changes_nothing(grade: Grader) -> None:
    assert scores(grade(quadruple="def quadruple(x):\n    return 4 * x\ndouble = None"))["double"] == 10


def test_cases_of_a_parametrized_test_share_its_points(grade: Grader) -> None:
    lost = grade(double="def double(x):\n    return 2 * x if x is not 1 else 3".replace("is not 1", "!= 1"))
    names = verdicts(lost, "double")
    assert names["test_double_of_numbers[1]"] is Verdict.FAILED
    assert names["test_double_of_numbers[2.5]"] is Verdict.PASSED


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("def double(x):\n    return 2 * x + 1", Verdict.FAILED),
        ("def double(x):\n    raise ValueError(x)", Verdict.RAISED),
        ("def double(x):\n    while True: pass", Verdict.TIMEOUT),
        ("def double(x):\n    import os\n    os._exit(0)", Verdict.CRASH),
        ("def double(x):\n    import ctypes\n    ctypes.string_at(0)", Verdict.CRASH),
        ("def double(x):\n    raise MemoryError", Verdict.LIMIT),
        ("def twice(x):\n    return 2 * x", Verdict.MISSING),
        ("def double(x):\n    return object()", Verdict.FAILED),
        ("def double(x):\n    raise SystemExit", Verdict.RAISED),
    ],
    ids=["wrong", "raises", "hangs", "exits", "segfaults", "memory", "missing", "object", "sysexit"],
)
def test_each_way_to_fail_has_its_verdict_and_its_own_cost(grade: Grader, answer: str, verdict: Verdict) -> None:
    lost = grade(double=answer)
    assert verdicts(lost, "double")["test_double_doubles"] is verdict
    assert scores(lost)["quadruple"] == 4
    assert lost.status is Status.GRADED


def test_a_function_that_ignores_being_interrupted_is_killed(grade: Grader) -> None:
    deaf = """
    def double(x):
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            try:
                while True: pass
            except BaseException:
                pass
    """
    lost = grade(quadruple=deaf.replace("double", "quadruple").replace("\n    ", "\n"))
    assert verdicts(lost, "quadruple") == {"test_quadruple_on_our_double": Verdict.TIMEOUT}
    assert scores(lost) == {"double": 10, "quadruple": 0, "tools": 20}


def test_a_cell_that_kills_its_process_costs_only_its_own_question(grade: Grader) -> None:
    lost = grade(quadruple="import os\nos._exit(0)")
    assert scores(lost) == {"double": 10, "quadruple": 0, "tools": 20}
    assert lost.flags == ("cell-crash: cell 4",)
    output = lost.notebooks[LAB]["cells"][3]["outputs"][0]
    assert output["ename"] == "DeadKernelError"


def test_a_stand_in_that_cannot_reach_a_bound_function_is_flagged(grade: Grader) -> None:
    wrapped = "import functools\n@functools.lru_cache\ndef double(x):\n    return 3 * x"
    bound = "def quadruple(x, f=double):\n    return f(f(x))"
    lost = grade(double=wrapped, quadruple=bound)
    assert scores(lost)["quadruple"] == 0
    assert "stand-in-not-reached: quadruple" in lost.flags
    assert grade(double=wrapped.replace("@functools.lru_cache\n", ""), quadruple=bound).flags == ()


def test_nothing_printed_after_a_hidden_input_is_shown(grade: Grader) -> None:
    spy = "kept = []\ndef double(x):\n    print('SPY', x)\n    kept.append(x)\n    return 2 * x"
    later = "def quadruple(x):\n    return 4 * x\nprint(kept)\nimport atexit\natexit.register(lambda: print(kept))"
    shown = grade(double=spy, quadruple=later)
    assert shown.score == 34
    text = json.dumps(shown.notebooks[LAB])
    assert "SPY 1" not in text
    assert '"text": "[]\\n"' in text


def test_the_hidden_line_and_the_suite_are_nowhere_in_the_sandbox(grade: Grader) -> None:
    look = """
import os
def double(x):
    return 2 * x
seen = []
for folder, folders, files in os.walk('/'):
    folders[:] = [name for name in folders if name not in ('site-packages', 'proc', 'sys', 'python3.11')]
    seen += [name for name in files + folders if name in ('test_lab.py', 'lab.py', 'gradebook.db', '.allclose')]
print('found', len(seen), 'In' in globals() and [line for line in In if 'run_' + 'suite' in line])
"""
    shown = grade(double=look)
    (printed,) = shown.notebooks[LAB]["cells"][1]["outputs"]
    assert printed["text"] == "found 0 []\n"
    assert shown.score == 34


def test_a_forged_frame_ends_the_run_as_protocol(grade: Grader) -> None:
    forge = """
def double(x):
    import os, socket
    for fd in range(3, 64):
        try:
            os.write(fd, b'\\0' * 9 + b'forged')
        except OSError:
            pass
    return 2 * x
"""
    lost = grade(double=forge)
    assert scores(lost)["double"] == 0
    assert set(verdicts(lost, "double").values()) <= {Verdict.PROTOCOL, Verdict.CRASH}
    assert scores(lost)["tools"] == 16


def test_a_submission_has_its_own_folder_with_the_labs_data_and_its_own_files(tmp_path: Path) -> None:
    asked = [Asked("read", "def read():\n    import helper\n    return open('data.txt').read() + helper.NAME", 1)]
    suite = f"{GRADED.format('read', 1)}def test_read(submission):\n    assert submission.read() == 'ours, theirs'\n"
    root = write_course(tmp_path, LAB, asked, suite, data={"data.txt": b"ours, "})
    with Engine(load(root, LAB), tier=Tier.STRONG, device="cpu", seed=SEED) as engine:
        files = {"helper.py": b"NAME = 'theirs'", "data.txt": b"overwritten"}
        grade = engine.grade(Submission("s001", {LAB: solved(engine.assignment.notebooks[0])}, {}, files))
    assert grade.score == 1


def test_a_suite_that_fails_on_the_solution_is_our_fault_and_no_zero(tmp_path: Path) -> None:
    suite = f"{GRADED.format('one', 1)}def test_one(submission):\n    submission.one().nonsense\n"
    root = write_course(tmp_path, LAB, [Asked("one", "def one():\n    return 1", 1)], suite)
    with Engine(load(root, LAB), tier=Tier.STRONG, device="cpu", seed=SEED) as engine:
        grade = engine.grade(Submission("s001", {LAB: solved(engine.assignment.notebooks[0])}, {}, {}))
    assert grade.status is Status.INFRA
    assert "fails on the solution itself" in grade.reason


@pytest.mark.parametrize(
    ("suite", "complaint"),
    [
        (
            GRADED.format("one", 2) + "def test_one(): pass",
            "add up to 2 points, its cell 'one-grade' says 1",
        ),
        (GRADED.format("two", 1) + "def test_one(): pass", "'two', which no notebook has"),
        ("def test_one(): pass", "test_one has no @grade"),
        ("import nowhere", "No module named 'nowhere'"),
        ("def broken(:", "invalid syntax"),
        ("", "'one' has no test"),
        ("raise SystemExit(3)", "autograder/lab"),
    ],
    ids=["points", "unknown question", "unmarked", "import", "syntax", "empty", "exit"],
)
def test_a_suite_that_does_not_fit_its_lab_is_refused_in_one_line(tmp_path: Path, suite: str, complaint: str) -> None:
    root = write_course(tmp_path, LAB, [Asked("one", "def one():\n    return 1", 1)], suite)
    with pytest.raises(SuiteError) as caught, Engine(load(root, LAB), tier=Tier.STRONG, device="cpu", seed=SEED):
        pass
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_worker_is_as_new_for_every_submission(engine: Engine) -> None:
    answers: list[dict[str, Any]] = [{}, {"double": "def double(x):\n    return 3 * x"}, {"tools": "SIZE = 4"}]
    contents = [solved(engine.assignment.notebooks[0], answer) for answer in answers]
    forwards = [engine.grade(Submission("s001", {LAB: content}, {}, {})).questions for content in contents]
    backwards = [engine.grade(Submission("s001", {LAB: content}, {}, {})).questions for content in reversed(contents)]
    assert forwards == backwards[::-1]

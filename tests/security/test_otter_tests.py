"""Submissions that go for otter's tests: what they expect cannot be found, what they say is not easily forged, and one
that hangs, dies or floods costs its own points only.
"""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from allclose.cli import run
from allclose.model import Json
from tests.otter_assignments import START, notebook, ok_test, write_autograder, write_class

TESTS = {
    "f": ok_test(
        "f", [">>> f(1)\n1", {"code": ">>> f(2)\n2", "hidden": True}, {"code": ">>> f(3)\n3", "hidden": True}], 3
    ),
    "g": """
        OK_FORMAT = False
        from otter.test_files import test_case
        import numpy as np
        name = "g"
        points = 3

        @test_case()
        def small(g):
            assert np.allclose(g(1), 1)

        @test_case(hidden=True)
        def larger(g):
            assert np.allclose(g(2), 2)

        @test_case(hidden=True)
        def largest(g):
            assert g(3) == 3
    """,
    "guess": ok_test("guess", [{"code": ">>> guess\n7", "hidden": True}]),
    "mark": ok_test("mark", [{"code": ">>> mark('vq8-source-vq8')\n'vq8-expected-vq8'", "hidden": True}]),
    "scan": ok_test("scan", [">>> found_source\nTrue", ">>> found_expected\nFalse", ">>> found_later\nFalse"]),
    "scan_later": ok_test("scan_later", [{"code": ">>> mark('vq8-later-vq8')", "hidden": True}]),
}
LIMITS = "cell_seconds = 5\ntest_seconds = 1\nsubmission_seconds = 30\nmemory_bytes = 500_000_000\n"
RIGHT = "def f(x): return x\ng = f"
WRONG = "def f(x): return 1\ng = lambda x: 7"
CHECKS = ("grader.check('f')", "grader.check('g')")
SCAN = """
import re
def found(pattern):
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            begin, end = (int(part, 16) for part in place.split("-"))
            if rights.startswith("rw"):
                memory.seek(begin)
                try:
                    if re.search(pattern, memory.read(end - begin)):
                        return True
                except OSError:
                    pass
    return False
"""
GET_CHILD = """
import gc
from allclose.sandbox import wire
(child,) = [each for each in gc.get_objects() if type(each).__name__ == "Child"]
"""


def answers(source: str) -> tuple[str, ...]:
    return START, source, *CHECKS


#: What a submission does, and the points that it must get in f and g; the last of a right one's is lost by the attack.
ATTACKS: dict[str, tuple[tuple[str, ...], float, float]] = {
    "right": (answers(RIGHT), 3, 3),
    "hangs": (answers("def f(x):\n    while x == 2: pass\n    return x\ng = f"), 2, 2),
    "hangs_and_catches": (
        answers(
            "def f(x):\n    while x == 2:\n        try:\n            while True: pass\n"
            "        except BaseException: pass\n    return x\ng = f"
        ),
        2,
        2,
    ),
    "exits": (answers("import os\ndef f(x):\n    if x == 2: os._exit(0)\n    return x\ng = f"), 2, 2),
    "takes_memory": (answers("def f(x):\n    if x == 2: bytearray(10**10)\n    return x\ng = f"), 2, 2),
    "floods": (answers("def f(x):\n    if x == 2: print('x' * 90_000_000)\n    return x\ng = f"), 2, 3),
    "patches_numpy": (answers(f"np.allclose = np.isclose = lambda *a, **k: True\n{WRONG}"), 1, 0),
    "patches_code": (
        answers(f"np.allclose._implementation.__code__ = (lambda *a, **k: True).__code__\n{WRONG}"),
        1,
        0,
    ),
    "patches_builtins": (
        answers(f"import builtins\nbuiltins.all = builtins.any = builtins.abs = lambda *a: True\n{WRONG}"),
        1,
        0,
    ),
    "patches_test_case": (
        answers(
            "import otter.test_files\n"
            "otter.test_files.test_case = type('T', (), {'__init__': lambda self, *a, **k: None,"
            f" '__call__': lambda self, f: self, 'call_func': lambda self, env: None}})\n{WRONG}"
        ),
        1,
        0,
    ),
    "patches_check": (answers(f"grader.check = lambda name: print(name, 'All test cases passed!')\n{WRONG}"), 1, 0),
    "plants_files": (
        answers(
            f"{WRONG}\nimport os, pickle\nos.makedirs('tests', exist_ok=True)\n"
            "open('tests/f.py', 'w').write('OK_FORMAT = True\\ntest = {}')\n"
            "open('otter.py', 'w').write('raise SystemExit')\n"
            "open('doctest.py', 'w').write('raise SystemExit')\n"
            "for name in ('results.json', 'results.pkl', '.OTTER_LOG'): pickle.dump({'f': 3}, open(name, 'wb'))"
        ),
        1,
        0,
    ),
    "breaks_imports": (
        answers(f"{RIGHT}\ngrader.check('f')\nimport sys\nsys.modules['numpy'] = None"),
        3,
        0,
    ),
    "exits_at_the_end": (
        (
            START,
            f"{RIGHT}\nimport os, sys\nfrom allclose.sandbox.checks import Checks\nperform = Checks.perform",
            "Checks.perform = lambda self, *step: os._exit(0) if step[0] == 'last' else perform(self, *step)",
        ),
        0,
        0,
    ),
    "asks_from_a_thread": (
        (START, RIGHT, "import threading\nt = threading.Thread(target=grader.check, args=('f',))\nt.start()\nt.join()"),
        3,
        3,
    ),
    "asks_from_a_fork": ((START, RIGHT, "import os\nif os.fork() == 0:\n    grader.check('f')"), 3, 3),
    "asks_without_end": ((START, RIGHT, "while True: grader.check('f')"), 3, 3),
    "forges_a_request": ((START, RIGHT, f"{GET_CHILD}child.channel.send(wire.Kind.CALLBACK, b'\\x93\\x00')"), 3, 3),
    "forges_in_a_test": (
        answers(
            f"{GET_CHILD}\ndef f(x):\n    if x == 2: child.channel.send(wire.Kind.CALLBACK, b'')\n    return x\ng=f"
        ),
        2,
        2,
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """Every attack in one class, by its name."""
    folder = tmp_path_factory.mktemp("otter")
    autograder = write_autograder(folder / "made", {name: dedent(text) for name, text in TESTS.items()})
    (autograder.parent / "limits.toml").write_text(LIMITS)
    attacks = {name: notebook(*cells) for name, (cells, _, _) in ATTACKS.items()}
    attacks["guesses"] = notebook(
        START,
        "tried = []\nfor guess in range(20):\n    tried.append(guess)\n"
        "    if grader.check('guess').passed_all: break\nguess = tried[-1]",
    )
    attacks["exits_later"] = notebook(
        START, RIGHT, "import os, threading\nthreading.Timer(0.02, os._exit, [0]).start()", "import time\ntime.sleep(1)"
    )
    attacks["scans"] = notebook(
        START,
        SCAN,
        "def mark(text): return text\ngrader.check('mark')",
        "found_source = found(b'vq8-sourc[e]-vq8')",
        "found_expected, found_later = found(b'vq8-expecte[d]-vq8'), found(b'vq8-late[r]-vq8')",
        "grader.check('scan')",
    )
    submitted = write_class(folder / "class", attacks)
    report = folder / "report.json"
    assert run(["grade", str(autograder), "--submitted", str(submitted), "--json", str(report)]) == 0
    return {each["student"]: each for each in json.loads(report.read_text())["submissions"]}


def scores(submission: Json) -> dict[str, float]:
    return {mark["question"]: mark["score"] for mark in submission["questions"]}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_gets_what_its_answers_are_worth(found: dict[str, Json], attack: str) -> None:
    _, f, g = ATTACKS[attack]
    assert found[attack]["status"] == "graded"
    got = scores(found[attack])
    assert (got["f"], got["g"]) == (f, g)


def test_nobody_escapes_a_grade_by_ending_the_process_between_two_tests(found: dict[str, Json]) -> None:
    assert found["exits_later"]["status"] == "graded"


def test_a_check_does_not_tell_whether_a_hidden_case_passed(found: dict[str, Json]) -> None:
    assert scores(found["guesses"])["guess"] == 0


def test_neither_what_is_expected_nor_a_later_test_can_be_found_in_memory(found: dict[str, Json]) -> None:
    got = {mark["question"]: [test["verdict"] for test in mark["tests"]] for mark in found["scans"]["questions"]}
    assert got["mark"] == ["failed"]
    assert got["scan"] == ["passed", "passed", "passed"]


def test_messages_say_nothing_that_a_submission_chose(found: dict[str, Json]) -> None:
    tests = [test for each in found.values() for mark in each["questions"] for test in mark["tests"]]
    assert {test["message"] for test in tests} <= {
        "",
        "What this test checks does not hold.",
        "Your code raised an error.",
        "Your code ran out of time.",
        "Your code ended its own process.",
        "Your code used more memory, processes, disk or output than it may.",
        "Your code tampered with the grader's connection.",
        "This test was not run.",
    }

"""Assignments and submissions of otter-grader's, written to disk, and what `otter run` itself says of them."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from allclose.model import Json

START = "import otter\ngrader = otter.Notebook()\nimport numpy as np"


@dataclass(frozen=True)
class Outcome:
    """Of one submission: points and maximum per question, which cases passed, and the score."""

    score: float
    questions: dict[str, tuple[float, float]]
    cases: dict[str, list[bool]]


def ok_test(name: str, cases: Sequence[Any], points: Any = None, **about: Any) -> str:
    """A test file in OK's format; a case is its code, or a dict of it."""
    written = [{"code": case} if isinstance(case, str) else case for case in cases]
    written = [{"hidden": False, **case, "code": dedent(case["code"]).strip("\n")} for case in written]
    suite = {"cases": written, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    return f"OK_FORMAT = True\n\ntest = {dict(name=name, points=points, suites=[suite], **about)!r}\n"


def write_autograder(folder: Path, tests: Mapping[str, str], files: Mapping[str, str] = {}, **config: Any) -> Path:
    """Make an autograder zip as `otter generate` makes it, in `folder`; its tests go beside it."""
    (folder / "tests").mkdir(parents=True)
    for name, text in tests.items():
        (folder / "tests" / f"{name}.py").write_text(text)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "config.json").write_text(json.dumps(config))
    with contextlib.chdir(folder), _quiet():
        from otter.generate import main

        main(
            tests_dir="tests",
            output_path="autograder.zip",
            config="config.json",
            no_requirements=True,
            no_environment=True,
            files=sorted({name.split("/")[0] for name in files}),
        )
    return folder / "autograder.zip"


def code(source: str, **metadata: Any) -> Json:
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": dedent(source).strip("\n"),
        "outputs": [],
        "execution_count": None,
    }


def notebook(*cells: str | Json, **metadata: Any) -> str:
    """The text of a notebook; a cell may be given by its source alone."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {
            "cells": [code(cell) if isinstance(cell, str) else cell for cell in cells],
            "metadata": {"kernelspec": kernel, **metadata},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    )


def write_class(folder: Path, notebooks: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True)
    for student, text in notebooks.items():
        (folder / f"{student}.ipynb").write_text(text)
    return folder


def otter_run(autograder: Path, *submissions: Path) -> dict[str, Outcome]:
    """Grade submissions with otter itself, in a process of its own; by student."""
    with without("PYTEST_CURRENT_TEST", "NBGRADER_EXECUTION"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.otter_run", str(autograder), *map(str, submissions)],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return {student: outcome(**said) for student, said in json.loads(done.stdout).items()}


@contextlib.contextmanager
def without(*names: str) -> Any:
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def ours(submission: Json) -> Outcome:
    """What `allclose grade --json` says of one submission."""
    questions = {mark["question"]: (mark["score"], mark["max_score"]) for mark in submission["questions"]}
    cases = {
        mark["question"]: [test["verdict"] == "passed" for test in mark["tests"]] for mark in submission["questions"]
    }
    return Outcome(round(submission["score"], 4), questions, cases)


#: An assignment in OK's format with most of what otter knows, and a class for it.
OK_TESTS = {
    "double": ok_test(
        "double",
        [
            ">>> double(2)\n4",
            ">>> double('ab')\n'abab'",
            {"code": ">>> double(1.5) # a comment\n3.0", "hidden": True},
            {
                "code": """
                >>> total = 0
                >>> for number in range(3):
                ...     total += double(number)
                >>> total
                6
                """,
                "hidden": True,
            },
        ],
        4,
    ),
    "report": ok_test(
        "report",
        [
            ">>> report()\ntotal:\n<BLANKLINE>\n3",
            ">>> report() # doctest: +ELLIPSIS\ntot...3",
            ">>> report() # doctest: +NORMALIZE_WHITESPACE\ntotal: \n<BLANKLINE>\n     3",
            ">>> report() # doctest: +SKIP\nnonsense",
            ">>> import sys\n>>> print('loud', file=sys.stderr)\n>>> print('seen')\nseen",
        ],
        [1, 2, 0.5, 0.25, 0.25],
    ),
    "refuse": ok_test(
        "refuse",
        [
            ">>> refuse(-1)\nTraceback (most recent call last):\n    ...\nValueError: no negative numbers",
            """
            >>> refuse(-1) # doctest: +IGNORE_EXCEPTION_DETAIL
            Traceback (most recent call last):
            ValueError: whatever
            """,
            ">>> refuse(0)",
            ">>> eval('1 +')\nTraceback (most recent call last):\nSyntaxError: invalid syntax",
        ],
        all_or_nothing=True,
        points=3,
    ),
    "moved": ok_test("moved", [">>> items.pop()\n3", ">>> len(items)\n2", ">>> items.append('x')"], 2),
    "drawn": ok_test(
        "drawn", [">>> bool(abs(draw - 0.3745401188473625) < 1e-12)\nTrue", ">>> bool(0 <= np.random.rand() < 1)\nTrue"]
    ),
    "after": ok_test("after", [">>> len(items), items[-1]\n(3, 'x')", ">>> 'total' in globals(), '_' in dir()"]),
    "table": ok_test(
        "table",
        [
            {"code": ">>> rows[0]\n['a', '1']", "points": 2, "success_message": "well read"},
            {"code": ">>> len(rows)\n2", "hidden": True, "failure_message": "count again"},
            {"code": ">>> type(rows)\n<class 'list'>", "hidden": True},
        ],
        3,
    ),
    "worthless": ok_test("worthless", [">>> 1\n1", ">>> double\n1"], 0),
    "unasked": ok_test("unasked", [">>> late\n'yes'"]),
}
OK_FILES = {"table.csv": "a,1\nb,2\n", "deep/note.txt": "a note"}
SOLVED = {
    "double": "def double(x):\n    return 2 * x",
    "report": "def report():\n    print('total:')\n    print()\n    print(3)",
    "refuse": "def refuse(x):\n    if x < 0:\n        raise ValueError('no negative numbers')",
    "moved": "items = [1, 2, 3]",
    "drawn": "draw = np.random.rand()",
    "after": "",
    "table": "rows = [line.split(',') for line in open('table.csv').read().split()]",
    "unasked": "late = 'yes' if open('deep/note.txt').read() else 'no'",
}


def answered(start: str = START, **answers: str) -> list[str | Json]:
    """A notebook that checks each question below its answer."""
    cells: list[str | Json] = [start]
    for name, source in (SOLVED | answers).items():
        cells += [source, f'grader.check("{name}")'] if name != "unasked" else [source]
    return cells


def ok_class() -> dict[str, str]:
    """Submissions that are right, partly right, wrong and broken, and that ask for their tests in many ways."""
    return {
        "solved": notebook(*answered()),
        "partly": notebook(
            *answered(
                double="def double(x):\n    return 2 * x if x != 1.5 else 0",
                report="def report():\n    print('total: 3')",
                refuse="def refuse(x):\n    if x < 0:\n        raise ValueError('no')",
                table="rows = [['a', '1']]",
            )
        ),
        "blank": notebook(START, *[f'grader.check("{name}")' for name in SOLVED]),
        "broken": notebook(
            *answered(
                double="def double(x):\n  return undefined",
                report="def report(:",
                moved="items = [1, 2, 3]\n1 / 0",
                table="rows = 5\nraise SystemExit",
            )
        ),
        "redefined": notebook(
            *answered(), "double = None\nitems = ()\nrows = []\ndef report(): pass", "late = 'changed'"
        ),
        "no_otter": notebook(*answered(start="import numpy as np")),
        "wrong_name": notebook(*answered(start=START.replace("Notebook()", "Notebook('hw.ipynb')")), "items = 5"),
        "right_name": notebook(*answered(start=START.replace("Notebook()", "Notebook('right_name.ipynb')")), "items=5"),
        "asked_again": notebook(
            START,
            "double = 3",
            'grader.check("double")',
            SOLVED["double"],
            'for _ in range(2):\n    result = grader.check("double")\nassert result.passed_all, result',
            'def ask(name):\n    return grader.check(name)\nask("nothing")',
            'refuse = abs\nask("refuse")\ngrader.check_all()\ngrader.export("asked_again.ipynb", pdf=False)',
            'grader.check("report", {"report": lambda: print("total:\\n\\n3")})',
            'grader.check("report", 5)',
        ),
        "marked_cells": notebook(
            START,
            code(SOLVED["double"], otter={"tests": ["double", "nothing", "report"]}),
            code("double = 5", tags=["otter_ignore"]),
            code("double = 6", otter={"ignore": True}),
            code("double = 7", tags=["skip-execution"]),
            {"cell_type": "markdown", "metadata": {"otter": {"tests": ["refuse"]}}, "source": "text"},
            code(SOLVED["moved"], otter={"tests": ["moved", "after"]}),
            "items = None",
            f"%%time\n{SOLVED['drawn']}",
            code(SOLVED["drawn"], otter={"tests": ["drawn"]}),
            "from otter import Notebook\nNotebook(tests_dir='elsewhere').check('table')",
            "Notebook(tests_url_prefix='x').check('table')",
            "Notebook(colab=True)",
        ),
        "strange": notebook(
            START,
            "from __future__ import annotations\nimport builtins",
            "class Same:\n    def __eq__(self, other): return True\n    def __repr__(self): return '4'",
            "def double(x):\n    print(end='')\n    return Same()",
            "def report():\n    display('total:\\n\\n3')",
            "import matplotlib.pyplot as plt\nplt.plot([1])\ngrader.check('double');",
            "async def draw_it():\n    return np.random.rand()\ndraw = await draw_it()\ngrader.check('drawn')",
            "try:\n    grader.check('absent')\nexcept FileNotFoundError:\n    late = 'yes'",
            "del grader\nimport otter as another\nanother.Notebook().check('report')",
        ),
    }


#: Cases that are functions.
FUNCTION_TESTS = {
    "double": """
        from otter.test_files import test_case
        import numpy as np

        OK_FORMAT = False

        name = "double"
        points = 4

        def close(a, b):
            return np.allclose(a, b)

        @test_case(points=1)
        def test_small(double):
            assert double(2) == 4

        @test_case(points=0.5, hidden=True, success_message="yes", failure_message="no")
        def test_array(double, env):
            assert close(double(np.ones(3)), 2 * np.ones(3)), "not doubled"
            env["seen"] = env.get("seen", 0) + 1

        @test_case(name="the rest", hidden=True)
        def test_rest(env):
            assert env["double"]("a") == "aa"

        @test_case(hidden=True)
        def test_seen(seen, absent):
            print("printed by a test")
            assert seen == 1 and absent is None
    """,
    "count": """
        OK_FORMAT = False
        from otter.test_files import test_case
        name = "count"
        points = None
        all_or_nothing = True

        @test_case()
        def test_first(count):
            assert next(count) == 0

        @test_case(hidden=True)
        def test_second(count):
            if next(count) != 1:
                raise ValueError("wrong number")
    """,
    "none": """
        OK_FORMAT = False
        from otter.test_files import test_case
        name = "none"
        points = [1, None, 0]
        for number in range(3):
            @test_case(name=f"case {number}")
            def check(env, number=number):
                assert env.get("answer") == 42
            globals()[f"case_{number}"] = check
        del check
    """,
    "computed": """
        OK_FORMAT = True
        cases = [{"code": f">>> double({n})\\n{2 * n}", "hidden": n > 1} for n in range(4)]
        test = {"name": "computed", "points": 2, "suites": [{"cases": cases, "type": "doctest"}]}
    """,
}


def function_class() -> dict[str, str]:
    count = "count = iter(range(10))"
    right = "def double(x):\n    return 2 * x"
    return {
        "solved": notebook(START, right, count, "answer = 42", "grader.check('double')", "grader.check('count')"),
        "partly": notebook(START, "def double(x):\n    return 4", count, "grader.check('double')", "next(count)"),
        "at_the_end": notebook(START, right, count, "answer = 42", "next(count)"),
        "twice": notebook(START, right, count, "grader.check('double')", "grader.check('double')", "answer = 42"),
        "wrong": notebook(START, "double = 3", "count = 5", "grader.check('double')"),
        "raising": notebook(START, "def double(x):\n    raise KeyError(x)", "1 / 0", "grader.check('nothing')"),
        "empty": notebook(),
    }


OWN = Path(__file__).parent / "assets" / "otter-grade"
#: What `otter run` says of the classes above; `tests/peers/test_otters_own_notebooks.py` compares it with otter itself.
RECORDED = Path(__file__).parent / "assets" / "otter-runs.json"


def own_tests() -> dict[str, str]:
    """The tests of otter's own grading test, written out."""
    return {
        name: ok_test(
            spec["name"],
            [{"code": case["doctest"], "hidden": case["hidden"]} for case in spec["cases"]],
            spec["points"],
        )
        for name, spec in json.loads((OWN / "tests.json").read_text()).items()
    }


def write_assignment(folder: Path, kind: str) -> tuple[Path, Path]:
    """Write one of the assignments with its class: the autograder zip, and the folder of the submissions."""
    match kind:
        case "own":
            return write_autograder(folder / "own", own_tests()), OWN / "notebooks"
        case "examples":
            zipped = write_autograder(folder / "examples", OK_TESTS, OK_FILES, seed=42)
            return zipped, write_class(folder / "examples" / "class", ok_class())
        case "functions":
            tests = {name: dedent(text) for name, text in FUNCTION_TESTS.items()}
            zipped = write_autograder(folder / "functions", tests, points_possible=10)
            return zipped, write_class(folder / "functions" / "class", function_class())
        case "threshold":
            rules = {"score_threshold": 0.6, "seed": 3, "seed_variable": "number", "assignment_name": "hw"}
            zipped = write_autograder(folder / "threshold", OK_TESTS, OK_FILES, **rules)
            hw = {"assignment_name": "hw"}
            named = {"solved": notebook(*answered(), otter=hw), "little": notebook("late = 'yes'\nnumber", otter=hw)}
            return zipped, write_class(folder / "threshold" / "class", named)
    raise ValueError(kind)


def recorded(kind: str) -> dict[str, Outcome]:
    """What otter itself said of a class, by student."""
    return {student: outcome(**said) for student, said in json.loads(RECORDED.read_text())[kind].items()}


def outcome(score: float, questions: dict[str, list[float]], cases: dict[str, list[bool]]) -> Outcome:
    return Outcome(score, {name: (points, most) for name, (points, most) in questions.items()}, cases)


def told_by_name(name: str) -> dict[str, tuple[float, float]]:
    """The points of one of otter's own notebooks, which is named after what it fails; H: a hidden case only."""
    most = {"q1": 0.0, "q2": 2.0, "q2b": 2.0, "q3": 2.0, "q4": 1.0, "q6": 5.0, "q7": 1.0}
    got = most | {"q7": float(importlib.util.find_spec("tqdm") is not None)}
    for failed in name.removeprefix("fails").split("and") if name != "passesAll" else ():
        if failed.endswith("H"):
            got[f"q{failed[0]}"] /= 2
        else:
            got |= dict.fromkeys(("q2", "q2b") if failed == "2" else (f"q{failed}",), 0.0)
    return {question: (got[question], points) for question, points in most.items()}


_MASTER = """
name: hw01
solutions_pdf: false
template_pdf: false
files: [data.csv]
generate: {seed: 7, points_possible: 20}
"""


def assigned(folder: Path) -> Path:
    """An assignment as `otter assign` makes it of an instructor's notebook; what it made."""
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("1,2\n")
    printed = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}

    def tested(source: str, value: str) -> Json:
        return code(source) | {"outputs": [{**printed, "data": {"text/plain": value}}], "execution_count": 1}

    cells = [
        _raw(f"# ASSIGNMENT CONFIG{_MASTER}"),
        "import numpy as np",
        _raw("# BEGIN QUESTION\nname: q1\npoints: 3"),
        _raw("# BEGIN SOLUTION"),
        "def square(x):\n    return x**2 # SOLUTION",
        _raw("# END SOLUTION"),
        _raw("# BEGIN TESTS"),
        tested("square(3) == 9", "True"),
        tested("# HIDDEN\nsquare(4) == 16", "True"),
        _raw("# END TESTS"),
        _raw("# END QUESTION"),
        _raw("# BEGIN QUESTION\nname: q2"),
        _raw("# BEGIN SOLUTION"),
        "draw = np.random.normal() # SOLUTION\nrows = open('data.csv').read()",
        _raw("# END SOLUTION"),
        _raw("# BEGIN TESTS"),
        tested("rows", "'1,2\\n'"),
        tested("# HIDDEN\nround(draw, 6)", "1.690526"),
        _raw("# END TESTS"),
        _raw("# END QUESTION"),
    ]
    (folder / "hw01.ipynb").write_text(notebook(*cells))
    with contextlib.chdir(folder), _quiet():
        from otter.assign import main

        main("hw01.ipynb", "dist", no_pdfs=True, no_run_tests=True)
    return folder / "dist"


def export(source: Path, target: Path, folder: Path) -> None:
    """Hand in a notebook as a student does, by otter's own `export`, which makes a zip."""
    folder.mkdir()
    (folder / source.name).write_bytes(source.read_bytes())
    (folder / "data.csv").write_text("1,2\n")
    with contextlib.chdir(folder), _quiet():
        import otter

        handed = otter.Notebook(source.name)
        handed.export(pdf=False, display_link=False, export_path=str(target), files=["data.csv"])


def _raw(source: str) -> Json:
    return {"cell_type": "raw", "metadata": {}, "source": source}


@contextlib.contextmanager
def _quiet() -> Any:
    """What otter says of itself is not the tests' concern."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        without("PYTEST_CURRENT_TEST", "NBGRADER_EXECUTION"),
    ):
        warnings.simplefilter("ignore")
        yield

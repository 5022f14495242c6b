"""Which questions a change of a suite, a reference or what lies beside them touches, as far as names can tell."""

from __future__ import annotations

import pytest

from allclose.grading.dependence import Suite, dependences, without_remarks

QUESTIONS = ("one", "two", "three")
SUITE = '''
"""Hidden tests."""

import math

import numpy as np
import pytest

from allclose import agree, grade
from solutions import lab as reference

SIZES = (3, 4)
CASES = {"a": 1}


def numbers(rng, n):
    """Some numbers."""
    return rng.normal(size=n)


@pytest.fixture
def start():
    return SIZES[0]


@grade("one", points=2)
def test_one(submission, rng):
    """The title."""
    agree(submission.one(numbers(rng, 3)), 1)


@grade("two", points=1)
def test_two(submission, start):
    assert submission.two(start) == reference.two(start), "two is off"


@grade("three", points=1)
@pytest.mark.parametrize("case", CASES)
def test_three(submission, case):
    assert submission.with_reference("one").three(CASES[case]) == math.pi
'''
REFERENCE = '''
"""The reference."""

import numpy as np

SCALE = 2.0


def one(x):
    return scaled(x)


def scaled(x):
    return SCALE * x


def two(x):
    return x + 1
'''
NAMES = {"one": ["one"], "two": ["two"], "three": ["three"]}


def suite(text: str = SUITE, reference: str = REFERENCE, beside: dict[str, str] | None = None) -> Suite:
    others = {place: content.encode() for place, content in (beside or {}).items()}
    return Suite(QUESTIONS, {"autograder/lab/test_lab.py": text.encode()}, "lab", reference.encode(), others, NAMES)


def touched(changed: Suite, before: Suite | None = None) -> set[str]:
    """The questions that a change touches; all of them where names do not tell."""
    old, new = dependences(before or suite()), dependences(changed)
    if old is None or new is None or old[0] != new[0]:
        return set(QUESTIONS)
    return {question for question in QUESTIONS if old[1][question] != new[1][question]}


def edited(old: str, new: str) -> Suite:
    assert SUITE.count(old) == 1
    return suite(SUITE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("agree(submission.one(numbers(rng, 3)), 1)", "agree(submission.one(numbers(rng, 3)), 2)", {"one"}),
        ('"two is off"', '"two is wrong"', {"two"}),
        ("rng.normal(size=n)", "rng.normal(size=n + 1)", {"one"}),
        ("return SIZES[0]", "return SIZES[1]", {"two"}),
        ("SIZES = (3, 4)", "SIZES = (3, 5)", {"two"}),
        ('{"a": 1}', '{"a": 2}', {"three"}),
        ("import math\n", "import cmath as math\n", {"three"}),
        ('@grade("two", points=1)', '@grade("one", points=1)', {"one", "two"}),
        ("def test_one(", "def test_another(", {"one"}),
        ("submission, start", "submission, begin", {"two"}),
        ('with_reference("one")', 'with_reference("two")', {"three"}),
        ("from solutions import lab as reference", "from solutions import lab as reference, to_plain", set()),
        ("from solutions import lab as reference", "from __future__ import annotations", {"one", "two", "three"}),
        ("SIZES = (3, 4)", "SIZES = (3, 4)\nnp.seterr(all='raise')", {"one", "two", "three"}),
        ("SIZES = (3, 4)", "SIZES = (3, 4)\nold = np.seterr(all='raise')", {"one", "two", "three"}),
        ("SIZES = (3, 4)", "SIZES = (3, 4)\nif SIZES:\n    SIZES = (5,)", {"one", "two", "three"}),
        ("SIZES = (3, 4)", "SIZES = (3, 4)\nUNUSED = 5", set()),
    ],
)
def test_a_change_touches_what_mentions_it(old: str, new: str, expected: set[str]) -> None:
    assert touched(edited(old, new)) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SIZES = (3, 4)", "SIZES = (3, 4)  # of the arrays"),
        ("SIZES = (3, 4)", "\n\nSIZES = (\n    3,\n    4,\n)"),
        ('"""Some numbers."""', '"""Some normal numbers."""'),
        ('"""Hidden tests."""', '"""The hidden tests."""'),
        ('    """Some numbers."""\n', ""),
    ],
)
def test_comments_layout_and_docstrings_touch_nothing_and_change_no_results_name(old: str, new: str) -> None:
    assert touched(edited(old, new)) == set()
    assert without_remarks(SUITE.encode()) == without_remarks(SUITE.replace(old, new).encode())


@pytest.mark.parametrize(("old", "new"), [("points=2", "points=3"), ('"""The title."""', '"""Another title."""')])
def test_points_and_titles_touch_no_question_but_are_not_forgotten(old: str, new: str) -> None:
    assert touched(edited(old, new)) == set()
    assert without_remarks(SUITE.encode()) != without_remarks(SUITE.replace(old, new).encode())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("return x + 1", "return x + 2", {"two"}),
        ("return scaled(x)", "return 2 * x", {"three"}),
        ("return SCALE * x", "return x * SCALE", {"three"}),
        ("SCALE = 2.0", "SCALE = 3.0", {"three"}),
        ("SCALE = 2.0", "SCALE = 2.0\nprint(SCALE)", {"one", "two", "three"}),
        ('"""The reference."""', '"""Ours."""', set()),
    ],
)
def test_a_changed_reference_touches_whose_tests_mention_it(old: str, new: str, expected: set[str]) -> None:
    assert touched(suite(reference=REFERENCE.replace(old, new))) == expected


@pytest.mark.parametrize(
    "use",
    [
        "getattr(reference, 'tw' + 'o')(start)",
        "vars(reference)['two'](start)",
        "[reference][0].two(start)",
        "submission.with_reference(str(start)).two(start)",
    ],
)
def test_a_reference_that_is_handed_on_may_be_used_in_all_its_parts(use: str) -> None:
    text = SUITE.replace("reference.two(start)", use)
    changed = suite(text, REFERENCE.replace("return scaled(x)", "return 2 * x"))
    assert "two" in touched(changed, suite(text))


@pytest.mark.parametrize(
    "line",
    [
        "from helpers import *",
        "import inspect",
        "exec('x = 1')",
        "pytestmark = pytest.mark.slow",
        "def pytest_runtest_setup(item): pass",
        "def setup_function(function): pass",
        "@pytest.fixture(autouse=True)\ndef always(): pass",
        "from hypothesis import given",
        "TEXT = open('autograder/lab/test_lab.py').read()",
        "import sys; sys.modules['solutions.lab'].two = None",
        "KIND = 'one'\n@grade(KIND, points=1)\ndef test_more(submission): pass",
        "def test_nothing(submission): pass",
    ],
)
def test_where_names_do_not_tell_everything_is_touched(line: str) -> None:
    text = f"{SUITE}\n{line}\n"
    assert dependences(suite(text)) is None
    assert touched(suite(text)) == set(QUESTIONS)


def test_a_suite_that_may_look_at_its_own_text_keeps_every_letter_of_it() -> None:
    text = f"{SUITE}\nimport inspect\n".encode()
    assert without_remarks(text) == text


@pytest.mark.parametrize(
    "helper",
    [
        "SEEN = []\ndef seen(x):\n    SEEN.append(x)\n    return SEEN",
        "SEEN = np.zeros(3)\ndef seen(x):\n    return SEEN",
        "def seen(x, known={}):\n    return known",
        "import functools\n@functools.lru_cache\ndef seen(x):\n    return [x]",
        "def seen(x):\n    seen.last = x\n    return x",
        "LAST = 0\ndef seen(x):\n    global LAST\n    LAST = x\n    return x",
        "@pytest.fixture(scope='module')\ndef seen():\n    return str",
        "class Seen:\n    known = []\ndef seen(x):\n    return Seen",
    ],
)
def test_questions_whose_tests_share_what_may_change_belong_together(helper: str) -> None:
    text = SUITE.replace("SIZES = (3, 4)", f"SIZES = (3, 4)\n{helper}")
    text = text.replace("(submission, rng):", "(submission, rng, s=1):\n    seen(1)").replace(
        "(submission, start):", "(submission, start):\n    seen(2)"
    )
    assert touched(suite(text.replace("two is off", "two is wrong")), suite(text)) == {"one", "two"}


def test_a_name_that_a_function_has_for_itself_links_nobody() -> None:
    text = SUITE.replace("return rng.normal(size=n)", "start = [n]\n    start.append(n)\n    return rng.normal(size=n)")
    assert touched(suite(text.replace("two is off", "two is wrong")), suite(text)) == {"two"}


def test_a_message_that_is_made_while_the_test_runs_depends_on_the_texts_of_its_file() -> None:
    text = SUITE.replace('"two is off"', 'f"{start} is off"')
    changed = text.replace("SIZES = (3, 4)", 'SIZES = (3, 4)\nUNUSED = "3 is off"')
    assert touched(suite(changed), suite(text)) == {"two"}


def test_a_new_definition_that_takes_a_names_place_touches_who_mentions_it() -> None:
    text = SUITE + "\n\ndef agree(a, b):\n    assert a == b\n"
    assert touched(suite(text)) == {"one"}


@pytest.mark.parametrize(
    "helper", ["STATE = []", "from solutions import lab\ndef two(x): return lab.two(x)", "def f(reference): return 1"]
)
def test_a_helper_beside_the_suite_that_keeps_state_or_knows_the_reference_makes_all_depend_on_all(helper: str) -> None:
    text = SUITE.replace("import math\n", "import math\nimport helper\n")
    assert dependences(suite(text, beside={"autograder/lab/helper.py": helper})) is None
    assert dependences(suite(text, beside={"autograder/lab/helper.py": "def f(x): return x"})) is not None
    assert dependences(suite(beside={"autograder/lab/conftest.py": helper})) is None
    through = {"solutions/__init__.py": "from solutions import other", "solutions/other.py": helper}
    assert dependences(suite(beside=through)) is None


def test_a_helper_that_nothing_imports_makes_nothing_depend_on_anything() -> None:
    assert dependences(suite(beside={"solutions/other.py": "STATE = []"})) is not None

"""Tests that are called as they are: which can be, and that they end as they would in pytest's own hands."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace

import pytest

from allclose.suite.plugin import SuitePlugin, arguments, calm_hypothesis
from allclose.suite.verdicts import Ending

SEED = b"tests" * 8
HEAD = "import pytest\nfrom allclose import agree, grade\n"


def endings(
    folder: Path, suites: dict[str, str], *, direct: bool = True, times: int = 1
) -> tuple[dict[str, Ending], set[str]]:
    """How each test ends the last time, and which were called directly."""
    tests = folder / "autograder"
    tests.mkdir(exist_ok=True)
    for name, code in suites.items():
        (tests / name).write_text(HEAD + dedent(code))
    found: dict[str, Ending] = {}
    called: set[str] = set()

    def loop(plugin: SuitePlugin) -> None:
        assert plugin.problems == []
        called.update(test.name for test, how in zip(plugin.tests, plugin._direct, strict=True) if how is not None)
        if not direct:
            plugin._direct = [None] * len(plugin.tests)
        indexes = [test.index for test in plugin.tests]
        for _ in range(times):
            ended = plugin.run(indexes, SimpleNamespace(one=1, log=[]), lambda _: None)
            found.update({plugin.tests[index].name: ending for index, ending in ended})

    calm_hypothesis()
    paths = [tests / name for name in suites if name.startswith("test_")]
    before = dict(sys.modules)
    try:
        pytest.main(arguments(folder, paths, SEED), plugins=[SuitePlugin(["q"], None, SEED, "cpu", loop)])
    finally:
        for name in set(sys.modules) - set(before):
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]
    return found, called


ENDINGS = """
@pytest.fixture
def two(submission):
    submission.log.append("two")
    return 2 * submission.one


@pytest.fixture
def four(two, submission):
    submission.log.append("four")
    return two + two


@pytest.fixture
def broken(two):
    raise AssertionError("a fixture that fails")


@grade("q", points=1)
def test_passes(four, two, submission):
    assert (four, two) == (4, 2)
    assert submission.log[-2:] == ["two", "four"]


@grade("q", points=1)
def test_fails(four):
    assert four == 5


@grade("q", points=1)
def test_disagrees(two):
    agree(two, -2)


@grade("q", points=1)
def test_raises(two):
    raise ValueError("nobody expects this")


@grade("q", points=1)
def test_stands_on_a_broken_fixture(broken):
    pass


@grade("q", points=1)
def test_skips(two):
    pytest.skip("not today")


@grade("q", points=1)
def test_gives_up(two):
    pytest.fail("the two is bad")


@grade("q", points=2)
@pytest.mark.parametrize(("factor", "result"), [(1, 2), (2, 4), (3, 5)])
def test_with_parameters(two, factor, result):
    assert factor * two == result


@pytest.fixture(params=[1, 3])
def either():
    return "one of two"


@grade("q", points=2)
def test_with_a_fixture_of_two_kinds(either):
    assert either == "one of two"


@pytest.mark.usefixtures("four")
@grade("q", points=1)
def test_uses_a_fixture_that_it_does_not_name(submission):
    assert submission.log[-1] == "four"


@grade("q", points=1)
def test_draws(rng, submission):
    assert rng.normal() != 0
    assert submission.log
"""


def test_a_test_ends_the_same_called_directly_and_by_pytest(tmp_path: Path) -> None:
    called, names = endings(tmp_path, {"test_lab.py": ENDINGS})
    protocol, _ = endings(tmp_path, {"test_lab.py": ENDINGS}, direct=False)
    assert called == protocol
    assert names == set(called)
    assert {name: ending.verdict.value for name, ending in called.items() if ending.verdict.value != "passed"} == {
        "test_fails": "failed",
        "test_disagrees": "failed",
        "test_raises": "failed",
        "test_stands_on_a_broken_fixture": "failed",
        "test_skips": "not-run",
        "test_gives_up": "failed",
        "test_with_parameters[3-5]": "failed",
    }
    assert called["test_gives_up"].message == "the two is bad"
    assert called["test_stands_on_a_broken_fixture"].doubtful


def test_a_fixture_is_made_once_for_a_test_and_anew_for_the_next(tmp_path: Path) -> None:
    suite = """
    made = []

    @pytest.fixture
    def base():
        made.append("base")
        return made

    @pytest.fixture
    def left(base):
        return base

    @grade("q", points=1)
    @pytest.mark.parametrize("times", [1, 2])
    def test_one(left, base, times):
        assert len(made) == times
    """
    found, called = endings(tmp_path, {"test_lab.py": suite})
    assert called == set(found)
    assert {ending.verdict.value for ending in found.values()} == {"passed"}


OURS = '@grade("q", points=1)\ndef test_it({}):\n    pass\n'
NEEDS_PYTEST = {
    "a mark of pytest's": '@pytest.mark.skipif(True, reason="why not")\n' + OURS.format(""),
    "a test that yields its fixture": "@pytest.fixture\ndef f():\n    yield 1\n" + OURS.format("f"),
    "a fixture for a module": '@pytest.fixture(scope="module")\ndef f():\n    return 1\n' + OURS.format("f"),
    "a fixture that stands on one for a module": (
        '@pytest.fixture(scope="module")\ndef f():\n    return 1\n@pytest.fixture\ndef g(f):\n    return f\n'
        + OURS.format("g")
    ),
    "pytest's request": "@pytest.fixture\ndef f(request):\n    return request\n" + OURS.format("f"),
    "a temporary folder": OURS.format("tmp_path"),
    "an overridden fixture": "@pytest.fixture\ndef rng(rng):\n    return rng\n" + OURS.format("rng"),
    "a set-up of its module": "def setup_module():\n    pass\n" + OURS.format(""),
    "a set-up of each function": "def setup_function():\n    pass\n" + OURS.format(""),
    "a class": 'class TestClass:\n    @grade("q", points=1)\n    def test_it(self):\n        pass\n',
    "hypothesis": (
        "from hypothesis import given, strategies\n"
        '@given(strategies.integers())\n@grade("q", points=1)\ndef test_it(number):\n    pass\n'
    ),
    "a fixture that there is not": OURS.format("nobody_made_this"),
    "a parameter that goes to a fixture": (
        "@pytest.fixture\ndef f(request):\n    return request.param\n"
        '@pytest.mark.parametrize("f", [1], indirect=True)\n' + OURS.format("f")
    ),
}


@pytest.mark.parametrize("suite", NEEDS_PYTEST.values(), ids=NEEDS_PYTEST)
def test_what_needs_pytest_is_left_to_it(suite: str, tmp_path: Path) -> None:
    found, called = endings(tmp_path, {"test_lab.py": suite})
    assert called == set()
    assert len(found) == 1


def test_a_mark_that_nobody_acts_on_is_no_reason_for_pytest(tmp_path: Path) -> None:
    known = 'def pytest_configure(config):\n    config.addinivalue_line("markers", "hard: not easy")\n'
    suites = {"conftest.py": known, "test_lab.py": "@pytest.mark.hard\n" + OURS.format("")}
    found, called = endings(tmp_path, suites)
    assert called == set(found) == {"test_it"}


def test_a_method_finds_nothing_of_the_submission_before_on_its_object(tmp_path: Path) -> None:
    suite = """
    class TestClass:
        @grade("q", points=1)
        def test_it(self):
            assert not hasattr(self, "seen")
            self.seen = True

    import unittest

    class TestOther(unittest.TestCase):
        @grade("q", points=1)
        def test_that(self):
            assert not hasattr(self, "seen")
            self.seen = True
    """
    found, _ = endings(tmp_path, {"test_lab.py": suite}, times=3)
    assert {name: ending.verdict.value for name, ending in found.items()} == {
        "test_it": "passed",
        "test_that": "passed",
    }


def test_a_suite_with_a_hook_of_its_own_is_left_to_pytest(tmp_path: Path) -> None:
    hook = "def pytest_runtest_setup(item):\n    item.module.seen = item.name\n"
    suite = '@grade("q", points=1)\ndef test_it():\n    assert seen == "test_it"\n'
    found, called = endings(tmp_path, {"conftest.py": hook, "test_lab.py": suite})
    assert called == set()
    assert found["test_it"].verdict.value == "passed"


def test_a_fixture_of_a_conftest_is_made_directly(tmp_path: Path) -> None:
    fixture = "@pytest.fixture\ndef three():\n    return 3\n"
    suite = '@grade("q", points=1)\ndef test_it(three):\n    assert three == 3\n'
    found, called = endings(tmp_path, {"conftest.py": fixture, "test_lab.py": suite})
    assert called == {"test_it"}
    assert found["test_it"].verdict.value == "passed"


def test_both_kinds_take_turns_over_several_files(tmp_path: Path) -> None:
    one = """
    ended = []

    @pytest.fixture(scope="module")
    def held():
        yield "held"
        ended.append(__name__)

    @grade("q", points=1)
    def test_{0}_by_pytest(held):
        assert held == "held" and not ended

    @grade("q", points=1)
    def test_{0}_direct():
        pass

    @grade("q", points=1)
    def test_{0}_by_pytest_again(held):
        assert held == "held" and not ended

    @grade("q", points=1)
    def test_{0}_direct_in_the_end():
        pass
    """
    suites = {f"test_{name}.py": one.format(name) for name in ("a", "b", "c")}
    found, called = endings(tmp_path, suites)
    assert len(found) == 12
    assert called == {f"test_{name}_direct{end}" for name in "abc" for end in ("", "_in_the_end")}
    assert {ending.verdict.value for ending in found.values()} == {"passed"}

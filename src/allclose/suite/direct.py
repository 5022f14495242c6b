"""Tests that can be called as they are: functions whose fixtures are functions too, with no hook that wants a word.

pytest's protocol around a test takes some thirty calls of hooks, which is more than most tests take themselves. What
such a test and its fixtures do and raise is the same without it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

#: With these pytest does something of its own around a test.
_MARKS = frozenset(("skip", "skipif", "xfail"))
_HOOKS = (
    "pytest_runtest_setup",
    "pytest_runtest_call",
    "pytest_runtest_teardown",
    "pytest_runtest_makereport",
    "pytest_fixture_setup",
    "pytest_fixture_post_finalizer",
    "pytest_pyfunc_call",
)
_THEIRS = ("_pytest.", "_hypothesis_pytestplugin")


@dataclass(frozen=True, slots=True)
class DirectTest:
    """A test's function and the names of its arguments; its parameters, and its fixtures in the order of their making.

    Each fixture is its name, its function and the names of that one's arguments.
    """

    function: Callable[..., Any]
    arguments: tuple[str, ...]
    parameters: Mapping[str, Any]
    fixtures: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...]

    def run(self) -> tuple[BaseException | None, bool]:
        """Make the fixtures anew and call the test.

        Returns
        -------
        error, in_call
            What was raised, and whether by the test itself and not by a fixture.
        """
        values = dict(self.parameters)
        in_call = False
        try:
            for name, function, needs in self.fixtures:
                values[name] = function(**{need: values[need] for need in needs})
            in_call = True
            self.function(**{name: values[name] for name in self.arguments})
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:
            return error, in_call
        return None, True


def direct_test(item: pytest.Item, plugin: object) -> DirectTest | None:
    """How to call a test, None where it is pytest that has to.

    That is where it may be skipped or expected to fail, is no function of a module, is run by hypothesis, uses a
    fixture that is wider than one test, yields, overrides another or asks for pytest's `request`, or where a hook of
    the course's looks on.

    Parameters
    ----------
    item : pytest.Item
        The test as collected.
    plugin : object
        Whose hooks may be passed by.
    """
    if type(item) is not pytest.Function or item.cls is not None or not _is_plain(item.obj):
        return None
    if any(mark.name in _MARKS for mark in item.iter_markers()) or _is_watched(item, plugin):
        return None
    given = item.callspec.params if hasattr(item, "callspec") else {}
    known = item._fixtureinfo.name2fixturedefs
    parameters: dict[str, Any] = {}
    fixtures: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {}

    def make(name: str) -> bool:
        """Note how to make a fixture, after those that it needs."""
        if name in fixtures or name in parameters:
            return True
        definitions = known.get(name, ())
        if len(definitions) != 1:
            return False
        function, needs = definitions[0].func, tuple(definitions[0].argnames)
        if name in given and _is_pytests(function.__module__):
            parameters[name] = given[name]
            return True
        if definitions[0].scope != "function" or not _is_plain(function) or not all(map(make, needs)):
            return False
        fixtures[name] = function, needs
        return True

    if not all(map(make, item.fixturenames)):
        return None
    made = tuple((name, *how) for name, how in fixtures.items())
    return DirectTest(item.obj, tuple(item._fixtureinfo.argnames), parameters, made)


def _is_plain(function: Any) -> bool:
    return (
        (inspect.isfunction(function) or inspect.ismethod(function))
        and not inspect.isgeneratorfunction(function)
        and not inspect.iscoroutinefunction(function)
        and not inspect.isasyncgenfunction(function)
        and not getattr(function, "is_hypothesis_test", False)
    )


def _is_watched(item: pytest.Item, plugin: object) -> bool:
    """Whether a plugin that is neither pytest's own nor ours has a hook around tests."""
    return any(
        implementation.plugin is not plugin and not _is_pytests(_module_of(implementation.plugin))
        for name in _HOOKS
        for implementation in getattr(item.config.hook, name).get_hookimpls()
    )


def _is_pytests(module: str) -> bool:
    return module.startswith(_THEIRS)


def _module_of(plugin: object) -> str:
    return str(getattr(plugin, "__name__", type(plugin).__module__))

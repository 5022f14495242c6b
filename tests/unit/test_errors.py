from __future__ import annotations

import inspect
import re

import pytest

from allclose import errors

ALL = {name: value for name, value in vars(errors).items() if inspect.isclass(value)}


def drawn_parents(docstring: str) -> dict[str, str]:
    """Parents of the tree that the module's docstring draws, read from its indentation."""
    parents: dict[str, str] = {}
    branch: list[tuple[int, str]] = []
    for line in docstring.splitlines():
        if found := re.match(r"(?P<rule>[ │├└─]+)(?P<name>[A-Z]\w+)", line):
            depth, name = found.end("rule"), found["name"]
            branch = [entry for entry in branch if entry[0] < depth]
            if branch:
                parents[name] = branch[-1][1]
            branch.append((depth, name))
    return parents


def test_the_tree_drawn_in_the_docstring_is_the_tree_of_the_classes() -> None:
    real = {name: cls.__bases__[0].__name__ for name, cls in ALL.items() if cls is not errors.AllcloseError}
    assert drawn_parents(errors.__doc__ or "") == real


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_error_is_an_allclose_error_and_says_what_it_means(name: str) -> None:
    assert issubclass(ALL[name], errors.AllcloseError)
    assert ALL[name].__doc__
    assert str(ALL[name]("source/lab1.ipynb: no kernel; choose one")) == "source/lab1.ipynb: no kernel; choose one"


def test_a_students_mistake_is_no_error_of_ours() -> None:
    assert not issubclass(AssertionError, errors.AllcloseError)
    assert not issubclass(errors.AllcloseError, AssertionError | ValueError | OSError)

"""Error carried forward: our functions in the place of a student's earlier ones."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from allclose.errors import SuiteError
from allclose.model import Notebook


def defined_names(notebook: Notebook) -> dict[str, tuple[str, ...]]:
    """For each question of a notebook, the functions and classes that its solution cell defines."""
    names: dict[str, tuple[str, ...]] = {}
    for question in notebook.questions:
        for cell in notebook.content["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == question.solution_cell is not None:
                names[question.name] = _definitions(cell["source"])
    return names


def _definitions(source: str) -> tuple[str, ...]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return tuple(node.name for node in tree.body if isinstance(node, kinds))


class StandIns:
    """Gives the stand-ins of a question, once its own tests are over, and notes whether they were reached.

    Parameters
    ----------
    names : mapping of str to sequence of str
        For each question, the names that it defines, in the order of the questions.
    reference : callable
        Gives the module that defines the same names.
    """

    def __init__(self, names: Mapping[str, Sequence[str]], reference: Callable[[], ModuleType]) -> None:
        self._names = names
        self._order = list(names)
        self._reference = reference
        self._current = ""
        self._given: list[str] = []
        self._reached = False

    def begin(self, question: str) -> None:
        """Note whose test runs now."""
        self._current, self._given, self._reached = question, [], False

    @property
    def missed(self) -> tuple[str, ...]:
        """The names that the test had stand-ins for, where the student's code called none of them."""
        return () if self._reached else tuple(self._given)

    def __call__(self, question: str) -> dict[str, Callable[..., Any]]:
        """The functions that take the place of those of `question`.

        Raises
        ------
        SuiteError
            If there is no such question, its own tests are not over, or the reference lacks one of its names.
        """
        if question not in self._names:
            raise SuiteError(f"with_reference('{question}'): no solution cell of that name")
        if self._order.index(question) >= self._order.index(self._current):
            raise SuiteError(f"with_reference('{question}'): its own tests are not over in a test of '{self._current}'")
        module = self._reference()
        missing = [name for name in self._names[question] if not hasattr(module, name)]
        if missing:
            raise SuiteError(f"with_reference('{question}'): {module.__name__} does not define {missing[0]}")
        self._given += self._names[question]
        return {name: self._noted(getattr(module, name)) for name in self._names[question]}

    def _noted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def stand_in(*args: Any, **kwargs: Any) -> Any:
            self._reached = True
            result = function(*args, **kwargs)
            return result if _holds_tensor((args, kwargs)) else as_numpy(result)

        return stand_in


def as_numpy(value: Any) -> Any:
    """Tensors as arrays and numbers, also inside lists, tuples and dicts: what a NumPy student expects."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        array = value.detach().cpu().numpy()
        return array.item() if array.ndim == 0 else array
    if type(value) in (list, tuple):
        return type(value)(as_numpy(item) for item in value)
    if type(value) is dict:
        return {key: as_numpy(item) for key, item in value.items()}
    return value


def _holds_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return True
    if type(value) in (list, tuple):
        return any(_holds_tensor(item) for item in value)
    return type(value) is dict and any(_holds_tensor(item) for item in value.values())

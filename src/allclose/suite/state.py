"""What a course's own modules hold, to tell whether tests on one submission left something for the next."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import CellType, FunctionType, ModuleType
from typing import Any

import numpy as np

#: How far down, and at how many values, is looked before two states count as different.
MAX_DEPTH = 12
MAX_VALUES = 20_000


def state_of(root: Path) -> object:
    """Everything in the modules of a course that code can change, in a form that can be compared.

    That is: what every global is bound to, and the contents of containers, arrays, tensors, functions and the course's
    own classes and objects. What `functools.cache` keeps does not count: it says the same to everybody.

    Parameters
    ----------
    root : Path
        The course root.

    Returns
    -------
    object
        Equal to that of another time where nothing has changed; where there is too much to look at, never equal.
    """
    names = _of_course((f"{root}{os.sep}", f"{root.resolve()}{os.sep}"), len(sys.modules))
    look = _Look(names)
    return [(name, look.variables(sys.modules[name])) for name in sorted(names)]


@functools.lru_cache(maxsize=1)
def _of_course(within: tuple[str, ...], _loaded: int) -> frozenset[str]:
    """The modules of the course, looked for again where more have been loaded."""
    return frozenset(name for name, module in list(sys.modules.items()) if _file(module).startswith(within))


def _file(module: ModuleType | None) -> str:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else ""


class _Look:
    """Goes through values once each."""

    def __init__(self, modules: frozenset[str]) -> None:
        self._modules = modules
        self._seen: set[int] = set()
        self._left = MAX_VALUES

    def variables(self, holder: Any, depth: int = 0) -> object:
        """The variables of a module, a class or an object."""
        named = {name: value for name, value in vars(holder).items() if not name.startswith("__")}
        return [(name, self.at(value, depth)) for name, value in named.items()]

    def at(self, value: Any, depth: int) -> object:
        """What a value is, and what is in it."""
        self._left -= 1
        kind = type(value)
        if kind in (int, float, bool, str, bytes, complex) or value is None:
            return kind, repr(value) if kind in (float, complex) else value
        if id(value) in self._seen:
            return id(value)
        self._seen.add(id(value))
        if depth > MAX_DEPTH or self._left < 0:
            return object()
        return id(value), self._inside(value, depth + 1)

    def _inside(self, value: Any, depth: int) -> object:
        if isinstance(value, np.ndarray):
            data = repr(value).encode() if value.dtype.hasobject else np.ascontiguousarray(value).tobytes()
            return value.shape, value.dtype.str, hashlib.sha256(data).digest()
        if isinstance(value, (list, tuple, deque)):
            return [self.at(item, depth) for item in value]
        if isinstance(value, (set, frozenset)):
            return len(value), {id(item) if type(item) not in (int, str, float) else item for item in value}
        if isinstance(value, dict):
            return [(self.at(key, depth), self.at(item, depth)) for key, item in value.items()]
        if isinstance(value, bytearray):
            return bytes(value)
        if isinstance(value, np.random.Generator):
            return repr(value.bit_generator.state)
        if isinstance(value, FunctionType):
            return self._function(value, depth) if value.__module__ in self._modules else None
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return self._inside(value.detach().cpu().view(-1).numpy(), depth), value.requires_grad
        owner = value if isinstance(value, type) else type(value)
        own = owner.__module__ in self._modules and hasattr(value, "__dict__")
        return self.variables(value, depth) if own else None

    def _function(self, function: FunctionType, depth: int) -> object:
        closed = [self.at(value, depth) for value in _contents(function.__closure__ or ())]
        defaults = [self.at(part, depth) for part in (function.__defaults__, function.__kwdefaults__)]
        return closed, defaults, self.variables(function, depth)


def _contents(cells: Iterable[CellType]) -> Iterator[Any]:
    for cell in cells:
        with suppress(ValueError):  # nothing was bound there yet
            yield cell.cell_contents

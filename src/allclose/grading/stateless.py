"""Whether a student's code can carry anything from one test to the next: only where not, can tests be left out.

The names are put back between questions, the objects behind them are not: a list that a function appends to, the
state of NumPy's global generator, a file. A submission that may use any such thing is graded again as a whole. It is
no matter of safety, so what is looked for is what students write.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterable

from allclose.grading.syntax import SWITCHING, changed_roots, imported, is_lasting, parsed, root_name, words

_MODULES = words(
    "numpy math matplotlib itertools functools collections typing dataclasses copy operator abc __future__ torch"
    " scipy allclose numbers fractions enum"
)
_BUILTINS = frozenset(dir(builtins))
_CHANGING_BUILTINS = words("open input eval exec globals locals vars setattr delattr __import__ compile breakpoint")
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_DECORATORS = words("staticmethod classmethod property dataclass wraps total_ordering abstractmethod")
_RANDOM = re.compile(
    r"rand|normal|uniform|bernoulli|multinomial|poisson|dropout|exponential_|geometric_|shuffle|permut"
)
_GENERATORS = words("default_rng Generator SeedSequence PCG64 BitGenerator")
_PYPLOT = words("subplots close show cm colormaps get_cmap Axes Figure")
_WRITING = re.compile(r"(save|dump|write|tofile|to_csv|mkdir|unlink|rename|memmap)")
_CACHING = words("functools.cache functools.lru_cache functools.cached_property numpy.memmap")


def read_code(cells: Iterable[str]) -> Code | None:
    """The code cells of a submission, one after the other; None where they are no Python."""
    try:
        source = "\n".join(_plain(cell) for cell in cells)
        tree = parsed(source)
        return Code(tree, symtable.symtable(source, "cells", "exec"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _plain(cell: str) -> str:
    return "\n".join(line for line in cell.splitlines() if not line.startswith(("%", "!")))


class Code:
    """All cells of a submission, one after the other."""

    def __init__(self, tree: ast.Module, table: symtable.SymbolTable) -> None:
        self._tree = tree
        self._table = table
        self._imports = imported(tree)
        self._defined = frozenset(node.name for node in tree.body if isinstance(node, _NAMED))
        self._changing = self._may_change()

    def keeps_nothing(self, mentioned: frozenset[str]) -> bool:
        """Whether no test can tell which tests ran before it, as far as the code shows.

        `mentioned` are the names that the tests may ask for.
        """
        known = {symbol.get_name() for symbol in self._table.get_symbols()}
        reached: set[str] = set()
        waiting = set(mentioned & known)
        while waiting:
            reached |= waiting
            tables = [child for child in self._table.get_children() if child.get_name() in waiting]
            waiting = {name for table in tables for name in _globals(table)} - reached
        if reached & self._changing or reached - known - _BUILTINS or reached & _CHANGING_BUILTINS:
            return False
        return all(self._is_pure(node) for node in self._tree.body if isinstance(node, _NAMED) and node.name in reached)

    def goes_forwards(self) -> bool:
        """Whether no cell changes the functions, classes and modules that the cells above it made or use."""
        stored = [
            part
            for node in self._tree.body
            if not isinstance(node, _NAMED)
            for part in ast.walk(node)
            if isinstance(part, ast.Attribute)
            and (not isinstance(part.ctx, ast.Load) or part.attr in ("rcParams", "style"))
        ]
        used = {part.id for part in ast.walk(self._tree) if isinstance(part, ast.Name)}
        changed = changed_roots(self._tree, self._imports) & (self._imports.keys() | self._defined)
        return not stored and not changed and not used & _CHANGING_BUILTINS

    def _may_change(self) -> frozenset[str]:
        """The names at the top level that stand for something that may change."""
        found = {name for name, full in self._imports.items() if full.partition(".")[0] not in _MODULES}
        found |= {symbol.get_name() for symbol in self._table.get_symbols() if symbol.is_assigned()}
        found -= self._defined
        plain: dict[str, list[ast.expr | None]] = {}
        places: set[int] = set()
        for node in self._tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        plain.setdefault(target.id, []).append(node.value)
                        places.add(id(target))
        found |= {
            part.id
            for node in self._tree.body
            if not isinstance(node, _NAMED)
            for part in ast.walk(node)
            if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load) and id(part) not in places
        }
        otherwise = found - plain.keys()
        lasting: set[str] = set()
        for name, values in plain.items():  # in the order in which they are first bound
            if name not in otherwise and all(is_lasting(value, found - lasting) for value in values):
                lasting.add(name)
        return frozenset(found - lasting)

    def _is_pure(self, node: ast.AST) -> bool:
        """Whether a function or class, with all in it, leaves alone what stands at the top level."""
        if changed_roots(node, self._imports) & (self._imports.keys() | self._defined):
            return False
        return all(map(self._is_harmless, ast.walk(node)))

    def _is_harmless(self, node: ast.AST) -> bool:
        match node:
            case ast.Global() | ast.Yield() | ast.YieldFrom() | ast.Import() | ast.ImportFrom():
                return not isinstance(node, ast.Global | ast.Import | ast.ImportFrom)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                values = [*node.args.defaults, *node.args.kw_defaults]
                return all(map(is_lasting, values)) and _has_plain_decorators(node)
            case ast.ClassDef():
                held = [each.value for each in node.body if isinstance(each, ast.Assign | ast.AnnAssign)]
                return all(map(is_lasting, held)) and _has_plain_decorators(node) and not node.keywords
            case ast.Attribute():
                stored = not isinstance(node.ctx, ast.Load)
                return self._is_harmless_name(node) and not (stored and root_name(node) is None)
            case ast.Name():
                return self._is_harmless_name(node)
            case ast.Call(func=ast.Attribute(attr=name)) if _WRITING.match(name):
                return False
        return True

    def _is_harmless_name(self, node: ast.Attribute | ast.Name) -> bool:
        """Whether what is used of a module neither changes nor depends on what the module remembers."""
        path: list[str] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            path.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return not any(name in ("__class__", "__dict__", "__globals__") for name in path)
        if inner.id not in self._imports:
            return not any(name.startswith("__") and name != "__init__" for name in path)
        full = [*self._imports[inner.id].split("."), *path]
        dotted = ".".join(full)
        if dotted in _CACHING or any(map(SWITCHING.match, full[1:])):
            return False
        if dotted.startswith("numpy.random."):
            return full[2] in _GENERATORS
        if dotted.startswith("matplotlib.pyplot."):
            return full[2] in _PYPLOT
        return full[0] != "torch" or not any(_RANDOM.search(name) or name in ("nn", "init") for name in full[1:])


def _has_plain_decorators(node: ast.AST) -> bool:
    found = getattr(node, "decorator_list", ())
    names = [each.func if isinstance(each, ast.Call) else each for each in found]
    return all(getattr(name, "attr", getattr(name, "id", "")) in _DECORATORS for name in names)


def _globals(table: symtable.SymbolTable) -> set[str]:
    """The names of the top level that a function or class, or one inside it, looks up."""
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return own.union(*(_globals(child) for child in table.get_children()))

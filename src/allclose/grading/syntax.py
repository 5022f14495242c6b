"""Questions to Python's syntax trees: names, values that last, what is changed, a tree as text without remarks."""

from __future__ import annotations

import ast
import gc
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

#: What has a name and a body of its own.
Named: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NAMES = re.compile(r"\s*[A-Za-z_]\w*\s*(,\s*[A-Za-z_]\w*\s*)*$")
_PARSING = threading.Lock()

#: Methods that change what they are called on, and functions that change something in their module.
_CHANGING = re.compile(
    r"(append|extend|insert|add|update|pop|popitem|remove|discard|clear|setdefault|sort|reverse|fill|put|write|send)$"
)
#: Functions of modules that switch something on or off for everybody.
SWITCHING = re.compile(r"(set|seed|register|enable|disable|use_|manual_seed|simplefilter|filterwarnings|chdir|putenv)")


def parsed(text: str | bytes) -> ast.Module:
    """The syntax tree of a module, whatever other threads do meanwhile.

    Until 3.13 Python counts how deep a tree goes for all threads together, so nobody may parse in the middle of it. It
    gives way to another thread there only where it collects garbage.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        If the text is no module.
    """
    with _PARSING:
        collecting = gc.isenabled()
        gc.disable()
        try:
            return ast.parse(text)
        finally:
            if collecting:
                gc.enable()


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


#: Calls whose result never changes.
LASTING = words(
    "frozenset range float int str bool complex len sum min max abs round TypeVar ParamSpec NewType namedtuple field"
    " sqrt exp log float32 float64 int64"
)


def dump(node: ast.AST, keep: Callable[[Named], bool] = lambda _: False) -> str:
    """The tree below a node without positions and docstrings, and without a test's points.

    `keep` says whose docstrings, and whose points, stay.
    """
    # What is taken out is put back afterwards: a copy of a tree takes longer than all the rest.
    taken: list[tuple[list[Any], list[Any]]] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Module) or (isinstance(part, NAMED) and not keep(part)):
            if has_docstring(part):
                taken.append((part.body, part.body[:]))
                part.body[:1] = [] if len(part.body) > 1 else [ast.Pass()]
            for decorator in getattr(part, "decorator_list", ()):
                if isinstance(decorator, ast.Call) and last_name(decorator.func) == "grade":
                    taken.append((decorator.keywords, decorator.keywords[:]))
                    decorator.keywords[:] = [word for word in decorator.keywords if not _is_points(word)]
    text = ast.dump(node, annotate_fields=False)
    for holder, whole in taken:
        holder[:] = whole
    return text


def docstrings(tree: ast.Module) -> frozenset[int]:
    """The `id` of every node that is a docstring."""
    holders = [node for node in ast.walk(tree) if isinstance(node, (ast.Module, *NAMED)) and has_docstring(node)]
    return frozenset(id(node.body[0].value) for node in holders if isinstance(node.body[0], ast.Expr))


def mentioned(node: ast.AST) -> Iterator[str]:
    """The names that one node itself mentions."""
    match node:
        case ast.Name():
            yield node.id
        case ast.Attribute():
            yield node.attr
        case ast.arg() | ast.keyword() if node.arg:
            yield node.arg
        case ast.Import():
            for alias in node.names:
                yield from alias.name.split(".")
        case ast.ImportFrom():
            yield from (node.module or "").split(".")
            yield from (alias.name for alias in node.names)
        case ast.Constant() if isinstance(node.value, str) and _NAMES.match(node.value):
            yield from (name.strip() for name in node.value.split(","))


def is_lasting(node: ast.expr | None, mutable: Iterable[str] = ()) -> bool:
    """Whether the value of an expression at a module's top level can never change."""
    match node:
        case None | ast.Constant() | ast.JoinedStr():
            return True
        case ast.Name():
            return node.id not in mutable
        case ast.Attribute() | ast.Starred():
            return is_lasting(node.value, mutable)
        case ast.Tuple():
            return all(is_lasting(item, mutable) for item in node.elts)
        case ast.UnaryOp():
            return is_lasting(node.operand, mutable)
        case ast.BinOp():
            return is_lasting(node.left, mutable) and is_lasting(node.right, mutable)
        case ast.Subscript():  # a type, as a rule: Callable[[int], str]
            return is_lasting(node.value, mutable)
        case ast.Call():
            return last_name(node.func) in LASTING
    return False


def root_name(node: ast.AST) -> str | None:
    """The name at the left end of `a.b[c].d`; None where there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def last_name(node: ast.AST) -> str | None:
    """The name at the right end of `a.b.c`; None where there is none."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None


def changed_roots(tree: ast.AST, modules: Iterable[str]) -> frozenset[str]:
    """The names through which something may be changed: `a.b = 1`, `a[0] += 1`, `a.append(1)`, `np.seterr()`.

    `modules` are the names that stand for something imported.
    """
    modules = frozenset(modules)
    found: set[str | None] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            found.add(root_name(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            root = root_name(node.func)
            if (SWITCHING if root in modules else _CHANGING).match(node.func.attr):
                found.add(root)
        elif isinstance(node, ast.Global):
            found |= set(node.names)
    return frozenset(name for name in found if name is not None)


def imported(tree: ast.AST) -> dict[str, str]:
    """By the name that it is bound to, the full name of all that a module imports."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def has_docstring(node: ast.AST) -> bool:
    """Whether a module, class or function begins with a docstring."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not body or not isinstance(body[0], ast.Expr):
        return False
    return isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str)


def _is_points(word: ast.keyword) -> bool:
    return word.arg == "points" and isinstance(word.value, ast.Constant)

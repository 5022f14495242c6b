"""A Python module as its definitions: the text of each without remarks, what it mentions, whether it may keep state."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from allclose.grading.syntax import (
    LASTING,
    NAMED,
    SWITCHING,
    Named,
    changed_roots,
    dump,
    has_docstring,
    imported,
    is_lasting,
    last_name,
    mentioned,
    root_name,
    words,
)

#: Calls at a module's top level that do nothing besides giving a value.
_QUIET = LASTING | words("list dict set tuple sorted zip map filter enumerate reversed iter compile Path")
_QUIET_MODULES = words("np numpy math itertools functools re operator collections pytest typing dataclasses")
_PLAIN_DECORATORS = words(
    "grade fixture staticmethod classmethod property dataclass wraps contextmanager overload abstractmethod override"
    " runtime_checkable final no_grad total_ordering in_torch setter"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a module binds to one name.

    `uses` are the names that it mentions; `of_reference` the reference's among them, or `whole_reference`; `shared`:
    it may keep what one test did for another one; `questions` are those whose tests it holds; `makes_messages`: what
    an assertion says is put together while it runs.
    """

    text: str
    uses: frozenset[str]
    of_reference: frozenset[str]
    whole_reference: bool
    shared: bool
    questions: frozenset[str]
    makes_messages: bool


@dataclass(frozen=True, slots=True)
class Module:
    """The definitions of a module by name, and the text of all else that it does, with the names mentioned there."""

    definitions: dict[str, Definition]
    base: str
    base_uses: frozenset[str]
    literals: frozenset[str]


def read_module(tree: ast.Module, place: str, stem: str, names: Mapping[str, Sequence[str]]) -> Module:
    """Cut a module into its definitions.

    Parameters
    ----------
    tree : ast.Module
        The module.
    place : str
        Where its file is.
    stem : str
        The name of the lab's reference module in `solutions`.
    names : mapping of str to sequence of str
        The names that stand-ins of each question take the place of.

    Raises
    ------
    ValueError
        If it holds a test whose question is not written out.
    """
    literals = frozenset(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    aliases = _Aliases.of(tree, stem)
    mutable = _mutable_names(tree)
    found: dict[str, Definition] = {}
    base: list[str] = [place]
    base_uses: set[str] = set()
    for node in tree.body[has_docstring(tree) :]:
        bound = _bound(node)
        if not bound or not _is_quiet(node):
            base.append(dump(node))
            base_uses |= set(_uses(node))
        text = dump(node)
        for name in bound:
            if isinstance(node, ast.Import | ast.ImportFrom):
                text = _import_text(node, name)
            new = _definition(node, text, aliases, names, shared=name in mutable)
            found[name] = _merged(found[name], new) if name in found else new
    return Module(found, "\0".join(base), frozenset(base_uses), literals)


@dataclass(frozen=True, slots=True)
class _Aliases:
    """What a module calls the reference, and single names of it, with the names that those have there."""

    stem: str
    modules: frozenset[str]
    single: dict[str, str]

    @classmethod
    def of(cls, tree: ast.Module, stem: str) -> _Aliases:
        modules = {"reference"}
        single: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "solutions":
                modules |= {alias.asname or alias.name for alias in node.names if alias.name == stem}
            elif isinstance(node, ast.ImportFrom) and node.module == f"solutions.{stem}":
                single |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.Import):
                modules |= {each.asname for each in node.names if each.name == f"solutions.{stem}" and each.asname}
        return cls(stem, frozenset(modules), single)

    def is_module(self, node: ast.AST) -> bool:
        """Whether an expression is the reference itself."""
        if isinstance(node, ast.Attribute):
            return node.attr == self.stem and root_name(node) == "solutions"
        return isinstance(node, ast.Name) and node.id in self.modules


def _definition(
    node: ast.stmt, text: str, aliases: _Aliases, names: Mapping[str, Sequence[str]], *, shared: bool
) -> Definition:
    own, whole = _of_reference(node, aliases, names)
    return Definition(
        text,
        frozenset(_uses(node)),
        own,
        whole,
        shared,
        _questions(node) if isinstance(node, NAMED) else frozenset(),
        any(_makes_message(part) for part in ast.walk(node)),
    )


def _merged(first: Definition, second: Definition) -> Definition:
    return replace(
        second,
        text=f"{first.text}\0{second.text}",
        uses=first.uses | second.uses,
        of_reference=first.of_reference | second.of_reference,
        whole_reference=first.whole_reference or second.whole_reference,
        shared=first.shared or second.shared,
        questions=first.questions | second.questions,
        makes_messages=first.makes_messages or second.makes_messages,
    )


def _of_reference(node: ast.stmt, aliases: _Aliases, names: Mapping[str, Sequence[str]]) -> tuple[frozenset[str], bool]:
    found: set[str] = set()
    whole = False
    followed: set[int] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and aliases.is_module(part.value):
            found.add(part.attr)
            followed.add(id(part.value))
        elif isinstance(part, ast.Name) and part.id in aliases.single:
            found.add(aliases.single[part.id])
        elif isinstance(part, ast.Call) and last_name(part.func) == "with_reference":
            match part.args:
                case [ast.Constant(value=str(question))] if not part.keywords:
                    found |= set(names.get(question, ()))
                    followed.add(id(part.func))
        handed_on = aliases.is_module(part) and isinstance(getattr(part, "ctx", None), ast.Load)
        if handed_on or (isinstance(part, ast.Attribute) and part.attr == "with_reference"):
            whole |= id(part) not in followed
    return frozenset(found), whole


def _uses(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if not isinstance(part, ast.Attribute | ast.Import | ast.ImportFrom | ast.keyword):
            yield from mentioned(part)


def _questions(node: Named) -> frozenset[str]:
    """The questions of the tests that a definition holds."""
    found: set[str] = set()
    for part in ast.walk(node):
        if not isinstance(part, NAMED):
            continue
        calls = [one for one in part.decorator_list if isinstance(one, ast.Call) and last_name(one.func) == "grade"]
        for call in calls:
            match call.args:
                case [ast.Constant(value=str(question)), *_]:
                    found.add(question)
                case _:
                    raise ValueError(f"{part.name}: its question is not written out")
    if node.name.lower().startswith("test") and not found:
        raise ValueError(f"{node.name} names no question")
    return frozenset(found)


def _mutable_names(tree: ast.Module) -> frozenset[str]:
    """The names at the top level that one test may use to tell another one something."""
    found: set[str] = set()
    modules = imported(tree)
    for node in tree.body:
        roots = changed_roots(node, modules)
        found |= roots - _local_names(node) if isinstance(node, NAMED) else roots
    for node in tree.body:
        if isinstance(node, NAMED):
            if not _is_stateless(node):
                found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and is_lasting(node.value, found):
            continue
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            found |= set(_bound(node))
    return frozenset(found)


def _local_names(node: Named) -> set[str]:
    """The names that a function or class has for itself."""
    found: set[str] = set()
    shared: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, ast.arg):
            found.add(part.arg)
        elif isinstance(part, NAMED) and part is not node:
            found.add(part.name)
        elif isinstance(part, ast.Global):
            shared |= set(part.names)
    return found - shared


def _is_stateless(node: Named) -> bool:
    """Whether a function or class holds nothing that lasts from one use to the next."""
    for part in ast.walk(node):
        if isinstance(part, NAMED) and not all(map(_is_plain_decorator, part.decorator_list)):
            return False
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            if not all(is_lasting(value) for value in (*part.args.defaults, *part.args.kw_defaults)):
                return False
        elif isinstance(part, ast.ClassDef):
            values = [each.value for each in part.body if isinstance(each, ast.Assign | ast.AnnAssign)]
            if not all(map(is_lasting, values)):
                return False
    return True


def _is_plain_decorator(node: ast.expr) -> bool:
    name = last_name(node.func if isinstance(node, ast.Call) else node)
    if name == "fixture":
        return not isinstance(node, ast.Call) or not {word.arg for word in node.keywords} & {"scope", "name"}
    marks = ast.dump(node)
    return name in _PLAIN_DECORATORS or "attr='mark'" in marks


def _bound(node: ast.stmt) -> list[str]:
    """The names that a statement at the top level defines, where that is all that it does."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Import() | ast.ImportFrom():
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                return []
            return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        case ast.Assign() | ast.AnnAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [part for target in targets for part in _targets(target)]
            return (
                [part.id for part in names if isinstance(part, ast.Name)]
                if all(isinstance(part, ast.Name) for part in names)
                else []
            )
    return []


def _import_text(node: ast.Import | ast.ImportFrom, name: str) -> str:
    """What binds one name of an import: another one beside it changes nothing for this one."""
    own = [ast.dump(alias) for alias in node.names if name in (alias.asname, alias.name.partition(".")[0])]
    return "\0".join([getattr(node, "module", None) or "", *own])


def _targets(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [part for each in target.elts for part in _targets(each)]
    return [target]


def _is_quiet(node: ast.stmt) -> bool:
    """Whether a definition does nothing else when the module is imported."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return True
    for part in ast.walk(node.value):
        if isinstance(part, ast.Lambda | ast.NamedExpr | ast.Await | ast.Yield):
            return False
        if isinstance(part, ast.Call):
            name = last_name(part.func)
            from_module = root_name(part.func) in _QUIET_MODULES and isinstance(part.func, ast.Attribute)
            if not (name in _QUIET or (from_module and not SWITCHING.match(name or ""))):
                return False
    return True


def _makes_message(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return node.msg is not None and not isinstance(node.msg, ast.Constant)
    if isinstance(node, ast.Call) and last_name(node.func) in ("fail", "AssertionError"):
        return not all(isinstance(value, ast.Constant) for value in node.args)
    return False

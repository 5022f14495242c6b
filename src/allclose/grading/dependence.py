"""What the tests of a question depend on, found by name: which of its parts a changed line of a suite can touch.

A suite and its reference are cut into the definitions of their modules, and from a question's tests on every name that
is mentioned is followed. Comments, layout and docstrings are no part of a definition. Whatever else runs when a module
is imported belongs to all questions. Questions whose tests share a value that may change belong together. Where names
do not tell (a module that looks at itself, exec, star imports, fixtures that nobody names, hypothesis, which draws from
all constants of a file) all questions depend on everything.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from allclose.grading import syntax
from allclose.grading.definitions import Definition, Module, read_module
from allclose.grading.syntax import parsed, words

_PLACE_IN_COURSE = re.compile(r"\bautograder\b|\b(misconceptions|accepted|solutions)[/\\]|^solutions$|\.py\b")
#: What lets code see more than the names that it mentions, or see its own text.
_SEEING = words(
    "exec eval globals locals vars __import__ importlib import_module inspect linecache traceback runpy pkgutil"
    " modules _getframe getsource __file__ __doc__ __dict__ __code__ __globals__ __builtins__ builtins"
    " hypothesis pytestmark pytest_plugins autouse getfixturevalue"
)
#: What tests call the submission.
_SUBMISSIONS = frozenset(("submission", "student", "sub", "theirs"))
#: Calls that begin with the names of questions or arguments, which are none of the submission's.
_NAMING = frozenset(("grade", "with_reference", "parametrize"))
_HOOK = re.compile(r"pytest_|(setup|teardown)_(module|function|class|method)$|setUpModule$|tearDownModule$")


@dataclass(frozen=True, slots=True)
class Suite:
    """The Python files behind the tests of a lab, by place: its suite, its reference, and what else they may import.

    `names` are those that each question's solution defines; `stem` is what the reference's module is called.
    """

    questions: tuple[str, ...]
    tests: Mapping[str, bytes]
    stem: str
    reference: bytes | None
    beside: Mapping[str, bytes]
    names: Mapping[str, Sequence[str]]


def dependences(suite: Suite) -> tuple[str, dict[str, str]] | None:
    """What all questions depend on, and what each does besides, as texts to compare; None where names do not tell.

    A test's points and its docstring are left out: they change no verdict.
    """
    try:
        return _Graph(suite).texts()
    except (_Unclear, SyntaxError, ValueError, RecursionError):
        return None


def without_remarks(text: bytes) -> bytes:
    """A module without what changes nothing when it runs or is shown: comments, layout, docstrings but those of tests.

    A module that may look at its own text is left as it is.
    """
    try:
        tree = parsed(text)
        if not _is_clear(tree):
            return text
        return syntax.dump(tree, keep=lambda node: node.name.startswith("test")).encode("utf-8", "surrogatepass")
    except (SyntaxError, ValueError, RecursionError):
        return text


def asked_names(tests: Iterable[bytes]) -> frozenset[str]:
    """Every name that tests ask a submission for, or that code which they run in it mentions."""
    found: set[str] = set()
    for text in tests:
        tree = parsed(text)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        naming = [call.args[0] for call in calls if syntax.last_name(call.func) in _NAMING and call.args]
        others = {id(part) for argument in naming for part in ast.walk(argument)}
        for node in ast.walk(tree):
            match node:
                case ast.Constant() if id(node) in others:
                    continue
                case ast.Attribute() if syntax.root_name(node) in _SUBMISSIONS or isinstance(node.value, ast.Call):
                    found.add(node.attr)
                case ast.Constant(value=str(code)):
                    found |= set(syntax.mentioned(node)) | _mentioned_in(code)
    return frozenset(found)


def _mentioned_in(code: str) -> set[str]:
    """The names that a text takes from around it, should it be code."""
    try:
        parts = list(ast.walk(parsed(code)))
    except (SyntaxError, ValueError, RecursionError):
        return set()
    names = [part for part in parts if isinstance(part, ast.Name)]
    own = {part.id for part in names if isinstance(part.ctx, ast.Store)}
    own |= {part.arg for part in parts if isinstance(part, ast.arg)}
    return {part.id for part in names} - own


class _Unclear(Exception):
    """Names do not tell what depends on what."""


class _Graph:
    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._tests = {place: self._read(text, place) for place, text in suite.tests.items()}
        self._reference = self._read(suite.reference, "reference") if suite.reference is not None else None
        for text in _imported_beside(suite):
            self._check_beside(text)

    def texts(self) -> tuple[str, dict[str, str]]:
        """See `dependences`."""
        base = [module.base for module in self._modules()]
        reached = {question: self._reached(question) for question in self._suite.questions}
        common = self._closed(
            {(place, name) for place, module in self._tests.items() for name in module.base_uses}
            | ({("", name) for name in self._reference.base_uses} if self._reference else set())
        )
        base += sorted(self._found(node).text for node in common)
        groups = self._linked(reached)
        texts = {
            question: "\0".join(self._text_of(member, reached[member]) for member in groups[question])
            for question in self._suite.questions
        }
        return "\0".join(base), texts

    def _read(self, text: bytes, place: str) -> Module:
        tree = parsed(text)
        if not _is_clear(tree):
            raise _Unclear(place)
        return read_module(tree, place, self._suite.stem, self._suite.names)

    def _check_beside(self, text: bytes) -> None:
        """What all tests depend on must keep no state, and must not know the reference by a way of its own."""
        module = self._read(text, "beside")
        names = {name for node in ast.walk(parsed(text)) for name in syntax.mentioned(node)}
        knows = names & {"reference", "with_reference", self._suite.stem}
        if knows or any(definition.shared for definition in module.definitions.values()):
            raise _Unclear

    def _modules(self) -> list[Module]:
        return [*self._tests.values(), *([self._reference] if self._reference else [])]

    def _found(self, node: tuple[str, str]) -> Definition:
        place, name = node
        module = self._tests[place] if place else self._reference
        assert module is not None
        return module.definitions[name]

    def _reached(self, question: str) -> frozenset[tuple[str, str]]:
        return self._closed(
            (place, name)
            for place, module in self._tests.items()
            for name, definition in module.definitions.items()
            if question in definition.questions
        )

    def _closed(self, start: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """All definitions that are reached from these by the names that they mention; the reference's have no place."""
        waiting, reached = list(start), set()
        while waiting:
            node = waiting.pop()
            if node in reached or not self._exists(node):
                continue
            reached.add(node)
            definition = self._found(node)
            waiting += [(node[0], name) for name in definition.uses]
            if node[0]:
                waiting += [("", name) for name in definition.of_reference]
                if definition.whole_reference and self._reference is not None:
                    waiting += [("", name) for name in self._reference.definitions]
        return frozenset(reached)

    def _exists(self, node: tuple[str, str]) -> bool:
        module = self._tests[node[0]] if node[0] else self._reference
        return module is not None and node[1] in module.definitions

    def _linked(self, reached: Mapping[str, frozenset[tuple[str, str]]]) -> dict[str, tuple[str, ...]]:
        """With each question those that its tests can hear from, because both hold what may change."""
        shared = {question: {node for node in nodes if self._found(node).shared} for question, nodes in reached.items()}
        groups: list[set[str]] = []
        for question in self._suite.questions:
            linked = [group for group in groups if any(shared[question] & shared[member] for member in group)]
            groups = [group for group in groups if group not in linked]
            groups.append({question}.union(*linked))
        return {question: tuple(sorted(group)) for group in groups for question in group}

    def _text_of(self, question: str, nodes: frozenset[tuple[str, str]]) -> str:
        found = [f"{place}\0{name}\0{self._found((place, name)).text}" for place, name in sorted(nodes)]
        order = [
            f"{place}::{name}"
            for place, module in self._tests.items()
            for name, definition in module.definitions.items()
            if question in definition.questions
        ]
        # A message that is put together while the test runs is shown where the file holds its text.
        made = sorted({place for place, name in nodes if place and self._found((place, name)).makes_messages})
        literals = [repr(sorted(self._tests[place].literals)) for place in made]
        return "\0".join([*order, *found, *literals])


def _imported_beside(suite: Suite) -> list[bytes]:
    """The files beside a suite that it, its reference or one of these may import."""
    waiting = {place: text for place, text in suite.beside.items() if place.endswith(("__init__.py", "conftest.py"))}
    names = _import_names([*suite.tests.values(), *([suite.reference] if suite.reference is not None else [])])
    found: dict[str, bytes] = {}
    while True:
        found |= waiting
        names |= _import_names(waiting.values())
        others = {place: text for place, text in suite.beside.items() if place not in found}
        waiting = {place: text for place, text in others.items() if Path(place).stem in names}
        if not waiting:
            return list(found.values())


def _import_names(texts: Iterable[bytes]) -> set[str]:
    """Every part of the names that modules import."""
    return {
        name
        for text in texts
        for node in ast.walk(parsed(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in syntax.mentioned(node)
    }


def _is_clear(tree: ast.Module) -> bool:
    """Whether a module sees no more than the names that it mentions."""
    docstrings = syntax.docstrings(tree)
    if any(isinstance(node, ast.FunctionDef) and _HOOK.match(node.name) for node in tree.body):
        return False
    return not any(_sees_more(node) for node in ast.walk(tree) if id(node) not in docstrings)


def _sees_more(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str(text)) if _PLACE_IN_COURSE.search(text):
            return True
        case ast.ImportFrom() if node.level or any(alias.name == "*" for alias in node.names):
            return True
    return bool(_SEEING & set(syntax.mentioned(node)))

"""Small changes to a reference answer, one at a time, as a careless programmer would make them.

A suite that notices none of the tests' subjects changing is not worth much; `allclose verify --mutate` counts on it.
The technique: R. DeMillo, R. Lipton, F. Sayward, *Hints on Test Data Selection*, IEEE Computer 11(4), 1978.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from allclose import course
from allclose.course import cells
from allclose.course.cells import Rules
from allclose.model import Notebook


@dataclass(frozen=True, slots=True)
class Mutant:
    """A question's answer with one change: the line or lines as they were and as they are, and the whole code."""

    question: str
    before: str
    after: str
    code: str


def mutants_of(notebook: Notebook) -> Iterator[Mutant]:
    """Every mutant of a notebook's answers, question by question, each once.

    Only what stands between the solution markers is changed: the rest of a solution cell is given to the students.
    """
    rules = course.release_rules(course.find_root(notebook.path.parent))
    sources = {cells.grade_id(cell): cell["source"] for cell in notebook.content["cells"] if cells.is_solution(cell)}
    for question in notebook.questions:
        if question.solution_cell is not None:
            yield from _mutants_of_cell(question.name, sources[question.solution_cell], rules)


def _mutants_of_cell(question: str, source: str, rules: Rules) -> Iterator[Mutant]:
    original = cells.without_markers(source, rules.begin_solution, rules.end_solution)
    seen = {original}
    for changed in _changed(source, _solution_lines(source, rules)):
        code = cells.without_markers(changed, rules.begin_solution, rules.end_solution)
        if code not in seen:
            seen.add(code)
            before, after = _difference(original, code)
            yield Mutant(question, before, after, code)


def _solution_lines(source: str, rules: Rules) -> set[int]:
    """The numbers of the lines between markers; of all lines where the whole cell is the student's."""
    inside, numbers = False, set()
    for number, line in enumerate(source.split("\n"), 1):
        if rules.begin_solution in line:
            inside = True
        elif rules.end_solution in line:
            inside = False
        elif inside:
            numbers.add(number)
    return numbers or set(range(1, source.count("\n") + 2))


def _difference(original: str, changed: str) -> tuple[str, str]:
    """The lines that differ, in one line each."""
    one, other = ([line.strip() for line in text.split("\n")] for text in (original, changed))
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    parts = [places for kind, *places in matcher.get_opcodes() if kind != "equal"]
    start, end = parts[0][0], parts[-1][1]
    start_other, end_other = parts[0][2], parts[-1][3]
    return " ".join(one[start:end]), " ".join(other[start_other:end_other])


def _changed(source: str, lines: set[int]) -> Iterator[str]:
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = _Finder(lines)
    wrapper.visit(finder)
    for node, replacement in finder.changes:
        changed = wrapper.module.deep_replace(node, replacement)
        yield cast(cst.Module, changed).code


class _Finder(cst.CSTVisitor):
    """Collects changes: a node of the tree, and what to put in its place."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, lines: set[int]) -> None:
        super().__init__()
        self.changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []
        self._lines = lines

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.FormattedString | cst.Decorator):
            return False
        if self.get_metadata(PositionProvider, node).start.line in self._lines:
            for kind, changes in _CHANGES.items():
                if isinstance(node, kind):
                    self.changes += [(node, replacement) for replacement in changes(node)]
        # The words of an error are the author's own.
        return not isinstance(node, cst.Raise) and not _is_docstring(node)


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


_BINARY: dict[type[cst.BaseBinaryOp], type[cst.BaseBinaryOp]] = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.FloorDivide: cst.Divide,
    cst.Modulo: cst.FloorDivide,
    cst.Power: cst.Multiply,
    cst.MatrixMultiply: cst.Multiply,
}
_AUGMENTED: dict[type[cst.BaseAugOp], type[cst.BaseAugOp]] = {
    cst.AddAssign: cst.SubtractAssign,
    cst.SubtractAssign: cst.AddAssign,
    cst.MultiplyAssign: cst.DivideAssign,
    cst.DivideAssign: cst.MultiplyAssign,
}
#: The neighbour, which differs at equality only, and the opposite.
_COMPARISONS: dict[type[cst.BaseCompOp], tuple[type[cst.BaseCompOp], ...]] = {
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThanEqual),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThanEqual),
    cst.Equal: (cst.NotEqual,),
    cst.NotEqual: (cst.Equal,),
    cst.Is: (cst.IsNot,),
    cst.IsNot: (cst.Is,),
    cst.In: (cst.NotIn,),
    cst.NotIn: (cst.In,),
}
#: Functions and methods that are taken for each other.
_NAMES = {
    one: other
    for pair in (("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"), ("floor", "ceil"), ("sum", "mean"))
    for one, other in (pair, pair[::-1])
} | {"zeros_like": "ones_like", "zeros": "ones", "ones": "zeros", "ones_like": "zeros_like", "any": "all", "all": "any"}
#: Functions of one array that are forgotten.
_FORGOTTEN = frozenset(("abs", "sqrt", "square", "exp", "log", "round", "rint", "floor", "ceil", "copy", "reversed"))
_COMMUTATIVE = frozenset(("min", "max", "minimum", "maximum", "isclose", "allclose", "array_equal", "add", "multiply"))


def _change_operator(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    for old, new in _BINARY.items():
        if isinstance(node.operator, old):
            yield node.with_changes(operator=new())
    if isinstance(node.operator, cst.MatrixMultiply):
        yield node.with_changes(left=node.right, right=node.left)


def _change_augmented(node: cst.AugAssign) -> Iterator[cst.CSTNode]:
    for old, new in _AUGMENTED.items():
        if isinstance(node.operator, old):
            yield node.with_changes(operator=new())


def _drop_sign(node: cst.UnaryOperation) -> Iterator[cst.CSTNode]:
    if isinstance(node.operator, cst.Minus | cst.Not):
        yield node.expression


def _change_comparison(node: cst.Comparison) -> Iterator[cst.CSTNode]:
    for place, target in enumerate(node.comparisons):
        for new in _COMPARISONS.get(type(target.operator), ()):
            changed = target.with_changes(operator=new())
            yield node.with_changes(comparisons=[*node.comparisons[:place], changed, *node.comparisons[place + 1 :]])


def _change_boolean(node: cst.BooleanOperation) -> Iterator[cst.CSTNode]:
    yield node.with_changes(operator=cst.Or() if isinstance(node.operator, cst.And) else cst.And())


def _change_integer(node: cst.Integer) -> Iterator[cst.CSTNode]:
    value = node.evaluated_value
    yield cst.Integer(str(value + 1))
    if value:
        yield cst.Integer(str(value - 1))


def _change_float(node: cst.Float) -> Iterator[cst.CSTNode]:
    value = node.evaluated_value
    yield cst.Float(repr(2 * value if value else 1.0))


def _change_name(node: cst.Name) -> Iterator[cst.CSTNode]:
    if node.value in ("True", "False"):
        yield node.with_changes(value="False" if node.value == "True" else "True")


def _change_text(node: cst.SimpleString) -> Iterator[cst.CSTNode]:
    if node.evaluated_value:
        yield cst.SimpleString('""')


def _change_call(node: cst.Call) -> Iterator[cst.CSTNode]:
    name = _called(node.func)
    positional = [arg for arg in node.args if arg.keyword is None and not arg.star]
    if name in _NAMES:
        yield node.with_changes(func=_renamed(node.func, _NAMES[name]))
    if name in _FORGOTTEN:
        if positional:
            yield positional[0].value
        elif isinstance(node.func, cst.Attribute):
            yield node.func.value
    if len(positional) >= 2 and name not in _COMMUTATIVE and node.args[:2] == tuple(positional[:2]):
        first, second = positional[:2]
        swapped = (first.with_changes(value=second.value), second.with_changes(value=first.value))
        yield node.with_changes(args=[*swapped, *node.args[2:]])
    if name == "range" and positional:
        yield from _moved_end(node)
    for place, arg in enumerate(node.args):
        if arg.keyword is not None:
            yield node.with_changes(args=[*node.args[:place], *node.args[place + 1 :]])


def _moved_end(node: cst.Call) -> Iterator[cst.CSTNode]:
    place = 0 if len(node.args) == 1 else 1
    for operator in (cst.Add(), cst.Subtract()):
        moved = node.args[place].with_changes(value=_by_one(node.args[place].value, operator))
        yield node.with_changes(args=[*node.args[:place], moved, *node.args[place + 1 :]])


def _by_one(value: cst.BaseExpression, operator: cst.BaseBinaryOp) -> cst.BaseExpression:
    whole = value if value.lpar or not isinstance(value, cst.BinaryOperation) else _in_brackets(value)
    return cst.BinaryOperation(whole, operator, cst.Integer("1"))


def _in_brackets(value: cst.BaseExpression) -> cst.BaseExpression:
    return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _called(function: cst.BaseExpression) -> str:
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""


def _renamed(function: cst.BaseExpression, name: str) -> cst.BaseExpression:
    if isinstance(function, cst.Attribute):
        return function.with_changes(attr=cst.Name(name))
    return cst.Name(name)


def _change_slice(node: cst.Slice) -> Iterator[cst.CSTNode]:
    for bound in ("lower", "upper"):
        value = getattr(node, bound)
        if value is not None and not isinstance(value, cst.Integer):
            yield node.with_changes(**{bound: _by_one(value, cst.Add())})


def _change_return(node: cst.Return) -> Iterator[cst.CSTNode]:
    if isinstance(node.value, cst.Tuple) and len(node.value.elements) >= 2:
        first, second, *rest = node.value.elements
        swapped = (first.with_changes(value=second.value), second.with_changes(value=first.value), *rest)
        yield node.with_changes(value=node.value.with_changes(elements=swapped))


def _change_choice(node: cst.IfExp) -> Iterator[cst.CSTNode]:
    yield node.with_changes(body=node.orelse, orelse=node.body)


def _change_condition(node: cst.If) -> Iterator[cst.CSTNode]:
    for value in ("True", "False"):
        yield node.with_changes(test=cst.Name(value), whitespace_before_test=cst.SimpleWhitespace(" "))


def _drop_statement(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    if not any(_may_stay(part) for part in node.body):
        yield node.with_changes(body=[cst.Pass()])


def _may_stay(statement: cst.BaseSmallStatement) -> bool:
    """Whether nobody would miss it, or every test would."""
    if isinstance(statement, cst.Return):
        return statement.value is None or (isinstance(statement.value, cst.Name) and statement.value.value == "None")
    return isinstance(statement, cst.Import | cst.ImportFrom | cst.Pass) or _is_docstring(statement)


_CHANGES: dict[type[cst.CSTNode], Callable[[Any], Iterator[cst.CSTNode]]] = {
    cst.BinaryOperation: _change_operator,
    cst.AugAssign: _change_augmented,
    cst.UnaryOperation: _drop_sign,
    cst.Comparison: _change_comparison,
    cst.BooleanOperation: _change_boolean,
    cst.Integer: _change_integer,
    cst.Float: _change_float,
    cst.Name: _change_name,
    cst.SimpleString: _change_text,
    cst.Call: _change_call,
    cst.Slice: _change_slice,
    cst.Return: _change_return,
    cst.IfExp: _change_choice,
    cst.If: _change_condition,
    cst.SimpleStatementLine: _drop_statement,
}

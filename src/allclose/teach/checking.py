"""Run a question's public checks on what a notebook has defined so far: a verdict, and never a traceback."""

from __future__ import annotations

import ast
import linecache
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allclose.teach.differences import ATOL, RTOL, Difference, difference, plain_array
from allclose.teach.watching import Comparison, Watched, watch

#: So much of a value, of a line of code and of a message is shown.
_MOST_VALUE, _MOST_CODE, _MOST_MESSAGE = 76, 90, 300


class Result(StrEnum):
    """What became of a question's public checks."""

    PASSED = "passed"
    FAILED = "failed"
    RAISED = "raised"
    OPEN = "not answered yet"
    NOT_RUN = "not run"
    NONE = "no public checks"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a student reads of one question's checks.

    Attributes
    ----------
    question : str
        Its name.
    result : Result
        The verdict.
    headline : str
        The verdict in a line.
    details : tuple of str
        What is behind it, a line each.
    """

    question: str
    result: Result
    headline: str
    details: tuple[str, ...] = ()


def run_checks(question: str, source: str, namespace: dict[str, Any]) -> Outcome:
    """Run public checks.

    They run in a copy of the namespace: variables that they set do not come between the student's own.

    Parameters
    ----------
    question : str
        The question's name.
    source : str
        The checks, Python.
    namespace : dict
        The names that the notebook's cells have defined.
    """
    filename = f"<checks of {question}>"
    try:
        watched = watch(source, filename)
    except SyntaxError as error:
        return Outcome(question, Result.NONE, f"the checks cannot be read: {error.msg}")
    if not any(isinstance(node, ast.Assert | ast.Raise | ast.Call) for node in ast.walk(watched.tree)):
        return Outcome(question, Result.NONE, "there are no public checks")
    try:
        exec(watched.code, {**namespace, **watched.names()})  # noqa: S102  # the notebook's own cell
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever the student's code comes to
        return _failed(question, watched, error, filename, namespace)
    return Outcome(question, Result.PASSED, "the public checks pass", tuple(_closeness(watched)))


def _closeness(watched: Watched) -> list[str]:
    """How close a right answer is, over all its numbers."""
    found = [one for one in map(_numeric, watched.finished) if one is not None]
    if not found:
        return []
    largest = max(one.largest for one in found)
    exact, approximately = all(one.exact for one in found), all(one.approximately for one in found)
    return [_three(exact, approximately, largest)] if approximately else []


def _failed(question: str, watched: Watched, error: BaseException, filename: str, namespace: dict[str, Any]) -> Outcome:
    where = _frames(error.__traceback__)
    checks = [index for index, (frame_file, _, _) in enumerate(where) if frame_file == filename]
    theirs = [entry for entry in where[checks[-1] + 1 if checks else 0 :] if entry[2] is namespace]
    if isinstance(error, NotImplementedError) and not str(error):
        return Outcome(question, Result.OPEN, "not answered yet")
    if isinstance(error, NameError) and not theirs and error.name:
        headline = f"'{error.name}' is not defined yet: run the cells of the notebook from the top, your answer too"
        return Outcome(question, Result.NOT_RUN, headline)
    statement = watched.statement(where[checks[-1]][1]) if checks and not theirs else None
    if isinstance(error, AssertionError) and not theirs:
        return Outcome(question, Result.FAILED, *_disagreement(watched, statement, error))
    comparison = watched.compared_in(statement) if statement is not None else None
    if comparison is not None:  # None for an array, or shapes that do not fit
        headline = f"check {watched.passed + 1} cannot compare what your code gives"
        return Outcome(question, Result.FAILED, headline, tuple(_compared(comparison)))
    headline = f"your code raises {type(error).__name__}" if theirs else f"a check ends in {type(error).__name__}"
    message = _short(str(error), _MOST_MESSAGE)
    details = _place(theirs)
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError) and error.name:
        details += (f"if a cell above defines '{error.name}', run that one first",)
    return Outcome(question, Result.RAISED, f"{headline}: {message}" if message else headline, details)


def _frames(traceback: TracebackType | None) -> list[tuple[str, int, dict[str, Any]]]:
    """The file, line and globals of each frame, outermost first."""
    found = []
    while traceback is not None:
        frame = traceback.tb_frame
        found.append((frame.f_code.co_filename, traceback.tb_lineno, frame.f_globals))
        traceback = traceback.tb_next
    return found


def _place(theirs: list[tuple[str, int, dict[str, Any]]]) -> tuple[str, ...]:
    """The student's own line in which an error came up."""
    if not theirs:
        return ()
    filename, number, _ = theirs[-1]
    line = linecache.getline(filename, number).strip()
    return (f"in line {number} of your cell: {_short(line, _MOST_CODE)}",) if line else ()


def _disagreement(watched: Watched, statement: ast.stmt | None, error: AssertionError) -> tuple[str, tuple[str, ...]]:
    """The headline of a check that does not hold, and the difference."""
    said = _short(str(error), _MOST_MESSAGE)
    if statement is None or isinstance(statement, ast.Raise):
        return said or "a check does not hold", ()
    comparison = watched.compared_in(statement)
    # NumPy's own assertions say in many lines what stands below in a few.
    headline = f"check {watched.passed + 1} does not hold"
    if said and "\n" not in str(error).strip():
        headline = f"{headline}: {said}"
    if comparison is None:
        checked = statement.test if isinstance(statement, ast.Assert) else statement
        return headline, (_short(ast.unparse(checked), _MOST_CODE),)
    return headline, tuple(_compared(comparison))


def _compared(comparison: Comparison) -> list[str]:
    """What was compared, both values, and how far they are apart."""
    mine, theirs = _order(comparison)
    lines = [_short(_written(comparison), _MOST_CODE)]
    if len(comparison.sides) > 2:
        return [*lines, f"yours     {_shown(comparison.values.get(_free(comparison)))}"]
    lines += [f"yours     {_shown(comparison.values[mine])}"]
    if comparison.signs[0] in ("==", "≈", "is"):
        lines += [f"expected  {_shown(comparison.values[theirs])}"]
        measured = _numeric(comparison)
        if measured is not None:
            lines += [_three(measured.exact, measured.approximately, measured.largest, measured.place)]
            lines += [measured.note] if measured.note else []
    return lines


def _numeric(comparison: Comparison) -> Difference | None:
    if comparison.signs[0] not in ("==", "≈") or len(comparison.sides) > 2:
        return None
    mine, theirs = _order(comparison)
    tolerances = {"rtol": RTOL, "atol": ATOL}
    given = {name: value for name, value in comparison.tolerances.items() if isinstance(value, int | float)}
    return difference(comparison.values[mine], comparison.values[theirs], **(tolerances | given))


def _order(comparison: Comparison) -> tuple[int, int]:
    """Which side is the student's, and which the expected one: the left is, unless it is written out in the check."""
    return (1, 0) if _literal(comparison.sides[0]) and not _literal(comparison.sides[1]) else (0, 1)


def _free(comparison: Comparison) -> int:
    """The side of a chain, such as ``0.9 < value < 1.1``, that the check does not write out."""
    return next((index for index, side in enumerate(comparison.sides) if not _literal(side)), 0)


def _literal(side: str) -> bool:
    """Whether an expression names nothing of the notebook's: numbers, texts, lists and arrays of them."""
    names = {node.id for node in ast.walk(ast.parse(side, mode="eval")) if isinstance(node, ast.Name)}
    return names <= {"np", "numpy", "torch", "math"}


def _written(comparison: Comparison) -> str:
    parts = [comparison.sides[0]]
    for sign, side in zip(comparison.signs, comparison.sides[1:], strict=True):
        parts += [sign, side]
    return " ".join(parts)


def _three(exact: bool, approximately: bool, largest: float, place: tuple[int, ...] = ()) -> str:
    at = f" at [{', '.join(map(str, place))}]" if place and largest else ""
    said = "cannot be measured" if np.isnan(largest) else f"{largest:.3g}{at}"
    return f"exact: {_yes(exact)} · approximately: {_yes(approximately)} · max difference: {said}"


def _yes(true: bool) -> str:
    return "yes" if true else "no"


def _shown(value: object) -> str:
    try:
        array = plain_array(value)
        if array is not None and array.ndim and array.dtype.kind in "fc":
            with np.errstate(all="ignore"):
                return _short(_numbers_shown(array), _MOST_VALUE)
        text = repr(value) if isinstance(value, str) else str(value)
    except Exception as error:  # noqa: BLE001  # an object of the student's
        return f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"
    return _short(text, _MOST_VALUE)


def _numbers_shown(array: NDArray[Any]) -> str:
    return np.array2string(array, precision=6, threshold=8, edgeitems=3, max_line_width=1000, separator=", ")


def _short(text: str, most: int) -> str:
    line = "".join(char if char.isprintable() else " " for char in " ".join(text[: 20 * most].split()))
    return line if len(line) <= most else line[: most - 1] + "…"

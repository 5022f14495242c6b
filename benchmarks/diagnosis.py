"""`python -m benchmarks.diagnosis [LAB...]`: how often does a student hear which generic mistake was made?

Each fault is planted in every question of every lab: what the solution's functions return is doubled, negated, of
another shape, late by one, or of a low precision. Where that costs points, some message should say so, or name the
known misconception that gives the same values.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from allclose import course
from allclose.grading.engine import Engine
from allclose.model import Assignment, Notebook, QuestionMark, Submission, Tier, Verdict
from allclose.notebook.splice import solved
from allclose.numerics.findings import Finding
from allclose.suite.secret import load_seed
from allclose.suite.standins import defined_names
from benchmarks.classes import ROOT

FACTORS = {Finding.DOUBLE, Finding.HALF, Finding.COUNT_TOO_LARGE, Finding.COUNT_TOO_SMALL, Finding.SCALED}
SHAPES = {
    Finding.AXES,
    Finding.AXIS_ORDER,
    Finding.UNIT_AXIS,
    Finding.SHAPE,
    Finding.LENGTH,
    Finding.WANTS_NUMBER,
    Finding.WANTS_ARRAY,
    Finding.WANTS_SEQUENCE,
}
#: For each fault the expression that makes it from `v`, which has `n` axes, and the messages that say so.
FAULTS: dict[str, tuple[str, set[Finding]]] = {
    "twice": ("v * 2", FACTORS),
    "a third": ("v / 3", FACTORS),
    "sign": ("-v", {Finding.NEGATED}),
    "shape": ("v[None] if n < 2 else v.swapaxes(0, 1)", SHAPES),
    "lag": ("np.concatenate([v[:1], v[:-1]]) if n and len(v) > 3 else v", {Finding.LAG}),
    "dtype": ("v.astype(np.float16)", {Finding.PRECISION}),
}
PLANT = """

import functools as _functools
import numpy as _np


def _plant(value):
    np = _np
    if isinstance(value, tuple):
        return tuple(map(_plant, value))
    if isinstance(value, dict):
        return {{key: _plant(item) for key, item in value.items()}}
    if isinstance(value, list) and not all(isinstance(item, (int, float, np.number)) for item in value):
        return list(map(_plant, value))
    if value is None or isinstance(value, (bool, str, bytes)):
        return value
    v = np.asarray(value)
    if v.dtype.kind not in "iuf":
        return value
    n = v.ndim
    v = {expression}
    return v.tolist() if isinstance(value, list) else v if v.ndim else v[()]


def _planted(function):
    @_functools.wraps(function)
    def call(*args, **kwargs):
        return _plant(function(*args, **kwargs))
    return call


for _name in {names!r}:
    _value = globals()[_name]
    if isinstance(_value, type):
        for _method in [m for m in vars(_value) if not m.startswith("_") and callable(vars(_value)[m])]:
            setattr(_value, _method, _planted(vars(_value)[_method]))
    else:
        globals()[_name] = _planted(_value)
"""


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.diagnosis", description=__doc__)
    arguments.add_argument("labs", nargs="*", default=course.labs(ROOT))
    arguments.add_argument("--unnamed", action="store_true", help="list what was not named, with what was said")
    chosen = arguments.parse_args()
    planted: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for lab in chosen.labs:
        ours, theirs = _measure(course.load(ROOT, lab), unnamed=chosen.unnamed)
        planted += ours
        named += theirs
        print(f"{lab:28}{_row(ours, theirs)}")
    print(f"{'all':28}{_row(planted, named)}")


def _row(planted: Counter[str], named: Counter[str]) -> str:
    parts = [f"{fault} {named[fault]}/{planted[fault]}" for fault in FAULTS if planted[fault]]
    lost = sum(planted.values())
    return f"{sum(named.values()):4} of {lost:4} named ({sum(named.values()) / max(lost, 1):.0%}): {', '.join(parts)}"


def _measure(assignment: Assignment, *, unnamed: bool) -> tuple[Counter[str], Counter[str]]:
    planted: Counter[str] = Counter()
    named: Counter[str] = Counter()
    with (
        Engine(assignment, tier=Tier.STRONG, device="cpu", seed=load_seed(ROOT)) as engine,
        ThreadPoolExecutor(3) as pool,
    ):
        cases = [case for notebook in assignment.notebooks for case in _cases(notebook)]
        marks = pool.map(lambda case: _mark(engine, *case), cases)
        for (_, question, fault, _), mark in zip(cases, marks, strict=True):
            lost = [test for test in mark.tests if test.verdict is not Verdict.PASSED]
            if not lost:
                continue
            planted[fault] += 1
            said = any(test.misconception or test.message in FAULTS[fault][1] for test in lost)
            named[fault] += said
            if unnamed and not said:
                print(f"  {assignment.name} {question}, {fault}: {'; '.join(dict.fromkeys(t.message for t in lost))}")
    return planted, named


def _cases(notebook: Notebook) -> Iterator[tuple[Notebook, str, str, str]]:
    content = solved(notebook)
    names = defined_names(notebook)
    for question in notebook.questions:
        place = next(
            index
            for index, cell in enumerate(notebook.content["cells"])
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == question.solution_cell
        )
        for fault, (expression, _) in FAULTS.items():
            plant = PLANT.format(expression=expression, names=names[question.name])
            yield notebook, question.name, fault, content["cells"][place]["source"] + plant


def _mark(engine: Engine, notebook: Notebook, question: str, fault: str, code: str) -> QuestionMark:
    grade = engine.grade(Submission(fault, {notebook.name: solved(notebook, {question: code})}, {}, {}))
    return next(mark for mark in grade.questions if mark.question == question)


if __name__ == "__main__":
    main()

"""A small lab for attacks, and code by which a submission takes over its own end of the wire."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tests.suited_course import Asked, write_course

LAB = "lab"
QUESTIONS = [
    Asked("double", "import numpy as np\n\n\ndef double(x):\n    return 2 * x", 6),
    Asked("quadruple", "def quadruple(x):\n    return double(double(x))", 2),
    Asked("apply", "def apply(f, x):\n    return f(x)", 2),
]
SUITE = """
from allclose import agree, grade


@grade("double", points=2)
def test_double(submission, rng):
    x = rng.normal(size=5)
    expected = 2 * x
    agree(submission.double(x), expected)


@grade("double", points=2)
def test_double_in_one_trip(submission, rng):
    xs = rng.normal(size=5).tolist()
    for found, x in zip(submission.map(submission.double, [(x,) for x in xs]), xs):
        agree(found, 2 * x)


@grade("double", points=2)
def test_double_by_pythons_map(submission, rng):
    xs = rng.normal(size=5).tolist()
    for found, x in zip(map(submission.double, xs), xs):
        agree(found, 2 * x)


@grade("quadruple", points=2)
def test_quadruple_on_our_double(submission, rng):
    x = rng.normal(size=5)
    expected = 4 * x
    agree(submission.with_reference("double").quadruple(x), expected)


@grade("apply", points=2)
def test_apply_our_function(submission, rng):
    x = float(rng.normal())
    agree(submission.apply(lambda value: value + sum([1.0]), x), x + 1.0)
"""
LIMITS = """
cell_seconds = 5
test_seconds = 2
submission_seconds = 10
disk_bytes = 16_000_000
output_bytes = 1_000_000
"""

#: Finds what answers for the sandbox, among the frames below the student's own.
HIJACK = """
import os
import sys

import msgspec
import numpy as np

from allclose.sandbox import child, values, wire

pack, ext, text = msgspec.msgpack.encode, msgspec.msgpack.Ext, msgspec.json.encode


def double(x):
    return 2 * x
"""


def write_lab(root: Path) -> Path:
    return write_course(root, LAB, QUESTIONS, SUITE, limits=LIMITS)


def answering(result: str, before: str = "") -> str:
    """An answer whose process sends the bytes `result` back for every call."""
    return f"""{HIJACK}
{dedent(before).strip()}


def answer(self, payload):
    self._send(wire.Kind.RESULT, {result})


child.Child._call = answer
"""


def telling(outcome: str) -> str:
    """An answer whose process tells the bytes `outcome` of every later cell."""
    return f"""{HIJACK}
def tell(self, cell):
    if cell["snapshot"] is not None:
        self.shell.snapshot(cell["snapshot"])
    self.shell.run_cell(cell["source"])
    self._send(wire.Kind.OUTCOME, {outcome})


child.Child._cell = tell
"""

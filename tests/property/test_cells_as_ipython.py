"""What a cell means is what IPython says it means, however quickly it is told."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from allclose.sandbox.interactive import _Transformer

OURS = ["%", "!", "?", ",", ";", "/", "%%time\n", ">>> ", "... ", "In [1]: ", "   ...: ", "=", "= %", "=!ls", "%ls"]
PYTHON = [
    "x = 1",
    "y",
    "def f():",
    "if x:",
    "return x",
    "'''",
    '"',
    "# note",
    "(",
    ")",
    "await y",
    "[",
    "]",
    "'a'",
    "...",
]
SPACE = ["\n", "\n\n", "    ", "  ", "\t", " ", "\\\n", "\r\n", "\f", "\u2028", "   \n", "\n    ", "\n        "]
CELLS = st.lists(st.sampled_from(OURS + PYTHON + 3 * SPACE), max_size=14).map("".join)


def told(manager: TransformerManager, cell: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return manager.transform_cell(cell)
        except Exception as error:
            return type(error), str(error)


@settings(max_examples=1500)
@given(CELLS)
@example("if x:\n        y\n    z")
@example("'''\n   \n'''")
@example("'''\n>>> x\n'''")
@example("x = \\\n%ls")
@example("x\n...\n")
@example("[1\n, 2]")
@example("# note\f%")
def test_a_cell_becomes_what_ipython_makes_of_it(cell: str) -> None:
    assert told(_Transformer(), cell) == told(TransformerManager(), cell)


@pytest.mark.parametrize("kind", ["cleanup_transforms", "line_transforms", "token_transformers"])
def test_a_transformation_that_a_cell_adds_is_used(kind: str) -> None:
    manager = _Transformer()
    assert manager.transform_cell("x = 1") == "x = 1\n"
    if kind == "token_transformers":
        manager.token_transformers = []
        assert manager.transform_cell("!ls") == "!ls\n"
    else:
        getattr(manager, kind).append(lambda lines: [line.replace("1", "2") for line in lines])
        assert manager.transform_cell("x = 1") == "x = 2\n"

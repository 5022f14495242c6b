"""What tests lean on is put back while they run, and the notebook's own changes afterwards."""

from __future__ import annotations

import builtins
import math
from collections.abc import Iterator

import numpy as np
import pytest

from allclose.sandbox.pristine import Pristine

REAL = np.allclose


@pytest.fixture(autouse=True)
def unharmed() -> Iterator[None]:
    code = REAL._implementation.__code__  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np, "allclose", REAL)  # puts it back at the end
        patch.setattr(math, "sqrt", math.sqrt)
        patch.setattr(builtins, "print", print)
        yield
    REAL._implementation.__code__ = code  # type: ignore[attr-defined]


def test_a_replaced_function_is_back_while_a_test_runs() -> None:
    pristine = Pristine()
    np.allclose = mine = lambda *_: True
    del math.sqrt
    with pristine.restored():
        assert np.allclose is REAL
        assert math.sqrt(4) == 2
    assert np.allclose is mine
    assert not hasattr(math, "sqrt")


def test_replaced_code_of_a_function_is_back_too() -> None:
    pristine = Pristine()
    REAL._implementation.__code__ = (lambda *_, **__: True).__code__  # type: ignore[attr-defined]
    assert np.allclose(1, 2)
    with pristine.restored():
        assert not np.allclose(1, 2)
    assert np.allclose(1, 2)


def test_what_a_test_itself_changes_stays_changed() -> None:
    pristine = Pristine()
    np.allclose = lambda *_: True
    with pristine.restored():
        np.allclose = changed = lambda *_: False
    assert np.allclose is changed


def test_a_notebook_may_have_a_print_of_its_own() -> None:
    pristine = Pristine()
    builtins.print = mine = lambda *_: None
    with pristine.restored():
        assert builtins.print is mine

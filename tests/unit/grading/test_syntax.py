"""Several threads read modules at a time, as those do that grade a class again."""

from __future__ import annotations

import ast
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from allclose.grading.syntax import parsed

SOURCE = "\n".join(
    f"def f{i}(x):\n    return [(x + {i}) * {{'a': lambda y: y**{i}}}['a'](x) for x in x]" for i in range(99)
)


@pytest.fixture
def other_threads_run_when_garbage_is_collected() -> Iterator[None]:
    def give_way(*_: object) -> None:
        time.sleep(0)

    gc.callbacks.append(give_way)
    yield
    gc.callbacks.remove(give_way)


@pytest.mark.usefixtures("other_threads_run_when_garbage_is_collected")
def test_threads_that_parse_at_once_do_not_spoil_each_others_trees() -> None:
    expected = ast.dump(ast.parse(SOURCE))
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(parsed, [SOURCE] * 60))
    assert all(ast.dump(tree) == expected for tree in found[::20])
    assert gc.isenabled()

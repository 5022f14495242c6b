"""Two processes that work in turns share a core while they do, and no longer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from allclose.sandbox.cores import on_one_core

BUSY = "print(flush=True)\nwhile True: pass"


@pytest.fixture
def other() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


def test_both_are_on_one_core_and_then_where_they_were(other: int) -> None:
    before = os.sched_getaffinity(0)
    with on_one_core(other):
        assert len(os.sched_getaffinity(0)) == 1
        assert os.sched_getaffinity(other) == os.sched_getaffinity(0)
    assert os.sched_getaffinity(0) == os.sched_getaffinity(other) == before


def test_an_error_sets_them_free_too(other: int) -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(RuntimeError), on_one_core(other):
        raise RuntimeError
    assert os.sched_getaffinity(0) == os.sched_getaffinity(other) == before


def test_the_cores_that_a_process_was_given_are_kept(other: int) -> None:
    given = {min(os.sched_getaffinity(0))}
    os.sched_setaffinity(other, given)
    with on_one_core(other):
        assert os.sched_getaffinity(0) <= os.sched_getaffinity(other) | given
    assert os.sched_getaffinity(other) == given


def test_a_process_that_is_gone_keeps_nobody_from_work(other: int) -> None:
    before = os.sched_getaffinity(0)
    os.kill(other, 9)
    os.waitpid(other, 0)
    with on_one_core(other):
        assert os.sched_getaffinity(0) == before
    with on_one_core(0):
        pass
    assert os.sched_getaffinity(0) == before

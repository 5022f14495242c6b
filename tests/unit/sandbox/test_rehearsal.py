"""What runs before the first fork must not show in what is forked."""

from __future__ import annotations

import random
import signal
from pathlib import Path

from allclose.model import Limits
from allclose.sandbox.rehearsal import rehearse
from allclose.sandbox.values import encode


def test_a_rehearsal_leaves_no_trace() -> None:
    def state() -> tuple[object, ...]:
        open_files = len(list(Path("/proc/self/fd").iterdir()))
        return open_files, signal.getsignal(signal.SIGINT), random.getstate()

    rehearse(Limits())
    before = state()
    rehearse(Limits())
    assert state() == before


def test_a_rehearsal_makes_the_calls_that_submissions_make() -> None:
    code = encode.__code__
    rehearse(Limits())
    adapted = code._co_code_adaptive  # type: ignore[attr-defined]
    assert adapted != code.co_code, "nothing was adapted"

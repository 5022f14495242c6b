"""What is slow to start (a zygote, an engine) is kept from one notebook to the next, and ended when it is idle.

nbgrader makes its steps anew for every notebook, in a command or in a server that runs for weeks. So this holds one
warm thing for the process, with the key of what it was made from, and lends it to one notebook at a time.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from allclose.errors import SandboxError

#: How long a warm thing waits for another notebook.
IDLE_SECONDS = 60.0


class Warm(Protocol):
    """Something that is slow to start and can be used again."""

    @property
    def alive(self) -> bool:
        """Whether it still works."""

    def close(self) -> None:
        """End it."""


W = TypeVar("W", bound=Warm)


@dataclass(slots=True)
class _Kept:
    key: object
    warm: Warm


_lock = threading.Lock()
_kept: _Kept | None = None
_timer: threading.Timer | None = None


@contextmanager
def lent(key: object, start: Callable[[], W]) -> Iterator[W]:
    """Lend the warm thing of this key, started where there is none or it has died; one of another key is ended.

    Parameters
    ----------
    key
        What the thing is made from, to be compared.
    start
        Makes it.

    Raises
    ------
    SandboxError
        What `start` or the work with it raises; the thing is ended then.
    """
    with _lock:
        _wait_no_more()
        if _kept is None or _kept.key != key or not _kept.warm.alive:
            _end()
            _keep(_Kept(key, start()))
        assert _kept is not None
        try:
            yield cast(W, _kept.warm)
        except Exception as error:
            if isinstance(error, SandboxError):
                _end()
            raise
        except BaseException:
            _end()
            raise
        finally:
            if _kept is not None:
                _wait(_kept)


def end() -> None:
    """End what is kept, if nobody uses it."""
    with _lock:
        _wait_no_more()
        _end()


def _keep(kept: _Kept | None) -> None:
    global _kept
    _kept = kept


def _end() -> None:
    kept = _kept
    _keep(None)
    if kept is not None:
        kept.warm.close()


def _wait(kept: _Kept) -> None:
    global _timer
    _timer = threading.Timer(IDLE_SECONDS, _end_idle, (kept,))
    _timer.daemon = True
    _timer.start()


def _wait_no_more() -> None:
    if _timer is not None:
        _timer.cancel()


def _end_idle(kept: _Kept) -> None:
    # Whoever holds the lock is about to use what is kept, and lets another timer wait.
    if _lock.acquire(blocking=False):
        try:
            if _kept is kept:
                _end()
        finally:
            _lock.release()


def _forget() -> None:
    """In a forked process: what its parent keeps is not its own."""
    global _lock, _timer
    _lock, _timer = threading.Lock(), None
    _keep(None)


atexit.register(end)
os.register_at_fork(after_in_child=_forget)

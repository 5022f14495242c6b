"""The two warm processes behind an engine, replaced when they die: one kill costs nobody their grade."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from typing import TypeVar

from allclose.errors import IsolationUnavailable, SandboxError
from allclose.sandbox.spawner import Spawner
from allclose.suite.plugin import SuiteTest
from allclose.suite.runner import SuiteRunner

#: How often one run replaces a process; beyond, something is wrong with the machine.
MAX_RESTARTS = 30
START_ATTEMPTS = 3
#: How often work that was cut off is tried again, with nobody else at work.
LONE_ATTEMPTS = 6
#: How often it must end our processes, and the control not, before the fault is taken for its own.
DEATHS = 3
#: The flag of a submission that is blamed for that.
BLAMED = "sandbox-ended: the grader's own processes, again and again"
_Done = TypeVar("_Done")


class Blamed(SandboxError):
    """Work ended the grader's own processes time and again, and other work did not."""


class Sides:
    """The zygote and, where there is a suite, its host; both start at once and warm up side by side.

    Work goes on `together` while all is well. Whoever's work was cut off tries again `alone`, on sound processes and
    with nobody else at work, so that a second death can only be that work's own doing, or the machine's.

    Parameters
    ----------
    start_spawner, start_suite : callable
        Start one of them afresh.

    Attributes
    ----------
    is_alone : bool
        Whether the work that goes on has nobody beside it.
    """

    def __init__(self, start_spawner: Callable[[], Spawner], start_suite: Callable[[], SuiteRunner] | None) -> None:
        self._start_spawner = start_spawner
        self._start_suite = start_suite
        self.tests: tuple[SuiteTest, ...] = ()
        self._changed = Condition()
        self._at_work = 0
        self._taken = False
        self.is_alone = False
        self._restarts = 0
        self._collected = False
        self._closed = False
        self.spawner = start_spawner()
        self.suite: SuiteRunner | None = None
        try:
            if start_suite is not None:
                self.suite = start_suite()
        except BaseException:
            self.spawner.close()
            raise

    def wait_ready(self) -> None:
        """Wait until both can work; one that is killed meanwhile is started again.

        Raises
        ------
        SuiteError, IsolationUnavailable, SandboxError
            If one of them cannot.
        """
        for _ in range(START_ATTEMPTS - 1):
            try:
                return self._wait_once()
            except IsolationUnavailable:
                raise
            except SandboxError:
                self._replace_dead()
        return self._wait_once()

    def insist(self, work: Callable[[], _Done], control: Callable[[], object]) -> _Done:
        """Do `work` beside others; where our side dies under it, or it tells nothing, again, with nobody beside.

        A kill from outside may meet the same work again and again. So it is blamed only for deaths after each of
        which `control`, in its place on the same processes, came through.

        Raises
        ------
        Blamed
            If the work itself is the reason.
        SandboxError
            If the machine is, as far as can be told.
        """
        try:
            with self.together():
                return work()
        except SandboxError as error:
            failure = error
        deaths = 0
        for _ in range(LONE_ATTEMPTS):
            try:
                with self.alone():
                    return work()
            except SandboxError as error:
                failure = error
            try:
                with self.alone():
                    control()
            except SandboxError:  # no work of a student's was there: something else ends our processes
                continue
            deaths += 1
            if deaths == DEATHS:
                raise Blamed(str(failure))
        raise failure

    @property
    def are_together(self) -> bool:
        """Whether work goes on that may be done again, alone."""
        return self._at_work > 0 and not self.is_alone

    @contextmanager
    def together(self) -> Iterator[None]:
        """Work beside others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken)
            self._at_work += 1
        try:
            yield
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Work with nobody beside, on processes that live.

        Raises
        ------
        SandboxError
            If a process that died cannot be replaced.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._taken)
            self._taken = True
            self._changed.wait_for(lambda: not self._at_work)
        try:
            try:
                self._replace_dead()
                self.wait_ready()
            except OSError as error:
                raise SandboxError(f"a process of the grader's could not be replaced: {error}; run again") from None
            self.is_alone = True
            yield
        finally:
            with self._changed:
                self._taken = self.is_alone = False
                self._changed.notify_all()

    def close(self) -> None:
        """End both processes and everything that runs in them; nothing is replaced afterwards."""
        with self._changed:
            self._closed = True
            self.spawner.close()
            if self.suite is not None:
                self.suite.close()

    def _wait_once(self) -> None:
        if self.suite is not None and not self._collected:
            tests = self.suite.wait_ready()
            if self.tests not in ((), tests):
                self.suite.close()
                raise SandboxError("the suite was changed while it was used; run the command again")
            self.tests, self._collected = tests, True
        self.spawner.wait_ready()

    def _replace_dead(self) -> None:
        with self._changed:
            if not self.spawner.alive:
                self._count_restart()
                self.spawner.close()
                self.spawner = self._start_spawner()
            if self.suite is not None and self._start_suite is not None and not self.suite.alive:
                self._count_restart()
                self.suite.close()
                self.suite, self._collected = self._start_suite(), False

    def _count_restart(self) -> None:
        if self._closed:
            raise SandboxError("the run was ended; finished results are kept")
        if self._restarts == MAX_RESTARTS:
            raise SandboxError(f"the grader's own processes died {MAX_RESTARTS} times; run `allclose doctor`")
        self._restarts += 1

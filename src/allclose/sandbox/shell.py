"""Runs notebook cells in an IPython shell and records what a notebook file would have kept of their outputs.

The outputs are those that nbgrader's `Execute` preprocessor stores with ipykernel, with consecutive texts of one stream
merged. An update of a displayed output reaches the outputs of its own cell only: earlier ones were handed over already.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import io
import linecache
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from allclose.model import Json
from allclose.sandbox.display import OutStream, Recorder
from allclose.sandbox.interactive import ZMQInteractiveShell, no_input

_SITE = ("site-packages", "dist-packages")
_SILENT_TRACEBACK = ["ERROR: An error occurred while showtraceback was disabled"]


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What one cell did: nbformat outputs, and whether it ended in an error or was interrupted."""

    outputs: list[Json]
    execution_count: int | None
    failed: bool
    interrupted: bool


class Shell:
    """One IPython shell for the cells of one submission.

    Made in a process that later forks; no thread is alive afterwards and nothing is written to disk. A child that runs
    cells owns descriptors 1 and 2 and the handler of SIGINT from its first cell on.

    Parameters
    ----------
    output_bytes
        What the outputs of one cell may weigh; more is dropped, with a note in its place.
    """

    def __init__(self, *, output_bytes: int = 8 * 2**20) -> None:
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
        self._recorder = Recorder(output_bytes)
        self._descriptors = self._recorder.descriptors
        self._ipython = ZMQInteractiveShell.instance(recorder=self._recorder)
        self.namespace: dict[str, Any] = self._ipython.user_ns
        self._hidden: dict[str, Any] = self._ipython.user_ns_hidden
        self._hook = self._ipython.displayhook
        self._streams = {
            name: OutStream(name, self._recorder.write, self._recorder.flush) for name in ("stdout", "stderr")
        }
        self._pid: int | None = None
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._future: asyncio.Future[Any] | None = None
        self._running = False
        self._interrupted = False
        self._abandoned: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[Any] | None]] = []
        self._snapshots: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[Any, Any, Any]]] = {}
        self.snapshot("")

    def prepare(self) -> tuple[int, ...]:
        """Make the files behind descriptors 1 and 2 that cells will find; they must stay open till then.

        Only needed where making them will be forbidden by the time that the first cell runs.
        """
        return self._descriptors.prepare()

    def run_cell(self, source: str) -> CellOutcome:
        """Run one cell; never raises for what the cell does."""
        if not source.strip():
            return CellOutcome([], None, failed=False, interrupted=False)
        if self._pid != os.getpid():
            self._take_process()
        return self._run(source)

    def snapshot(self, name: str) -> None:
        """Keep a shallow copy of the namespace as `name`."""
        names = {key: value for key, value in self.namespace.items() if type(key) is str}
        self._snapshots[name] = names, dict(self._hidden), (self._hook._, self._hook.__, self._hook.___)

    def restore(self, name: str) -> None:
        """Put the copy `name` back into the same dict, with what IPython goes by to keep `_`, `__` and `___`."""
        names, hidden, last = self._snapshots[name]
        self.namespace.clear()
        self.namespace.update(names)
        self._hidden.clear()
        self._hidden.update(hidden)
        self._hook._, self._hook.__, self._hook.___ = last

    def silence(self) -> None:
        """Drop all that is printed or displayed from here on, by Python and on descriptors 1 and 2."""
        if self._pid != os.getpid():
            self._take_process()
        self._recorder.muted = True
        self._descriptors.drop()

    def _take_process(self) -> None:
        self._pid = os.getpid()
        self._descriptors.open()
        sys.stdout, sys.stderr = self._streams["stdout"], self._streams["stderr"]
        self._ipython.history_manager.dir_hist[:] = [Path.cwd()]
        if "" not in sys.path:  # a kernel finds modules in its working folder, after the standard library
            site = (index for index, path in enumerate(sys.path) if Path(path).name in _SITE)
            sys.path.insert(next(site, 0), "")

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Run cells in a process that is not the shell's own, and forget them afterwards."""
        streams, handler = (sys.stdout, sys.stderr), signal.getsignal(signal.SIGINT)
        sys.stdout, sys.stderr = self._streams["stdout"], self._streams["stderr"]
        try:
            yield
        finally:
            sys.stdout, sys.stderr = streams
            signal.signal(signal.SIGINT, handler)
            self._forget()

    def _forget(self) -> None:
        shell = self._ipython
        if self._loop is not None:
            self._loop.close()
            self._loop = None
        for name in list(shell.compile._filename_map):
            linecache.cache.pop(name, None)
        shell.compile._filename_map.clear()
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            if hasattr(sys, name):
                delattr(sys, name)
        history = shell.history_manager
        history.reset(new_session=False)
        history.input_hist_parsed[:] = [""]
        history.input_hist_raw[:] = [""]
        history.output_hist_reprs.clear()
        history.db_input_cache.clear()
        history._i = history._ii = history._iii = history._i00 = ""
        shell.last_execution_result = None
        shell.execution_count = 1
        self.restore("")
        self._recorder.begin()
        self._count = 0

    def _run(self, source: str) -> CellOutcome:
        here = os.getpid()
        shell = self._ipython
        self._count = count = self._next_count()
        self._interrupted = False
        failed, error = False, None
        try:
            self._recorder.begin()
            shell.last_traceback = None
            shell.display_failed = False
            signal.signal(signal.SIGINT, self._interrupt)
            shell.user_ns = self.namespace
            result = self._in_loop(source)
            error = result.error_in_exec if result.error_before_exec is None else result.error_before_exec
            failed = error is not None or shell.display_failed
        except BaseException as escaped:  # whatever the cell did to IPython, it is the cell's failure
            failed, error = True, escaped
        if os.getpid() != here:
            os._exit(0)  # a process that the cell forked and let run on is not the one that is graded
        return CellOutcome(self._outputs(failed, error), count, failed=failed, interrupted=self._interrupted)

    def _next_count(self) -> int:
        count: object = self._ipython.execution_count
        return count if type(count) is int and 0 < count < 2**31 else self._count + 1

    def _outputs(self, failed: bool, error: BaseException | None) -> list[Json]:
        try:
            self._recorder.flush()
            if failed:
                # nbgrader adds the error of the kernel's reply where no output carries its name.
                name = type.__dict__["__name__"].__get__(type(error))
                if not self._recorder.has_error(name):
                    self._recorder.error(name, _text(error), self._ipython.last_traceback or _SILENT_TRACEBACK)
            return self._recorder.finish()
        except Exception:  # the cell broke what records it
            return []

    def _in_loop(self, source: str) -> Any:
        # A kernel runs cells inside a running event loop, and code can tell.
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        self._running = True
        try:
            with no_input():
                return self._loop.run_until_complete(self._execute(source))
        except BaseException:
            # What the cell left in this loop must not wake up in the next one's.
            self._abandoned.append((self._loop, self._future))
            self._loop = None
            raise
        finally:
            self._running = False
            self._future = None

    async def _execute(self, source: str) -> Any:
        shell = self._ipython
        failure = None
        try:
            code = shell.transform_cell(source)
        except Exception:
            code, failure = source, sys.exc_info()
        cell = shell.run_cell_async(source, store_history=True, transformed_cell=code, preprocessing_exc_tuple=failure)
        result = None
        try:
            if _may_await(code) and shell.should_run_async(
                source, transformed_cell=code, preprocessing_exc_tuple=failure
            ):
                self._future = asyncio.ensure_future(cell)
                result = await self._future
            else:
                result = _run_at_once(cell)
        finally:
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        return result

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self._interrupted = True
        if not self._running:
            return
        if self._future is not None and self._loop is not None and asyncio.current_task(self._loop) is None:
            self._loop.call_soon_threadsafe(self._future.cancel)
        else:
            raise KeyboardInterrupt


def _may_await(code: str) -> bool:
    return "await" in code or "async" in code


def _run_at_once(cell: Coroutine[Any, Any, Any]) -> Any:
    try:
        cell.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("a cell without await waits for something")


def _text(error: object) -> str:
    try:
        return str(error)
    except BaseException:  # its __str__ is the cell's
        return ""


_WARM_CELLS = (
    "print('warm')\n[0]",
    "%time _",
    "%matplotlib --list",
    "%config InlineBackend.close_figures",
    "%%capture\n0",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='$x^2$')\nplt.xlabel('x')\nplt.legend();",
    "def fail():\n    raise ValueError('warm')\nfail()",
)


def warm(shell: Shell) -> None:
    """Load what cells commonly need, so that a forked child inherits it, and leave the shell as new.

    Prints, displays, fails and draws once; afterwards no figure is open and no thread runs.
    """
    with shell._aside():
        for source in _WARM_CELLS:
            shell._run(source)
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    plt.close("all")
    figure = Figure(layout="constrained")
    figure.subplots().loglog([1e-4, 1e6], [1e-4, 1e6], label="a curve")  # parses the labels of every usual power of ten
    figure.savefig(io.BytesIO(), format="png")
    Figure().subplots().contourf([[0, 1], [1, 2]])  # whose library comes in with the first contour
    _draw_once(shell._ipython)


def _draw_once(shell: ZMQInteractiveShell) -> None:
    """Show the figures of a cell before pyplot would draw them for a screen.

    pyplot draws every open figure after a cell, and the inline backend then draws them again and closes them; the other
    way around the first drawing falls away. A figure with a layout engine depends on it, so that one is laid out.
    """
    from matplotlib import pyplot as plt
    from matplotlib_inline.backend_inline import flush_figures

    after_cell = shell.events.callbacks["post_execute"]
    after_cell.remove(flush_figures)
    where = after_cell.index(plt._draw_all_if_interactive)
    after_cell[where:where] = [_lay_out_figures, flush_figures]


def _lay_out_figures() -> None:
    from matplotlib import _pylab_helpers, is_interactive

    for manager in _pylab_helpers.Gcf.get_all_fig_managers() if is_interactive() else ():
        figure = manager.canvas.figure
        if figure.stale and figure.get_layout_engine() is not None:
            figure.draw_without_rendering()

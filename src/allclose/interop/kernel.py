"""A kernel as nbclient drives one, whose cells have run in the sandbox by the time that it is told of them.

So what nbclient and nbgrader make of a kernel's answers (timeouts, errors, hooks, timing) is made by their own code.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from allclose.grading.outcome import LANGUAGE
from allclose.model import CellRun, Json, Verdict

#: Runs the text of one cell.
RunCell = Callable[[str], CellRun]

_NOT_RUN: Json = {
    "output_type": "error",
    "ename": "NotRunError",
    "evalue": "this cell was not run: cells before it ended the sandbox too often, or took all of the time",
    "traceback": ["\x1b[0;31mNotRunError\x1b[0m: cells before this one ended the sandbox too often, or took all time"],
}


class Kernel:
    """Stands for jupyter_client's manager and its client: of their methods, those that nbclient calls."""

    kernel_id = "allclose"
    ipykernel = False
    allow_stdin = False

    def __init__(self, run: RunCell) -> None:
        self.has_kernel = False
        self.shell_channel = _Channel()
        self.iopub_channel = _Channel()
        self._run = run
        self._asked = 0

    def start_kernel(self, **_: Any) -> None:
        """Nothing has to start: the sandbox runs already."""
        self.has_kernel = True

    def client(self) -> Kernel:
        """Who talks to the kernel: itself."""
        return self

    def start_channels(self) -> None:
        """Messages need no way."""

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """It always is."""

    def is_alive(self) -> bool:
        """Whether cells can run; one that ends its process costs no other."""
        return True

    def interrupt_kernel(self) -> None:
        """The sandbox has stopped an overdue cell before anybody asks for it."""

    def shutdown_kernel(self, now: bool = False) -> None:
        """Whoever started the sandbox ends it."""
        self.has_kernel = False

    def cleanup_resources(self) -> None:
        """There are none."""

    def stop_channels(self) -> None:
        """There are none."""

    def kernel_info(self) -> str:
        """Ask for what a notebook says of its language."""
        asked = self._ask()
        self.shell_channel.put(asked, "kernel_info_reply", {"status": "ok", "language_info": dict(LANGUAGE)})
        return asked

    def execute(self, source: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Run a cell, and have its messages ready."""
        asked = self._ask()
        run = self._run(source)
        ended = datetime.now(UTC)
        began = ended - timedelta(seconds=run.seconds)
        late = run.verdict is Verdict.TIMEOUT
        outputs = [_NOT_RUN] if run.verdict is Verdict.NOT_RUN else run.outputs
        # Of a cell that ran out of time, nbclient says so itself, as its options have it.
        shown = outputs[:-1] if late else outputs
        tell = self.iopub_channel.put
        tell(asked, "status", {"execution_state": "busy"}, began)
        tell(asked, "execute_input", {"code": source, "execution_count": run.execution_count}, began)
        for output in shown:
            content = {key: value for key, value in output.items() if key != "output_type"}
            tell(asked, output["output_type"], content, ended)
        tell(asked, "status", {"execution_state": "idle"}, ended)
        if late:
            self.shell_channel.silence()
        errors = [output for output in shown or outputs if output["output_type"] == "error"]
        self.shell_channel.put(asked, "execute_reply", _reply(run, errors), ended)
        return asked

    def _ask(self) -> str:
        self._asked += 1
        self.shell_channel.clear()
        self.iopub_channel.clear()
        return f"allclose-{self._asked}"


def _reply(run: CellRun, errors: list[Json]) -> Json:
    if not errors:
        return {"status": "ok", "execution_count": run.execution_count}
    error = errors[-1]
    return {"status": "error", **{key: error[key] for key in ("ename", "evalue", "traceback")}}


class _Channel:
    """Messages that wait to be fetched."""

    def __init__(self) -> None:
        self._waiting: deque[Json | None] = deque()

    def put(self, asked: str, kind: str, content: Json, date: datetime | None = None) -> None:
        header = {"msg_type": kind} if date is None else {"msg_type": kind, "date": date}
        parent = {"msg_id": asked}
        message = {"header": header, "parent_header": parent, "msg_type": kind, "content": content, "metadata": {}}
        self._waiting.append(message)

    def silence(self) -> None:
        """Let whoever waits for an answer within some time wait in vain, once."""
        self._waiting.append(None)

    def clear(self) -> None:
        self._waiting.clear()

    def get_msg(self, timeout: float | None = None) -> Json:
        if not self._waiting:
            raise queue.Empty
        message = self._waiting.popleft()
        if message is not None:
            return message
        if timeout is not None:
            raise queue.Empty
        return self.get_msg()

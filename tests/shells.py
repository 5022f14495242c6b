"""Runs cells in a `Shell` as the sandbox does: in forked children of a warm process; pytest keeps its singletons.

As a script it is that process: a request a line comes in, `{"cells": [...], "cwd": ...}`, the outcomes go out.
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
Outcomes = list[dict[str, Any]]


@contextmanager
def shells(**environment: str) -> Iterator[Callable[..., Outcomes]]:
    """A function that runs cells in a fresh child: `run(*cells, cwd, output_bytes=2**20, warmed=True)`.

    A cell that is a string is run; `["snapshot", name]` and the like call that method; `["look", expression]` gives the
    value of an expression in which `shell` is the shell.
    """
    servers: dict[tuple[int, bool], subprocess.Popen[str]] = {}
    with ExitStack() as stack:

        def run(*cells: Any, cwd: Path, output_bytes: int = 2**20, warmed: bool = True) -> Outcomes:
            key = output_bytes, warmed
            if key not in servers:
                servers[key] = stack.enter_context(_server(*key, environment))
            server = servers[key]
            assert server.stdin is not None and server.stdout is not None
            server.stdin.write(json.dumps({"cells": cells, "cwd": str(cwd)}) + "\n")
            server.stdin.flush()
            answer = json.loads(server.stdout.readline())
            assert isinstance(answer, list), answer
            return answer

        yield run


@contextmanager
def _server(output_bytes: int, warmed: bool, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    python_path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        [sys.executable, __file__, str(output_bytes), str(int(warmed))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": python_path, "OPENBLAS_NUM_THREADS": "1", **environment},
    ) as server:
        yield server


def _serve(output_bytes: int, warmed: bool) -> None:
    from allclose.sandbox.shell import Shell, warm

    shell = Shell(output_bytes=output_bytes)
    if warmed:
        warm(shell)
    for line in sys.stdin:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            _answer(shell, json.loads(line), writer)
        os.close(writer)
        with os.fdopen(reader) as stream:
            answer = stream.read()
        _, status = os.waitpid(pid, 0)
        print(answer or json.dumps({"died": status}), flush=True)


def _answer(shell: Any, request: dict[str, Any], writer: int) -> None:
    ours, write, leave = dict(vars(builtins)), os.write, os._exit
    signal.alarm(60)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(writer, 300)  # a cell may close what is below
    os.chdir(request["cwd"])
    try:
        steps = [_step(shell, cell) for cell in request["cells"]]
        vars(builtins).update(ours)
        data = json.dumps([_fields(step) for step in steps]).encode()
        while data:
            data = data[write(300, data) :]
    except BaseException as error:
        write(300, b'{"harness": "%s"}' % type(error).__name__.encode())
    finally:
        leave(0)


def _step(shell: Any, cell: Any) -> Any:
    if cell.__class__ is not [].__class__:
        return shell.run_cell(cell)
    method, *args = cell
    if method == "look":
        value = eval(args[0], {"shell": shell})
        return {"value": value if _is_plain(value) else repr(value)}
    getattr(shell, method)(*args)
    return {}


def _fields(step: Any) -> dict[str, Any]:
    if isinstance(step, dict):
        return step
    fields = {name: getattr(step, name) for name in ("outputs", "execution_count", "failed", "interrupted")}
    if not _is_plain(fields):
        raise TypeError("an outcome is not made of plain JSON")
    return fields


def _is_plain(value: object) -> bool:
    if type(value) is dict:
        return all(type(key) is str and _is_plain(member) for key, member in value.items())
    if type(value) is list:
        return all(map(_is_plain, value))
    return value is None or type(value) in (str, int, float, bool)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2] == "1")

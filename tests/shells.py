"""Runs cells in a `Shell` as the sandbox does, in a forked child of a process of its own; pytest keeps its singletons.

As a script it reads `{"cells": [...], "setup": code, "output_bytes": n}` and prints the outcomes as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def run_cells(*cells: Any, cwd: Path, output_bytes: int = 2**20, warmed: bool = True) -> list[dict[str, Any]]:
    """Outcomes of `cells` by `Shell`: a string is run, `["snapshot", name]` and the like call that method."""
    request = {"cells": cells, "output_bytes": output_bytes, "warmed": warmed}
    python_path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=100,
        env={**os.environ, "PYTHONPATH": python_path},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return list(json.loads(done.stdout))


def _serve(request: dict[str, Any]) -> list[dict[str, Any]]:
    from allclose.sandbox.shell import Shell, warm

    shell = Shell(output_bytes=request["output_bytes"])
    if request["warmed"]:
        warm(shell)
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            answers = [_step(shell, cell) for cell in request["cells"]]
            with os.fdopen(writer, "w") as stream:
                json.dump(answers, stream)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        answers = json.loads(stream.read())
    os.wait()
    return list(answers)


def _step(shell: Any, cell: Any) -> dict[str, Any]:
    if isinstance(cell, list):
        method, *args = cell
        getattr(shell, method)(*args)
        return {}
    outcome = shell.run_cell(cell)
    assert [type(value) for value in (outcome.failed, outcome.interrupted)] == [bool, bool]
    assert _is_plain(outcome.outputs), outcome.outputs
    return {name: getattr(outcome, name) for name in ("outputs", "execution_count", "failed", "interrupted")}


def _is_plain(value: object) -> bool:
    if type(value) is dict:
        return all(type(key) is str and _is_plain(member) for key, member in value.items())
    if type(value) is list:
        return all(map(_is_plain, value))
    return value is None or type(value) in (str, int, float, bool)


if __name__ == "__main__":
    print(json.dumps(_serve(json.load(sys.stdin))))

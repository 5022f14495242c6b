"""A real Jupyter server on this machine's loopback, with a token and settings of its own: nobody's is touched."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import left, started_by, wait_until

_PATIENCE_SECONDS = 60
#: All extensions that this Python brings; a test names those that it needs.
_EXTENSIONS = ("jupyterlab", "notebook", "notebook_shim", "jupyter_lsp", "jupyter_server_terminals")
_EXTENSIONS += ("jupyterlab_jupytext",)
#: Those that nbgrader brings, the formgrader among them.
NBGRADERS = ("nbgrader", "nbgrader.server_extensions.formgrader", "nbgrader.server_extensions.assignment_list")
NBGRADERS += ("nbgrader.server_extensions.course_list", "nbgrader.server_extensions.validate_assignment")


@dataclass(frozen=True)
class Server:
    """A running server, whose files are those of `root`."""

    root: Path
    url: str
    token: str


@contextmanager
def jupyter(root: Path, home: Path, *extensions: str, settings: Mapping[str, Any] | None = None) -> Iterator[Server]:
    """Run `jupyter server` with these extensions; it and all that it has started ends with the block.

    `home` is an empty folder for what it keeps; `settings` are JupyterLab's, by the name of their file.
    """
    for name, values in (settings or {}).items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    folders |= {f"JUPYTERLAB_{kind}_DIR": str(home / kind.lower()) for kind in ("SETTINGS", "WORKSPACES")}
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTEST"))}
    tools = f"{Path(sys.executable).parent}{os.pathsep}{theirs['PATH']}"  # nbgrader calls alembic by name
    token = secrets.token_hex()
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--ServerApp.root_dir={root}"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.jpserver_extensions={name}={name in extensions}" for name in (*_EXTENSIONS, *NBGRADERS)]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=root,
            env={**theirs, **folders, "HOME": str(home), "IPYTHONDIR": str(home / "ipython"), "PATH": tools},
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        told = home / "runtime" / f"jpserver-{process.pid}.json"
        assert wait_until(lambda: _is_whole(told) or process.poll() is not None)
        assert process.poll() is None, (home / "log").read_text()
        yield Server(root, json.loads(told.read_text())["url"], token)
        all_of_it = started_by(process.pid)
        process.terminate()
        process.wait(_PATIENCE_SECONDS)
        assert wait_until(lambda: not left(all_of_it))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _is_whole(path: Path) -> bool:
    """Whether the server has written all that it tells of itself."""
    try:
        return bool(json.loads(path.read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return False

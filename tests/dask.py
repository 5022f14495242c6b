"""A Dask cluster of real processes on loopback: a scheduler, and workers that come and go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import wait_until


@dataclass
class DaskCluster:
    """`stop` ends all that was started."""

    folder: Path
    port: int = 0
    protocol: str = "tcp"
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.protocol}://127.0.0.1:{self.port}"

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        """On the port of an earlier one, where there was one."""
        log = self.folder / "scheduler.log"
        log.unlink(missing_ok=True)
        arguments = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        arguments += ["--protocol", self.protocol]
        process = self._start("scheduler", arguments, log)
        assert wait_until(lambda: "Scheduler at:" in log.read_text() or process.poll() is not None)
        line = next(line for line in log.read_text().splitlines() if "Scheduler at:" in line)
        self.port = int(line.rpartition(":")[2])
        return process

    def start_worker(self, name: str, *, prefix: Sequence[str] = (), **environment: str) -> subprocess.Popen[bytes]:
        arguments = [self.address, "--nthreads", "1", "--name", name, "--host", "127.0.0.1"]
        arguments += ["--no-dashboard", "--no-nanny", "--local-directory", str(self.folder), "--death-timeout", "60"]
        return self._start("worker", arguments, self.folder / f"{name}.log", prefix, **environment)

    def wait_for(self, name: str) -> None:
        """Wait until the scheduler knows a worker."""
        log = self.folder / f"{name}.log"
        assert wait_until(lambda: "Registered to:" in log.read_text()), log.read_text()

    def stop(self) -> None:
        for process in reversed(self.started):  # a worker takes its leave of a scheduler that is there
            process.terminate()
            process.wait(60)

    def _start(
        self, what: str, arguments: list[str], log: Path, prefix: Sequence[str] = (), **environment: str
    ) -> subprocess.Popen[bytes]:
        command = [*prefix, sys.executable, "-m", "dask", what, *arguments]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        self.started.append(process)
        return process


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()

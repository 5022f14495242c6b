"""The trusted side of the zygote: starts it with a clean environment and asks it for sandbox processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec

from allclose.errors import IsolationUnavailable, SandboxError
from allclose.model import Limits, Tier
from allclose.sandbox import gpu, isolation
from allclose.sandbox.zygote import MESSAGE_BYTES, Config

WORK = "/submission"
READY_SECONDS = 120.0
SPAWN_SECONDS = 60.0
END_SECONDS = 5.0
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_BUILD_FONTS = """
import sys, pathlib, matplotlib, matplotlib.font_manager
(cache,) = pathlib.Path(matplotlib.get_cachedir()).glob("fontlist-*.json")
sys.stdout.buffer.write(cache.name.encode() + b"\\n" + cache.read_bytes())
"""


@dataclass(frozen=True, slots=True)
class Process:
    """One sandbox process: its connection, its pidfd, and its wait status once it has ended."""

    connection: socket.socket
    pidfd: int
    ended: Future[int] = field(repr=False)

    def kill(self) -> None:
        """End the process and everything that it started, and let go of it."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.connection.close()
        os.close(self.pidfd)


class Spawner:
    """A running zygote.

    Parameters
    ----------
    tier : Tier
        How its children are isolated.
    hidden : tuple of Path
        What they must not see even where it stands inside something they need.
    warm : tuple of str
        Modules to import once.
    limits : Limits
        What each child may use.
    cache : Path
        Where matplotlib's font list is kept between runs.
    gpus : bool
        Whether they can reach this machine's GPUs; which one, and how much of it, each is told as it starts.

    Raises
    ------
    IsolationUnavailable
        If this machine cannot give `tier`.
    SandboxError
        If the zygote did not start.
    """

    def __init__(
        self,
        tier: Tier,
        hidden: tuple[Path, ...],
        warm: tuple[str, ...],
        limits: Limits,
        cache: Path,
        *,
        gpus: bool = False,
    ) -> None:
        self._spawned: dict[int, Future[int]] = {}
        self._ended: dict[int, Future[int]] = {}
        self._lock = threading.Lock()
        self._keys = 0
        self._lost = False
        self._log: IO[bytes] = tempfile.TemporaryFile()
        self._ready: Future[None] = Future()
        self._folder = tempfile.TemporaryDirectory(prefix="allclose-") if tier is Tier.NONE else None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", "-m", "allclose.sandbox.zygote", str(theirs.fileno())],
                env=_environment(self._folder.name if self._folder else isolation.CACHE),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        config = Config(
            tier=tier,
            readonly=isolation.default_readonly(),
            hidden=tuple(str(path) for path in hidden),
            work=self._folder.name if self._folder else WORK,
            warm=warm,
            limits=limits,
            gpus=gpu.nodes() if gpus else (),
        )
        fonts = _fonts(cache) if "matplotlib" in warm else None
        fds = [] if fonts is None else [os.open(fonts, os.O_RDONLY | os.O_CLOEXEC)]
        socket.send_fds(ours, [msgspec.msgpack.encode(config)], fds)
        for fd in fds:
            os.close(fd)
        self._listener = threading.Thread(target=self._listen, name="zygote", daemon=True)
        self._listener.start()

    def wait_ready(self) -> None:
        """Wait until the zygote can fork."""
        try:
            self._ready.result(READY_SECONDS)
        except TimeoutError:
            self._lost = True
            raise SandboxError(f"the sandbox was not ready in {READY_SECONDS:.0f} s; run again") from None

    @property
    def alive(self) -> bool:
        """Whether the zygote can fork another child."""
        return not self._lost and self._process.poll() is None

    def spawn(self, share: gpu.Share | None = None) -> Process:
        """Fork one child; `share` is what it may have of a GPU.

        Raises
        ------
        SandboxError
            If the zygote is gone.
        """
        ours, theirs = socket.socketpair()
        with self._lock:
            self._keys += 1
            key = self._keys
            spawned = self._spawned[key] = Future()
            ended = self._ended[key] = Future()
        try:
            with theirs:
                socket.send_fds(self._control, [msgspec.msgpack.encode([key, share])], [theirs.fileno()])
            pidfd = spawned.result(SPAWN_SECONDS)
        except (OSError, TimeoutError) as error:
            self._lost = True
            ours.close()
            raise SandboxError(f"the sandbox could not start a process: {error}; run the command again") from None
        except SandboxError:
            ours.close()
            raise
        del self._spawned[key]
        return Process(ours, pidfd, ended)  # which may be told, and forgotten, by now

    def close(self) -> None:
        """End the zygote and all of its children."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._listener.join(END_SECONDS)  # it reads the log once more
        self._log.close()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Spawner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _listen(self) -> None:
        try:
            while True:
                message, fds, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 1)
                if not message:
                    break
                what, about = msgspec.msgpack.decode(message)
                if what == "ready":
                    self._ready.set_result(None)
                elif what == "failed":
                    self._ready.set_exception(IsolationUnavailable(about))
                elif what == "spawned":
                    self._spawned[about].set_result(fds[0])
                else:
                    key, status = about
                    self._ended.pop(key).set_result(status)
        except OSError:
            pass
        self._fail()

    def _fail(self) -> None:
        """Tell everyone who waits that the zygote is gone."""
        with self._lock:
            self._lost = True
            lost = SandboxError(f"the sandbox's zygote ended unexpectedly: {self._last_words()}")
            waiting: list[Future[Any]] = [self._ready, *self._spawned.values(), *self._ended.values()]
            for future in waiting:
                if not future.done():
                    future.set_exception(lost)

    def _last_words(self) -> str:
        if self._log.closed:
            return "it was closed"
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it left no message"


def _environment(cache: str) -> dict[str, str]:
    """What student code may know of the environment: nothing of the caller's but its BLAS's settings, and no GPU."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_") or name == gpu.ORDER}
    return {
        **kept,
        **dict.fromkeys(_ONE_THREAD, "1"),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": cache,
        "XDG_CACHE_HOME": cache,
        "TMPDIR": cache if cache != isolation.CACHE else "/tmp",
        "MPLCONFIGDIR": f"{cache}/matplotlib",
        "IPYTHONDIR": f"{cache}/ipython",
        "PYTHONHASHSEED": "0",
        "NBGRADER_EXECUTION": "autograde",
        gpu.VISIBLE: "",
        gpu.ASK_GENTLY: "1",
    }


def _fonts(cache: Path) -> Path:
    """A file with matplotlib's font list, which takes seconds to build, made once."""
    import importlib.metadata

    path = cache / f"fonts-{importlib.metadata.version('matplotlib')}"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", _BUILD_FONTS],
                env={**os.environ, "MPLCONFIGDIR": folder},
                capture_output=True,
                check=False,
            )
        if done.returncode:
            raise SandboxError(f"matplotlib's font list could not be built: {done.stderr.decode().splitlines()[-1]}")
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.write_bytes(done.stdout)
        temporary.replace(path)
    return path

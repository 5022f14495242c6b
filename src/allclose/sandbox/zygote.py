"""The warm process inside the box: imports once, then forks one locked-down child per submission.

Run as `python -m allclose.sandbox.zygote FD` by `spawner`, with a clean environment and FD the control socket.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import random
import select
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import msgspec

from allclose.errors import AllcloseError
from allclose.model import Limits, Tier
from allclose.sandbox import gpu, isolation, tensors

MESSAGE_BYTES = 1 << 16


class Config(msgspec.Struct, frozen=True):
    """What the spawner tells a new zygote."""

    tier: Tier
    readonly: tuple[str, ...]
    hidden: tuple[str, ...]
    work: str
    warm: tuple[str, ...]
    limits: Limits
    gpus: tuple[str, ...] = ()


def main(control: socket.socket) -> None:
    """Enter the box, warm up, and fork on request until the control socket closes."""
    message, fds, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 1)
    config = msgspec.msgpack.decode(message, type=Config)
    box = isolation.Box(config.tier, config.readonly, config.hidden, config.work, config.gpus)
    try:
        isolation.enter_box(box)
        if box.tier is not Tier.NONE:
            isolation.try_child(box, config.limits)
        shell = _warm(config, fds)
    except AllcloseError as error:
        control.send(msgspec.msgpack.encode(["failed", f"{type(error).__name__}: {error}"]))
        return
    control.send(msgspec.msgpack.encode(["ready", ""]))
    _serve(control, box, config.limits, shell)


def _warm(config: Config, fonts: list[int]) -> Any:
    """Import and run once what every submission will need, so that each child inherits it."""
    for fd in fonts:
        with os.fdopen(fd, "rb") as file:
            folder = Path(os.environ["MPLCONFIGDIR"])
            folder.mkdir(parents=True, exist_ok=True)
            version, _, data = file.read().partition(b"\n")
            (folder / version.decode()).write_bytes(data)
    import allclose.sandbox.child  # noqa: F401  # `_begin` needs it in every child
    from allclose.sandbox.rehearsal import rehearse
    from allclose.sandbox.shell import Shell, warm

    shell = Shell(output_bytes=config.limits.output_bytes)  # first: it tells matplotlib which backend to load
    for name in config.warm:
        _load(name)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
        tensors.queue_by_value()
    warm(shell)
    rehearse(config.limits)
    _seed()
    gc.collect()
    gc.freeze()
    return shell


def _load(name: str) -> None:
    """Import a module, or the module that a name of another one comes from when it is first asked for."""
    try:
        importlib.import_module(name)
    except ImportError:  # a submission that needs it will say so itself, in its own cell
        module, _, attribute = name.rpartition(".")
        getattr(sys.modules.get(module), attribute, None)


def _serve(control: socket.socket, box: isolation.Box, limits: Limits, shell: Any) -> None:
    poll = select.poll()
    poll.register(control, select.POLLIN)
    running: dict[int, tuple[int, int]] = {}
    look_again = 0.0
    while True:
        ready = poll.poll(max(0.0, 1000 * (look_again - time.monotonic())) if running else None)
        if time.monotonic() >= look_again:
            look_again = time.monotonic() + isolation.watch_children(box, limits, [pid for pid, _ in running.values()])
        for fd, _ in ready:
            if fd == control.fileno():
                message, fds, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 1)
                if not message:
                    return
                key, share = msgspec.msgpack.decode(message, type=tuple[int, gpu.Share | None])
                pid, pidfd = _spawn(box, limits, shell, share, socket.socket(fileno=fds[0]))
                socket.send_fds(control, [msgspec.msgpack.encode(["spawned", key])], [pidfd])
                running[pidfd] = pid, key
                poll.register(pidfd, select.POLLIN)
            else:
                pid, key = running.pop(fd)
                poll.unregister(fd)
                os.close(fd)
                if box.tier is Tier.NONE:  # elsewhere the pid namespace ends with its first process
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
                _, status = os.waitpid(pid, 0)
                control.send(msgspec.msgpack.encode(["exited", [key, status]]))


def _spawn(
    box: isolation.Box, limits: Limits, shell: Any, share: gpu.Share | None, connection: socket.socket
) -> tuple[int, int]:
    pid = isolation.fork_child(box)
    if pid:
        connection.close()
        return pid, os.pidfd_open(pid)
    try:
        isolation.enter_child(box, limits, keep=(connection.fileno(), *shell.prepare()))
        if share is not None:
            gpu.take(share)
        _begin(limits, shell, connection)
    except BaseException:
        traceback.print_exc()
    os._exit(71)


def _seed() -> None:
    random.seed(0)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(0)


def _begin(limits: Limits, shell: Any, connection: socket.socket) -> None:
    from allclose.sandbox.child import serve
    from allclose.sandbox.wire import Channel

    _seed()
    serve(Channel(connection, limits.frame_bytes), shell)
    os._exit(0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)

"""What isolation really holds here, found by trying: `allclose doctor` attempts each escape.

A box is entered as for grading, in a process of its own; each attempt runs in a fresh child of it, and has escaped
unless the kernel refused it.
"""

from __future__ import annotations

import json
import mmap
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from allclose.errors import IsolationUnavailable, SandboxError
from allclose.model import Limits, Tier
from allclose.sandbox import kernel
from allclose.sandbox.isolation import CACHE, Box, enter_box, enter_child, fork_child

_SECONDS = 60
_LEFTOVER_SECONDS = 2
_LIMITS = Limits(memory_bytes=64 * 2**20, disk_bytes=8 * 2**20, processes=16, submission_seconds=30.0)
_BLOCK = bytes(2**20)
_REFUSED, _ESCAPED, _BROKEN = range(3)


@dataclass(frozen=True, slots=True)
class Finding:
    """One attempt: whether isolation held against it, and the lowest tier that promises to."""

    name: str
    held: bool
    needed_for: Tier


@dataclass(frozen=True, slots=True)
class Goal:
    """What an attempt goes for: made for the occasion, outside the box."""

    secret: str
    folder: str
    port: int
    abstract: str
    victim: int
    leaked: int = -1


def best_tier() -> Tier:
    """The best tier whose every promise holds on this machine."""
    for tier in (Tier.STRONG, Tier.BASIC):
        try:
            findings = probe(tier)
        except IsolationUnavailable:
            continue
        if all(finding.held for finding in findings if tier is Tier.STRONG or finding.needed_for is tier):
            return tier
    return Tier.NONE


def probe(tier: Tier = Tier.BASIC) -> tuple[Finding, ...]:
    """Attempt every escape at `tier`, `basic` or `strong`.

    Raises
    ------
    IsolationUnavailable
        The tier cannot be had here at all; the message names the step that failed and the mend.
    SandboxError
        The attempts could not be made.
    """
    if tier is Tier.NONE:
        raise ValueError("tier 'none' holds nothing: its escapes would succeed")
    package = str(Path(__file__).parents[2])
    code = f"import sys; sys.path.insert(0, {package!r}); from allclose.sandbox.probe import main; main()"
    with set_goal() as goal:
        task = json.dumps({"tier": tier, "goal": asdict(goal)})
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", code, task],
                env={"PATH": "/usr/bin:/bin"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SandboxError(f"isolation could not be tried out: no answer within {_SECONDS} s") from None
        if done.returncode != 0:
            last = done.stderr.strip().splitlines()[-1:]
            raise SandboxError(f"isolation could not be tried out: {' '.join(last) or 'no message'}")
    answer = json.loads(done.stdout)
    if isinstance(answer, str):
        raise IsolationUnavailable(answer)
    return tuple(Finding(name, held, needed_for) for (name, needed_for, _), held in zip(ATTEMPTS, answer, strict=True))


@contextmanager
def set_goal() -> Iterator[Goal]:
    """Put out something to read, to write, to reach and to kill, for as long as it takes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o777)  # so that only the box, not the file's mode, can keep anyone out
        secret = folder / "secret"
        secret.write_text("the expected value")
        secret.chmod(0o644)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = f"allclose-{os.getpid()}-{folder.name}"
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(f"\0{abstract}")
        unix.listen()
        victim = stack.enter_context(subprocess.Popen(["sleep", str(_SECONDS)], start_new_session=True))
        stack.callback(victim.kill)
        yield Goal(str(secret), str(folder), listener.getsockname()[1], abstract, victim.pid)


def main() -> None:
    """Run in the probe's own process: enter the box, make every attempt, print the answers as JSON."""
    task = json.loads(sys.argv[1])
    box = Box(Tier(task["tier"]))
    goal = Goal(**task["goal"])
    leaked = os.open(goal.secret, os.O_RDONLY)
    try:
        enter_box(box)
        answer: Any = [holds(box, attempt, replace(goal, leaked=leaked)) for _, _, attempt in ATTEMPTS]
    except IsolationUnavailable as error:
        answer = str(error)
    sys.stdout.write(json.dumps(answer))


def holds(box: Box, attempt: Callable[[Goal], bool], goal: Goal) -> bool:
    """Make one attempt in a child of its own; nothing of it may be left when the child has ended."""
    alive, held = os.pipe()
    pid = fork_child(box)
    if pid == 0:
        code = _BROKEN
        try:
            enter_child(box, _LIMITS, keep=(held,))
            code = _ESCAPED if attempt(goal) else _REFUSED
        except IsolationUnavailable as error:
            os.write(held, str(error).encode())
        except (OSError, MemoryError):
            code = _REFUSED
        finally:
            os._exit(code)
    os.close(held)
    status = os.waitpid(pid, 0)[1]
    gone = bool(select.select([alive], [], [], 1.0)[0])
    complaint = os.read(alive, 4096) if gone else b""
    os.close(alive)
    if complaint:
        raise IsolationUnavailable(complaint.decode())
    return gone and os.waitstatus_to_exitcode(status) == _REFUSED


def _read_a_secret(goal: Goal) -> bool:
    return bool(Path(goal.secret).read_bytes())


def _read_an_inherited_descriptor(goal: Goal) -> bool:
    return bool(os.pread(goal.leaked, 1, 0))


def _see_another_process(_: Goal) -> bool:
    return any(name.isdigit() and int(name) != os.getpid() for name in os.listdir("/proc"))


def _signal_a_process(goal: Goal) -> bool:
    os.kill(goal.victim, signal.SIGTERM)
    return True


def _connect_to_a_port(goal: Goal) -> bool:
    socket.create_connection(("127.0.0.1", goal.port), timeout=5).close()
    return True


def _connect_to_a_socket(goal: Goal) -> bool:
    with socket.socket(socket.AF_UNIX) as unix:
        unix.connect(f"\0{goal.abstract}")
    return True


def _write_elsewhere(goal: Goal) -> bool:
    package = os.path.dirname(os.path.abspath(__file__))
    return any(map(_can_write, (goal.folder, "/", "/usr", "/etc", "/dev", CACHE, sys.prefix, sys.base_prefix, package)))


def _can_write(folder: str) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _fill_the_disk(_: Goal) -> bool:
    with ExitStack() as files:
        for folder in (os.getcwd(), "/tmp", "/dev/shm"):
            file = files.enter_context(tempfile.TemporaryFile(dir=folder, buffering=0))
            for _block in range(_LIMITS.disk_bytes // len(_BLOCK) - 1):
                file.write(_BLOCK)
    return True


def _start_many_processes(_: Goal) -> bool:
    for _process in range(_LIMITS.processes + 4):
        if os.fork() == 0:
            time.sleep(_LEFTOVER_SECONDS)
            os._exit(0)
    return True


def _outlive_the_run(_: Goal) -> bool:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(_LEFTOVER_SECONDS)
        os._exit(0)
    return False  # whether it did is seen from outside: it holds the pipe


def _take_memory(_: Goal) -> bool:
    return bool(bytearray(2 * _LIMITS.memory_bytes))


def _take_shared_memory(_: Goal) -> bool:
    return bool(mmap.mmap(-1, 3 * _LIMITS.memory_bytes))


def _take_memory_in_files(_: Goal) -> bool:
    for _file in range(2 * _LIMITS.memory_bytes // _LIMITS.disk_bytes):
        file = os.memfd_create("filler")
        for _block in range(_LIMITS.disk_bytes // len(_BLOCK)):
            os.write(file, _BLOCK)
    return True


def _become_root(_: Goal) -> bool:
    os.setuid(0)
    return True


def _mount(_: Goal) -> bool:
    kernel.mount("tmpfs", "/tmp", "tmpfs")
    return True


def _make_a_user_namespace(_: Goal) -> bool:
    kernel.unshare(kernel.CLONE_NEWUSER)
    return True


ATTEMPTS: tuple[tuple[str, Tier, Callable[[Goal], bool]], ...] = (
    ("read a file outside the whitelist", Tier.BASIC, _read_a_secret),
    ("read through an inherited descriptor", Tier.BASIC, _read_an_inherited_descriptor),
    ("see another process", Tier.BASIC, _see_another_process),
    ("signal a process outside", Tier.BASIC, _signal_a_process),
    ("connect to a local port", Tier.BASIC, _connect_to_a_port),
    ("connect to an abstract socket", Tier.BASIC, _connect_to_a_socket),
    ("write outside the work folder", Tier.BASIC, _write_elsewhere),
    ("fill the disk", Tier.BASIC, _fill_the_disk),
    ("start more processes than allowed", Tier.BASIC, _start_many_processes),
    ("outlive the run", Tier.BASIC, _outlive_the_run),
    ("take more memory than allowed", Tier.BASIC, _take_memory),
    ("take more memory by shared mappings", Tier.BASIC, _take_shared_memory),
    ("take more memory in nameless files", Tier.STRONG, _take_memory_in_files),
    ("become root", Tier.BASIC, _become_root),
    ("mount a filesystem", Tier.BASIC, _mount),
    ("make a user namespace", Tier.STRONG, _make_a_user_namespace),
)

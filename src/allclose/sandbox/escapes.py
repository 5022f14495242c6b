"""The escapes that `allclose doctor` attempts: each does the forbidden thing, and says whether it was allowed.

Where two steps hold one line, it is attempted with the other one left out (`without`), so that neither hides that the
other is missing.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from allclose.model import Limits, Tier
from allclose.sandbox import kernel
from allclose.sandbox.isolation import CACHE, limits_process_numbers

LIMITS = Limits(memory_bytes=64 * 2**20, disk_bytes=8 * 2**20, processes=16, submission_seconds=30.0)
#: The file that is left for another submission.
LEFT = "left-by-allclose-doctor"
_LEFTOVER_SECONDS = 2
_BLOCK = bytes(2**20)
_FILTER, _LANDLOCK = "system-call filter", "Landlock"
_SYS_IO_URING_SETUP = 425
#: `getpid` by the entrance of 32-bit programs: mov eax, 20; int 0x80; ret.
_AS_32_BIT = b"\xb8\x14\0\0\0\xcd\x80\xc3"


@dataclass(frozen=True, slots=True)
class Goal:
    """What an attempt goes for: made for the occasion, outside the box; the rest is the zygote's own."""

    secret: str
    folder: str
    port: int
    abstract: str
    victim: int
    leaked: int = -1
    namespaces: tuple[str, ...] = ()
    place: tuple[int, int] = (-1, -1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One escape: the lowest tier that promises to stop it, what makes it, and the steps to leave out meanwhile.

    It is made `times` times, each in a child of its own; one success is an escape.
    """

    name: str
    needed_for: Tier
    make: Callable[[Goal], bool]
    without: tuple[str, ...] = ()
    times: int = 1
    possible: Callable[[], bool] = lambda: True  # asked in the zygote


def namespaces() -> tuple[str, ...]:
    """The namespaces that this process is in."""
    return tuple(os.readlink(f"/proc/self/ns/{kind}") for kind in ("user", "pid", "mnt", "net", "ipc", "uts"))


def place() -> tuple[int, int]:
    """Where this process stands."""
    found = os.stat(".")
    return found.st_dev, found.st_ino


def _read_a_secret(goal: Goal) -> bool:
    return bool(Path(goal.secret).read_bytes())


def _see_a_secret(goal: Goal) -> bool:
    return bool(os.stat(goal.secret).st_size)


def _read_an_inherited_descriptor(goal: Goal) -> bool:
    return bool(os.pread(goal.leaked, 1, 0))


def _stand_elsewhere(goal: Goal) -> bool:
    return place() == goal.place


def _share_a_namespace(goal: Goal) -> bool:
    return not set(namespaces()).isdisjoint(goal.namespaces)


def _share_a_session(_: Goal) -> bool:
    return os.getsid(0) != os.getpid() or os.getpgrp() != os.getpid()


def _see_another_process(_: Goal) -> bool:
    return any(name.isdigit() and int(name) != os.getpid() for name in os.listdir("/proc"))


def _signal_a_process(goal: Goal) -> bool:
    os.kill(goal.victim, signal.SIGTERM)
    return True


def _trace_a_process(_: Goal) -> bool:
    trace_me = 0
    return _call(ctypes.CDLL(None, use_errno=True).ptrace(trace_me, 0, None, None))


def _open_a_socket(_: Goal) -> bool:
    socket.socket(socket.AF_UNIX).close()
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
    prefixes = {os.path.dirname(os.__file__), package}
    return any(map(_can_write, (goal.folder, "/", "/usr", "/etc", "/dev", CACHE, *prefixes)))


def _can_write(folder: str) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _leave_a_file(_: Goal) -> bool:
    """Of two children, the second would find what the first has left."""
    files = [Path(folder, LEFT) for folder in (".", "/tmp", "/dev/shm")]
    found = any(file.exists() for file in files)
    for file in files:
        file.touch()
    return found


def _fill_the_disk(_: Goal) -> bool:
    with ExitStack() as files:
        for folder in (os.getcwd(), "/tmp", "/dev/shm"):
            file = files.enter_context(tempfile.TemporaryFile(dir=folder, buffering=0))
            for _block in range(LIMITS.disk_bytes // len(_BLOCK) - 1):
                file.write(_BLOCK)
    return True


def _start_processes(count: int, _: Goal) -> bool:
    for _process in range(count):
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
    return bool(bytearray(2 * LIMITS.memory_bytes))


def _take_shared_memory(_: Goal) -> bool:
    return bool(mmap.mmap(-1, 3 * LIMITS.memory_bytes))


def _share_nobodys_memory(_: Goal) -> bool:
    return bool(mmap.mmap(-1, mmap.PAGESIZE))


def _share_zeros(_: Goal) -> bool:
    zeros = os.open("/dev/zero", os.O_RDWR)
    return bool(mmap.mmap(zeros, mmap.PAGESIZE))


def _take_memory_in_files(_: Goal) -> bool:
    for _file in range(2 * LIMITS.memory_bytes // LIMITS.disk_bytes):
        file = os.memfd_create("filler")
        for _block in range(LIMITS.disk_bytes // len(_BLOCK)):
            os.write(file, _BLOCK)
    return True


def _take_memory_in_processes(_: Goal) -> bool:
    for _process in range(4):
        if os.fork() == 0:
            filled = b"x" * (LIMITS.memory_bytes * 3 // 4)
            time.sleep(_LEFTOVER_SECONDS)
            os._exit(bool(filled))
    time.sleep(_LEFTOVER_SECONDS / 2)
    return True


def _become_root(_: Goal) -> bool:
    os.setuid(0)
    return True


def _rename_the_host(_: Goal) -> bool:
    socket.sethostname("mine")  # takes a capability over this child's own namespaces
    return True


def _mount(_: Goal) -> bool:
    kernel.mount("tmpfs", "/tmp", "tmpfs")
    return True


def _make_a_user_namespace(_: Goal) -> bool:
    kernel.unshare(kernel.CLONE_NEWUSER)
    return True


def _use_io_uring(_: Goal) -> bool:
    parameters = ctypes.create_string_buffer(120)
    return _call(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(_SYS_IO_URING_SETUP), 1, parameters))


def _call_as_a_32_bit_program(_: Goal) -> bool:
    code = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
    code.write(_AS_32_BIT)
    return bool(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))() > 0)


def _call(result: int) -> bool:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return True


def _is_x86() -> bool:
    return platform.machine() == "x86_64"


_MANY = LIMITS.processes + 4
_VERY_MANY = 400

ATTEMPTS: tuple[Attempt, ...] = (
    Attempt("read a file outside the whitelist", Tier.BASIC, _read_a_secret, (_LANDLOCK,)),
    Attempt("see that a file outside exists", Tier.BASIC, _see_a_secret),
    Attempt("read through an inherited descriptor", Tier.BASIC, _read_an_inherited_descriptor),
    Attempt("stand in the grader's folder", Tier.BASIC, _stand_elsewhere),
    Attempt("share a namespace with the grader", Tier.BASIC, _share_a_namespace),
    Attempt("share a session with the grader", Tier.BASIC, _share_a_session),
    Attempt("see another process", Tier.BASIC, _see_another_process),
    Attempt("signal a process outside", Tier.BASIC, _signal_a_process, (_LANDLOCK,)),
    Attempt("trace a process", Tier.STRONG, _trace_a_process),
    Attempt("open a socket", Tier.STRONG, _open_a_socket),
    Attempt("connect to a local port", Tier.BASIC, _connect_to_a_port, (_FILTER, _LANDLOCK)),
    Attempt("connect to an abstract socket", Tier.BASIC, _connect_to_a_socket, (_FILTER, _LANDLOCK)),
    Attempt("write outside the work folder", Tier.BASIC, _write_elsewhere, (_LANDLOCK,)),
    Attempt("leave a file for another submission", Tier.BASIC, _leave_a_file, times=2),
    Attempt("fill the disk", Tier.BASIC, _fill_the_disk),
    Attempt("start more processes than allowed", Tier.BASIC, partial(_start_processes, _MANY), ("process numbers",)),
    Attempt(
        "start hundreds of processes, rlimits aside",
        Tier.STRONG,
        partial(_start_processes, _VERY_MANY),
        ("rlimits", "memory of all processes"),
        possible=limits_process_numbers,
    ),
    Attempt("outlive the run", Tier.BASIC, _outlive_the_run),
    Attempt("take more memory than allowed", Tier.BASIC, _take_memory),
    Attempt("take more memory by shared mappings", Tier.BASIC, _take_shared_memory, (_FILTER,)),
    Attempt("take more memory in many processes", Tier.STRONG, _take_memory_in_processes),
    Attempt("take memory in nameless files", Tier.STRONG, _take_memory_in_files),
    Attempt("take memory that counts as nobody's", Tier.STRONG, _share_nobodys_memory),
    Attempt("take memory of that kind by a device", Tier.STRONG, _share_zeros),
    Attempt("become root", Tier.BASIC, _become_root),
    Attempt("use a capability", Tier.BASIC, _rename_the_host, (_FILTER,)),
    Attempt("mount a filesystem", Tier.BASIC, _mount, (_FILTER, _LANDLOCK)),
    Attempt("make a namespace", Tier.STRONG, _make_a_user_namespace, ("no more user namespaces",)),
    Attempt("make a user namespace, the filter aside", Tier.STRONG, _make_a_user_namespace, (_FILTER,)),
    Attempt("use io_uring", Tier.STRONG, _use_io_uring),
    Attempt("call the kernel as a 32-bit program", Tier.STRONG, _call_as_a_32_bit_program, possible=_is_x86),
)

"""The system-call filter: a seccomp program, written out by hand for each machine that has a table here.

It refuses what a notebook does not need and what reaches past the other steps: other kernels' entrances, namespaces and
mounts, sockets, other processes' memory, memory that no limit counts, and the parts of the kernel where most of its
holes were. What the table does not know yet, a kernel newer than it has, does not exist inside.
"""

from __future__ import annotations

import errno
import os
import struct
from functools import cache

from allclose.sandbox import kernel

#: AUDIT_ARCH_* of <linux/audit.h>, by machine.
_ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
#: `mseal`; from 424 on a call has the same number on every machine.
_NEWEST = 462

#: Name, number on x86_64, number on aarch64 (None: it has no such call). Refused whatever the arguments.
_REFUSED: tuple[tuple[str, int | None, int | None], ...] = (
    # other processes
    ("ptrace", 101, 117),
    ("process_vm_readv", 310, 270),
    ("process_vm_writev", 311, 271),
    ("process_madvise", 440, 440),
    ("kcmp", 312, 272),
    ("pidfd_getfd", 438, 438),
    ("migrate_pages", 256, 238),
    ("move_pages", 279, 239),
    # sockets; a pair of them is looked at below
    ("socket", 41, 198),
    ("bind", 49, 200),
    ("connect", 42, 203),
    ("listen", 50, 201),
    ("accept", 43, 202),
    ("accept4", 288, 242),
    # memory that belongs to no process and no disk
    ("memfd_create", 319, 279),
    ("memfd_secret", 447, 447),
    ("shmget", 29, 194),
    ("shmat", 30, 196),
    ("shmctl", 31, 195),
    ("shmdt", 67, 197),
    ("semget", 64, 190),
    ("semop", 65, 193),
    ("semtimedop", 220, 192),
    ("semctl", 66, 191),
    ("msgget", 68, 186),
    ("msgsnd", 69, 189),
    ("msgrcv", 70, 188),
    ("msgctl", 71, 187),
    ("mq_open", 240, 180),
    ("add_key", 248, 217),
    ("request_key", 249, 218),
    ("keyctl", 250, 219),
    # namespaces and mounts
    ("unshare", 272, 97),
    ("setns", 308, 268),
    ("chroot", 161, 51),
    ("pivot_root", 155, 41),
    ("mount", 165, 40),
    ("umount2", 166, 39),
    ("mount_setattr", 442, 442),
    ("open_tree", 428, 428),
    ("move_mount", 429, 429),
    ("fsopen", 430, 430),
    ("fsconfig", 431, 431),
    ("fsmount", 432, 432),
    ("fspick", 433, 433),
    ("name_to_handle_at", 303, 264),
    ("open_by_handle_at", 304, 265),
    ("fanotify_init", 300, 262),
    ("fanotify_mark", 301, 263),
    # wide roads into the kernel
    ("io_uring_setup", 425, 425),
    ("io_uring_enter", 426, 426),
    ("io_uring_register", 427, 427),
    ("userfaultfd", 323, 282),
    ("bpf", 321, 280),
    ("perf_event_open", 298, 241),
    ("modify_ldt", 154, None),
    ("personality", 135, 92),
    ("uselib", 134, None),
    ("remap_file_pages", 216, 234),
    ("lookup_dcookie", 212, 18),
    # the machine itself
    ("kexec_load", 246, 104),
    ("kexec_file_load", 320, 294),
    ("init_module", 175, 105),
    ("finit_module", 313, 273),
    ("delete_module", 176, 106),
    ("reboot", 169, 142),
    ("swapon", 167, 224),
    ("swapoff", 168, 225),
    ("acct", 163, 89),
    ("quotactl", 179, 60),
    ("quotactl_fd", 443, 443),
    ("syslog", 103, 116),
    ("settimeofday", 164, 170),
    ("clock_settime", 227, 112),
    ("clock_adjtime", 305, 266),
    ("adjtimex", 159, 171),
    ("iopl", 172, None),
    ("ioperm", 173, None),
    ("vhangup", 153, 58),
)
_AF_UNIX = 1
_RLIMIT_CORE = 4
_SHARED_ANONYMOUS = 0x21  # MAP_SHARED or MAP_SHARED_VALIDATE, and MAP_ANONYMOUS
_NAMESPACES = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWCGROUP
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
)

# <linux/bpf_common.h>, <linux/seccomp.h>
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_EQUAL, _ABOVE = 0x15, 0x25
_NUMBER, _ARCHITECTURE = 0, 4
_ENDS = {
    "kill": 0x8000_0000,
    "unknown": 0x0005_0000 | errno.ENOSYS,
    "refuse": 0x0005_0000 | errno.EPERM,
    "allow": 0x7FFF_0000,
}

Line = tuple[int, int, str, str]  # code, operand, where to go if true, if false; "" is the next line


def install() -> None:
    """Put the filter on the calling thread and all that it will start; needs no_new_privs.

    Raises
    ------
    OSError
        There is no table for this machine (ENOSYS), or the kernel takes no filter.
    """
    kernel.set_filter(program(os.uname().machine))


@cache
def program(machine: str) -> bytes:
    """The filter as the kernel takes it, an array of `struct sock_filter`."""
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}; use --isolation basic")
    return _assemble(_lines(machine))


def _lines(machine: str) -> list[Line]:
    column = list(_ARCHITECTURES).index(machine)

    def number(*numbers: int | None) -> int | None:
        return numbers[column]

    lines: list[Line] = [
        (_LOAD, _ARCHITECTURE, "", ""),
        (_EQUAL, _ARCHITECTURES[machine], "", "kill"),
        (_LOAD, _NUMBER, "", ""),
        (_ABOVE, _NEWEST, "unknown", ""),  # x32's too: they carry a high bit
    ]
    # What depends on an argument comes first: the kernel remembers the verdict on all others.
    lines += _look_at(number(9, 222), 3, _SHARED_ANONYMOUS, _SHARED_ANONYMOUS)  # mmap: its pages count as nobody's
    lines += _look_at(number(56, 220), 0, _NAMESPACES, None)  # clone
    lines += [(_EQUAL, 435, "unknown", "")]  # clone3 hides its flags in memory; libc goes back to clone
    lines += _look_at(number(302, 261), 1, 0xFFFF_FFFF, _RLIMIT_CORE)  # prlimit64
    lines += _look_at(number(160, 164), 0, 0xFFFF_FFFF, _RLIMIT_CORE)  # setrlimit
    lines += _pair_of_unix_sockets(number(53, 199))
    numbers = (number(*numbers) for _, *numbers in _REFUSED)
    lines += [(_EQUAL, known, "refuse", "") for known in numbers if known is not None]
    return [*lines, (_RETURN, _ENDS["allow"], "", "")]


def _look_at(number: int | None, argument: int, mask: int, refused: int | None) -> list[Line]:
    """Refuse a call by the low half of an argument: where its masked bits are `refused`, or any of them is set."""
    assert number is not None
    low = 16 + 8 * argument
    verdict: Line = (_EQUAL, 0, "allow", "refuse") if refused is None else (_EQUAL, refused, "refuse", "allow")
    return [(_EQUAL, number, "", "+3"), (_LOAD, low, "", ""), (_AND, mask, "", ""), verdict]


def _pair_of_unix_sockets(number: int | None) -> list[Line]:
    assert number is not None
    return [(_EQUAL, number, "", "+2"), (_LOAD, 16, "", ""), (_EQUAL, _AF_UNIX, "allow", "refuse")]


def _assemble(lines: list[Line]) -> bytes:
    places = {name: len(lines) + index for index, name in enumerate(_ENDS)}

    def jump(here: int, where: str) -> int:
        if where.startswith("+"):
            return int(where)
        return places[where] - here - 1 if where else 0

    code = [struct.pack("=HBBI", op, jump(here, yes), jump(here, no), k) for here, (op, k, yes, no) in enumerate(lines)]
    return b"".join(code) + b"".join(struct.pack("=HBBI", _RETURN, 0, 0, verdict) for verdict in _ENDS.values())

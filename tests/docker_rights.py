"""Runs a command with what Docker leaves a container's root by default: 14 capabilities, no namespaces, no mounts.

    python docker_rights.py COMMAND ARGUMENT…

Without root there are no capabilities to take away; the filter of system calls holds all the same.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

from allclose.sandbox import kernel

#: <linux/capability.h>, as Docker's `--cap-drop` documentation lists what is kept.
_KEPT = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
#: unshare, setns, mount, umount2, pivot_root and the calls of the new mount interface, by machine.
_REFUSED = {
    "x86_64": (272, 308, 165, 166, 155, 428, 429, 430, 431, 432, 433, 442),
    "aarch64": (97, 268, 40, 39, 41, 428, 429, 430, 431, 432, 433, 442),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_NAMESPACES = 0x7E02_0000
_LOAD, _AND, _EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06
_ALLOW = 0x7FFF_0000


def _refuse(code: int) -> int:
    return 0x0005_0000 | code


def _program(machine: str) -> bytes:
    lines = [(_LOAD, 0, 0, 0), (_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _refuse(errno.ENOSYS))]
    for number in _REFUSED[machine]:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _refuse(errno.EPERM))]
    lines += [(_EQUAL, 0, 4, _CLONE[machine]), (_LOAD, 0, 0, 16), (_AND, 0, 0, _NAMESPACES)]
    lines += [(_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _refuse(errno.EPERM)), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", op, yes, no, operand) for op, yes, no, operand in lines)


def main(command: list[str]) -> None:
    program = _program(os.uname().machine)
    if os.geteuid() == 0:
        kernel.set_filter(program)
        last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
        for capability in set(range(last + 1)) - _KEPT:
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
    else:
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.set_filter(program)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])

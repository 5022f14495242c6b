"""Landlock (landlock(7)): what the process may open, whatever the mounts show; it needs no privilege.

Every version of it restricts files. Where the kernel has a newer one, TCP (4) and signals and abstract sockets to
processes outside (6) are shut too; the namespaces and the system-call filter hold those lines on their own.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable

from allclose.sandbox import kernel

# <linux/landlock.h>: rights on files, in the order of the versions that brought them
EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
REMOVE_DIR = 1 << 4
REMOVE_FILE = 1 << 5
MAKE_DIR = 1 << 7
MAKE_REG = 1 << 8
MAKE_FIFO = 1 << 10
MAKE_SYM = 1 << 12
REFER = 1 << 13
TRUNCATE = 1 << 14
IOCTL_DEV = 1 << 15
_BITS_BY_VERSION = {1: 13, 2: 14, 3: 15, 5: 16}
_TCP = 3  # bind and connect, from version 4
_SCOPES = 3  # abstract unix sockets and signals, from version 6

READ = EXECUTE | READ_FILE | READ_DIR
CHANGE = (
    (READ & ~EXECUTE)
    | WRITE_FILE
    | REMOVE_DIR
    | REMOVE_FILE
    | MAKE_DIR
    | MAKE_REG
    | MAKE_FIFO
    | MAKE_SYM
    | REFER
    | TRUNCATE
)
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV


def restrict(readable: Iterable[str], changeable: Iterable[str], devices: Iterable[str]) -> None:
    """Let the calling thread, and all that it will start, open nothing but these; needs no_new_privs.

    Parameters
    ----------
    readable : iterable of str
        Files and folders to read and execute, with all that is below them; what does not exist is passed over.
    changeable : iterable of str
        Folders to read and write; nothing in them can be executed.
    devices : iterable of str
        Devices to read and write.

    Raises
    ------
    OSError
        The kernel has no Landlock, or it is switched off.
    """
    version = kernel.landlock_version()
    files = (1 << max(bits for since, bits in _BITS_BY_VERSION.items() if since <= version)) - 1
    ruleset = kernel.landlock_ruleset(files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    try:
        for paths, rights in (
            (readable, READ),
            (changeable, CHANGE),
            (devices, READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV),
        ):
            for path in paths:
                _allow(ruleset, path, rights & files)
        kernel.landlock_restrict(ruleset)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return
        raise
    try:
        folder = stat.S_ISDIR(os.fstat(place).st_mode)
        kernel.landlock_allow(ruleset, place, rights if folder else rights & _OF_FILES)
    finally:
        os.close(place)

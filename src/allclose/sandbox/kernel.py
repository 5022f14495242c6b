"""The few Linux calls that the sandbox needs and Python 3.11 does not have.

Each function raises `OSError` as the functions of `os` do, and knows nothing of sandboxes.
"""

from __future__ import annotations

import ctypes
import errno
import os
from functools import cache

# <linux/sched.h>
CLONE_NEWNS = 0x0002_0000
CLONE_NEWCGROUP = 0x0200_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

# <linux/mount.h>
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2
MOUNT_ATTR_RDONLY = 1
MOUNT_ATTR_NOSUID = 2
MOUNT_ATTR_NODEV = 4
MOUNT_ATTR_NOEXEC = 8

# <linux/prctl.h>
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_SYS_MOUNT_SETATTR = 442  # one number on every architecture; glibc has a wrapper only since 2.36
# <linux/landlock.h>, <linux/seccomp.h>
_SYS_LANDLOCK_CREATE_RULESET = 444
_SYS_LANDLOCK_ADD_RULE = 445
_SYS_LANDLOCK_RESTRICT_SELF = 446
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x2008_0522


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, *names: str) -> int:
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), *names[:1])
    return result


def unshare(flags: int) -> None:
    """Give the calling process namespaces of its own (unshare(2))."""
    _checked(_libc().unshare(ctypes.c_int(flags)))


def setns(fd: int, kind: int) -> None:
    """Join the namespace of type `kind` (a CLONE_NEW* flag) that `fd` stands for (setns(2))."""
    _checked(_libc().setns(ctypes.c_int(fd), ctypes.c_int(kind)))


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount, bind or change a mount (mount(2))."""
    result = _libc().mount(
        os.fsencode(source), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), options.encode()
    )
    _checked(result, target)


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def restrict_mount(target: str, attributes: int, *, recursive: bool = False) -> None:
    """Add MOUNT_ATTR_* `attributes` to the mount at `target`, and to those below it (mount_setattr(2), Linux 5.12)."""
    wanted = _MountAttr(attr_set=attributes)
    result = _libc().syscall(
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        ctypes.c_char_p(os.fsencode(target)),
        ctypes.c_uint(_AT_RECURSIVE if recursive else 0),
        ctypes.byref(wanted),
        ctypes.c_size_t(ctypes.sizeof(wanted)),
    )
    _checked(result, target)


def umount(target: str, flags: int = 0) -> None:
    """Take a mount away (umount2(2))."""
    _checked(_libc().umount2(os.fsencode(target), ctypes.c_int(flags)), target)


def pivot_root(new_root: str, put_old: str) -> None:
    """Make the mount `new_root` the root and hang the old one at `put_old` (pivot_root(2))."""
    _checked(_libc().pivot_root(os.fsencode(new_root), os.fsencode(put_old)), new_root)


def prctl(option: int, value: int = 0) -> int:
    """Change one property of the calling process (prctl(2))."""
    zero = ctypes.c_ulong(0)
    return _checked(_libc().prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero))


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def drop_capabilities() -> None:
    """Give up every capability, those of the bounding and ambient sets too, for this process and all it will run.

    The bounding set needs CAP_SETPCAP; a process without it has nothing left that an exec could bring back.
    """
    try:
        for capability in range(64):
            prctl(PR_CAPBSET_DROP, capability)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EINVAL):  # EINVAL: one past the last that exists
            raise
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header, nothing = _CapHeader(version=_CAPABILITY_VERSION_3), (_CapData * 2)()
    _checked(_libc().capset(ctypes.byref(header), ctypes.byref(nothing)))


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def set_filter(program: bytes) -> None:
    """Put a seccomp filter, an array of `struct sock_filter`, on the calling thread (seccomp(2))."""
    wanted = _FilterProgram(len(program) // 8, program)
    zero = ctypes.c_ulong(0)
    result = _libc().prctl(
        ctypes.c_int(PR_SET_SECCOMP), ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(wanted), zero, zero
    )
    _checked(result)


class _LandlockRuleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "net", "scoped")]


class _LandlockPath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("rights", ctypes.c_uint64), ("place", ctypes.c_int32)]


def landlock_version() -> int:
    """The version of Landlock that this kernel has, 1 or more (landlock(7))."""
    return _landlock(_SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))


def landlock_ruleset(files: int, net: int, scoped: int) -> int:
    """Open a ruleset that handles these rights; 0 for what the kernel's version does not know."""
    wanted = _LandlockRuleset(files, net, scoped)
    size = 24 if scoped else 16 if net else 8  # as large as the version that knows it
    return _landlock(_SYS_LANDLOCK_CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(size), ctypes.c_uint32(0))


def landlock_allow(ruleset: int, place: int, rights: int) -> None:
    """Add `rights` on the file or folder behind the descriptor `place`, and below it."""
    rule = _LandlockPath(rights, place)
    beneath = ctypes.c_int(1)
    _landlock(_SYS_LANDLOCK_ADD_RULE, ctypes.c_int(ruleset), beneath, ctypes.byref(rule), ctypes.c_uint32(0))


def landlock_restrict(ruleset: int) -> None:
    """Hold the calling thread to a ruleset, for good."""
    _landlock(_SYS_LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))


def _landlock(number: int, *arguments: object) -> int:
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments))

"""Who student code is outside its sandbox: the caller, or, where root calls, a user whom nobody is."""

from __future__ import annotations

import os
import stat
import tempfile

from allclose.sandbox import kernel
from allclose.sandbox.mounts import default_readonly

#: Within the range that containers map, outside those that distributions hand out (Debian reserves 65000-65533).
NOBODYS_UID = 65533


def calls_as_root() -> bool:
    """Whether this is a root that can become somebody else; root of a small user namespace is an ordinary user."""
    if os.geteuid() != 0:
        return False
    with open("/proc/self/uid_map", encoding="ascii") as file:
        ranges = [[int(word) for word in line.split()] for line in file]
    return any(first <= NOBODYS_UID < first + count for first, _, count in ranges)


def root_steps_down() -> bool:
    """Whether at tier `none` student code gets a uid of its own: root calls, and everybody can reach Python."""
    way = os.path.dirname(tempfile.gettempdir())
    return calls_as_root() and all(map(_readable_to_all, default_readonly())) and _reached_by_all(way)


def _readable_to_all(path: str) -> bool:
    return bool(os.stat(path).st_mode & stat.S_IROTH) and _reached_by_all(path)


def _reached_by_all(path: str) -> bool:
    """Whether any user may enter this folder, or that of this file, and those above."""
    real = os.path.realpath(path)
    folder = real if os.path.isdir(real) else os.path.dirname(real)
    above = os.path.dirname(folder)
    return bool(os.stat(folder).st_mode & stat.S_IXOTH) and (folder == above or _reached_by_all(above))


def become_nobody() -> None:
    """Have the calling process, root's until now, belong to nobody."""
    os.setgroups([])
    os.setresgid(NOBODYS_UID, NOBODYS_UID, NOBODYS_UID)
    os.setresuid(NOBODYS_UID, NOBODYS_UID, NOBODYS_UID)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # the change of uid took away our right to write our own uid_map

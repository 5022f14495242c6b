"""The filesystem that a sandbox sees: a new root holding a whitelist of read-only binds and nothing else.

`plan` looks at the host and decides; the other functions act on the mount namespace of the calling process.
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from allclose.sandbox import kernel

#: Where the host's tree hangs while the new root is being built.
_HOST = "/.host"

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
_ETC = (
    "alternatives",
    "fonts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "os-release",
    "python3*",
    "timezone",
)
#: torch's and OpenMP's way to count processors; without it they complain on stderr.
_PROCESSORS = "/sys/devices/system/cpu"
_DEVICES = ("null", "zero", "full", "random", "urandom")
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_TIGHT = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
_LOCKED = kernel.MOUNT_ATTR_RDONLY | kernel.MOUNT_ATTR_NOSUID | kernel.MOUNT_ATTR_NODEV


def default_readonly() -> tuple[str, ...]:
    """Paths that Python with its libraries and this package need: the system, this environment, `allclose` itself."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    prefixes = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    etc = (path for name in _ETC for path in sorted(glob.glob(f"/etc/{name}")))
    wanted = dict.fromkeys((*_SYSTEM, *etc, _PROCESSORS, *prefixes, package))
    return tuple(path for path in wanted if os.path.exists(path))


@dataclass(frozen=True, slots=True)
class Layout:
    """A planned root. `places` are (path, shown) pairs, parents first; `links` are (path, text) pairs.

    A place that is shown is a read-only bind of the host's path; one that is not is covered by nothing at all.
    """

    places: tuple[tuple[str, bool], ...]
    links: tuple[tuple[str, str], ...]

    def shown(self) -> tuple[str, ...]:
        """The outermost binds: each carries along what is mounted inside it."""
        binds = [path for path, shown in self.places if shown]
        return tuple(path for path in binds if not _in_any(path, binds))


@cache  # asked again by every child, which no longer sees the host
def plan(readonly: tuple[str, ...], hidden: tuple[str, ...]) -> Layout:
    """Decide what the new root holds.

    Parameters
    ----------
    readonly
        Absolute paths to show at the same place. Symbolic links on the way are made again.
    hidden
        Absolute paths to cover; what is shown inside one of them stays visible. Of equals, hidden wins.

    Raises
    ------
    FileNotFoundError
        A path to show does not exist.
    ValueError
        A path is not absolute, or shows the whole root.
    """
    links: dict[str, str] = {}
    rules: dict[str, bool] = {}
    for path in readonly:
        real = _follow(path, links)
        if not os.path.exists(real):
            raise FileNotFoundError(2, "cannot be shown in the sandbox, it does not exist", path)
        if real == "/":
            raise ValueError("'/' cannot be shown in the sandbox: a whitelist of the whole host hides nothing")
        rules[real] = True
    for path in hidden:
        real = _follow(path, {})
        if os.path.exists(real):
            rules[real] = False
    places: list[tuple[str, bool]] = []
    for path in sorted(rules, key=lambda path: path.count("/")):
        around = [shown for outer, shown in places if _inside(path, outer)]
        if rules[path] != (around[-1] if around else False):
            places.append((path, rules[path]))
    return Layout(tuple(places), tuple(links.items()))


def _in_any(path: str, outer: Iterable[str]) -> bool:
    return any(_inside(path, one) for one in outer)


def _inside(path: str, outer: str) -> bool:
    return path.startswith(outer.rstrip("/") + "/")


def _follow(path: str, links: dict[str, str]) -> str:
    """Resolve `path` as the kernel would, noting in `links` every symbolic link on the way."""
    if not path.startswith("/"):
        raise ValueError(f"'{path}' is not an absolute path")
    todo = path.split("/")
    place = ""
    hops = 0
    while todo:
        name = todo.pop(0)
        if name in ("", "."):
            continue
        if name == "..":
            place = os.path.dirname(place).rstrip("/")
            continue
        here = f"{place}/{name}"
        if not os.path.islink(here):
            place = here
            continue
        hops += 1
        if hops > 40:
            raise OSError(40, "too many symbolic links", path)
        text = links[here] = os.readlink(here)
        todo = text.split("/") + todo
        if text.startswith("/"):
            place = ""
    return place or "/"


def build_root(layout: Layout, texts: dict[str, str], spots: Iterable[str], devices: Iterable[str] = ()) -> None:
    """Build the planned root on a fresh tmpfs, move into it and let go of the host's tree.

    Needs a mount namespace of its own and CAP_SYS_ADMIN over it. `texts` are small files to write (path to content),
    `spots` empty folders to leave for later mounts, `devices` files in /dev to show besides the harmless ones.
    Afterwards the root is read-only and `/proc` still shows the host's processes: the kernel allows a new procfs only
    where an old one can be seen.
    """
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    base = "/tmp"
    kernel.mount("tmpfs", base, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755,size=4m")
    os.mkdir(base + _HOST)
    kernel.pivot_root(base, base + _HOST)
    os.chdir("/")
    os.umask(0o022)
    _make_devices(devices)
    masks = [_make_place(path, shown) for path, shown in layout.places]
    for path, text in layout.links:
        _link(path, text)
    for path, text in texts.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    for path in ("/proc", *spots):
        os.makedirs(path, exist_ok=True)
    kernel.mount(f"{_HOST}/proc", "/proc", flags=kernel.MS_BIND | kernel.MS_REC)
    kernel.umount(_HOST, kernel.MNT_DETACH)
    os.rmdir(_HOST)
    for path in ("/", "/dev", *filter(None, masks)):
        kernel.restrict_mount(path, kernel.MOUNT_ATTR_RDONLY)


def _make_place(path: str, shown: bool) -> str | None:
    """Bind or cover one path; returns it where a tmpfs covers it, to be made read-only once its inside is built."""
    source = _HOST + path
    if shown:
        _bind(source, path)
        kernel.restrict_mount(path, _LOCKED, recursive=True)
        return None
    if os.path.isdir(path):
        kernel.mount("tmpfs", path, "tmpfs", _TIGHT, "mode=755,size=1m")
        return path
    kernel.mount(f"{_HOST}/dev/null", path, flags=kernel.MS_BIND)
    return None


def _bind(source: str, path: str) -> None:
    if os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
    elif not os.path.lexists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "x").close()
    kernel.mount(source, path, flags=kernel.MS_BIND | kernel.MS_REC)


def _link(path: str, text: str) -> None:
    if not os.path.lexists(path):  # it may stand inside something that is shown
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(text, path)


def _make_devices(more: Iterable[str]) -> None:
    os.mkdir("/dev")
    kernel.mount("tmpfs", "/dev", "tmpfs", kernel.MS_NOSUID | kernel.MS_NOEXEC, "mode=755,size=64k")
    for path in (*(f"/dev/{name}" for name in _DEVICES), *more):
        open(path, "x").close()
        kernel.mount(f"{_HOST}{path}", path, flags=kernel.MS_BIND)
    for name, text in _DEVICE_LINKS.items():
        os.symlink(text, f"/dev/{name}")
    os.mkdir("/dev/shm")


def mount_scratch(layout: Layout, work: str, disk_bytes: int) -> None:
    """Put one fresh tmpfs, capped in bytes and files as a whole, on the work folder, /tmp and /dev/shm.

    What the whitelist shows inside those (an environment somewhere in /tmp, say) is bound there again.
    """
    spots = {work: "work", "/dev/shm": "shm", "/tmp": "tmp"}
    handles = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in layout.shown() if _in_any(path, spots)}
    mount_folder("/tmp", disk_bytes)
    for spot, name in spots.items():
        os.mkdir(f"/tmp/{name}", 0o700)
        if spot != "/tmp":
            kernel.mount(f"/tmp/{name}", spot, flags=kernel.MS_BIND)
    kernel.mount("/tmp/tmp", "/tmp", flags=kernel.MS_BIND)
    for path, handle in handles.items():
        _bind(f"/proc/self/fd/{handle}", path)
        os.close(handle)
    for path, text in layout.links:
        if _in_any(path, spots):
            _link(path, text)


def mount_folder(path: str, disk_bytes: int) -> None:
    """Mount a fresh tmpfs, capped in bytes and in files."""
    size = max(disk_bytes, 1 << 16)  # tmpfs takes 0 for "no limit"
    kernel.mount("tmpfs", path, "tmpfs", _TIGHT, f"mode=700,size={size},nr_inodes={max(256, size >> 14)}")


def mount_proc() -> None:
    """Mount a procfs of the calling process's own pid namespace."""
    kernel.mount("proc", "/proc", "proc", _TIGHT)

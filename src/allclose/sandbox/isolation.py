"""What stands between student code and everything else: an ordered list of steps.

A sandbox is made in two stages. The zygote enters its *box* before it imports anything heavy; each child that it forks
then takes the *child* steps, so that two submissions share nothing either; the *watch* step goes on from outside while
children run. `STEPS` holds all of them in order; a tier is the steps that carry its name.

`none` is a process with rlimits. `basic` is namespaces, a whitelist of mounts, no capabilities: what stands without a
filter of system calls, which a GPU's driver would not get through. `strong` is `basic` and a second wall behind it,
Landlock and the filter, which holds where the first has a hole; and it stops what only they or a watch can: memory that
belongs to no process, or to many. It needs Linux 5.13 with Landlock switched on, of any version, as what later versions
add (TCP, signals, abstract sockets) is shut by namespaces and the filter too.

    outer process       waits, ends as the zygote does, holds nothing
    └── zygote          pid 1 of the box: own user, mount, pid, net, ipc, uts and cgroup namespaces, a read-only root
        ├── child       pid 1 of its own pid namespace: own user, mount, net, ipc and uts namespaces, scratch space and
        └── child       procfs; rlimits; no capabilities; Landlock; a filter of system calls

Whoever calls, code in the box runs as user `student` (1000). Outside, that is the caller's own uid or, where root
calls, a uid that nobody has: the kernel exempts root's processes from RLIMIT_NPROC. At `none` too root steps down to
that uid, if Python can be reached as everybody: what is root's alone then stays out of reach without any namespace. A
child that stepped down takes Landlock and the filter as well, where the kernel has them; `none` promises neither.

What the zygote leaves in the folder `CACHE` before it forks, every child can read and none can change.

No cgroup is used: a delegated one is rare where no service manager is, and a watch needs nobody's leave. What the
kernel holds for a process (pipes, buffers of socket pairs) is bounded by the numbers of open files and processes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from allclose.errors import IsolationUnavailable
from allclose.model import Limits, Tier
from allclose.sandbox import kernel, landlock, mounts, syscalls
from allclose.sandbox.limits import apply_rlimits, count_own_tasks
from allclose.sandbox.mounts import default_readonly
from allclose.sandbox.users import NOBODYS_UID, become_nobody, calls_as_root, root_steps_down
from allclose.sandbox.watch import kill_overdrawn

__all__ = [
    "CACHE",
    "STEPS",
    "Box",
    "Step",
    "default_readonly",
    "enter_box",
    "enter_child",
    "fork_child",
    "has_second_wall",
    "limits_process_numbers",
    "try_child",
    "watch_children",
]

#: The zygote's private folder, read-only for children.
CACHE = "/cache"

_INSIDE_UID = 1000
_BOX_DISK_BYTES = 64 * 2**20
#: The kernel keeps the first 300 numbers of a pid namespace for the time before they are used again.
_RESERVED_PIDS = 300
_PID_MAX = "/proc/sys/kernel/pid_max"
_WATCH_SECONDS = 0.05
_APART = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS


@dataclass(frozen=True, slots=True)
class Box:
    """What the sandbox shows.

    `readonly` paths are bound read-only at the same place; `hidden` ones stay invisible even inside a bound one. The
    longer path wins, so an environment inside a hidden course root can be shown. `work` is the children's home and
    current folder. Tier `none` has no such view: there each child gets a fresh folder in the temporary folder
    (`TMPDIR`) of the caller, who removes it. `gpus` are the files in /dev by which GPUs are reached.
    """

    tier: Tier
    readonly: tuple[str, ...] = field(default_factory=default_readonly)
    hidden: tuple[str, ...] = ()
    work: str = "/submission"
    gpus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What a step may look at.

    `keep` are the descriptors that stay open, besides 0, 1 and 2 (child stage only); `children` the processes to watch.
    """

    box: Box
    limits: Limits = field(default_factory=Limits)
    keep: tuple[int, ...] = ()
    children: tuple[int, ...] = ()

    def layout(self) -> mounts.Layout:
        """The planned root, as seen from where the caller stands."""
        return mounts.plan(self.box.readonly, self.box.hidden)


@dataclass(frozen=True, slots=True)
class Step:
    """One step into the sandbox; `apply` acts on the calling process, in the last stage on its children."""

    name: str
    stage: Literal["box", "child", "watch"]
    tiers: frozenset[Tier]
    apply: Callable[[Setting], None]


def enter_box(box: Box) -> None:
    """Take the box steps. Needs a process without threads; standard descriptors and environment are the caller's.

    At tiers with namespaces it forks and returns only in pid 1 of the box. The outer process waits, ends as the inner
    one ended, and takes it along when it is killed. The kernel kills it when the *thread* that started it ends: start
    the zygote from a thread that lives as long.

    Raises
    ------
    IsolationUnavailable
        The system refused a step; the message names the step and the mend.
    """
    _walk("box", Setting(box))


def fork_child(box: Box) -> int:
    """Fork as `os.fork` does; at tiers with namespaces the child is pid 1 of a pid namespace of its own.

    When that child ends, everything it started ends before `os.waitpid` returns it. As pid 1 it ignores the signals
    that it has no handler for, save SIGKILL from here.
    """
    if box.tier is Tier.NONE:
        return os.fork()
    ours = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    pid = -1
    try:
        kernel.unshare(kernel.CLONE_NEWPID)
        pid = os.fork()
    finally:
        if pid != 0:  # also where the fork failed: otherwise this process could never start a thread again
            kernel.setns(ours, kernel.CLONE_NEWPID)
        os.close(ours)
    return pid


def enter_child(box: Box, limits: Limits, keep: Iterable[int] = ()) -> str:
    """Take the child steps and return the work folder, which is empty; afterwards the process may run student code.

    Closes every descriptor but 0, 1, 2 and those of `keep`; sets HOME, TMPDIR, USER and the current folder. Signal
    handlers are the caller's.

    Raises
    ------
    IsolationUnavailable
        The system refused a step; the process must end without running anything.
    """
    _walk("child", Setting(box, limits, tuple(keep)))
    return os.environ["HOME"]


def try_child(box: Box, limits: Limits) -> None:
    """Take the child steps in a child that does nothing else.

    Raises
    ------
    IsolationUnavailable
        The system refused one of them.
    """
    told, tell = os.pipe()
    pid = fork_child(box)
    if pid == 0:
        try:
            enter_child(box, limits, keep=(tell,))
        except IsolationUnavailable as error:
            os.write(tell, str(error).encode())
        finally:
            os._exit(0)
    os.close(tell)
    with os.fdopen(told) as file:
        complaint = file.read()
    os.waitpid(pid, 0)
    if complaint:
        raise IsolationUnavailable(complaint)


def watch_children(box: Box, limits: Limits, pids: Iterable[int]) -> float:
    """Kill those of the running children that hold more than they may; return after how many seconds to look again.

    What they hold shortly in between, they get away with.
    """
    began = time.monotonic()
    _walk("watch", Setting(box, limits, children=tuple(pids)))
    return max(_WATCH_SECONDS, 2 * (time.monotonic() - began))


def has_second_wall() -> bool:
    """Whether this kernel has Landlock, and there is a filter of system calls for this machine."""
    try:
        return kernel.landlock_version() > 0 and bool(syscalls.program(os.uname().machine))
    except OSError:
        return False


def limits_process_numbers() -> bool:
    """Whether this kernel has a pid_max for each pid namespace (Linux 6.14), asked from inside a box."""
    try:
        os.close(os.open(_PID_MAX, os.O_WRONLY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _walk(stage: Literal["box", "child", "watch"], setting: Setting) -> None:
    tier = setting.box.tier
    if sys.platform != "linux":
        raise IsolationUnavailable("grading needs Linux: run it in a container")
    for step in STEPS:
        if step.stage == stage and tier in step.tiers:
            try:
                step.apply(setting)
            except (OSError, ValueError) as error:
                raise IsolationUnavailable(
                    f"isolation '{tier}' stopped at '{step.name}': {error}{_mend(step, error)}"
                ) from error


def _mend(step: Step, error: Exception) -> str:
    if not isinstance(error, OSError) or error.errno not in _REFUSALS:
        return ""
    if step.name in _KERNEL_NEEDS:
        return f"; needs {_KERNEL_NEEDS[step.name]}, or use --isolation basic"
    for path, refuses, setting in _SWITCHES:
        try:
            with open(path, encoding="ascii") as file:
                value = file.read().strip()
        except OSError:
            continue
        if value == refuses:
            return f"; run `sudo sysctl -w {setting}`, or use --isolation none"
    return f"; needs Linux 5.12 or later; in a container, start it with `{_CONTAINER}`; or use --isolation none"


#: What steps of `strong` alone ask of the kernel, by name.
_KERNEL_NEEDS = {
    "Landlock": "Linux 5.13 or later with Landlock switched on (`lsm=landlock,...` on its command line)",
    "system-call filter": "a kernel with seccomp filters",
}
#: What lets a container make namespaces and mounts of its own.
_CONTAINER = " ".join(f"--security-opt {name}=unconfined" for name in ("seccomp", "apparmor", "systempaths"))
#: How an unwilling kernel answers: forbidden, too many namespaces, unknown call or flag.
_REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.ENOSPC, errno.EUSERS, errno.ENOSYS, errno.EINVAL})
#: Where a distribution forbids namespaces to ordinary users: file, forbidding value, what lifts it.
_SWITCHES = (
    ("/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)


def _die_with_parent(_: Setting) -> None:
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _own_mounts(setting: Setting) -> None:
    setting.layout()  # before the host's tree is gone
    if calls_as_root():
        kernel.unshare(kernel.CLONE_NEWNS)
    else:
        _unshare_user(kernel.CLONE_NEWNS)


def _unshare_user(flags: int) -> None:
    """Unshare a user namespace, and others with it, where the caller's uid and gid go by `_INSIDE_UID`."""
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | flags)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_INSIDE_UID} {uid} 1"),
        ("gid_map", f"{_INSIDE_UID} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def _whitelist(setting: Setting) -> None:
    box = setting.box
    texts = {
        "/etc/passwd": f"student:x:{_INSIDE_UID}:{_INSIDE_UID}:student:{box.work}:/bin/sh\n",
        "/etc/group": f"student:x:{_INSIDE_UID}:\n",
        "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }
    mounts.build_root(setting.layout(), texts, (box.work, "/tmp", CACHE), box.gpus)


def _step_down(_: Setting) -> None:
    if not root_steps_down():
        return
    folder = tempfile.gettempdir()
    if not os.stat(folder).st_mode & stat.S_ISVTX:  # it is no `/tmp` for all: the zygote's own
        os.chown(folder, NOBODYS_UID, NOBODYS_UID)
    become_nobody()


def _lose_rights(setting: Setting) -> None:
    if os.geteuid() == 0:
        become_nobody()
    for path in setting.layout().shown():
        if not os.access(path, os.R_OK | os.X_OK if os.path.isdir(path) else os.R_OK):
            raise ValueError(f"'{path}' cannot be read by other users: chmod -R o+rX it")


def _own_everything(_: Setting) -> None:
    _unshare_user(_APART | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWCGROUP)
    socket.sethostname("sandbox")


def _first_process(_: Setting) -> None:
    """Fork pid 1 of the box; this process stays outside and only waits."""
    alive, held = os.pipe()
    descriptors = _open_descriptors()  # the procfs of the one inside soon covers that of the one outside
    pid = os.fork()
    if pid:
        _close(descriptors, {held})
        _wait_outside(pid)
    os.close(held)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if select.select([alive], [], [], 0)[0]:  # the outer process ended before it could count as our parent
        os._exit(1)
    os.close(alive)


def _wait_outside(pid: int) -> NoReturn:
    """Wait for the box's pid 1 and end as it did."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one inside to handle
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status))


def _open_descriptors() -> list[int]:
    return [int(name) for name in os.listdir("/proc/self/fd")]


def _close(descriptors: Iterable[int], keep: Collection[int]) -> None:
    for descriptor in descriptors:
        if descriptor > 2 and descriptor not in keep:
            with contextlib.suppress(OSError):  # the listing's own is closed already
                os.close(descriptor)


def _own_procfs(_: Setting) -> None:
    mounts.mount_proc()


def _zygote_folders(setting: Setting) -> None:
    mounts.mount_scratch(setting.layout(), setting.box.work, _BOX_DISK_BYTES)
    mounts.mount_folder(CACHE, _BOX_DISK_BYTES)


def _own_session(_: Setting) -> None:
    os.setsid()


def _child_mounts(_: Setting) -> None:
    """Stay in the zygote's user namespace for now: procfs is mounted by who made the pid namespace, or not at all.

    Once the child has a user namespace of its own it holds no capability over these mounts, whatever it regains there.
    """
    kernel.unshare(kernel.CLONE_NEWNS)


def _few_process_numbers(setting: Setting) -> None:
    """A second bound on processes, where the kernel has it; needs the right over the zygote's user namespace."""
    if limits_process_numbers():
        with open(_PID_MAX, "w", encoding="ascii") as file:
            file.write(str(_RESERVED_PIDS + 1 + setting.limits.processes))


def _child_namespaces(_: Setting) -> None:
    _unshare_user(_APART)


def _no_more_users(_: Setting) -> None:
    with open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as file:
        file.write("0")


def _child_folders(setting: Setting) -> None:
    mounts.mount_scratch(setting.layout(), setting.box.work, setting.limits.disk_bytes)
    kernel.restrict_mount(CACHE, kernel.MOUNT_ATTR_RDONLY)


def _go_home(setting: Setting) -> None:
    _settle(setting.box.work, "/tmp")


def _make_home(_: Setting) -> None:
    home = tempfile.mkdtemp(prefix="submission-")
    _settle(home, home)
    tempfile.tempdir = home


def _settle(home: str, temporary: str) -> None:
    os.environ.update(HOME=home, PWD=home, TMPDIR=temporary, USER="student", LOGNAME="student")
    os.chdir(home)
    os.umask(0o077)


def _keep_descriptors(setting: Setting) -> None:
    _close(_open_descriptors(), setting.keep)


def _limit(setting: Setting) -> None:
    others = count_own_tasks() if setting.box.tier is Tier.NONE else 0  # a fresh user namespace counts from nought
    apply_rlimits(setting.limits, setting.limits.processes + others, gpu=bool(setting.box.gpus))


def _drop_capabilities(_: Setting) -> None:
    kernel.drop_capabilities()


def _no_new_privileges(_: Setting) -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def _landlock(setting: Setting) -> None:
    work = setting.box.work
    shown = [path for path in setting.layout().shown() if not path.startswith("/etc/")]
    readable = (*shown, "/etc", "/proc", "/dev/random", "/dev/urandom", "/dev/full", CACHE)
    # Not /dev/zero: mapped and shared, it is memory that counts as nobody's.
    landlock.restrict(readable, (work, "/tmp", "/dev/shm"), ("/dev/null",))


def _filter(_: Setting) -> None:
    syscalls.install()


def _second_wall(setting: Setting) -> None:
    if os.getuid() == NOBODYS_UID and has_second_wall() and not setting.box.gpus:  # no driver gets through it
        readable = (*setting.box.readonly, setting.box.work, "/proc", "/dev/random", "/dev/urandom", "/dev/full")
        landlock.restrict(readable, (os.environ["HOME"], "/dev/shm"), ("/dev/null",))
        syscalls.install()


def _watch_memory(setting: Setting) -> None:
    kill_overdrawn(setting.children, signal.SIGKILL, setting.limits.memory_bytes)


_STRONG = frozenset({Tier.STRONG})
_BOXED = frozenset({Tier.BASIC, Tier.STRONG})
_NONE = frozenset({Tier.NONE})
_EVERY = _BOXED | _NONE

#: In order. What a step needs, an earlier one has left: capabilities go after the mounts, limits after the namespaces.
STEPS: tuple[Step, ...] = (
    Step("mount namespace", "box", _BOXED, _own_mounts),
    Step("whitelist of mounts", "box", _BOXED, _whitelist),
    Step("unprivileged user", "box", _BOXED, _lose_rights),
    Step("unprivileged user", "box", _NONE, _step_down),
    Step("parent-death signal", "box", _EVERY, _die_with_parent),  # a change of uid would have undone it
    Step("namespaces", "box", _BOXED, _own_everything),
    Step("first process", "box", _BOXED, _first_process),
    Step("procfs", "box", _BOXED, _own_procfs),
    Step("scratch folders", "box", _BOXED, _zygote_folders),
    Step("session", "child", _EVERY, _own_session),
    Step("mount namespace", "child", _BOXED, _child_mounts),
    Step("procfs", "child", _BOXED, _own_procfs),
    Step("process numbers", "child", _STRONG, _few_process_numbers),
    Step("scratch folders", "child", _BOXED, _child_folders),
    Step("namespaces", "child", _BOXED, _child_namespaces),
    Step("no more user namespaces", "child", _STRONG, _no_more_users),
    Step("home", "child", _BOXED, _go_home),
    Step("home", "child", _NONE, _make_home),
    Step("descriptors", "child", _EVERY, _keep_descriptors),
    Step("rlimits", "child", _EVERY, _limit),
    Step("capabilities", "child", _BOXED, _drop_capabilities),
    Step("no new privileges", "child", _EVERY, _no_new_privileges),
    Step("parent-death signal", "child", _NONE, _die_with_parent),  # elsewhere the pid namespace ends with its first
    Step("Landlock and filter", "child", _NONE, _second_wall),
    Step("Landlock", "child", _STRONG, _landlock),
    Step("system-call filter", "child", _STRONG, _filter),
    Step("memory of all processes", "watch", _STRONG, _watch_memory),
)

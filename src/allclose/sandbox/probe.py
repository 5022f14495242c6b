"""What isolation really holds here, found by trying: `allclose doctor` attempts each escape.

A box is entered as for grading, in a process of its own; each attempt runs in a fresh child of it, and has escaped
unless the kernel refused it. Some things only the host can see: for those a second box is made, and its grader killed.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from allclose.errors import IsolationUnavailable, SandboxError
from allclose.model import Tier
from allclose.sandbox import isolation
from allclose.sandbox.escapes import ATTEMPTS, LIMITS, Attempt, Goal, namespaces, place
from allclose.sandbox.isolation import Box, enter_box, enter_child, fork_child, watch_children

_SECONDS = 60
_PACKAGE = str(Path(__file__).parents[2])
_START = f"import sys; sys.path.insert(0, {_PACKAGE!r}); from allclose.sandbox.probe import main; main()"
_REFUSED, _ESCAPED, _BROKEN = range(3)
#: How the kernel, or the watch, stops an attempt where it does not say no.
_STOPPED = frozenset({_REFUSED, -signal.SIGKILL, -signal.SIGSYS, -signal.SIGSEGV})
_SEEN_FROM_OUTSIDE = ("change the host's mounts", "belong to root outside", "outlive the grader")


@dataclass(frozen=True, slots=True)
class Finding:
    """One attempt: whether isolation held against it, and the lowest tier that promises to."""

    name: str
    held: bool
    needed_for: Tier


@dataclass(frozen=True, slots=True)
class Survey:
    """The best tier whose every promise held, what was found at the best that could be had, and why not better."""

    tier: Tier
    findings: tuple[Finding, ...]
    complaints: tuple[str, ...]


def survey() -> Survey:
    """Try the tiers, best first, until one holds all that it promises."""
    complaints: list[str] = []
    best: tuple[Finding, ...] = ()
    for tier in (Tier.STRONG, Tier.BASIC):
        try:
            findings = probe(tier)
        except (IsolationUnavailable, SandboxError) as error:
            complaints.append(str(error))
            continue
        best = best or findings
        escaped = [each for each in findings if not each.held and (tier is Tier.STRONG or each.needed_for is tier)]
        if not escaped:
            return Survey(tier, best, tuple(complaints))
        complaints.append(f"isolation '{tier}' does not hold: {', '.join(each.name for each in escaped)}")
        if any(each.needed_for is Tier.BASIC for each in escaped):
            break  # nor does a tier that is less
    return Survey(Tier.NONE, best, tuple(complaints))


def best_tier() -> Tier:
    """The best tier whose every promise holds on this machine."""
    return survey().tier


def probe(tier: Tier = Tier.STRONG) -> tuple[Finding, ...]:
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
    with set_goal() as goal:
        task = json.dumps({"tier": tier, "goal": asdict(goal)})
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", _START, task],
                env={"PATH": "/usr/bin:/bin"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SandboxError(f"isolation '{tier}' could not be tried out: no answer within {_SECONDS} s") from None
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:]
        raise SandboxError(f"isolation '{tier}' could not be tried out: {' '.join(last) or 'no message'}")
    answer = json.loads(done.stdout)
    if isinstance(answer, str):
        raise IsolationUnavailable(answer)
    return tuple(Finding(name, held, Tier(needed_for)) for name, held, needed_for in answer)


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
    try:
        answer: object = [_plain(finding) for finding in try_out(Box(Tier(task["tier"])), Goal(**task["goal"]))]
    except IsolationUnavailable as error:
        answer = str(error)
    sys.stdout.write(json.dumps(answer))


def _plain(finding: Finding) -> tuple[str, bool, Tier]:
    """The finding without its names."""
    return finding.name, finding.held, finding.needed_for


def try_out(box: Box, goal: Goal) -> list[Finding]:
    """Make every attempt against `box`, which this process enters for good."""
    findings = [
        Finding(name, held, Tier.BASIC) for name, held in zip(_SEEN_FROM_OUTSIDE, _seen_from_outside(box), strict=True)
    ]
    leaked = os.open(goal.secret, os.O_RDONLY)
    enter_box(box)
    goal = replace(goal, leaked=leaked, namespaces=namespaces(), place=place())
    return findings + [
        Finding(attempt.name, holds(box, attempt, goal), attempt.needed_for)
        for attempt in ATTEMPTS
        if attempt.possible()
    ]


def holds(box: Box, attempt: Attempt, goal: Goal) -> bool:
    """Make one attempt, each time in a child of its own; nothing of it may be left when the child has ended."""
    return not any(_escapes(box, attempt, goal) for _ in range(attempt.times))


def _escapes(box: Box, attempt: Attempt, goal: Goal) -> bool:
    every, left = isolation.STEPS, [step for step in isolation.STEPS if step.name not in attempt.without]
    isolation.STEPS = tuple(left)
    try:
        return _escapes_these(box, attempt, goal)
    finally:
        isolation.STEPS = every


def _escapes_these(box: Box, attempt: Attempt, goal: Goal) -> bool:
    alive, held = os.pipe()
    pid = fork_child(box)
    if pid == 0:
        code = _BROKEN
        try:
            enter_child(box, LIMITS, keep=(held,))
            code = _ESCAPED if attempt.make(goal) else _REFUSED
        except IsolationUnavailable as error:
            os.write(held, str(error).encode())
        except (OSError, MemoryError):
            code = _REFUSED
        finally:
            os._exit(code)
    os.close(held)
    status = _wait_watching(box, pid)
    gone = bool(select.select([alive], [], [], 1.0)[0])
    complaint = os.read(alive, 4096) if gone else b""
    os.close(alive)
    if complaint:
        raise IsolationUnavailable(complaint.decode())
    return not gone or os.waitstatus_to_exitcode(status) not in _STOPPED


def _wait_watching(box: Box, pid: int) -> int:
    ended = os.pidfd_open(pid)
    try:
        while not select.select([ended], [], [], watch_children(box, LIMITS, (pid,)))[0]:
            pass
    finally:
        os.close(ended)
    return os.waitpid(pid, 0)[1]


def _seen_from_outside(box: Box) -> tuple[bool, bool, bool]:
    """Whether a box leaves the host's mounts alone, has no process of root's, and ends with the grader that made it."""
    alive, held = os.pipe()
    told, tell = os.pipe()
    grader = os.fork()
    if grader == 0:
        with suppress(BaseException):
            os.write(tell, json.dumps(_be_grader(box, held)).encode())
        signal.pause()
    os.close(held)
    os.close(tell)
    answer = json.loads(os.read(told, 4096) or b"null") if select.select([told], [], [], _SECONDS)[0] else None
    os.kill(grader, signal.SIGKILL)
    os.waitpid(grader, 0)
    gone = bool(select.select([alive], [], [], 1.0)[0])
    os.close(alive)
    os.close(told)
    if isinstance(answer, str):
        raise IsolationUnavailable(answer)
    if not isinstance(answer, list):
        return False, False, False
    mounts, nobody, outer = answer
    if not gone:
        os.kill(outer, signal.SIGKILL)
    return mounts, nobody, gone


def _be_grader(box: Box, held: int) -> list[object] | str:
    """Make a box and look at it from outside; what keeps it from being made, where it cannot be."""
    before = _mounts()
    ready, tell = os.pipe()
    outer = os.fork()
    if outer == 0:
        try:
            enter_box(box)
            os.write(tell, b"\0")
            time.sleep(_SECONDS)
        except IsolationUnavailable as error:
            os.write(tell, str(error).encode())
        finally:
            os._exit(held)
    os.close(held)
    os.close(tell)
    complaint = os.read(ready, 4096)
    if complaint != b"\0":
        return complaint.decode() or f"isolation '{box.tier}' ended before it began"
    return [_mounts() == before, os.geteuid() != 0 or 0 not in _uids_below(outer), outer]


def _mounts() -> str:
    return Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")


def _uids_below(pid: int) -> set[int]:
    """The real uids of a process and of those that it has started."""
    uids = {int(Path(f"/proc/{pid}/status").read_text().partition("\nUid:")[2].split()[0])}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        uids |= _uids_below(int(child))
    return uids

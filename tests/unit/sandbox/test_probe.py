"""The escapes that `allclose doctor` attempts: real ones, which isolation stops."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from allclose.errors import IsolationUnavailable
from allclose.model import Tier
from allclose.sandbox.probe import best_tier, probe, set_goal

SOURCE = Path(__file__).parents[3] / "src"
#: Makes the attempts as `probe` does, as root of a user namespace of its own and with the steps that the test leaves.
ATTEMPTS = f"""
import json, os, sys
sys.path.insert(0, {str(SOURCE)!r})
from dataclasses import replace
from allclose.model import Tier
from allclose.sandbox import isolation, kernel, probe

def become_root_of_my_own():
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
    open("/proc/self/setgroups", "w").write("deny")
    open("/proc/self/uid_map", "w").write(f"0 {{uid}} 1")
    open("/proc/self/gid_map", "w").write(f"0 {{gid}} 1")
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)

def escaped(box):
    goal = probe.Goal(**json.loads(sys.argv[1]))
    goal = replace(goal, leaked=os.open(goal.secret, os.O_RDONLY))
    isolation.enter_box(box)
    print(json.dumps([name for name, _, attempt in probe.ATTEMPTS if not probe.holds(box, attempt, goal)]))
"""


def escaped(script: str, cwd: Path) -> set[str]:
    with set_goal() as goal:
        command = [sys.executable, "-I", "-c", ATTEMPTS + script, json.dumps(asdict(goal))]
        done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def without(stage: str, *names: str) -> str:
    """A script that makes the attempts at tier `basic` short of some steps."""
    return f"""
isolation.STEPS = tuple(s for s in isolation.STEPS if s.stage != {stage!r} or s.name not in {names!r})
escaped(isolation.Box(Tier.BASIC))
"""


def test_everything_that_basic_promises_holds_here() -> None:
    findings = probe(Tier.BASIC)

    assert [finding.name for finding in findings if finding.needed_for is Tier.BASIC and not finding.held] == []
    assert {finding.needed_for for finding in findings} == {Tier.BASIC, Tier.STRONG}
    assert best_tier() is Tier.BASIC


def test_every_attempt_succeeds_where_nothing_isolates(tmp_path: Path) -> None:
    script = """
become_root_of_my_own()
isolation.STEPS = (isolation.Step("nothing", "box", frozenset({Tier.NONE}), lambda setting: None),)
escaped(isolation.Box(Tier.NONE))
"""

    assert escaped(script, tmp_path) == {finding.name for finding in probe()}


@pytest.mark.parametrize(
    ("left_out", "lost"),
    [
        (("rlimits",), {"start more processes than allowed", "take more memory than allowed"}),
        (("descriptors",), {"read through an inherited descriptor"}),
        (("procfs",), {"see another process"}),
        (("namespaces", "capabilities"), {"mount a filesystem"}),
    ],
)
def test_a_promise_falls_with_its_step(left_out: tuple[str, ...], lost: set[str], tmp_path: Path) -> None:
    complete = {finding.name for finding in probe() if not finding.held}

    assert escaped(without("child", *left_out), tmp_path) - complete >= lost


def test_the_probe_leaves_no_process_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = set(children.read_text().split())  # engines of other tests

    probe()

    assert list(tmp_path.iterdir()) == []
    assert set(children.read_text().split()) <= before


def test_a_tier_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(IsolationUnavailable, match="isolation 'strong' is not there yet"):
        probe(Tier.STRONG)


def test_where_namespaces_are_forbidden_the_best_tier_is_none(tmp_path: Path) -> None:
    script = """
become_root_of_my_own()
open("/proc/sys/user/max_user_namespaces", "w").write("0")
try:
    probe.probe()
except probe.IsolationUnavailable as error:
    assert "sudo sysctl -w user.max_user_namespaces" in str(error), error
    print(json.dumps([probe.best_tier()]))
"""

    assert escaped(script, tmp_path) == {Tier.NONE}

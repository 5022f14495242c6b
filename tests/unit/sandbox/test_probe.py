"""The escapes that `allclose doctor` attempts: real ones, which isolation stops."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from allclose.cli.doctor import doctor
from allclose.model import Tier
from allclose.sandbox import probe as module
from allclose.sandbox.escapes import LEFT
from allclose.sandbox.isolation import STEPS
from allclose.sandbox.probe import best_tier, probe, set_goal

SOURCE = Path(__file__).parents[3] / "src"
#: Makes the attempts as `probe` does, as root of a user namespace of its own and with the steps that the test leaves.
ATTEMPTS = f"""
import json, os, sys
sys.path.insert(0, {str(SOURCE)!r})
from allclose.model import Tier
from allclose.sandbox import isolation, kernel, probe

def become_root_of_my_own():
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWUTS)
    open("/proc/self/setgroups", "w").write("deny")
    open("/proc/self/uid_map", "w").write(f"0 {{uid}} 1")
    open("/proc/self/gid_map", "w").write(f"0 {{gid}} 1")
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)

def escaped(box):
    goal = probe.Goal(**json.loads(sys.argv[1]))
    print(json.dumps([finding.name for finding in probe.try_out(box, goal) if not finding.held]))
"""
#: Spares the host where a step that would have kept mounts from it is left out.
SPARE_THE_HOST = """
import os
from allclose.sandbox import isolation, kernel
if os.geteuid() == 0:
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
"""


def escaped(script: str, cwd: Path) -> set[str]:
    with set_goal() as goal:
        command = [sys.executable, "-I", "-c", ATTEMPTS + script, json.dumps(asdict(goal))]
        done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_everything_that_is_promised_holds_here() -> None:
    for tier in (Tier.STRONG, Tier.BASIC):
        findings = probe(tier)
        assert [
            each.name for each in findings if not each.held and (tier is Tier.STRONG or each.needed_for is tier)
        ] == []
        assert {each.needed_for for each in findings} == {Tier.BASIC, Tier.STRONG}
    assert best_tier() is Tier.STRONG


def test_every_attempt_succeeds_where_nothing_isolates(tmp_path: Path) -> None:
    script = f"""
become_root_of_my_own()
isolation.STEPS = (isolation.Step("nothing", "box", frozenset({{Tier.NONE}}), lambda setting: None),)
try:
    escaped(isolation.Box(Tier.NONE))
finally:
    kernel.umount("/tmp")  # the one that an attempt has mounted
    for folder in ("/tmp", "/dev/shm"):
        os.unlink(folder + "/{LEFT}")
"""

    # Where nothing is mounted, no mount can reach the host.
    assert escaped(script, tmp_path) == {each.name for each in probe()} - {"change the host's mounts"}


@pytest.mark.parametrize(
    "left_out",
    [(step.stage, step.name) for step in STEPS if Tier.STRONG in step.tiers],
    ids=lambda left_out: " ".join(left_out),
)
def test_without_any_one_step_the_doctor_prints_another_tier(
    left_out: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forget = f"isolation.STEPS = tuple(s for s in isolation.STEPS if (s.stage, s.name) != {left_out!r})"
    start = module._START.replace("; main()", f"\n{SPARE_THE_HOST}\n{forget}\nmain()")
    monkeypatch.setattr(module, "_START", start)

    doctor()

    last = [line for line in capsys.readouterr().out.splitlines() if line.startswith("isolation: ")]
    assert last and not last[0].startswith("isolation: strong")


def test_the_probe_leaves_no_process_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = set(children.read_text().split())  # engines of other tests

    probe()

    assert list(tmp_path.iterdir()) == []
    assert set(children.read_text().split()) <= before


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

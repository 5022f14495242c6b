"""Who student code is outside, at the tier that has no namespaces to hide it in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from allclose.sandbox import users


def test_python_below_a_folder_of_roots_alone_keeps_root_from_stepping_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "calls_as_root", lambda: True)
    (tmp_path / "env").mkdir(mode=0o755)
    monkeypatch.setattr(users, "default_readonly", lambda: ("/usr", str(tmp_path / "env")))
    tmp_path.chmod(0o700)
    assert not users.root_steps_down()
    monkeypatch.setattr(users, "default_readonly", lambda: ("/usr",))
    assert users.root_steps_down()


def test_whoever_is_not_root_stays_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(users, "default_readonly", lambda: ("/usr",))
    assert not users.root_steps_down()


def test_a_process_that_steps_down_has_no_way_back() -> None:
    if os.geteuid() != 0:
        assert not users.calls_as_root()
        return
    pid = os.fork()
    if pid == 0:
        users.become_nobody()
        try:
            os.setuid(0)
        except PermissionError:
            os._exit(0 if (os.getresuid(), os.getgroups()) == ((users.NOBODYS_UID,) * 3, []) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0

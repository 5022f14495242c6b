"""The secret seed is drawn once and kept."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from allclose.errors import CourseError
from allclose.suite.secret import SECRET_BYTES, load_seed


def test_it_is_drawn_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    seed = load_seed(tmp_path)
    assert len(seed) == SECRET_BYTES
    assert load_seed(tmp_path) == seed
    assert stat.S_IMODE((tmp_path / ".allclose" / "secret").stat().st_mode) == 0o600
    assert {path.name for path in (tmp_path / ".allclose").iterdir()} == {"secret", ".gitignore"}


def test_two_courses_have_two_secrets(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert load_seed(tmp_path / "a") != load_seed(tmp_path / "b")


def test_a_spoilt_secret_is_named_with_the_mend(tmp_path: Path) -> None:
    load_seed(tmp_path)
    (tmp_path / ".allclose" / "secret").write_text("not hexadecimal")
    with pytest.raises(CourseError, match=r"secret: this is no secret seed; restore it"):
        load_seed(tmp_path)


def test_git_leaves_the_secret_alone_in_a_course_that_does_not_ignore_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    load_seed(tmp_path)
    listed = subprocess.run(["git", "-C", tmp_path, "status", "--short"], capture_output=True, text=True, check=True)
    assert listed.stdout == ""

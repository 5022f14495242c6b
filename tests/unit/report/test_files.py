"""A report file is whole or absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose.report.files import write_whole


def test_a_file_replaces_the_one_before_and_makes_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "lab.csv"
    write_whole(path, "old\n")
    write_whole(path, "new\r\nline\n")
    assert path.read_bytes() == b"new\r\nline\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "lab.csv"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half of a pair: \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_gets_the_permissions_that_any_file_gets(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_whole(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_is_followed_and_a_device_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", "text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "text"
    write_whole(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()


def test_a_full_disk_is_told_with_the_file_s_name() -> None:
    with pytest.raises(OSError, match="No space") as caught:
        write_whole(Path("/dev/full"), "text")
    assert caught.value.filename == "/dev/full"

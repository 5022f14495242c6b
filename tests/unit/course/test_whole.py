"""A file is whole or absent, and what killed runs left goes."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from allclose.course.whole import is_temporary, remove_unless_held, replacing, sweep

KILLED = """
import os, signal, sys
from pathlib import Path
from allclose.course.whole import replacing

with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_file_takes_its_place_when_all_was_written_and_what_goes_wrong_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "grades.json"
    with replacing(path, durable=True, permissions=0o640) as temporary:
        temporary.write_text("old")
        assert not path.exists()
        assert is_temporary(temporary.name)
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("new")
        raise RuntimeError
    assert path.read_text() == "old"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["grades.json", "[a-z]*?.json", "n" * 200])
def test_what_a_killed_run_left_of_a_file_is_swept_and_other_files_stay(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    other = tmp_path / ".another.json.x.tmp"
    other.write_text("")
    assert len(list(tmp_path.iterdir())) == 2
    sweep(tmp_path, path.name)
    assert list(tmp_path.iterdir()) == [other]
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_run_at_work_holds_is_not_swept(tmp_path: Path) -> None:
    with replacing(tmp_path / "grades.json") as temporary:
        sweep(tmp_path)
        temporary.write_text("whole")
    assert (tmp_path / "grades.json").read_text() == "whole"


def test_a_file_that_was_swept_before_its_writer_held_it_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, swept = fcntl.flock, []

    def late(handle: int, operation: int) -> None:
        if not swept:
            swept.append(handle)
            monkeypatch.setattr(fcntl, "flock", lock)
            sweep(tmp_path)
        lock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with replacing(tmp_path / "grades.json") as temporary:
        temporary.write_text("whole")
    assert swept
    assert (tmp_path / "grades.json").read_text() == "whole"


def test_many_writers_and_sweepers_of_one_file_end_with_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "grades.json"
    broken: list[BaseException] = []

    def write(text: str) -> None:
        try:
            for _ in range(50):
                sweep(tmp_path, path.name)
                with replacing(path) as temporary:
                    temporary.write_text(text * 1000)
        except BaseException as error:
            broken.append(error)

    writers = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert broken == []
    assert path.read_text() in {letter * 1000 for letter in "abcd"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_that_looks_like_a_left_file_is_removed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("kept")
    link = tmp_path / ".a.tmp"
    link.symlink_to(tmp_path / "theirs")
    remove_unless_held(link)
    assert list(tmp_path.iterdir()) == [tmp_path / "theirs"]

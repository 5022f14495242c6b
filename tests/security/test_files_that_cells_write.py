"""What cells leave behind goes home with names that were checked, and never more of it than was allowed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allclose.errors import ProtocolError
from allclose.interop.beside import write_beside
from allclose.model import Limits, Tier
from allclose.sandbox.session import Cell, Session
from allclose.sandbox.spawner import Spawner
from allclose.sandbox.wire import Channel, Closed, Kind, Late
from allclose.sandbox.written import MAX_FILES, Written, receive, refusal

LIMITS = Limits(disk_bytes=4 << 20)


@pytest.fixture(scope="module")
def spawner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawner]:
    with Spawner(Tier.STRONG, (), (), LIMITS, tmp_path_factory.mktemp("cache")) as warm:
        warm.wait_ready()
        yield warm


def written(spawner: Spawner, *sources: str, files: dict[str, bytes] | None = None) -> Written:
    plan = [Cell(index, source) for index, source in enumerate(sources)]
    session = Session(spawner.spawn, plan, files or {}, LIMITS, time.monotonic() + 60)
    try:
        session.run()
        return session.written()
    finally:
        session.close()


def told(*frames: tuple[str, bytes | None] | bytes, most_bytes: int = 100, end: bool = True) -> Written:
    """What the trusted side makes of such frames."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        other = Channel(theirs, 1 << 20)

        def tell() -> None:
            try:
                for frame in (*frames, b"") if end else frames:
                    other.send(Kind.WRITTEN, frame if isinstance(frame, bytes) else msgspec.msgpack.encode(frame))
            except Closed:
                pass

        sender = threading.Thread(target=tell)
        sender.start()
        try:
            return receive(Channel(ours, 1 << 20), most_bytes, time.monotonic() + (5 if end else 0.1))
        finally:
            ours.close()
            sender.join()


def test_only_regular_files_that_are_new_or_changed_come_back(spawner: Spawner) -> None:
    found = written(
        spawner,
        "import os\nos.symlink('/etc/passwd', 'link'); os.mkfifo('pipe'); os.link('given', 'hard')",
        "open('new', 'w').write('n'); open('changed', 'w').write('c'); open('same', 'w').write('s')",
        files={"given": b"g", "changed": b"old", "same": b"s"},
    )
    assert found == Written({"new": b"n", "changed": b"c", "hard": b"g"})


def test_a_cell_that_is_run_again_leaves_what_its_last_run_wrote(spawner: Spawner) -> None:
    found = written(spawner, "open('a', 'w').write('a')", "open('b', 'w').write('b')\nimport os; os._exit(1)")
    assert found == Written({"a": b"a"})


def test_names_with_no_good_in_them_stay_behind(spawner: Spawner) -> None:
    bad = "names = [b'\\xff', b'a\\nb', b'a\\\\b', '\\u202e'.encode(), b'~ok', b'-rf']\n"
    found = written(spawner, bad + "for name in names: open(name, 'w').write('x')")
    assert found.files.keys() == {"~ok", "-rf"}
    assert len(found.left_out) == 3


def test_a_disk_full_of_files_is_cut_at_the_caps(spawner: Spawner) -> None:
    many = written(spawner, "import os\ntry:\n  for i in range(3000): open(f'{i:04}', 'w').close()\nexcept OSError: 0")
    assert len(many.files) <= MAX_FILES
    large = written(spawner, "open('a', 'wb').write(bytes(3 << 20))", "import os; os.truncate('a', 1 << 40)")
    assert sum(map(len, large.files.values())) <= LIMITS.disk_bytes


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.walk = None",
        "import allclose.sandbox.written as w\ndef tell(*_):\n  while True: pass\nw.tell = tell",
        "import os\nos.lstat = lambda *_: os._exit(0)",
    ],
)
def test_a_sandbox_that_breaks_its_own_tale_loses_its_files_only(
    spawner: Spawner, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allclose.sandbox.session.FILES_SECONDS", 1.0)
    assert written(spawner, code).files == {}


def test_pieces_are_put_together_in_order() -> None:
    assert told(("a/b", b"1"), ("c", b"x"), ("a/b", b"2")).files == {"a/b": b"12", "c": b"x"}


@pytest.mark.parametrize(
    "name", ["", "/etc/x", "../x", "a/../b", "a//b", "./a", "a/", "a\0", "a\\b", "a\nb", "x" * 300, "d/" * 20 + "x"]
)
def test_a_forged_name_is_refused(name: str) -> None:
    found = told((name, b"x"), ("good", b"y"))
    assert found.files == {"good": b"y"}
    assert len(found.left_out) == 1


def test_a_file_cannot_stand_in_the_place_of_a_folder() -> None:
    assert told(("a", b"1"), ("a/b", b"2")).files == {"a/b": b"2"}


@pytest.mark.parametrize(
    "frame",
    [b"x", b"\xc1", msgspec.msgpack.encode(["a"]), msgspec.msgpack.encode([1, b""]), msgspec.msgpack.encode({"a": 1})],
)
def test_frames_of_another_form_are_an_offence(frame: bytes) -> None:
    with pytest.raises(ProtocolError):
        told(frame)


def test_more_than_was_asked_for_is_an_offence() -> None:
    with pytest.raises(ProtocolError):
        told(("a", bytes(60)), ("b", bytes(60)))
    with pytest.raises(ProtocolError):
        told(*((f"../{number}", b"") for number in range(MAX_FILES + 2)))
    assert len(told(*((str(number), b"") for number in range(MAX_FILES + 100))).files) == MAX_FILES


def test_a_tale_without_an_end_is_not_waited_for() -> None:
    with pytest.raises((Late, Closed)):
        told(("a", b""), end=False)


@given(st.text(max_size=40))
def test_no_name_that_passes_leaves_the_folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    if not refusal(name):
        folder = tmp_path_factory.getbasetemp() / "f"
        assert (folder / name).resolve().is_relative_to(folder.resolve())
        assert (folder / name).resolve() != folder.resolve()


def test_nothing_is_written_through_what_stands_in_the_way(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "file").write_text("file")
    left_out = write_beside(folder, {"link": b"x", "link/a": b"x", "file/a": b"x", "fine": b"x", "x/.git/config": b"x"})
    assert len(left_out) == 4
    assert [path.name for path in outside.iterdir()] == []
    assert (folder / "fine").read_bytes() == b"x"
    assert (folder / "file").read_text() == "file"

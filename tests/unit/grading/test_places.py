"""Places at GPUs that are not there: how many, in which order, and that none is lost."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import pytest

from allclose.errors import CourseError, SandboxError
from allclose.grading import places
from allclose.grading.places import CONTEXT_BYTES, Gpu, Places
from allclose.sandbox.gpu import VISIBLE, Share
from allclose.sandbox.spawner import Process
from tests.processes import wait_until

GIB = 2**30
PLACE = 2 * GIB + CONTEXT_BYTES


def fake_torch(folder: Path, cuda: str) -> None:
    (folder / "torch").mkdir()
    (folder / "torch" / "__init__.py").write_text("import types\n" + cuda)


def cards(*rooms: int) -> list[Gpu]:
    return [Gpu(str(number), room * PLACE, 2 * room * PLACE) for number, room in enumerate(rooms)]


@pytest.mark.parametrize(
    ("shown", "names"), [(None, ["0", "1"]), ("3, GPU-77", ["3", "GPU-77"]), ("", ["0", "1"])], ids=["all", "two", "-"]
)
def test_gpus_have_the_names_that_cuda_has_been_told(
    shown: str | None, names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_torch(tmp_path, "cuda = types.SimpleNamespace(device_count=lambda: 2, mem_get_info=lambda i: (5 + i, 9))")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delenv(VISIBLE, raising=False)
    if shown is not None:
        monkeypatch.setenv(VISIBLE, shown)
    assert places.gpus.__wrapped__() == (Gpu(names[0], 5, 9), Gpu(names[1], 6, 9))


def test_a_gpu_that_does_not_work_is_told_with_its_drivers_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_torch(tmp_path, "raise RuntimeError('driver too old')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(CourseError, match=r"cannot use this machine's GPUs \(RuntimeError: driver too old\)"):
        places.gpus.__wrapped__()


def test_there_are_as_many_places_as_there_is_free_memory_for() -> None:
    assert Places(cards(3, 2), 2 * GIB, processes=1).number == 5
    assert Places(cards(3, 2), 2 * GIB, processes=2).number == 2
    assert Places([Gpu("0", PLACE - 1, 80 * GIB), Gpu("1", PLACE, PLACE)], 2 * GIB, 1).number == 1


def test_a_gpu_without_room_for_one_place_is_a_mistake_that_names_the_mend() -> None:
    with pytest.raises(CourseError, match=r"5\.5 GiB of a GPU's memory are needed and 2\.8 GiB are free.* gpu_bytes"):
        Places(cards(1, 1), 2 * GIB, processes=2)


def test_a_place_is_a_share_of_the_gpu_with_most_of_them_free() -> None:
    found = Places(cards(3, 2), 2 * GIB, processes=1)
    assert found.own is None
    with found.held():
        assert found.own == Share("0", 2 * GIB / (6 * PLACE))
        with found.held():  # nobody waits for himself
            assert found.number == 4
    assert found.own is None
    assert found.number == 5


def test_who_asks_first_is_served_first() -> None:
    found = Places(cards(1), 2 * GIB, processes=1)
    served: list[int] = []

    def serve(number: int) -> None:
        with found.held():
            served.append(number)

    with found.held():
        threads = []
        for number in range(5):
            threads.append(threading.Thread(target=serve, args=(number,)))
            threads[-1].start()
            assert wait_until(lambda: len(found._queue) == len(threads))
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3, 4]


def test_work_that_fails_leaves_its_place_and_says_how_long_it_had_waited() -> None:
    found = Places(cards(1), 2 * GIB, processes=1)
    with pytest.raises(SandboxError), found.held() as waited:
        assert waited >= 0
        raise SandboxError("gone")
    assert found.number == 1


class Line:
    """A connection that may be closed."""

    closed = False

    def fileno(self) -> int:
        return -1 if self.closed else 3


def started(own: list[Process]) -> Any:
    def spawn(share: Share | None) -> Process:
        own.append(Process(cast(Any, Line()), 0, Future()))
        return own[-1]

    return spawn


def test_a_place_is_free_when_its_processes_have_ended() -> None:
    found = Places(cards(2), 2 * GIB, processes=2)
    own: list[Process] = []
    left = threading.Event()

    def work() -> None:
        with found.held():
            found.spawn(started(own))
        left.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert wait_until(lambda: bool(own))
    assert not left.wait(0.05)
    assert found.number == 0
    own[0].ended.set_result(9)
    thread.join()
    assert found.number == 1


def test_a_killed_process_has_ended_before_another_takes_its_part() -> None:
    found = Places(cards(2), 2 * GIB, processes=2)
    own: list[Process] = []
    with found.held():
        for _ in range(2):  # beside each other, as a test may ask for
            found.spawn(started(own))
        cast(Line, own[0].connection).closed = True
        own[0].ended.set_exception(SandboxError("with its zygote"))
        found.spawn(started(own))
        own[1].ended.set_result(0)
        own[2].ended.set_result(0)
    assert len(own) == 3

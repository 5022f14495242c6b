"""Work that is cut off by the death of our own processes: done again, and blamed only for deaths that are its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import pytest

from allclose.errors import SandboxError
from allclose.grading.sides import DEATHS, Blamed, Sides
from allclose.sandbox.clock import Contended
from allclose.sandbox.spawner import Spawner


@dataclass
class Started:
    """A process that was started; it may die while it warms up."""

    alive: bool

    def wait_ready(self) -> None:
        if not self.alive:
            raise SandboxError("it was killed")

    def close(self) -> None:
        self.alive = False


class Machine:
    """Starts processes, some of which are killed while they warm up; and kills the one that works."""

    def __init__(self, warming: Sequence[bool] = ()) -> None:
        self._warming = iter(warming)
        self.sides = Sides(cast(Callable[[], Spawner], self._start), None)

    def _start(self) -> Started:
        return Started(not next(self._warming, False))

    def kill(self) -> None:
        self.sides.spawner.close()
        raise SandboxError("it was killed")


def kills(machine: Machine, when: Iterator[bool], done: list[str], name: str) -> Callable[[], str]:
    def work() -> str:
        if next(when, False):
            machine.kill()
        done.append(name)
        return name

    return work


def test_deaths_while_our_processes_warm_up_are_nobodys_doing() -> None:
    machine = Machine([False, *[True, True, False] * 10])
    done: list[str] = []
    work = kills(machine, iter([True, True, True]), done, "work")
    assert machine.sides.insist(work, kills(machine, iter([True]), done, "control")) == "work"
    assert done == ["control", "work"]


def test_deaths_that_meet_the_control_too_are_the_machines() -> None:
    machine = Machine()
    with pytest.raises(SandboxError) as raised:
        machine.sides.insist(kills(machine, iter([True] * 99), [], "work"), kills(machine, iter([True] * 99), [], ""))
    assert not isinstance(raised.value, Blamed)


def test_work_that_ends_our_processes_each_time_is_blamed_once_the_control_came_through_each_time() -> None:
    machine = Machine()
    done: list[str] = []
    with pytest.raises(Blamed):
        machine.sides.insist(kills(machine, iter([True] * 99), done, "work"), kills(machine, iter(()), done, "control"))
    assert done == ["control"] * DEATHS


def test_work_that_tells_nothing_beside_others_is_done_again_alone_and_that_stands() -> None:
    sides = Machine().sides
    done: list[bool] = []

    def work() -> bool:
        done.append(sides.are_together)
        if sides.are_together:
            raise Contended("the machine was overloaded")
        return sides.is_alone

    assert sides.insist(work, lambda: pytest.fail("nobody died"))
    assert done == [True, False]

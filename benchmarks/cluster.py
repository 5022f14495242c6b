"""`python -m benchmarks.cluster`: a class on this machine alone, on one Dask worker and on two; what a submission costs.

Scheduler and workers are real processes on loopback, each worker on a core of its own. What one more submission takes
comes from the difference of two class sizes, so nothing of a start counts. From the figures follows what 100 workers
and 1,000,000 submissions would need, on paper.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from allclose import course
from allclose.model import Assignment
from allclose.notebook.splice import solved
from benchmarks import classes
from benchmarks.records import Sheet, save
from tests.dask import DaskCluster, kill

LAB = classes.LAB
SMALL, LARGE = 40, 160
#: What the estimate on paper is for.
WORKERS, SUBMISSIONS = 100, 1_000_000
_TICK = os.sysconf("SC_CLK_TCK")
_READY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Run:
    """One whole command: seconds from start to gradebook, its own CPU seconds, and the most memory it held."""

    seconds: float
    cpu: float
    peak_bytes: int


def main() -> None:
    """Measure, print, and keep the figures."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    arguments.add_argument("--write", action="store_true", help="keep the figures in benchmarks/results/cluster.json")
    chosen = arguments.parse_args()
    sheet = Sheet("cluster")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        measure(Path(folder), chosen.rounds, sheet)
    figures = {name: statistics.median(values) for name, values in sheet.samples.items()}
    sheet.facts.update(estimate(figures))
    for name, values in sheet.samples.items():
        print(f"{name:60} {statistics.median(values):12.2f}  ({min(values):.2f}–{max(values):.2f})")
    for name, fact in sheet.facts.items():
        print(f"{name}: {fact}")
    for problem in sheet.problems:
        print(f"PROBLEM: {problem}")
    if chosen.write:
        save(sheet.record())
    sys.exit(bool(sheet.problems))


def measure(folder: Path, rounds: int, sheet: Sheet) -> None:
    """Grade the class every way, in turns."""
    assignment = classes.make_course(folder / "course")
    root = assignment.root
    for size in (SMALL, LARGE):
        hand_in(assignment, root / str(size), size)
    command(root, SMALL)  # matplotlib's font list is made once in the life of a course
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        steady(sheet, "this machine, one core", *(command(root, size, prefix=on_core(0)) for size in (SMALL, LARGE)))
        steady(sheet, "this machine, all cores", *(command(root, size) for size in (SMALL, LARGE)))
        for workers in (1, 2):
            with cluster(folder, workers) as dask:
                on_workers(root, dask, workers, sheet)
    alone = classes.scores(root)
    sheet.add("disk: bytes of result and autograded notebook, a submission", kept_bytes(root) / LARGE)
    with cluster(folder, 2) as dask:
        wire(root, dask, sheet)
    with cluster(folder, 2) as dask:
        killed(root, dask, alone, sheet)


def on_workers(root: Path, dask: DaskCluster, workers: int, sheet: Sheet) -> None:
    """Both classes on a cluster; the scheduler's CPU beside, without what it takes when it has nothing to do."""
    scheduler = dask.started[0].pid
    began, idle = time.monotonic(), cpu_seconds(scheduler)
    time.sleep(3)
    idle_rate = (cpu_seconds(scheduler) - idle) / (time.monotonic() - began)
    runs, busy = [], []
    command(root, SMALL, dask.address)  # the bundle is there, and the engines are warm
    for size in (SMALL, LARGE):
        before = cpu_seconds(scheduler)
        runs.append(command(root, size, dask.address))
        busy.append(cpu_seconds(scheduler) - before - idle_rate * runs[-1].seconds)
    what = f"{workers} worker{'s' * (workers > 1)}"
    steady(sheet, what, *runs)
    sheet.add(f"{what}: scheduler's CPU, ms a submission", 1000 * (busy[1] - busy[0]) / (LARGE - SMALL))
    sheet.add(f"{what}: caller's CPU, ms a submission", 1000 * (runs[1].cpu - runs[0].cpu) / (LARGE - SMALL))
    sheet.add(
        f"{what}: caller's memory, kB a submission", (runs[1].peak_bytes - runs[0].peak_bytes) / (LARGE - SMALL) / 1e3
    )


def steady(sheet: Sheet, what: str, small: Run, large: Run) -> None:
    """Note what one more submission takes."""
    sheet.add(f"{what}: ms a submission", 1000 * (large.seconds - small.seconds) / (LARGE - SMALL))


def wire(root: Path, dask: DaskCluster, sheet: Sheet) -> None:
    """Count what goes through between the command and the scheduler."""
    counts = []
    for size in (SMALL, LARGE):
        with Relay(dask.port) as relay:
            command(root, size, relay.address)
        counts.append((relay.sent, relay.received))
    for name, small, large in zip(("to", "from"), *counts, strict=True):
        sheet.add(f"wire: kB {name} the scheduler, a submission", (large - small) / (LARGE - SMALL) / 1e3)


def killed(root: Path, dask: DaskCluster, alone: Mapping[str, Mapping[str, float]], sheet: Sheet) -> None:
    """Kill one of two workers in the middle, and see that every student stands in the gradebook once, as before."""
    log = root / "events.jsonl"
    results = root / ".allclose" / LAB / "results"

    def in_the_middle() -> None:
        while len(list(results.glob("*.json"))) < LARGE // 2:
            time.sleep(0.01)
        kill(dask.started[1])

    watcher = threading.Thread(target=in_the_middle)
    clear(root)
    watcher.start()
    run = command(root, LARGE, dask.address, "--log", str(log), cleared=True)
    watcher.join()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    graded = [line["student"] for line in lines if line.get("event", line.get("kind")) in ("graded", "done")]
    if classes.scores(root) != alone:
        sheet.problems.append("after a worker was killed the gradebook is not the one of this machine alone")
    if len(list(results.glob("*.json"))) != LARGE or (graded and sorted(graded) != sorted(set(graded))):
        sheet.problems.append("after a worker was killed a submission is graded twice, or not at all")
    sheet.add(f"a class of {LARGE}, one of 2 workers killed in the middle: seconds", run.seconds)
    sheet.facts["killed worker"] = (
        f"of {LARGE} submissions each stands in the gradebook once, with the points that it has without a cluster"
    )


def estimate(figures: Mapping[str, float]) -> dict[str, str]:
    """What `WORKERS` workers and `SUBMISSIONS` submissions would take, on paper."""
    each = figures["1 worker: ms a submission"] / 1000
    scheduler = figures["2 workers: scheduler's CPU, ms a submission"] / 1000
    caller = figures["2 workers: caller's CPU, ms a submission"] / 1000
    wired = (
        figures["wire: kB to the scheduler, a submission"] + figures["wire: kB from the scheduler, a submission"]
    ) / 1e3
    disk = figures["disk: bytes of result and autograded notebook, a submission"] / 1e6
    rates = {"workers": WORKERS / each, "scheduler": 1 / scheduler, "command": 1 / caller}
    first = min(rates, key=rates.__getitem__)
    rate = rates[first]
    return {
        "on paper: submissions a second, at most": ", ".join(f"{name} {one:.0f}" for name, one in rates.items()),
        "on paper: what is full first": first,
        "on paper: hours for all": f"{SUBMISSIONS / rate / 3600:.1f}",
        "on paper: workers that one command keeps busy": f"{min(1 / scheduler, 1 / caller) * each:.0f}",
        "on paper: core hours of grading": f"{SUBMISSIONS * each / 3600:.0f}",
        "on paper: MB a second through the scheduler's network, both ways": f"{2 * wired * rate:.0f}",
        "on paper: GB on disk": f"{SUBMISSIONS * disk / 1e3:.0f}",
        "on paper: GB over the wire": f"{SUBMISSIONS * wired / 1e3:.0f}",
    }


def hand_in(assignment: Assignment, submitted: Path, size: int) -> None:
    """Write solved submissions, no two of them the same text."""
    (notebook,) = assignment.notebooks
    content = solved(notebook)
    for number in range(size):
        student = f"s{number:04d}"
        cells = [dict(cell) for cell in content["cells"]]
        for cell in cells:
            if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution"):
                cell["source"] += f"\n# {student}"
        folder = submitted / student / LAB
        folder.mkdir(parents=True)
        (folder / f"{LAB}.ipynb").write_text(json.dumps({**content, "cells": cells}))


def clear(root: Path) -> None:
    """Forget all results."""
    (root / "gradebook.db").unlink(missing_ok=True)
    shutil.rmtree(root / "autograded", ignore_errors=True)
    shutil.rmtree(root / ".allclose" / LAB, ignore_errors=True)


def command(
    root: Path, size: int, address: str | None = None, *more: str, prefix: Sequence[str] = (), cleared: bool = False
) -> Run:
    """Run `allclose grade` for a class, from nothing to the gradebook."""
    if not cleared:
        clear(root)
    grade = [str(Path(sys.executable).parent / "allclose"), "grade", LAB, "--submitted", str(size), *more]
    with tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*prefix, *grade, *(("--cluster", address) if address else ())],
            cwd=root,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(grade)} ended with {process.returncode}:\n{said.read()}")
    return Run(seconds, used.ru_utime + used.ru_stime, 1024 * used.ru_maxrss)


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[DaskCluster]:
    """A scheduler, and workers on a core each."""
    made = Path(tempfile.mkdtemp(dir=folder))
    dask = DaskCluster(made)
    try:
        dask.start_scheduler()
        for number in range(workers):
            dask.start_worker(f"worker{number}", prefix=on_core(number))
        for number in range(workers):
            wait_for(made / f"worker{number}.log", "Registered to:")
        yield dask
    finally:
        dask.stop()


def wait_for(log: Path, words: str) -> None:
    """Wait until a process has written so."""
    until = time.monotonic() + _READY_SECONDS
    while words not in log.read_text():
        if time.monotonic() > until:
            sys.exit(f"{log.name}: no '{words}' in {_READY_SECONDS} s:\n{log.read_text()}")
        time.sleep(0.05)


def on_core(number: int) -> tuple[str, ...]:
    """What keeps a command on one of this machine's cores."""
    cores = sorted(os.sched_getaffinity(0))
    return ("taskset", "-c", str(cores[number % len(cores)]))


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, without those that it started."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def kept_bytes(root: Path) -> int:
    """What a class leaves on disk."""
    kept = [*(root / ".allclose" / LAB).rglob("*"), *(root / "autograded").rglob("*"), root / "gradebook.db"]
    return sum(path.stat().st_size for path in kept if path.is_file())


class Relay:
    """A way to a port on this machine that counts what goes through."""

    def __init__(self, port: int) -> None:
        self.sent = self.received = 0
        self._port = port
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def address(self) -> str:
        """What the command is given in place of the scheduler's own."""
        return f"tcp://127.0.0.1:{self._own_port}"

    def __enter__(self) -> Relay:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self._own_port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(
            self._pass_on(reader, there_writer, "sent"), self._pass_on(there_reader, writer, "received")
        )

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counter: str) -> None:
        try:
            while data := await reader.read(1 << 16):
                setattr(self, counter, getattr(self, counter) + len(data))
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


if __name__ == "__main__":
    main()

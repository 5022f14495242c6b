"""`python -m benchmarks.cluster`: a class on this machine alone, on one Dask worker and on two, and what it costs.

Scheduler and workers are real processes on loopback, each worker on a core of its own. What one more submission takes
comes from the difference of two class sizes, so nothing of a start counts. From the figures follows what 100 workers
and 1,000,000 submissions would need, on paper. With `--write` both go into docs/cluster.md. Half a minute a round on an
idle machine of two cores, and another minute.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
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

from allclose.model import Assignment
from benchmarks import classes, graders
from benchmarks.processes import tree_seconds
from benchmarks.records import Sheet, save
from tests.dask import DaskCluster, kill

LAB = "lab2_minibatch_sgd"
SMALL, LARGE = 40, 160
#: What the estimate on paper is for.
WORKERS, SUBMISSIONS = 100, 1_000_000
#: How long a scheduler is watched that has nothing to do.
_IDLE_SECONDS = 10
PAGE = classes.ROOT / "docs" / "cluster.md"
KILLED = "killed worker"
_BEGIN, _END = "<!-- figures: python -m benchmarks.cluster --write -->", "<!-- /figures -->"


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
    arguments.add_argument("--write", action="store_true", help="keep the figures")
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
        before, _, rest = PAGE.read_text().partition(_BEGIN)
        PAGE.write_text("\n".join((f"{before}{_BEGIN}", *table(sheet), f"{_END}{rest.partition(_END)[2]}")))
    sys.exit(bool(sheet.problems))


def measure(folder: Path, rounds: int, sheet: Sheet) -> None:
    """Grade the class every way, in turns."""
    assignment = classes.make_course(folder / "course", LAB)
    for size in (SMALL, LARGE):
        classes.hand_in(assignment, assignment.root / str(size), size)
    command(assignment, SMALL)  # matplotlib's font list is made once in the life of a course
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        steady(
            sheet, "this machine, one core", *(command(assignment, size, prefix=on_core(0)) for size in (SMALL, LARGE))
        )
        steady(sheet, "this machine, all cores", *(command(assignment, size) for size in (SMALL, LARGE)))
        for workers in (1, 2):
            with cluster(folder, workers) as dask:
                on_workers(assignment, dask, workers, sheet)
    alone = graders.book_scores(assignment)
    sheet.add("disk: kB of result and autograded notebook, a submission", kept_bytes(assignment.root) / LARGE / 1e3)
    with cluster(folder, 2) as dask:
        wire(assignment, dask, sheet)
    with cluster(folder, 2) as dask:
        killed(assignment, dask, alone, sheet)


def on_workers(assignment: Assignment, dask: DaskCluster, workers: int, sheet: Sheet) -> None:
    """Both classes on a cluster; the scheduler's CPU beside, without what it takes when it has nothing to do."""
    scheduler = dask.started[0].pid
    began, idle = time.monotonic(), tree_seconds(scheduler)
    time.sleep(_IDLE_SECONDS)
    idle_rate = (tree_seconds(scheduler) - idle) / (time.monotonic() - began)
    runs, busy = [], []
    command(assignment, SMALL, dask.address)  # the bundle is there, and the engines are warm
    for size in (SMALL, LARGE):
        before = tree_seconds(scheduler)
        runs.append(command(assignment, size, dask.address))
        busy.append(tree_seconds(scheduler) - before - idle_rate * runs[-1].seconds)
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


def wire(assignment: Assignment, dask: DaskCluster, sheet: Sheet) -> None:
    """Count what goes through between the command and the scheduler."""
    counts = []
    for size in (SMALL, LARGE):
        with Relay(dask.port) as relay:
            command(assignment, size, relay.address)
        counts.append((relay.sent, relay.received))
    for name, small, large in zip(("to", "from"), *counts, strict=True):
        sheet.add(f"wire: kB {name} the scheduler, a submission", (large - small) / (LARGE - SMALL) / 1e3)


def killed(assignment: Assignment, dask: DaskCluster, alone: graders.Scores, sheet: Sheet) -> None:
    """Kill one of two workers in the middle, and see that every student stands in the gradebook once, as before."""
    log = assignment.root / "events.jsonl"
    results = assignment.root / ".allclose" / LAB / "results"

    def in_the_middle() -> None:
        while len(list(results.glob("*.json"))) < LARGE // 2:
            time.sleep(0.01)
        kill(dask.started[1])

    watcher = threading.Thread(target=in_the_middle)
    graders.forget(assignment)
    watcher.start()
    run = command(assignment, LARGE, dask.address, "--log", str(log), cleared=True)
    watcher.join()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    graded = sorted(line["student"] for line in lines if line["event"] == "graded")
    if graders.book_scores(assignment) != alone:
        sheet.problems.append("after a worker was killed the gradebook is not the one of this machine alone")
    if len(list(results.glob("*.json"))) != LARGE or graded != sorted(alone):
        sheet.problems.append("after a worker was killed a submission is graded twice, or not at all")
    sheet.add(f"a class of {LARGE}, one of 2 workers killed in the middle: seconds", run.seconds)
    sheet.facts[KILLED] = (
        f"of {LARGE} submissions each stands in the gradebook once, with the points that it has without a cluster"
    )


def estimate(figures: Mapping[str, float]) -> dict[str, str]:
    """What `WORKERS` workers of one core and `SUBMISSIONS` submissions would take, on paper."""
    each = figures["1 worker: ms a submission"] / 1000
    scheduler = figures["2 workers: scheduler's CPU, ms a submission"] / 1000
    caller = figures["2 workers: caller's CPU, ms a submission"] / 1000
    wired = sum(figures[f"wire: kB {way} the scheduler, a submission"] for way in ("to", "from")) / 1e3
    disk = figures["disk: kB of result and autograded notebook, a submission"] / 1e3
    rates = {"the workers": WORKERS / each, "the scheduler": 1 / scheduler, "the command": 1 / caller}
    first = min(rates, key=rates.__getitem__)
    rate = rates[first]
    return {
        "submissions a second that each could do": ", ".join(f"{name} {one:.0f}" for name, one in rates.items()),
        "full first": f"{first}, at {rate:.0f} a second",
        "workers that keep pace with the command and the scheduler": f"{min(1 / scheduler, 1 / caller) * each:.0f}",
        "all of them": f"{SUBMISSIONS / rate / 3600:.1f} hours, {SUBMISSIONS * each / 3600:.0f} core hours of grading",
        "through the scheduler's network": f"{2 * wired * rate:.0f} MB/s, {2 * SUBMISSIONS * wired / 1e3:.0f} GB",
        "on the command's disk": f"{disk * rate:.0f} MB/s, {SUBMISSIONS * disk / 1e3:.0f} GB",
    }


def table(sheet: Sheet) -> list[str]:
    """The figures and the estimate as a page shows them."""
    about = sheet.record().machine
    rows = [
        (name, f"{statistics.median(values):.1f} ({min(values):.1f}–{max(values):.1f})")
        for name, values in sheet.samples.items()
    ]
    paper = [(name, fact) for name, fact in sheet.facts.items() if name != KILLED]
    return [
        f"\n{about.cores} cores ({about.processor}), load {about.load:.1f} before. Medians, and the range.\n",
        "| measured | |\n|---|---|",
        *(f"| {name} | {value} |" for name, value in rows),
        f"\nA worker killed in the middle: {sheet.facts[KILLED]}.\n",
        f"| on paper, for {WORKERS} workers of one core and {SUBMISSIONS:,} submissions | |\n|---|---|",
        *(f"| {name} | {value} |" for name, value in paper),
        "",
    ]


def command(
    assignment: Assignment,
    size: int,
    address: str | None = None,
    *more: str,
    prefix: Sequence[str] = (),
    cleared: bool = False,
) -> Run:
    """Run `allclose grade` for a class, from nothing to the gradebook."""
    if not cleared:
        graders.forget(assignment)
    grade = [str(Path(sys.executable).parent / "allclose"), "grade", LAB, "--submitted", str(size), *more]
    with tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*prefix, *grade, *(("--cluster", address) if address else ())],
            cwd=assignment.root,
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
            dask.wait_for(f"worker{number}")
        yield dask
    finally:
        dask.stop()


def on_core(number: int) -> tuple[str, ...]:
    """What keeps a command on one of this machine's cores."""
    cores = sorted(os.sched_getaffinity(0))
    return ("taskset", "-c", str(cores[number % len(cores)]))


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

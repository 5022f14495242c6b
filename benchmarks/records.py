"""What each part of the benchmark measured, on which machine and at which commit: one JSON file for each part.

The page is made from these files, so that a part which takes long need not be measured again with the others.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "results"
_VERSIONED = ("numpy", "torch", "matplotlib", "ipython", "pytest", "nbgrader", "otter-grader")


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on besides the code; `load` is the load average of one minute before measuring."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    versions: dict[str, str]
    load: float


@dataclass(frozen=True, slots=True)
class Record:
    """One part: samples by name, all of one unit a name; facts in words; and what could not be measured, and why."""

    part: str
    when: str
    commit: str
    machine: Machine
    samples: dict[str, list[float]]
    facts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Sheet:
    """A record that is being filled."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.samples: dict[str, list[float]] = {}
        self.facts: dict[str, str] = {}
        self.problems: list[str] = []
        self._began = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
        self._machine = machine()

    def add(self, name: str, *values: float) -> None:
        """Note samples."""
        self.samples.setdefault(name, []).extend(values)

    def record(self) -> Record:
        """What was noted so far."""
        return Record(self.part, self._began, commit(), self._machine, self.samples, self.facts, self.problems)


def measured(part: str, work: Callable[[Path, Sheet], None]) -> Record:
    """Measure a part in a folder that goes afterwards; what ends it early is a problem of its record, not of others."""
    sheet = Sheet(part)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        try:
            work(Path(folder), sheet)
        except Exception as error:  # noqa: BLE001
            traceback.print_exc()
            sheet.problems.append(f"{type(error).__name__}: {error}")
    print(f"{part}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return sheet.record()


def save(record: Record, folder: Path = FOLDER) -> None:
    """Keep a record in the place of the one before."""
    folder.mkdir(exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(record), indent=1)
    (folder / f"{record.part}.json").write_bytes(text + b"\n")


def load(folder: Path = FOLDER) -> dict[str, Record]:
    """All records, by part."""
    found = (msgspec.json.decode(path.read_bytes(), type=Record) for path in sorted(folder.glob("*.json")))
    return {record.part: record for record in found}


def commit() -> str:
    """The commit that is checked out, with a plus where files differ from it."""
    head = _git("rev-parse", "--short", "HEAD")
    return f"{head}+" if _git("status", "--porcelain", "--untracked-files=no", "--", "src", "benchmarks") else head


def machine() -> Machine:
    """This machine, as it is now."""
    versions = {name: version(name) for name in _VERSIONED}
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        versions={"Python": platform.python_version(), **versions},
        load=round(os.getloadavg()[0], 2),
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "no commit"

"""What there is to wait for before the first submission: imports, the command, both engines."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks import classes
from benchmarks.records import Sheet

#: A lab without torch, and one whose notebook and suite import it.
LABS = ("lab2_minibatch_sgd", "lab7_data_parallel")
_ENGINES = """
import sys
from pathlib import Path
from allclose import course
from allclose.grading.engine import Engine
from allclose.model import Tier
from allclose.suite.secret import load_seed
root, lab = sys.argv[1:]
assignment = course.load(Path(root), lab)
with Engine(assignment, tier=Tier.STRONG, device="cpu", seed=load_seed(assignment.root)):
    print("ready", flush=True)
    sys.stdin.read()
"""


def measure(folder: Path, sheet: Sheet, *, rounds: int) -> None:
    """Measure each in a new process, in turns."""
    courses = [classes.make_course(folder / lab, lab) for lab in LABS]
    python = sys.executable
    commands = {
        "python": [python, "-c", "pass"],
        "import": [python, "-c", "import allclose"],
        "help": [str(Path(python).parent / "allclose"), "--help"],
    }
    for number in range(rounds + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if number:  # the first time, files come from the disk
                sheet.add(name, time.perf_counter() - began)
        for assignment in courses:
            seconds = _engines_ready(assignment.root, assignment.name)
            if number:
                sheet.add(f"engines.{assignment.name}", seconds)


def _engines_ready(root: Path, lab: str) -> float:
    """Seconds from the start of a new process until both of its engines can work."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", _ENGINES, str(root), lab], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        said = process.stdout.readline()
        seconds = time.perf_counter() - began
        process.stdin.close()
    if said != "ready\n" or process.returncode:
        raise RuntimeError(f"the engines of {lab} did not start")
    return seconds

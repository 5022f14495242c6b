"""`python -m benchmarks.growth --sizes 10,100,1000,10000`: what a class costs as it grows.

Each class is graded by the real `allclose grade`, from nothing; every score in the gradebook is compared with what it
must be. Then one hidden test is changed, and the largest class graded again.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from allclose.model import Assignment
from benchmarks import classes, graders, mixtures, page
from benchmarks.graders import CommandFailed
from benchmarks.mixtures import Worth
from benchmarks.processes import peak_bytes
from benchmarks.records import Sheet, measured, save

LAB = "lab5_optimizers"
#: The test that is changed: it draws one number more, so that all its hidden inputs are others.
CHANGED = "test_adam_goes_the_right_way_for_sixty_steps"
DRAW = "    rng.normal()\n"
#: Classes up to this size are graded `REPEATS` times, because what a submission takes is told from differences.
SMALL, REPEATS = 100, 3
WATCH_SECONDS = 0.02
PART = "growth"
_SUMMARY = re.compile(r"\d+ submissions? in .*?\.(?= |$)")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a command: its time, the most memory its own process held, and the line that sums it up."""

    seconds: float
    peak_bytes: int
    said: str


def main() -> None:
    """Measure, print, and keep the figures."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    arguments.add_argument("--sizes", default="10,100,1000,10000", help="students in each class, rising")
    arguments.add_argument("--write", action="store_true", help="keep the figures and make the page anew")
    chosen = arguments.parse_args()
    sizes = tuple(int(size) for size in chosen.sizes.split(","))
    record = measured(PART, lambda folder, sheet: measure(folder, sheet, sizes))
    print("\n".join(page.section(PART, {PART: record})))
    if chosen.write:
        save(record)
        page.main()
    if record.problems:
        sys.exit("\n".join(record.problems))


def measure(folder: Path, sheet: Sheet, sizes: tuple[int, ...]) -> None:
    """Grade classes of these sizes, the largest once more after one test has changed."""
    assignment = classes.make_course(folder, LAB, demonstrations=True)
    worth = mixtures.worth(assignment)
    sheet.facts["sizes"] = " ".join(map(str, sizes))
    for size in sizes:
        submitted = folder / "classes" / str(size)
        mixtures.hand_in(assignment, submitted, mixtures.mixtures(assignment, size))
        for _ in range(REPEATS if size <= SMALL else 1):
            graders.forget(assignment)
            run = _grade(assignment, submitted)
            print(f"{size}: {run.said}", file=sys.stderr)
            sheet.add(f"{size}.seconds", run.seconds)
            sheet.add(f"{size}.peak", run.peak_bytes)
        sheet.add(f"{size}.handed-in", _disk_bytes(submitted))
        sheet.add(f"{size}.results", _disk_bytes(folder / ".allclose" / LAB))
        sheet.add(f"{size}.gradebook", _disk_bytes(folder / "gradebook.db"))
        sheet.add(f"{size}.autograded", _disk_bytes(folder / "autograded"))
        _compare(assignment, worth, size, sheet, "")
        if size != sizes[-1]:
            shutil.rmtree(submitted)
    (suite,) = assignment.suite
    suite.write_text(with_one_test_changed(suite.read_text()))
    log = folder / "regrade.jsonl"
    run = _grade(assignment, submitted, "--log", str(log))
    print(f"one changed test: {run.said}", file=sys.stderr)
    sheet.add("regrade.seconds", run.seconds)
    sheet.add("regrade.peak", run.peak_bytes)
    sheet.facts["regrade"] = run.said
    sheet.facts["touched"] = touched(log.read_text())
    _compare(assignment, worth, sizes[-1], sheet, " after one test was changed")


def with_one_test_changed(suite: str) -> str:
    """The suite whose test `CHANGED` draws one number more before it begins."""
    lines = suite.splitlines(keepends=True)
    function = next(
        node for node in ast.parse(suite).body if isinstance(node, ast.FunctionDef) and node.name == CHANGED
    )
    lines.insert(function.body[1].lineno - 1, DRAW)  # behind its docstring
    return "".join(lines)


def touched(log: str) -> str:
    """What a run's log says it did again: whole submissions, single questions, or nothing."""
    events = [json.loads(line) for line in log.splitlines()]
    kinds = Counter(event["event"] for event in events)
    questions = Counter(question for event in events for question in event.get("tested", ()))
    rerun = ", ".join(f"{question} of {count:,}" for question, count in sorted(questions.items()))
    return (
        f"{kinds['graded']:,} submissions graded as a whole, {kinds['rerun']:,} in single questions"
        f"{f' ({rerun})' if rerun else ''}, {kinds['reused']:,} kept as they were"
    )


def _grade(assignment: Assignment, submitted: Path, *options: str) -> Run:
    """Run `allclose grade` and watch its memory; the processes of the sandbox and of the suite are others."""
    script = Path(sys.executable).parent / "allclose"
    with tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            [script, "grade", LAB, "--submitted", submitted, *options], cwd=assignment.root, stdout=said, stderr=said
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, peak_bytes(process.pid))
            time.sleep(WATCH_SECONDS)
        seconds = time.perf_counter() - began
        said.seek(0)
        text = " ".join(said.read().split())
    if process.returncode:
        raise CommandFailed(f"allclose grade ended with {process.returncode}: {text[-200:]}")
    summary = _SUMMARY.search(text)
    return Run(seconds, peak, summary[0] if summary else "")


def _compare(assignment: Assignment, worth: Worth, size: int, sheet: Sheet, when: str) -> None:
    """Hold every score of the gradebook against what it must be."""
    found = graders.book_scores(assignment)
    wrong = [
        f"{each.student} has {found.get(each.student)}, not {each.expected(worth)}"
        for each in mixtures.mixtures(assignment, size)
        if found.get(each.student) != each.expected(worth)
    ]
    if wrong:
        sheet.problems.append(f"{len(wrong)} of {size} have other scores than expected{when}: {wrong[0]}")
    sheet.add(f"{size}.compared", sum(len(scores) for scores in found.values()))


def _disk_bytes(path: Path) -> int:
    return sum(512 * each.lstat().st_blocks for each in itertools.chain([path], path.rglob("*")))


if __name__ == "__main__":
    main()

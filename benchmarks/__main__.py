"""`make bench`: measure, print one table, and with `--write` keep it in docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks import classes
from benchmarks.parts import Stopwatch, engine_parts, processes

SMALL, LARGE = 40, 100
#: What one `nbgrader autograde` takes: the first student alone, and these besides.
MORE = 3
REPORT = classes.ROOT / "docs" / "benchmarks.md"
ABOUT = """# How fast a class is graded

`make bench` measures it. Submissions are solved notebooks of lab 2, whose figure is rendered and stored; the lab's
demonstrations are taken out, because nbgrader would run them too. Both graders run the same cells and the same hidden
suite, nbgrader through `allclose.run_suite`, in turns and in one run; the scores in the two gradebooks are equal.
`steady` is what one more submission takes: from the difference of two class sizes. Times are medians, then the lowest
and highest.
"""


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    arguments.add_argument("--write", action="store_true", help=f"keep the table in {REPORT.name}")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        lines = measure(Path(folder), chosen.rounds)
    print("\n".join(lines))
    if chosen.write:
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text("\n".join([ABOUT, *lines, ""]))


def measure(folder: Path, rounds: int) -> list[str]:
    """Run both graders in turns, compare what they found, and give the table."""
    theirs = classes.make_course(folder / "nbgrader")
    ours = classes.make_course(folder / "allclose")
    (theirs.root / ".allclose").mkdir()
    (ours.root / ".allclose").mkdir()
    for root in (theirs.root, ours.root):
        (root / ".allclose" / "secret").write_text("5e" * 32 + "\n")
    classes.hand_in(theirs, theirs.root / "submitted", 1 + MORE)
    for size in (1, SMALL, LARGE):
        classes.hand_in(ours, ours.root / str(size), size)
    classes.command(theirs.root, "nbgrader", "generate_assignment", classes.LAB)
    classes.allclose(ours.root, "1")  # matplotlib's font list is made once in the life of a course

    peer_cold, peer_steady, cold_small, cold, steady = [], [], [], [], []
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        one, all_four = classes.nbgrader(theirs.root, "s000"), classes.nbgrader(theirs.root, "*")
        peer_cold.append(one)
        peer_steady.append((all_four - one) / MORE)
        cold_small.append(classes.allclose(ours.root, str(SMALL)))
        cold.append(classes.allclose(ours.root, str(LARGE)))
        steady.append((cold[-1] - cold_small[-1]) / (LARGE - SMALL))
    points = compare(theirs.root, ours.root)

    (ours.root / "gradebook.db").unlink()
    watch = Stopwatch()
    engine_parts(ours, ours.root / str(SMALL), watch)
    processes(ours, watch, SMALL)

    peer = statistics.median(peer_steady)
    rows = [
        ("`nbgrader autograde`, one submission, whole command", _seconds(peer_cold), ""),
        ("`nbgrader autograde`, each further submission", _seconds(peer_steady), ""),
        ("`allclose grade`, each further submission (steady)", _millis(steady), _ratio(peer, steady, 1)),
        (
            f"`allclose grade`, class of {SMALL}, start to gradebook",
            _seconds(cold_small),
            _ratio(peer, cold_small, SMALL),
        ),
        (f"`allclose grade`, class of {LARGE}, start to gradebook", _seconds(cold), _ratio(peer, cold, LARGE)),
        *((f"engine alone: {part}", _millis(seconds), "") for part, seconds in watch.seconds.items()),
    ]
    return [f"{_machine()} {points}", "", *_table(("what", "time", "nbgrader"), rows)]


def compare(theirs: Path, ours: Path) -> str:
    """Check that both gradebooks give the same points and both notebooks hold the same figures; say what they are."""
    found, known = classes.scores(ours), classes.scores(theirs)
    pictures = {classes.figures(root, student) for root in (theirs, ours) for student in known}
    different = [student for student in known if known[student] != found[student]]
    if different or len(pictures) != 1:
        sys.exit(f"the graders disagree: {different or pictures}")
    totals = {sum(cells.values()) for cells in found.values()}
    if len(totals) != 1:
        sys.exit(f"equal answers, unequal points: {totals}")
    return f"Every submission has {totals.pop():g} points and {pictures.pop()} stored figure in both."


def _machine() -> str:
    names = ("nbgrader", "torch", "numpy", "matplotlib")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{os.cpu_count()} cores ({_processor()}), Python {platform.python_version()}, {versions}."


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _seconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} s ({min(values):.2f}–{max(values):.2f})"


def _millis(values: Sequence[float]) -> str:
    middle, low, high = (1000 * value for value in (statistics.median(values), min(values), max(values)))
    return f"{middle:.1f} ms ({low:.1f}–{high:.1f})"


def _ratio(peer: float, values: Sequence[float], size: int) -> str:
    return f"{peer * size / statistics.median(values):.0f} times as long"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, tuple("-" * width for width in widths), *rows]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]


if __name__ == "__main__":
    main()

"""`make bench`: measure, print the budgets and our figures beside them; `--write` keeps them and makes the page anew.

Classes of up to 10,000 are apart, because they take long: `python -m benchmarks.growth`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import classes, feedback, overhead, page, parts, records, references, startup, throughput
from benchmarks.records import Sheet


def main() -> None:
    """Measure what was asked for; ends with 1 where something could not be measured, or is not as it should be."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"only some of: {', '.join(PARTS)}")
    arguments.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    arguments.add_argument("--quick", action="store_true", help="one round and small classes: does it all run?")
    arguments.add_argument("--write", action="store_true", help=f"keep the figures and make {page.PAGE.name} anew")
    chosen = arguments.parse_args()
    unknown = [part for part in chosen.parts if part not in PARTS]
    if chosen.quick and chosen.write:
        arguments.error("--quick measures too little to be kept")
    if unknown:
        arguments.error(f"no part is called {unknown[0]}: {', '.join(PARTS)}")
    rounds = 1 if chosen.quick else chosen.rounds
    measured = {
        part: records.measured(part, partial(PARTS[part], rounds=rounds, quick=chosen.quick))
        for part in chosen.parts or PARTS
    }
    known = records.load() | measured
    print("\n".join(page.lines(known)))
    if chosen.write:
        for record in measured.values():
            records.save(record)
        page.write(known)
    problems = [f"{part}: {problem}" for part, record in measured.items() for problem in record.problems]
    if problems:
        sys.exit("\n".join(problems))


def _throughput(folder: Path, sheet: Sheet, *, rounds: int, quick: bool) -> None:
    throughput.measure(folder, sheet, rounds=rounds, sizes=(10, 30) if quick else (100, 300))


def _overhead(folder: Path, sheet: Sheet, *, rounds: int, quick: bool) -> None:
    for kind, lab in throughput.LABS.items():
        assignment = classes.make_course(folder / kind, lab)
        overhead.measure(assignment, kind, sheet, rounds=rounds, size=5 if quick else 20)


def _parts(folder: Path, sheet: Sheet, *, rounds: int, quick: bool) -> None:
    for kind, lab in throughput.LABS.items():
        parts.measure(classes.make_course(folder / kind, lab), kind, sheet, size=5 if quick else 20 * rounds)


def _feedback(folder: Path, sheet: Sheet, *, rounds: int, quick: bool) -> None:
    feedback.measure(folder, sheet, rounds=rounds, students=20 if quick else 500)


def _startup(folder: Path, sheet: Sheet, *, rounds: int, quick: bool) -> None:
    startup.measure(folder, sheet, rounds=2 if quick else 3 * rounds)


def _references(_folder: Path, sheet: Sheet, *, rounds: int, quick: bool) -> None:
    references.measure(sheet, rounds=1 if quick else rounds)


PARTS: dict[str, Callable[..., None]] = {
    "throughput": _throughput,
    "overhead": _overhead,
    "parts": _parts,
    "feedback": _feedback,
    "startup": _startup,
    "references": _references,
}


if __name__ == "__main__":
    main()

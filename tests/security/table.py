"""Grade the attack bank and print what came of it: `python -m tests.security.table [--tier basic] [attack ...]`."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from allclose.model import Tier
from allclose.sandbox.probe import best_tier
from tests.security.bank import Bank, attacks, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", type=Tier, choices=[Tier.STRONG, Tier.BASIC], help="default: the best one here")
    parser.add_argument("--slow", type=int, default=0, metavar="N", help="name the N slowest attacks")
    parser.add_argument("--verbose", action="store_true", help="print every grade")
    parser.add_argument("attack", nargs="*", help="part of the names of those to run; default: all")
    asked = parser.parse_args()
    tier = asked.tier or best_tier()
    chosen = [one for one in attacks() if not asked.attack or any(part in one.id for part in asked.attack)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Bank(Path(folder), tier).open() as bank:
        outcomes = [bank.run(attack) for attack in chosen]
    print(table(outcomes, tier))
    print(f"{time.monotonic() - began:.0f} s")
    for one in sorted(outcomes, key=lambda one: -one.seconds)[: asked.slow]:
        print(f"  {one.seconds:5.1f} s  {one.attack.id}")
    for one in outcomes if asked.verbose else ():
        lost = {mark.question: sorted({test.verdict.value for test in mark.tests}) for mark in one.grade.questions}
        short = {question: verdicts for question, verdicts in lost.items() if verdicts != ["passed"]}
        print(f"  {one.attack.id}: {one.grade.status} {one.grade.score:g} {short} {list(one.grade.flags)}")


if __name__ == "__main__":
    main()

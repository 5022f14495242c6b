"""Grade every attack of the bank and as many honest submissions as one class: `python -m tests.security.crowd`."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

from allclose.grading.batch import Options, grade_class
from allclose.model import Tier
from allclose.notebook.splice import solved
from allclose.sandbox.probe import best_tier
from tests.security.bank import Bank, attacks, left_over
from tests.security.hostile_course import LAB
from tests.suited_course import hand_in

HONEST = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", type=Tier, choices=[Tier.STRONG, Tier.BASIC], help="default: the best one here")
    tier = parser.parse_args().tier or best_tier()
    with tempfile.TemporaryDirectory() as folder:
        bank = Bank(Path(folder), tier)
        hostile = attacks()
        for attack in hostile:
            bank.hand_in(attack)
        content = solved(bank.assignment.notebooks[0])
        names = [f"honest-{number:03}" for number in range(HONEST)]
        for name in names:
            hand_in(bank.root, name, LAB, json.loads(json.dumps(content)))
        batch = grade_class(bank.assignment, bank.submitted, Options(tier), lambda event: None)
    grades = {grade.student: grade for grade in batch.grades}
    full = sum(grades[name].score == grades[name].max_score and not grades[name].flags for name in names)
    statuses = Counter(grades[attack.student].status.value for attack in hostile)
    print(f"tier {tier}: {len(hostile)} hostile and {HONEST} honest submissions in {batch.seconds:.0f} s")
    print(f"honest with full marks and no flag: {full} of {HONEST}")
    print(f"hostile by status: {dict(statuses)}")
    print(f"processes left: {len(left_over())}")


if __name__ == "__main__":
    main()

"""Whatever is changed in a course, a regrade gives the grades, messages and notebooks of a fresh run."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.regraded_course import (
    KNOWN_PLACE,
    LIMITS_PLACE,
    REFERENCE_PLACE,
    SOURCE_PLACE,
    SUITE_PLACE,
    as_fresh,
    edit,
    run,
    write_class,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_class(tmp_path / "course")


def test_a_changed_mistake_touches_those_who_lost_points_there(root: Path) -> None:
    run(root)
    edit(root, KNOWN_PLACE, "Divide it.", "Divide it by their number.")
    again = run(root)
    assert again.rerun == {
        "wrong": ("mean",),
        **dict.fromkeys(("right", "raises", "uncentred", "chance"), ()),
    }
    wrong = next(grade for grade in again.grades if grade.student == "wrong")
    assert wrong.questions[1].tests[0].message == "The sum. Divide it by their number."
    assert as_fresh(root, again)


EDITS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "test": ((SUITE_PLACE, "agree(submission.double(x), 2 * x)", "agree(submission.double(x), 3 * x)"),),
    "helper": ((SUITE_PLACE, "SIZE = 4", "SIZE = 5"),),
    "message": ((SUITE_PLACE, "the mean of 1 and 2", "the mean of two"),),
    "reference": ((REFERENCE_PLACE, "return sum(x) / len(x)", "return sum(x) / len(x) + 1"),),
    "mistake": ((KNOWN_PLACE, "Divide it.", "Divide it, please."),),
    "points": (
        (SUITE_PLACE, '@grade("centred", points=3)', '@grade("centred", points=6)'),
        (SOURCE_PLACE, '"points": 3', '"points": 6'),
    ),
    "more time": ((LIMITS_PLACE, "test_seconds = 1.0", "test_seconds = 1.5"),),
}


@pytest.mark.parametrize("seed", range(6))
def test_after_any_edits_the_grades_are_those_of_a_fresh_run(root: Path, seed: int) -> None:
    chance = random.Random(seed)
    run(root)
    chosen = chance.sample(sorted(EDITS), 3)
    for name in chosen:
        for change in EDITS[name]:
            edit(root, *change)
    if chance.random() < 0.5:
        with (root / SUITE_PLACE).open("a") as file:
            file.write(
                '\n\n@grade("mean", points=0)\ndef test_more(submission):\n    assert submission.mean([2]) == 3\n'
            )
    again = run(root)
    assert as_fresh(root, again), chosen

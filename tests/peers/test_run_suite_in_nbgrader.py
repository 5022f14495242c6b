"""The hidden suite in process, inside the real `nbgrader autograde`: the same points as the engine gives."""

from __future__ import annotations

import pytest

from allclose.model import Tier
from tests.graders import (
    Scores,
    answered,
    by_engine,
    by_nbgrader,
    course_without_demonstrations,
    engine_scores,
    hand_in,
)

pytestmark = pytest.mark.xdist_group("run-suite")

LAB = "lab2_minibatch_sgd"
FULL = {"batches": 30.0, "shuffle": 14.0, "sgd": 20.0, "epoch_mean": 10.0, "noise": 20.0}
#: Right, but it prints, warns and returns NumPy scalars: nbgrader takes the one for no points, the other for all.
LOUD = """
import os, sys, warnings

def num_batches(n, batch_size):
    print("counting")
    warnings.warn("this is slow")
    os.write(2, b"below Python")
    print("counting", file=sys.stderr)
    return np.int64(np.ceil(n / batch_size))

def batch_bounds(j, n, batch_size):
    sys.stderr.write("at batch %d" % j)
    return np.int64(j * batch_size), np.minimum((j + 1) * batch_size, n)
"""
#: Broken attempts that end the interpreter or pytest, and one that changes what it is given.
ENDING = {
    "shuffle": "def shuffled(x, y, rng):\n    import sys\n    sys.exit(0)",
    "epoch_mean": "import pytest\ndef epoch_means(values, per_epoch):\n    pytest.exit('no')\n\n"
    "def converged_epochs(values, per_epoch, tol):\n    pytest.skip('no')",
}
CHANGING = """
def shuffled(x, y, rng):
    order = rng.permutation(len(x))
    x[:], y[:] = x[order], y[order]
    return x, y
"""


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scores, Scores]:
    """Points by student and question: nbgrader's, and the engine's."""
    assignment = course_without_demonstrations(tmp_path_factory.mktemp("course"), LAB)
    wrong = {answer.name: answer.code for answer in assignment.misconceptions}
    answers = {
        "loud": {"batches": LOUD},
        "partial": {
            "batches": wrong["batches--count-is-a-float"],
            "shuffle": CHANGING,
            "sgd": wrong["sgd--shuffled-once"],
            "epoch_mean": wrong["epoch_mean--absolute-change"],
            "noise": wrong["noise--factor-two-missing"],
        },
        "ending": ENDING,
        "blank": None,
    }
    hand_in(assignment, {student: answered(assignment, given) for student, given in answers.items()})
    theirs = by_nbgrader(assignment, tmp_path_factory.mktemp("nbgrader"), ours=False)
    return theirs, engine_scores(by_engine(assignment, Tier.NONE))


def test_every_submission_scores_in_nbgrader_what_it_scores_in_the_engine(scores: tuple[Scores, Scores]) -> None:
    theirs, ours = scores
    assert theirs == ours


def test_the_scores_tell_right_from_wrong(scores: tuple[Scores, Scores]) -> None:
    theirs, _ = scores
    assert theirs["loud"] == FULL
    assert theirs["blank"] == dict.fromkeys(FULL, 0.0)
    assert theirs["ending"] == {**FULL, "shuffle": 0.0, "epoch_mean": 0.0}
    assert all(0.0 < theirs["partial"][name] < FULL[name] for name in FULL)

"""The run in Gradescope's container: one submission to `results.json`, at the best isolation that this place gives.

Run by `run_autograder` as `python -m allclose.cli.container ROOT LAB …`, as root as a rule. What students
must not see is then root's alone, and their code never runs as root: at `strong` and `basic` the sandbox sees to it, at
`none` it steps down to a user without rights, and where it cannot, nothing is graded.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from allclose import course
from allclose.errors import IsolationUnavailable, SandboxError
from allclose.grading.engine import Engine
from allclose.interop.bundles.handed_in import in_place
from allclose.model import Assignment, Grade, Json, Status, Submission, Tier
from allclose.notebook.read import read_submission
from allclose.notebook.splice import solved
from allclose.report.files import write_whole
from allclose.report.gradescope import VISIBILITIES, not_graded, results
from allclose.report.tables import points
from allclose.sandbox.isolation import has_second_wall
from allclose.sandbox.spawner import Spawner
from allclose.sandbox.users import root_steps_down
from allclose.suite.secret import load_seed

_STUDENT = "submission"
_SECOND_WALL = "Student code ran as a user without rights, behind Landlock and a filter of system calls: no network."
_NO_SECOND_WALL = (
    "Student code ran as a user without rights; it could use the network and read what everybody can read."
)


def main(arguments: Sequence[str]) -> int:
    """Grade, write the results, and return the exit code: 1 where there is no score, by a fault of ours."""
    given = _parser().parse_args(arguments)
    tiers = [Tier(name) for name in given.isolation]
    if given.check:
        return _check(course.load(given.root / "source" / "course", given.lab), tiers)
    began = time.monotonic()
    try:
        found, code = _graded(given.root, given.lab, tiers, given.visibility, began)
    except Exception:  # noqa: BLE001 - whatever it is, Gradescope gets results, and its staff the reason
        traceback.print_exc(file=sys.stdout)
        found, code = not_graded(time.monotonic() - began), 1
    write_whole(given.root / "results" / "results.json", json.dumps(found, indent=1, allow_nan=False) + "\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run_autograder", allow_abbrev=False)
    parser.add_argument("root", type=Path)
    parser.add_argument("lab")
    parser.add_argument("--isolation", nargs="+", choices=[tier.value for tier in Tier], required=True)
    parser.add_argument("--visibility", choices=VISIBILITIES, required=True)
    parser.add_argument("--check", action="store_true", help="grade the solution, and write nothing")
    return parser


def _graded(root: Path, lab: str, tiers: Sequence[Tier], visibility: str, began: float) -> tuple[Json, int]:
    assignment = course.load(root / "source" / "course", lab)
    tier = _held_tier(assignment, tiers)
    with tempfile.TemporaryDirectory(prefix="handed-in-") as scratch:
        folder, flags = in_place(root / "submission", assignment, Path(scratch))
        submission = read_submission(folder, _STUDENT, assignment)
    grade = _grade(assignment, tier, replace(submission, flags=(*flags, *submission.flags)))
    seconds = time.monotonic() - began
    if grade.status is Status.INFRA:
        print(f"not graded: {grade.reason}")
        return not_graded(seconds), 1
    print(f"{points(grade.score)} of {points(grade.max_score)} at isolation tier {tier} in {seconds:.1f} s")
    if tier is Tier.NONE:
        print(_NO_SECOND_WALL if not has_second_wall() else _SECOND_WALL)
    cells = [cell for notebook in assignment.notebooks for cell in notebook.grade_cells]
    by_hand = [(cell.grade_id, cell.points) for cell in cells if cell.kind != "auto"]
    return results(grade, by_hand, visibility, seconds), 0


def _held_tier(assignment: Assignment, tiers: Sequence[Tier]) -> Tier:
    """The first of the tiers that can be had here.

    Raises
    ------
    IsolationUnavailable
        If none can; what stopped each has been printed.
    """
    for tier in tiers:
        try:
            _try(assignment, tier)
        except IsolationUnavailable as error:
            print(f"{tier}: {error}")
        else:
            return tier
    raise IsolationUnavailable(f"none of {', '.join(tiers)} can be had in this container")


def _try(assignment: Assignment, tier: Tier) -> None:
    if tier is not Tier.NONE:
        with Spawner(tier, (assignment.root,), (), assignment.limits, assignment.root / ".allclose" / "cache") as one:
            one.wait_ready()
    elif not root_steps_down():
        root_is_here = os.geteuid() == 0
        why = "everybody must be able to read Python (chmod -R o+rX)" if root_is_here else "only root can step down"
        raise IsolationUnavailable(f"student code would run as the user that holds the hidden tests: {why}")


def _grade(assignment: Assignment, tier: Tier, submission: Submission) -> Grade:
    with Engine(assignment, tier=tier, device="cpu", seed=load_seed(assignment.root)) as engine:
        return engine.grade(submission)


def _check(assignment: Assignment, tiers: Sequence[Tier]) -> int:
    """Grade the solution while the image is built: better no image than one that takes points from everybody."""
    tier = _held_tier(assignment, tiers)
    contents = {notebook.name: solved(notebook) for notebook in assignment.notebooks}
    grade = _grade(assignment, tier, Submission("solution", contents, {}, {}))
    if grade.status is Status.INFRA:
        raise SandboxError(grade.reason)
    print(f"the solution gets {points(grade.score)} of {points(grade.max_score)} at isolation tier {tier}")
    return 0 if grade.score == grade.max_score else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How fast a class is graded: `allclose grade` against `nbgrader autograde` and `otter run`, in turns and in one run.

All three are the installed commands, on the same solved submissions, with the same hidden suite behind them: nbgrader
calls it in the grade cell by `allclose.run_suite`, otter in the bundle that `allclose bundle` makes. A grader that
fails is named and left out; the others are measured on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from allclose.model import Assignment
from benchmarks import classes, graders
from benchmarks.graders import CommandFailed
from benchmarks.records import Sheet

#: A lab whose figure is rendered and stored, and one without any.
LABS = {"figure": "lab2_minibatch_sgd", "numbers": "lab5_optimizers"}
#: One `nbgrader autograde` takes the first student alone, another takes these besides.
MORE = 3


def measure(folder: Path, sheet: Sheet, *, rounds: int, sizes: tuple[int, int]) -> None:
    """Measure both labs; `sizes` are those of the two classes whose difference tells what one more submission takes."""
    sheet.facts["sizes"] = " ".join(map(str, sizes))
    for kind, lab in LABS.items():
        _measure_lab(folder / kind, kind, lab, sheet, rounds, sizes)


def _measure_lab(folder: Path, kind: str, lab: str, sheet: Sheet, rounds: int, sizes: tuple[int, int]) -> None:
    theirs, ours = classes.make_course(folder / "theirs", lab), classes.make_course(folder / "ours", lab)
    classes.hand_in(theirs, theirs.root / "submitted", 1 + MORE)
    small, large = (str(size) for size in sizes)
    for size in sizes:
        classes.hand_in(ours, ours.root / str(size), size)
    failed: dict[str, str] = {}

    def attempt(grader: str, run: Callable[[], float], sample: str = "") -> None:
        if grader in failed:
            return
        try:
            seconds = run()
        except CommandFailed as error:
            failed[grader] = str(error)
            sheet.problems.append(f"{kind}: {error}")
            return
        if sample:
            sheet.add(f"{kind}.{sample}", seconds)

    archive = theirs.root / "bundles" / f"{lab}-otter" / "autograder.zip"
    attempt("nbgrader", lambda: graders.command(theirs.root, "nbgrader", "generate_assignment", lab))
    attempt("otter", lambda: graders.bundle_for_otter(theirs))
    attempt("allclose", lambda: graders.allclose(ours, small))  # matplotlib's list of fonts is made once in a course
    for number in range(rounds):
        print(f"{lab}: round {number + 1} of {rounds}", file=sys.stderr)
        attempt("nbgrader", lambda: graders.nbgrader(theirs, _student(0)), "nbgrader.one")
        attempt("allclose", lambda: graders.allclose(ours, small), "allclose.small")
        attempt("otter", lambda: graders.otter(theirs, archive, _student(0)), "otter")
        attempt("allclose", lambda: graders.allclose(ours, large), "allclose.large")
        attempt("nbgrader", lambda: graders.nbgrader(theirs, "*"), "nbgrader.all")
    _compare(theirs, ours, kind, sheet, failed)


def _compare(theirs: Assignment, ours: Assignment, kind: str, sheet: Sheet, failed: dict[str, str]) -> None:
    """Check that all gave the same points, question by question, and that both kept the same figures."""
    if "allclose" in failed:
        return
    found = graders.book_scores(ours)
    figures = graders.pictures(ours, _student(0))
    if "nbgrader" not in failed:
        for student, scores in graders.book_scores(theirs).items():
            if scores != found[student]:
                sheet.problems.append(f"{kind}: nbgrader gives {student} {scores}, allclose {found[student]}")
            if graders.pictures(theirs, student) != figures:
                sheet.problems.append(f"{kind}: {student}'s figures in autograded/ differ")
    if "otter" not in failed:
        scores = graders.otter_scores(theirs, _student(0))
        if scores != found[_student(0)]:
            sheet.problems.append(f"{kind}: otter gives {scores}, allclose {found[_student(0)]}")
    full = {question.name: question.points for question in ours.questions}
    if any(scores != full for scores in found.values()):
        sheet.problems.append(f"{kind}: solved submissions lose points")
    sheet.facts[f"{kind}.lab"] = ours.name
    sheet.facts[f"{kind}.points"] = f"{sum(full.values()):g}"
    sheet.facts[f"{kind}.figures"] = str(len(figures))


def _student(number: int) -> str:
    return f"s{number:05d}"

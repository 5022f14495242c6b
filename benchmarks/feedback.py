"""Feedback pages of a class: `allclose feedback` against `nbgrader generate_feedback` on the same graded submissions.

nbgrader makes the pages of some; what one more student costs it is the difference between two such runs, and the
class is counted up from there (`budgets.nbgrader_pages_seconds`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.classes import hand_in, make_course
from benchmarks.graders import allclose, command
from benchmarks.records import Sheet

LAB = "lab1_one_neuron"
#: How many students nbgrader makes pages for, and the patterns that choose them.
FEW, MORE = 2, 10
_FEW, _MORE = "s0000[01]", "s0000?"


def measure(folder: Path, sheet: Sheet, *, rounds: int, students: int) -> None:
    """Make the pages and the report of one graded class by both, in turns."""
    assignment = make_course(folder / "course", LAB)
    hand_in(assignment, assignment.root / "submitted", students)
    allclose(assignment, "submitted")
    feedback = assignment.root / "feedback"
    sheet.facts |= {"students": str(students), "lab": LAB}
    for _ in range(rounds):
        shutil.rmtree(feedback, ignore_errors=True)
        sheet.add("pages", command(assignment.root, "allclose", "feedback", LAB))
        sizes = [path.stat().st_size for path in feedback.glob("*/*/*.html")]
        if len(sizes) != students:
            sheet.problems.append(f"{len(sizes)} pages for {students} students")
        sheet.add("bytes", sum(sizes) / max(1, len(sizes)))
        sheet.add("report", command(assignment.root, "allclose", "report", LAB))
        for name, pattern, count in (("few", _FEW, FEW), ("more", _MORE, MORE)):
            shutil.rmtree(feedback, ignore_errors=True)
            arguments = ("generate_feedback", LAB, "--student", pattern, "--force")
            sheet.add(name, command(assignment.root, "nbgrader", *arguments))
            if len(list(feedback.glob("*"))) != count:
                sheet.problems.append(f"nbgrader made pages for other students than the {count} that it was told")

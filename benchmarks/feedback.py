"""Feedback pages of a class: `allclose feedback` against `nbgrader generate_feedback` on the same graded submissions.

Run `python -m benchmarks.feedback`. nbgrader takes seconds for each student, so it makes the pages of some; what one
more student costs it is the difference between two such runs, and the class is counted up from there.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from allclose.model import Assignment
from benchmarks.classes import hand_in, make_course
from benchmarks.graders import allclose, command


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of our command for a class, and of nbgrader's for two numbers of its students."""

    students: int
    ours: float
    few: tuple[int, float]
    more: tuple[int, float]
    page_bytes: float

    @property
    def theirs(self) -> float:
        """Seconds of nbgrader's for the class: what it took for some, and as much more for each of the others."""
        (few, first), (more, second) = self.few, self.more
        return second + (second - first) / (more - few) * (self.students - more)

    def __str__(self) -> str:
        few, more = (f"{students} in {seconds:.1f} s" for students, seconds in (self.few, self.more))
        return (
            f"{self.students} pages of {self.page_bytes / 1000:.0f} kB: allclose {self.ours:.1f} s "
            f"({1000 * self.ours / self.students:.0f} ms a page), nbgrader {self.theirs:.0f} s "
            f"(counted up from {few} and {more}): {self.theirs / self.ours:.0f} times"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.feedback", description=__doc__)
    arguments.add_argument("--lab", default="lab1_one_neuron")
    arguments.add_argument("--students", type=int, default=500)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        assignment = make_course(Path(folder) / "course", chosen.lab)
        hand_in(assignment, assignment.root / "submitted", chosen.students)
        allclose(assignment, "submitted")
        for _ in range(chosen.rounds):
            times = measure(assignment, chosen.students)
            print(times)


def measure(assignment: Assignment, students: int) -> Times:
    """Make the pages of a graded class by both."""
    feedback = assignment.root / "feedback"
    shutil.rmtree(feedback, ignore_errors=True)
    ours = command(assignment.root, "allclose", "feedback", assignment.name)
    sizes = [path.stat().st_size for path in feedback.glob("*/*/*.html")]
    assert len(sizes) == students
    few, more = (_nbgrader(assignment, digits) for digits in ("0000[01]", "0000?"))
    return Times(students, ours, few, more, sum(sizes) / len(sizes))


def _nbgrader(assignment: Assignment, digits: str) -> tuple[int, float]:
    shutil.rmtree(assignment.root / "feedback", ignore_errors=True)
    arguments = ("generate_feedback", assignment.name, "--student", f"s{digits}", "--force")
    seconds = command(assignment.root, "nbgrader", *arguments)
    return len(list((assignment.root / "feedback").glob("*"))), seconds


if __name__ == "__main__":
    main()

"""`allclose demo`: a made-up class of each lab, graded as a real one is."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.failure import DONE, OURS
from allclose.errors import CourseError

if TYPE_CHECKING:
    from allclose.cli.demo_class import Member
    from allclose.model import Tier

#: Below this, not even one of each kind finds room.
_FEWEST = 6
#: The demonstration keeps to its own folder, whatever database the course's settings name.
_OWN_FOLDER = """
# The demonstration keeps to its own folder.
c = get_config()
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
c.CourseDirectory.submitted_directory = "submitted"
c.CourseDirectory.autograded_directory = "autograded"
"""


def demo(
    students: Annotated[int, typer.Option(min=_FEWEST, metavar="N", help="Students in each lab's class.")] = 40,
    course: Annotated[Path | None, typer.Option(help="The course's folder.", show_default="here or above")] = None,
) -> int:
    """Grade a made-up class of each lab.

    It is made of right, wrong, damaged and unreadable submissions, in .allclose/demo/. Exit code 1 where one of them
    did not get what it should.
    """
    from allclose import course as courses
    from allclose.cli.screen import busy, console, say
    from allclose.sandbox.probe import best_tier

    began = time.monotonic()
    root = courses.find_root(course or Path.cwd())
    labs = courses.labs(root)
    if not labs:
        raise CourseError(f"{root / 'source'} holds no assignment: put one there, or make a course (allclose init)")
    own = root / ".allclose" / "demo"
    with busy("demo: which isolation can be had"):
        _copy_course(root, own, labs)
        tier = best_tier()
    faults = [_demonstrate(own, lab, students, tier) for lab in labs]
    made = len(labs) * students
    line = f"{made} submissions in {time.monotonic() - began:.1f} s at isolation tier {tier}: "
    say(
        console(),
        line + (f"{sum(faults)} not as they should be" if any(faults) else "all as they should be"),
        f"Next: look into {own.relative_to(root)}/ for gradebook.db, autograded/ and a csv of each lab.",
    )
    return OURS if any(faults) else DONE


def _demonstrate(own: Path, lab: str, students: int, tier: Tier) -> int:
    """Grade one lab's class, print its table; return how many submissions did not get what they should."""
    from allclose import course as courses
    from allclose.cli.classroom import grade_into_gradebook
    from allclose.cli.demo_class import make_class
    from allclose.cli.demo_judgement import demo_table, judge
    from allclose.cli.screen import bar, console
    from allclose.grading.batch import Options
    from allclose.report.files import write_whole
    from allclose.report.tables import question_csv

    assignment = courses.load(own, lab)
    members, left_out = make_class(assignment, students)
    submitted = own / "submitted"
    _hand_in(submitted, lab, members)
    with bar(lab) as move:
        batch = grade_into_gradebook(assignment, submitted, Options(tier), lambda event: move(event.done, event.total))
    write_whole(own / f"{lab}.csv", question_csv(batch.grades))
    judged = judge(assignment, members, batch.grades)
    screen = console()
    screen.print(demo_table(assignment, judged, batch, screen.width))
    kept = f", {batch.reused} of them kept from an earlier run" if batch.reused else ""
    screen.print(f"{len(members)} submissions in {batch.seconds:.1f} s{kept}.", markup=False)
    if left_out:
        screen.print(f"{len(left_out)} known answers found no room: use more --students.")
    faults = [each for each in judged if each.fault]
    for each in faults:
        what = each.member.label or each.member.kind
        screen.print(f"✗ {each.member.student} ({what}): {each.fault}", style="red", markup=False)
    screen.print()
    return len(faults)


def _copy_course(root: Path, own: Path, labs: Sequence[str]) -> None:
    """Make the demonstration's own course: the same labs, its own submissions, results and gradebook."""
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("solutions", *(f"{tree}/{lab}" for tree in ("source", "autograder") for lab in labs)):
        shutil.rmtree(own / name, ignore_errors=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, own / name, ignore=ignore)
    for file in (root / "source").iterdir():
        if file.is_file():
            shutil.copyfile(file, own / "source" / file.name)
    settings = root / "nbgrader_config.py"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    (own / "nbgrader_config.py").write_text(text + _OWN_FOLDER, encoding="utf-8")


def _hand_in(submitted: Path, lab: str, members: Sequence[Member]) -> None:
    """Lay out a class's folders anew."""
    for folder in submitted.glob(f"*/{lab}"):
        shutil.rmtree(folder)
    for member in members:
        folder = submitted / member.student / lab
        folder.mkdir(parents=True)
        for name, data in member.files.items():
            (folder / name).write_bytes(data)
        for name, target in member.links.items():
            (folder / name).symlink_to(target)

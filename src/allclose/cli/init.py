"""`allclose init`: a new course with one small example, or an nbgrader course that allclose is to grade."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.failure import DONE, one_line
from allclose.errors import CourseError
from allclose.model import Tier

if TYPE_CHECKING:
    from allclose.interop.adoption import Adopted
    from allclose.interop.survey import Held, Survey

_TEMPLATE = Path(__file__).parent / "template"
_LAB = "example"
#: Of what is wrong with one assignment, so much is shown.
_MOST_REMARKS = 8


def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="The folder to make; it must be new or empty.", show_default=False),
    ] = None,
    existing: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="An nbgrader course, which gets one line of settings instead."),
    ] = None,
) -> int:
    """Make a new course, or adopt one of nbgrader's.

    A new course has one small example assignment. With --from nothing is made: the course is looked through, and its
    nbgrader_config.py gets the one line that lets `nbgrader autograde` and the formgrader's button grade in allclose's
    sandbox. No other byte of it is changed.
    """
    if (folder is None) == (existing is None):
        raise CourseError("name the folder of a new course ('DIR'), or an nbgrader course with --from, and not both")
    if existing is not None:
        return _adopt(existing)
    assert folder is not None
    return _make(folder)


def _make(folder: Path) -> int:
    from allclose import course as courses
    from allclose.cli.screen import busy, console, say
    from allclose.interop.gradebook import db_url, record_source
    from allclose.notebook.release import release

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty: name a new folder, or adopt an nbgrader course (--from {folder})")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copytree(_TEMPLATE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "gitignore").rename(folder / ".gitignore")
        with busy(f"init {folder}"):
            assignment = courses.load(folder.resolve(), _LAB)
            release(assignment, check=False)
            record_source(assignment, db_url(assignment.root))
    except BaseException:
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        raise
    say(
        console(),
        f"made the course {folder} with the assignment '{_LAB}'.",
        f"Next: cd {shlex.quote(str(folder))} && allclose verify {_LAB}",
    )
    return DONE


def _adopt(folder: Path) -> int:
    from allclose.cli.screen import busy
    from allclose.interop.adoption import adopt, is_course
    from allclose.interop.survey import survey
    from allclose.sandbox.probe import best_tier

    if not folder.is_dir():
        raise CourseError(f"{folder}: there is no such folder; name the one that holds nbgrader's source/")
    if not is_course(folder):
        raise CourseError(f"{folder} is no nbgrader course: it holds neither source/ nor nbgrader_config.py")
    root = folder.resolve()
    with busy(f"look through {folder}"):
        found = survey(root)
        tier = best_tier()
        adopted = adopt(root)
    for line in (*_told(found), _isolation(tier), "", *_next(folder, found, adopted)):
        print(_fit(line, root))
    return DONE


def _fit(line: str, root: Path) -> str:
    """A line for the terminal, its indent kept, with the course's own files named from its folder."""
    indent = line[: len(line) - len(line.lstrip())]
    return indent + one_line(line.replace(f"{root}{os.sep}", ""))


def _told(found: Survey) -> Iterator[str]:
    """What the course holds, a line for each assignment and remark."""
    for held in found.assignments:
        yield f"{held.name}: {_amounts(held)}"
        yield from (f"  ! {remark}" for remark in held.remarks[:_MOST_REMARKS])
        if len(held.remarks) > _MOST_REMARKS:
            yield f"  ! and {len(held.remarks) - _MOST_REMARKS} more: mend these and run this again"
    if not found.assignments:
        yield "no assignments yet: source/<assignment>/ holds no notebook"
    yield from (f"! {remark}" for remark in found.remarks)
    yield f"{'' if found.gradebook_fits else '! '}gradebook: {found.gradebook}"


def _amounts(held: Held) -> str:
    from allclose.report.tables import count, points

    parts = [count(held.notebooks, "notebook")]
    if held.loads:
        parts.append(f"{count(len(held.auto), 'question')} by {'a suite' if held.suite else 'tests'}")
        parts[-1] += f" ({points(sum(held.auto))} points)"
        parts.append(f"{len(held.by_hand)} by hand ({points(sum(held.by_hand))} points)")
    parts.append(count(held.submissions, "submission"))
    return ", ".join(parts) + ("" if held.loads else ": not for allclose grade yet, as before for nbgrader")


def _isolation(tier: Tier) -> str:
    return f"isolation: {tier}" + ("" if tier is Tier.STRONG else " here; allclose doctor says what 'strong' needs")


def _next(folder: Path, found: Survey, adopted: Adopted) -> Iterator[str]:
    """What was done, and what is to be done."""
    if adopted.line:
        done = "made, with this line" if adopted.made else "this line is added at its end"
        yield f"{adopted.path}: {done}, and nothing else is changed; take it out to go back:"
        yield f"  {adopted.line}"
    else:
        yield f"{adopted.path}: the line is there already, nothing is changed"
    ready = [held for held in found.assignments if held.loads]
    lab = max(ready, key=lambda held: held.submissions).name if ready else "ASSIGNMENT"
    steps = [] if adopted.path.parent.samefile(Path.cwd()) else [f"cd {shlex.quote(str(folder))}"]
    if adopted.line and any((above / ".git").exists() for above in (adopted.path.parent, *adopted.path.parent.parents)):
        steps.append(f"git add {adopted.path.name} && git commit")
    steps += [f"allclose grade {lab}: the whole class at once, into nbgrader's gradebook and autograded/"]
    steps += [f"nbgrader autograde {lab} or the formgrader's button: as ever, with the same scores, now in the sandbox"]
    yield "Next:"
    yield from (f"  {step}" for step in steps)

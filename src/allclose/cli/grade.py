"""`allclose grade`: a class, from `submitted/` to the gradebook."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allclose.cli.completion import labs, students
from allclose.cli.failure import DONE, OURS
from allclose.cli.manual import CLASS, RESULTS, RUNNING
from allclose.errors import CourseError
from allclose.model import Status, Tier

if TYPE_CHECKING:
    from allclose.grading.batch import Batch


def grade(
    lab: Annotated[
        str,
        typer.Argument(
            metavar="LAB", help="The assignment's name, as in source/; or an autograder zip.", autocompletion=labs
        ),
    ],
    submitted: Annotated[
        Path | None, typer.Option(help="Where the submissions are.", show_default="submitted/", rich_help_panel=CLASS)
    ] = None,
    student: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Only this student; may be given again.", autocompletion=students, rich_help_panel=CLASS
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Submissions at a time.",
            show_default="one more than cores",
            rich_help_panel=RUNNING,
        ),
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="cpu|cuda", help="Where the reference computes.", rich_help_panel=RUNNING)
    ] = "cpu",
    isolation: Annotated[Tier, typer.Option(help="How student code is held.", rich_help_panel=RUNNING)] = Tier.STRONG,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A Dask scheduler's address: grade on its workers.", rich_help_panel=RUNNING),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what is graded already.", rich_help_panel=CLASS)
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the results here; - is stdout.", rich_help_panel=RESULTS)
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write a spreadsheet here.", rich_help_panel=RESULTS)
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="Write a line of JSON here for each event.", rich_help_panel=RESULTS)
    ] = None,
    course: Annotated[
        Path | None, typer.Option(help="The course's folder.", show_default="here or above", rich_help_panel=CLASS)
    ] = None,
) -> int:
    """Grade a class.

    Results go to gradebook.db and autograded/. Run it again at any time: it goes on where it was, and grades again only
    what changed. Exit code 1 where a submission could not be graded by our fault.
    """
    from allclose import course as courses
    from allclose.cli import grade_otter
    from allclose.cli.classroom import grade_into_gradebook
    from allclose.cli.progress import progress
    from allclose.grading.batch import Options

    check_device(device, cluster)
    for path in (json_file, csv_file, log):
        check_destination(path)
    options = Options(isolation, tuple(student or ()), device=device, force=force, cluster=cluster)
    if jobs is not None:
        options = dataclasses.replace(options, jobs=jobs)
    if grade_otter.is_autograder(lab):
        name, batch, remarks = grade_otter.grade_autograder(Path(lab), submitted, options, log)
        _report(name, batch, json_file, csv_file, otters=remarks)
        return _code(batch)
    root = courses.find_root(course or Path.cwd())
    assignment = courses.load(root, lab)
    folder = submitted or root / "submitted"
    with progress(lab, options.jobs, log) as tell:
        batch = grade_into_gradebook(assignment, folder, options, tell)
    _report(assignment.name, batch, json_file, csv_file)
    return _code(batch)


def check_device(device: str, cluster: str | None) -> None:
    """Raise where a device has another name, or this machine, where it is to grade, has no such device."""
    if device not in ("cpu", "cuda"):
        raise CourseError(f"--device is cpu or cuda, not '{device}'")
    if device == "cuda" and cluster is None:
        from allclose.grading.places import gpus

        gpus()


def check_destination(path: Path | None) -> None:
    """Raise before the work where a report could not be written after it."""
    if path is None or str(path) == "-":
        return
    if path.is_dir():
        raise CourseError(f"{path} is a folder: name a file")
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise CourseError(f"{path} cannot be written: {folder} is no folder that you may write to")


def _code(batch: Batch) -> int:
    return OURS if any(each.status is Status.INFRA for each in batch.grades) else DONE


def _report(
    name: str,
    batch: Batch,
    json_file: Path | None,
    csv_file: Path | None,
    *,
    otters: tuple[str, ...] | None = None,
) -> None:
    """Write and show the grades; with the remarks on an assignment where it is otter's."""
    from allclose.cli.screen import console, say
    from allclose.report.files import write_whole
    from allclose.report.tables import changes_table, class_table, grade_json, printable, question_csv, summary

    to_stdout = json_file is not None and str(json_file) == "-"
    if json_file is not None:
        found = grade_json(
            name,
            batch.grades,
            isolation=batch.isolation,
            device=batch.device,
            seconds=batch.seconds,
            changes=batch.changes,
            reused=batch.reused,
            rerun=batch.rerun,
        )
        text = json.dumps(found, indent=1, allow_nan=False) + "\n"
        if to_stdout:
            sys.stdout.write(text)
        else:
            write_whole(json_file, text)
    if csv_file is not None:
        write_whole(csv_file, question_csv(batch.grades))
    screen = console(stderr=to_stdout)
    screen.print(class_table(name, batch.grades, isolation=batch.isolation, device=batch.device, width=screen.width))
    if batch.changes:
        screen.print(changes_table(batch.changes))
    for line in batch.refused:
        screen.print(printable(line), markup=False)
    lines = summary(
        name,
        batch.grades,
        reused=batch.reused,
        seconds=batch.seconds,
        recorded=otters is None,
        rerun=batch.rerun,
    )
    say(screen, *lines, *(otters or ()))

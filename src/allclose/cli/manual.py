"""How `--help` reads: options in groups where there are many, and examples of each command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperCommand

if TYPE_CHECKING:
    from typer import Context
    from typer._click import HelpFormatter

#: The headings of options, for `rich_help_panel`.
CLASS, RESULTS, RUNNING = "Which submissions", "What is written", "How it runs"

#: Calls that a newcomer would make, and what they do.
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "init": (
        ("allclose init optimization-2026", "a new course, with one example that grades"),
        ("allclose init --from my-course", "a course of nbgrader's stays as it is and gets one line"),
    ),
    "release": (
        ("allclose release lab1", "source/lab1 to release/lab1, without answers and hidden tests"),
        ("allclose release lab1 --check", "is what stands in release/ still what source/ gives?"),
    ),
    "verify": (
        ("allclose verify lab1", "does the suite catch what it should, and nothing else?"),
        ("allclose verify --json report.json", "every lab of the course, kept as JSON"),
        ("allclose verify lab1 --mutate", "which small changes of the reference go unnoticed?"),
    ),
    "collect": (
        ("allclose collect lab1 submissions.zip", "a course site's download into submitted/"),
        ("allclose collect lab1 a.zip late/ --roster class.csv", "several, matched with a class list"),
    ),
    "grade": (
        ("allclose grade lab1", "the class; run again, it goes on where it was"),
        ("allclose grade lab1 --student s001 --force", "one student, from the beginning"),
        ("allclose grade lab1 --json - > lab1.json", "results for another program"),
        ("allclose grade autograder.zip --submitted hw1/", "a class of otter-grader's"),
    ),
    "bundle": (
        ("allclose bundle lab1 --for students", "a folder and a zip to hand out"),
        ("allclose bundle lab1 --for gradescope", "an autograder to upload"),
    ),
    "feedback": (
        ("allclose feedback lab1", "a page for each student, in feedback/"),
        ("allclose feedback lab1 --zip canvas", "and the archive that Canvas gives back"),
    ),
    "report": (("allclose report lab1", "what the class did, and did not, understand"),),
    "export": (
        ("allclose export lab1 --format csv", "a spreadsheet, a column for each question"),
        ("allclose export lab1 --format canvas --sheet grades.csv", "Canvas's own sheet, filled in"),
    ),
    "check": (
        ("allclose check lab1.ipynb", "the public checks of all questions"),
        ("allclose check lab1.ipynb forward mse", "of two of them"),
    ),
    "demo": (("allclose demo --students 12", "a made-up class for each lab, graded"),),
    "doctor": (("allclose doctor", "can this machine grade, and what holds here?"),),
}


class Command(TyperCommand):
    """A command whose options stand under headings, and whose help ends with examples."""

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:  # type: ignore[override]
        """Write arguments, then the options without a heading, then each heading's."""
        headings: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                plain = "Arguments" if parameter.param_type_name == "argument" else "Options"
                headings.setdefault(getattr(parameter, "rich_help_panel", None) or plain, []).append(record)
        options = headings.pop("Options")
        for heading, records in {**headings, "Options": options}.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:  # type: ignore[override]
        """Write the examples."""
        with formatter.section("Examples"):
            for call, what in EXAMPLES.get(self.name or "", ()):
                formatter.write(f"{'':{formatter.current_indent}}{call}\n{'':{formatter.current_indent + 4}}{what}\n")

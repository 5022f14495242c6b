"""The commands: parse, call, print.

Whatever goes wrong ends in one line on stderr and an exit code: 2 for the caller's or the instructor's mistake, 1 for
ours, 130 for Ctrl-C. Modules of a command import what is heavy when the command runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from allclose.cli.bundle import bundle as _bundle
from allclose.cli.check import check as _check
from allclose.cli.collect import collect as _collect
from allclose.cli.demo import demo as _demo
from allclose.cli.doctor import doctor as _doctor
from allclose.cli.export import export as _export
from allclose.cli.failure import DONE, INTERRUPTED, code_and_line
from allclose.cli.feedback import feedback as _feedback
from allclose.cli.grade import grade as _grade
from allclose.cli.init import init as _init
from allclose.cli.manual import Command
from allclose.cli.release import release as _release
from allclose.cli.report import report as _report
from allclose.cli.verify import verify as _verify

__all__ = ["app", "main", "run"]

app = typer.Typer(
    name="allclose",
    help="Grade numerical notebooks against a reference, safely and fast, and name the mistake.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(name="init", cls=Command)(_init)
app.command(name="release", cls=Command)(_release)
app.command(name="verify", cls=Command)(_verify)
app.command(name="collect", cls=Command)(_collect)
app.command(name="grade", cls=Command)(_grade)
app.command(name="bundle", cls=Command)(_bundle)
app.command(name="feedback", cls=Command)(_feedback)
app.command(name="report", cls=Command)(_report)
app.command(name="export", cls=Command)(_export)
app.command(name="check", cls=Command)(_check)
app.command(name="demo", cls=Command)(_demo)
app.command(name="doctor", cls=Command)(_doctor)


def main() -> None:
    """Run the command line of this process."""
    # jsonschema would have it compile a grammar for a second and more, to check addresses that no notebook has.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output has enough; Python would complain once more while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str
        What stands behind `allclose`.

    Returns
    -------
    int
        0 done; 1 some submission is `infra`, or we failed; 2 the caller's or instructor's mistake; 130 interrupted.
    """
    try:
        code: int = app(args=list(arguments), prog_name="allclose", standalone_mode=False) or DONE
        if code == INTERRUPTED:
            raise KeyboardInterrupt  # typer makes a code of it
        return code
    except BaseException as error:
        if os.environ.get("ALLCLOSE_TRACEBACK"):
            raise
        code, line = code_and_line(error)
        if line:
            print(f"allclose: {line}", file=sys.stderr)
        return code

"""`allclose check` with the light install, which has no typer: the same words, and a clear one for all the others."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from allclose.errors import AllcloseError
from allclose.teach.runner import check_notebook

_THEIRS, _INTERRUPTED = 2, 130
_REST = 'All other commands are for graders: pip install "allclose[grade]" (Linux).'


def run(arguments: Sequence[str]) -> int:
    """Run the command line of a student.

    Parameters
    ----------
    arguments : sequence of str
        What stands behind `allclose`.

    Returns
    -------
    int
        0 where all public checks pass, 2 where not or the call is wrong, 130 where it was interrupted.
    """
    if arguments and not arguments[0].startswith("-") and arguments[0] != "check":
        print(f"allclose: '{arguments[0]}' is not part of the light install. {_REST}", file=sys.stderr)
        return _THEIRS
    parser = argparse.ArgumentParser("allclose", description="Check numerical notebooks.", epilog=_REST)
    commands = parser.add_subparsers(title="commands", required=True)
    check = commands.add_parser("check", help="run a notebook's public checks", description="Run its public checks.")
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="the notebook, as it is saved")
    check.add_argument("questions", nargs="*", metavar="QUESTION", help="which questions; all where none is named")
    asked = parser.parse_args(arguments)
    try:
        return 0 if check_notebook(asked.notebook, asked.questions) else _THEIRS
    except AllcloseError as error:
        print(f"allclose: {error}", file=sys.stderr)
        return _THEIRS
    except KeyboardInterrupt:
        print("allclose: interrupted", file=sys.stderr)
        return _INTERRUPTED

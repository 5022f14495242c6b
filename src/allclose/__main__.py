"""The command `allclose`: all of it where the grading extra is installed, a student's part of it where it is not."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line of this process."""
    try:
        from allclose.cli import main as full
    except ModuleNotFoundError as error:
        if error.name != "typer":
            raise
        from allclose.teach.command import run

        sys.exit(run(sys.argv[1:]))
    full()


if __name__ == "__main__":
    main()

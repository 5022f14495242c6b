"""The page of commands, from the command line itself: its texts, options, defaults and examples."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from sphinx.application import Sphinx
from written import write_page

_TOP = """\
# Commands

What `--help` says, of every command. Examples are for a course made by `allclose init`; a lab is called `lab1` in them.

- Every command works from any folder of a course, or is told the course by `--course`.
- Tables go to stdout, progress to stderr and only to a terminal. In a pipe there is neither colour nor a bar;
  `NO_COLOR` takes colours from a terminal too.
- The last line says what to do next. A mistake is one line on stderr that names the file and the mend.
- `allclose --install-completion` lets bash, zsh and fish complete commands, options, labs and students.

| exit code | means |
|---|---|
| 0 | done |
| 1 | a fault of ours: some submission has no score and is tried again at the next run |
| 2 | a mistake in the call, the course or the suite; a stale release, a question that does not pass |
| 130 | interrupted (Ctrl-C); the next run goes on from there |
"""


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the page before Sphinx looks for its sources."""
    app.connect("builder-inited", lambda app: write_page(Path(app.srcdir) / "reference" / "commands.md", page()))
    return {"parallel_read_safe": True}


def page() -> str:
    """Return the page as MyST."""
    from allclose.cli import app

    group: Any = typer.main.get_command(app)
    return "\n".join([_TOP, *(line for name, command in group.commands.items() for line in _section(name, command))])


def _section(name: str, command: Any) -> Iterator[str]:
    from allclose.cli.manual import EXAMPLES

    context = command.context_class(command, info_name=f"allclose {name}")
    yield f"\n## allclose {name}\n\n```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    yield inspect.cleandoc(command.help or "").replace("<", "\\<").replace("*", "\\*") + "\n"
    records = [parameter.get_help_record(context) for parameter in command.params]
    yield "| argument or option | means |\n|---|---|"
    yield from (f"| `{_cell(record[0])}` | {_cell(record[1])} |" for record in records if record is not None)
    yield ""
    for call, what in EXAMPLES[name]:
        yield f"```console\n$ {call}\n```\n\n{what[0].upper()}{what[1:]}{'' if what.endswith('?') else '.'}\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("  [", " [")

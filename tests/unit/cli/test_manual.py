"""`--help`, and what a shell completes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from allclose.cli import app
from allclose.cli.manual import EXAMPLES

Command = Callable[..., Any]
GROUP: Any = typer.main.get_command(app)
CALLS = [(name, call) for name, examples in EXAMPLES.items() for call, _ in examples]


def test_every_command_has_an_example_and_no_other_has() -> None:
    assert set(EXAMPLES) == set(GROUP.commands)
    assert all(EXAMPLES.values())


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_an_example_is_a_call_that_the_command_understands(name: str, call: str) -> None:
    program, command, *arguments = shlex.split(call.partition(" > ")[0])
    assert (program, command) == ("allclose", name)
    GROUP.commands[name].make_context(name, arguments)


@pytest.mark.parametrize("columns", ["50", "80"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_help_of_a_command_fits_the_terminal_and_ends_with_its_examples(
    name: str, columns: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    done = command(name, "--help")
    lines = done.out.splitlines()
    assert done.code == 0
    assert all(example in done.out for example, _ in EXAMPLES[name])
    assert lines.index("Examples:") > max(place for place, line in enumerate(lines) if "--help" in line)
    text = lines[: lines.index("Examples:")]
    assert max(len(line) for line in text if not re.search(r"<[\w|]+>$", line)) <= max(int(columns), 52)


def completed(typed: str, cwd: Path) -> list[str]:
    """What bash offers for the last word of what is typed."""
    words = f"allclose {typed}"
    done = subprocess.run(
        [sys.executable, "-m", "allclose"],
        env={
            **os.environ,
            "_ALLCLOSE_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_a_shell_completes_labs_and_students(course: Path) -> None:
    (course / "source" / "extra").mkdir()
    (course / "source" / "extra" / "extra.ipynb").write_text("{}")
    for student in ("s001", "s002", ".hidden"):
        (course / "submitted" / student / "example").mkdir(parents=True)
    assert completed("grade e", course) == ["example", "extra"]
    assert completed("verify example e", course / "source") == ["extra"]
    assert completed("grade example --student s", course) == ["s001", "s002"]
    assert completed("grade example --student s001 --student s", course) == ["s002"]
    assert completed(f"release --course {course} ex", course.parent) == ["example", "extra"]


def test_a_shell_completes_commands_options_and_choices(tmp_path: Path) -> None:
    assert completed("re", tmp_path) == ["release", "report"]
    assert completed("grade lab --is", tmp_path) == ["--isolation"]
    assert completed("export lab --format ca", tmp_path) == ["canvas"]


def test_where_there_is_no_course_nothing_is_offered_and_nothing_said(tmp_path: Path) -> None:
    assert completed("grade e", tmp_path) == []
    assert completed("grade lab --student s", tmp_path) == []

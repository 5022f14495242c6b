"""Exceptions become exit codes and single lines."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest
import typer

from allclose.cli.failure import code_and_line
from allclose.errors import CourseError, InteropError, IsolationUnavailable, ProtocolError, SandboxError


@pytest.mark.parametrize("error", [CourseError("mend it"), InteropError("mend it"), IsolationUnavailable("mend it")])
def test_a_mistake_of_the_caller_is_2(error: Exception) -> None:
    assert code_and_line(error) == (2, "mend it")


@pytest.mark.parametrize("error", [SandboxError("it broke"), ProtocolError("it broke")])
def test_a_fault_of_the_engine_is_1(error: Exception) -> None:
    assert code_and_line(error) == (1, "it broke")


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), typer.Abort()])
def test_an_interrupt_says_that_results_are_kept(interrupt: BaseException) -> None:
    code, line = code_and_line(interrupt)
    assert code == 130
    assert "finished results are kept, run the same command again" in line


@pytest.mark.parametrize(
    ("number", "part"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "permission"), (errno.EROFS, "read-only")]
)
def test_a_system_error_names_the_file_and_the_mend(number: int, part: str) -> None:
    code, line = code_and_line(OSError(number, os.strerror(number), "gradebook.db"))
    assert code == 2
    assert line.startswith("gradebook.db: ")
    assert part in line


def test_a_bug_of_ours_is_one_line_too() -> None:
    code, line = code_and_line(ValueError("first\nsecond\x1b[31m"))
    assert code == 1
    assert line.startswith("a fault of ours, ValueError: first second [31m")


def test_a_reader_that_went_away_is_no_news() -> None:
    assert code_and_line(BrokenPipeError(errno.EPIPE, "Broken pipe")) == (1, "")


def test_help_needs_no_heavy_import() -> None:
    heavy = ("numpy", "torch", "nbgrader", "nbformat", "IPython", "sqlalchemy", "msgspec", "matplotlib", "pytest")
    code = (
        "import sys; from allclose.cli import run; code = run(['--help']); "
        f"print('loaded:', *(name for name in {heavy!r} if name in sys.modules)); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage: allclose" in done.stdout
    assert done.stdout.endswith("loaded:\n")


@pytest.mark.parametrize("name", ["init", "release", "verify", "grade", "demo", "doctor"])
def test_every_command_explains_itself(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from allclose.cli import main; main()", name, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"Usage: allclose {name}" in done.stdout


def test_output_may_end_in_a_closed_pipe() -> None:
    done = subprocess.run(
        f"{sys.executable} -c 'from allclose.cli import main; main()' doctor | head -c 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""

"""A small course on disk and a way to run a command as the shell does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import allclose.cli
from allclose.cli import run


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The course that `allclose init` makes, before its release."""
    root = tmp_path / "course"
    shutil.copytree(Path(allclose.cli.__file__).parent / "template", root)
    return root


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    def call(*arguments: object) -> Outcome:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call

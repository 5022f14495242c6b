"""`allclose bundle` as a command: where it writes, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


def test_bundles_go_into_a_folder_of_the_course_and_are_listed(course: Path, command: Command) -> None:
    done = command("bundle", "example", "--for", "gradescope", "--course", course)
    assert done.code == 0, done.err
    archive = course / "bundles" / "example-gradescope" / "autograder.zip"
    assert archive.is_file()
    assert done.out.splitlines() == [
        f"wrote {archive}",
        f"Next: in Gradescope: Configure Autograder, upload it, and give it to nobody else: {archive}",
    ]


def test_the_release_must_be_there_for_students(course: Path, command: Command, tmp_path: Path) -> None:
    arguments = ("bundle", "example", "--for", "students", "--to", tmp_path / "out", "--course", course)
    done = command(*arguments)
    assert done.code == 2
    assert "run allclose release example" in done.err
    assert command("release", "example", "--course", course).code == 0
    done = command(*arguments)
    assert done.code == 0, done.err
    assert (tmp_path / "out" / "example.zip").is_file()


@pytest.mark.parametrize("place", ["source", "release/example", "solutions", "submitted", "autograder/example/deeper"])
def test_no_bundle_is_written_over_the_courses_own_files(course: Path, command: Command, place: str) -> None:
    before = sorted(course.rglob("*"))
    done = command("bundle", "example", "--for", "gradescope", "--to", course / place, "--course", course)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "is the course's own: name another folder (--to)" in done.err
    assert sorted(course.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("nowhere", "--for", "students"), id="no such lab"),
        pytest.param(("example", "--for", "moodle"), id="nobody takes that"),
        pytest.param(("example",), id="for nobody"),
    ],
)
def test_a_mistake_in_the_call_is_one_line(course: Path, command: Command, arguments: tuple[str, ...]) -> None:
    done = command("bundle", *arguments, "--course", course)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)

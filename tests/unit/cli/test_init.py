"""`allclose init`: what it says, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allclose.interop.adoption import LINE
from tests.courses import cells, notebook, write_course

Command = Callable[..., Any]


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of nbgrader's."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    root = write_course(tmp_path / "a course", suite="")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    return root


def refusal(outcome: Any) -> str:
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    return str(outcome.err)


def test_a_new_course_says_what_to_do_next(tmp_path: Path, command: Command) -> None:
    done = command("init", tmp_path / "my course")
    assert done.code == 0
    assert done.out.splitlines()[1:] == [f"Next: cd '{tmp_path / 'my course'}' && allclose verify example"]
    ignored = (tmp_path / "my course" / ".gitignore").read_text().split()
    assert {"/submitted/", "/autograded/", "/gradebook.db", ".allclose/", "/bundles/", "/roster.csv"} <= set(ignored)


def test_a_new_course_is_ready_for_nbgrader(tmp_path: Path, command: Command) -> None:
    command("init", tmp_path / "course")
    assert LINE in (tmp_path / "course" / "nbgrader_config.py").read_text().splitlines()
    assert "the line is there already" in command("init", "--from", tmp_path / "course").out


def test_an_adopted_course_is_told_what_it_holds_and_what_to_do_next(theirs: Path, command: Command) -> None:
    (theirs / "submitted" / "s001" / "lab").mkdir(parents=True)
    done = command("init", "--from", theirs)
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "lab: 1 notebook, 2 questions by tests (5 points), 1 by hand (6 points), 1 submission",
        "gradebook: gradebook.db: none yet; the first grading makes it",
        "isolation: strong",
        "",
        "nbgrader_config.py: this line is added at its end, and nothing else is changed; take it out to go back:",
        f"  {LINE}",
        "Next:",
        f"  cd '{theirs}'",
        "  allclose grade lab: the whole class at once, into nbgrader's gradebook and autograded/",
        "  nbgrader autograde lab or the formgrader's button: as ever, with the same scores, now in the sandbox",
    ]


def test_who_is_in_the_course_already_is_not_sent_there(
    theirs: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(theirs)
    done = command("init", "--from", ".")
    assert done.code == 0
    assert "  cd " not in done.out


def test_adopting_twice_is_adopting_once(theirs: Path, command: Command) -> None:
    command("init", "--from", theirs)
    once = (theirs / "nbgrader_config.py").read_bytes()
    done = command("init", "--from", theirs)
    assert done.code == 0
    assert "nbgrader_config.py: the line is there already, nothing is changed" in done.out
    assert (theirs / "nbgrader_config.py").read_bytes() == once


def test_a_course_under_git_is_reminded_of_a_commit(theirs: Path, command: Command) -> None:
    (theirs.parent / ".git").mkdir()
    assert "git add nbgrader_config.py" in command("init", "--from", theirs).out


def test_what_cannot_be_graded_is_told_with_its_assignment_and_no_more_than_one_can_read(
    theirs: Path, command: Command
) -> None:
    found = cells()
    found[4]["metadata"]["nbgrader"]["schema_version"] = 2
    (theirs / "source" / "old").mkdir()
    for number in range(10):
        (theirs / "source" / "old" / f"old{number}.ipynb").write_text(json.dumps(notebook(found)))
    lines = command("init", "--from", theirs).out.splitlines()
    place = lines.index("old: 10 notebooks, 0 submissions: not for allclose grade yet, as before for nbgrader")
    assert lines[place + 1].startswith("  ! source/old/old0.ipynb: cell 'double-grade' has nbgrader metadata")
    assert lines[place + 9].startswith("  ! and 2 more")


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path, command: Command) -> None:
    assert "no such folder" in refusal(command("init", "--from", tmp_path / "nowhere"))
    (tmp_path / "submitted").mkdir()
    assert "neither source/ nor nbgrader_config.py" in refusal(command("init", "--from", tmp_path))


def test_a_new_course_and_an_old_one_at_once_are_refused(tmp_path: Path, theirs: Path, command: Command) -> None:
    assert "not both" in refusal(command("init", tmp_path / "new", "--from", theirs))


def test_init_of_a_folder_that_is_a_course_says_how_to_adopt_it(theirs: Path, command: Command) -> None:
    assert f"--from {theirs}" in refusal(command("init", theirs))


def test_settings_that_cannot_take_the_line_end_in_one_line(theirs: Path, command: Command) -> None:
    (theirs / "nbgrader_config.py").chmod(0o444)
    assert "read-only" in refusal(command("init", "--from", theirs))

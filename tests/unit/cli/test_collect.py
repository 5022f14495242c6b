"""`allclose collect`: what a grader reads, and the exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.archives import HandedIn, moodle
from tests.unit.cli.conftest import Outcome

Command = Callable[..., Outcome]
FILES = {"example.ipynb": b"{}"}


def test_the_table_the_unmatched_and_the_next_step(course: Path, tmp_path: Path, command: Command) -> None:
    (course / "roster.csv").write_bytes("id;name\ns1;Zoë Lee\ns2;Ab Sent\n".encode("cp1252"))
    handed_in = [HandedIn("Zoë", "Lee", 1, FILES), HandedIn("Bob\u202e", "Li", 2, FILES)]
    done = command("collect", "example", moodle(tmp_path / "a.zip", handed_in), "--course", course)
    assert (done.code, done.err) == (0, "")
    assert [line.split()[:6] for line in done.out.splitlines() if "moodle" in line] == [
        ["s1", "Zoë", "Lee", "moodle", "1", "–"]
    ]
    lines = done.out.splitlines()
    assert any("is not UTF-8 and was read as Windows-1252" in line for line in lines)
    assert any(line.startswith("- Bob Li: not on the roster: add them there [Bob") for line in lines)
    assert "Nothing from 1 on the roster: s2 (Ab Sent)." in lines
    assert lines[-1].startswith("Next: mend the roster") and "allclose grade example" in lines[-1]
    assert "\u202e" not in done.out


def test_another_roster_and_another_folder(course: Path, tmp_path: Path, command: Command) -> None:
    (tmp_path / "class.csv").write_text("sid,name\ns1,Ann Lee\n")
    path = moodle(tmp_path / "a.zip", [HandedIn("Ann", "Lee", 1, FILES)])
    done = command(
        *("collect", "example", path, path, "--roster", tmp_path / "class.csv"),
        *("--submitted", tmp_path / "in", "--course", course),
    )
    assert done.code == 0, done.err
    assert (tmp_path / "in/s1/example/example.ipynb").read_bytes() == b"{}"
    assert done.out.splitlines()[-1] == f"Next: allclose grade example --submitted {tmp_path / 'in'}"
    assert any("roster.csv" in line for line in done.out.splitlines())


def test_a_mistake_is_one_line_and_exit_code_2(course: Path, tmp_path: Path, command: Command) -> None:
    (tmp_path / "a.zip").write_bytes(b"no archive")
    for arguments in (
        ("collect", "example", tmp_path / "a.zip"),
        ("collect", "example", tmp_path / "none.zip"),
        ("collect", "example", tmp_path / "a.zip", "--roster", tmp_path / "none.csv"),
        ("collect", "exmple", tmp_path / "a.zip"),
        ("collect", "example"),
    ):
        done = command(*arguments, "--course", course)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert not (course / "submitted").exists()

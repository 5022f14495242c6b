"""Whatever the caller or the instructor did wrong ends in one clear line on stderr and exit code 2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


def one_line(outcome: Any) -> str:
    """The only thing that a failing command says."""
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("allclose: ")
    assert outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err
    return str(outcome.err)


@pytest.mark.parametrize("name", ["release", "verify", "grade"])
def test_an_unknown_lab_is_answered_with_its_neighbour(course: Path, command: Command, name: str) -> None:
    assert "did you mean 'example'?" in one_line(command(name, "exmaple", "--course", course))


@pytest.mark.parametrize("name", ["release", "verify", "grade"])
def test_a_lab_without_a_source_notebook_says_where_to_put_it(course: Path, command: Command, name: str) -> None:
    (course / "source" / "example" / "example.ipynb").unlink()
    line = one_line(command(name, "example", "--course", course))
    assert str(course / "source" / "example") in line
    assert ".ipynb" in line


@pytest.mark.parametrize("name", ["release", "verify", "grade"])
def test_a_broken_source_notebook_is_named(course: Path, command: Command, name: str) -> None:
    path = course / "source" / "example" / "example.ipynb"
    path.write_text(path.read_text()[:500])
    assert str(path) in one_line(command(name, "example", "--course", course))


@pytest.mark.parametrize("name", ["release", "verify", "grade"])
def test_a_folder_that_is_no_course_says_what_to_do(
    tmp_path: Path, command: Command, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "allclose init" in one_line(command(name, "example"))
    assert "allclose init" in one_line(command("demo"))


def test_a_demo_of_a_course_without_labs_says_so(course: Path, command: Command) -> None:
    (course / "source" / "example" / "example.ipynb").unlink()
    assert "holds no assignment" in one_line(command("demo", "--course", course))


def test_settings_that_do_not_run_are_named(course: Path, command: Command) -> None:
    (course / "nbgrader_config.py").write_text("c = no_such_name")
    assert "nbgrader_config.py" in one_line(command("grade", "example", "--course", course))


def test_nothing_to_grade_says_where_submissions_go(course: Path, command: Command) -> None:
    assert "submitted" in one_line(command("grade", "example", "--course", course))
    (course / "submitted" / "s001").mkdir(parents=True)
    assert "<student>" in one_line(command("grade", "example", "--course", course))
    assert "elsewhere" in one_line(command("grade", "example", "--course", course, "--submitted", "elsewhere"))


def test_a_student_who_handed_in_nothing_is_named(course: Path, command: Command) -> None:
    (course / "submitted" / "s001" / "example").mkdir(parents=True)
    assert "'s002'" in one_line(command("grade", "example", "--course", course, "--student", "s002"))


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["grade"], "'LAB'"),
        (["grade", "example", "--frobnicate"], "--frobnicate"),
        (["grade", "example", "--jobs", "0"], "--jobs"),
        (["grade", "example", "--jobs", "many"], "--jobs"),
        (["grade", "example", "--isolation", "perfect"], "'perfect'"),
        (["grade", "example", "--device", "tpu"], "'tpu'"),
        (["gradee", "example"], "'gradee'"),
        (["demo", "--students", "1"], "--students"),
        (["init"], "'DIR'"),
    ],
)
def test_a_mistyped_command_line_is_one_line(command: Command, arguments: list[str], part: str) -> None:
    assert part in one_line(command(*arguments))


@pytest.mark.parametrize("option", ["--json", "--csv"])
def test_a_report_that_could_not_be_written_stops_the_run_before_the_work(
    course: Path, command: Command, option: str
) -> None:
    (course / "submitted" / "s001" / "example").mkdir(parents=True)
    for path in (course, course / "nbgrader_config.py" / "report"):
        assert str(path) in one_line(command("grade", "example", "--course", course, option, path))
    assert not (course / "gradebook.db").exists()


def test_init_does_not_touch_a_folder_with_something_in_it(tmp_path: Path, command: Command) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert "not empty" in one_line(command("init", tmp_path))
    assert "not empty" in one_line(command("init", tmp_path / "mine.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_init_below_a_file_is_one_line(tmp_path: Path, command: Command) -> None:
    (tmp_path / "file").write_text("")
    assert "is a file" in one_line(command("init", tmp_path / "file" / "course"))

"""`autograded/` is laid down as nbgrader lays it down; what a student sends goes nowhere else."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from allclose.errors import InteropError
from allclose.interop.autograded import write_autograded
from allclose.model import Assignment, Grade, Json, Status
from tests.small_course import executed, grade

Submitted = Callable[..., Path]


@pytest.fixture
def folder(lab: Assignment) -> Path:
    return lab.root / "autograded" / "ada" / "lab"


def write(lab: Assignment, *grades: Grade) -> None:
    write_autograded(lab, grades, lab.root / "submitted")


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb"
    }


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def printed(lab: Assignment, output: Json) -> Grade:
    notebook = executed(lab)
    notebook["cells"][1]["outputs"] = [output]
    return grade(lab, "ada", notebook)


def test_notebook_students_files_and_data_stand_together_read_only(
    lab: Assignment, folder: Path, submitted: Submitted
) -> None:
    submitted("ada", timestamp_txt="2020-01-01 UTC", helper_py="x = 1")
    write(lab, grade(lab, "ada", executed(lab, essay="So.")))
    assert files(folder) == {"data/points.csv": "1,2\n", "helper.py": "x = 1", "timestamp.txt": "2020-01-01 UTC"}
    assert json.loads((folder / "first.ipynb").read_text())["cells"][3]["source"] == ["So."]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o444}


def test_a_second_run_rewrites_nothing(lab: Assignment, folder: Path, submitted: Submitted) -> None:
    submitted("ada", helper_py="x = 1")
    write(lab, grade(lab, "ada", executed(lab)))
    before = snapshot(folder)
    write(lab, grade(lab, "ada", executed(lab)))
    assert snapshot(folder) == before


def test_a_changed_result_replaces_the_read_only_one(lab: Assignment, folder: Path, submitted: Submitted) -> None:
    submitted("ada", helper_py="x = 1")
    write(lab, grade(lab, "ada", executed(lab)))
    submitted("ada", helper_py="x = 22")
    write(lab, grade(lab, "ada", executed(lab, essay="Changed.")))
    assert files(folder)["helper.py"] == "x = 22"
    assert "Changed." in (folder / "first.ipynb").read_text()


def test_what_no_longer_belongs_goes(lab: Assignment, folder: Path, submitted: Submitted) -> None:
    sent = submitted("ada", helper_py="x = 1")
    (sent / "plots").mkdir()
    (sent / "plots" / "one.txt").write_text("1")
    write(lab, grade(lab, "ada", executed(lab)))
    (sent / "plots" / "one.txt").unlink()
    (sent / "plots").rmdir()
    (sent / "plots").write_text("now a file")
    write(lab, grade(lab, "ada", status=Status.BAD_FILE))
    assert files(folder) == {"data/points.csv": "1,2\n", "helper.py": "x = 1", "plots": "now a file"}
    assert not (folder / "first.ipynb").exists()


def test_a_fault_of_ours_leaves_what_stands_there(lab: Assignment, folder: Path) -> None:
    write(lab, grade(lab, "ada", executed(lab)))
    before = snapshot(folder)
    write(lab, grade(lab, "ada", status=Status.INFRA), grade(lab, "bob", status=Status.INFRA))
    assert snapshot(folder) == before
    assert not (lab.root / "autograded" / "bob").exists()


def test_the_labs_own_files_win_over_the_students(lab: Assignment, folder: Path, submitted: Submitted) -> None:
    sent = submitted("ada")
    (sent / "data").mkdir()
    (sent / "data" / "points.csv").write_text("9,9\n")
    write(lab, grade(lab, "ada", executed(lab)))
    assert files(folder) == {"data/points.csv": "1,2\n"}


def test_a_course_may_let_students_keep_their_version(lab: Assignment, folder: Path, submitted: Submitted) -> None:
    setting = "c = get_config()\nc.Autograde.exclude_overwriting = {'lab': ['data/points.csv']}\n"
    (lab.root / "nbgrader_config.py").write_text(setting)
    sent = submitted("ada")
    (sent / "data").mkdir()
    (sent / "data" / "points.csv").write_text("9,9\n")
    write(lab, grade(lab, "ada", executed(lab)))
    assert files(folder) == {"data/points.csv": "9,9\n"}


def test_links_and_devices_of_a_student_are_not_followed(
    lab: Assignment, folder: Path, submitted: Submitted, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("the key")
    sent = submitted("ada", kept_txt="mine")
    (sent / "file.txt").symlink_to(secret / "key.txt")
    (sent / "folder").symlink_to(secret)
    os.mkfifo(sent / "pipe")
    write(lab, grade(lab, "ada", executed(lab)))
    assert files(folder) == {"data/points.csv": "1,2\n", "kept.txt": "mine"}


def test_a_submission_that_is_itself_a_link_brings_no_files(lab: Assignment, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_text("the key")
    (lab.root / "submitted" / "ada").mkdir()
    (lab.root / "submitted" / "ada" / "lab").symlink_to(tmp_path / "secret")
    write(lab, grade(lab, "ada", executed(lab)))
    assert files(folder) == {"data/points.csv": "1,2\n"}


def test_what_a_student_puts_in_the_way_of_the_lab_is_left_out(
    lab: Assignment, folder: Path, submitted: Submitted
) -> None:
    sent = submitted("ada", data="not a folder")
    (sent / "first.ipynb").mkdir()
    (sent / "first.ipynb" / "trap.txt").write_text("trap")
    (sent / "other.ipynb").write_text("{}")
    (sent / "__pycache__").mkdir()
    (sent / "__pycache__" / "x.pyc").write_text("x")
    write(lab, grade(lab, "ada", executed(lab)))
    assert files(folder) == {"data/points.csv": "1,2\n"}
    assert [path.name for path in sorted(folder.glob("*.ipynb"))] == ["first.ipynb"]


def test_a_file_beyond_the_courses_size_is_not_copied(lab: Assignment, folder: Path, submitted: Submitted) -> None:
    (lab.root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.max_file_size = 1\n")
    submitted("ada", small_txt="x" * 1000, large_txt="x" * 1001)
    write(lab, grade(lab, "ada", executed(lab)))
    assert "small.txt" in files(folder)
    assert "large.txt" not in files(folder)


@pytest.mark.parametrize("student", ["..", ".", "", "../../elsewhere", "/tmp/elsewhere", "a/b", "a\0b"])
def test_a_student_id_that_names_no_folder_is_refused(lab: Assignment, student: str) -> None:
    hostile = replace(grade(lab, "ada", executed(lab)), student=student)
    with pytest.raises(InteropError, match="cannot name a folder"):
        write(lab, hostile)
    assert not (lab.root / "autograded").exists()


@pytest.mark.parametrize("student", ["ada lovelace", "{assignment_id}", "*", "é", "a\\b", "-rf"])
def test_an_odd_student_id_gets_its_own_folder(lab: Assignment, student: str) -> None:
    write(lab, grade(lab, student, executed(lab)))
    assert (lab.root / "autograded" / student / "lab" / "first.ipynb").is_file()


def test_a_flood_of_output_is_cut_as_nbgrader_cuts_it(lab: Assignment, folder: Path) -> None:
    text = "\n".join(str(number) for number in range(5000))
    write(lab, printed(lab, {"output_type": "stream", "name": "stdout", "text": text}))
    (output,) = json.loads((folder / "first.ipynb").read_text())["cells"][1]["outputs"]
    assert len(output["text"]) == 1000
    assert output["text"][-1] == "... Output truncated ..."


def test_a_step_of_the_course_that_fails_is_one_clear_line(lab: Assignment) -> None:
    setting = "c = get_config()\nc.Autograde.autograde_preprocessors = ['no_such_module.Step']\n"
    (lab.root / "nbgrader_config.py").write_text(setting)
    with pytest.raises(
        InteropError, match=r"nbgrader_config\.py: a step of nbgrader's Autograde fails .*no_such_module"
    ):
        write(lab, grade(lab, "ada", executed(lab)))


def test_half_a_surrogate_pair_does_not_stop_the_class(lab: Assignment, folder: Path) -> None:
    write(lab, printed(lab, {"output_type": "stream", "name": "stdout", "text": "\ud83d and é"}))
    (output,) = json.loads((folder / "first.ipynb").read_text())["cells"][1]["outputs"]
    assert output["text"] == ["? and é"]


def test_a_place_that_cannot_be_written_is_one_clear_line_and_leaves_nothing_half(lab: Assignment) -> None:
    (lab.root / "autograded").write_text("a file stands here")
    with pytest.raises(InteropError, match=r"autograded.*: cannot be written .*; make room or give write permission"):
        write(lab, grade(lab, "ada", executed(lab)))


def test_what_a_run_at_work_is_writing_is_left_and_what_a_killed_one_left_goes(lab: Assignment, folder: Path) -> None:
    folder.mkdir(parents=True)
    left, written = folder / ".first.ipynb.a.tmp", folder / ".first.ipynb.b.tmp"
    for path in (left, written):
        path.write_text("half")
    with written.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        write(lab, grade(lab, "ada", executed(lab)))
    assert not left.exists()
    assert written.exists()

"""An autograder zip and a class's submissions are read whole, and what cannot be done is refused by name."""

from __future__ import annotations

import json
import stat
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from allclose.errors import InteropError
from allclose.grading.checks import CheckedLab
from allclose.interop import otter_assignment
from allclose.interop.otter_assignment import handed_in, read_handed_in, read_otter_assignment
from allclose.model import Limits
from tests.otter_assignments import notebook, ok_test

TESTS = {"tests/q1.py": ok_test("q1", [">>> x\n1"])}
LAB = CheckedLab("hw", {}, {"data.csv": b"ours", "__init__.py": b""}, Limits())


def zipped(path: Path, members: dict[str, str | bytes], links: Mapping[str, str] = MappingProxyType({})) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
        for name, target in links.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target)
    return path


def configured(folder: Path, **config: Any) -> Path:
    return zipped(folder / "autograder.zip", {**TESTS, "otter_config.json": json.dumps(config)})


def test_a_zip_and_its_unpacked_folder_are_read_alike(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        **TESTS,
        "files/data.csv": "1,2",
        "files/deep/note.txt": "a note",
        "otter_config.json": json.dumps({"points_possible": 10, "seed": 1, "assignment_name": "hw01"}),
        "setup.sh": "exit 1",
    }
    path = zipped(tmp_path / "autograder.zip", members)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    (tmp_path / "limits.toml").write_text("cell_seconds = 7")
    (tmp_path / "unpacked" / "limits.toml").write_text("cell_seconds = 7")
    found = read_otter_assignment(path)
    assert found == read_otter_assignment(tmp_path / "unpacked")
    assert found.lab.name == "hw01"
    assert found.lab.limits.cell_seconds == 7
    assert found.lab.files == {"data.csv": b"1,2", "deep/note.txt": b"a note", "__init__.py": b""}
    assert list(found.lab.tests) == ["tests/q1.py"]
    assert (found.lab.points_possible, found.lab.seed, found.remarks) == (10, 1, ())


def test_every_option_of_otters_is_known() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from otter.run import AutograderConfig
    known = {*otter_assignment._GRADED, *otter_assignment._REFUSED, *otter_assignment._UNGRADED}
    assert known == set(AutograderConfig.__annotations__) - {"otter_run"}


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"plugins": ["otter.plugins.builtin.RateLimiting"]}, "sets 'plugins'"),
        ({"grade_from_log": True}, "sets 'grade_from_log'"),
        ({"debug": True}, "sets 'debug'"),
        ({"lang": "r"}, "sets 'lang'"),
        ({"seed": 1.5}, "sets 'seed' to what is not a whole number"),
        ({"seed": True}, "sets 'seed'"),
        ({"points_possible": "ten"}, "sets 'points_possible' to what is not a number"),
        ({"score_threshold": [1]}, "sets 'score_threshold'"),
        ({"assignment_name": 5}, "sets 'assignment_name' to what is not a text"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(tmp_path: Path, config: dict[str, Any], why: str) -> None:
    with pytest.raises(InteropError, match=why):
        read_otter_assignment(configured(tmp_path, **config))


def test_options_that_change_no_score_are_passed_over_and_told_of(tmp_path: Path) -> None:
    said = {"pdf": True, "token": "secret", "show_hidden": True, "plugins": [], "debug": False, "pionts": 3}
    remarks = read_otter_assignment(configured(tmp_path, **said)).remarks
    assert [remark.split()[0] for remark in remarks] == ["'pdf'", "'token'", "'pionts'"]
    assert "secret" not in " ".join(remarks)


def test_our_own_bundle_is_sent_to_where_its_suite_stays_hidden(tmp_path: Path) -> None:
    plugin = {"allclose.interop.bundles.within_otter.Repair": {"lab": "lab3", "notebook": "lab3"}}
    with pytest.raises(InteropError, match="grade it with `allclose grade lab3`"):
        read_otter_assignment(configured(tmp_path, plugins=[plugin]))


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"otter_config.json": "{}"}, "there is no tests/"),
        ({**TESTS, "otter_config.json": "{"}, "is not JSON"),
        ({**TESTS, "otter_config.json": "[]"}, "is no object"),
        ({**TESTS, "files/hw.ipynb": "{}"}, "files/hw.ipynb is a notebook"),
        ({"tests/q1.py": b"\xff\xfe"}, "is not UTF-8 text"),
        ({**TESTS, "../evil.py": "x"}, "evil.py is"),
        ({**TESTS, "/files/evil.py": "x"}, "evil.py is"),
    ],
)
def test_a_zip_that_is_no_assignment_is_refused(tmp_path: Path, members: dict[str, str | bytes], why: str) -> None:
    with pytest.raises(InteropError, match=why):
        read_otter_assignment(zipped(tmp_path / "autograder.zip", members))


def test_a_zip_that_was_made_to_hurt_is_refused(tmp_path: Path) -> None:
    linked = zipped(tmp_path / "linked.zip", dict(TESTS), {"files/passwd": "/etc/passwd"})
    with pytest.raises(InteropError, match="a link"):
        read_otter_assignment(linked)
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no end")
    with pytest.raises(InteropError, match="is not a zip file"):
        read_otter_assignment(tmp_path / "broken.zip")
    many = zipped(tmp_path / "many.zip", {**TESTS, **{f"files/{number}": "" for number in range(10_001)}})
    with pytest.raises(InteropError, match="10002 files"):
        read_otter_assignment(many)


def hand_in(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(notebook("x = 1") if name.endswith(".ipynb") else "x = 1")
    return folder


def test_a_file_or_a_folder_is_a_students(tmp_path: Path) -> None:
    folder = hand_in(
        tmp_path,
        *("ann.ipynb", "bob.zip", "helper.py", ".hidden.ipynb", "autograder.zip"),
        *("cem/hw/work.ipynb", "cem/hw2/work.ipynb", "dee/other/work.ipynb", "eve/work.ipynb", "fay/hw/export.zip"),
        *("data/table.csv", "notes.txt"),
    )
    found = handed_in(folder, LAB, folder / "autograder.zip")
    assert {student: path.relative_to(folder).as_posix() for student, path in found.items()} == {
        "ann": "ann.ipynb",
        "bob": "bob.zip",
        "cem": "cem/hw",
        "dee": "dee/other",
        "eve": "eve",
        "fay": "fay/hw/export.zip",
    }


def test_one_file_may_be_named_instead_of_a_class(tmp_path: Path) -> None:
    one = hand_in(tmp_path, "ann.ipynb") / "ann.ipynb"
    assert handed_in(one, LAB, tmp_path / "autograder.zip") == {"ann": one}


def test_nobody_is_lost_to_an_equal_name(tmp_path: Path) -> None:
    with pytest.raises(InteropError, match=r"ann.ipynb and ann.zip are both of student 'ann'"):
        handed_in(hand_in(tmp_path, "ann.zip", "ann.ipynb"), LAB, tmp_path / "autograder.zip")


def test_no_submissions_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InteropError, match="no submissions"):
        handed_in(tmp_path, LAB, tmp_path / "autograder.zip")
    with pytest.raises(InteropError, match="no such folder"):
        handed_in(tmp_path / "nowhere", LAB, tmp_path / "autograder.zip")


def test_scripts_are_submissions_where_there_are_no_notebooks(tmp_path: Path) -> None:
    folder = hand_in(tmp_path, "ann.py", "bob.py")
    assert list(handed_in(folder, LAB, tmp_path / "autograder.zip")) == ["ann", "bob"]
    read = read_handed_in(folder / "ann.py", "ann", LAB)
    assert [cell["source"] for cell in read.notebooks["hw"]["cells"]] == ["x = 1"]


def test_an_exported_zip_brings_its_files_but_not_otters_and_not_the_tests(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "hw.ipynb": notebook("x = 1"),
        "mine.py": "y = 2",
        "data.csv": "theirs",
        "tests/q1.py": "cheat",
        ".OTTER_LOG": b"\x80\x04",
        "__zip_filename__": "hw.zip",
    }
    read = read_handed_in(zipped(tmp_path / "ann.zip", members, {"link": "/etc/passwd"}), "ann", LAB)
    assert read.problems == {}
    assert sorted(read.files) == ["hw.ipynb", "mine.py"]
    assert read.flags == ("file-ignored: link is a link; links are not followed", "data-file-restored: data.csv")


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"a.ipynb": "{}", "b.ipynb": "{}"}, "holds more than one notebook"),
        ({"a.txt": ""}, "holds no notebook"),
        ({"deep/a.ipynb": "{}"}, "holds no notebook"),
        ({"a.ipynb": "{"}, "is not JSON"),
    ],
)
def test_what_otter_cannot_grade_is_a_bad_file(tmp_path: Path, members: dict[str, str | bytes], why: str) -> None:
    read = read_handed_in(zipped(tmp_path / "ann.zip", members), "ann", LAB)
    assert read.notebooks == {}
    assert why in read.problems["hw"]


def test_a_notebook_of_another_assignment_is_not_graded(tmp_path: Path) -> None:
    lab = CheckedLab("hw1", {}, {}, Limits(), expected_name="hw1")
    for name, own in {"right": {"assignment_name": "hw1"}, "other": {"assignment_name": "hw2"}, "none": 5}.items():
        (tmp_path / f"{name}.ipynb").write_text(notebook("x = 1", otter=own))
    problems = {
        name: read_handed_in(tmp_path / f"{name}.ipynb", name, lab).problems for name in ("right", "other", "none")
    }
    assert problems == {
        "right": {},
        "other": {"hw1": "other.ipynb is of 'hw2', and this is 'hw1'"},
        "none": {"hw1": "none.ipynb is of no assignment by name, and this is 'hw1'"},
    }


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "ann.ipynb").symlink_to("/etc/passwd")
    assert "is a link" in read_handed_in(tmp_path / "ann.ipynb", "ann", LAB).problems["hw"]


def test_files_that_do_not_fit_in_the_sandbox_are_left_out(tmp_path: Path) -> None:
    lab = CheckedLab("hw", {}, {}, Limits(disk_bytes=20_000))
    members: dict[str, str | bytes] = {"hw.ipynb": notebook("x = 1"), "large.bin": bytes(16_000), "small.bin": b"1"}
    read = read_handed_in(zipped(tmp_path / "ann.zip", members), "ann", lab)
    assert sorted(read.files) == ["hw.ipynb", "small.bin"]
    assert read.flags == ("file-ignored: large.bin does not fit on the sandbox's disk",)

"""What goes into the zip for Gradescope, and what of a course does not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from allclose import course
from allclose.errors import CourseError
from allclose.interop.bundles.gradescope import bundle
from tests.suited_course import SEED, Asked, write_course

CONFIG = """
import os
c = get_config()
c.CourseDirectory.db_url = "postgresql://grader:hunter2@example.org/course"
c.CourseDirectory.ignore = ["*.bak"]
c.ClearSolutions.code_stub = {"python": "# " + "your turn"}
c.ClearSolutions.begin_solution_delimeter = "BEGIN MINE"
c.ClearSolutions.end_solution_delimeter = "END MINE"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    asked = [Asked("double", "def double(x):\n    return 2 * x", 4)]
    root = write_course(tmp_path, "lab", asked, "", reference="import yaml\n", data={"in.csv": b"1"})
    write_course(tmp_path, "other", asked, "", reference="other = 1\n")
    (root / ".allclose").mkdir()
    (root / ".allclose" / "secret").write_text(SEED.hex())
    return root


def members(root: Path) -> dict[str, bytes]:
    (archive,) = bundle(course.load(root, "lab"), root / "bundles")
    with zipfile.ZipFile(archive) as file:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in file.infolist()}
        assert {name for name, mode in modes.items() if mode & 0o111} == {"setup.sh", "run_autograder"}
        return {name: file.read(name) for name in file.namelist()}


def test_it_holds_what_grading_reads_of_the_course_and_no_other_assignment(root: Path) -> None:
    found = {name.removeprefix("course/") for name in members(root) if name.startswith("course/")}
    assert found == {
        ".allclose/secret",
        "autograder/lab/test_lab.py",
        "nbgrader_config.py",
        "solutions/__init__.py",
        "solutions/lab.py",
        "source/lab/in.csv",
        "source/lab/lab.ipynb",
    }


def test_the_secret_is_the_courses_so_that_hidden_inputs_are_the_same_everywhere(root: Path) -> None:
    assert bytes.fromhex(members(root)["course/.allclose/secret"].decode()) == SEED


def test_it_is_the_same_to_the_byte_each_time(root: Path) -> None:
    (archive,) = bundle(course.load(root, "lab"), root / "bundles")
    first = archive.read_bytes()
    bundle(course.load(root, "lab"), root / "bundles")
    assert archive.read_bytes() == first


def test_settings_travel_as_values_and_a_password_does_not(root: Path, tmp_path: Path) -> None:
    (root / "nbgrader_config.py").write_text(CONFIG)
    notebook = root / "source" / "lab" / "lab.ipynb"
    text = notebook.read_text().replace("### BEGIN SOLUTION", "# BEGIN MINE").replace("### END SOLUTION", "# END MINE")
    notebook.write_text(text)
    (root / "nbgrader_config.json").write_text('{"ClearSolutions": {"code_stub": {"python": "# yours"}}}')
    found = members(root)
    assert not [name for name, data in found.items() if b"hunter2" in data]
    there = tmp_path / "there"
    for name, data in found.items():
        path = there / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    ours, theirs = course.load(root, "lab"), course.load(there / "course", "lab")
    assert theirs.notebooks[0].released == ours.notebooks[0].released
    assert "# yours" in ours.notebooks[0].released[1]["source"]
    assert theirs.data_files == ours.data_files


def test_a_setting_that_is_no_value_is_refused_by_name(root: Path) -> None:
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.ClearSolutions.text_stub = object()\n")
    with pytest.raises(CourseError, match=r"nbgrader_config\.py: ClearSolutions\.text_stub is no plain value"):
        bundle(course.load(root, "lab"), root / "bundles")


def test_what_is_installed_is_pinned_and_the_reference_counts(root: Path) -> None:
    found = members(root)
    wheel = next(name for name in found if name.endswith(".whl"))
    requirements = found["requirements.txt"].decode().splitlines()
    assert requirements == [f"./{wheel}[grade]", "pyyaml>=6"]
    pins = dict(line.split("==") for line in found["constraints.txt"].decode().splitlines())
    assert {"numpy", "torch", "msgspec", "pyyaml"} <= set(pins)
    assert "allclose" not in pins


def test_its_scripts_have_no_place_of_this_machine_nor_a_word_left_open(root: Path) -> None:
    found = members(root)
    for name in ("setup.sh", "run_autograder", "requirements.txt", "constraints.txt"):
        text = found[name].decode()
        assert str(root) not in text
        assert "@" not in text.replace("[@]", "")
    assert "score" not in json.loads(found["not_graded.json"])


def test_a_lab_of_an_awkward_name_stays_one_word_of_the_script(tmp_path: Path) -> None:
    lab = "week 1; rm -rf $HOME"
    root = write_course(tmp_path, lab, [Asked("double", "double = 2", 4)], "", reference="double = 2\n")
    (archive,) = bundle(course.load(root, lab), tmp_path / "out")
    with zipfile.ZipFile(archive) as file:
        assert f"\"$root\" '{lab}'" in file.read("run_autograder").decode()

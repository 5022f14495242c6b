"""The one line finds its place in every kind of settings file, and not a byte of what is there changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from allclose.errors import CourseError, InteropError
from allclose.interop.adoption import LINE, adopt
from allclose.interop.settings import load_settings
from allclose.interop.steps import OURS

SETTINGS = {
    "ordinary": b"c = get_config()\n\nc.CourseDirectory.course_id = 'abc'\n",
    "without get_config": b"c.CourseDirectory.course_id = 'abc'\n",
    "without a last line break": b"c = get_config()\nc.CourseDirectory.course_id = 'abc'",
    "from Windows": b"c = get_config()\r\nc.CourseDirectory.course_id = 'abc'\r\n",
    "from Windows, without a last line break": b"c = get_config()\r\nc.CourseDirectory.course_id = 'abc'",
    "from an old Mac": b"c = get_config()\rc.CourseDirectory.course_id = 'abc'\r",
    "in Latin-1": "# -*- coding: latin-1 -*-\nc = get_config()\nc.CourseDirectory.course_id = 'für'\n".encode(
        "latin-1"
    ),
    "with a byte order mark": b"\xef\xbb\xbfc = get_config()\n",
    "with comments at the end": b"c = get_config()\n# c.Autograde.autograde_preprocessors = []\n#    the end",
    "with a branch at the end": b"c = get_config()\nif True:\n    c.CourseDirectory.course_id = 'abc'\n    # and on\n",
    "with blanks at the end": b"c = get_config()\nif True:\n    pass\n    ",
    "with many empty lines at the end": b"c = get_config()\n\n\n\n\n",
    "under another name": b"config = get_config()\nc = 3\nconfig.CourseDirectory.course_id = 'abc'\n",
    "with the name taken away": b"config = get_config()\ndel c\n",
    "in two files": b"c = get_config()\nload_subconfig('local.py')\n",
    "empty": b"",
}
LISTS = {
    "classes": (
        b"from nbgrader.preprocessors import *\nc.Autograde.autograde_preprocessors = [Execute, LimitOutput, 'my']\n",
        [OURS, "LimitOutput", "my"],
    ),
    "names": (
        b"c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute', 'steps.of.mine']\n",
        [OURS, "steps.of.mine"],
    ),
    "in a file of their own": (b"load_subconfig('steps.py')\n", [OURS, "steps.of.mine"]),
}


def named(root: Path) -> list[str]:
    """The steps of `nbgrader autograde` as the settings have them."""
    steps = load_settings(root).config.Autograde.autograde_preprocessors
    return [step if isinstance(step, str) else step.__name__ for step in steps]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An nbgrader course on a machine without settings of its own."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    (tmp_path / "course" / "source").mkdir(parents=True)
    (tmp_path / "course" / "local.py").write_text("c.CourseDirectory.course_id = 'local'\n")
    (tmp_path / "course" / "steps.py").write_text(
        "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute', 'steps.of.mine']\n"
    )
    return tmp_path / "course"


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_the_line_is_added_at_the_end_once_and_works(root: Path, text: bytes) -> None:
    path = root / "nbgrader_config.py"
    path.write_bytes(text)
    path.chmod(0o640)
    before = path.stat()
    added = adopt(root)
    assert added.line.removeprefix("get_config()").removeprefix("c") == LINE.removeprefix("c")
    whole = path.read_bytes()
    ending = b"\r\n" if b"\r\n" in text else b"\r" if b"\r" in text else b"\n"
    lead = b"" if not text or text.endswith((b"\n", b"\r")) else ending
    assert whole == text + lead + added.line.encode() + ending
    assert named(root)[0] == OURS
    assert (path.stat().st_mode, path.stat().st_ino) == (before.st_mode, before.st_ino)
    assert adopt(root).line == ""
    assert path.read_bytes() == whole


def test_where_there_are_no_settings_a_file_with_the_line_is_made(root: Path) -> None:
    assert adopt(root).made
    assert (root / "nbgrader_config.py").read_text() == f"c = get_config()\n{LINE}\n"
    assert named(root)[0] == OURS


def test_settings_in_json_are_left_alone_and_hold_beside_the_line(root: Path) -> None:
    text = '{"CourseDirectory": {"course_id": "abc"}}'
    (root / "nbgrader_config.json").write_text(text)
    adopt(root)
    assert (root / "nbgrader_config.json").read_text() == text
    config = load_settings(root).config
    assert config.CourseDirectory.course_id == "abc"
    assert named(root)[0] == OURS


@pytest.mark.parametrize(("text", "steps"), LISTS.values(), ids=LISTS)
def test_a_list_of_steps_keeps_its_other_steps(root: Path, text: bytes, steps: list[str]) -> None:
    path = root / "nbgrader_config.py"
    path.write_bytes(text)
    line = adopt(root).line
    assert path.read_bytes() == text + line.encode() + b"\n"
    assert named(root) == steps
    assert adopt(root).line == ""


def test_steps_that_are_added_to_nbgraders_own_stay(root: Path) -> None:
    (root / "nbgrader_config.py").write_text("c.Autograde.autograde_preprocessors.append('steps.of.mine')\n")
    adopt(root)
    steps = named(root)
    assert (steps[0], steps[-1], len(steps)) == (OURS, "steps.of.mine", 8)


def test_the_line_put_there_by_hand_is_known_in_any_form(root: Path) -> None:
    path = root / "nbgrader_config.py"
    path.write_text(f"c.Autograde.autograde_preprocessors = ['{OURS}']\n")
    assert adopt(root).line == ""


@pytest.mark.parametrize(
    ("files", "part"),
    [
        ({"nbgrader_config.py": "c.Autograde.autograde_preprocessors = ['steps.of.mine']\n"}, "no nbgrader.prepro"),
        (
            {"nbgrader_config.json": '{"Autograde": {"autograde_preprocessors": ["nbgrader.preprocessors.Execute"]}}'},
            "nbgrader_config.json lists",
        ),
        ({"nbgrader_config.py": "c = get_config(\n"}, "does not run"),
        ({"nbgrader_config.py": "def get_config(): pass\nc = None\n"}, "does not run"),
    ],
)
def test_where_the_line_would_do_nothing_all_is_left_as_it_was(root: Path, files: dict[str, str], part: str) -> None:
    for name, text in files.items():
        (root / name).write_text(text)
    before = {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()}
    with pytest.raises((InteropError, CourseError)) as caught:
        adopt(root)
    assert part in str(caught.value)
    assert {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()} == before


def test_steps_set_for_all_courses_are_named_with_their_file(root: Path) -> None:
    jupyter = Path(os.environ["JUPYTER_CONFIG_DIR"])
    jupyter.mkdir()
    (jupyter / "nbgrader_config.py").write_text("c.Autograde.autograde_preprocessors = ['steps.of.mine']\n")
    with pytest.raises(InteropError) as caught:
        adopt(root)
    assert str(jupyter / "nbgrader_config.py") in str(caught.value)
    assert not (root / "nbgrader_config.py").exists()


def test_the_line_in_the_settings_of_all_courses_is_enough(root: Path) -> None:
    jupyter = Path(os.environ["JUPYTER_CONFIG_DIR"])
    jupyter.mkdir()
    (jupyter / "nbgrader_config.py").write_text(f"c = get_config()\n{LINE}\n")
    assert adopt(root).line == ""
    assert not (root / "nbgrader_config.py").exists()


def test_read_only_settings_are_left_alone(root: Path) -> None:
    path = root / "nbgrader_config.py"
    path.write_bytes(SETTINGS["ordinary"])
    path.chmod(0o444)
    with pytest.raises(InteropError, match=r"read-only: make it writable .* or put this line there yourself: c\.Auto"):
        adopt(root)
    assert path.read_bytes() == SETTINGS["ordinary"]


def test_a_link_to_settings_that_other_courses_share_is_not_written_through(root: Path) -> None:
    shared = root.parent / "shared.py"
    shared.write_bytes(SETTINGS["ordinary"])
    (root / "nbgrader_config.py").symlink_to(shared)
    with pytest.raises(InteropError, match="other courses"):
        adopt(root)
    assert shared.read_bytes() == SETTINGS["ordinary"]


def test_what_is_half_written_is_taken_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "nbgrader_config.py"
    path.write_bytes(SETTINGS["ordinary"])

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        adopt(root)
    assert path.read_bytes() == SETTINGS["ordinary"]
    path.unlink()
    with pytest.raises(OSError, match="No space"):
        adopt(root)
    assert not path.exists()


def test_a_folder_in_the_place_of_the_settings_is_named(root: Path) -> None:
    (root / "nbgrader_config.py").mkdir()
    with pytest.raises(InteropError, match="no file: put it aside"):
        adopt(root)

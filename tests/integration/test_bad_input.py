"""Submissions that are none, courses that cannot be written, disks that are full: one line, or a flagged grade."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from allclose import course
from allclose.notebook.splice import solved
from tests.suited_course import Asked, hand_in, write_course

LAB = "lab"
ALLCLOSE = [sys.executable, "-c", "from allclose.cli import main; main()"]
#: Runs a command where nobody, root included, may write to $1.
READ_ONLY = """
import os, subprocess, sys
from allclose.sandbox import kernel
kernel.mount(sys.argv[1], sys.argv[1], flags=kernel.MS_BIND)
kernel.restrict_mount(sys.argv[1], kernel.MOUNT_ATTR_RDONLY)
os.execv(sys.argv[2], sys.argv[2:])
"""
#: Runs a command where $1 is on a disk of $2 bytes, and moves what is there onto it.
SMALL_DISK = """
import os, shutil, sys
from allclose.sandbox import kernel
kept = sys.argv[1] + ".kept"
os.mkdir(kept)
kernel.mount(sys.argv[1], kept, flags=kernel.MS_BIND)
kernel.mount("tmpfs", sys.argv[1], "tmpfs", 0, f"size={sys.argv[2]}")
shutil.copytree(kept, sys.argv[1], dirs_exist_ok=True)
status = os.spawnv(os.P_WAIT, sys.argv[3], sys.argv[3:])
shutil.copytree(sys.argv[1], sys.argv[1] + ".after")
os._exit(status)
"""
SUITE = """
from allclose import grade


@grade("one", points=1)
def test_one(submission):
    assert submission.one() == 1
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = write_course(tmp_path / "course", LAB, [Asked("one", "def one():\n    return 1", 1)], SUITE)
    for student in ("s1", "s2", "s3"):
        hand_in(made, student, LAB, content(made))
    return made


def content(root: Path) -> Any:
    (notebook,) = course.load(root, LAB).notebooks
    return solved(notebook)


def grade(root: Path, *arguments: str, within: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*within, *ALLCLOSE, "grade", LAB, "--course", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def alone(script: str, *arguments: object) -> tuple[str, ...]:
    """A command that runs another one with mounts of its own; works for root and for others."""
    return ("unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c", script, *map(str, arguments))


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only thing that a failing command says."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("allclose: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def nothing_half_written(root: Path) -> None:
    assert [path for path in root.rglob("*") if path.name.endswith((".tmp", "-journal"))] == []
    for path in (*root.glob(".allclose/*/results/*"), *root.glob("autograded/*/*/*.ipynb")):
        json.loads(path.read_bytes())


@pytest.mark.parametrize(
    ("suite", "file", "told"),
    [
        (SUITE.replace("points=1", "points=3"), "autograder/lab", "add up to 3 points, its cell 'one-grade' says 1"),
        ("", "autograder/lab", 'has no test; add one with @grade("one", ...)'),
        (SUITE + "import numpyy", "autograder/lab/test_lab.py", "No module named 'numpyy'"),
        ("import os\nos._exit(3)", "autograder/lab", "ended the process that collects it"),
        ("import sys\nsys.exit('no')", "autograder/lab/test_lab.py", "pytest cannot collect it"),
        (SUITE.replace("points=1", "points=-1"), "autograder/lab/test_lab.py", "at least 0, not -1"),
    ],
    ids=["points", "no test", "import", "dies", "exits", "negative"],
)
def test_a_suite_that_does_not_hold_stops_the_run_before_it_begins(
    root: Path, suite: str, file: str, told: str
) -> None:
    (root / "autograder" / LAB / f"test_{LAB}.py").write_text(suite)
    line = one_line(grade(root))
    assert file in line
    assert told in line
    assert not (root / "autograded").exists()
    assert not (root / ".allclose" / LAB).exists()


def test_whatever_lies_in_submitted_is_a_flagged_grade(root: Path) -> None:
    submitted = root / "submitted"
    (submitted / "nothing" / LAB).mkdir(parents=True)
    (submitted / "other" / LAB).mkdir(parents=True)
    (submitted / "other" / LAB / "my solution.ipynb").write_text(json.dumps(content(root)))
    hand_in(root, "more", LAB, content(root))
    for name in ("copy.ipynb", "notes.txt", "\x1b[2J.txt"):
        (submitted / "more" / LAB / name).write_text("{}")
    (submitted / "folder" / LAB / f"{LAB}.ipynb").mkdir(parents=True)
    (submitted / "file").mkdir()
    (submitted / "file" / LAB).write_text("no folder")
    (submitted / "link" / LAB).mkdir(parents=True)
    (submitted / "link" / LAB / f"{LAB}.ipynb").symlink_to(submitted / "s1" / LAB / f"{LAB}.ipynb")
    os.mkfifo((submitted / "link" / LAB) / "pipe")
    (submitted / "readme.txt").write_text("a file beside the students")
    (submitted / "nobody").mkdir()
    done = grade(root, "--json", str(root / "grades.json"))
    assert done.returncode == 0, done.stderr
    found = {each["student"]: each for each in json.loads((root / "grades.json").read_text())["submissions"]}
    bad = {name: each["flags"] for name, each in found.items() if each["status"] == "bad-file"}
    assert set(bad) == {"nothing", "other", "folder", "file", "link"}
    assert "missing" in bad["nothing"][0]
    assert "other-file: my solution.ipynb" in bad["other"]
    assert "folder" in bad["folder"][0]
    assert "link" in bad["link"][-1] + bad["link"][0]
    assert {found[name]["score"] for name in ("s1", "s2", "s3", "more")} == {1.0}
    assert "other-file: copy.ipynb" in found["more"]["flags"]
    assert "\x1b" not in done.stdout + json.dumps(found)
    nothing_half_written(root)


def test_a_students_folder_whose_name_is_no_text_is_named(root: Path) -> None:
    (root / "submitted" / os.fsdecode(b"s\xff") / LAB).mkdir(parents=True)
    line = one_line(grade(root))
    assert "submitted" in line
    assert "rename" in line


def test_a_course_that_cannot_be_written_says_so_before_the_work(root: Path) -> None:
    before = sorted(root.rglob("*"))
    line = one_line(grade(root, within=alone(READ_ONLY, root)))
    assert str(root) in line
    assert "Read-only file system" in line or "writ" in line
    assert sorted(root.rglob("*")) == before


@pytest.mark.parametrize("folder", ["autograded", ".allclose/lab/results"])
def test_a_folder_that_cannot_be_written_is_named(root: Path, folder: str) -> None:
    (root / folder).mkdir(parents=True)
    line = one_line(grade(root, within=alone(READ_ONLY, root / folder)))
    assert str(root / folder) in line
    assert "write permission" in line
    nothing_half_written(root)
    done = grade(root)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("spare", [0, 40, 80, 120, 200, 320])
def test_a_disk_that_fills_up_leaves_whole_results_or_none(root: Path, spare: int) -> None:
    blocks = sum(1 + path.stat().st_size // 4096 for path in root.rglob("*"))
    done = grade(root, within=alone(SMALL_DISK, root, 4096 * (blocks + spare) + 4096))
    after = root.with_name(f"{root.name}.after")
    if done.returncode:
        line = one_line(done)
        assert str(root) in line
        assert "room" in line or "full" in line
    nothing_half_written(after)


def test_a_result_larger_than_a_file_may_be_leaves_no_half_of_it(root: Path) -> None:
    loud = content(root)
    loud["cells"][1]["source"] += "\nprint('x' * 7_000_000)"
    own = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
    loud["cells"].append({**own, "source": "print('x' * 7_000_000)"})
    hand_in(root, "s2", LAB, loud)
    line = one_line(grade(root, within=("sh", "-c", 'ulimit -f 20000 && trap "" XFSZ && exec "$@"', "sh")))
    assert str(root) in line
    assert "make room" in line
    nothing_half_written(root)
    done = grade(root)
    assert done.returncode == 0, done.stderr
    nothing_half_written(root)

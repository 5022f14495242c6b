"""A download of each site, with names that no program likes: collect, grade, export, and nobody is lost."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from allclose import course
from allclose.cli import run
from allclose.interop.collected import read_collected
from allclose.model import Assignment
from tests.archives import HandedIn, brightspace, canvas, gradescope, moodle, zipped
from tests.integration.conftest import Nbgrader
from tests.small_course import cell, write_source

LAB = "lab 1"
ROSTER = """\
\ufeffStudent ID;Full name;E-mail;Section;Site ID
s01;"Ünal, Zoë";zoe@x.test;A;
s02;Mary Ann O'Brien;mob@x.test;A;
s03;李小龙;lxl@x.test;B;
s04;Ann Lee;ann@x.test;A;104
s05;Ann Lee;lee@x.test;B;105
s06;"de la Cruz Ñoño, José María";jm@x.test;B;
s 07;Łukasz Żółć;lz@x.test;B;
s08;Ab Sent;ab@x.test;B;
"""
#: Whose answer is right: 2 points, else 0.
SCORES = {"s01": 2, "s02": 0, "s03": 2, "s04": 0, "s05": 2, "s06": 2, "s 07": 0}
STRANGER = "Nobody Known"


def answered(value: str) -> bytes:
    cells = [
        cell("double", "code", value, solution=True),
        cell("double-test", "code", "assert double == 2", 2.0, grade=True, locked=True),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(content).encode()


RIGHT, WRONG = answered("import helper\ndouble = helper.two"), answered("double = 3")
HELPER = b"two = 2\n"


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    root = tmp_path / "course"
    cells = [
        cell("double", "code", "### BEGIN SOLUTION\ndouble = 2\n### END SOLUTION", solution=True),
        cell("double-test", "code", "assert double == 2", 2.0, grade=True, locked=True),
    ]
    write_source(root, cells, name="my lab", lab=LAB)
    (root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return course.load(root, LAB)


def class_of(when: datetime) -> list[HandedIn]:
    """Seven of the roster and one who is not on it."""
    right = {"my lab.ipynb": RIGHT, "helper.py": HELPER, "notes, final.txt": b"n"}
    return [
        HandedIn("Zoë", "Ünal", 101, right, when, id="s01", email="zoe@x.test"),
        HandedIn("Mary-Ann", "O’Brien", 102, {"my lab (1).ipynb": WRONG}, when, True, "s02", "mob@x.test"),
        HandedIn("小龙", "李", 103, right, when, id="s03", email="lxl@x.test"),
        HandedIn("Ann", "Lee", 104, {"Mein Übung.ipynb": WRONG}, when, id="s04", email="ann@x.test"),
        HandedIn("Ann", "Lee", 105, right, when, id="s05", email="lee@x.test"),
        HandedIn("José María", "De La Cruz Ñoño", 106, right, when, id="s06", email="jm@x.test"),
        HandedIn(
            "Łukasz", "Żółć", 107, {"my lab.ipynb": WRONG, "data/x.csv": b"1"}, when, id="s 07", email="lz@x.test"
        ),
        HandedIn("Nobody", "Known", 108, right, when, id="s99", email="nk@x.test"),
    ]


def allclose(capsys: pytest.CaptureFixture[str], lab: Assignment, *arguments: object) -> str:
    code = run([*map(str, arguments), "--course", str(lab.root)])
    captured = capsys.readouterr()
    assert code == 0, captured.err + captured.out
    return captured.out


def scores(capsys: pytest.CaptureFixture[str], lab: Assignment) -> dict[str, float | None]:
    """Grade and export: who has which score, or none."""
    allclose(capsys, lab, "grade", LAB)
    allclose(capsys, lab, "export", LAB, "--format", "csv", "--out", lab.root / "out.csv")
    rows = list(csv.DictReader(io.StringIO((lab.root / "out.csv").read_text(encoding="utf-8-sig"))))
    found = {row["student"]: float(row["score"]) if row["score"] else None for row in rows}
    assert len(found) == len(rows)
    return found


def expected(lab: Assignment) -> dict[str, float | None]:
    students = {student.replace("s 07", folder_of_s07(lab)): float(score) for student, score in SCORES.items()}
    return {**students, "s08": 0.0}


def folder_of_s07(lab: Assignment) -> str:
    return next(path.name for path in (lab.root / "submitted").iterdir() if path.name.startswith("s-07-"))


def check_round_trip(capsys: pytest.CaptureFixture[str], lab: Assignment, download: Path) -> None:
    out = allclose(capsys, lab, "collect", LAB, download)
    assert "7 students (7 new), 1 submission of nobody." in out
    assert "Nothing from 1 on the roster: s08 (Ab Sent)." in out
    assert "is not on the roster" in out or "not on the roster" in out
    kept = list((lab.root / ".allclose" / LAB / "unmatched").rglob("*my lab.ipynb"))
    assert [path.read_bytes() for path in kept] == [RIGHT]
    assert (lab.root / "submitted/s01" / LAB / "notes, final.txt").is_file()
    before = picture(lab.root / "submitted")
    assert "(7 as before)" in allclose(capsys, lab, "collect", LAB, download)
    assert picture(lab.root / "submitted") == before
    found = scores(capsys, lab)
    assert found == expected(lab)


def picture(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_canvas(capsys: pytest.CaptureFixture[str], lab: Assignment, tmp_path: Path) -> None:
    handed_in = class_of(datetime(2026, 11, 5, 11, 30))
    # Canvas has no folders, and calls what is handed in again by a number.
    again = {"my lab-2.ipynb": RIGHT, "helper-1.py": HELPER, "notes, final.txt": b"n"}
    handed_in[0] = HandedIn("Zoë", "Ünal", 101, again, id="s01")
    handed_in[6] = HandedIn("Łukasz", "Żółć", 107, {"my lab.ipynb": WRONG, "x.csv": b"1"})
    check_round_trip(capsys, lab, canvas(tmp_path / "submissions.zip", handed_in))
    assert read_collected(lab.root, LAB)["s02"].late


def test_moodle(capsys: pytest.CaptureFixture[str], lab: Assignment, tmp_path: Path) -> None:
    handed_in = class_of(datetime(2026, 11, 5, 11, 30))
    bundle = zipped(tmp_path / "own.zip", {"work/my lab.ipynb": RIGHT, "work/helper.py": HELPER}).read_bytes()
    handed_in[2] = HandedIn("小龙", "李", 103, {"work.zip": bundle})
    check_round_trip(capsys, lab, moodle(tmp_path / "download.zip", handed_in, text="<p>done</p>"))


def test_brightspace(capsys: pytest.CaptureFixture[str], lab: Assignment, tmp_path: Path) -> None:
    handed_in = class_of(datetime(2026, 11, 5, 11, 30))
    first = HandedIn("Zoë", "Ünal", 101, {"my lab.ipynb": WRONG}, datetime(2026, 11, 4, 23, 59))
    check_round_trip(capsys, lab, brightspace(tmp_path / "Lab Download.zip", [*handed_in, first]))
    stamp = (lab.root / "submitted/s01" / LAB / "timestamp.txt").read_text()
    assert stamp.startswith(f"{datetime(2026, 11, 5, 11, 30).astimezone().astimezone(tz=None):%Y-%m-%d}")


def test_gradescope(capsys: pytest.CaptureFixture[str], lab: Assignment, tmp_path: Path) -> None:
    handed_in = class_of(datetime(2026, 11, 5, 11, 30))
    check_round_trip(capsys, lab, gradescope(tmp_path / "submissions.zip", handed_in))
    assert (lab.root / "submitted/s01" / LAB / "timestamp.txt").read_text() == "2026-11-05 11:30:00.123456 UTC\n"


def test_a_plain_archive(capsys: pytest.CaptureFixture[str], lab: Assignment, tmp_path: Path) -> None:
    members: dict[str, bytes] = {}
    for each in class_of(datetime(2026, 11, 5, 11, 30)):
        label = f"{each.id} - {each.name}" if each.last == "Lee" else each.name
        members |= {f"downloads/{label}/{name}": content for name, content in each.files.items()}
    path = tmp_path / "class.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_780_000_000
            file.addfile(info, io.BytesIO(content))
    check_round_trip(capsys, lab, path)


def test_nbgraders_own_collection_is_graded_and_can_be_collected_over(
    capsys: pytest.CaptureFixture[str], lab: Assignment, nbgrader: Nbgrader
) -> None:
    """The real `nbgrader zip_collect`, with a name pattern as its manual has it."""
    (lab.root / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.FileNameCollectorPlugin.named_regexp = r'.*/(?P<student_id>s\\d+)_(?P<timestamp>[\\d-]+)_(?P<file_id>.+)'\n"
    )
    nbgrader(lab.root, "generate_assignment", LAB)
    archive = lab.root / "downloaded" / LAB / "archive"
    members = {"s01_2026-11-05_my lab.ipynb": RIGHT.replace(b"helper.two", b"2"), "s04_2026-11-06_my lab.ipynb": WRONG}
    zipped(archive / "all.zip", {name: content.replace(b"import helper", b"pass") for name, content in members.items()})
    nbgrader(lab.root, "zip_collect", LAB)
    before = picture(lab.root / "submitted")
    assert len(before) == 4
    extracted = allclose(capsys, lab, "collect", LAB, lab.root / "downloaded" / LAB / "extracted")
    assert "2 students (2 as before), 0 submissions of nobody." in extracted
    assert "2 students (2 as before), 0 submissions of nobody." in allclose(capsys, lab, "collect", LAB, archive)
    assert picture(lab.root / "submitted") == before
    found = scores(capsys, lab)
    assert (found["s01"], found["s04"], found["s02"]) == (2.0, 0.0, 0.0)
    shutil.rmtree(lab.root / "submitted")
    allclose(capsys, lab, "collect", LAB, archive)
    collected = (lab.root / "submitted/s01" / LAB / "timestamp.txt").read_text()
    assert collected == "2026-11-05 00:00:00.000000 UTC\n"


def test_lateness_by_the_sites_time_costs_what_the_course_says(
    capsys: pytest.CaptureFixture[str], lab: Assignment, tmp_path: Path
) -> None:
    from nbgrader.api import Gradebook

    from allclose.interop.gradebook import record_source

    (lab.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.AssignLatePenalties.plugin_class = 'nbgrader.plugins.LateSubmissionPlugin'\n"
        "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    record_source(lab, f"sqlite:///{lab.root / 'gradebook.db'}")
    due = datetime(2026, 11, 5, 11, 0)
    with Gradebook(f"sqlite:///{lab.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(LAB, duedate=due)
    files = {"my lab.ipynb": answered("double = 2")}
    in_time = HandedIn("Zoë", "Ünal", 101, files, due - timedelta(hours=1), id="s01")
    late = HandedIn("Mary Ann", "O'Brien", 102, files, due + timedelta(hours=1), id="s02")
    out = allclose(capsys, lab, "collect", LAB, gradescope(tmp_path / "g.zip", [in_time, late]))
    assert [("late" in line.split("gradescope")[1]) for line in out.splitlines() if "gradescope" in line] == [
        False,
        True,
    ]
    found = scores(capsys, lab)
    assert (found["s01"], found["s02"]) == (2.0, 0.0)

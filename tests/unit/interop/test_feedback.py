"""Pages lie where nbgrader keeps feedback, with what its release needs, and without hidden tests."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import zipfile
from pathlib import Path

import pytest

from allclose.errors import InteropError
from allclose.interop import feedback
from allclose.interop.collected import Collected
from allclose.interop.export.standings import read_standings
from allclose.interop.feedback import Pages, write_feedback
from allclose.interop.feedback_zip import write_feedback_zip
from allclose.model import Assignment
from allclose.report.feedback import Page
from tests.graded_course import answered, comment, finished, record_class, ungraded, unreadable, write_lab
from tests.small_course import ASSERTION, executed, grade


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    lab = write_lab(tmp_path / "course")
    folder = lab.root / "submitted" / "s001" / "lab"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-02-01 10:00:00 UTC")
    (folder / "submission_secret.txt").write_text("ab" * 64)
    record_class(lab, [answered(lab, "s001"), answered(lab, "s002"), unreadable(lab, "s003"), ungraded(lab, "s004")])
    return lab


def pages_of(lab: Assignment) -> Pages:
    standings = read_standings(lab)
    return write_feedback(lab, standings, [student.id for student in standings.students])


def text_of(lab: Assignment, student: str) -> str:
    return (lab.root / "feedback" / student / "lab" / "first.html").read_text(encoding="utf-8")


def test_everybody_with_a_result_has_a_page_where_nbgrader_keeps_it(lab: Assignment) -> None:
    pages = pages_of(lab)
    assert sorted(pages) == ["s001", "s002", "s003"]
    assert pages["s001"]["first"] == lab.root / "feedback" / "s001" / "lab" / "first.html"
    assert "Two is doubled." in text_of(lab, "s001")
    assert "first.ipynb is not JSON" in text_of(lab, "s003")
    assert not (lab.root / "feedback" / "s004").exists()


def test_the_page_tells_what_the_gradebook_says(lab: Assignment) -> None:
    finished(lab, "s001")
    comment(lab, "s001", "essay", "Well <said>.")
    pages_of(lab)
    assert '7.5</span> <span class="soft">of 10 points' in text_of(lab, "s001")
    assert "Well &lt;said&gt;." in text_of(lab, "s001")
    assert "so far" in text_of(lab, "s002")


def test_time_and_secret_of_the_submission_lie_beside_the_page(lab: Assignment) -> None:
    pages_of(lab)
    folder = lab.root / "feedback" / "s001" / "lab"
    assert (folder / "timestamp.txt").read_text() == "2026-02-01 10:00:00 UTC"
    assert (folder / "submission_secret.txt").read_text() == "ab" * 64
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o644}


def test_a_submission_without_a_secret_gets_one_and_keeps_it(lab: Assignment) -> None:
    pages_of(lab)
    path = lab.root / "feedback" / "s002" / "lab" / "submission_secret.txt"
    secret = path.read_text()
    assert len(secret) == 128
    pages_of(lab)
    assert path.read_text() == secret
    assert secret != (lab.root / "feedback" / "s003" / "lab" / "submission_secret.txt").read_text()


@pytest.mark.parametrize("name", ["first.ipynb", "submission_secret.txt", "timestamp.txt"])
def test_links_in_a_graded_folder_are_not_followed(lab: Assignment, tmp_path: Path, name: str) -> None:
    secret = tmp_path / "key"
    secret.write_text('{"cells": [{"cell_type": "code", "source": "TOP-SECRET"}]}')
    path = lab.root / "autograded" / "s001" / "lab" / name
    path.unlink(missing_ok=True)
    path.symlink_to(secret)
    pages_of(lab)
    for each in (lab.root / "feedback" / "s001" / "lab").iterdir():
        assert "TOP-SECRET" not in each.read_text()


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff", b'{"cells": {}}', b"[" * 100_000])
def test_a_graded_notebook_that_is_broken_leaves_a_page_all_the_same(lab: Assignment, content: bytes) -> None:
    path = lab.root / "autograded" / "s001" / "lab" / "first.ipynb"
    path.chmod(0o644)
    path.write_bytes(content)
    pages_of(lab)
    assert "Two is doubled." in text_of(lab, "s001")


def test_hidden_tests_and_what_they_put_out_are_on_no_page(lab: Assignment) -> None:
    failing = executed(lab, right=False)
    for cell in failing["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == "double-test":
            assert "HIDDEN" in cell["source"]
            cell["outputs"] = [{**ASSERTION, "evalue": "assert 41 == 42", "traceback": ["-> assert double == 42"]}]
    record_class(lab, [grade(lab, "s001", failing)])
    pages_of(lab)
    text = re.sub(r"</?span[^>]*>", "", text_of(lab, "s001").partition("<body>")[2])
    assert "assert double == 2" in text
    assert not any(hidden in text for hidden in ("HIDDEN", "42", "assert double\n"))
    assert "the test failed" in text


def test_a_course_that_is_shared_by_a_group_has_pages_for_the_group(lab: Assignment) -> None:
    with (lab.root / "nbgrader_config.py").open("a") as file:
        file.write("c.CourseDirectory.groupshared = True\n")
    pages_of(lab)
    folder = lab.root / "feedback" / "s001" / "lab"
    assert stat.S_IMODE((folder / "first.html").stat().st_mode) == 0o664
    assert stat.S_IMODE(folder.stat().st_mode) & 0o2770 == 0o2770


def test_a_folder_that_cannot_be_written_is_named(lab: Assignment) -> None:
    (lab.root / "feedback").write_text("in the way")
    with pytest.raises(InteropError, match=r"feedback.*cannot be written"):
        pages_of(lab)


CANVAS = {
    "s001": Collected("s001", "canvas", "Núñez, Ada", files={"first.ipynb": "nunezada_501_9001_first.ipynb"}),
    "s002": Collected("s002", "canvas", "Li, Bo", files={"first.ipynb": "download/libo_LATE_502_9002_my.work-1.ipynb"}),
    "s003": Collected("s003", "canvas", "Li, Bo", files={"notes.txt": "libo_503_9003_notes.txt"}),
}
MOODLE = {
    "s001": Collected(
        "s001", "moodle", "Ada Núñez", files={"first.ipynb": "Ada Núñez_12345_assignsubmission_file_/first.ipynb"}
    ),
    "s002": Collected("s002", "moodle", "Bo_Li / x", "", "12346"),
    "s003": Collected("s003", "moodle", "Bo Li", "", "", "Bo Li_12347_assignsubmission_file"),
}


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def shared(lab: Assignment, monkeypatch: pytest.MonkeyPatch) -> Assignment:
    """The lab with a class that is large enough for two processes."""
    record_class(lab, [answered(lab, f"t{number:03}") for number in range(8)])
    monkeypatch.setattr(feedback, "_WORTH_A_PROCESS", 2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    return lab


def test_several_processes_make_the_same_pages_as_one(shared: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
    by_two = pages_of(shared)
    texts = {path: path.read_text() for pages in by_two.values() for path in pages.values()}
    monkeypatch.setattr(feedback, "_WORTH_A_PROCESS", 100)
    assert pages_of(shared) == by_two
    assert list(by_two) == sorted(by_two) and len(by_two) == 11
    assert {path: path.read_text() for path in texts} == texts


def test_what_another_process_cannot_write_is_named_too(shared: Assignment) -> None:
    folder = shared.root / "feedback" / "t005"
    folder.parent.mkdir()
    folder.write_text("in the way")
    with pytest.raises(InteropError, match=r"t005.*: cannot be written"):
        pages_of(shared)


def test_a_process_that_is_killed_is_told(shared: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, make = os.getpid(), feedback.feedback_page

    def dies(page: Page) -> str:
        if os.getpid() != ours:
            os.kill(os.getpid(), signal.SIGKILL)
        return make(page)

    monkeypatch.setattr(feedback, "feedback_page", dies)
    with pytest.raises(InteropError, match="was killed; run the command again"):
        pages_of(shared)


def test_canvas_gets_each_page_under_the_two_numbers_of_its_download(lab: Assignment, tmp_path: Path) -> None:
    pages = pages_of(lab)
    packed = write_feedback_zip(tmp_path / "reports" / "a.zip", "canvas", pages, CANVAS)
    found = members(tmp_path / "reports" / "a.zip")
    assert (packed.students, packed.strangers) == (3, ())
    assert found == {
        "nunezada_501_9001_first.html": pages["s001"]["first"].read_bytes(),
        "libo_LATE_502_9002_my.work-1.html": pages["s002"]["first"].read_bytes(),
        "libo_503_9003_notes-first.html": pages["s003"]["first"].read_bytes(),
    }


def test_notebooks_in_a_students_own_archive_are_known_by_it(lab: Assignment, tmp_path: Path) -> None:
    inside = {"first.ipynb": "nunezada_501_9001_my.work.zip/deep/first.ipynb"}
    write_feedback_zip(tmp_path / "a.zip", "canvas", pages_of(lab), {"s001": Collected("s001", "canvas", files=inside)})
    assert list(members(tmp_path / "a.zip")) == ["nunezada_501_9001_my.work-first.html"]


def test_moodle_gets_each_page_in_its_participants_folder(lab: Assignment, tmp_path: Path) -> None:
    pages = pages_of(lab)
    write_feedback_zip(tmp_path / "a.zip", "moodle", pages, MOODLE)
    assert members(tmp_path / "a.zip") == {
        "Ada Núñez_12345_assignsubmission_file_/first.html": pages["s001"]["first"].read_bytes(),
        "Bo Li   x_12346_assignsubmission_file_/first.html": pages["s002"]["first"].read_bytes(),
        "Bo Li_12347_assignsubmission_file_/first.html": pages["s003"]["first"].read_bytes(),
    }


def test_every_folder_for_moodle_splits_as_moodle_splits_it(lab: Assignment, tmp_path: Path) -> None:
    write_feedback_zip(tmp_path / "a.zip", "moodle", pages_of(lab), MOODLE)
    for name in members(tmp_path / "a.zip"):
        fields = name.partition("/")[0].split("_", 4)
        assert (fields[1].isdecimal(), fields[2], fields[3]) == (True, "assignsubmission", "file")


def test_who_was_not_collected_from_the_site_is_named(lab: Assignment, tmp_path: Path) -> None:
    mixed = {"s001": CANVAS["s001"], "s002": MOODLE["s002"]}
    packed = write_feedback_zip(tmp_path / "a.zip", "canvas", pages_of(lab), mixed)
    assert (packed.students, packed.strangers) == (1, ("s002", "s003"))


def test_an_anonymous_download_of_canvas_names_nobody_for_canvas(lab: Assignment, tmp_path: Path) -> None:
    hidden = {"s001": Collected("s001", "canvas", files={"first.ipynb": "anon_5xyz_9001_first.ipynb"})}
    with pytest.raises(InteropError, match="allclose collect"):
        write_feedback_zip(tmp_path / "a.zip", "canvas", pages_of(lab), hidden)
    assert not (tmp_path / "a.zip").exists()


def test_the_same_pages_make_the_same_archive(lab: Assignment, tmp_path: Path) -> None:
    pages = pages_of(lab)
    for name in ("a.zip", "b.zip"):
        write_feedback_zip(tmp_path / name, "canvas", pages, CANVAS)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert not list(tmp_path.glob(".*.tmp"))


def test_the_page_of_a_graded_notebook_is_of_its_own_cells(lab: Assignment) -> None:
    path = lab.root / "autograded" / "s002" / "lab" / "first.ipynb"
    content = json.loads(path.read_text())
    content["cells"].append({"cell_type": "code", "source": ["my own ", "cell"], "metadata": {}, "outputs": []})
    path.chmod(0o644)
    path.write_text(json.dumps(content))
    pages_of(lab)
    assert "my own cell" in text_of(lab, "s002")
    assert "my own cell" not in text_of(lab, "s001")

"""`allclose feedback` says who got a page, who did not and why, and what to do next."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allclose.interop.collected import Collected, write_collected
from allclose.model import Assignment
from tests.graded_course import answered, record_class, ungraded, unreadable, write_lab


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    lab = write_lab(tmp_path / "course")
    record_class(lab, [answered(lab, "s001"), unreadable(lab, "s002"), ungraded(lab, "s003")])
    (lab.root / "roster.csv").write_text("id\ns004\n")
    return lab


def test_everybody_is_counted_and_who_has_no_page_is_named(lab: Assignment, command: Callable[..., Any]) -> None:
    done = command("feedback", "lab", "--course", lab.root)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "2 pages for 2 of 4 students in feedback/."
    assert "1 could not be graded by our fault (allclose grade lab): s003" in lines
    assert "1 handed in nothing: s004" in lines
    assert lines[-1] == "Next: nbgrader release_feedback lab"


def test_one_student_gets_a_page_and_the_others_keep_theirs(lab: Assignment, command: Callable[..., Any]) -> None:
    assert command("feedback", "lab", "--course", lab.root, "--student", "s001").code == 0
    assert sorted(path.name for path in (lab.root / "feedback").iterdir()) == ["s001"]


def test_a_student_whom_nobody_knows_is_the_callers_mistake(lab: Assignment, command: Callable[..., Any]) -> None:
    done = command("feedback", "lab", "--course", lab.root, "--student", "nobody")
    assert (done.code, done.out) == (2, "")
    assert done.err == "allclose: nobody here is called 'nobody': --student takes an id as in submitted/\n"


def test_the_archive_lies_in_reports_and_who_is_not_in_it_is_named(
    lab: Assignment, command: Callable[..., Any]
) -> None:
    files = {"first.ipynb": "nunezada_501_9001_first.ipynb"}
    write_collected(lab.root, "lab", {"s001": Collected("s001", "canvas", files=files)})
    done = command("feedback", "lab", "--course", lab.root, "--zip", "canvas")
    assert done.code == 0
    assert "1 not in it, not collected from there: s002" in done.out.splitlines()
    with zipfile.ZipFile(lab.root / "reports" / "lab-feedback-canvas.zip") as archive:
        assert archive.namelist() == ["nunezada_501_9001_first.html"]


def test_an_archive_for_a_site_that_knows_nobody_is_refused_with_the_way_on(
    lab: Assignment, command: Callable[..., Any]
) -> None:
    done = command("feedback", "lab", "--course", lab.root, "--zip", "moodle")
    assert done.code == 2
    assert "run `allclose collect` on its download first" in done.err

"""Our pages go the way of nbgrader's own: it releases them, their students fetch them, and it can make its own anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeSubmit
from traitlets.config import Config

from allclose.cli import run
from allclose.model import Assignment
from allclose.notebook.release import release
from tests.gradebooks import api
from tests.graded_course import answered, record_class, unreadable, write_lab

STUDENT = "s001"


@pytest.fixture
def settings(tmp_path: Path) -> str:
    """What course and student both say of the exchange."""
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    return (
        f"c = get_config()\nc.CourseDirectory.course_id = 'tests'\nc.Exchange.root = {str(exchange)!r}\n"
        f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n"
    )


@pytest.fixture
def lab(tmp_path: Path, settings: str) -> Assignment:
    lab = write_lab(tmp_path / "course")
    (lab.root / "nbgrader_config.py").write_text(settings)
    return lab


@pytest.fixture
def home(lab: Assignment, tmp_path: Path, settings: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's folder; the student has fetched the assignment, submitted it, and the course has collected it."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "nbgrader_config.py").write_text(settings)
    release(lab, check=False)
    shutil.copytree(lab.root / "release" / "lab", home / "lab")

    def exchange(step: Any, folder: Path) -> None:
        config = Config()
        exec(settings, {"get_config": lambda: config})
        config.CourseDirectory.root = str(folder)
        config.CourseDirectory.assignment_id = "lab"
        config.CourseDirectory.student_id = STUDENT if step is not ExchangeReleaseAssignment else "."
        monkeypatch.chdir(folder)
        step(CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config).start()

    exchange(ExchangeReleaseAssignment, lab.root)
    exchange(ExchangeSubmit, home)
    exchange(ExchangeCollect, lab.root)
    return home


def test_a_page_is_released_by_nbgrader_and_fetched_by_its_student_and_by_nobody_else(
    lab: Assignment, home: Path, nbgrader: Callable[..., None], tmp_path: Path
) -> None:
    record_class(lab, [answered(lab, STUDENT), answered(lab, "s002"), unreadable(lab, "s003")])
    assert run(["feedback", "lab", "--course", str(lab.root)]) == 0
    page = lab.root / "feedback" / STUDENT / "lab" / "first.html"
    nbgrader(lab.root, "release_feedback", "lab")
    released = list((tmp_path / "exchange" / "tests" / "feedback").glob("*.html"))
    assert len(released) == 3, "s002 and s003 came another way, and nbgrader stops for nobody"
    nbgrader(home, "fetch_feedback", "lab", f"--CourseDirectory.student_id={STUDENT}")
    (fetched,) = (home / "lab" / "feedback").glob("*/first.html")
    assert fetched.read_bytes() == page.read_bytes()
    assert fetched.stat().st_mode & 0o044 == 0o044


def test_nbgraders_own_pages_can_still_be_made_before_and_after_ours(lab: Assignment) -> None:
    record_class(lab, [answered(lab, STUDENT)])
    page = lab.root / "feedback" / STUDENT / "lab" / "first.html"
    assert api(lab.root).generate_feedback("lab")["success"]
    theirs = page.read_text(encoding="utf-8")
    assert run(["feedback", "lab", "--course", str(lab.root)]) == 0
    ours = page.read_text(encoding="utf-8")
    assert "Content-Security-Policy" in ours and "Content-Security-Policy" not in theirs
    assert api(lab.root).generate_feedback("lab", force=True)["success"]
    assert page.read_text(encoding="utf-8") == theirs

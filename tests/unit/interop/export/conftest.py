"""A small class in every state there is."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from allclose import course
from allclose.interop.collected import Collected, write_collected
from allclose.model import Assignment
from tests.graded_course import answered, by_hand, finished, late, record_class, ungraded, unreadable, write_lab

ROSTER = '''id,name,email,section,site_id
s001,"Núñez, Ada ""A""",ada@example.org,A,501
s002,Bo Li,bo@example.org,A,502
s003,Bo Li,bo2@example.org,B,503
s007,Zoë O'Neil,zoe@example.org,B,507
'''


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course, made once; copy it before changing it.

    s001 is done and late, s002 waits, s003 is unreadable, s004 infra, s005 not graded yet, s006 and s007 have nothing.
    """
    lab = write_lab(tmp_path_factory.mktemp("graded") / "course")
    record_class(lab, [answered(lab, "s001"), answered(lab, "s002"), unreadable(lab, "s003"), ungraded(lab, "s004")])
    finished(lab, "s001")
    by_hand(lab, "s001", "project", extra_credit=0.25)
    late(lab, "s001", 0.5)
    (lab.root / "submitted" / "s005" / "lab").mkdir(parents=True)
    (lab.root / "roster.csv").write_text(ROSTER)
    write_collected(
        lab.root,
        "lab",
        {
            "s002": Collected("s002", "canvas", "Bo Li", "", "602"),
            "s006": Collected("s006", "moodle", "=Mal", "", "606", "Mal_606_assignsubmission_file_"),
        },
    )
    return lab.root


@pytest.fixture
def lab(graded: Path, tmp_path: Path) -> Assignment:
    return course.load(Path(shutil.copytree(graded, tmp_path / "course")), "lab")


def table(text: str) -> dict[str, dict[str, str]]:
    """A CSV's rows by their first cell."""
    rows = list(csv.DictReader(io.StringIO(text)))
    return {next(iter(row.values())): row for row in rows}

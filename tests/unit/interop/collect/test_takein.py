"""Collecting again: the latest wins, the same changes nothing, and what was there is never half replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from nbgrader import api as models
from sqlalchemy.orm import Session

from allclose.errors import InteropError
from allclose.interop.collect.enrol import split_name
from allclose.interop.collect.takein import Intake, take_in
from allclose.interop.collected import read_collected
from allclose.interop.database import in_transaction
from allclose.interop.roster import Person
from allclose.model import Assignment
from tests.archives import HandedIn, brightspace, canvas, gradescope, moodle, zipped
from tests.small_course import lab_cells

Take = Callable[..., Intake]
Result = TypeVar("Result")
EARLY, LATE = datetime(2026, 11, 5, 9, 0), datetime(2026, 11, 6, 9, 0)
ROSTER = (Person("s1", "Ann Lee", "ann@x.test", "A", "101"), Person("s2", "Bob Li"))


def notebook(text: str) -> bytes:
    note = {"cell_type": "markdown", "metadata": {}, "source": text}
    return json.dumps({"cells": [*lab_cells(), note], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


OLD, NEW = notebook("old"), notebook("new")


def ann(content: bytes, when: datetime = EARLY, **more: bytes) -> HandedIn:
    return HandedIn("Ann", "Lee", 101, {"first.ipynb": content, **more}, when, id="s1", email="ann@x.test")


@pytest.fixture
def take(lab: Assignment) -> Take:
    def call(*paths: Path, people: tuple[Person, ...] = ROSTER) -> Intake:
        return take_in(lab, paths, people, lab.root / "submitted")

    return call


def outcomes(intake: Intake) -> list[tuple[str, str]]:
    return [(each.entry.student, each.outcome) for each in intake.deliveries]


def there(lab: Assignment, student: str = "s1") -> bytes:
    return (lab.root / "submitted" / student / "lab" / "first.ipynb").read_bytes()


@pytest.mark.parametrize("make", [brightspace, gradescope])
def test_a_later_submission_replaces_and_an_older_one_does_not(
    tmp_path: Path, lab: Assignment, take: Take, make: Callable[..., Path]
) -> None:
    old, new = make(tmp_path / "old.zip", [ann(OLD, EARLY, x=b"x")]), make(tmp_path / "new.zip", [ann(NEW, LATE)])
    assert outcomes(take(old)) == [("s1", "new")]
    assert outcomes(take(new)) == [("s1", "again")]
    assert there(lab) == NEW and not (lab.root / "submitted/s1/lab/x").exists()
    assert outcomes(take(old)) == [("s1", "older")]
    assert there(lab) == NEW
    entry = read_collected(lab.root, "lab")["s1"]
    assert entry.submitted is not None and entry.submitted.day == 6


def test_canvas_tells_the_later_one_by_its_numbers(tmp_path: Path, lab: Assignment, take: Take) -> None:
    old = canvas(tmp_path / "old.zip", [ann(OLD)], first_file=9_999)
    new = canvas(tmp_path / "new.zip", [ann(NEW)], first_file=10_001)
    take(new)
    assert outcomes(take(old)) == [("s1", "older")]
    assert there(lab) == NEW


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_downloads_in_one_call_the_latest_counts(
    tmp_path: Path, lab: Assignment, take: Take, order: tuple[int, int]
) -> None:
    paths = [gradescope(tmp_path / "a.zip", [ann(OLD, EARLY)]), brightspace(tmp_path / "b.zip", [ann(NEW, LATE)])]
    intake = take(*(paths[at] for at in order))
    assert outcomes(intake) == [("s1", "new")]
    assert "the latest of 2" in intake.deliveries[0].remarks
    assert there(lab) == NEW


def test_without_any_time_what_is_collected_later_counts(tmp_path: Path, lab: Assignment, take: Take) -> None:
    take(moodle(tmp_path / "a.zip", [ann(OLD)]))
    assert outcomes(take(moodle(tmp_path / "b.zip", [ann(NEW)]))) == [("s1", "again")]
    assert there(lab) == NEW


def test_the_same_download_leaves_what_a_grader_mended(tmp_path: Path, lab: Assignment, take: Take) -> None:
    path = moodle(tmp_path / "a.zip", [ann(OLD)])
    take(path)
    mended = lab.root / "submitted/s1/lab/first.ipynb"
    mended.write_bytes(b"mended")
    assert outcomes(take(path, path)) == [("s1", "as before")]
    assert mended.read_bytes() == b"mended"


def test_a_submission_that_was_removed_comes_back(tmp_path: Path, lab: Assignment, take: Take) -> None:
    path = moodle(tmp_path / "a.zip", [ann(OLD)])
    take(path)
    (lab.root / "submitted/s1/lab").rename(tmp_path / "gone")
    assert outcomes(take(path)) == [("s1", "new")]


def test_what_lies_there_uncollected_is_left_unless_it_is_known_to_be_older(
    tmp_path: Path, lab: Assignment, take: Take
) -> None:
    folder = lab.root / "submitted/s1/lab"
    folder.mkdir(parents=True)
    (folder / "first.ipynb").write_bytes(b"own")
    intake = take(moodle(tmp_path / "a.zip", [ann(OLD)]))
    assert outcomes(intake) == [("s1", "left")] and there(lab) == b"own"
    assert "remove it to have this one" in " ".join(intake.deliveries[0].remarks)
    assert read_collected(lab.root, "lab") == {}
    (folder / "timestamp.txt").write_text("2026-11-05 23:00:00 UTC")
    assert outcomes(take(gradescope(tmp_path / "b.zip", [ann(OLD, EARLY)]))) == [("s1", "older")]
    assert outcomes(take(gradescope(tmp_path / "c.zip", [ann(NEW, LATE)]))) == [("s1", "again")]
    assert there(lab) == NEW


def test_a_damaged_download_does_not_take_away_what_is_there(tmp_path: Path, lab: Assignment, take: Take) -> None:
    take(gradescope(tmp_path / "a.zip", [ann(OLD, EARLY)]))
    path = gradescope(tmp_path / "b.zip", [ann(NEW, LATE)])
    data = path.read_bytes()
    at = data.index(b"first.ipynb") + 15
    path.write_bytes(data[:at] + bytes(40) + data[at + 40 :])
    assert outcomes(take(path)) == [("s1", "left")]
    assert there(lab) == OLD


def test_a_link_in_the_place_of_a_submission_is_replaced_and_not_followed(
    tmp_path: Path, lab: Assignment, take: Take
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "first.ipynb").write_bytes(b"precious")
    take(gradescope(tmp_path / "a.zip", [ann(OLD, EARLY)]))
    folder = lab.root / "submitted/s1/lab"
    folder.rename(tmp_path / "moved")
    folder.symlink_to(precious)
    take(gradescope(tmp_path / "b.zip", [ann(NEW, LATE)]))
    assert (precious / "first.ipynb").read_bytes() == b"precious"
    assert there(lab) == NEW and not folder.is_symlink()


def test_nobodys_files_are_kept_once_and_go_when_the_roster_is_mended(
    tmp_path: Path, lab: Assignment, take: Take
) -> None:
    path = moodle(tmp_path / "a.zip", [ann(OLD), HandedIn("Cy", "Lo", 7, {"first.ipynb": NEW})])
    for _ in range(2):
        intake = take(path)
        assert [each.claim.name for each in intake.unmatched[0].submissions] == ["Cy Lo"]
        kept = intake.unmatched[0].kept
        assert kept is not None and [each.read_bytes() for each in kept.rglob("*.ipynb")] == [NEW]
    intake = take(path, people=(*ROSTER, Person("s3", "Lo, Cy")))
    assert outcomes(intake) == [("s1", "as before"), ("s3", "new")]
    assert intake.unmatched == () and not kept.exists()
    assert [person.id for person in intake.absent] == ["s2"]


def in_gradebook(lab: Assignment, work: Callable[[Session], Result]) -> Result:
    return in_transaction(f"sqlite:///{lab.root / 'gradebook.db'}", "", work)


def test_names_and_addresses_fill_what_is_empty_in_the_gradebook(tmp_path: Path, lab: Assignment, take: Take) -> None:
    in_gradebook(lab, lambda session: session.add(models.Student(id="s1", first_name="Anna", last_name="Kept")))
    take(moodle(tmp_path / "a.zip", [ann(OLD), HandedIn("Bob", "Li", 7, {"first.ipynb": OLD})]))

    def rows(session: Session) -> list[tuple[str | None, ...]]:
        found = session.query(models.Student).order_by(models.Student.id)
        return [(each.id, each.first_name, each.last_name, each.email, each.lms_user_id) for each in found]

    assert in_gradebook(lab, rows) == [
        ("s1", "Anna", "Kept", "ann@x.test", "101"),
        ("s2", "Bob", "Li", None, None),
    ]


def test_late_is_by_the_gradebooks_date_and_the_students_extension(tmp_path: Path, lab: Assignment, take: Take) -> None:
    def due_at_eight(session: Session) -> None:
        assignment = models.Assignment(name="lab", course_id="default_course", duedate=datetime(2026, 11, 5, 8, 0))
        session.add_all([assignment, *(models.Student(id=student) for student in ("s1", "s2"))])
        session.flush()
        row = models.SubmittedAssignment(assignment_id=assignment.id, student_id="s1", extension=timedelta(hours=2))
        session.add(row)

    in_gradebook(lab, due_at_eight)
    bob = HandedIn("Bob", "Li", 7, {"first.ipynb": OLD}, EARLY, id="s2")
    take(gradescope(tmp_path / "a.zip", [ann(OLD, EARLY), bob]))
    late = {student: entry.late for student, entry in read_collected(lab.root, "lab").items()}
    assert late == {"s1": False, "s2": True}


def test_what_is_remembered_leads_back_to_the_site(tmp_path: Path, lab: Assignment, take: Take) -> None:
    take(moodle(tmp_path / "a.zip", [HandedIn("Ann", "Lee", 101, {"first (1).ipynb": OLD, "h.py": b"h"})]))
    entry = read_collected(lab.root, "lab")["s1"]
    assert (entry.site, entry.name, entry.site_id, entry.submission) == (
        *("moodle", "Ann Lee", "101", "Ann Lee_101_assignsubmission_file_"),
    )
    assert entry.files == {
        "first.ipynb": "Ann Lee_101_assignsubmission_file_/first (1).ipynb",
        "h.py": "Ann Lee_101_assignsubmission_file_/h.py",
    }


def test_those_who_handed_in_together_each_have_it(tmp_path: Path, lab: Assignment, take: Take) -> None:
    bob = HandedIn("Bob", "Li", 7, id="s2")
    assert outcomes(take(gradescope(tmp_path / "a.zip", [(ann(OLD), bob)]))) == [("s1", "new"), ("s2", "new")]
    assert there(lab, "s1") == there(lab, "s2") == OLD


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x1f\x8bbroken", b"PK\x05\x06"])
def test_what_is_no_archive_is_one_line(tmp_path: Path, lab: Assignment, take: Take, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(InteropError, match=r"a\.zip") as raised:
        take(tmp_path / "a.zip")
    assert "\n" not in str(raised.value)
    with pytest.raises(InteropError, match=r"b\.zip: cannot be read"):
        take(tmp_path / "b.zip")


def test_an_empty_archive_is_an_empty_class(tmp_path: Path, lab: Assignment, take: Take) -> None:
    intake = take(zipped(tmp_path / "a.zip", {}))
    assert (intake.deliveries, intake.unmatched) == ((), ())
    assert [person.id for person in intake.absent] == ["s1", "s2"]


def test_a_single_notebook_can_be_collected(tmp_path: Path, lab: Assignment, take: Take) -> None:
    (tmp_path / "s1_first.ipynb").write_bytes(OLD)
    assert outcomes(take(tmp_path / "s1_first.ipynb")) == [("s1", "new")]
    assert there(lab) == OLD


def test_the_time_is_written_as_nbgrader_reads_it(tmp_path: Path, lab: Assignment, take: Take) -> None:
    from allclose.interop.lateness import submitted_at

    take(brightspace(tmp_path / "a.zip", [ann(OLD, EARLY)]))
    found = submitted_at(lab.root / "submitted/s1/lab")
    assert found is not None and found.replace(tzinfo=UTC) == EARLY.astimezone(UTC)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("Ann Lee", ("Ann", "Lee")), ("Lee, Ann Mae", ("Ann Mae", "Lee")), ("Ann Mae Lee", ("Ann Mae", "Lee"))),
        *(("李小龙", ("", "李小龙")), ("", ("", ""))),
    ],
)
def test_names_have_two_parts_in_the_gradebook(name: str, expected: tuple[str, str]) -> None:
    assert split_name(name) == expected


def test_what_a_killed_collection_left_goes_once_it_is_old(tmp_path: Path, lab: Assignment, take: Take) -> None:
    home = lab.root / ".allclose" / "lab"
    for name in ("collecting-old", "collecting-young"):
        (home / name).mkdir(parents=True)
    os.utime(home / "collecting-old", (0, 0))
    take(moodle(tmp_path / "a.zip", [ann(OLD)]))
    assert [path.name for path in home.glob("collecting-*")] == ["collecting-young"]


def test_what_canvas_calls_late_without_a_time_is_told(tmp_path: Path, lab: Assignment, take: Take) -> None:
    late = HandedIn("Ann", "Lee", 101, {"first.ipynb": OLD}, late=True)
    assert "late, but the download says not when" in take(canvas(tmp_path / "a.zip", [late])).deliveries[0].remarks
    assert read_collected(lab.root, "lab")["s1"].late
    assert not (lab.root / "submitted/s1/lab/timestamp.txt").exists()

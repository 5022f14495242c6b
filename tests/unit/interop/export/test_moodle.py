"""Moodle's grading worksheet: filled in, or made from what is known."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from allclose.errors import InteropError
from allclose.interop.collected import Collected, write_collected
from allclose.interop.export.moodle import moodle_rows, moodle_sheet
from allclose.interop.export.sheet import read_sheet
from allclose.interop.export.standings import read_standings
from allclose.model import Assignment

WORKSHEET = '''Identifier,"Full name","Email address",Status,Grade,"Maximum Grade",Changeable,"Feedback comments"
"Participant 9001","Ada Núñez",ADA@example.org,Submitted,,10.00,Yes,
"Participant 9002","Bo Li",other@example.org,Submitted,1.00,10.00,Yes,"Hello, ""you"""
"Participant 9003","Bo Li",bo2@example.org,Submitted,,10.00,Yes,
"Participant 9004","Not Here",nobody@example.org,"No submission",-,10.00,Yes,
'''


@pytest.fixture
def worksheet(lab: Assignment, tmp_path: Path) -> Path:
    write_collected(
        lab.root,
        "lab",
        {"s002": Collected("s002", "moodle", "Bo Li", "", "", "Bo Li_9002_assignsubmission_file_")},
    )
    path = tmp_path / "worksheet.csv"
    path.write_text(WORKSHEET)
    return path


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_participants_are_known_by_their_number_and_else_by_their_address(lab: Assignment, worksheet: Path) -> None:
    filled = moodle_sheet(read_standings(lab), read_sheet(worksheet), "", with_pending=True)
    before, after = cells(WORKSHEET), cells(filled.text)
    assert [row[4] for row in after] == ["Grade", "7.25", "1.5", "0", "-"]
    assert all(row[:4] + row[5:] == new[:4] + new[5:] for row, new in zip(before, after, strict=True))
    assert filled.rows == 3


def test_work_that_waits_leaves_the_grade_that_is_there(lab: Assignment, worksheet: Path) -> None:
    filled = moodle_sheet(read_standings(lab), read_sheet(worksheet), "", with_pending=False)
    assert cells(filled.text)[2][4] == "1.00"


def test_a_score_above_the_maximum_is_named_since_moodle_would_drop_it(lab: Assignment, worksheet: Path) -> None:
    worksheet.write_text(WORKSHEET.replace("10.00", "5.00"))
    filled = moodle_sheet(read_standings(lab), read_sheet(worksheet), "", with_pending=False)
    assert "1 above the sheet's Maximum Grade, left out by Moodle: s001" in filled.remarks


def test_an_export_of_the_gradebook_is_filled_in_by_the_columns_name(lab: Assignment, worksheet: Path) -> None:
    worksheet.write_text('"ID number","Email address","Assignment: Lab (Real)"\ns001,x@example.org,-\n')
    filled = moodle_sheet(read_standings(lab), read_sheet(worksheet), "Assignment: Lab (Real)", with_pending=False)
    assert cells(filled.text)[1] == ["s001", "x@example.org", "7.25"]


def test_a_sheet_without_names_of_moodles_is_refused(lab: Assignment, worksheet: Path) -> None:
    worksheet.write_text("Student,Grade\nAda,\n")
    with pytest.raises(InteropError, match="no grade sheet of Moodle"):
        moodle_sheet(read_standings(lab), read_sheet(worksheet), "", with_pending=False)


def test_without_a_sheet_there_is_a_row_for_everybody(lab: Assignment) -> None:
    made = moodle_rows(read_standings(lab), with_pending=False)
    lines = cells(made.text)
    assert lines[0] == [
        *("Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)"),
    ]
    assert lines[1] == ["Participant 501", 'Núñez, Ada "A"', "ada@example.org", "7.25", "10", ""]
    assert ["Participant 606", "'=Mal", "", "", "10", ""] in lines
    assert len(lines) == 8
    assert made.remarks == ("2 without a participant's number, for the gradebook's import only: s004, s005",)

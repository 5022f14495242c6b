"""Canvas's gradebook: its own export filled in, or an import made from what is known."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from allclose.errors import InteropError
from allclose.interop.export.canvas import canvas_rows, canvas_sheet
from allclose.interop.export.sheet import read_sheet
from allclose.interop.export.standings import read_standings
from allclose.model import Assignment
from tests.unit.interop.export.conftest import table

EXPORT = '''Student,ID,SIS User ID,SIS Login ID,Section,Lab (77),Other lab (78),Final Score
,,,,,Manual Posting,,
    Points Possible,,,,,10.00,20.00,(read only)
"Núñez, Ada ""A""",501,,ada@example.org,A,,19,95.0
"Li, Bo",602,,,A,3.00,1,5.0
"Li, Bo",599,s003,,B,,2,6.0
"Nobody, =1+1",999,s999,,B,8,3,7.0
"Excused, Zoë",507,,,B,EX,4,8.0
"Student, Test",1000,,abc,A,,,
'''


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(EXPORT)
    return path


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_score_stands_in_its_students_row_and_everything_else_is_as_it_was(lab: Assignment, export: Path) -> None:
    filled = canvas_sheet(read_standings(lab), read_sheet(export), "", with_pending=False)
    before, after = cells(EXPORT), cells(filled.text)
    changes = {(row[0], row[1]): new[5] for row, new in zip(before, after, strict=True) if row != new}
    assert changes == {('Núñez, Ada "A"', "501"): "7.25", ("Li, Bo", "599"): "0"}
    assert all(row[:5] + row[6:] == new[:5] + new[6:] for row, new in zip(before, after, strict=True))


def test_two_students_of_one_name_are_told_apart_by_their_ids(lab: Assignment, export: Path) -> None:
    filled = canvas_sheet(read_standings(lab), read_sheet(export), "", with_pending=True)
    assert {row[1]: row[5] for row in cells(filled.text) if row[0] == "Li, Bo"} == {"602": "1.5", "599": "0"}


def test_who_did_not_get_there_is_named(lab: Assignment, export: Path) -> None:
    filled = canvas_sheet(read_standings(lab), read_sheet(export), "", with_pending=False)
    assert filled.remarks == (
        "2 not in the sheet, so without a row: s004, s005",
        "2 rows of the sheet are nobody of this course and stay as they are",
    )
    assert filled.rows == 4


def test_an_excused_student_stays_excused(lab: Assignment, export: Path) -> None:
    export.write_text(EXPORT.replace("A,,19,95.0", "A,EX,19,95.0"))
    filled = canvas_sheet(read_standings(lab), read_sheet(export), "", with_pending=False)
    assert "1 excused or not assigned there, left so: s001" in filled.remarks
    assert cells(filled.text)[3][5] == "EX"


@pytest.mark.parametrize("column", ["Other lab (78)", "78", "other lab", "Other lab"])
def test_a_column_is_named_by_title_or_number(lab: Assignment, export: Path, column: str) -> None:
    filled = canvas_sheet(read_standings(lab), read_sheet(export), column, with_pending=False)
    assert [row[6] for row in cells(filled.text)][3] == "7.25"
    assert any("20.00 points for it and the lab has 10" in remark for remark in filled.remarks)


def test_a_lab_of_another_name_is_asked_for_with_the_columns_there_are(lab: Assignment, export: Path) -> None:
    export.write_text(EXPORT.replace("Lab (77)", "Week 1 (77)"))
    with pytest.raises(InteropError, match=r"name one with --column: 'Week 1 \(77\)', 'Other lab \(78\)'"):
        canvas_sheet(read_standings(lab), read_sheet(export), "", with_pending=False)


def test_the_only_assignment_is_the_one(lab: Assignment, export: Path) -> None:
    export.write_text("Student,ID,Section,Week 1 (77)\n    Points Possible,,,10\nAda,501,A,\n")
    filled = canvas_sheet(read_standings(lab), read_sheet(export), "", with_pending=False)
    assert cells(filled.text)[2] == ["Ada", "501", "A", "7.25"]


def test_semicolons_marks_and_line_ends_are_kept(lab: Assignment, export: Path) -> None:
    export.write_bytes(("\ufeff" + EXPORT.replace(",", ";").replace("Núñez; Ada", "Núñez, Ada")).encode())
    text = canvas_sheet(read_standings(lab), read_sheet(export), "", with_pending=False).text
    assert text.startswith("\ufeffStudent;ID")
    assert "501;;ada@example.org;A;7.25;19;95.0\n" in text


def test_a_file_that_is_no_export_of_canvas_is_refused(lab: Assignment, export: Path) -> None:
    export.write_text("Name,Grade\nAda,1\n")
    with pytest.raises(InteropError, match="no gradebook export of Canvas"):
        canvas_sheet(read_standings(lab), read_sheet(export), "", with_pending=False)


def test_without_a_sheet_there_is_a_row_for_everybody_with_the_ids_that_are_known(lab: Assignment) -> None:
    made = canvas_rows(read_standings(lab), "", with_pending=False)
    lines = cells(made.text)
    assert lines[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "lab"]
    assert lines[1] == ["    Points Possible", "", "", "", "", "10"]
    assert {row[3]: (row[1], row[5]) for row in lines[2:]} == {
        "s001": ("501", "7.25"),
        "s002": ("602", ""),
        "s003": ("503", "0"),
        "s004": ("", ""),
        "s005": ("", ""),
        "s006": ("", ""),
        "s007": ("507", ""),
    }
    assert made.remarks == ("3 without an id of Canvas, to be known there by their login: s004, s005, s006",)
    assert table(made.text)["'=Mal"]["SIS Login ID"] == "s006"

"""A course site's own sheet is read with care and given back as it came."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allclose.errors import InteropError
from allclose.interop.export.exported import plain_number
from allclose.interop.export.sheet import read_sheet


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no CSV file"),
        (b'a,b\n"open', "no CSV file"),
        ("Zoë".encode("latin-1"), "not UTF-8"),
        (b"PK\x03\x04" + b"\xff" * 20, "not UTF-8"),
        (b"a\n" + b"x" * 200_000, "no CSV file"),
    ],
)
def test_what_is_no_csv_is_refused_in_one_line(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(content)
    with pytest.raises(InteropError, match=why) as caught:
        read_sheet(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InteropError, match=r"nowhere\.csv cannot be read"):
        read_sheet(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_sheet_comes_back_as_it_was(tmp_path: Path, delimiter: str, newline: str, mark: str) -> None:
    lines = [["Student", "ID"], ['Ada "A", Zoë', "=1+1"], ["two\nlines", "re\rturn"]]
    text = mark + newline.join([delimiter.join(lines[0]), "", ""])[: -len(newline)]
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.encode())
    sheet = read_sheet(path)
    sheet.rows[:] = lines[1:]
    path.write_bytes(sheet.text().encode())
    again = read_sheet(path)
    assert (again.header, again.rows) == (lines[0], lines[1:])
    assert sheet.text() == again.text()
    assert again.text().startswith(mark + delimiter.join(lines[0]) + newline)


@given(st.floats(-1e6, 1e6))
def test_points_are_written_with_a_point_and_lose_nothing_that_counts(value: float) -> None:
    text = plain_number(value)
    assert abs(float(text) - value) <= 5.1e-7
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", text) and text != "-0"


def test_sums_of_floats_show_no_dust() -> None:
    assert [plain_number(value) for value in (0.1 + 0.2, 13.0, -0.0, 100 / 3)] == ["0.3", "13", "0", "33.333333"]

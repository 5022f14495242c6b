"""A submission's time is read as nbgrader reads it, whatever stands in the file."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allclose.interop.lateness import seconds_late, submitted_at

DUE = datetime(2020, 1, 1)  # UTC, without a zone, as nbgrader keeps it


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-01 12:00:00 UTC", "2020-01-01 12:00:00"),
        ("2020-01-01 12:00:00 America/New_York\n", "2020-01-01 17:00:00"),
        ("2020-01-01 12:00:00.25 UTC", "2020-01-01 12:00:00.250000"),
        ("2020-01-01T12:00:00", "2020-01-01 12:00:00"),
    ],
)
def test_a_written_time_is_read_in_utc(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    assert str(submitted_at(tmp_path)) == expected


@pytest.mark.parametrize("text", ["", " \n", "yesterday", "2020-13-45", "9" * 5000])
def test_no_usable_time_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    assert submitted_at(tmp_path) is None


def test_no_file_no_folder_a_link_and_a_pipe_are_none(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("2020-01-01")
    assert submitted_at(tmp_path) is None
    assert submitted_at(tmp_path / "nowhere") is None
    (tmp_path / "timestamp.txt").symlink_to(tmp_path / "real.txt")
    assert submitted_at(tmp_path) is None
    (tmp_path / "timestamp.txt").unlink()
    os.mkfifo(tmp_path / "timestamp.txt")
    assert submitted_at(tmp_path) is None


@given(st.text(max_size=40) | st.binary(max_size=40))
@example("2020-01-01 12:00:00 99999999999999")
@example("0001-01-01 00:00:00 +1400")
@example("1 1 \x00")
def test_any_text_gives_a_time_without_a_zone_or_none(text: str | bytes) -> None:
    with TemporaryDirectory() as folder:
        content = text.encode("utf-8", "replace") if isinstance(text, str) else text
        (Path(folder) / "timestamp.txt").write_bytes(content)
        found = submitted_at(Path(folder))
        assert found is None or found.tzinfo is None


def test_lateness_counts_from_the_due_date_and_its_extension() -> None:
    hour = timedelta(hours=1)
    assert seconds_late(DUE + hour, DUE, None) == 3600
    assert seconds_late(DUE - hour, DUE, None) == 0
    assert seconds_late(DUE + hour, DUE, 2 * hour) == 0
    assert seconds_late(DUE + 3 * hour, DUE, 2 * hour) == 3600
    assert seconds_late(None, DUE, None) == 0
    assert seconds_late(DUE + hour, None, 2 * hour) == 0

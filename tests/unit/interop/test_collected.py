"""What was collected is remembered as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from allclose.errors import InteropError
from allclose.interop.collected import Collected, read_collected, write_collected


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    when = datetime(2026, 11, 5, 11, 30, tzinfo=UTC)
    files = {"lab.ipynb": "Zoë_1_assignsubmission_file_/lab (1).ipynb"}
    entries = {
        "s2": Collected("s2", "zip"),
        "s1": Collected("s1", "moodle", "Zoë", "z@x.test", "1", "Zoë_1", when, True, files, "ab"),
    }
    write_collected(tmp_path, "lab", entries)
    assert read_collected(tmp_path, "lab") == entries
    assert list(read_collected(tmp_path, "lab")) == ["s1", "s2"]


def test_nothing_collected_is_nobody(tmp_path: Path) -> None:
    assert read_collected(tmp_path, "lab") == {}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}', '{"format": 2, "students": []}', '{"students": 1}'])
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    folder = tmp_path / ".allclose" / "lab"
    folder.mkdir(parents=True)
    (folder / "collected.json").write_text(text)
    with pytest.raises(InteropError, match="remove it and collect again"):
        read_collected(tmp_path, "lab")

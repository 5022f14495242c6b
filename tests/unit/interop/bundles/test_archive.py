"""Zips without a trace of when and where they were made, and folders that hold what they should and no more."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from allclose.errors import InteropError
from allclose.interop.bundles.archive import folder_members, write_members, zipped


def test_the_same_members_make_the_same_bytes_in_any_order() -> None:
    assert zipped({"a": b"1", "b": b"2"}) == zipped({"b": b"2", "a": b"1"})


def test_programs_may_be_executed_and_other_files_may_not() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped({"run": b"", "text": b""}, {"run"}))) as file:
        modes = {info.filename: info.external_attr >> 16 for info in file.infolist()}
    assert modes == {"run": 0o100755, "text": 0o100644}


def test_what_python_and_editors_leave_behind_stays_out(tmp_path: Path) -> None:
    for name in ("lab.ipynb", "data/a.csv", "__pycache__/x.pyc", ".ipynb_checkpoints/lab.ipynb", ".lab.swp", "y.pyc"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    assert set(folder_members(tmp_path)) == {"lab.ipynb", "data/a.csv"}


def test_a_bundle_is_written_over_an_earlier_one(tmp_path: Path) -> None:
    write_members(tmp_path / "b", {"a": b"1", "in/b": b"1"})
    assert write_members(tmp_path / "b", {"a": b"2", "in/b": b"2"}) == (tmp_path / "b/a", tmp_path / "b/in/b")
    assert (tmp_path / "b/in/b").read_bytes() == b"2"


def test_a_file_that_belongs_to_something_else_is_neither_handed_out_nor_lost(tmp_path: Path) -> None:
    (tmp_path / "grades.csv").write_text("s001,1")
    with pytest.raises(InteropError, match=r"grades\.csv does not belong into this bundle"):
        write_members(tmp_path, {"a": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from allclose import course
from allclose.course.ipynb import MAX_DEPTH, MAX_VALUES
from allclose.model import Assignment, Submission
from allclose.notebook import read
from allclose.notebook.read import read_submission
from allclose.notebook.splice import solved
from tests.courses import load, notebook

THINK = 9


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return load(tmp_path / "course")[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "submitted" / "amy" / "lab"
    folder.mkdir(parents=True)
    return folder


def hand_in(folder: Path, assignment: Assignment, data: bytes | str | None = None) -> Submission:
    content = json.dumps(solved(assignment.notebooks[0])) if data is None else data
    (folder / "lab.ipynb").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_submission(folder, "amy", assignment)


def reason(submission: Submission) -> str:
    """Why the one notebook could not be read: one plain line."""
    assert submission.notebooks == {}
    (line,) = submission.problems.values()
    assert line.isprintable()
    assert len(line) < 200
    return line


def test_a_sound_submission_is_read_and_repaired(folder: Path, assignment: Assignment) -> None:
    submission = hand_in(folder, assignment)
    assert submission.student == "amy"
    assert submission.problems == {}
    assert submission.flags == ()
    assert "run_suite" in submission.notebooks["lab"]["cells"][4]["source"]


def test_flags_of_the_repair_are_the_submissions(folder: Path, assignment: Assignment) -> None:
    content = solved(assignment.notebooks[0])
    del content["cells"][4]
    assert hand_in(folder, assignment, json.dumps(content)).flags == ("cell-restored: double-grade",)


DEEP = 100_000
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t ", "is empty"),
    "nothing": (b"\0" * 100, "is not JSON"),
    "binary": (bytes(range(256)) * 40, ""),
    "pdf": (b"%PDF-1.7\n\xff\xfe", "is not"),
    "cut off": (json.dumps(notebook([])).encode()[:-20], "is not JSON"),
    "two documents": (b"{}{}", "is not JSON"),
    "a number": (b"1", "is not JSON"),
    "a list": (b"[]", "not a notebook"),
    "nested lists": (b"[" * DEEP + b"]" * DEEP, "nested"),
    "nested objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "nested"),
    "nested and cut off": (b"[" * DEEP, "nested"),
    "utf-16": (json.dumps(notebook([])).encode("utf-16"), "not UTF-8"),
    "latin-1": ('{"a": "\xe9"}'.encode("latin-1"), "not UTF-8"),
    "a key twice": (b'{"nbformat": 4, "nbformat": 4, "cells": []}', "names a key twice"),
    "a key twice deep inside": (b'{"nbformat": 4, "cells": [{"metadata": {"a": 1, "a": 2}}]}', "names a key twice"),
    "no format": (b'{"cells": []}', "format missing"),
    "a true format": (b'{"nbformat": true, "cells": []}', "format missing"),
    "next format": (b'{"nbformat": 5, "cells": []}', "format 5"),
    "no cells": (b'{"nbformat": 4, "metadata": {}}', "no list of cells"),
    "cells of the wrong type": (b'{"nbformat": 4, "cells": {"a": 1}}', "no list of cells"),
    "a minor that is text": (b'{"nbformat": 4, "nbformat_minor": "5", "cells": []}', "nbformat_minor"),
    "metadata of the wrong type": (b'{"nbformat": 4, "cells": [], "metadata": []}', "wrong type"),
    "broken version 3": (b'{"nbformat": 3, "worksheets": 7}', "cannot be upgraded"),
    "many values": (b'{"a": [' + b"1," * MAX_VALUES + b"1]}", "values"),
}

CELLS: dict[str, tuple[Any, str]] = {
    "a number": (1, "cell 1 that is not an object"),
    "null": (None, "cell 1 that is not an object"),
    "without a type": ({"metadata": {}, "source": ""}, "unknown type"),
    "of an unknown type": ({"cell_type": "heading", "source": ""}, "unknown type"),
    "of a type that is a list": ({"cell_type": ["code"], "source": ""}, "unknown type"),
    "with a number for source": ({"cell_type": "code", "source": 1}, "not text"),
    "with numbers among its lines": ({"cell_type": "code", "source": ["a", 1]}, "not text"),
    "with metadata that are a list": ({"cell_type": "code", "source": "", "metadata": []}, "wrong type"),
    "with NaN among its metadata": ({"cell_type": "code", "source": "", "metadata": {"a": float("nan")}}, "not finite"),
    "with infinite points": (
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"points": float("inf")}}},
        "not finite",
    ),
    "with a huge integer": ({"cell_type": "code", "source": "", "metadata": {"a": 10**4000}}, "too many digits"),
    "with attachments that are a list": ({"cell_type": "markdown", "source": "", "attachments": [1]}, "wrong type"),
    "with an attachment that is text": (
        {"cell_type": "markdown", "source": "", "attachments": {"a": "b"}},
        "wrong type",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_a_problem_with_a_plain_reason(name: str, folder: Path, assignment: Assignment) -> None:
    data, expected = BROKEN[name]
    assert expected in reason(hand_in(folder, assignment, data))


@pytest.mark.parametrize("name", CELLS)
def test_a_broken_cell_is_a_problem_with_a_plain_reason(name: str, folder: Path, assignment: Assignment) -> None:
    cell, expected = CELLS[name]
    assert expected in reason(hand_in(folder, assignment, json.dumps(notebook([cell]))))


def test_a_number_too_large_for_a_float_is_refused_where_it_would_stay(folder: Path, assignment: Assignment) -> None:
    text = json.dumps(notebook([])).replace('"python3"', "1e999")
    assert "not finite" in reason(hand_in(folder, assignment, text))


def test_nan_in_an_output_costs_nothing_because_outputs_are_dropped(folder: Path, assignment: Assignment) -> None:
    content = solved(assignment.notebooks[0])
    data = {"application/json": {"values": [float("nan"), float("inf"), 10**500]}}
    content["cells"][1]["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    assert hand_in(folder, assignment, json.dumps(content)).flags == ()


def test_half_a_surrogate_pair_becomes_a_replacement_character(folder: Path, assignment: Assignment) -> None:
    content = solved(assignment.notebooks[0])
    content["cells"][THINK]["source"] = "so \ud83d it is \U0001f600"
    content["cells"][THINK]["metadata"]["mood\udc00"] = "\udfff"
    submission = hand_in(folder, assignment, json.dumps(content))
    assert submission.notebooks["lab"]["cells"][THINK]["source"] == "so \ufffd it is \U0001f600"
    json.dumps(submission.notebooks, ensure_ascii=False).encode()


def test_a_byte_order_mark_is_no_obstacle(folder: Path, assignment: Assignment) -> None:
    text = json.dumps(solved(assignment.notebooks[0]))
    assert hand_in(folder, assignment, b"\xef\xbb\xbf" + text.encode()).problems == {}


def test_nesting_that_stands_inside_a_string_is_no_nesting(folder: Path, assignment: Assignment) -> None:
    content = solved(assignment.notebooks[0])
    content["cells"][THINK]["source"] = '[{"' * 1000 + "\\" * 501
    assert hand_in(folder, assignment, json.dumps(content)).problems == {}


def test_nesting_within_bounds_is_read(folder: Path, assignment: Assignment) -> None:
    content = solved(assignment.notebooks[0])
    deep: Any = 1
    for _ in range(MAX_DEPTH - 2):
        deep = [deep]
    content["metadata"]["deep"] = deep
    assert hand_in(folder, assignment, json.dumps(content)).problems == {}


def test_missing_fields_that_say_nothing_are_filled_in(folder: Path, assignment: Assignment) -> None:
    content = {"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x = 1\n", "y = 2"]}, {"cell_type": "raw"}]}
    cells = hand_in(folder, assignment, json.dumps(content)).notebooks["lab"]["cells"]
    assert {
        "cell_type": "code",
        "metadata": {},
        "source": "x = 1\ny = 2",
        "execution_count": None,
        "outputs": [],
    } in cells
    assert {"cell_type": "raw", "metadata": {}, "source": ""} in cells


@pytest.mark.parametrize("language", [[], 3, None, {"name": "python", "mimetype": 1}])
def test_metadata_that_nbformat_would_refuse_are_dropped(
    folder: Path, assignment: Assignment, language: object
) -> None:
    content = solved(assignment.notebooks[0])
    content["metadata"] |= {"kernelspec": 1, "language_info": language, "title": 2, "authors": "me"}
    content["cells"][0]["metadata"] = {"tags": "a,b", "name": "", "jupyter": 1, "execution": {"a": 1}, "collapsed": 0}
    submission = hand_in(folder, assignment, json.dumps(content))
    nbformat.validate(submission.notebooks["lab"])
    assert submission.notebooks["lab"]["cells"][0]["metadata"] == {}


def test_a_notebook_of_format_3_is_upgraded(folder: Path, assignment: Assignment) -> None:
    current = nbformat.from_dict(solved(assignment.notebooks[0]))
    old = nbformat.writes(nbformat.convert(current, 3), version=3)
    submission = hand_in(folder, assignment, old)
    assert submission.problems == {}
    assert submission.notebooks["lab"]["nbformat"] == 4


def test_a_missing_notebook_is_said_to_be_missing(folder: Path, assignment: Assignment) -> None:
    submission = read_submission(folder, "amy", assignment)
    assert submission.problems == {"lab": "missing: no lab.ipynb was handed in"}
    assert read_submission(folder / "nowhere", "amy", assignment).problems == submission.problems


def test_a_notebook_that_is_too_large_is_not_read(folder: Path, assignment: Assignment) -> None:
    with (folder / "lab.ipynb").open("wb") as file:
        file.truncate(10 * read.MAX_NOTEBOOK_BYTES)
    assert "larger than 50 MB" in reason(read_submission(folder, "amy", assignment))


def link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def bind(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


SPECIAL: dict[str, Callable[[Path], object]] = {
    "link": link,
    "dangling link": lambda path: path.symlink_to("nowhere"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "socket": bind,
}


@pytest.mark.parametrize("name", SPECIAL)
def test_what_is_no_regular_file_is_never_opened(name: str, folder: Path, assignment: Assignment) -> None:
    SPECIAL[name](folder / "lab.ipynb")
    line = reason(read_submission(folder, "amy", assignment))
    assert ("link" if "link" in name else "not a") in line


@pytest.mark.parametrize("name", sorted(set(SPECIAL) - {"folder"}))
def test_other_things_than_files_are_left_out_and_flagged(name: str, folder: Path, assignment: Assignment) -> None:
    SPECIAL[name](folder / "data.txt")
    submission = hand_in(folder, assignment)
    assert submission.files == {}
    assert submission.flags == ("file-ignored: data.txt is not a regular file",)


def test_a_folder_that_is_a_link_is_not_followed(folder: Path, assignment: Assignment) -> None:
    hand_in(folder, assignment)
    other = folder.parent / "other"
    other.symlink_to(folder)
    submission = read_submission(other, "bob", assignment)
    assert "link" in reason(submission)
    assert submission.files == {}


def test_other_files_come_along_by_relative_path(folder: Path, assignment: Assignment) -> None:
    (folder / "tools" / "deep").mkdir(parents=True)
    (folder / "tools" / "deep" / "helper.py").write_text("x = 1")
    (folder / "timestamp.txt").write_text("2015-02-02 15:58:23.948203 UTC")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "helper.pyc").write_bytes(b"x")
    submission = hand_in(folder, assignment)
    assert submission.files == {"tools/deep/helper.py": b"x = 1"}
    assert submission.flags == ()


def test_other_notebooks_are_flagged_and_not_graded(folder: Path, assignment: Assignment) -> None:
    (folder / "lab (1).ipynb").write_text("{}")
    submission = hand_in(folder, assignment)
    assert submission.flags == ("other-file: lab (1).ipynb",)
    assert submission.files == {}
    assert list(submission.notebooks) == ["lab"]


def test_a_folder_inside_that_is_a_link_is_not_entered(folder: Path, assignment: Assignment) -> None:
    (folder / "all").symlink_to("/etc")
    assert hand_in(folder, assignment).files == {}


@pytest.mark.parametrize("name", ["a\nb.txt", "a\x1b[31m.txt", "\u202egnp.exe", "a\\b.txt", b"\xff.txt"])
def test_a_file_whose_name_could_trick_somebody_is_left_out(
    name: str | bytes, folder: Path, assignment: Assignment
) -> None:
    (folder / os.fsdecode(name)).write_text("x")
    submission = hand_in(folder, assignment)
    assert submission.files == {}
    (flag,) = submission.flags
    assert flag.isprintable()
    assert flag.endswith("is misnamed")


@pytest.fixture
def with_data(tmp_path: Path) -> Assignment:
    load(tmp_path / "other")
    source = tmp_path / "other" / "source" / "lab"
    (source / "data").mkdir()
    (source / "data" / "table.csv").write_text("1,2\n")
    return course.load(tmp_path / "other", "lab")


@pytest.mark.parametrize(("text", "flags"), [("1,2\n", ()), ("1,3\n", ("data-file-restored: data/table.csv",))])
def test_the_instructors_data_are_never_the_students(
    text: str, flags: tuple[str, ...], folder: Path, with_data: Assignment
) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "table.csv").write_text(text)
    submission = hand_in(folder, with_data)
    assert submission.files == {}
    assert submission.flags == flags


@pytest.mark.parametrize("name", ["data", "data/table.csv/inside.txt"])
def test_a_file_in_the_way_of_the_instructors_data_is_left_out(name: str, folder: Path, with_data: Assignment) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("x")
    submission = hand_in(folder, with_data)
    assert submission.files == {}
    assert len(submission.flags) == 1


def test_files_are_capped_in_number(folder: Path, assignment: Assignment) -> None:
    for index in range(read.MAX_FILES + 5):
        (folder / f"{index:05}.txt").write_text("x")
    submission = hand_in(folder, assignment)
    assert len(submission.files) == read.MAX_FILES
    assert submission.flags == (f"too-many-files: only the first {read.MAX_FILES} are used",)


def test_files_are_capped_in_size_all_together(folder: Path, assignment: Assignment) -> None:
    for name in ("a.bin", "b.bin"):
        with (folder / name).open("wb") as file:
            file.truncate(read.MAX_FILES_BYTES * 6 // 10)
    (folder / "c.txt").write_text("x")
    submission = hand_in(folder, assignment)
    assert list(submission.files) == ["a.bin", "c.txt"]
    assert submission.flags == ("file-ignored: b.bin is too large or cannot be read",)


def test_remarks_on_files_are_capped_in_number(folder: Path, assignment: Assignment) -> None:
    for index in range(50):
        (folder / f"copy {index:02}.ipynb").write_text("{}")
    submission = hand_in(folder, assignment)
    assert len(submission.flags) == read.MAX_FILE_FLAGS + 1
    assert submission.flags[-1] == "more-files: 30 more remarks on files"


def test_a_file_without_permission_is_a_problem_of_that_file(folder: Path, assignment: Assignment) -> None:
    content = json.dumps(solved(assignment.notebooks[0]))
    (folder / "lab.ipynb").write_text(content)
    (folder / "lab.ipynb").chmod(0)
    submission = read_submission(folder, "amy", assignment)
    assert list(submission.notebooks or submission.problems) == ["lab"]

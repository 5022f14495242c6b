from __future__ import annotations

import json
from pathlib import Path

import pytest

from allclose import course
from allclose.errors import CourseError, LeakError, MarkerError, NotebookError
from allclose.notebook.release import release, student_version, without_hidden_tests
from tests.courses import cells, code, load, write_course


def test_the_release_holds_no_solution_and_no_hidden_test(tmp_path: Path) -> None:
    assignment, _ = load(tmp_path)
    (path,) = release(assignment, check=False)
    assert path == tmp_path / "release" / "lab" / "lab.ipynb"
    text = path.read_text()
    assert "run_suite" not in text
    assert "x + x" not in text
    assert "YOUR CODE HERE" in text


def test_a_second_release_writes_nothing(tmp_path: Path) -> None:
    assignment, _ = load(tmp_path)
    (path,) = release(assignment, check=False)
    before = path.stat()
    assert release(assignment, check=False) == []
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_check_names_what_is_stale_and_writes_nothing(tmp_path: Path) -> None:
    assignment, _ = load(tmp_path)
    path = tmp_path / "release" / "lab" / "lab.ipynb"
    assert release(assignment, check=True) == [path]
    assert not (tmp_path / "release").exists()
    release(assignment, check=False)
    assert release(assignment, check=True) == []
    path.write_text(path.read_text() + "\n")
    assert release(assignment, check=True) == [path]


def test_data_files_are_copied_and_notebooks_that_are_no_more_are_removed(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "source" / "lab" / "data").mkdir()
    (root / "source" / "lab" / "data" / "table.bin").write_bytes(b"\0\1\2")
    folder = root / "release" / "lab"
    folder.mkdir(parents=True)
    (folder / "gone.ipynb").write_text("{}")
    (folder / "notes.txt").write_text("mine")
    written = release(course.load(root, "lab"), check=False)
    assert written == [folder / "data" / "table.bin", folder / "gone.ipynb", folder / "lab.ipynb"]
    assert (folder / "data" / "table.bin").read_bytes() == b"\0\1\2"
    assert sorted(path.name for path in folder.iterdir()) == ["data", "lab.ipynb", "notes.txt"]


def test_the_student_version_is_the_file(tmp_path: Path) -> None:
    assignment, source = load(tmp_path)
    (path,) = release(assignment, check=False)
    on_disk = json.loads(path.read_text())
    for cell in on_disk["cells"]:
        cell["source"] = "".join(cell["source"])
    assert on_disk == student_version(source, assignment)


def test_a_leak_stops_the_release_before_anything_is_written(tmp_path: Path) -> None:
    leaky, _ = load(tmp_path, [*cells(), code("result = (x + x) * 1.0 if x is not None else x + x")])
    with pytest.raises(LeakError, match=r"lab\.ipynb, cell 11 shows the solution of 'double'"):
        release(leaky, check=False)
    assert not (tmp_path / "release").exists()


def test_markers_that_do_not_pair_up_name_notebook_and_cell(tmp_path: Path) -> None:
    found = cells()
    found[4]["source"] = found[4]["source"].replace("### END HIDDEN TESTS", "")
    with pytest.raises(MarkerError, match=r"lab\.ipynb: cell 'double-grade': 'BEGIN HIDDEN TESTS' is never closed"):
        load(tmp_path, found)


def test_a_step_of_the_courses_own_that_fails_is_named(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "nbgrader_config.py").write_text(
        "from nbgrader.preprocessors import NbGraderPreprocessor\n"
        "class Picky(NbGraderPreprocessor):\n"
        "    def preprocess(self, nb, resources):\n"
        "        raise ValueError('I do not like it\\nat all')\n"
        "c = get_config()\n"
        "c.GenerateAssignment.preprocessors = [Picky]\n"
    )
    with pytest.raises(NotebookError, match=r"lab\.ipynb: nbgrader refuses this notebook: I do not like it$"):
        release(course.load(root, "lab"), check=True)


def test_a_release_folder_that_cannot_be_written_is_named_and_nothing_is_half_written(tmp_path: Path) -> None:
    assignment, _ = load(tmp_path)
    (tmp_path / "release").write_text("a file where the folder should be")
    with pytest.raises(CourseError, match="cannot be released"):
        release(assignment, check=False)


def test_no_temporary_file_is_left_behind(tmp_path: Path) -> None:
    assignment, _ = load(tmp_path)
    release(assignment, check=False)
    assert [path.name for path in (tmp_path / "release" / "lab").iterdir()] == ["lab.ipynb"]


def test_hidden_tests_are_cut_from_a_cells_text() -> None:
    text = "a = 1\n### BEGIN HIDDEN TESTS\nb = 2\n### END HIDDEN TESTS\nc = 3"
    assert without_hidden_tests(text) == "a = 1\nc = 3"
    assert without_hidden_tests("a = 1\n") == "a = 1\n"
    with pytest.raises(MarkerError):
        without_hidden_tests("# BEGIN HIDDEN TESTS\nb = 2")

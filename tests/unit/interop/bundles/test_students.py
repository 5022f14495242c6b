"""What the students' bundle refuses, and what its two made files say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from allclose import course
from allclose.errors import InteropError, LeakError
from allclose.interop.bundles.students import bundle
from allclose.model import Assignment
from allclose.notebook.release import release
from tests.suited_course import Asked, write_course

SUITE = """
from allclose import agree, grade
@grade("double", points=4)
def test_doubling_follows_the_reference_on_random_numbers(submission, rng):
    agree(submission.double(3.0), 6.0)
"""


def released(root: Path, lab: str = "lab", **given: object) -> Assignment:
    asked = [Asked("double", "def double(x):\n    return 2 * x", 4)]
    assignment = course.load(write_course(root, lab, asked, SUITE, **given), lab)  # type: ignore[arg-type]
    release(assignment, check=False)
    return assignment


def test_a_stale_release_is_refused_with_the_mend(tmp_path: Path) -> None:
    assignment = released(tmp_path)
    (tmp_path / "release" / "lab" / "lab.ipynb").write_text("{}")
    with pytest.raises(InteropError, match=r"lab\.ipynb is not what source/ gives: run allclose release lab"):
        bundle(assignment, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_somebody_put_beside_the_release_is_searched_too(tmp_path: Path) -> None:
    assignment = released(tmp_path)
    (tmp_path / "release" / "lab" / "hints.txt").write_text("see test_doubling_follows_the_reference_on_random_numbers")
    with pytest.raises(LeakError, match=r"hints\.txt shows a hidden test"):
        bundle(assignment, tmp_path / "out")


def test_a_name_that_a_bundle_needs_itself_is_refused(tmp_path: Path) -> None:
    assignment = released(tmp_path, data={"requirements.txt": b"numpy\n"})
    with pytest.raises(InteropError, match=r"requirements\.txt: a bundle has a file of this name"):
        bundle(assignment, tmp_path / "out")


def test_it_is_the_same_each_time_and_may_be_made_again(tmp_path: Path) -> None:
    assignment = released(tmp_path)
    *_, archive = bundle(assignment, tmp_path / "out")
    first = archive.read_bytes()
    bundle(assignment, tmp_path / "out")
    assert archive.read_bytes() == first


def test_an_awkward_name_neither_breaks_the_page_nor_its_commands(tmp_path: Path) -> None:
    lab = "week 1 & <b>two"
    assignment = released(tmp_path, lab)
    bundle(assignment, tmp_path / "out")
    page = (tmp_path / "out" / lab / "START-HERE.html").read_text()
    assert "<title>week 1 &amp; &lt;b&gt;two: start here</title>" in page
    assert "<b>" not in page
    command = re.search(r"\.venv/bin/python -m jupyterlab (.+?)</code>", page)
    assert command is not None
    assert command[1] == "&quot;week 1 &amp; &lt;b&gt;two.ipynb&quot;"

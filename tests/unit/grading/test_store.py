"""A result is kept whole or not at all, whatever happens to the disk, the process or another run."""

from __future__ import annotations

import fcntl
import re
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allclose.errors import AllcloseError
from allclose.grading.store import Latest, Parts, Store, digest
from allclose.model import Grade, Limits, ManualMark, QuestionMark, Status, TestMark, Tier, Verdict

NAME = digest({"student": b"s001"})


def grade(student: str = "s001", text: str = "fine") -> Grade:
    test = TestMark("test_it", 2.0, Verdict.FAILED, "off by a factor of 2", "q--twice")
    cell = {"cell_type": "code", "source": "x", "metadata": {}, "outputs": [{"text": text}], "execution_count": 1}
    return Grade(
        student=student,
        status=Status.GRADED,
        score=1.0,
        max_score=2.0,
        flags=("cell-restored: q-grade",),
        manual=ManualMark(None, 6.0, ("think",)),
        questions=(QuestionMark("lab", "q", 1.0, 2.0, (test,)),),
        isolation=Tier.BASIC,
        device="cpu",
        seconds=0.25,
        notebooks={"lab": {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}},
    )


def test_a_saved_result_comes_back_equal_with_its_time_once_it_is_the_latest(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    store.save("s001", NAME, grade())
    assert Store(tmp_path / "results").load("s001", NAME) == replace(grade(), seconds=0.0)
    store.publish([grade()])
    assert Store(tmp_path / "results").load("s001", NAME) == grade()


def test_the_marks_come_without_the_notebooks_and_those_one_after_the_other(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    store.save("s001", NAME, grade())
    store.publish([grade()])
    again = Store(tmp_path / "results")
    marks = again.load_marks("s001", NAME)
    assert marks == replace(grade(), notebooks={})
    assert list(again.whole([marks])) == [grade()]
    (tmp_path / "results" / f"{NAME}.json").unlink()
    with pytest.raises(AllcloseError, match=f"{NAME}.json: the result is gone .+; run the command again"):
        list(again.whole([marks]))


def test_what_a_result_depended_on_is_kept_with_it(tmp_path: Path) -> None:
    parts = Parts("everything", {"q": "tests"}, {"q": "answers"}, Limits(cell_seconds=3.0))
    store = Store(tmp_path)
    store.save("s001", NAME, grade(), parts)
    assert Store(tmp_path).load_parts("s001", NAME) == parts
    store.save("s001", NAME, grade())
    assert Store(tmp_path).load_parts("s001", NAME) is None


def test_nothing_saved_is_none_even_without_a_folder(tmp_path: Path) -> None:
    assert Store(tmp_path / "results").load("s001", NAME) is None


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_result_counts_as_absent(tmp_path: Path, kept: float) -> None:
    store = Store(tmp_path)
    store.save("s001", NAME, grade())
    path = tmp_path / f"{NAME}.json"
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert store.load("s001", NAME) is None


@pytest.mark.parametrize(
    "content", [b"[]", b"null", b"{}", b'{"format": 1}', b"\xff\xfe", b"[" * 5000, b'{"format": 0, "student": "s001"}']
)
def test_a_foreign_file_counts_as_absent(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{NAME}.json").write_bytes(content)
    assert Store(tmp_path).load("s001", NAME) is None


def test_a_result_of_another_student_or_digest_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("s001", NAME, grade())
    other = digest({"student": b"s002"})
    (tmp_path / f"{other}.json").write_bytes((tmp_path / f"{NAME}.json").read_bytes())
    assert store.load("s002", NAME) is None
    assert store.load("s001", other) is None


def test_a_result_that_lost_a_field_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("s001", NAME, grade())
    path = tmp_path / f"{NAME}.json"
    path.write_bytes(path.read_bytes().replace(b'"max_score":2.0', b'"max_score":"2.0"', 1))
    assert store.load("s001", NAME) is None


def test_a_later_result_replaces_an_earlier_one(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("s001", NAME, grade(text="first"))
    store.save("s001", NAME, grade(text="second"))
    assert store.load("s001", NAME) == grade(text="second")
    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.json"]


def test_half_a_surrogate_pair_in_an_output_does_not_stop_the_batch(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("s001", NAME, grade(text="\ud83d and é"))
    assert store.load("s001", NAME) == grade(text="? and é")


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file stands here")
    with pytest.raises(AllcloseError) as caught:
        Store(tmp_path / "results").save("s001", NAME, grade())
    assert str(tmp_path / "results") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_one_clear_line_and_leaves_no_file(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        import resource, sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        from test_store import NAME, grade
        from allclose.errors import AllcloseError
        from allclose.grading.store import Store
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            Store(Path({str(tmp_path)!r})).save("s001", NAME, grade(text="x" * 100_000))
        except AllcloseError as error:
            print(error)
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert re.fullmatch(rf"{tmp_path}/{NAME}\.json: the result cannot be written \(.+\); .+run again.*\n", done.stdout)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_swept_and_what_a_running_one_writes_is_not(tmp_path: Path) -> None:
    left, written = tmp_path / ".a.tmp", tmp_path / ".b.tmp"
    for path in (left, written):
        path.write_text("half")
    with written.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        Store(tmp_path).save("s001", NAME, grade())
    assert {path.name for path in tmp_path.iterdir()} == {written.name, f"{NAME}.json"}


def test_a_reader_never_sees_a_part_while_two_runs_write(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        from test_store import NAME, grade
        from allclose.grading.store import Store
        for turn in range(60):
            Store(Path({str(tmp_path)!r})).save("s001", NAME, grade(text=sys.argv[1] * 300_000))
        """
    )
    store = Store(tmp_path)
    store.save("s001", NAME, grade(text="a" * 300_000))
    runs = [subprocess.Popen([sys.executable, "-c", program, letter]) for letter in "ab"]
    seen = []
    while any(run.poll() is None for run in runs):
        seen.append(store.load("s001", NAME))
    assert [run.returncode for run in runs] == [0, 0]
    whole = [grade(text=letter * 300_000) for letter in "ab"]
    assert seen
    assert all(found in whole for found in seen)
    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.json"]


parts = st.dictionaries(st.text(max_size=5), st.binary(max_size=5), max_size=4)


@given(parts, parts)
def test_two_sets_of_parts_have_one_digest_only_if_they_are_equal(
    left: dict[str, bytes], right: dict[str, bytes]
) -> None:
    assert (digest(left) == digest(right)) == (left == right)


def test_moving_a_byte_between_name_and_content_changes_the_digest() -> None:
    assert (
        len({digest({"ab": b"c"}), digest({"a": b"bc"}), digest({"a": b"b", "c": b""}), digest({"a": b"bc", "": b""})})
        == 4
    )


def test_the_order_of_the_parts_does_not_matter() -> None:
    assert digest({"a": b"1", "b": b"2"}) == digest({"b": b"2", "a": b"1"})


def test_the_latest_result_of_each_student_is_known_by_its_digest(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    store.save("s001", NAME, grade())
    store.publish([grade()])
    assert Store(tmp_path / "results").latest() == {"s001": Latest(Status.GRADED, NAME, seconds=0.25)}


def test_a_result_that_was_only_loaded_is_the_latest_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for name in (NAME, "2" * 64):
        store.save("s001", name, grade())
    store.publish([grade()])
    assert store.latest()["s001"].digest == "2" * 64
    again = Store(tmp_path / "results")
    loaded = again.load("s001", NAME)
    assert loaded is not None
    again.publish([loaded])
    assert again.latest()["s001"].digest == NAME


def test_a_run_for_one_student_leaves_the_others_latest(tmp_path: Path) -> None:
    for student in ("s001", "s002"):
        store = Store(tmp_path / "results")
        store.save(student, digest({"student": student.encode()}), grade(student))
        store.publish([grade(student)])
    assert sorted(Store(tmp_path / "results").latest()) == ["s001", "s002"]


def test_what_could_not_be_graded_by_our_fault_has_no_latest_result_but_the_reason(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    store.save("s001", NAME, grade())
    store.publish([grade()])
    store.publish([replace(grade(), status=Status.INFRA, reason="the sandbox did not start")])
    assert store.latest() == {"s001": Latest(Status.INFRA, reason="the sandbox did not start")}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 0, "students": {}}', '{"format": 2, "students": [1]}'])
def test_a_list_of_the_latest_that_cannot_be_read_counts_as_absent(tmp_path: Path, content: str) -> None:
    (tmp_path / "latest.json").write_text(content)
    assert Store(tmp_path / "results").latest() == {}


def test_runs_at_once_lose_nobody_from_the_list_of_the_latest(tmp_path: Path) -> None:
    def run(student: str) -> None:
        store = Store(tmp_path / "results")
        store.save(student, digest({"student": student.encode()}), grade(student))
        store.publish([grade(student)])

    students = [f"s{number:03}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, students))
    assert sorted(Store(tmp_path / "results").latest()) == students

"""A regrade after changes of a course: only what they touch is run, and the grades are those of a fresh run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from allclose.grading.batch import Event
from tests.regraded_course import (
    ANSWERS,
    LAB,
    LIMITS_PLACE,
    SOURCE_PLACE,
    SUITE_PLACE,
    as_fresh,
    edit,
    run,
    whole,
    write_class,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_class(tmp_path / "course")


def test_a_changed_test_touches_its_question_and_those_whose_process_had_trouble(root: Path) -> None:
    assert run(root).rerun == {}
    assert run(root).reused == len(ANSWERS) + 1
    edit(root, SUITE_PLACE, "submission.mean([1.0, 2.0]) == 1.5", "submission.mean([1.0, 3.0]) == 2")
    told: list[Event] = []
    again = run(root, watch=told.append)
    assert again.reused == 0
    assert again.rerun == dict.fromkeys(("right", "wrong", "raises", "uncentred", "chance"), ("mean",))
    assert {event.grade.student: event.kind for event in told} == {
        **dict.fromkeys(again.rerun, "rerun"),
        **dict.fromkeys(("counts", "hangs", "unreadable"), "graded"),
    }
    assert as_fresh(root, again)


def test_what_changes_no_verdict_runs_no_test(root: Path) -> None:
    before = whole(run(root))
    edit(root, SUITE_PLACE, "SIZE = 4", "SIZE = 4  # numbers")
    edit(root, SUITE_PLACE, '"""Hidden tests."""', '"""The hidden tests."""')
    assert run(root).reused == len(ANSWERS) + 1
    edit(root, SUITE_PLACE, '"""Twice as much."""', '"""It is twice as much."""')
    edit(root, SUITE_PLACE, '@grade("double", points=4)', '@grade("double", points=5)')
    edit(root, SOURCE_PLACE, '"points": 4', '"points": 5')
    edit(root, LIMITS_PLACE, "cell_seconds = 20.0", "cell_seconds = 25.0")
    again = run(root)
    assert again.rerun == dict.fromkeys(ANSWERS.keys() - {"hangs"}, ())
    after = whole(again)
    assert after["right"].score == before["right"].score + 1
    assert after["right"].questions[0].tests[0].title == "It is twice as much."
    assert as_fresh(root, again)


def test_the_command_says_what_it_reused_and_what_changed(root: Path) -> None:
    program = "from allclose.cli import main; main()"
    command = [sys.executable, "-c", program, "grade", LAB, "--course", str(root), "--isolation", "basic"]
    command += ["--json", str(root / "grades.json"), "--log", str(root / "log.jsonl")]

    def told() -> str:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return " ".join(done.stdout.split())

    assert "earlier run" not in told()
    edit(root, SUITE_PLACE, "agree(submission.double(x), 2 * x)", "agree(submission.double(x), 3 * x)")
    said = told()
    assert "5 tested again only in double (5), 3 graded as a whole" in said
    assert "right 9 5 double 4 → 0" in said
    found = json.loads((root / "grades.json").read_text())
    assert found["reused"]["submissions"] == 0
    assert list(found["reused"]["rerun"].values()) == [["double"]] * 5
    log = [json.loads(line) for line in (root / "log.jsonl").read_text().splitlines()]
    assert {line["student"] for line in log if line["event"] == "rerun"} == found["reused"]["rerun"].keys()
    assert f"{len(ANSWERS) + 1} kept from an earlier run" in told()

"""What a run tells while it works."""

from __future__ import annotations

import json
from pathlib import Path

from allclose.cli.progress import progress
from allclose.grading.batch import Event
from allclose.model import Grade, ManualMark, Status, Tier


def event(student: str, done: int) -> Event:
    grade = Grade(
        student, Status.GRADED, 3.0, 4.0, (), ManualMark(0.0, 0.0, ()), (), Tier.STRONG, "cpu", 0.5, notebooks={}
    )
    return Event("graded", grade, done, 2, done * 0.5)


def test_the_log_has_a_line_of_json_for_each_event(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with progress("lab", 3, path) as tell:
        tell(event("s001", 1))
        halfway = [json.loads(line) for line in path.read_text().splitlines()]
        tell(event("s002", 2))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[:2] == halfway
    assert [line["event"] for line in lines] == ["began", "graded", "graded", "ended"]
    assert lines[1] == {
        "event": "graded",
        "student": "s001",
        "status": "graded",
        "score": 3.0,
        "seconds": 0.5,
        "at": 0.5,
        "done": 1,
        "total": 2,
    }


def test_without_a_log_nothing_is_written(tmp_path: Path) -> None:
    with progress("lab", 3, None) as tell:
        tell(event("s001", 1))
    assert list(tmp_path.iterdir()) == []

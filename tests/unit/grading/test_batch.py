"""Submissions that wait in memory between the first look at a class and their turn."""

from __future__ import annotations

from typing import Any

import pytest

from allclose.grading import batch
from allclose.model import Submission


def submission(student: str, output: Any = "text", **more: Any) -> Submission:
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [output], "execution_count": None}
    return Submission(
        student, {"lab": {"cells": [cell], "metadata": {}}}, more.pop("problems", {}), {"a.csv": b"\xff1"}
    )


def read_anew() -> Submission:
    return submission("read anew")


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def test_a_submission_comes_back_as_it_was_read_and_once() -> None:
    kept = batch._Kept()
    read = submission("s001", {"data": {"text/plain": "½"}, "number": 1.5, "whole": 3}, problems={"lab": "why"})
    kept.put(read)
    assert kept.take("s001", read_anew) == read
    assert kept.take("s001", read_anew).student == "read anew"


@pytest.mark.parametrize("odd", [2**70, "\ud800", nested(5000)], ids=["a long number", "half a pair", "a deep list"])
def test_what_cannot_be_packed_is_read_anew(odd: Any) -> None:
    kept = batch._Kept()
    kept.put(submission("s001", odd))
    assert kept.take("s001", read_anew).student == "read anew"


def test_what_there_is_no_room_for_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_KEPT_BYTES", 1000)
    kept = batch._Kept()
    for student in ("s001", "s002", "s003"):
        kept.put(submission(student, "x" * 400))
    assert [kept.take(student, read_anew).student for student in ("s001", "s002", "s003")] == [
        "s001",
        "read anew",
        "read anew",
    ]

"""Files of a submission that do not fit, through the wire or on its disk, are left out: nobody buys a fault of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

READ = "import numpy as np\nSIZE = len(open('data.bin', 'rb').read())\ndef double(x):\n    return SIZE * x / 5_000_000"


def test_a_file_larger_than_a_parcel_arrives_whole(attack: Callable[..., Any]) -> None:
    grade = attack(double=READ, files={"data.bin": b"x" * 10_000_000, "empty": b""})
    assert (grade.score, grade.flags) == (grade.max_score, ())


def test_what_does_not_fit_is_left_out_and_said(attack: Callable[..., Any]) -> None:
    files = {"big": b"x" * 90_000_000, "data.bin": b"x" * 10_000_000, "bigger": b"x" * 3_000_000}
    files |= {f"{number}/a/b": b"x" for number in range(300)}
    grade = attack(double=READ, files=files)
    assert grade.score == grade.max_score
    assert grade.flags[:2] == (
        "file-ignored: big does not fit on the sandbox's disk",
        "file-ignored: bigger does not fit on the sandbox's disk",
    )
    assert len(grade.flags) < 30

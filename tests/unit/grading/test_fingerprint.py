"""What a grade depends on besides the submission."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose import course
from allclose.grading.fingerprint import fingerprint
from allclose.grading.store import digest
from allclose.model import Tier
from tests.suited_course import Asked, write_course

SUITE = (
    "from allclose import grade\n@grade('one', points=1)\ndef test_one(submission):\n    assert submission.one() == 1\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_course(
        tmp_path, "lab", [Asked("one", "def one():\n    return 1", 1)], SUITE, data={"data.csv": b"1,2"}
    )


def found(root: Path, tier: Tier = Tier.STRONG, device: str = "cpu", seed: bytes = b"seed") -> str:
    return digest(fingerprint(course.load(root, "lab"), tier, device, seed))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("autograder/lab/test_lab.py", SUITE.replace("== 1", "== 1.0")),
        ("autograder/lab/helper.py", "X = 1"),
        ("autograder/lab/limits.toml", "cell_seconds = 3.0"),
        ("autograder/lab/misconceptions/one--two.py", '"""Two"""\none = 2'),
        ("solutions/lab.py", "def one():\n    return 1.0"),
        ("solutions/__init__.py", "X = 1"),
        ("source/lab/data.csv", "1,3"),
        (
            "nbgrader_config.py",
            "get_config().ClearSolutions.text_stub = 'Write here'\nget_config().LockCells.lock_all_cells = True",
        ),
    ],
)
def test_it_changes_with_whatever_changes_a_grade(root: Path, place: str, text: str) -> None:
    before = found(root)
    (root / place).parent.mkdir(exist_ok=True)
    (root / place).write_text(text)
    assert found(root) != before


def test_it_changes_with_tier_device_and_secret(root: Path) -> None:
    ways = {found(root), found(root, tier=Tier.BASIC), found(root, device="cuda"), found(root, seed=b"other")}
    assert len(ways) == 4


def test_a_late_penalty_and_another_assignment_do_not_change_it(root: Path) -> None:
    before = found(root)
    (root / "nbgrader_config.py").write_text("get_config().AssignLatePenalties.plugin_class = 'late.SubMarks'")
    for name in ("source/other/other.ipynb", "solutions/other.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("{}")
    assert found(root) == before

"""The report of a class that the real engine graded, seeded with known mistakes."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from allclose import course
from allclose.cli import run
from allclose.model import Assignment
from allclose.notebook.splice import solved
from allclose.ratings import MIME
from tests.suited_course import Asked, hand_in, write_course

LAB = "lab1"
QUESTIONS = (
    Asked("mean", "def mean(x):\n    return sum(x) / len(x)", 10),
    Asked(
        "spread",
        "def spread(x):\n    m = sum(x) / len(x)\n    return (sum((v - m) ** 2 for v in x) / len(x)) ** 0.5",
        5,
    ),
    Asked("last", "def last(x):\n    return x[-1]", 2),
)
SUITE = '''
from allclose import agree, grade


@grade("mean", points=6)
def test_the_mean_of_random_numbers(submission, rng):
    """The mean of random numbers is right."""
    x = list(rng.normal(size=7))
    agree(submission.mean(x), sum(x) / 7)


@grade("mean", points=4)
def test_one_number_is_its_own_mean(submission):
    """One number is its own mean."""
    agree(submission.mean([3.0]), 3.0)


@grade("spread", points=5)
def test_the_spread_of_random_numbers(submission, rng):
    """The spread of random numbers is right."""
    x = rng.normal(size=9)
    agree(submission.spread(list(x)), x.std())


@grade("last", points=2)
def test_the_last_is_the_last(submission):
    """The last is the last."""
    agree(submission.last([1.0, 2.0]), 2.0)
'''
ANSWERS = {
    "misconceptions/mean--sum": '"""The sum is taken for the mean.\n\nDivide.\n"""\ndef mean(x):\n    return sum(x)\n',
    "misconceptions/mean--sample": '"""It is divided by n - 1.\n\nThat is for a variance.\n"""\n'
    "def mean(x):\n    return sum(x) / max(1, len(x) - 1)\n",
    "misconceptions/spread--squared": '"""No root is taken.\n\nTake it.\n"""\ndef spread(x):\n'
    "    m = sum(x) / len(x)\n    return sum((v - m) ** 2 for v in x) / len(x)\n",
    "misconceptions/last--first": '"""The first is given.\n\nLook at the end.\n"""\ndef last(x):\n    return x[0]\n',
}
#: Who makes which known mistakes.
SEEDED: Mapping[str, tuple[str, ...]] = {
    "mean--sum": ("s01", "s02", "s03", "s04", "s05"),
    "mean--sample": ("s06", "s07"),
    "spread--squared": ("s02", "s06", "s08", "s09"),
}
COPIED = """
def mean(x):
    total, seen = 0.0, 0
    for value in reversed(list(x)):
        total, seen = total + 2.0 * value - value, seen + 1
    if seen == 0 or not isinstance(total, float):
        return float(total) - float(total)
    return round(total / seen, 15) + 0.0 * seen + min(0.0, abs(total) * 0.0)
"""
OWN = {"s10": COPIED, "s11": COPIED.replace("total", "t").replace("seen", "n").replace("value", "v")}


def fill(lab: Assignment) -> None:
    """Hand in for 12: right but for the seeded mistakes, two of them copies, one with a rating."""
    answers = {answer.name: answer for answer in lab.misconceptions}
    for student in (f"s{number:02}" for number in range(1, 13)):
        known = [answers[name] for name, students in SEEDED.items() if student in students]
        codes = {answer.question: answer.code for answer in known}
        content = solved(lab.notebooks[0], codes | ({"mean": OWN[student]} if student in OWN else {}))
        if student == "s12":
            data = {MIME: {"section": "Spread", "stars": 2, "comment": "Why a root?"}}
            content["cells"][0]["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
        hand_in(lab.root, student, LAB, content)
    hand_in(lab.root, "s13", LAB, b"{")
    rows = [f"s{number:02},Student {number},{'AB'[number % 2]}" for number in range(1, 15)]
    (lab.root / "roster.csv").write_text("id,name,section\n" + "\n".join(rows) + "\n")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    root = write_course(tmp_path_factory.mktemp("course"), LAB, QUESTIONS, SUITE, answers=ANSWERS)
    lab = course.load(root, LAB)
    fill(lab)
    assert run(["grade", LAB, "--course", str(root)]) == 0
    assert run(["report", LAB, "--course", str(root)]) == 0
    return lab


@pytest.fixture
def found(lab: Assignment) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((lab.root / "reports" / LAB / "report.json").read_text())
    return report


def test_each_seeded_mistake_is_named_with_its_true_count_and_who_made_it(found: dict[str, Any]) -> None:
    named = {each["name"]: tuple(each["students"]) for each in found["misconceptions"]}
    assert named == SEEDED
    assert [each["count"] for each in found["misconceptions"]] == [5, 4, 2]
    assert [each["title"] for each in found["misconceptions"]] == [
        "The sum is taken for the mean.",
        "No root is taken.",
        "It is divided by n - 1.",
    ]
    assert found["never_made"] == 1


def test_the_two_that_copied_are_the_pair_to_look_at(found: dict[str, Any]) -> None:
    assert [pair["students"] for pair in found["similar"]["pairs"]] == [["s10", "s11"]]


def test_the_policy_lets_nothing_run_but_the_script_that_sorts(lab: Assignment) -> None:
    text = (lab.root / "reports" / LAB / "index.html").read_text()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#39;", "'").split(";"))
    assert (rules["default-src"], rules["script-src"]) == ("'none'", f"'sha256-{known}'")
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=", text)


def test_the_tables_beside_the_page_have_the_same_counts(lab: Assignment) -> None:
    with (lab.root / "reports" / LAB / "misconceptions.csv").open(newline="") as file:
        rows = {row["misconception"]: tuple(row["students"].split("; ")) for row in csv.DictReader(file)}
    assert rows == SEEDED

"""The report of a class that the real engine graded, seeded with known mistakes, in a real browser."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from allclose import course
from allclose.cli import run
from allclose.model import Assignment
from allclose.notebook.splice import solved
from allclose.ratings import MIME
from tests.browser import picture, served
from tests.suited_course import Asked, hand_in, write_course

if TYPE_CHECKING:
    from playwright.sync_api import Page

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


@pytest.fixture(scope="module")
def address(lab: Assignment) -> Iterator[str]:
    with served(lab.root / "reports" / LAB) as address:
        yield f"{address}/index.html"


def opened(address: str, page: Page) -> list[str]:
    """Open the page; return what its console says, in a list that goes on."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    return said


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


def test_the_statistics_are_those_of_the_scores(found: dict[str, Any]) -> None:
    easy = {each["name"]: each for each in found["questions"]}
    assert easy["mean"]["difficulty"] == pytest.approx((5 * 10 + 7 * 4) / 120)
    assert easy["spread"]["difficulty"] == pytest.approx(8 / 12)
    assert (easy["last"]["difficulty"], easy["last"]["discrimination"]) == (1.0, None)
    assert [each["name"] for each in found["tests"] if each["passed"] == each["tested"]] == [
        "test_one_number_is_its_own_mean",
        "test_the_last_is_the_last",
    ]
    assert (found["graded"], found["students"], sum(found["scores"]["bins"])) == (12, 14, 12)
    assert [(each["kind"], each["students"]) for each in found["waiting"]] == [
        ("bad-file", ["s13"]),
        ("missing", ["s14"]),
    ]
    assert [each["name"] for each in found["sections"]] == ["A", "B"]
    assert len(found["slowest"]) == 10
    assert found["slowest"][0]["seconds"] > 0


def test_the_two_that_copied_are_the_pair_to_look_at(found: dict[str, Any]) -> None:
    assert [pair["students"] for pair in found["similar"]["pairs"]] == [["s10", "s11"]]


def test_the_page_begins_with_what_the_class_did_not_understand(address: str, page: Page) -> None:
    said = opened(address, page)
    assert page.locator("h2").first.inner_text() == "What the class did not understand"
    first = page.locator(".hard > li").first.inner_text()
    assert first.index("mean") < first.index("The sum is taken for the mean.") < first.index("It is divided by n - 1.")
    assert page.locator(".hard > li").count() == 2
    text = page.text_content("main") or ""
    for what in ("Why a root?", "Student 10 and Student 11", "100 %", "handed in nothing", "cannot be read"):
        assert what in text, what

    picture(page, "class-report")
    assert said == []


def test_the_policy_lets_nothing_run_but_the_script_that_sorts(lab: Assignment) -> None:
    text = (lab.root / "reports" / LAB / "index.html").read_text()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#39;", "'").split(";"))
    assert (rules["default-src"], rules["script-src"]) == ("'none'", f"'sha256-{known}'")
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=", text)


def test_a_heading_sorts_its_table_both_ways_with_what_is_empty_at_the_end(address: str, page: Page) -> None:
    opened(address, page)
    table = page.locator("table.sortable", has=page.locator("th", has_text="status"))
    heading = table.locator("th", has_text="points")
    students = "cells => cells.map(cell => cell.textContent)"

    def order() -> list[str]:
        found: list[str] = table.locator("tbody tr").evaluate_all(
            f"rows => ({students})(rows.map(row => row.cells[0]))"
        )
        return found

    assert order() == sorted(order())
    heading.locator("button").click()
    assert order()[:2] == ["s13", "s02"]
    assert heading.get_attribute("aria-sort") == "ascending"
    heading.locator("button").press("Enter")
    assert order()[0] == "s10"
    assert order()[-1] == "s14"
    assert heading.get_attribute("aria-sort") == "descending"


def test_the_page_fits_a_phone_and_works_without_its_script(lab: Assignment, address: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert opened(address, page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    text = (lab.root / "reports" / LAB / "index.html").read_text()
    page.set_content(re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL))
    assert page.locator("th button").count() == 0
    assert page.locator("table.sortable tbody tr").count() > 14


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_accessibility_check_finds_nothing_serious(address: str, page: Page, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    opened(address, page)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    violations = Axe().run(page).response["violations"]
    assert [
        (each["id"], each["nodes"][0]["html"]) for each in violations if each["impact"] in ("serious", "critical")
    ] == []


def test_the_tables_beside_the_page_have_the_same_counts(lab: Assignment) -> None:
    with (lab.root / "reports" / LAB / "misconceptions.csv").open(newline="") as file:
        rows = {row["misconception"]: tuple(row["students"].split("; ")) for row in csv.DictReader(file)}
    assert rows == SEEDED

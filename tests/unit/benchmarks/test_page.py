"""The page of the benchmarks, made from records."""

from __future__ import annotations

from pathlib import Path

from benchmarks import page, records
from benchmarks.records import Machine, Record
from benchmarks.tables import number, spread

MACHINE = Machine("a processor", 2, 8.0, "Linux", {"Python": "3.11"}, 0.25)
GROWTH = Record(
    "growth",
    "2026-01-01 00:00 UTC",
    "abc1234",
    MACHINE,
    {
        "10.seconds": [3.0],
        "10.peak": [9e7],
        "100.seconds": [7.5],
        "100.peak": [1e8],
        "1000.seconds": [56.1],
        "1000.peak": [1.5e8],
        "regrade.seconds": [4.0],
    },
    {"sizes": "10 100 1000", "regrade": "1000 submissions in 3.0 s", "touched": "3 of 1000"},
)
STARTUP = Record(
    "startup", "2026-01-02 00:00 UTC", "def5678", MACHINE, {"help": [0.2, 0.1, 0.3]}, problems=["otter is not there"]
)


def test_the_page_has_the_budgets_each_part_and_where_it_was_measured(tmp_path: Path) -> None:
    page.write({"growth": GROWTH, "startup": STARTUP}, tmp_path / "page.md", tmp_path / "growth.svg")
    text = " ".join((tmp_path / "page.md").read_text().split())
    assert (
        "cost of a submission from the smallest class to the largest | at most 10 % apart | 8.00 % apart | met |"
        in text
    )
    assert "Measured 2026-01-01 00:00 UTC at commit abc1234: 2 cores (a processor)" in text
    assert "Measured 2026-01-02 00:00 UTC at commit def5678" in text
    assert "`1000 submissions in 3.0 s`" in text
    assert "**Not as it should be:** otter is not there" in text
    assert "not measured" in text


def test_the_pages_of_students_have_a_section(tmp_path: Path) -> None:
    samples = {"few": [4.0], "more": [12.0], "pages": [20.0], "report": [4.5], "bytes": [41_000.0]}
    found = Record("feedback", "2026-01-02 00:00 UTC", "d", MACHINE, samples, {"students": "500", "lab": "lab1"})
    page.write({"feedback": found}, tmp_path / "page.md", tmp_path / "growth.svg")
    text = " ".join((tmp_path / "page.md").read_text().split())
    assert "500 students of lab1, graded before" in text
    assert "| nbgrader's pages, against ours | 25.1 times |" in text
    assert "against `nbgrader generate_feedback` | at least 20 times | 25.1 times | met |" in text


def test_the_same_records_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        page.write({"growth": GROWTH}, tmp_path / f"{name}.md", tmp_path / f"{name}.svg")
    assert (tmp_path / "first.md").read_bytes() == (tmp_path / "second.md").read_bytes()
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_records_come_back_as_they_were_kept(tmp_path: Path) -> None:
    records.save(STARTUP, tmp_path)
    records.save(GROWTH, tmp_path)
    assert records.load(tmp_path) == {"startup": STARTUP, "growth": GROWTH}


def test_numbers_have_three_digits_and_several_their_range() -> None:
    assert [number(value) for value in (0.1234, 12.34, 123.4, 12345.6)] == ["0.12", "12.3", "123", "12,346"]
    assert spread([0.03, 0.01, 0.02], "ms", 1000) == "20.0 ms (10.0–30.0)"
    assert spread([1.0], "s") == "1.00 s"
    assert spread([], "s") == "not measured"

"""docs/labs/seeds.md names cells and sections that are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [line.split("|") for line in (ROOT / "docs/labs/seeds.md").read_text().splitlines() if line.startswith("| ")]
PLACES = [row[2] for row in ROWS if len(row) == 4 and row[1].strip() != "in the source"]
NOTEBOOKS = [json.loads(path.read_text()) for path in sorted((ROOT / "source").glob("*/*.ipynb"))]
CELLS = [cell for notebook in NOTEBOOKS for cell in notebook["cells"]]
TEXT = "\n".join("".join(cell["source"]) for cell in CELLS)


def test_every_cell_that_is_named_is_in_a_notebook() -> None:
    ids = {cell["id"] for cell in CELLS}
    named = {name for place in PLACES for name in re.findall(r"`([a-z_]+-[a-z0-9_-]+)`", place)}
    assert len(named) > 60
    assert named - ids == set()


def test_every_section_that_is_named_is_in_a_notebook() -> None:
    titles = set(re.findall(r"^#+ (?:Question \d+ · )?(.*?)(?: \(\d+ points.*)?$", TEXT, re.MULTILINE))
    titles |= set(re.findall(r"\*\*(.*?)\.?\*\*", TEXT))
    named = {name for place in PLACES for name in re.findall(r'"(.*?)"', place)}
    assert len(named) > 35
    assert named - titles == set()


def test_every_subject_has_a_place_or_a_reason() -> None:
    assert len(PLACES) > 80
    assert all(re.search(r"\d|left out|not in this version|every cell", place) for place in PLACES)

"""Pages of documentation as their fenced blocks, each with what is to be done with it.

A comment right above a block says what its language does not:

    <!-- file: PATH -->        its text is that file, below the page's folder
    <!-- notebook: PATH -->    its `# %%` cells are that notebook
    <!-- settings -->          it is a part of nbgrader_config.py
    <!-- exits: N -->          the last of its commands ends with this code
    <!-- output -->            it is what the block before put out
    <!-- not run: REASON -->   it cannot run in a test; it is read all the same

A comment that begins with the word "meanwhile" holds Python: what somebody else does in between.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.suited_course import code_cell, notebook

_FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^(?P<fence>```+)(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=fence)$"
    r"|^<!-- meanwhile\n(?P<meanwhile>.*?)^-->$",
    re.MULTILINE | re.DOTALL,
)
_CELL = re.compile(
    r"^# %% *(?:\[markdown\] *)?(?P<role>answer|checks|hand)? *(?P<name>[\w-]*),? *(?:(?P<points>\d+) points?)?$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A fenced block; `mark` is the key of the comment above it, and `told` what that says."""

    page: Path
    line: int
    language: str
    text: str
    mark: str
    told: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line} ({self.language})"


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["meanwhile"] is not None:
            found.append(Block(page, line, "python", match["meanwhile"], "meanwhile", ""))
            continue
        mark, _, told = (match["mark"] or "").partition(": ")
        found.append(Block(page, line, match["language"], match["text"], mark, told))
    return found


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Return the commands of a block, each with the output that the page shows below it."""
    parts = re.split(r"^\$ ", block.text.replace("\\\n", ""), flags=re.MULTILINE)
    assert not parts[0].strip(), f"{block}: it begins without a command"
    for part in parts[1:]:
        command, _, output = part.partition("\n")
        yield command.partition("  #")[0].strip(), output


def shows(shown: str, output: str) -> bool:
    """Whether an output has these lines, in order; `…` stands for anything in a line, and alone for any lines."""
    lines = [" ".join(line.split()) for line in shown.strip().splitlines()]
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r" *\n" for line in lines if line
    )
    said = "".join(" ".join(line.split()) + "\n" for line in output.splitlines() if line.strip())
    return re.search(rf"(?:\A|\n){pattern}", said) is not None


def as_notebook(text: str) -> str:
    """Return `# %%` cells as an instructor's notebook.

    `# %% answer NAME` and `# %% checks NAME, N points` are a question's two cells, `# %% hand NAME, N points` one that
    a person grades; `[markdown]` before them makes a cell of text.
    """
    cells = []
    heads = list(_CELL.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        source, points = text[head.end() : end].strip("\n"), float(head["points"] or 0)
        is_words = "[markdown]" in head[0]
        match head["role"]:
            case "answer":
                cell = code_cell(head["name"], source, solution=True, grade=False, locked=False)
            case "checks":
                cell = code_cell(
                    f"{head['name']}-grade", source, solution=False, grade=True, locked=True, points=points
                )
            case "hand":
                cell = code_cell(head["name"], source, solution=True, grade=True, locked=False, points=points)
            case _:
                cell = code_cell(f"cell-{len(cells)}", source)
        if is_words:
            cell = {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
            cell |= {"cell_type": "markdown", "source": re.sub(r"^# ?", "", cell["source"], flags=re.MULTILINE)}
        cells.append(cell)
    return json.dumps(notebook(cells), indent=1) + "\n"

"""IPython's shell in this process, and notebooks as a student has them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from allclose.teach import progress

CHECKS = """with public_checks("{name}"):
    assert {name}(1.0) == {value}, "{name} of one"
"""
TEXT = """## About {name}

<details><summary>Hint: a first one</summary>

Think of ${name}$.

</details>

<details><summary>Solution on paper</summary>not a hint</details>

<details open class="x">
<summary><b>Hint</b></summary>Count <b>on</b>.</details>
"""


def markdown(source: str, identity: str = "") -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": source.splitlines(keepends=True)}


def code(source: str, identity: str = "", **metadata: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": identity, "metadata": metadata, "source": source}
    return cell | {"outputs": [], "execution_count": None}


def question(name: str, value: float, points: float) -> list[dict[str, Any]]:
    """Text with two hints, an answer that is right and a cell with a check."""
    mark = {"schema_version": 3, "task": False, "locked": False}
    answer = mark | {"grade": False, "solution": True, "grade_id": name}
    checks = mark | {"grade": True, "solution": False, "grade_id": f"{name}-grade", "points": points}
    return [
        markdown(TEXT.format(name=name)),
        code(f"def {name}(x):\n    return {value} * x\n", name, nbgrader=answer),
        code(CHECKS.format(name=name, value=value), f"{name}-grade", nbgrader=checks),
    ]


def a_lab() -> dict[str, Any]:
    """A notebook with the questions double (10 points) and triple (20 points), and a demonstration."""
    explained = "### To see\n\n<details><summary>Explain the cell below</summary>\n\nIt draws a line.\n\n</details>"
    cells = [
        markdown("# Lab", "title"),
        code("from allclose import public_checks\nstart = 1", "setup"),
        *question("double", 2.0, 10),
        markdown(explained, "above"),
        code("# Demonstration\nprint('a line')", "demo", tags=["skip-grading"]),
        *question("triple", 3.0, 20),
        code("# Demonstration\nprint('a curve')", "curve", tags=["skip-grading"]),
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of that notebook, in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps(a_lab()))
    return path


@pytest.fixture
def interactive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell with allclose's magics, as `%load_ext allclose` gives them; nothing of it stays."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    for name in ("displayhook", "excepthook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.run_line_magic("load_ext", "allclose")
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests have checked, which hints they have read and what shell they left (otter does) is forgotten."""
    InteractiveShell.clear_instance()
    monkeypatch.setattr(progress, "_passed", {})
    monkeypatch.setattr(progress, "_hints_read", {})

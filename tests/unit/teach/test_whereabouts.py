"""Which notebook a kernel works for: each front end tells it in its own way, and some not at all."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from allclose.teach.notebook import Notebook
from allclose.teach.whereabouts import history, shell, this_notebook
from tests.unit.teach.conftest import a_lab, code, question


def write(path: Path, *names: str, time: int = 1_700_000_000) -> Path:
    """A notebook with these questions, saved at a time."""
    path.parent.mkdir(exist_ok=True)
    cells = [cell for name in names for cell in question(name, 2.0, 1)]
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}))
    os.utime(path, (time, time))
    return path


def found() -> Path | None:
    notebook = this_notebook()
    return None if notebook is None else notebook.path


def has_questions(notebook: Notebook) -> bool:
    return bool(notebook.questions)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


@pytest.mark.parametrize("prefix", ["", "RTC:"], ids=["alone", "shared"])
def test_jupyter_names_the_file_in_the_environment(
    prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "other.ipynb", "a", time=1_800_000_000)
    own = write(tmp_path / "own.ipynb", "a")
    monkeypatch.setenv("JPY_SESSION_NAME", f"{prefix}{own}")
    assert found() == own


def test_vs_code_names_the_file_in_the_namespace(
    interactive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "other.ipynb", "a", time=1_800_000_000)
    own = write(tmp_path / "deep" / "own.ipynb", "a")
    interactive.user_ns["__vsc_ipynb_file__"] = str(own)
    assert found() == own


def test_colab_hands_the_notebook_over(monkeypatch: pytest.MonkeyPatch) -> None:
    colab: Any = ModuleType("google.colab._message")
    colab.blocking_request = lambda kind, request, timeout_sec: {"ipynb": a_lab()} if kind == "get_ipynb" else None
    monkeypatch.setitem(sys.modules, "google.colab._message", colab)
    notebook = this_notebook()
    assert notebook is not None and notebook.path is None and list(notebook.questions) == ["double", "triple"]


def test_a_colab_that_does_not_answer_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    colab: Any = ModuleType("google.colab._message")
    monkeypatch.setitem(sys.modules, "google.colab._message", colab)
    assert this_notebook() is None
    own = write(tmp_path / "own.ipynb", "a")
    assert found() == own


def test_a_file_that_was_renamed_since_is_looked_for_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = write(tmp_path / "renamed.ipynb", "a")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "before.ipynb"))
    assert found() == own


def test_of_several_the_one_counts_whose_cells_were_run(interactive: Any, tmp_path: Path) -> None:
    own = write(tmp_path / "own.ipynb", "a", "b")
    write(tmp_path / "other.ipynb", "a", "c", time=1_800_000_000)
    interactive.run_cell("def b(x):\n    return 2.0 * x\n", store_history=True)
    assert history()[-1].startswith("def b")
    assert found() == own


def test_of_equals_the_one_counts_that_was_saved_last(tmp_path: Path) -> None:
    write(tmp_path / "older.ipynb", "a")
    newer = write(tmp_path / "newer.ipynb", "a", time=1_800_000_000)
    assert found() == newer


def test_what_is_no_notebook_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "gone.ipynb").symlink_to("nowhere")
    (tmp_path / "empty.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [code("pass")]}))
    assert this_notebook(has_questions) is None
    own = write(tmp_path / "own.ipynb", "a", time=1_000_000_000)
    notebook = this_notebook(has_questions)
    assert notebook is not None and notebook.path is not None and notebook.path.name == own.name


def test_outside_ipython_there_is_no_shell() -> None:
    assert shell() is None and history() == []

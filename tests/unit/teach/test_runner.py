"""`allclose check`: a notebook's public checks from a terminal, with the light install too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from allclose.cli import run as run_command
from allclose.errors import NotebookError
from allclose.teach.command import run as run_light
from allclose.teach.runner import check_notebook
from tests.unit.teach.conftest import a_lab, code

Out = pytest.CaptureFixture[str]

#: From here on nothing of the grading extra is installed, nor what comes with it.
LIGHT = """
import sys

class Light:
    missing = set("torch nbgrader nbformat nbconvert pytest hypothesis msgspec typer rich sqlalchemy ipympl libcst "
                  "pandas otter distributed click".split())

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Light())
"""


@pytest.fixture(autouse=True)
def students_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def answer(path: Path, **cells: str) -> None:
    """Put other text into cells, by their ids."""
    document = json.loads(path.read_text())
    for cell in document["cells"]:
        cell["source"] = cells.get(cell["id"], cell["source"])
    path.write_text(json.dumps(document))


def test_right_answers_pass(lab: Path, capfd: Out) -> None:
    assert check_notebook(lab)
    out, err = capfd.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "✓ double: the public checks pass",
        "    exact: yes · approximately: yes · max difference: 0",
        "✓ triple: the public checks pass",
        "    exact: yes · approximately: yes · max difference: 0",
        "2 of 2 questions pass their public checks.",
        "Next: hand it in as it is saved; hidden tests look at more.",
    ]


def test_a_wrong_answer_is_told_and_what_the_notebook_prints_is_not(lab: Path, capfd: Out) -> None:
    loud = "import os, sys\nprint('loud')\nprint('louder', file=sys.stderr)\nos.write(1, b'loudest')\n"
    answer(lab, double=f"{loud}def double(x): return x\n")
    assert not check_notebook(lab, ["double"])
    out, err = capfd.readouterr()
    assert "✗ double: check 1 does not hold: double of one\n" in out and "triple" not in out
    assert "loud" not in out and err == ""


def test_checks_see_the_names_as_they_stand_there(lab: Path, capfd: Out) -> None:
    answer(lab, triple="def triple(x): return 3 * x\ndef double(x): return 0\n")
    assert check_notebook(lab)


def test_what_grading_skips_is_not_run(lab: Path, capfd: Out) -> None:
    answer(lab, demo="raise RuntimeError", curve="open('trace', 'w')")
    assert check_notebook(lab)
    assert not (lab.parent / "trace").exists()


def test_the_folder_of_the_notebook_is_the_current_one(
    lab: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capfd: Out
) -> None:
    (lab.parent / "my_module.py").write_text("FACTOR = 2")
    answer(lab, double="from my_module import FACTOR\ndef double(x): return FACTOR * x\n")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert check_notebook(lab)


def test_a_cell_that_fails_is_named_where_not_all_is_well(lab: Path, capfd: Out) -> None:
    answer(lab, setup="import no_such_module\n", double="def double(x) return 2\n")
    assert not check_notebook(lab)
    out = capfd.readouterr().out
    assert "· double: 'double' is not defined yet" in out
    assert "cell 2 ends in ModuleNotFoundError: No module named 'no_such_module'" in out
    assert "cell 4 (double) ends in SyntaxError" in out


@pytest.mark.parametrize("cell", ["import os\nos._exit(7)", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"])
def test_a_notebook_that_ends_python_is_no_pass(cell: str, lab: Path, capfd: Out) -> None:
    answer(lab, setup=cell)
    with pytest.raises(NotebookError, match="Python ended before the checks were done"):
        check_notebook(lab)


def test_a_notebook_cannot_pass_by_exiting_politely(lab: Path, capfd: Out) -> None:
    answer(lab, double="raise SystemExit(0)")
    assert not check_notebook(lab)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("missing.ipynb", None, "cannot be read: No such file or directory"),
        ("broken.ipynb", "{", "cannot be used: it is not JSON, or was cut off"),
        ("empty.ipynb", '{"cells": []}', "has no public checks"),
    ],
)
def test_what_cannot_be_checked_is_one_line(name: str, text: str | None, said: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(NotebookError) as told:
        check_notebook(tmp_path / name)
    assert name in str(told.value) and said in str(told.value) and "\n" not in str(told.value)


def test_a_grade_cell_of_plain_nbgrader_is_a_question_too(lab: Path, capfd: Out) -> None:
    document = a_lab()
    mark = {"grade": True, "solution": False, "grade_id": "correct_double", "points": 1}
    document["cells"].append(code("assert double(2) == 4", nbgrader=mark))
    lab.write_text(json.dumps(document))
    assert check_notebook(lab, ["correct_double"])


def test_the_command_says_by_its_code_whether_all_pass(lab: Path, capfd: Out) -> None:
    assert run_command(["check", str(lab)]) == 0
    answer(lab, double="def double(x): return x\n")
    assert run_command(["check", str(lab), "double", "triple"]) == 2
    capfd.readouterr()
    assert run_command(["check", str(lab), "tripel"]) == 2
    assert capfd.readouterr().err == (
        f"allclose: {lab}: There is no question 'tripel'. Did you mean 'triple'? The questions are: double, triple.\n"
    )


def test_the_light_command_is_the_same(lab: Path, capfd: Out) -> None:
    assert run_light(["check", str(lab)]) == 0
    by_light = capfd.readouterr().out
    assert run_command(["check", str(lab)]) == 0
    assert capfd.readouterr().out == by_light
    assert run_light(["check", str(lab), "tripel"]) == 2
    assert capfd.readouterr().err.startswith(f"allclose: {lab}: There is no question 'tripel'.")


def test_the_light_command_names_the_extra_that_the_others_need(capfd: Out) -> None:
    assert run_light(["grade", "lab1"]) == 2
    assert capfd.readouterr().err == (
        "allclose: 'grade' is not part of the light install. "
        'All other commands are for graders: pip install "allclose[grade]" (Linux).\n'
    )


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"]])
def test_the_light_command_has_help(arguments: list[str], capfd: Out) -> None:
    with pytest.raises(SystemExit) as left:
        run_light(arguments)
    assert left.value.code == 0 and "check" in capfd.readouterr().out


def test_nothing_of_the_grading_extra_is_needed(lab: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(LIGHT)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "allclose"]

    def light(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments], env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
        )

    passed = light("check", str(lab))
    assert (passed.returncode, passed.stderr) == (0, "")
    assert "\n2 of 2 questions pass their public checks.\nNext: hand it in" in passed.stdout
    refused = light("grade", "lab1")
    assert refused.returncode == 2 and "not part of the light install" in refused.stderr


def test_the_whole_command_is_there_with_the_extra() -> None:
    done = subprocess.run([sys.executable, "-m", "allclose", "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "grade" in done.stdout and "check" in done.stdout

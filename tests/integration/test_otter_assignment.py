"""An otter assignment graded in our sandbox: the scores of `otter run`, case by case."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from allclose.cli import run
from allclose.model import Json
from tests import otter_assignments
from tests.otter_assignments import (
    OWN,
    Outcome,
    notebook,
    ok_test,
    otter_run,
    ours,
    recorded,
    told_by_name,
    write_assignment,
    write_autograder,
    write_class,
)

Grade = Callable[..., dict[str, Json]]


@pytest.fixture
def grade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Grade:
    """Grade by the command; each submission by its student."""

    def call(autograder: Path, submitted: Path, *options: str, code: int = 0) -> dict[str, Json]:
        report = tmp_path / "report.json"
        arguments = ["grade", str(autograder), "--submitted", str(submitted), "--json", str(report), *options]
        assert run(arguments) == code, capsys.readouterr().err
        return {each["student"]: each for each in json.loads(report.read_text())["submissions"]}

    return call


def test_otters_own_notebooks_fail_what_their_names_say(grade: Grade, tmp_path: Path) -> None:
    autograder, submitted = write_assignment(tmp_path, "own")
    found = grade(autograder, submitted)
    hard = "fails2and3and6H"
    assert len(found) == 14
    assert {name: ours(each).questions for name, each in found.items()} == {name: told_by_name(name) for name in found}
    assert otter_run(autograder, OWN / "notebooks" / f"{hard}.ipynb") == {hard: ours(found[hard])}


@pytest.mark.parametrize("kind", ["examples", "functions", "threshold"])
def test_each_submission_has_the_score_that_otter_gave_it(grade: Grade, tmp_path: Path, kind: str) -> None:
    autograder, submitted = write_assignment(tmp_path, kind)
    found = grade(autograder, submitted)
    assert {name: ours(each) for name, each in found.items()} == recorded(kind)


def test_an_assignment_of_otter_assign_with_the_zip_that_a_student_exports(grade: Grade, tmp_path: Path) -> None:
    made = otter_assignments.assigned(tmp_path / "hw01")
    (autograder,) = (made / "autograder").glob("*.zip")
    submitted = tmp_path / "submitted"
    submitted.mkdir()
    shutil.copy(made / "student" / "hw01.ipynb", submitted / "blank.ipynb")
    shutil.copy(made / "autograder" / "hw01.ipynb", submitted / "hw01.ipynb")
    otter_assignments.export(made / "autograder" / "hw01.ipynb", submitted / "zoe.zip", tmp_path / "export")
    found = grade(autograder, submitted)
    assert {name: each["score"] for name, each in found.items()} == {"blank": 2.5, "hw01": 20.0, "zoe": 20.0}
    assert ours(found["zoe"]) == otter_run(autograder, submitted / "zoe.zip")["zoe"]


def test_students_may_stand_in_nbgraders_folders_with_helpers_of_their_own(grade: Grade, tmp_path: Path) -> None:
    autograder = write_autograder(tmp_path / "made", {"q1": ok_test("q1", [">>> answer\n42"])})
    submitted = tmp_path / "submitted"
    for student, helper in {"s001": "answer = 42", "s002": "answer = 41"}.items():
        home = submitted / student / "autograder"
        home.mkdir(parents=True)
        (home / "hw.ipynb").write_text(notebook("import otter\notter.Notebook('hw.ipynb')", "from mine import answer"))
        (home / "mine.py").write_text(helper)
    found = grade(autograder, submitted, "--csv", str(tmp_path / "class.csv"))
    assert {name: each["score"] for name, each in found.items()} == {"s001": 1.0, "s002": 0.0}
    with (tmp_path / "class.csv").open() as file:
        assert [(line["student"], line["q1"]) for line in csv.DictReader(file)] == [("s001", "1"), ("s002", "0")]


def test_a_second_run_grades_only_what_is_new(grade: Grade, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tests = {"q1": ok_test("q1", [">>> answer\n42"])}
    autograder = write_autograder(tmp_path / "made", tests)
    submitted = write_class(tmp_path / "class", {"s001": notebook("answer = 42"), "s002": notebook("answer = 1")})
    grade(autograder, submitted)
    (submitted / "s002.ipynb").write_text(notebook("answer = 42"))
    capsys.readouterr()
    assert [each["score"] for each in grade(autograder, submitted).values()] == [1.0, 1.0]
    shown = capsys.readouterr().out
    assert "1 kept from an earlier run" in shown
    assert shown.rstrip().endswith("use --csv or --json.")
    assert "can be forged" in " ".join(shown.split())


def test_one_bad_submission_does_not_end_the_class(grade: Grade, tmp_path: Path) -> None:
    autograder = write_autograder(tmp_path / "made", {"q1": ok_test("q1", [">>> answer\n42"])})
    submitted = write_class(tmp_path / "class", {"good": notebook("answer = 42"), "cut": notebook("answer")[:50]})
    (submitted / "no.zip").write_bytes(b"PK\x05\x06 and nothing else")
    (submitted / "script.py").write_text("answer = 42")
    found = grade(autograder, submitted)
    assert {name: (each["status"], each["score"]) for name, each in found.items()} == {
        "cut": ("bad-file", 0.0),
        "good": ("graded", 1.0),
        "no": ("bad-file", 0.0),
    }
    (scripts := tmp_path / "scripts").mkdir()
    shutil.copy(submitted / "script.py", scripts / "s001.py")
    assert grade(autograder, scripts)["s001"]["score"] == 1.0


def test_a_cell_that_never_ends_costs_its_own_points_and_keeps_what_was_tested(grade: Grade, tmp_path: Path) -> None:
    tests = {"q1": ok_test("q1", [">>> first\n1"]), "q2": ok_test("q2", [">>> second\n2"])}
    autograder = write_autograder(tmp_path / "made", tests)
    (autograder.parent / "limits.toml").write_text("cell_seconds = 1\n")
    start = "import otter\ngrader = otter.Notebook()"
    text = notebook(start, "first = 1", "grader.check('q1')", "first = 2\nwhile True: pass", "second = 2")
    found = grade(autograder, write_class(tmp_path / "class", {"s001": text}))["s001"]
    assert ours(found) == Outcome(2.0, {"q1": (1.0, 1.0), "q2": (1.0, 1.0)}, {"q1": [True], "q2": [True]})
    assert found["flags"] == ["cell-timeout: cell 4"]

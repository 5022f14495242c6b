"""`%check`, `%hint` and `%progress`, and the same without magics, in IPython's own shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import allclose
from allclose.teach import session
from tests.unit.teach.conftest import a_lab, code

Out = pytest.CaptureFixture[str]

RIGHT = "def double(x): return 2 * x"
WRONG = "def double(x): return x"


def run(shell: Any, *cells: str) -> None:
    """Run cells one after the other, as a front end sends them; none may raise."""
    for cell in cells:
        result = shell.run_cell(cell, store_history=True)
        assert result.error_in_exec is None and result.error_before_exec is None


def test_a_right_answer_passes_although_its_checks_were_not_run(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, RIGHT, "%check double")
    assert capsys.readouterr().out == (
        "✓ double: the public checks pass\n    exact: yes · approximately: yes · max difference: 0\n"
    )


def test_a_wrong_answer_gets_the_difference_and_no_traceback(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, WRONG, "%check double")
    assert capsys.readouterr().out == (
        "✗ double: check 1 does not hold: double of one\n"
        "    double(1.0) == 2.0\n"
        "    yours     1.0\n"
        "    expected  2.0\n"
        "    exact: no · approximately: no · max difference: 1\n"
    )


def test_without_magics_it_is_the_same(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, WRONG, "%check double")
    by_magic = capsys.readouterr().out
    run(interactive, "import allclose", 'allclose.check("double")')
    assert capsys.readouterr().out == by_magic


def test_all_questions_are_checked_where_none_is_named(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, RIGHT, "%check")
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "✓ double: the public checks pass"
    assert printed[2].startswith("· triple: 'triple' is not defined yet")
    assert printed[3] == "1 of 2 questions pass their public checks."


def test_several_questions_can_be_named(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, RIGHT, "%check triple, double")
    assert [line[:8] for line in capsys.readouterr().out.splitlines()[:2]] == ["· triple", "✓ double"]


def test_a_name_that_is_mistyped_is_told_with_the_nearest(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, "%check doubel", "%hint doubel")
    said = "There is no question 'doubel'. Did you mean 'double'? The questions are: double, triple.\n"
    assert capsys.readouterr().out == 2 * said


def test_checks_that_were_run_are_found_where_there_is_no_notebook(
    interactive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.chdir(tmp_path)
    run(interactive, "from allclose import public_checks", RIGHT)
    run(interactive, 'with public_checks("double"):\n    assert double(1.0) == 2.0')
    capsys.readouterr()
    run(interactive, "%check double", "%check")
    assert capsys.readouterr().out.count("✓ double: the public checks pass") == 2


def test_without_notebook_and_history_it_says_so(
    interactive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.chdir(tmp_path)
    run(interactive, "%check double", "%check", "%hint double", "%hint", "%progress")
    printed = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in printed] == [
        "There is no question 'double' here",
        "No public checks were found.",
        "There is no question 'double' here",
        "Which question? For example",
        "No questions were found",
    ]


def test_variables_of_the_notebook_stay_as_they_are(interactive: Any, lab: Path) -> None:
    before = set(interactive.user_ns)
    run(interactive, RIGHT, "%check double")
    new = {name for name in set(interactive.user_ns) - before if not name.startswith("_")}
    assert new == {"double"}


def test_hints_come_one_by_one_and_then_from_the_first_again(interactive: Any, lab: Path, capsys: Out) -> None:
    shown = []
    for _ in range(3):
        run(interactive, "%hint double")
        shown.append(capsys.readouterr().out)
    assert shown[0].startswith("**Hint 1 of 2 for double: a first one**\n\nThink of $double$.")
    assert shown[0].rstrip().endswith("*`%hint double` again for the next.*")
    assert shown[1].startswith("**Hint 2 of 2 for double**\n\nCount <b>on</b>.")
    assert shown[1].rstrip().endswith("*This is the last one.*")
    assert shown[2] == shown[0]
    assert "not a hint" not in "".join(shown)


def test_a_question_without_hints_says_so(interactive: Any, lab: Path, capsys: Out) -> None:
    document = a_lab()
    document["cells"] = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    lab.write_text(json.dumps(document))
    run(interactive, "%hint double")
    assert capsys.readouterr().out == "There are no hints for 'double'.\n"


def test_progress_counts_what_was_checked_and_what_passes(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, RIGHT, "%check double")
    capsys.readouterr()
    run(interactive, "%progress")
    assert capsys.readouterr().out.splitlines() == [
        "  question  points  public checks",
        "✓ double        10  pass",
        "· triple        20  not run yet",
        "1 of 2 questions pass, which stand for 10 of 30 points. Hidden tests decide how many of them you get.",
    ]


def test_progress_knows_of_checks_that_were_run_as_cells(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, "from allclose import public_checks", WRONG)
    cell = 'with public_checks("double"):\n    assert double(1.0) == 2.0'
    assert isinstance(interactive.run_cell(cell).error_in_exec, AssertionError)
    run(interactive, RIGHT, 'with public_checks("triple"):\n    pass')
    capsys.readouterr()
    run(interactive, "%progress")
    printed = capsys.readouterr().out
    assert "✗ double        10  fail" in printed and "✓ triple        20  pass" in printed


def test_in_a_notebook_a_verdict_has_colour_unless_it_is_not_wanted(
    interactive: Any, lab: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactive, "kernel", object(), raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    run(interactive, WRONG, "%check double")
    assert capsys.readouterr().out.startswith("\x1b[31m✗ double: check 1 does not hold: double of one\x1b[0m\n")
    monkeypatch.setenv("NO_COLOR", "1")
    run(interactive, "%check double")
    assert "\x1b" not in capsys.readouterr().out


def test_while_a_grader_runs_the_notebook_they_keep_still(
    interactive: Any, lab: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    run(interactive, RIGHT, "%check double", "%check", "%hint double", "%progress")
    session.check("double")
    assert capsys.readouterr() == ("", "")


def test_outside_ipython_the_names_are_those_of_the_program(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    import __main__

    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(__main__, "double", lambda x: 2 * x, raising=False)
    allclose.check("double")
    assert capsys.readouterr().out.startswith("✓ double: the public checks pass")


def test_magics_in_the_checks_are_run_as_the_shell_runs_them(interactive: Any, lab: Path, capsys: Out) -> None:
    document = a_lab()
    mark = {"grade": True, "solution": False, "grade_id": "pwd-grade", "points": 1}
    document["cells"].append(code("%who_ls\nassert double(1.0) == 2.0", nbgrader=mark))
    lab.write_text(json.dumps(document))
    run(interactive, RIGHT, "%check pwd")
    assert "✓ pwd: the public checks pass" in capsys.readouterr().out

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allclose import course
from allclose.errors import CourseError, MarkerError, NotebookError
from allclose.model import GradeCell, Limits, Question
from tests.courses import cells, code, load, markdown, notebook, roles, write_course


def refusal(root: Path, lab: str = "lab") -> str:
    """The message with which a broken course is refused: always one line."""
    with pytest.raises((CourseError, NotebookError)) as caught:
        course.load(root, lab)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_root_is_the_nearest_folder_with_a_source_folder(tmp_path: Path) -> None:
    root = write_course(tmp_path / "course")
    assert course.find_root(root / "source" / "lab") == root
    assert course.find_root(root) == root


def test_the_root_is_found_by_nbgraders_settings_too(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    assert course.find_root(tmp_path / "deep" / "er") == tmp_path


def test_where_there_is_no_course_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"no course at or above .*allclose init"):
        course.find_root(tmp_path)


def test_labs_are_the_folders_of_source_that_hold_a_notebook(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "source" / "empty").mkdir()
    (root / "source" / "header.ipynb").write_text("{}")
    assert course.labs(root) == ("lab",)
    assert course.labs(tmp_path / "elsewhere") == ()


def test_a_lab_is_loaded_with_its_questions_and_cells(tmp_path: Path) -> None:
    assignment, source = load(tmp_path)
    assert assignment.questions == (
        Question("double", "lab", 2.0, "double-grade", "double"),
        Question("triple", "lab", 3.0, "triple-grade", "triple"),
    )
    assert source.grade_cells == (
        GradeCell("double-grade", 2.0, "auto", "code"),
        GradeCell("triple-grade", 3.0, "auto", "code"),
        GradeCell("think", 6.0, "manual", "markdown"),
    )
    assert [path.name for path in assignment.suite] == ["test_lab.py"]
    assert assignment.reference is None
    assert assignment.limits == Limits()


def test_without_a_suite_every_grade_cell_is_a_question_of_its_own(tmp_path: Path) -> None:
    assignment, _ = load(tmp_path, suite="")
    assert [(question.name, question.solution_cell) for question in assignment.questions] == [
        ("double-grade", "double"),
        ("triple-grade", "triple"),
    ]


def test_recorded_cells_keep_hidden_tests_and_released_cells_do_not(tmp_path: Path) -> None:
    _, source = load(tmp_path)
    assert "run_suite" in source.recorded[4]["source"]
    assert source.released[4]["source"] == "assert double(2) == 4"
    assert source.released[3]["source"] == "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert source.released[9]["source"] == "YOUR ANSWER HERE"


def test_an_unknown_lab_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    assert "did you mean 'lab'" in refusal(root, "lap")
    assert "it has lab" in refusal(root, "something-else")


@pytest.mark.parametrize("lab", ["../lab", "/etc", "", ".", "lab/.."])
def test_a_lab_is_a_name_and_never_a_path(lab: str, tmp_path: Path) -> None:
    assert "no assignment" in refusal(write_course(tmp_path), lab)


def test_a_lab_without_a_notebook_is_refused(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "source" / "bare").mkdir()
    assert "holds no notebook" in refusal(root, "bare")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ('{"cells": [', "is not JSON"),
        ("[]", "not a notebook"),
        ('{"nbformat": 5, "cells": []}', "notebook format 5"),
        ('{"nbformat": 4, "cells": 1}', "no list of cells"),
    ],
)
def test_a_broken_source_notebook_is_named_with_what_is_wrong(text: str, reason: str, tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "source" / "lab" / "lab.ipynb").write_text(text)
    message = refusal(root)
    assert "lab.ipynb" in message
    assert reason in message


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"points": -1}, "points"),
        ({"points": float("nan")}, "not finite"),
        ({"grade_id": ""}, "grade_id"),
        ({"grade_id": "a b"}, "grade_id"),
        ({"grade": "yes"}, "wrong type"),
        ({"surprise": 1}, "'surprise'"),
        ({"schema_version": 2}, "nbgrader update"),
        ({"schema_version": 9}, "anew"),
        ({"grade_id": "triple-grade"}, "stands on two cells"),
        ({"grade_id": "other"}, "belongs to no question"),
    ],
)
def test_bad_nbgrader_metadata_is_named_with_its_cell(change: dict[str, object], reason: str, tmp_path: Path) -> None:
    found = cells()
    found[4]["metadata"]["nbgrader"] |= change
    message = refusal(write_course(tmp_path, found))
    assert "lab.ipynb" in message
    assert reason in message


def test_a_grade_cell_without_points_is_refused(tmp_path: Path) -> None:
    found = cells()
    del found[4]["metadata"]["nbgrader"]["points"]
    assert "cell 'double-grade' has no points" in refusal(write_course(tmp_path, found))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("### BEGIN SOLUTION\nx = 1", "never closed"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "opened before"),
        ("### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS", "not a grade cell"),
    ],
)
def test_markers_that_do_not_pair_up_are_named_with_their_cell(text: str, reason: str, tmp_path: Path) -> None:
    found = cells()
    found[3]["source"] = text if "SOLUTION" in text else f"### BEGIN SOLUTION\n### END SOLUTION\n{text}"
    root = write_course(tmp_path, found)
    with pytest.raises(MarkerError, match="cell 'double'") as caught:
        course.load(root, "lab")
    assert reason in str(caught.value)


def test_a_solution_outside_a_solution_cell_is_refused(tmp_path: Path) -> None:
    found = [*cells(), code("### BEGIN SOLUTION\nx = 1\n### END SOLUTION")]
    assert "cell 11" in refusal(write_course(tmp_path, found))


def test_tests_that_nbgrader_would_write_are_refused_and_not_passed(tmp_path: Path) -> None:
    found = cells()
    found[4]["source"] = "### HASHED AUTOTEST double(3)"
    assert "AUTOTEST" in refusal(write_course(tmp_path, found))


def test_all_that_is_wrong_with_a_lab_is_told_at_once(tmp_path: Path) -> None:
    found = cells()
    found[2]["metadata"]["nbgrader"] = {"schema_version": 1}
    found[4]["source"] = "### AUTOTEST double(3)"
    root = write_course(tmp_path, found)
    (root / "source" / "lab" / "more.ipynb").write_text("[]")
    old, autotest, broken = course.faults(root, "lab")
    assert "nbgrader update" in old
    assert "AUTOTEST" in autotest
    assert "more.ipynb is JSON, but not a notebook" in broken
    assert course.faults(write_course(tmp_path / "good"), "lab") == ()


def test_what_load_refuses_beyond_single_cells_is_a_fault_too(tmp_path: Path) -> None:
    root = write_course(tmp_path, [*cells(), code("### BEGIN SOLUTION\nx = 1\n### END SOLUTION")])
    assert course.faults(root, "lab") == (refusal(root),)


def test_two_questions_of_one_name_in_two_notebooks_are_refused(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    other = root / "source" / "lab" / "more.ipynb"
    other.write_text(json.dumps(notebook(cells())))
    assert "both have a question 'double'" in refusal(root)


def test_data_files_are_all_but_notebooks_and_litter(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    source = root / "source" / "lab"
    for name in ("data/a.csv", "helper.py", "__pycache__/x.pyc", ".ipynb_checkpoints/lab.ipynb", "data/old.ipynb"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("x")
    assert course.load(root, "lab").data_files == (Path("data/a.csv"), Path("helper.py"))


def test_header_and_footer_of_the_course_belong_to_every_notebook(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "source" / "header.ipynb").write_text(json.dumps(notebook([markdown("Your name:")])))
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.IncludeHeaderFooter.header = c.IncludeHeaderFooter.footer = 'source/header.ipynb'\n"
    )
    (source,) = course.load(root, "lab").notebooks
    assert [source.content["cells"][place]["source"] for place in (0, -1)] == ["Your name:", "Your name:"]
    assert len(source.recorded) == len(source.released) == len(source.content["cells"]) == 12


def test_made_cell_ids_are_the_same_every_time(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    path = root / "source" / "lab" / "lab.ipynb"
    path.write_text(json.dumps(notebook(cells(), nbformat_minor=5)))
    first, second = (course.load(root, "lab").notebooks[0].content["cells"] for _ in range(2))
    assert [cell["id"] for cell in first] == [cell["id"] for cell in second]
    assert len({cell["id"] for cell in first}) == len(first)


@pytest.mark.parametrize("text", ["c = get_config(", "c = get_config()\n1 / 0\n", "import no_such_module_at_all"])
def test_settings_that_do_not_run_are_named(text: str, tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "nbgrader_config.py").write_text(text)
    assert "nbgrader_config.py does not run" in refusal(root)


def test_settings_may_import_modules_of_the_course(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "markers_of_this_course.py").write_text("BEGIN = 'THE ANSWER'\n")
    (root / "nbgrader_config.py").write_text(
        "from markers_of_this_course import BEGIN\nc.ClearSolutions.begin_solution_delimeter = BEGIN\n"
    )
    assert course.release_rules(root).begin_solution == "THE ANSWER"


def test_settings_in_json_win_as_they_do_in_nbgrader(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "nbgrader_config.py").write_text("c.ClearSolutions.text_stub = 'one'\n")
    (root / "nbgrader_config.json").write_text('{"ClearSolutions": {"text_stub": "two"}}')
    assert course.release_rules(root).text_stub == "two"
    (root / "nbgrader_config.json").write_text("{")
    assert "nbgrader_config.json does not run" in refusal(root)


def test_a_source_folder_of_another_name_is_said_to_be_unsupported(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.source_directory = 'src'\n")
    assert "source_directory" in refusal(root)


def test_limits_come_from_toml_and_the_rest_stays_default(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "autograder" / "lab" / "limits.toml").write_text("cell_seconds = 5\nprocesses = 3\n")
    assert course.load(root, "lab").limits == Limits(cell_seconds=5.0, processes=3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("cell_second = 5", "no limit 'cell_second'"),
        ("cell_seconds = '5'", "must be a number"),
        ("cell_seconds = true", "must be a number"),
        ("processes = 2.5", "whole number"),
        ("cell_seconds = -1", "positive"),
        ("cell_seconds = 0", "positive"),
        ("cell_seconds = nan", "positive and finite"),
        ("cell_seconds = inf", "positive and finite"),
        ("cell_seconds =", "is not TOML"),
        ("[cell_seconds]\na = 1", "must be a number"),
    ],
)
def test_a_bad_limit_is_named_with_its_file(text: str, reason: str, tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "autograder" / "lab" / "limits.toml").write_text(text)
    message = refusal(root)
    assert "limits.toml" in message
    assert reason in message


def answer(root: Path, text: str, name: str = "double--squares.py") -> Path:
    folder = root / "autograder" / "lab" / "misconceptions"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return root


def test_a_misconception_is_title_hint_and_code(tmp_path: Path) -> None:
    text = '"""It squares.\n\nTwice is\nnot squared.\n"""\n\nimport math\n\n\ndef double(x):\n    return x**2\n'
    (found,) = course.load(answer(write_course(tmp_path), text), "lab").misconceptions
    assert (found.question, found.slug, found.name) == ("double", "squares", "double--squares")
    assert found.title == "It squares."
    assert found.hint == "Twice is\nnot squared."
    assert found.code == "import math\n\n\ndef double(x):\n    return x**2\n"


def test_a_misconception_is_read_and_never_run(tmp_path: Path) -> None:
    text = f'"""Runs."""; open({str(tmp_path / "ran")!r}, "w")\n'
    (found,) = course.load(answer(write_course(tmp_path), text), "lab").misconceptions
    assert found.code.startswith("open(")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("quadruple--a.py", '"""T."""\nx = 1\n', "which is none of double, triple"),
        ("double.py", '"""T."""\nx = 1\n', "must be called <question>--<slug>.py"),
        ("double--.py", '"""T."""\nx = 1\n', "must be called"),
        ("double--a.py", "x = 1\n", "needs a docstring"),
        ("double--a.py", '"""  """\nx = 1\n', "needs a docstring"),
        ("double--a.py", '"""T."""\n', "no code"),
        ("double--a.py", '"""T."""\nx = = 1\n', "does not parse"),
        ("double--a.py", "", "needs a docstring"),
    ],
)
def test_a_bad_misconception_is_named_with_what_is_wrong(name: str, text: str, reason: str, tmp_path: Path) -> None:
    message = refusal(answer(write_course(tmp_path), text, name))
    assert name in message
    assert reason in message


def test_submissions_are_found_in_order(tmp_path: Path) -> None:
    for student in ("zoe", "amy", "none", ".hidden"):
        (tmp_path / student / ("lab" if student != "none" else "other")).mkdir(parents=True)
    (tmp_path / "file").write_text("")
    assert course.submitted_folders(tmp_path, "lab") == {
        "amy": tmp_path / "amy" / "lab",
        "zoe": tmp_path / "zoe" / "lab",
    }


def test_a_missing_folder_of_submissions_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="there is no folder"):
        course.submitted_folders(tmp_path / "nowhere", "lab")


def test_a_task_is_graded_by_hand(tmp_path: Path) -> None:
    found = [*cells(), markdown("Do it.", **roles("job", points=4, task=True))]
    _, source = load(tmp_path, found)
    assert source.grade_cells[-1] == GradeCell("job", 4.0, "task", "markdown")

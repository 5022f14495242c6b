"""What every lab has: its points, enough known answers to measure its suite by, and notebooks without leftovers."""

from __future__ import annotations

import ast
import json
from collections import Counter
from pathlib import Path

import pytest

from allclose import course
from allclose.model import Answer, Assignment, Json
from allclose.notebook.release import release

ROOT = Path(__file__).parents[2]

#: The questions of each lab, in order, and their points. Students' plans and other graders' tables rest on them.
POINTS: dict[str, dict[str, float]] = {
    "lab1_one_neuron": {"forward": 8, "mse": 8, "gradient": 20, "descent": 22, "convergence": 22, "surface": 14},
    "lab2_minibatch_sgd": {"batches": 30, "shuffle": 14, "sgd": 20, "epoch_mean": 10, "noise": 20},
    "lab3_two_weight_net": {
        "forward": 10,
        "loss": 10,
        "gradient": 22,
        "train": 22,
        "field": 10,
        "stationary": 15,
        "figure": 5,
    },
    "lab4_depth_rate_init": {
        "deep_gradient": 24,
        "train_deep": 12,
        "epochs_to": 12,
        "stable_lr": 22,
        "register": 14,
        "init": 10,
    },
    "lab5_optimizers": {"momentum": 14, "adagrad": 12, "rmsprop": 14, "adam": 28, "schedule": 10, "race": 16},
    "lab6_curvature": {"numerical_gradient": 14, "newton": 14, "backtracking": 20, "lbfgs": 30, "minimize": 16},
    "lab7_data_parallel": {"device": 8, "memory": 14, "shard": 16, "ring": 30, "average": 16, "broadcast": 10},
    "lab8_training_at_scale": {
        "scaling": 12,
        "warmup": 18,
        "lars": 18,
        "novograd": 22,
        "accumulate": 12,
        "sync_norm": 12,
    },
    "lab9_inference": {"half": 14, "quantize": 28, "per_channel": 16, "report": 14, "onnx": 22},
}
#: Questions that have no single right answer.
BEHAVIOUR = {"convergence", "shuffle", "register", "shard", "minimize"}

LABS = course.labs(ROOT)
QUESTIONS = [(lab, question) for lab in LABS for question in POINTS[lab]]


def load(lab: str) -> Assignment:
    return course.load(ROOT, lab)


def of_question(answers: tuple[Answer, ...], question: str) -> list[Answer]:
    return [answer for answer in answers if answer.question == question]


def notebooks(lab: str) -> dict[str, Json]:
    """The files of a lab, as they are on disk."""
    paths = [path for folder in ("source", "release") for path in sorted((ROOT / folder / lab).glob("*.ipynb"))]
    assert paths
    return {str(path.relative_to(ROOT)): json.loads(path.read_text()) for path in paths}


def cells(lab: str) -> list[Json]:
    return [cell for notebook in notebooks(lab).values() for cell in notebook["cells"]]


def hidden_tests(lab: str) -> list[ast.FunctionDef]:
    """The test functions of a lab's suite, as they are written."""
    trees = [ast.parse(path.read_text()) for path in load(lab).suite]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [node for node in functions if node.name.startswith("test_")]


def test_there_are_nine_labs() -> None:
    assert tuple(POINTS) == LABS


@pytest.mark.parametrize("lab", LABS)
def test_the_questions_and_their_points_are_those_that_were_announced(lab: str) -> None:
    assignment = load(lab)
    assert {question.name: question.points for question in assignment.questions} == POINTS[lab]
    assert list(POINTS[lab]) == [question.name for question in assignment.questions]
    assert sum(question.points for question in assignment.questions) == 94


@pytest.mark.parametrize("lab", LABS)
def test_six_points_are_given_by_hand(lab: str) -> None:
    found = [cell for notebook in load(lab).notebooks for cell in notebook.grade_cells if cell.kind != "auto"]
    assert sum(cell.points for cell in found) == 6


@pytest.mark.parametrize(("lab", "question"), QUESTIONS)
def test_a_question_has_misconceptions_enough_for_its_points(lab: str, question: str) -> None:
    wanted = 5 if POINTS[lab][question] >= 15 else 3
    assert len(of_question(load(lab).misconceptions, question)) >= wanted


@pytest.mark.parametrize(("lab", "question"), QUESTIONS)
def test_a_question_has_other_right_answers(lab: str, question: str) -> None:
    wanted = 3 if question in BEHAVIOUR else 1
    assert len(of_question(load(lab).accepted, question)) >= wanted


@pytest.mark.parametrize("lab", LABS)
def test_a_misconception_says_what_is_wrong_and_gives_a_hint(lab: str) -> None:
    misconceptions = load(lab).misconceptions
    assert [answer.name for answer in misconceptions if not (answer.title and answer.hint)] == []
    titles = Counter((answer.question, answer.title) for answer in misconceptions)
    assert [title for title, count in titles.items() if count > 1] == []


@pytest.mark.parametrize("lab", LABS)
def test_no_two_known_answers_are_the_same_code(lab: str) -> None:
    assignment = load(lab)
    found: dict[tuple[str, str], str] = {}
    for answer in (*assignment.misconceptions, *assignment.accepted):
        key = answer.question, ast.dump(ast.parse(answer.code))
        assert key not in found, f"{answer.name} is {found[key]}"
        found[key] = answer.name


@pytest.mark.parametrize("lab", LABS)
def test_cells_can_be_told_apart(lab: str) -> None:
    for notebook in notebooks(lab).values():
        counts = Counter(cell["id"] for cell in notebook["cells"])
        assert [name for name, count in counts.items() if count > 1] == []
        grade_ids = Counter(cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"])
        assert [name for name, count in grade_ids.items() if name is not None and count > 1] == []


@pytest.mark.parametrize("lab", LABS)
def test_a_demonstration_says_in_its_first_line_that_grading_skips_it(lab: str) -> None:
    demonstrations = [cell for cell in cells(lab) if "skip-grading" in cell["metadata"].get("tags", ())]
    assert demonstrations
    first_lines = {cell["id"]: "".join(cell["source"]).split("\n", 1)[0] for cell in demonstrations}
    said = "# Demonstration: grading skips this cell."
    assert {name: line for name, line in first_lines.items() if not line.startswith(said)} == {}


@pytest.mark.parametrize("lab", LABS)
def test_only_demonstrations_say_so(lab: str) -> None:
    others = [cell for cell in cells(lab) if "skip-grading" not in cell["metadata"].get("tags", ())]
    said = [cell["id"] for cell in others if "grading skips this cell" in "".join(cell["source"])]
    assert said == []


@pytest.mark.parametrize("lab", LABS)
def test_notebooks_hold_no_outputs(lab: str) -> None:
    code = [cell for cell in cells(lab) if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []


@pytest.mark.parametrize("lab", LABS)
def test_what_students_get_is_what_the_source_gives(lab: str) -> None:
    assert release(load(lab), check=True) == []


@pytest.mark.parametrize("lab", LABS)
def test_every_hidden_test_has_a_title_for_students(lab: str) -> None:
    titles = {node.name: (ast.get_docstring(node) or "").split("\n", 1)[0] for node in hidden_tests(lab)}
    assert titles
    assert [name for name, title in titles.items() if not title] == []


@pytest.mark.parametrize("lab", LABS)
def test_what_a_hidden_test_says_is_written_out(lab: str) -> None:
    """Only a literal reaches a student, here or by a name for it; a text made of values could give one away."""
    asserts = [node for test in hidden_tests(lab) for node in ast.walk(test) if isinstance(node, ast.Assert)]
    assert [node.lineno for node in asserts if not isinstance(node.msg, ast.Constant | ast.Name)] == []

"""What a submission made is looked at in a sandbox of its own, where the submission's code has never run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from allclose.course import load
from allclose.grading.engine import Engine
from allclose.model import Submission, TestMark, Tier, Verdict
from allclose.notebook.splice import solved
from tests.suited_course import SEED, Asked, write_course

LAB = "lab"
SOLUTION = """
import json

def save(values, path):
    with open(path, "w") as file:
        json.dump(values, file)
"""
SUITE = '''
from allclose import agree, grade

READ = """
import json, os
def read(data):
    if data == b"hang":
        while True:
            pass
    if data == b"die":
        os._exit(3)
    return json.loads(data)
read
"""


def saved(submission, values):
    submission.save(values, "saved.json")
    return submission.file("saved.json")


@grade("save", points=4)
def test_the_file_holds_the_values(submission, rng):
    """The values."""
    values = rng.normal(size=5).tolist()
    data = saved(submission, list(values))
    agree(submission.fresh().run(READ)(data), values)


@grade("save", points=3)
def test_two_files_are_read_one_after_the_other(submission, rng):
    """Two files."""
    for values in rng.normal(size=(2, 3)).tolist():
        agree(submission.fresh().run(READ)(saved(submission, list(values))), values)


@grade("save", points=1)
def test_a_fresh_sandbox_knows_no_name_of_the_submission(submission):
    """Names."""
    assert not submission.fresh().run("'save' in globals() or 'marker' in dir(__import__('json'))"), "a name is known"


@grade("save", points=2)
def test_a_later_test_is_served_as_ever(submission):
    """Later."""
    agree(submission.fresh().run(READ)(saved(submission, [1, 2])), [1, 2])
'''


@pytest.fixture(scope="module", params=[Tier.STRONG, Tier.NONE])
def engine(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Engine]:
    limits = "test_seconds = 1.0\n"
    root = write_course(tmp_path_factory.mktemp("course"), LAB, [Asked("save", SOLUTION, 10)], SUITE, limits=limits)
    with Engine(load(root, LAB), tier=request.param, device="cpu", seed=SEED) as warm:
        yield warm


def marks(engine: Engine, code: str = SOLUTION) -> tuple[TestMark, ...]:
    content = solved(engine.assignment.notebooks[0], {"save": code})
    return engine.grade(Submission("s001", {LAB: content}, {}, {})).questions[0].tests


def test_a_right_file_gets_full_marks(engine: Engine) -> None:
    assert [mark.verdict for mark in marks(engine)] == [Verdict.PASSED] * 4


def test_what_the_submission_did_to_its_own_reader_helps_it_nothing(engine: Engine) -> None:
    code = f"""{SOLUTION}
json.marker = True
json.loads = lambda data: values

def save(given, path):
    global values
    values = given
    open(path, "w").write("[0, 0, 0]")
"""
    found = marks(engine, code)
    assert [mark.verdict for mark in found[:3]] == [Verdict.FAILED, Verdict.FAILED, Verdict.PASSED]


@pytest.mark.parametrize(("text", "verdict"), [("hang", Verdict.TIMEOUT), ("die", Verdict.CRASH)])
def test_a_file_that_ends_its_reader_costs_its_own_test(engine: Engine, text: str, verdict: Verdict) -> None:
    code = f"""
import json

def save(values, path):
    with open(path, "w") as file:
        file.write({text!r} if len(values) == 5 else json.dumps(values))
"""
    assert [mark.verdict for mark in marks(engine, code)] == [verdict, *[Verdict.PASSED] * 3]

"""A suite in the student's own process sees what it sees across the wire."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.figure import Figure

from allclose.sandbox import figures
from allclose.suite.inprocess import LocalSubmission

CODE = """
def forward(x):
    return 2 * x

def twice(x):
    return forward(forward(x))

class Doubler:
    calls = 0
    def __call__(self, x):
        return forward(x)

doubler = Doubler()

def figure(title):
    made = Figure()
    made.subplots().set_title(title)
    return made
"""


@pytest.fixture
def submission() -> LocalSubmission:
    namespace: dict[str, Any] = {"Figure": Figure}
    exec(CODE, namespace)
    return LocalSubmission(namespace, lambda _: {"forward": lambda x: x + 1})


def test_a_figure_comes_as_a_description(submission: LocalSubmission) -> None:
    found = submission.figure("w1")
    assert isinstance(found, figures.Figure)
    assert found.axes[0].title == "w1"


def test_a_stand_in_reaches_functions_objects_and_what_a_test_runs(submission: LocalSubmission) -> None:
    assert (submission.twice(1), submission.doubler(1)) == (4, 2)
    resting = submission.with_reference("forward")
    assert (resting.twice(1), resting.doubler(1)) == (3, 2)
    assert resting.run("lambda x: twice(x) * 10")(1) == 30
    assert submission.twice(1) == 4


def test_objects_keep_their_attributes(submission: LocalSubmission) -> None:
    assert submission.doubler.calls == 0
    assert submission.Doubler().calls == 0


def test_names_of_a_fresh_place_are_its_own(submission: LocalSubmission) -> None:
    assert submission.fresh().run("'forward' in globals()") is False


def test_a_name_that_is_not_there_is_named(submission: LocalSubmission) -> None:
    with pytest.raises(NameError, match="backward"):
        submission.backward(1)

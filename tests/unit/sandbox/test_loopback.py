"""Both ends of the wire in one process: a test sees what it sees across it."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from matplotlib.figure import Figure

from allclose.model import Limits, Verdict
from allclose.sandbox import figures
from allclose.sandbox.loopback import LocalLink
from allclose.sandbox.remote import Lost, RemoteObject, StudentMissing, StudentRaised, Submission

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

def each(function, values):
    return [function(value) for value in values]

def swallow(function):
    try:
        while True:
            function()
    except BaseException:
        return "swallowed"

def end():
    raise SystemExit(3)

def zero(x):
    x[:] = 0
    return x
"""


def stand_ins(_question: str) -> dict[str, Any]:
    return {"forward": lambda x: x + 1}


@pytest.fixture
def namespace() -> dict[str, Any]:
    found: dict[str, Any] = {"Figure": Figure}
    exec(CODE, found)
    return found


def linked(namespace: dict[str, Any], limits: Limits | None = None) -> tuple[LocalLink, Submission]:
    link = LocalLink(namespace, limits or Limits())
    link.begin_test("any")
    return link, Submission(link, stand_ins)


def told(link: LocalLink, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that the link is asked for from now on."""
    asked: list[str] = []
    request = link.request
    monkeypatch.setattr(link, "request", lambda operation, *rest: asked.append(operation) or request(operation, *rest))
    return asked


def test_objects_stay_behind_handles_and_values_travel(namespace: dict[str, Any]) -> None:
    _, submission = linked(namespace)
    assert isinstance(submission.doubler, RemoteObject)
    assert (submission.doubler.calls, submission.Doubler().calls, submission.doubler(2)) == (0, 0, 4)
    found = submission.figure("w1")
    assert isinstance(found, figures.Figure)
    assert found.axes[0].title == "w1"


def test_a_class_of_the_notebook_is_asked_for_when_it_is_called(
    namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, submission = linked(namespace)
    asked = told(link, monkeypatch)
    assert submission.Doubler()(3) == 6
    assert asked == ["call", "call"]
    assert repr(submission.Doubler) == "<class of the submission>"
    assert asked == ["call", "call"]


def test_what_a_stand_in_takes_the_place_of_is_asked_for_and_no_other_name(
    namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, submission = linked(namespace)
    asked = told(link, monkeypatch)
    with_ours = submission.with_reference("forward")
    assert with_ours.twice(1) == 3
    assert asked == ["call"]
    assert with_ours.forward is not None
    assert asked == ["call", "look"]


def test_a_function_of_the_notebook_is_never_asked_for_by_itself(
    namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, submission = linked(namespace)
    asked = told(link, monkeypatch)
    twice = submission.twice
    assert (twice(1), submission.map(submission.twice, [(2,)]), callable(twice)) == (4, [8], True)
    assert asked == ["call", "map"]
    assert submission.each(twice, [3]) == submission.each(twice, [3]) == [12]
    assert asked[2:] == ["call", "call"]
    assert "twice" not in repr(twice)


def test_what_is_bound_to_no_name_of_pythons_hinders_nobody(namespace: dict[str, Any]) -> None:
    namespace |= {
        "\ud800": namespace["twice"],
        "a b": namespace["twice"],
        7: namespace["twice"],
        "_own": namespace["twice"],
    }
    link, submission = linked(namespace)
    assert {"forward", "twice"} <= set(link.callables) and not {"\ud800", "a b", "_own"} & set(link.callables)
    assert (submission.twice(1), submission["a b"](1)) == (4, 4)


def test_a_name_that_the_students_code_binds_anew_is_what_it_is_then(namespace: dict[str, Any]) -> None:
    _, submission = linked(namespace)
    submission.run("twice = 3\nglobals().pop('forward')")
    with pytest.raises(TypeError):
        submission.twice(1)
    with pytest.raises(TypeError):
        submission.each(submission.twice, [1])
    for ask in (submission.forward, lambda _: submission.each(submission.forward, [1])):
        with pytest.raises(StudentMissing, match=r"^forward$"):
            ask(1)


def test_a_name_that_the_submission_says_is_missing_is_one_that_was_asked_for(namespace: dict[str, Any]) -> None:
    link, submission = linked(namespace)
    link.callables |= {"gone": "function"}
    with pytest.raises(StudentMissing, match=r"^gone$"):
        submission.run("lambda f: f(1)", submission.gone)
    link._mentioned = set()
    assert str(link._raised(msgspec.msgpack.encode(["NameError", "anything", True]))) == ""


def test_code_of_the_test_is_run_and_called_in_one_trip(
    namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, submission = linked(namespace)
    asked = told(link, monkeypatch)
    code = "def both(f, x, *, add):\n    x += add\n    return [f(value) for value in x]\nboth"
    x = np.array([1.0, 2.0])
    assert submission.run(code, submission.twice, x, add=1.0) == [8.0, 12.0]
    assert asked == ["run"]
    assert x.tolist() == [2.0, 3.0], "what it changes in its arguments is changed here too"
    with_ours = submission.with_reference("forward")
    assert with_ours.run("lambda x: twice(x)", 1) == with_ours.twice(1) != submission.twice(1)
    with pytest.raises(TypeError):
        submission.run("3", 1)


def test_functions_are_called_back_and_may_call_again(namespace: dict[str, Any]) -> None:
    _, submission = linked(namespace)
    assert submission.each(lambda x: submission.twice(x) + 1, [1, 2]) == [5, 9]


def test_a_stand_in_reaches_functions_objects_and_what_a_test_runs(namespace: dict[str, Any]) -> None:
    _, submission = linked(namespace)
    resting = submission.with_reference("forward")
    assert (resting.twice(1), resting.doubler(1)) == (3, 2)
    assert resting.run("lambda x: twice(x) * 10")(1) == 30
    assert submission.twice(1) == 4


def test_what_a_call_does_to_its_arguments_is_seen_and_can_be_kept_apart(namespace: dict[str, Any]) -> None:
    link, submission = linked(namespace)
    x = np.ones(3)
    submission.zero(x)
    assert (x.tolist(), link.changed) == ([0, 0, 0], True)
    link.begin_test("any", apart=True)
    x = np.ones(3)
    submission.zero(x)
    assert x.tolist() == [1, 1, 1]


def test_what_ends_a_process_is_an_error_of_the_students(namespace: dict[str, Any]) -> None:
    _, submission = linked(namespace)
    with pytest.raises(StudentRaised):
        submission.end()
    with pytest.raises(StudentMissing):
        submission.backward(1)


def test_a_cap_holds_also_where_the_student_swallows_what_it_raises(namespace: dict[str, Any]) -> None:
    link, submission = linked(namespace, Limits(callbacks=10))
    with pytest.raises(Lost) as lost:
        submission.swallow(lambda: None)
    assert lost.value.verdict is Verdict.LIMIT
    link.begin_test("any")
    assert submission.twice(1) == 4


def test_names_of_a_fresh_place_are_its_own(namespace: dict[str, Any]) -> None:
    _, submission = linked(namespace)
    assert submission.fresh().run("'forward' in globals()") is False


def test_every_test_finds_the_names_as_they_stood(namespace: dict[str, Any]) -> None:
    before = dict(namespace)
    link, submission = linked(namespace)
    submission.run("forward = None\nnew = 1")
    link.begin_test("any")
    assert namespace == before
    submission.run("forward = None")
    link.restore()
    assert namespace == before

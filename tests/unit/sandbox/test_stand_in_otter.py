"""What a notebook finds as `otter` behaves as otter does in its grading mode, and knows no tests."""

from __future__ import annotations

import importlib.metadata
import inspect
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from allclose.sandbox import stand_in_otter

ASKED: list[tuple[str, Any]] = []


@pytest.fixture
def otter() -> Iterator[Any]:
    """The stand-in, imported as a notebook imports it; the real one is back at the end."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in sys.modules if name.partition(".")[0] == "otter"]:
            patch.delitem(sys.modules, name)
        ASKED.clear()

        def ask(question: str, environment: dict[str, Any]) -> list[Any]:
            ASKED.append((question, environment))
            return [question, [["a", True, 1], ["b", False, 2]], False]

        stand_in_otter.install(ask)
        import otter

        yield otter
        for name in [name for name in sys.modules if name.partition(".")[0] == "otter"]:
            del sys.modules[name]


def test_a_check_asks_for_the_question_with_the_callers_names(otter: Any) -> None:
    result = otter.Notebook().check("q1")
    assert [("q1", globals())] == ASKED
    assert (result.score, result.possible, result.passed_all, result.grade) == (1, 3, False, 1 / 3)
    assert repr(result) == "q1 results:\n    a result: passed\n    b result: failed"
    otter.Notebook().check("q1", {"x": 1})
    assert ASKED[-1] == ("q1", {"x": 1})


def test_a_notebook_of_another_name_is_missed_as_otter_misses_it(otter: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        otter.Notebook("hw.ipynb")
    (tmp_path / "hw.ipynb").write_text("{}")
    otter.Notebook(str(tmp_path / "hw.ipynb"))


def test_what_exports_does_nothing(otter: Any) -> None:
    grader = otter.Notebook()
    assert grader.check_all() is None
    assert grader.export("hw.ipynb", pdf=False, run_tests=True) is None
    assert grader.to_pdf() is None
    assert grader.add_plugin_files("a.plugin") is None
    assert ASKED == []


def test_other_parts_of_otter_are_the_real_ones(otter: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from otter.utils import id_generator
    assert len(id_generator()) == 6
    with pytest.raises(AttributeError, match="nothing"):
        _ = otter.nothing
    assert otter.__version__ == importlib.metadata.version("otter-grader")


def test_a_new_test_case_takes_the_place_of_one_that_was_tampered_with(otter: Any) -> None:
    import otter.test_files

    otter.test_files.test_case = None
    stand_in_otter.install_test_files()
    from otter.test_files import test_case

    @test_case(points=2)
    def case(x: int, env: dict[str, int]) -> None:
        assert (x, env) == (1, {"x": 1})

    assert case.points == 2
    case.call_func({"x": 1})


def test_the_calls_take_what_otters_take(otter: Any) -> None:
    ours = {name: inspect.signature(getattr(otter.Notebook, name)) for name in ("__init__", "check")}
    ours["test_case"] = inspect.signature(stand_in_otter.install_test_files())
    for name in [name for name in sys.modules if name.partition(".")[0] == "otter"]:
        del sys.modules[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from otter import Notebook
        from otter.test_files import test_case
    theirs = {
        "__init__": inspect.signature(Notebook.__init__),
        "check": inspect.signature(Notebook.check),
        "test_case": inspect.signature(test_case),
    }
    assert {name: list(each.parameters) for name, each in ours.items()} == {
        name: list(each.parameters) for name, each in theirs.items()
    }

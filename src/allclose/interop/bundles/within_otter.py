"""What otter calls when it grades a bundle: a plugin in its own process, and the tests in the notebook's kernel.

Otter runs a test where the notebook says so, with the names of that place, and at the end where it does not say. A
student may have deleted, doubled or moved such a place, and reused names since; so the plugin repairs the notebook as
`allclose grade` does, and puts the checks where they belong.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import nbformat
from otter.execute import Checker
from otter.nbmeta_config import NBMetadataConfig
from otter.plugins import AbstractOtterPlugin
from otter.run.run_autograder.utils import OtterRuntimeError

from allclose import course
from allclose.course import cells, ipynb
from allclose.course.cells import SKIP_TAG
from allclose.errors import AllcloseError
from allclose.model import Json, Notebook, TestMark, Verdict
from allclose.notebook.release import without_hidden_tests
from allclose.notebook.repair import repair
from allclose.suite.inprocess import run_tests

#: Where the course lies below the folder that otter runs a notebook in: of `tests/`, nothing comes from the student.
COURSE = Path("tests", "course")
REPORT = (
    "allclose: isolation: none. The hidden tests ran in the submission's own process, where it can read them and forge "
    "their outcome; `allclose grade` keeps them apart."
)
_IGNORED = "otter_ignore"


class NotGraded(BaseException):
    """A fault of ours: no `Exception`, so that otter takes no test for failed and reports that it has no results."""


class Repair(AbstractOtterPlugin):  # type: ignore[misc]  # otter has no types
    """Otter's plugin: repairs a notebook, says which isolation there was, and lets no fault of ours pass for a zero."""

    def before_grading(self, config: Any) -> None:
        """Let public checks print where they would raise, as under every other grader."""
        os.environ["NBGRADER_EXECUTION"] = "autograde"

    def before_execution(self, submission: Any) -> Any:
        """Give the repaired notebook, with a check at each of its questions."""
        folder = Path(self.submission_path).parent
        assignment = course.load(folder / COURSE, self.plugin_config["lab"])
        notebook = next(one for one in assignment.notebooks if one.name == self.plugin_config["notebook"])
        try:
            content = ipynb.parse(json.dumps(submission).encode())
        except ipynb.Unreadable as error:
            raise OtterRuntimeError(f"The notebook {error}.") from None
        return nbformat.from_dict(_with_checks(content, notebook, folder))  # type: ignore[no-untyped-call]

    def after_grading(self, results: Any) -> None:
        """Stop where there are no results because of us."""
        for cell in results.notebook.cells if results.has_catastrophic_failure() else ():
            for output in cell.get("outputs", ()):
                if output.get("ename") == NotGraded.__name__:
                    raise OtterRuntimeError(f"This submission was not graded: {output['evalue']}")

    def generate_report(self) -> str:
        """Say that nothing kept the submission away from its tests."""
        return REPORT


def check(lab: str, question: str, namespace: dict[str, Any], folder: str) -> None:
    """Run a question's tests in the kernel and have otter record them.

    Parameters
    ----------
    lab, question : str
        Whose tests.
    namespace : dict
        The notebook's `globals()`.
    folder : str
        Where otter runs the notebook, which may have gone elsewhere since.
    """
    _judged[question] = _judge(Path(folder), lab, question, namespace)
    with contextlib.chdir(folder):
        Checker.check(f"tests/{question}.py", NBMetadataConfig(), global_env=namespace)


def hold(lab: str, question: str, place: int, namespace: dict[str, Any]) -> None:
    """One case of a test file: the outcome at the question's own place, or here and now where it was not reached.

    Parameters
    ----------
    lab, question : str
        Whose test.
    place : int
        Which of the question's tests, from 0.
    namespace : dict
        The notebook's `globals()`.

    Raises
    ------
    AssertionError
        If the test does not pass; its message holds no value of the run.
    """
    marks = _judged.get(question) or _judge(Path.cwd(), lab, question, namespace)
    if marks[place].verdict is not Verdict.PASSED:
        raise AssertionError(marks[place].message)


_judged: dict[str, tuple[TestMark, ...]] = {}


def _judge(folder: Path, lab: str, question: str, namespace: dict[str, Any]) -> tuple[TestMark, ...]:
    try:
        return run_tests(folder / COURSE, lab, question, namespace)
    except AllcloseError as error:
        raise NotGraded(str(error)) from None


def _with_checks(content: Json, notebook: Notebook, folder: Path) -> Json:
    repaired = repair(content, notebook)
    source = notebook.content["cells"]
    questions = {question.grade_cell: question.name for question in notebook.questions}
    lab = notebook.path.parent.name
    found: list[Json] = []
    for cell, origin in zip(repaired.content["cells"], repaired.origins, strict=True):
        if origin is not None and SKIP_TAG in source[origin]["metadata"].get("tags", ()):
            continue
        _let_run(cell)
        found.append(cell)
        question = questions.get(cells.grade_id(cell))
        if question is not None:
            cell["source"] = without_hidden_tests(cell["source"])
            found.append(_check_cell(lab, question, folder))
    ipynb.give_ids(found, content["nbformat_minor"])
    return {**repaired.content, "cells": found}


def _let_run(cell: Json) -> None:
    """Take off what tells otter to leave a cell out, or to check something behind it."""
    cell["metadata"].pop("otter", None)
    if _IGNORED in cell["metadata"].get("tags", ()):
        cell["metadata"]["tags"] = [tag for tag in cell["metadata"]["tags"] if tag != _IGNORED]


def _check_cell(lab: str, question: str, folder: Path) -> Json:
    """A cell that leaves no name of its own. Behind the public checks: with us too they have run before the tests."""
    call = f'check("{lab}", "{question}", globals(), {str(folder)!r})'
    source = f'__import__("{__name__}", fromlist=["check"]).{call}'
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}

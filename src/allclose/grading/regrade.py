"""What of an earlier result still stands: the questions that nothing has touched since.

A result is kept with the digests of its parts. A changed test, helper, reference or known mistake touches the questions
whose tests mention it (`dependence`). A changed submission, source notebook, file, tier, device, seed or version
touches everything, and so does a limit, but for more time where none had run out. Where a submission had trouble with
its process, or may carry something from one test to the next (`stateless`), it is graded again as a whole.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from allclose.course.cells import SKIP_TAG
from allclose.grading.stateless import Code, read_code
from allclose.grading.store import Parts, Store, digest
from allclose.model import CellRun, Grade, Json, Limits, Notebook, Status, Submission, TestMark, Verdict
from allclose.suite.plugin import SuiteTest

#: Verdicts that say what an answer does, and nothing of how its process fared.
_CALM = frozenset((Verdict.PASSED, Verdict.FAILED, Verdict.RAISED, Verdict.MISSING))
#: Verdicts that a known mistake may be behind.
_NAMED = (Verdict.FAILED, Verdict.RAISED)
_TROUBLE = (*(f"cell-{verdict}:" for verdict in Verdict), "sandbox-ended:")
#: Limits of which more changes nothing where they were not reached.
_TIMES = ("cell_seconds", "test_seconds", "submission_seconds")
#: What of a cell's nbgrader metadata says what it is worth.
WORTH = ("points", "checksum")
#: The flag of a stand-in that did not reach its place, and the question it was for.
OUT_OF_REACH = "stand-in-not-reached: "


@dataclass(frozen=True, slots=True)
class Basis:
    """All that the grades of a class depend on besides the submissions.

    `whole` names it all; `parts` is None where they cannot be told apart; `asked` are the names that the tests ask a
    submission for.
    """

    whole: str
    parts: Parts | None = None
    asked: frozenset[str] = field(default=frozenset(), repr=False)

    def of(self, submission: Submission) -> tuple[str, Parts | None]:
        """The name of a submission's result, and its parts."""
        worthless, own = _submission_digests(submission)
        name = digest({"whole": self.whole.encode(), "submission": own.encode()})
        if self.parts is None:
            return name, None
        common = digest({"common": self.parts.common.encode(), "submission": worthless.encode()})
        return name, msgspec.structs.replace(self.parts, common=common)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A result of the same submission, and the questions whose marks no longer stand.

    `forwards`: no cell changes what an earlier one made, so that cells below a question's need not run for its tests.
    `tested` is for whoever grades: the questions whose tests were run again after all.
    """

    grade: Grade
    touched: frozenset[str]
    forwards: bool
    tested: set[str] = field(default_factory=set)

    def tests(self, question: str, names: Sequence[str]) -> tuple[TestMark, ...] | None:
        """The marks of a question's tests, where they stand and are just those of these names."""
        found = next((mark.tests for mark in self.grade.questions if mark.question == question), None)
        same = found is not None and [test.name for test in found] == list(names) and len(set(names)) == len(names)
        return found if same and question not in self.touched else None

    def touched_in(self, notebook: Notebook, tests: Sequence[SuiteTest]) -> frozenset[str]:
        """The questions of a notebook whose tests are to be run."""
        names = {
            question.name: [test.name for test in tests if test.question == question.name]
            for question in notebook.questions
        }
        return frozenset(name for name, own in names.items() if self.tests(name, own) is None)

    def standing(self, notebook: Notebook, tests: Sequence[SuiteTest]) -> dict[int, TestMark]:
        """The marks that still stand, with the points and the titles that the suite gives them now."""
        names = {question.name for question in notebook.questions} - self.touched_in(notebook, tests)
        found = {(mark.question, test.name): test for mark in self.grade.questions for test in mark.tests}
        return {
            test.index: dataclasses.replace(found[test.question, test.name], points=test.points, title=test.title)
            for test in tests
            if test.question in names
        }

    def missed(self, notebook: Notebook) -> set[str]:
        """The questions that still stand in which a stand-in was out of reach."""
        names = {question.name for question in notebook.questions} - self.touched
        return {name for name in names if f"{OUT_OF_REACH}{name}" in self.grade.flags}

    def shows(self, name: str, runs: Sequence[CellRun]) -> bool:
        """Whether cells of a notebook that were run again show what they showed before."""
        before = self.grade.notebooks.get(name)
        return before is not None and all(
            run.verdict is Verdict.PASSED
            and run.outputs == before["cells"][run.index]["outputs"]
            and run.execution_count == before["cells"][run.index]["execution_count"]
            for run in runs
        )

    def executed(self, name: str, content: Json) -> Json:
        """A notebook with the outputs that it had before."""
        before = self.grade.notebooks[name]["cells"]
        cells = [
            {**cell, "outputs": old["outputs"], "execution_count": old["execution_count"]}
            if cell["cell_type"] == "code"
            else cell
            for cell, old in zip(content["cells"], before, strict=True)
        ]
        return {**content, "cells": cells}


def earlier_results(store: Store, basis: Basis) -> Callable[[Submission], Earlier | None]:
    """Give what finds, for a submission that has no result now, what of its latest one still stands; None: nothing."""
    latest = store.latest()

    def find(submission: Submission) -> Earlier | None:
        last = latest.get(submission.student)
        if last is None or not last.digest:
            return None
        _, parts = basis.of(submission)
        if parts is None:
            return None
        old = store.load_parts(submission.student, last.digest)
        if old is None or old.common != parts.common:
            return None
        grade = store.load(submission.student, last.digest)
        if grade is None:
            return None
        touched = touched_questions(old, parts, grade)
        code = _code(submission) if touched else None
        if touched is None or (touched and (code is None or not code.keeps_nothing(basis.asked))):
            return None
        return Earlier(grade, touched, forwards=code is not None and code.goes_forwards())

    return find


def touched_questions(old: Parts, new: Parts, grade: Grade) -> frozenset[str] | None:
    """The questions that must be tested again; None where the whole submission must be graded again."""
    if old.common != new.common or old.tests.keys() != new.tests.keys() or not is_calm(grade):
        return None
    if not _allows_no_less(old.limits, new.limits):
        return None
    lost = {mark.question for mark in grade.questions if any(test.verdict in _NAMED for test in mark.tests)}
    touched = frozenset(
        question
        for question in new.tests
        if old.tests[question] != new.tests[question]
        or (question in lost and old.answers.get(question) != new.answers.get(question))
    )
    return None if touched == new.tests.keys() else touched


def is_calm(grade: Grade) -> bool:
    """Whether nothing happened to a submission's process, and every test came to an end."""
    verdicts = {test.verdict for mark in grade.questions for test in mark.tests}
    return (
        grade.status is Status.GRADED
        and verdicts <= _CALM
        and not any(flag.startswith(_TROUBLE) for flag in grade.flags)
    )


def _allows_no_less(old: Limits, new: Limits) -> bool:
    """Whether the limits are the same but for more time."""
    before, now = dataclasses.asdict(old), dataclasses.asdict(new)
    return all(now[name] >= limit if name in _TIMES else now[name] == limit for name, limit in before.items())


def _code(submission: Submission) -> Code | None:
    """The code of a submission; None where it cannot be read, or is not all in the notebooks."""
    if any(name.endswith(".py") for name in submission.files):
        return None
    return read_code(
        "".join(cell["source"])
        for content in submission.notebooks.values()
        for cell in content["cells"]
        if cell["cell_type"] == "code" and SKIP_TAG not in cell["metadata"].get("tags", ())
    )


def _submission_digests(submission: Submission) -> tuple[str, str]:
    """The digest of a submission without what its cells are worth and what was said of it, and of all of it."""
    worth: list[object] = []
    notebooks = {
        f"notebook/{name}": msgspec.json.encode(
            {**content, "cells": [_worthless(cell, worth) for cell in content["cells"]]}
        )
        for name, content in submission.notebooks.items()
    }
    files = {f"own/{name}": data for name, data in submission.files.items()}
    about = msgspec.json.encode([submission.student, submission.problems])
    common = digest({**notebooks, **files, "submission": about})
    return common, digest({"common": common.encode(), "worth": msgspec.json.encode([worth, submission.flags])})


def _worthless(cell: Json, worth: list[object]) -> Json:
    """A cell without its points, and the checksum in which they are; those are added to `worth`."""
    known = cell["metadata"].get("nbgrader")
    if not isinstance(known, dict) or not known.keys() & set(WORTH):
        worth.append(None)
        return cell
    worth.append({name: known[name] for name in WORTH if name in known})
    others = {name: value for name, value in known.items() if name not in WORTH}
    return {**cell, "metadata": {**cell["metadata"], "nbgrader": others}}

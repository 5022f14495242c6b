"""`nbgrader autograde` with our sandbox in the place of its kernels, and with our hidden suites' marks.

The class takes the place of nbgrader's `Execute` (see `steps.py`) and keeps its options: nbclient's and nbgrader's own
code still go through the notebook cell by cell, only that the kernel they drive is a sandbox (`kernel.py`). Where the
course has a suite for the assignment, the engine grades the notebook as `allclose grade` does, and nbclient is told of
its cells afterwards.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbformat.notebooknode import from_dict
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Enum

from allclose.course import ipynb
from allclose.course.cells import SKIP_TAG
from allclose.errors import AllcloseError, InteropError, IsolationUnavailable, SandboxError
from allclose.grading.engine import CellsDone, Engine
from allclose.interop import kept
from allclose.interop.beside import read_beside, write_beside
from allclose.interop.kernel import Kernel
from allclose.interop.marked import heading_of, marked_outputs, marks_by_cell
from allclose.interop.place import Place, limits_of, place_of, stamp, suited
from allclose.model import Assignment, CellRun, Grade, Json, Limits, Notebook, Status, Submission, Tier
from allclose.notebook.imports import heavy
from allclose.sandbox.session import Cell, Session, file_room
from allclose.sandbox.spawner import Spawner
from allclose.sandbox.written import Written
from allclose.suite.secret import load_seed

#: What stands for no limit: a week.
NO_LIMIT = 7 * 24 * 3600.0
#: What a notebook may take besides the times of its cells, and besides that of each.
SPARE_SECONDS = 60.0
SPARE_CELL_SECONDS = 2.0
#: How often a notebook is run again whose sandbox was lost by no doing of its own.
ATTEMPTS = 3
_RUN_SUITE = re.compile(r"\brun_suite\s*\(")
#: Options of a kernel's process: there is none.
_WITHOUT_EFFECT = ("extra_arguments", "kernel_manager_class")

#: Place of a cell, its text, the seconds it has.
_Run = Callable[[int, str, float | None], CellRun]

_warmed: set[str] = {"matplotlib"}


class SandboxedExecute(Execute):  # type: ignore[misc]
    """Runs notebooks as nbgrader's `Execute` does, in allclose's sandbox; its options are set under either name."""

    isolation = Enum(
        [tier.value for tier in Tier],
        default_value=Tier.STRONG.value,
        help="How well student code is isolated: strong, basic or none. A tier that this machine cannot give is an "
        "error; no weaker one is taken for it.",
    ).tag(config=True)

    _run: _Run
    _told: Mapping[int, CellRun] | None = None
    _lab_seconds: float | None = None
    _now: tuple[int, float | None] = (0, None)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """Run a notebook, and where its assignment has a suite, put the marks into its grade cells.

        Raises
        ------
        AllcloseError
            If the notebook could not be graded by no fault of its own: nbgrader reports it and writes no score.
        """
        place = place_of(self, resources or {})
        self._told, self._lab_seconds = None, None
        try:
            if km is not None:
                raise InteropError("allclose runs notebooks in its own sandbox: it takes no kernel manager")
            self._check_language(nb)
            self._tell_without_effect()
            if place.has_suite:
                return self._by_suite(nb, resources, place)
            return self._as_it_stands(nb, resources, place)
        except IsolationUnavailable as error:
            mend = str(error).replace("--isolation ", "--Execute.isolation=")  # as it is said here
            self.log.error("%s", mend)
            raise IsolationUnavailable(mend) from None
        except AllcloseError as error:
            self.log.error("%s", error)
            raise

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Run a cell, as nbclient does; one that is not run when grading stays as it is."""
        if self._told is not None and index not in self._told:
            return cell, self.resources
        if SKIP_TAG in cell.metadata.get("tags", []) and not _is_test(cell):
            return cell, self.resources
        self._now = index, self._get_timeout(cell)
        executed: tuple[Any, Any] = super().preprocess_cell(cell, resources, index)
        return executed

    def create_kernel_manager(self) -> Kernel:
        """Give nbclient the sandbox for a kernel."""
        self.km = Kernel(lambda source: self._run(self._now[0], source, self._now[1]))
        return self.km

    def _get_timeout(self, cell: Any) -> float | None:
        return super()._get_timeout(cell) if self._lab_seconds is None else self._lab_seconds

    def _as_it_stands(self, nb: Any, resources: Any, place: Place) -> tuple[Any, Any]:
        """Run the cells that nbgrader gives, hidden tests and all; nbgrader scores what they show."""
        _refuse_missing_suite(nb, place)
        self._run_all_tests(nb)
        limits = limits_of(place)
        if place.has_limits and not self._is_set("timeout", "timeout_func"):
            self._lab_seconds = limits.cell_seconds
        files = self._beside(place, limits)
        for attempt in range(ATTEMPTS):
            try:
                done = self._in_sandbox(nb, resources, place, replace(limits, submission_seconds=NO_LIMIT), files)
            except IsolationUnavailable:
                raise
            except SandboxError as error:
                if attempt == ATTEMPTS - 1:
                    raise
                self.log.warning("%s: %s; running the notebook again", place.notebook, error)
            else:
                nb, resources, written = done
                break
        self._write(place, written)
        return self._signed(nb, place, "the notebook's own", ()), resources

    def _in_sandbox(
        self, nb: Any, resources: Any, place: Place, limits: Limits, files: Mapping[str, bytes]
    ) -> tuple[Any, Any, Written]:
        _warmed.update(heavy("\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")))
        tier, warm = Tier(self.isolation), tuple(sorted(_warmed))
        hidden = () if place.root is None else (place.root,)

        def start() -> Spawner:
            spawner = Spawner(tier, hidden, warm, limits, _cache())
            try:
                spawner.wait_ready()
            except BaseException:
                spawner.close()
                raise
            return spawner

        with kept.lent(("cells", tier, hidden, warm, limits), start) as spawner:
            session = Session(spawner.spawn, (), files, limits, time.monotonic() + SPARE_SECONDS)

            def run(index: int, source: str, seconds: float | None) -> CellRun:
                seconds = NO_LIMIT if seconds is None else seconds
                session.deadline += seconds + SPARE_CELL_SECONDS  # what is run again after a death is not given twice
                return session.run_another(Cell(index, source, None, seconds))

            self._run = run
            try:
                nb, resources = super().preprocess(nb, resources)
                return nb, resources, session.written()
            finally:
                session.close()

    def _by_suite(self, nb: Any, resources: Any, place: Place) -> tuple[Any, Any]:
        """Have the engine grade the notebook, and tell nbclient what its cells did."""
        assignment, notebook = suited(place)
        limits = self._limits_of_lab(assignment.limits, nb)
        assignment = replace(assignment, limits=limits)
        self._lab_seconds = limits.cell_seconds
        try:
            content = ipynb.parse(json.dumps(nb).encode())
        except ipynb.Unreadable as error:
            raise InteropError(f"{place.notebook}.ipynb of {place.student} {error}") from None
        submission = Submission(place.student, {notebook.name: content}, {}, self._beside(place, limits))
        runs: dict[int, CellRun] = {}
        written = Written()

        def done(_: str, cells: tuple[CellRun, ...], session: Session) -> None:
            nonlocal written
            runs.clear()
            runs.update((run.index, run) for run in cells)
            written = session.written()

        grade = self._graded(assignment, place, submission, done)
        node = from_dict(_without_outputs(grade.notebooks[notebook.name]))  # type: ignore[no-untyped-call]
        self._told, self._run = runs, lambda index, _source, _seconds: runs[index]
        node, resources = super().preprocess(node, resources)
        self._mark(node, notebook, grade)
        self._write(place, written)
        return self._signed(node, place, "a hidden suite", grade.flags), resources

    def _graded(self, assignment: Assignment, place: Place, submission: Submission, done: CellsDone) -> Grade:
        tier = Tier(self.isolation)
        seed = load_seed(assignment.root)

        def start() -> Engine:
            return Engine(assignment, tier=tier, device="cpu", seed=seed).__enter__()

        key = ("suite", tier, assignment.root, assignment.name, assignment.limits, stamp(place))
        with kept.lent(key, start) as engine:
            grade = engine.grade(submission, done)
            if grade.status is Status.INFRA:
                raise SandboxError(f"{place.notebook}.ipynb of {place.student} could not be graded: {grade.reason}")
            return grade

    def _mark(self, node: Any, notebook: Notebook, grade: Grade) -> None:
        cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in node.cells}
        for name, mark in marks_by_cell(notebook, grade):
            cell = cells[name]
            outputs = marked_outputs(cell.outputs, mark, heading_of(grade), cell.execution_count)
            cell.outputs = [from_dict(output) for output in outputs]  # type: ignore[no-untyped-call]

    def _limits_of_lab(self, limits: Limits, nb: Any) -> Limits:
        """The lab's limits; nbgrader's option for the time of a cell goes before them, where it is set."""
        if self._is_set("timeout_func"):
            self.log.warning("Execute.timeout_func has no effect where a hidden suite grades: set Execute.timeout")
        if not self._is_set("timeout"):
            return limits
        seconds = float(self.timeout) if self.timeout and self.timeout > 0 else NO_LIMIT
        total = limits.submission_seconds + seconds * len(nb.cells)
        return replace(limits, cell_seconds=seconds, submission_seconds=min(total, NO_LIMIT))

    def _is_set(self, *options: str) -> bool:
        """Whether the settings or the command line name any of these options."""
        given = self._find_my_config(self.config)
        return any(option in given for option in options)

    def _beside(self, place: Place, limits: Limits) -> dict[str, bytes]:
        if place.folder is None:
            return {}
        files, left_out = read_beside(place.folder, file_room(limits))
        self._warn(place, left_out)
        return files

    def _write(self, place: Place, written: Written) -> None:
        left_out = list(written.left_out)
        if place.folder is not None:
            left_out += write_beside(place.folder, written.files)
        self._warn(place, left_out)

    def _warn(self, place: Place, left_out: Iterable[str]) -> None:
        for line in left_out:
            self.log.warning("%s: left out %s", place.notebook, line)

    def _signed(self, nb: Any, place: Place, tests: str, flags: tuple[str, ...]) -> Any:
        """Say in the notebook and in the log how it was graded."""
        nb.metadata["allclose"] = {"isolation": self.isolation, "tests": tests, "flags": list(flags)}
        level = self.log.warning if self.isolation == Tier.NONE.value else self.log.info
        level("%s: ran in allclose's sandbox; isolation: %s; tests: %s", place.notebook, self.isolation, tests)
        for flag in flags:
            self.log.warning("%s: %s", place.notebook, flag)
        return nb

    def _run_all_tests(self, nb: Any) -> None:
        """Take nbclient's tag for cells to skip off graded tests: one that never ran would get full points."""
        for cell in nb.cells:
            tags = cell.metadata.get("tags", [])
            if _is_test(cell) and self.skip_cells_with_tag in tags:
                cell.metadata["tags"] = [tag for tag in tags if tag != self.skip_cells_with_tag]
                self.log.warning("The tag '%s' stood on a graded test; it is run", self.skip_cells_with_tag)

    def _tell_without_effect(self) -> None:
        for option in _WITHOUT_EFFECT:
            if self._is_set(option):
                self.log.warning("Execute.%s has no effect in allclose's sandbox: it starts no kernel", option)

    def _check_language(self, nb: Any) -> None:
        """Refuse a notebook of another language: only Python's can be isolated."""
        spec = nb.metadata.get("kernelspec") or {}
        name = self.kernel_name or spec.get("name") or "python3"
        if name in ("python", "python3"):
            return
        try:
            language = KernelSpecManager(parent=self).get_kernel_spec(name).language
        except NoSuchKernel:  # the sandbox is a kernel of this environment's, whatever the author's was called
            language = "" if self.kernel_name else spec.get("language", "")
        if str(language).lower() != "python":
            raise InteropError(
                f"the notebook asks for the kernel '{name}' ({language or 'not installed here'}), and allclose's "
                "sandbox runs Python only: grade this assignment with nbgrader's own Execute"
            )


def _is_test(cell: Any) -> bool:
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def _cache() -> Path:
    """Where to keep matplotlib's list of fonts: with the user, for a course without a suite is not ours to write to."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "allclose"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InteropError(f"{folder} cannot be made ({error.strerror}): let XDG_CACHE_HOME name a folder") from None
    return folder


def _refuse_missing_suite(nb: Any, place: Place) -> None:
    for cell in nb.cells:
        if _is_test(cell) and _RUN_SUITE.search(cell.source):
            raise InteropError(
                f"{place.hidden or place.notebook}: the hidden tests of '{place.lab}' are not here, and its grade "
                "cells call them: put the suite (test_*.py) there"
            )


def _without_outputs(executed: Json) -> Json:
    cells = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in executed["cells"]
    ]
    return {**executed, "cells": cells}

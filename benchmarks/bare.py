"""The floor: the same cells and tests with nothing around them, in a fork of a warm process.

`python -m benchmarks.bare COURSE LAB` imports what the lab imports, collects its suite once, and then forks for each
notebook whose path it reads: the cells by `exec`, each figure drawn and encoded as the engine has it done, then each
test's function with its fixtures, on the very objects of the cells. No isolation, no limits, no shell, nothing
recorded, no wire, no names put back between tests. It answers a line of JSON for each. `trips PATH` counts instead how
often the tests would go over the wire.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import hashlib
import importlib
import io
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from allclose import course
from allclose.course import cells
from allclose.course.cells import SKIP_TAG
from allclose.model import Assignment, Json
from allclose.notebook.imports import imports
from allclose.notebook.release import without_hidden_tests
from allclose.sandbox.loopback import LocalLink
from allclose.sandbox.names import evaluate, stood_in
from allclose.sandbox.remote import Submission
from allclose.sandbox.wire import Kind
from allclose.suite.marks import MARKER
from allclose.suite.plugin import arguments, calm_hypothesis
from allclose.suite.secret import load_seed
from allclose.suite.standins import StandIns, defined_names


class Plain:
    """What a test's `submission` is here: the student's own objects."""

    def __init__(self, names: dict[str, Any], stand_ins: StandIns, bound: dict[str, Any] | None = None) -> None:
        self._names = names
        self._stand_ins = stand_ins
        self._bound = bound or {}

    def __getattr__(self, name: str) -> Any:
        return self[name]

    def __getitem__(self, name: str) -> Any:
        value = self._names[name]
        return self._through(value) if self._bound and callable(value) else value

    def map(self, function: Any, inputs: Any) -> list[Any]:
        return [function(*each) for each in inputs]

    def run(self, code: str, *args: Any, **kwargs: Any) -> Any:
        with stood_in(self._names, self._bound):
            value = evaluate(code, self._names)
            return value(*args, **kwargs) if args or kwargs else value

    def with_reference(self, question: str) -> Plain:
        return Plain(self._names, self._stand_ins, {**self._bound, **self._stand_ins(question)})

    def _through(self, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            with stood_in(self._names, self._bound):
                return function(*args, **kwargs)

        return call


class Bare:
    """A pytest session that was collected once; its tests are run by hand."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        (self.notebook,) = assignment.notebooks
        self.seed = load_seed(assignment.root)
        self.items: list[Any] = []
        self.plain: Plain | Submission | None = None
        self.pictures: list[bytes] = []
        self.answers = os.fdopen(os.dup(1), "w")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = session.items
        gc.collect()
        gc.freeze()
        for line in sys.stdin:
            *counted, path = line.split(maxsplit=1)
            work = partial(self.trips if counted else self.run, json.loads(Path(path.strip()).read_text()))
            answer = self.forked(work)
            self.answers.write(json.dumps(answer) + "\n")
            self.answers.flush()
        return True

    @pytest.hookimpl
    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", f"{MARKER}(question, points): the question and points of a hidden test")

    @pytest.fixture
    def submission(self) -> Any:
        return self.plain

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return np.random.default_rng(self.number(request.node))

    @pytest.fixture
    def device(self) -> str:
        return "cpu"

    @pytest.fixture
    def reference(self) -> ModuleType:
        return self.reference_module()

    def reference_module(self) -> ModuleType:
        return importlib.import_module(f"solutions.{self.assignment.name}")

    def number(self, item: Any) -> int:
        return int.from_bytes(hashlib.sha256(self.seed + item.nodeid.encode()).digest()[:16], "big")

    def forked(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Work in a fork; what came of it, and the CPU time of all of that."""
        before = _cpu_seconds()
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            os.write(writer, json.dumps(work()).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as stream:
            answer: dict[str, Any] = json.loads(stream.read())
        os.waitpid(pid, 0)
        return answer | {"cpu": _cpu_seconds() - before}

    def run(self, content: Json) -> dict[str, Any]:
        began = time.process_time()
        names = self.after_cells(content)
        after_cells = time.process_time()
        stand_ins = StandIns(defined_names(self.notebook), self.reference_module)
        self.plain = Plain(names, stand_ins)
        passed = sum(self.passes(item, stand_ins) for item in self.items)
        after_tests = time.process_time()
        return {
            "cells": after_cells - began,
            "tests": after_tests - after_cells,
            "passed": passed,
            "failed": len(self.items) - passed,
            "pictures": [hashlib.sha256(picture).hexdigest() for picture in self.pictures],
        }

    def trips(self, content: Json) -> dict[str, Any]:
        link = LocalLink(self.after_cells(content), self.assignment.limits)
        send, sent = link.channel.send, []

        def count(kind: Kind, payload: bytes, deadline: float | None = None) -> None:
            sent.append(kind)
            send(kind, payload, deadline)

        link.channel.send = count  # type: ignore[method-assign]
        stand_ins = StandIns(defined_names(self.notebook), self.reference_module)
        self.plain = Submission(link, stand_ins)
        for item in self.items:
            link.begin_test(item.get_closest_marker(MARKER).args[0])
            self.passes(item, stand_ins)
        return {"trips": len(sent)}

    def after_cells(self, content: Json) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "__main__"}
        for number, source in enumerate(self.sources(content)):
            exec(compile(source, f"<cell {number}>", "exec"), names)  # noqa: S102  # what a cell is for
            self.pictures += _drawn()
        return names

    def passes(self, item: Any, stand_ins: StandIns) -> bool:
        marker = item.get_closest_marker(MARKER)
        stand_ins.begin(marker.args[0])
        number = self.number(item)
        random.seed(number)
        np.random.seed(number % 2**32)  # noqa: NPY002  # as the engine does it
        state = item.session._setupstate
        try:
            state.setup(item)
            item.runtest()
        except Exception as error:  # noqa: BLE001  # a test that does not pass
            print(f"{item.name}: {type(error).__name__}: {error}", file=sys.stderr)
            return False
        finally:
            state.teardown_exact(None)
        return True

    def sources(self, content: Json) -> Iterator[str]:
        grade_cells = {question.grade_cell for question in self.notebook.questions}
        for cell in content["cells"]:
            if cell["cell_type"] == "code" and SKIP_TAG not in cell["metadata"].get("tags", ()):
                source = cell["source"]
                if cells.grade_id(cell) in grade_cells:
                    source = without_hidden_tests(source)
                yield "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))


def main() -> None:
    """Warm up, collect, and serve."""
    root, lab = sys.argv[1:]
    os.environ |= {"OMP_NUM_THREADS": "1", "NBGRADER_EXECUTION": "autograde", "MPLBACKEND": "agg", "PYTEST_ADDOPTS": ""}
    assignment = course.load(Path(root), lab)
    bare = Bare(assignment)
    os.chdir(root)
    sys.path.insert(0, root)
    for name in imports(assignment.notebooks):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _keep_pictures(bare.pictures)
    _draw_once()
    bare.reference_module()
    calm_hypothesis()
    pytest.main(arguments(Path(root), assignment.suite, bare.seed), plugins=[bare])


def _keep_pictures(pictures: list[bytes]) -> None:
    """Where a cell shows a figure outside IPython it is only named: here it is drawn and encoded as in a notebook."""
    from allclose.teach.plots import canvas

    def show(figure: Any) -> None:
        picture = canvas.png(figure)
        base64.b64encode(picture)
        pictures.append(picture)

    canvas.show = show


def _drawn() -> list[bytes]:
    """The pictures of pyplot's open figures, as the inline backend makes them at the end of a cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not pyplot.get_fignums():
        return []
    from IPython.core import pylabtools

    picture_of: Any = pylabtools.print_figure
    found = [picture_of(pyplot.figure(number), fmt="png", bbox_inches="tight") for number in pyplot.get_fignums()]
    for picture in found:
        base64.b64encode(picture)
    pyplot.close("all")
    return found


def _draw_once() -> None:
    """Find fonts and parse labels before the fork, as the engine's zygote does."""
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    figure.subplots().loglog([1e-4, 1e6], [1e-4, 1e6], label="a curve")
    figure.savefig(io.BytesIO(), format="png")


def _cpu_seconds() -> float:
    usages = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main()

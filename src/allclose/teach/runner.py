"""The public checks of a notebook file, from a terminal: its cells run from the top in a Python of their own.

It is the student's own machine, so there is no sandbox: the second process is there so that nothing which the notebook
does touches the command, and so that the notebook's own folder is the current one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from allclose.errors import NotebookError
from allclose.teach.checking import Outcome, Result, run_checks
from allclose.teach.notebook import Cell, Notebook, question_name, read_notebook
from allclose.teach.saying import FAINT, in_colour, painted, unknown, verdict

#: So many cells that fail are named.
_MOST_FAULTS = 5
_HAND_IN = "hand it in as it is saved; hidden tests look at more."
_MEND = "mend your answer, save the notebook, check again; in the notebook %hint QUESTION shows hints."


def check_notebook(path: Path, questions: Sequence[str] = ()) -> bool:
    """Run a notebook and print a verdict for each question.

    Parameters
    ----------
    path : Path
        The notebook, as it is saved.
    questions : sequence of str
        Which questions; all where none is named.

    Returns
    -------
    bool
        Whether all of them pass.

    Raises
    ------
    NotebookError
        If the file is no notebook with such questions, or the notebook ends Python.
    """
    try:
        notebook = read_notebook(path)
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise NotebookError(f"{path} cannot be used: {error}; save the notebook and try again") from error
    known = list(notebook.questions)
    if not known:
        raise NotebookError(f"{path} has no public checks: is it the notebook that was handed out?")
    wrong = next((name for name in questions if name not in known), None)
    if wrong is not None:
        raise NotebookError(f"{path}: {unknown(wrong, known)}")
    asked = [name for name in known if not questions or name in questions]
    task = {"path": path.name, "questions": asked, "colour": in_colour()}
    code = _run_aside(path.resolve().parent, task)
    if code not in (0, 1):
        raise NotebookError(f"{path}: Python ended before the checks were done (code {code}): does a cell end it?")
    return code == 0


def _run_aside(folder: Path, task: dict[str, object]) -> int:
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as settings:
        environment = {**os.environ, "IPYTHONDIR": settings, "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"}
        environment.pop("NBGRADER_EXECUTION", None)
        command = [sys.executable, "-m", "allclose.teach.runner", json.dumps(task)]
        return subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


def main(task: dict[str, object]) -> int:
    """Run the notebook in this process; 0 where all questions pass, 1 where not."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    name, asked, colour = str(task["path"]), task["questions"], bool(task["colour"])
    assert isinstance(asked, list)
    sys.path.insert(0, "")
    notebook = read_notebook(Path(name))
    with _verdicts_only() as out:
        shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
        outcomes, faults = _outcomes(notebook, asked, shell)
    for outcome in outcomes:
        print(verdict(outcome, colour=colour), file=out)
    passed = sum(outcome.result is Result.PASSED for outcome in outcomes)
    for fault in faults[:_MOST_FAULTS] if passed < len(outcomes) else ():
        print(painted(fault, FAINT, on=colour), file=out)
    print(f"{passed} of {len(outcomes)} questions pass their public checks.", file=out)
    print(f"Next: {_HAND_IN if passed == len(outcomes) else _MEND}", file=out, flush=True)
    return 0 if passed == len(outcomes) else 1


def _outcomes(notebook: Notebook, asked: list[str], shell: object) -> tuple[list[Outcome], list[str]]:
    """Run the cells in order, and each question's checks where they stand; what grading skips is skipped here too."""
    outcomes: list[Outcome] = []
    faults: list[str] = []
    left = set(asked)
    for place, cell in enumerate(notebook.cells):
        if not left:
            break
        if cell.kind != "code" or cell.skipped:
            continue
        question = question_name(cell)
        if question in left:
            source = shell.transform_cell(cell.source)  # type: ignore[attr-defined]
            outcomes.append(run_checks(question, source, shell.user_ns))  # type: ignore[attr-defined]
            left.discard(question)
        elif not question:
            result = shell.run_cell(cell.source)  # type: ignore[attr-defined]
            faults += _fault(place, cell, result.error_before_exec or result.error_in_exec)
    return outcomes, faults


def _fault(place: int, cell: Cell, error: BaseException | None) -> list[str]:
    if error is None:
        return []
    where = f"cell {place + 1}" + (f" ({cell.grade_id})" if cell.grade_id else "")
    said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return [f"{where} ends in {said}"]


@contextmanager
def _verdicts_only() -> Iterator[TextIO]:
    """What the notebook prints is not for the terminal: give a stream that still reaches it."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield out
    finally:
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))

"""`%load_ext allclose`: the words that a student may write into a cell.

What they need is loaded when they are used: a notebook loads the extension whenever it is graded, and uses none there.
"""

from __future__ import annotations

from typing import Any

from allclose.teach.checks import is_graded_now


def register(interactive: Any) -> None:
    """Give an IPython shell `%check`, `%hint`, `%progress` and `%%explain`."""
    for function in (check, hint, progress):
        interactive.register_magic_function(function, "line", function.__name__)
    interactive.register_magic_function(explain, "cell", "explain")


def check(line: str) -> None:
    """Run the public checks: `%check adam`, several, or all of the notebook's with `%check` alone."""
    from allclose.teach import session

    session.check(*line.replace(",", " ").split())


def hint(line: str) -> None:
    """Show the next hint of a question: `%hint adam`."""
    from allclose.teach import session

    if not line.strip():
        print("Which question? For example: %hint adam")
    for question in line.replace(",", " ").split():
        session.hint(question)


def progress(_line: str) -> None:
    """Show which questions' public checks pass so far."""
    from allclose.teach import session

    session.progress()


def explain(_line: str, cell: str) -> None:
    """Explain this cell, then run it: whoever leaves the line in loses nothing by it."""
    from IPython.core.getipython import get_ipython

    interactive: Any = get_ipython()
    if not is_graded_now():
        from allclose.teach import tutor

        tutor.explain(cell, _cell_id(interactive))
    interactive.run_cell(cell)


def _cell_id(interactive: Any) -> str:
    """The id of the cell that runs, where the front end tells it."""
    request = interactive.get_parent() if hasattr(interactive, "get_parent") else None
    metadata = request.get("metadata") if isinstance(request, dict) else None
    found = metadata.get("cellId", "") if isinstance(metadata, dict) else ""
    return found if isinstance(found, str) else ""

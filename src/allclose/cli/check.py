"""`allclose check NOTEBOOK [QUESTION…]`: the public checks, for students."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def check(
    notebook: Annotated[Path, typer.Argument(help="The notebook, as it is saved.")],
    questions: Annotated[list[str] | None, typer.Argument(help="Which questions; all where none is named.")] = None,
) -> int:
    """Run a notebook's public checks, as `%check` does inside it.

    The cells run from the top in a Python of their own, without what grading skips. Exit code 2 where a question does
    not pass. Works with the light install, without the grading extra.
    """
    from allclose.cli.failure import DONE, THEIRS
    from allclose.teach.runner import check_notebook

    return DONE if check_notebook(notebook, questions or ()) else THEIRS

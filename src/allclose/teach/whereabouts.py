"""Which notebook is it that this kernel works for? A kernel is not told, so each front end is asked in its own way.

JupyterLab and Notebook 7 name the file in the kernel's environment, VS Code in the namespace, Colab hands the notebook
over. Where none of them does, or the file was renamed since, it is looked for in the kernel's folder: of several the
one that shares most cells with what has been run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from allclose.teach.notebook import Notebook, as_notebook, plain_source, read_notebook

#: So many files of a folder are looked into.
_MOST_FILES = 50


def shell() -> Any:
    """Return the running IPython shell; None outside one."""
    interactive = sys.modules.get("IPython.core.getipython")
    return interactive.get_ipython() if interactive is not None else None


def history() -> list[str]:
    """Return the code of the cells that have been run in this kernel, first to last."""
    manager = getattr(shell(), "history_manager", None)
    return [str(source) for source in getattr(manager, "input_hist_parsed", ())]


def this_notebook(wanted: Callable[[Notebook], object] = lambda _notebook: True) -> Notebook | None:
    """Return the notebook of this kernel, as it was last saved; None where it is not to be found.

    Parameters
    ----------
    wanted : callable, optional
        Whether a notebook is worth anything to the caller: one that has the question, for instance.
    """
    for find in (_told_by_colab, _told_by_file):
        notebook = find()
        if notebook is not None and wanted(notebook):
            return notebook
    return _likeliest(notebook for notebook in _in_folder() if wanted(notebook))


def _told_by_file() -> Notebook | None:
    told = getattr(shell(), "user_ns", {}).get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
    if not isinstance(told, str):
        return None
    # With real-time collaboration the name has the drive's before it; a kernel's folder is the notebook's.
    names = [Path(told), Path(told.rpartition(":")[2]), Path(Path(told.rpartition(":")[2]).name)]
    return next(_read(path for path in names if path.suffix == ".ipynb"), None)


def _told_by_colab() -> Notebook | None:
    colab: Any = sys.modules.get("google.colab._message")
    if colab is None:
        return None
    try:
        answer = colab.blocking_request("get_ipynb", request="", timeout_sec=10)
        return as_notebook(answer["ipynb"])
    except Exception:  # noqa: BLE001  # nothing that Colab promises; the folder is looked into instead
        return None


def _in_folder() -> list[Notebook]:
    paths = sorted(Path.cwd().glob("*.ipynb"), key=_changed, reverse=True)
    return list(_read(paths[:_MOST_FILES]))


def _read(paths: Iterable[Path]) -> Iterator[Notebook]:
    for path in paths:
        try:
            yield read_notebook(path)
        except (OSError, ValueError):
            continue


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _likeliest(notebooks: Iterable[Notebook]) -> Notebook | None:
    """The notebook that most of what was run stands in; of equals the one that was saved last."""
    run = {plain_source(source) for source in history()} - {""}
    return max(notebooks, key=lambda one: sum(plain_source(cell.source) in run for cell in one.cells), default=None)

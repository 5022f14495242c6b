"""Runs a lab's notebook from the top in a real kernel, in a folder with the lab's data files and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from allclose.model import Assignment, Json, Notebook


def run_in_kernel(
    assignment: Assignment, notebook: Notebook, content: Json, folder: Path, *, to_the_end: bool
) -> list[Json]:
    """Run the cells of `content`, to the end or up to the first error; give them with their outputs."""
    hand_out(assignment, notebook, folder)
    cells = nbformat.from_dict(json.loads(json.dumps(content)))
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTEST_CURRENT_TEST", raising=False)  # with it a kernel leaves descriptors 1 and 2 alone
        environment.delenv("NBGRADER_EXECUTION", raising=False)
        client = NotebookClient(
            cells,
            kernel_name="python3",
            timeout=240,
            allow_errors=not to_the_end,
            resources={"metadata": {"path": str(folder)}},
        )
        if to_the_end:
            client.execute()
        else:
            _run_to_the_first_error(client)
    found: list[Json] = cells["cells"]
    return found


def hand_out(assignment: Assignment, notebook: Notebook, folder: Path) -> None:
    """Put the lab's data files into a folder."""
    for name in assignment.data_files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(notebook.path.parent / name, folder / name)


def errors(cell: Json) -> list[str]:
    """The names of the exceptions that a cell raised."""
    return [output["ename"] for output in cell.get("outputs", ()) if output["output_type"] == "error"]


def written_to_stderr(cell: Json) -> str:
    """What a cell wrote there, warnings for instance."""
    outputs = cell.get("outputs", ())
    return "".join(output["text"] for output in outputs if output.get("name") == "stderr")


def _run_to_the_first_error(client: NotebookClient) -> None:
    with client.setup_kernel():
        for index, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, index)
            if errors(cell):
                break

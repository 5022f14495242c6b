"""Runs a lab's notebook from the top in a real kernel, in a folder with the lab's data files and nothing else."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from allclose import course
from allclose.model import Assignment, Json, Notebook
from allclose.notebook.splice import solved

ROOT = Path(__file__).parents[1]


def check_solved(lab: str, folder: Path) -> None:
    """Assert that the solved lab runs to its end: no error, nothing on stderr, and all public checks pass."""
    assignment = course.load(ROOT, lab)
    for notebook in assignment.notebooks:
        cells = run_in_kernel(assignment, notebook, solved(notebook), folder)
        assert {cell["id"]: errors(cell) for cell in cells if errors(cell)} == {}
        assert {cell["id"]: written_to_stderr(cell) for cell in cells if written_to_stderr(cell)} == {}
        printed = "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", ()))
        for question in notebook.questions:
            assert f"✓ {question.name}: the public checks pass" in printed


def run_in_kernel(assignment: Assignment, notebook: Notebook, content: Json, folder: Path) -> list[Json]:
    """Run the cells of `content` up to the first error, if there is one; give them with their outputs."""
    hand_out(assignment, notebook, folder)
    node = nbformat.from_dict(json.loads(json.dumps(content)))
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory() as sockets:
        environment.delenv("PYTEST_CURRENT_TEST", raising=False)  # with it a kernel leaves descriptors 1 and 2 alone
        environment.delenv("NBGRADER_EXECUTION", raising=False)
        # Two kernels that start at one time may choose the same TCP ports.
        apart = Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"})
        where = {"metadata": {"path": str(folder)}}
        client = NotebookClient(
            node, kernel_name="python3", timeout=600, allow_errors=True, resources=where, config=apart
        )
        with client.setup_kernel():
            for index, cell in enumerate(node.cells):
                client.execute_cell(cell, index)
                if errors(cell):
                    break
    cells: list[Json] = node["cells"]
    return cells


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

"""The shell records what nbgrader's Execute preprocessor stores with a real kernel, cell by cell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.shells import shells

TEXT = (Path(__file__).parents[1] / "assets" / "kernel_cells.txt").read_text()

#: One notebook of many cells, by name: those of the text, and what a text file cannot hold.
CELLS = {
    **{part.split("\n", 1)[0]: part.split("\n", 1)[1].rstrip("\n") for part in TEXT.split("# %% ")[1:]},
    "only spaces": "   \n\n",
    "blank lines around": "\n\n1\n\n",
    "line ends of Windows": "print('x')\r\nprint('y')",
    "a trailing newline": "2\n",
    "leaving": "exit()",
    "after leaving": "'still here'",
}

#: What is left of a text once everything that differs from run to run is one word.
WORDS = {
    r"\r\n": "\n",  # a kernel runs `!` in a terminal, we through a pipe
    r"0x[0-9a-f]{6,}": "ADDRESS",
    r"\S*/ipykernel_\d+/\d+\.py": "CELL",
    r"\b\d{5,}\.py": "CELL",
    r"\d[\d.e+]*( \d+)? (ns|μs|us|ms|s)\b": "TIME",
    r"Thread-\d+": "THREAD",
}
#: Files of a kernel that a traceback may end in; ours ends where the cell called.
KERNEL_FRAME = re.compile(r"File .*/(ipykernel|debugpy)/")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    from nbgrader.preprocessors import Execute

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()])
    folder = tmp_path_factory.mktemp("kernel")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTEST_CURRENT_TEST", raising=False)  # with it a kernel leaves the descriptors alone
        Execute(timeout=60, kernel_name="python3").preprocess(notebook, {"metadata": {"path": str(folder)}})
    return [{"outputs": cell.outputs, "execution_count": cell.execution_count} for cell in notebook.cells]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    with shells() as run:
        return run(*CELLS.values(), cwd=tmp_path_factory.mktemp("shell"))


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_leaves_the_outputs_that_a_kernel_leaves(
    name: str, kernel: list[dict[str, Any]], shell: list[dict[str, Any]]
) -> None:
    index = list(CELLS).index(name)
    theirs, ours = kernel[index], shell[index]
    assert comparable(merged(ours["outputs"])) == comparable(merged(theirs["outputs"]))
    assert ours["execution_count"] == theirs["execution_count"]


def test_the_outputs_are_valid_nbformat(shell: list[dict[str, Any]]) -> None:
    cells = [
        nbformat.v4.new_code_cell(source, outputs=cell["outputs"], execution_count=cell["execution_count"])
        for source, cell in zip(CELLS.values(), shell, strict=True)
    ]
    nbformat.validate(nbformat.from_dict(nbformat.v4.new_notebook(cells=cells)))


def merged(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A kernel sends a text in pieces; what counts is the text."""
    result: list[dict[str, Any]] = []
    for output in outputs:
        last = result[-1] if result else {}
        if output["output_type"] == "stream" == last.get("output_type") and output["name"] == last["name"]:
            last["text"] += output["text"]
        else:
            result.append(dict(output))
    return result


def comparable(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, word in WORDS.items():
            value = re.sub(pattern, word, value)
        return value
    if isinstance(value, list):
        members = [comparable(member) for member in value if not is_kernel_frame(member)]
        return members[:10] if value and len(value) > 500 else members  # how deep a recursion got differs
    if isinstance(value, dict):
        return {key: "MODEL" if key == "model_id" else comparable(member) for key, member in value.items()}
    return value


def is_kernel_frame(member: object) -> bool:
    return isinstance(member, str) and KERNEL_FRAME.match(ANSI.sub("", member)) is not None

"""The student's side needs no torch: not to be imported, and not to work through the labs whose lesson is not torch."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import allclose.teach
from allclose import course
from allclose.notebook.splice import solved
from tests.kernels import hand_out

ROOT = Path(__file__).parents[3]
LABS = [lab for lab in course.labs(ROOT) if lab.startswith(("lab1_", "lab2_", "lab3_", "lab4_", "lab5_", "lab6_"))]
MODULES = [module.name for module in pkgutil.walk_packages(allclose.teach.__path__, "allclose.teach.")]

#: Runs first in an interpreter: from here on torch is not installed.
NO_TORCH = """
import sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ImportError("torch is not installed")

sys.meta_path.insert(0, NoTorch())
"""

#: Runs the code cells that come in on standard input as one program; figures are named instead of shown.
RUN_CELLS = """
import json, warnings
import matplotlib

matplotlib.use("Agg")
warnings.simplefilter("error")
namespace = {"__name__": "__main__"}
for name, source in json.load(sys.stdin):
    exec(compile(source, name, "exec"), namespace)
"""


def run(code: str, *arguments: str, given: str = "", cwd: Path = ROOT) -> str:
    """Run `code` in a fresh interpreter and give what it printed."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, input=given, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def without_magics(source: str) -> str:
    """A cell for plain Python."""
    return "\n".join(line for line in source.split("\n") if not line.startswith("%"))


def test_torch_is_really_gone() -> None:
    code = "try:\n    import torch.nn\nexcept ImportError as error:\n    print(error)"
    assert run(NO_TORCH + code) == "torch is not installed\n"


def test_every_module_of_the_students_side_can_be_imported() -> None:
    assert len(MODULES) > 5
    run(f"{NO_TORCH}\nimport importlib\nfor name in sys.argv[1:]: importlib.import_module(name)", *MODULES)


@pytest.mark.parametrize(
    "modules", [["allclose"], ["allclose.teach"], MODULES], ids=["allclose", "teach", "all of teach"]
)
def test_importing_loads_no_grader_and_no_notebook(modules: list[str]) -> None:
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    loaded = {name.split(".")[0] for name in run(code, *modules).split()}
    assert not loaded & {"torch", "nbgrader", "pytest", "IPython"}


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_runs_with_its_demonstrations(lab: str, tmp_path: Path) -> None:
    assignment = course.load(ROOT, lab)
    for notebook in assignment.notebooks:
        hand_out(assignment, notebook, tmp_path)
        code = [cell for cell in solved(notebook)["cells"] if cell["cell_type"] == "code"]
        cells = [(cell["id"], without_magics(cell["source"])) for cell in code]
        printed = run(NO_TORCH + RUN_CELLS, given=json.dumps(cells), cwd=tmp_path)
        for question in notebook.questions:
            assert f"✓ {question.name}: the public checks pass" in printed

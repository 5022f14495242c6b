"""What a lab needs, told by what it imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose import course
from allclose.errors import InteropError
from allclose.interop.bundles.needs import Needs, installed_closure, needs
from allclose.model import Assignment
from tests.suited_course import Asked, code_cell, notebook, write_course


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return course.load(write_course(tmp_path, "lab", [Asked("one", "x = 1", 1)], "", answers={}), "lab")


def of(assignment: Assignment, *sources: str, **programs: str) -> Needs:
    content = notebook([code_cell("", source) for source in sources])
    return needs(assignment, {"lab": content}, {f"{name}.py": text for name, text in programs.items()})


def test_what_python_and_the_light_side_have_needs_no_line(assignment: Assignment) -> None:
    found = of(
        assignment, "import json\nimport numpy as np\nfrom matplotlib import pyplot\nimport allclose, ipywidgets"
    )
    assert found == Needs((), (), ())


def test_a_module_is_asked_for_by_its_distributions_name(assignment: Assignment) -> None:
    assert of(assignment, "import yaml", "from bs4 import BeautifulSoup").required == ("beautifulsoup4", "pyyaml>=6")


def test_versions_are_those_that_allclose_asks_for(assignment: Assignment) -> None:
    (torch,) = of(assignment, "from torch import nn").required
    assert torch.startswith("torch>=")


def test_a_group_of_ours_called_like_an_import_comes_whole(assignment: Assignment) -> None:
    found = of(assignment, "import onnx\nimport torch.onnx")
    assert found.extras == ("onnx",)
    assert [line.partition(">")[0] for line in found.required] == ["torch"]
    assert found.wheel("a.whl") == "./a.whl[onnx]"
    assert found.wheel("a.whl", "grade") == "./a.whl[grade,onnx]"


def test_what_a_cell_can_do_without_is_optional(assignment: Assignment) -> None:
    guarded = "try:\n    import scipy\nexcept ImportError:\n    scipy = None"
    late = "def f():\n    import torch\ntry:\n    f()\nexcept ModuleNotFoundError:\n    pass"
    found = of(assignment, guarded, late, "try:\n    import nowhere_at_all\nexcept (ImportError, OSError):\n    pass")
    assert found.required == ()
    assert [line.partition(">")[0] for line in found.optional] == ["scipy", "torch"]
    assert of(assignment, guarded, "import scipy").optional == ()


def test_a_function_that_imports_without_a_guard_is_no_option(assignment: Assignment) -> None:
    assert of(assignment, "def f():\n    import yaml").required == ("pyyaml>=6",)


def test_programs_beside_a_notebook_count_and_may_import_each_other(assignment: Assignment) -> None:
    assert of(assignment, "import helper", helper="import yaml\nimport other", other="").required == ("pyyaml>=6",)


def test_magics_and_broken_cells_do_not_stop_it(assignment: Assignment) -> None:
    assert of(assignment, "%matplotlib widget\n!ls\nimport yaml", "def (").required == ("pyyaml>=6",)


def test_an_import_that_nobody_can_place_is_refused_by_name(assignment: Assignment) -> None:
    with pytest.raises(InteropError, match="imports nowhere_at_all, which is not installed here"):
        of(assignment, "import nowhere_at_all")


def test_the_closure_has_what_the_needed_need_and_no_build_of_one_machine() -> None:
    found = installed_closure(["allclose"], {"allclose": ["grade"]})
    assert {"allclose", "numpy", "torch", "nbgrader", "sqlalchemy", "matplotlib-inline"} <= set(found)
    assert "ruff" not in found and "distributed" not in found
    assert not [version for version in found.values() if "+" in version]

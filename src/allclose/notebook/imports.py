"""The modules that cells import, so that they can be loaded once, before any submission comes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from allclose.course.cells import SKIP_TAG
from allclose.model import Notebook

#: Libraries that take long to import. What is imported is chosen here, and by no submission.
_HEAVY = re.compile(r"\b(?:import|from)\s+(numpy|pandas|scipy|sympy|torch|sklearn|seaborn|numba)\b")
_OF_SCIPY = re.compile(r"\b(integrate|interpolate|linalg|optimize|signal|sparse|spatial|special|stats)\b")
#: PyTorch loads its compiler when the first optimizer is made, which takes as long as all the rest.
_COMPILER = "torch._dynamo"


def imports(notebooks: Iterable[Notebook]) -> tuple[str, ...]:
    """The modules that the instructor's own cells import, in order."""
    found: dict[str, None] = {}
    for notebook in notebooks:
        for cell in notebook.content["cells"]:
            if cell["cell_type"] == "code" and SKIP_TAG not in cell["metadata"].get("tags", ()):
                found |= dict.fromkeys((*_imported(cell["source"]), *sorted(heavy(cell["source"]))))
    return tuple(found)


def heavy(text: str) -> set[str]:
    """The modules, of a short list, that code imports or has loaded at its first use, and that take long to load."""
    found = set(_HEAVY.findall(text))
    if "scipy" in found:
        found |= {f"scipy.{part}" for part in _OF_SCIPY.findall(text)}
    if "torch" in found and "optim" in text:
        found.add(_COMPILER)
    return found


def _imported(source: str) -> list[str]:
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names

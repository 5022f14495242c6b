"""The modules that an instructor's cells import, so that they can be loaded before any submission comes."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from allclose.course.cells import SKIP_TAG
from allclose.model import Notebook


def imports(notebooks: Iterable[Notebook]) -> tuple[str, ...]:
    """The modules that the instructor's own cells import, in order."""
    found: dict[str, None] = {}
    for notebook in notebooks:
        for cell in notebook.content["cells"]:
            if cell["cell_type"] == "code" and SKIP_TAG not in cell["metadata"].get("tags", ()):
                found |= dict.fromkeys(_imported(cell["source"]))
    return tuple(found)


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

"""What a lab needs installed beside allclose's light side, read off its own imports."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allclose.errors import InteropError
from allclose.model import Assignment, Json

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_PACKAGE = "allclose"
_MAGIC = ("%", "!", "?")
#: Dependencies of whole groups of grading and development: their names say nothing of what a lab is about.
_GROUPS = frozenset({"grade", "dev", "cluster", "otter"})


@dataclass(frozen=True, slots=True)
class Needs:
    """Requirements as pip takes them.

    `extras` are groups of allclose's own that are called as something the lab imports (`onnx`); `required` what else it
    cannot run without; `optional` what it tries to import and can do without.
    """

    extras: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]

    def wheel(self, name: str, *more: str) -> str:
        """Give the requirement of allclose's wheel that lies in the current folder, with the groups that are needed."""
        extras = ",".join(sorted({*self.extras, *more}))
        return f"./{name}[{extras}]" if extras else f"./{name}"


def needs(assignment: Assignment, notebooks: Mapping[str, Json], programs: Mapping[str, str]) -> Needs:
    """Find out what notebooks and Python files import, and which distributions that is on this machine.

    Parameters
    ----------
    assignment : Assignment
        Whose they are; an error names it.
    notebooks : mapping of str to dict
        Notebooks by name.
    programs : mapping of str to str
        The text of Python files by relative path; they may import each other.

    Raises
    ------
    InteropError
        If something is imported that is not installed here, so that nobody can tell where it comes from.
    """
    texts = [*_cells(notebooks.values()), *programs.values()]
    asked = [found for text in texts for found in _imports(text)]
    own = {part for path in programs for part in (*path.split("/")[:-1], path.split("/")[-1].removesuffix(".py"))}
    strange = {name for name, _ in asked} - own - sys.stdlib_module_names - {_PACKAGE}
    must = {name for name, sure in asked if sure} & strange
    homes = importlib.metadata.packages_distributions()
    missing = sorted(name for name in must if name not in homes)
    if missing:
        raise InteropError(
            f"{assignment.source_dir} imports {missing[0]}, which is not installed here: install it, so that a bundle "
            "can say which package it comes from"
        )
    light, extras, bounds = _own_requirements()
    wanted = {_home(name, homes) for name in must} - light
    spare = {_home(name, homes) for name in strange - must if name in homes} - light - wanted
    groups = sorted(name for name in wanted if name in extras)
    covered = {name for group in groups for name in extras[group]}
    return Needs(
        tuple(groups),
        tuple(bounds.get(name, name) for name in sorted(wanted - covered)),
        tuple(bounds.get(name, name) for name in sorted(spare - covered)),
    )


def installed_closure(names: Iterable[str], extras: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Give the versions of these distributions and of all that they need, as installed here, by normal name.

    `extras` holds the groups that are asked for, by distribution. What is not installed is not needed here.
    """
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(normal(name), extra) for name in names for extra in ("", *extras.get(name, ()))]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[name] = distribution.version.partition("+")[0]  # a build for one machine is no public version
        for requirement in _requirements(distribution):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                waiting += [(normal(requirement.name), more) for more in ("", *requirement.extras)]
    return dict(sorted(found.items()))


def normal(name: str) -> str:
    """Give a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _cells(notebooks: Iterable[Json]) -> Iterator[str]:
    return (cell["source"] for content in notebooks for cell in content["cells"] if cell["cell_type"] == "code")


def _imports(text: str) -> list[tuple[str, bool]]:
    """The top-level modules that a cell or file imports, and whether it surely does.

    One that handles an ImportError can do without what it imports inside a `try` or a function.
    """
    try:
        tree = ast.parse("\n".join(line for line in text.splitlines() if not line.lstrip().startswith(_MAGIC)))
    except (SyntaxError, ValueError):
        return []
    handles = any(_handles_absence(node) for node in ast.walk(tree))
    return [
        (name, not (handles and inner))
        for statement in tree.body
        for node in ast.walk(statement)
        for inner in (node is not statement,)
        for name in _imported(node)
    ]


def _handles_absence(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler) or node.type is None:
        return False
    caught = {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)}
    return bool(caught & {"ImportError", "ModuleNotFoundError"})


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []


def _home(module: str, homes: Mapping[str, list[str]]) -> str:
    """The distribution that a module comes from: the one that is called like it, where several have a part of it."""
    names = sorted({normal(name) for name in homes[module]})
    return normal(module) if normal(module) in names else names[0]


def _own_requirements() -> tuple[set[str], dict[str, set[str]], dict[str, str]]:
    """What allclose's light side needs, what each of its groups adds, and the versions that it asks for."""
    light: set[str] = set()
    extras: dict[str, set[str]] = {}
    bounds: dict[str, str] = {}
    distribution = importlib.metadata.distribution(_PACKAGE)
    groups = set(distribution.metadata.get_all("Provides-Extra") or ())
    for requirement in _requirements(distribution):
        name = normal(requirement.name)
        bounds[name] = f"{name}{requirement.specifier}"
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            light.add(name)
        for group in groups - _GROUPS:
            if requirement.marker is not None and requirement.marker.evaluate({"extra": group}) and name not in light:
                extras.setdefault(group, set()).add(name)
    return light, extras, bounds


def _requirements(distribution: importlib.metadata.Distribution) -> list[Requirement]:
    from packaging.requirements import Requirement

    return [Requirement(text) for text in distribution.requires or ()]

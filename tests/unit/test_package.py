"""The package as a whole: light to import, free of cycles, and nothing of one machine in it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import allclose

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"

HEAVY = {"IPython", "distributed", "hypothesis", "matplotlib", "msgspec", "nbformat", "nbgrader", "numpy", "otter"} | {
    "pandas",
    "pytest",
    "rich",
    "scipy",
    "sqlalchemy",
    "torch",
    "typer",
}


def modules() -> list[str]:
    """Every module of the package; the course that `allclose init` copies is data."""
    paths = [path for path in sorted((SRC / "allclose").rglob("*.py")) if "template" not in path.parts]
    names = (path.relative_to(SRC).with_suffix("") for path in paths)
    dotted = (".".join(name.parts).removesuffix(".__init__") for name in names)
    return [name for name in dotted if not name.endswith("__main__")]


def python(code: str, *arguments: str) -> str:
    """Run `code` in a fresh interpreter and give what it printed."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    return set(python(code).split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import allclose") & HEAVY


def test_the_words_that_a_notebook_imports_load_no_grader() -> None:
    loaded = loaded_after("from allclose import agree, gradcheck, public_checks")
    assert not loaded & (HEAVY - {"numpy", "matplotlib", "IPython"})


@pytest.mark.parametrize("name", sorted(set(allclose.__all__) - {"__version__"}))
def test_each_public_name_is_what_its_home_module_defines(name: str) -> None:
    value = getattr(allclose, name)
    assert callable(value)
    assert value.__module__.startswith("allclose.")
    assert name in dir(allclose)


def test_the_names_that_load_lazily_are_the_public_ones() -> None:
    assert {*allclose._HOMES, "__version__"} == set(allclose.__all__)


def test_an_unknown_name_is_refused_as_any_module_does() -> None:
    with pytest.raises(AttributeError, match="module 'allclose' has no attribute 'agreee'"):
        _ = allclose.agreee


def test_every_module_can_be_imported_first() -> None:
    """Third-party modules stay loaded, ours are dropped before each import: so no order of ours is leaned on."""
    code = """
import importlib, sys, traceback
failed = False
for name in sys.argv[1:]:
    for ours in [each for each in sys.modules if each.split(".")[0] == "allclose"]:
        del sys.modules[ours]
    try:
        importlib.import_module(name)
    except Exception:
        failed = True
        traceback.print_exc()
sys.exit(failed)
"""
    assert len(modules()) > 10
    python(code, *modules())


def test_the_layers_import_one_way_and_without_cycles() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_the_layers_that_are_checked_are_all_there() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {"layers", "teach-below", "teach-beside", "no-cycles"}


def tracked_texts() -> dict[str, str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    found = {}
    for path in paths:
        if path.is_file() and "assets" not in path.parts:
            try:
                found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return found


# The patterns are written so that they do not find themselves.
@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"/work/(?:main|shared|\.library)", id="a developer's folder"),
        pytest.param(r"/(?:root|home/\w+)/\.(?:pyenv|cache|local)", id="a developer's home"),
        pytest.param(
            r"pypi[.]org|files[.]pythonhosted|download[.]pytorch|deb[.]debian|registry[.]npmjs", id="a registry"
        ),
        pytest.param(r"-----BEGIN [A-Z ]*PRIVATE KEY", id="a private key"),
    ],
)
def test_no_tracked_file_names_one_machine_or_registry(pattern: str) -> None:
    assert [name for name, text in tracked_texts().items() if re.search(pattern, text)] == []


def test_every_dependency_is_pinned_exactly_and_every_pin_is_a_version() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in pins())
    pinned = {canonical(line.split("==")[0]) for line in pins()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    assert {canonical(re.split(r"[<>=\[; ]", each)[0]) for each in wanted} - pinned == set()


def test_every_pin_can_be_had_on_the_python_of_debian_12() -> None:
    needs = {pin: metadata(pin.split("==")[0]).get("Requires-Python") or "" for pin in pins()}
    assert [pin for pin, need in needs.items() if not SpecifierSet(need).contains("3.11.2")] == []


def pins() -> list[str]:
    return [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

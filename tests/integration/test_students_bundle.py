"""What students get, unpacked and used by the very commands of its page, with no index to ask."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import allclose
from allclose import course as courses
from allclose.interop.bundles.students import bundle
from allclose.notebook.release import release

TEMPLATE = Path(allclose.__file__).parent / "cli" / "template"
#: pip finds nothing but what is installed, and the folder it is called in.
ENV = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
#: Runs the cell for Colab and then the notebook up to the first cell that asks for an answer.
FIRST_CELLS = """
import sys, nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], 4)
asked = [cell.metadata.get("nbgrader", {}).get("solution", False) for cell in notebook.cells].index(True)
notebook.cells = [nbformat.v4.new_code_cell(sys.argv[2]), *notebook.cells[:asked]]
notebook.cells.append(nbformat.v4.new_code_cell("print(allclose.__file__, allclose.__version__)"))
NotebookClient(notebook, kernel_name="python3").execute()
print("".join(output.text for output in notebook.cells[-1].outputs))
"""


@dataclass(frozen=True)
class Unpacked:
    """The zip as a student unpacks it, in a folder with a space in its name."""

    folder: Path
    lab: str
    members: dict[str, bytes]

    def commands(self, place: str) -> list[str]:
        """The commands that the page gives for a system."""
        page = (self.folder / "START-HERE.html").read_text()
        found = re.search(rf'<pre id="{place}"><code>(.+?)</code></pre>', page, re.DOTALL)
        assert found is not None
        return html.unescape(found[1]).splitlines()

    def run(self, command: str) -> str:
        # `python3` is the tests' own; whoever has an environment active still gets a new one.
        env = {**ENV, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(self.folder.parent)}
        done = subprocess.run(
            command, shell=True, cwd=self.folder, env=env, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Unpacked:
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(TEMPLATE, root, dirs_exist_ok=True)
    (root / "source" / "example" / "numbers.csv").write_text("1,2,3\n")
    assignment = courses.load(root, "example")
    release(assignment, check=False)
    *_, archive = bundle(assignment, root / "bundles")
    folder = tmp_path_factory.mktemp("my downloads")
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
        members = {name: file.read(name) for name in file.namelist()}
    return Unpacked(folder / "example", "example", members)


def test_the_zip_is_one_folder_with_all_that_is_needed(unpacked: Unpacked) -> None:
    names = sorted(unpacked.members)
    wheel = f"example/allclose-{allclose.__version__}-py3-none-any.whl"
    page, requirements = "example/START-HERE.html", "example/requirements.txt"
    assert names == sorted([page, wheel, "example/example.ipynb", "example/numbers.csv", requirements])


def test_nothing_of_the_instructors_is_in_it(unpacked: Unpacked) -> None:
    wheel = next(name for name in unpacked.members if name.endswith(".whl"))
    with zipfile.ZipFile(unpacked.folder.parent / wheel) as file:
        inside = {name: file.read(name) for name in file.namelist()}
    assert {name.split("/")[0] for name in inside} == {"allclose", f"allclose-{allclose.__version__}.dist-info"}
    everything = b"\n".join([*inside.values(), *unpacked.members.values()]).decode("utf-8", "replace")
    hidden = [
        *_telling_lines(TEMPLATE / "solutions" / "example.py"),
        *_telling_lines(TEMPLATE / "autograder" / "example" / "test_example.py"),
        *(path.stem for path in (TEMPLATE / "autograder" / "example").rglob("*--*.py")),
    ]
    assert len(hidden) > 10
    assert [line for line in hidden if line in everything] == []


def test_its_commands_work_on_linux_and_macos(unpacked: Unpacked) -> None:
    make, install, start = unpacked.commands("posix")
    unpacked.run(make)
    _lend_packages(unpacked.folder / ".venv")
    installed = unpacked.run(install)
    assert "Successfully installed allclose-" in installed
    assert unpacked.run(f"{start} --version").startswith("4.")
    (colab,) = unpacked.commands("colab")
    script = unpacked.folder.parent / "first_cells.py"
    script.write_text(FIRST_CELLS)
    told = unpacked.run(f".venv/bin/python ../first_cells.py example.ipynb '{colab}'")
    assert str(unpacked.folder / ".venv") in told
    assert allclose.__version__ in told


def test_windows_has_the_same_commands_in_its_own_words(unpacked: Unpacked) -> None:
    posix = [line.replace("python3 -m", "py -m").replace("/bin/", "\\Scripts\\") for line in unpacked.commands("posix")]
    assert [line.replace(".venv\\", ".venv/") for line in unpacked.commands("windows")] == [
        line.replace(".venv\\", ".venv/") for line in posix
    ]


def test_the_page_needs_no_network_and_runs_no_script(unpacked: Unpacked) -> None:
    page = (unpacked.folder / "START-HERE.html").read_text()
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert "$" not in page


def _telling_lines(path: Path) -> list[str]:
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [line for line in lines if len(line) > 20 and not line.startswith(("from ", "import ", "#", "@"))]


def _lend_packages(env: Path) -> None:
    """Show a new environment the packages of the tests', without allclose, as if it had got them from an index."""
    source = next(Path(place) for place in sys.path if place.startswith(sys.prefix) and place.endswith("site-packages"))
    lent = env / "lent"
    lent.mkdir()
    for entry in source.iterdir():
        if "allclose" not in entry.name and not entry.name.endswith(".pth"):
            (lent / entry.name).symlink_to(entry)
    (packages,) = env.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(f"{lent}\n")

"""What students get: the released notebook and all it needs, for their own machines and for Colab.

START-HERE is an HTML page because a double click opens that in a browser on every system; Markdown opens in nothing at
all on a fresh Windows, and as bare text elsewhere.
"""

from __future__ import annotations

import html
import importlib.metadata
import re
from pathlib import Path
from string import Template

from allclose.errors import InteropError, LeakError
from allclose.interop.bundles.archive import folder_members, write_members, zipped
from allclose.interop.bundles.needs import Needs, needs
from allclose.interop.bundles.wheel import wheel
from allclose.model import Assignment
from allclose.notebook import leaks
from allclose.notebook.release import release, student_version

_PAGE = Path(__file__).parent / "resources" / "start-here.html"
_PAGE_NAME, _REQUIREMENTS_NAME = "START-HERE.html", "requirements.txt"
_JUPYTER = "jupyterlab>=4"
_PLAIN_NAME = re.compile(r"[\w./-]+", re.ASCII)


def bundle(assignment: Assignment, folder: Path) -> tuple[Path, ...]:
    """Write `<folder>/<lab>/`, ready to work in, and `<folder>/<lab>.zip`, which holds that folder for a course site.

    Parameters
    ----------
    assignment : Assignment
        Whose release is bundled; it has to be up to date.
    folder : Path
        Where to write.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    InteropError
        If the release is stale, a name is taken twice, or something that the lab imports is not installed here.
    LeakError
        If a file would show an answer or a hidden test.
    OSError
        If it cannot be written.
    """
    _refuse_stale(assignment)
    name = assignment.name
    members = folder_members(assignment.root / "release" / name)
    wheel_name, wheel_bytes = wheel()
    contents = {notebook.name: student_version(notebook, assignment) for notebook in assignment.notebooks}
    programs = {path: data.decode(errors="replace") for path, data in members.items() if path.endswith(".py")}
    needed = needs(assignment, contents, programs)
    made = {
        _REQUIREMENTS_NAME: _requirements(needed, wheel_name).encode(),
        _PAGE_NAME: _page(assignment, needed, wheel_name, tuple(members)).encode(),
    }
    for path in (*made, wheel_name):
        if path in members:
            raise InteropError(
                f"{assignment.root / 'release' / name / path}: a bundle has a file of this name: rename it"
            )
    members |= made
    _refuse_leaks(assignment, members)
    members[wheel_name] = wheel_bytes
    written = write_members(folder / name, members)
    archive = folder / f"{name}.zip"
    archive.write_bytes(zipped({f"{name}/{path}": data for path, data in members.items()}))
    return (*written, archive)


def _refuse_stale(assignment: Assignment) -> None:
    stale = release(assignment, check=True)
    if stale:
        raise InteropError(f"{stale[0]} is not what source/ gives: run allclose release {assignment.name}")


def _refuse_leaks(assignment: Assignment, members: dict[str, bytes]) -> None:
    found = leaks.scan_files(assignment, members)
    if found:
        raise LeakError(f"{assignment.root / 'release' / assignment.name}: {found[0]}; take it out, then bundle again")


def _requirements(needed: Needs, wheel_name: str) -> str:
    lines = ["# Install from the folder that holds this file: pip install -r requirements.txt"]
    lines += [needed.wheel(wheel_name), *needed.required, _JUPYTER]
    if needed.optional:
        lines += ["# Some demonstrations show more where these are installed too:"]
        lines += [f"# {line}" for line in needed.optional]
    return "".join(f"{line}\n" for line in lines)


def _page(assignment: Assignment, needed: Needs, wheel_name: str, released: tuple[str, ...]) -> str:
    notebooks = [f"{notebook.name}.ipynb" for notebook in assignment.notebooks]
    beside = [path for path in released if path not in notebooks]
    packages = [needed.wheel(wheel_name), *needed.required]
    words = {
        "lab": html.escape(assignment.name),
        "files": _listed([*notebooks, *beside, wheel_name, _REQUIREMENTS_NAME]),
        "python": _oldest_python(),
        "notebook": html.escape(_quoted(notebooks[0])),
        "notebooks": _listed(notebooks),
        "wheel": html.escape(wheel_name),
        "beside": f" and {_listed(beside)}" if beside else "",
        "colab": html.escape(" ".join(["%pip install -q", *map(_quoted, packages)])),
        "handin": _listed(notebooks),
        "optional": "",
    }
    if needed.optional:
        optional = html.escape(" ".join(map(_quoted, needed.optional)))
        words["optional"] = (
            "\n<h2>More to see</h2>\n<p>Some demonstrations show more where these are installed too:</p>\n"
            f"<pre><code>.venv/bin/python -m pip install {optional}</code></pre>"
        )
    return Template(_PAGE.read_text(encoding="utf-8")).substitute(words)


def _listed(names: list[str]) -> str:
    """Names as a page lists them: a, b and c."""
    shown = [f"<code>{html.escape(name)}</code>" for name in names]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _quoted(word: str) -> str:
    """A word for a command line, in the quotes that every shell and Colab take."""
    return word if _PLAIN_NAME.fullmatch(word) else f'"{word}"'


def _oldest_python() -> str:
    asked = importlib.metadata.metadata("allclose")["Requires-Python"]
    return str(asked).removeprefix(">=")

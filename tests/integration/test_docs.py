"""Every command and snippet of README and of the pages in docs/ does what the page says."""

from __future__ import annotations

import ast
import contextlib
import csv
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from allclose.cli import app, run
from allclose.course.config import nbgrader_config, read_limits
from tests.pages import Block, as_notebook, blocks, commands, shows

ROOT = Path(__file__).parents[2]
#: Pages that are written from the sources, and what `make bench` writes.
WRITTEN = ("docs/labs/lab*.md", "docs/reference/commands.md")
PAGES = sorted(
    path
    for path in (ROOT / "docs").rglob("*.md")
    if not any(path.relative_to(ROOT).match(written) for written in WRITTEN) and "_build" not in path.parts
)
PAGES.append(ROOT / "README.md")
#: What a course that has no class yet lacks.
OF_A_CLASS = ("submitted", "autograded", "roster.csv", "gradebook.db", "results")
GROUP: Any = typer.main.get_command(app)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_shows_is_so(page: Path, tmp_path: Path, a_class: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = blocks(page)
    begun = re.search(r"^<!-- begins in: (.*?) -->$", page.read_text(encoding="utf-8"), re.MULTILINE)
    here = tmp_path / "course"
    match begun[1] if begun is not None else "":
        case "a graded class":
            shutil.copytree(a_class, here)
        case "a course":
            shutil.copytree(a_class, here, ignore=shutil.ignore_patterns(*OF_A_CLASS))
        case "a handed-out lab":
            shutil.copytree(a_class / "release" / "example", here)
        case "lab 1":
            shutil.copytree(ROOT / "release" / "lab1_one_neuron", here)
        case "":
            here.mkdir()
        case unknown:
            raise AssertionError(f"{page}: it begins in '{unknown}'")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.chdir(here)
    reader = Reader()
    with reader:
        for block in shown:
            reader.take(block)


@pytest.fixture(scope="session")
def a_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course of `allclose init` with a class of three, graded: a right answer, a misconception, no answer."""
    root = tmp_path_factory.mktemp("docs") / "course"
    told(["init", str(root)])
    source = json.loads((root / "source/example/example.ipynb").read_text())
    solution = next(cell for cell in source["cells"] if cell["id"] == "standardize-answer")
    release = (root / "release/example/example.ipynb").read_text()
    wrong = (root / "autograder/example/misconceptions/standardize--sample.py").read_text()
    answers = {"s001": "".join(solution["source"]), "s002": wrong, "s003": None}
    for student, answer in answers.items():
        notebook = json.loads(release)
        cell = next(each for each in notebook["cells"] if each["id"] == "standardize-answer")
        cell["source"] = answer if answer is not None else cell["source"]
        folder = root / "submitted" / student / "example"
        folder.mkdir(parents=True)
        (folder / "example.ipynb").write_text(json.dumps(notebook))
    (root / "roster.csv").write_text(
        "id,name,email,section,site_id\n" + "".join(f"s00{n},Student {n},s00{n}@example.org,A,{n}\n" for n in (1, 2, 3))
    )
    with contextlib.chdir(root):
        told(["grade", "example"])
    return root


def told(arguments: list[str]) -> tuple[int, str]:
    """Run a command of ours in this process; its code and all that it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run(arguments)
    return code, said.getvalue()


class Reader:
    """Does what a page's blocks say, in the current folder, one after the other."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "page"}
        self.shell: InteractiveShell | None = None
        self.output = ""

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        if self.shell is not None:
            InteractiveShell.clear_instance()

    def take(self, block: Block) -> None:
        """Run, write or read one block; raise AssertionError where it is not as the page says."""
        match block.mark:
            case "file":
                write(Path(block.told), block.text)
            case "notebook":
                write(Path(block.told), as_notebook(block.text))
            case "meanwhile":
                exec(block.text, {"__name__": "meanwhile"})
                return
            case "output":
                assert shows(block.text, self.output), f"{block}: it is\n{self.output}"
                return
            case "not run":
                assert len(block.told) > 10, f"{block}: say why it is not run"
        known = {
            "console": self.console,
            "python": self.python,
            "ipython": self.ipython,
            "sh": only_read,
            "toml": toml,
            "json": lambda block: json.loads(block.text),
            "yaml": lambda block: yaml.safe_load(block.text),
            "csv": table,
            "text": plain,
            "{toctree}": lambda _block: None,  # the build reads these
            "{eval-rst}": lambda _block: None,
        }
        language = block.language or "text"
        assert language in known, f"{block}: a block of another language"
        known[language](block)

    def console(self, block: Block) -> None:
        if block.mark == "not run":
            parsed("\n".join(command for command, _ in commands(block)), block)
            return
        code = 0
        for command, shown in commands(block):
            code, self.output = self.call(command)
            assert shows(shown, self.output), f"{block}: `{command}` says\n{self.output}"
        assert code == int(block.told if block.mark == "exits" else 0), f"{block}: it ends with {code}:\n{self.output}"

    def call(self, command: str) -> tuple[int, str]:
        words = shlex.split(command)
        if words[0] == "cd":
            os.chdir(Path(words[1]).expanduser())
            return 0, ""
        # A notebook's own Python says by itself what `check` found.
        if words[0] == "allclose" and words[1] != "check" and not set(words) & {"|", ">", "&&"}:
            return told(words[1:])
        done = subprocess.run(["bash", "-ec", command], capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def python(self, block: Block) -> None:
        if block.mark == "notebook":
            return
        tree = ast.parse(block.text)
        if block.mark in ("file", "not run"):
            return
        if block.mark == "settings":
            write(Path("settings/nbgrader_config.py"), f"c = get_config()\n{block.text}")
            assert nbgrader_config(Path("settings")), f"{block}: it sets nothing"
            return
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, str(block), "exec"), self.names)
        self.output = printed.getvalue()

    def ipython(self, block: Block) -> None:
        if block.mark == "not run":
            ast.parse(TransformerManager().transform_cell(block.text))
            return
        if self.shell is None:
            self.shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            for cell in re.split(r"\n{3,}", block.text):
                result = self.shell.run_cell(cell, store_history=True)
                assert result.error_in_exec is None and result.error_before_exec is None, f"{block}: {cell}"
        self.output = printed.getvalue()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def only_read(block: Block) -> None:
    """A script that is not run: it says why, bash can read it, and the commands in it are ours."""
    assert block.mark == "not run", f"{block}: make it a `console` block, or say why it is not run"
    parsed(block.text, block)


def parsed(script: str, block: Block) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{block}: {done.stderr}"
    for line in script.splitlines():
        for call in re.findall(r"(?:^|[|;&(] *)(allclose [^|;&)#>]*)", line):
            is_ours(call, str(block))


def toml(block: Block) -> None:
    """`limits.toml` is read by the course's own reader; anything else must be TOML."""
    if block.mark == "file" and block.told.endswith("limits.toml"):
        read_limits(Path(block.told))
    else:
        tomllib.loads(block.text)


def table(block: Block) -> None:
    rows = list(csv.reader(block.text.splitlines()))
    assert {len(row) for row in rows} == {len(rows[0])}, f"{block}: rows of several lengths"


def plain(block: Block) -> None:
    """What a terminal or a folder shows. A command in it would be one that nobody runs."""
    assert not re.search(r"^(\$ |allclose \w)", block.text, re.MULTILINE), (
        f"{block}: commands stand in `console` blocks"
    )


def is_ours(call: str, where: str) -> None:
    """Raise where a call names a command or an option that the command line does not have."""
    words = shlex.split(call.replace("…", ""))[1:]
    if not words or words[0] in ("COMMAND", "--help", "--install-completion"):
        return
    assert words[0] in GROUP.commands, f"{where}: there is no `allclose {words[0]}`"
    command = GROUP.commands[words[0]]
    options = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}
    asked = {word.partition("=")[0].strip("[]") for word in words if word.strip("[").startswith("-") and word != "-"}
    assert asked <= options, f"{where}: `allclose {words[0]}` has no {', '.join(asked - options)}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_in_a_pages_text_are_those_of_the_command_line(page: Path) -> None:
    text = re.sub(r"^(```+).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for call in re.findall(r"`(allclose [^`]*)`", text):
        is_ours(call.replace("\\|", "|"), name_of(page))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        path = page.parent / target
        assert path.exists() or any(path.resolve().relative_to(ROOT).match(written) for written in WRITTEN), target

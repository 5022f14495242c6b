"""Notebooks run by the step that takes the place of nbgrader's Execute, one at a time, in the real sandbox."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade
from traitlets import TraitError
from traitlets.config import Config

from allclose.errors import InteropError
from allclose.interop import kept, preprocessor
from allclose.interop.preprocessor import SandboxedExecute


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    yield
    kept.end()


def ran(*sources: str, folder: Path | None = None, cells: list[NotebookNode] | None = None, **options: Any) -> Any:
    """A notebook of these cells after the step, with options as settings of `Execute`."""
    notebook = new_notebook(cells=cells or [new_code_cell(source) for source in sources])
    config = Config({"Execute": options})
    resources = {"metadata": {"path": "" if folder is None else str(folder)}}
    return SandboxedExecute(config=config, enabled=True)(notebook, resources)[0]


def shown(cell: NotebookNode) -> list[Any]:
    """What a cell shows: texts of streams and values, names of errors."""
    keys = {"stream": "text", "error": "ename"}
    return [
        output[keys[output.output_type]] if output.output_type in keys else output.data["text/plain"]
        for output in cell.outputs
    ]


def graded(source: str, points: float = 2.0, **metadata: Any) -> NotebookNode:
    about = {"grade": True, "solution": False, "locked": True, "grade_id": "test", "points": points}
    return new_code_cell(source, metadata={"nbgrader": about, **metadata})


def test_cells_share_their_names_and_show_what_a_kernel_would_show() -> None:
    notebook = ran("x = 2\nprint('two')", "", "x + 1", "1 / 0", "import sys; print('w', file=sys.stderr)")
    assert [shown(cell) for cell in notebook.cells] == [["two\n"], [], ["3"], ["ZeroDivisionError"], ["w\n"]]
    assert [cell.execution_count for cell in notebook.cells] == [1, None, 2, 3, 4]
    assert notebook.metadata.language_info.name == "python"
    assert set(notebook.cells[0].metadata.execution) == {
        "iopub.execute_input",
        "iopub.status.busy",
        "iopub.status.idle",
        "shell.execute_reply",
    }


def test_cells_know_that_nbgrader_grades_them_and_not_whose_machine_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "of the grader")
    notebook = ran("import os; os.environ.get('NBGRADER_EXECUTION'), os.environ.get('A_SECRET')")
    assert shown(notebook.cells[0]) == ["('autograde', None)"]


def test_an_overdue_cell_is_stopped_and_marked_as_nbgrader_marks_it() -> None:
    notebook = ran("print('begun')\nwhile True: pass", "print('next')", timeout=1)
    assert shown(notebook.cells[0]) == ["begun\n", "KeyboardInterrupt", "CellTimeoutError"]
    assert notebook.cells[0].outputs[-1].traceback == Execute().error_on_timeout["traceback"]
    assert shown(notebook.cells[1]) == ["next\n"]


def test_an_overdue_cell_is_marked_as_the_settings_have_it() -> None:
    late = {"ename": "Late", "evalue": "too late", "traceback": ["so late"]}
    loop = "while True: pass"
    assert shown(ran(loop, timeout=1, error_on_timeout=late).cells[0]) == ["KeyboardInterrupt", "Late"]
    with pytest.raises(CellTimeoutError):
        ran(loop, timeout=1, interrupt_on_timeout=False)


def test_each_cell_has_the_time_that_a_function_gives_it() -> None:
    notebook = ran(
        "while True: pass", "sum(range(10))", timeout_func=lambda cell: 1 if "while" in cell.source else None
    )
    assert [shown(cell)[-1] for cell in notebook.cells] == ["CellTimeoutError", "45"]


def test_a_cell_that_ignores_its_interrupt_costs_only_itself() -> None:
    stubborn = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    notebook = ran("x = 1", stubborn, "x", timeout=1)
    assert [shown(cell) for cell in notebook.cells] == [[], ["CellTimeoutError"], ["1"]]


def test_a_cell_that_ends_its_process_costs_only_itself() -> None:
    notebook = ran("x = 1", "import os; os._exit(0)", "x")
    assert [shown(cell) for cell in notebook.cells] == [[], ["DeadKernelError"], ["1"]]


def test_an_error_ends_the_notebook_where_the_settings_say_so() -> None:
    with pytest.raises(CellExecutionError):
        ran("1 / 0", force_raise_errors=True)


def test_hooks_of_the_settings_are_called_as_nbclient_calls_them() -> None:
    called: list[str] = []

    def hook(name: str) -> Any:
        return lambda **about: called.append(f"{name} {','.join(sorted(about))}")

    names = ("on_notebook_start", "on_cell_start", "on_cell_execute", "on_cell_complete", "on_cell_error")
    ran("1 / 0", **{name: hook(name) for name in names})
    assert called == [
        "on_notebook_start notebook",
        "on_cell_start cell,cell_index",
        "on_cell_execute cell,cell_index",
        "on_cell_complete cell,cell_index",
        "on_cell_error cell,cell_index,execute_reply",
    ]


def test_a_tag_skips_a_cell_but_no_graded_test() -> None:
    skip = {"tags": ["skip-execution", "mine"]}
    notebook = ran(cells=[new_code_cell("print(1)", metadata=skip), graded("assert False", **skip)])
    assert [shown(cell) for cell in notebook.cells] == [[], ["AssertionError"]]
    assert notebook.cells[1].metadata.tags == ["mine"]


def test_a_notebook_without_code_needs_no_sandbox_to_end_well() -> None:
    assert ran(cells=[new_markdown_cell("words")]).cells[0].source == "words"


def test_helpers_and_data_beside_the_notebook_are_there(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("three = 3\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "numbers.csv").write_text("4,5")
    notebook = ran("import helper; helper.three", "open('data/numbers.csv').read()", folder=tmp_path)
    assert [shown(cell) for cell in notebook.cells] == [["3"], ["'4,5'"]]


def test_files_that_cells_write_come_back_and_others_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    (tmp_path / "changed.txt").write_text("old")
    before = (tmp_path / "kept.txt").stat().st_ino
    ran(
        "import os; os.makedirs('results/deep'); open('results/deep/a.bin', 'wb').write(bytes(3_000_000))",
        "open('changed.txt', 'w').write('new'); os.chdir('/tmp'); open('elsewhere.txt', 'w').write('x')",
        folder=tmp_path,
    )
    assert (tmp_path / "results" / "deep" / "a.bin").read_bytes() == bytes(3_000_000)
    assert (tmp_path / "changed.txt").read_text() == "new"
    assert (tmp_path / "kept.txt").stat().st_ino == before
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.bin", "changed.txt", "deep", "kept.txt", "results"]


def test_cells_write_over_nothing_that_nbgrader_goes_by(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("outside")
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "lab.ipynb").write_text("{}")
    (folder / "timestamp.txt").write_text("2015-02-02 14:58:23 UTC")
    (folder / "link.txt").symlink_to(outside)
    (folder / "way").symlink_to(tmp_path)
    writes = "for name in ('lab.ipynb', 'more.IPYNB', 'timestamp.txt', 'link.txt', '.hidden', 'good.txt'):\n"
    writes += "    open(name, 'w').write('cheat')\n"
    writes += "import os; os.mkdir('way'); open('way/outside.txt', 'w').write('cheat'); os.mkdir('.git')\n"
    writes += "open('.git/config', 'w').write('cheat'); os.symlink('/etc/passwd', 'passwd'); os.mkfifo('pipe')"
    with caplog.at_level(logging.WARNING):
        ran(writes, folder=folder)
    assert outside.read_text() == "outside"
    assert (folder / "lab.ipynb").read_text() == "{}"
    assert (folder / "timestamp.txt").read_text().startswith("2015")
    assert (folder / "link.txt").is_symlink()
    assert {path.name for path in folder.iterdir()} == {"lab.ipynb", "timestamp.txt", "link.txt", "way", "good.txt"}
    assert "way/outside.txt: something else stands where its folder goes" in caplog.text


@pytest.mark.parametrize("spec", [{"name": "ir", "language": "R"}, {"name": "no_such_kernel"}])
def test_a_notebook_of_another_language_is_refused(spec: dict[str, str]) -> None:
    notebook = new_notebook(cells=[new_code_cell("1")], metadata={"kernelspec": {"display_name": "", **spec}})
    with pytest.raises(InteropError, match=f"asks for the kernel '{spec['name']}'.*runs Python only"):
        SandboxedExecute()(notebook, {})


def test_a_python_kernel_of_the_authors_own_is_ours() -> None:
    spec = {"name": "my-conda", "language": "python", "display_name": ""}
    notebook = new_notebook(cells=[new_code_cell("1")], metadata={"kernelspec": spec})
    assert shown(SandboxedExecute()(notebook, {})[0].cells[0]) == ["1"]


def test_a_kernel_that_the_settings_name_is_looked_at_too() -> None:
    with pytest.raises(InteropError, match="asks for the kernel 'ir'"):
        ran("1", kernel_name="ir")


def test_a_kernel_of_the_callers_own_is_refused() -> None:
    with pytest.raises(InteropError, match="takes no kernel manager"):
        SandboxedExecute().preprocess(new_notebook(), {}, object())


def test_cells_that_call_a_suite_that_is_not_here_are_an_error_and_no_zero() -> None:
    with pytest.raises(InteropError, match="put the suite"):
        ran(cells=[graded('import allclose\nallclose.run_suite("q", globals())')])
    assert shown(ran("def run_suite(): return 7\nrun_suite()").cells[0]) == ["7"]


@pytest.mark.parametrize("section", ["Execute", "SandboxedExecute"])
def test_the_tier_is_set_in_either_section_and_stands_in_the_notebook(section: str) -> None:
    step = SandboxedExecute(config=Config({section: {"isolation": "basic"}}))
    notebook = step(new_notebook(cells=[new_code_cell("6 * 7")]), {})[0]
    assert notebook.metadata.allclose == {"isolation": "basic", "tests": "the notebook's own", "flags": []}
    assert shown(notebook.cells[0]) == ["42"]


def test_the_tier_is_strong_unless_one_that_exists_is_named() -> None:
    assert SandboxedExecute().isolation == "strong"
    with pytest.raises(TraitError):
        SandboxedExecute(config=Config({"Execute": {"isolation": "weak"}}))


def test_without_isolation_each_notebook_still_has_a_folder_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        ran(f"open('{name}.txt', 'w').write('x')", folder=tmp_path / name, isolation="none")
        assert [path.name for path in (tmp_path / name).iterdir()] == [f"{name}.txt"]


def test_an_option_of_a_kernels_process_is_said_to_have_no_effect(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        ran("1", extra_arguments=["--colors=NoColor"])
    assert "Execute.extra_arguments has no effect" in caplog.text


def test_nbgrader_takes_partial_credit_from_what_a_test_gives() -> None:
    notebook = ran(cells=[graded("1.5"), graded("import sys; print('w', file=sys.stderr)"), graded("print('fine')")])
    assert [determine_grade(cell)[0] for cell in notebook.cells] == [1.5, 0, 2.0]


def test_a_demonstration_is_not_run_and_a_test_is_whatever_its_tags_say() -> None:
    tags = {"tags": ["skip-grading"]}
    notebook = ran(cells=[new_code_cell("print(1)", metadata=tags), graded("assert False", **tags)])
    assert [shown(cell) for cell in notebook.cells] == [[], ["AssertionError"]]


def test_cells_that_are_run_again_after_a_death_have_no_time_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preprocessor, "SPARE_SECONDS", 0.0)
    monkeypatch.setattr(preprocessor, "SPARE_CELL_SECONDS", 0.0)
    dies = "time.sleep(0.8)\nimport os; os._exit(0)"
    notebook = ran("import time; time.sleep(0.8)", dies, dies, dies, timeout=1)
    assert any("CellTimeoutError" in shown(cell) for cell in notebook.cells[1:])

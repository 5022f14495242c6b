"""`%%explain`: jupyter-ai where it is set up, else the instructor's words; and the cell runs in any case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from IPython.core.magic import Magics, line_cell_magic, magics_class
from traitlets import Unicode

Out = pytest.CaptureFixture[str]
DEMONSTRATION = "# Demonstration\nprint('a line')"


@magics_class
class AiMagics(Magics):
    """What of jupyter-ai 3 a caller meets: its name, its setting, and a prompt that is a template."""

    initial_language_model = Unicode(None, allow_none=True, config=True)
    asked: list[tuple[str, str]] = []  # noqa: RUF012
    answer: Any = "It prints."

    @line_cell_magic
    def ai(self, line: str, cell: str = "") -> Any:
        AiMagics.asked.append((line, cell.strip().format_map(dict(self.shell.user_ns))))
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.fixture
def ai(interactive: Any, monkeypatch: pytest.MonkeyPatch) -> type[AiMagics]:
    """jupyter-ai, loaded and without a model."""
    monkeypatch.setattr(AiMagics, "asked", [])
    interactive.register_magics(AiMagics)
    return AiMagics


def run(shell: Any, cell: str) -> None:
    result = shell.run_cell(cell, store_history=True)
    assert result.error_in_exec is None and result.error_before_exec is None


def test_the_instructors_words_come_first_and_then_the_cell_runs(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, f"%%explain\n{DEMONSTRATION}")
    assert capsys.readouterr().out == "It draws a line.\na line\n"


def test_the_cells_id_finds_its_words_whatever_became_of_its_text(
    interactive: Any, lab: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = {"metadata": {"cellId": "demo"}}
    monkeypatch.setattr(interactive, "get_parent", lambda: request, raising=False)
    run(interactive, "%%explain\nx = 40 + 2")
    assert capsys.readouterr().out == "It draws a line.\n"
    assert interactive.user_ns["x"] == 42


@pytest.mark.parametrize("request_", [None, {}, {"metadata": None}, {"metadata": {"cellId": 7}}])
def test_a_front_end_that_tells_no_id_is_no_error(
    request_: object, interactive: Any, lab: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactive, "get_parent", lambda: request_, raising=False)
    run(interactive, f"%%explain\n{DEMONSTRATION}")
    assert capsys.readouterr().out.startswith("It draws a line.")


def test_an_answer_cell_is_the_students_own(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, "%%explain\ndef double(x):\n    return x + x\n")
    assert capsys.readouterr().out.startswith("This cell is yours to write. `%hint double` gives a hint")
    assert interactive.user_ns["double"](4) == 8


def test_a_cell_without_words_names_its_section(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, "%%explain\n# Demonstration\nprint('a curve')")
    assert capsys.readouterr().out == (
        'No explanation was written for this cell. It belongs to the section "About triple".\na curve\n'
    )


def test_without_a_notebook_it_says_so_and_runs_the_cell(
    interactive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.chdir(tmp_path)
    run(interactive, "%%explain\nprint(1)")
    assert capsys.readouterr().out == "There is no explanation of this cell.\n1\n"


def test_the_last_value_of_the_cell_is_shown_as_ever(interactive: Any, lab: Path, capsys: Out) -> None:
    run(interactive, "%%explain\n6 * 7")
    assert capsys.readouterr().out.endswith("42\n")


def test_while_a_grader_runs_the_notebook_the_cell_only_runs(
    interactive: Any, ai: Any, lab: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    interactive.magics_manager.registry["AiMagics"].initial_language_model = "some:model"
    run(interactive, f"%%explain\n{DEMONSTRATION}")
    assert capsys.readouterr() == ("a line\n", "") and ai.asked == []


def test_jupyter_ai_without_a_model_is_not_asked(interactive: Any, ai: Any, lab: Path, capsys: Out) -> None:
    run(interactive, f"%%explain\n{DEMONSTRATION}")
    assert ai.asked == [] and capsys.readouterr().out.startswith("It draws a line.")


def test_jupyter_ai_explains_the_code_as_it_stands(interactive: Any, ai: Any, lab: Path, capsys: Out) -> None:
    interactive.magics_manager.registry["AiMagics"].initial_language_model = "some:model"
    run(interactive, "%%explain\nx = {'a': f\"{40 + 2}\", **{}}")
    ((model, prompt),) = ai.asked
    assert model == "some:model"
    assert prompt.startswith("Explain this cell") and "```python\nx = {'a': f\"{40 + 2}\", **{}}\n```" in prompt
    assert capsys.readouterr().out == "'It prints.'\n"
    assert interactive.user_ns["x"] == {"a": "42"}


class NoCredentials(BaseException):
    """Some errors of jupyter-ai are no Exception."""


@pytest.mark.parametrize("error", [NoCredentials("no key"), OSError("no key"), SystemExit("no key")])
def test_a_model_that_fails_gives_way_to_the_instructor(
    error: BaseException, interactive: Any, ai: Any, lab: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AiMagics, "answer", error)
    interactive.magics_manager.registry["AiMagics"].initial_language_model = "some:model"
    run(interactive, f"%%explain\n{DEMONSTRATION}")
    printed = capsys.readouterr().out
    assert f"jupyter-ai could not answer ({type(error).__name__}: no key)." in printed
    assert printed.endswith("It draws a line.\na line\n")


def test_a_configured_jupyter_ai_that_is_not_installed_is_no_error(interactive: Any, lab: Path, capsys: Out) -> None:
    interactive.config.AiMagics.initial_language_model = "some:model"
    run(interactive, f"%%explain\n{DEMONSTRATION}")
    assert capsys.readouterr().out == "It draws a line.\na line\n"


def test_a_configured_jupyter_ai_is_loaded_when_it_is_needed(
    interactive: Any, lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    (tmp_path / "jupyter_ai_magics.py").write_text(
        "from tests.unit.teach.test_tutor import AiMagics\n"
        "def load_ipython_extension(shell): shell.register_magics(AiMagics)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(AiMagics, "asked", [])
    interactive.config.AiMagics.initial_language_model = "some:model"
    run(interactive, f"%%explain\n{DEMONSTRATION}")
    assert [model for model, _ in AiMagics.asked] == ["some:model"]
    assert "It draws a line." not in capsys.readouterr().out

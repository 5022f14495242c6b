"""Explain this cell: by jupyter-ai where a student has set it up, else in the instructor's own words."""

from __future__ import annotations

from typing import Any

from allclose.teach.notebook import Notebook, plain_source
from allclose.teach.session import say_markdown
from allclose.teach.whereabouts import shell, this_notebook

#: The extensions of jupyter-ai that bring `%%ai`, newest first, and how each calls the model that is set up.
_EXTENSIONS = ("jupyter_ai_magic_commands", "jupyter_ai_magics")
_MODELS = ("initial_language_model", "default_language_model")

_PROMPT = """Explain this cell of a course notebook to a student, in a few short paragraphs: what it does, why, and what
to look at in its result. Do not write a solution to an exercise, and do not rewrite the code.

```python
{}
```"""


def explain(source: str, identity: str = "") -> None:
    """Show an explanation of a cell.

    Parameters
    ----------
    source : str
        The cell's code.
    identity : str
        The cell's id, where the front end tells it.
    """
    notebook = this_notebook(lambda one: one.find(source, identity) is not None)
    own = "" if notebook is None else _own_words(notebook, source, identity)
    fault = _ask_model(source)
    if fault is None:
        return
    if fault:
        print(fault)
    say_markdown(own or "There is no explanation of this cell.")


def _own_words(notebook: Notebook, source: str, identity: str) -> str:
    place = notebook.find(source, identity)
    assert place is not None
    written = notebook.explanation(place)
    if written:
        return written
    question = notebook.question_of(place)
    if question and notebook.questions[question].hints:
        return f"This cell is yours to write. `%hint {question}` gives a hint, `%check {question}` checks it."
    section = notebook.section(place)
    return f'No explanation was written for this cell. It belongs to the section "{section}".' if section else ""


def _ask_model(source: str) -> str | None:
    """Have jupyter-ai explain the code; None where it did, else why not, which is empty where nobody set it up."""
    magics = _jupyter_ai()
    model = next(filter(None, (getattr(magics, name, None) for name in _MODELS)), None)
    if magics is None or not model:
        return ""
    prompt = _PROMPT.format(plain_source(source))
    # A prompt is a template there, filled in once, and by jupyter-ai 2 once more: braces of the code are not for it.
    times = 4 if type(magics).__module__.startswith("jupyter_ai_magics.") else 2
    prompt = prompt.replace("{", "{" * times).replace("}", "}" * times)
    try:
        answer = shell().run_cell_magic("ai", model, prompt)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # some of its errors are no Exception
        return f"jupyter-ai could not answer ({type(error).__name__}: {error}). Here is what your instructor says."
    if answer is not None:
        from IPython.display import display

        display(answer)  # type: ignore[no-untyped-call]
    return None


def _jupyter_ai() -> Any:
    """The magics of jupyter-ai: loaded ones, or those that the configuration has a model for; None where none are."""
    interactive = shell()
    registry = getattr(getattr(interactive, "magics_manager", None), "registry", {})
    if "AiMagics" in registry or interactive is None or "AiMagics" not in interactive.config:
        return registry.get("AiMagics")
    for name in _EXTENSIONS:
        try:
            interactive.extension_manager.load_extension(name)
        except ImportError:
            continue
        return registry.get("AiMagics")
    return None

"""What a student asks for in a notebook: `check`, `hint` and `progress`. They print, and never raise.

While a grader runs the notebook they keep still: whoever left one in a cell loses nothing by it.
"""

from __future__ import annotations

import sys
from typing import Any

from allclose.teach import progress as seen
from allclose.teach.checking import Result, run_checks
from allclose.teach.checks import is_graded_now
from allclose.teach.notebook import Cell, Help, Notebook, question_name
from allclose.teach.saying import FAINT, GREEN, RED, in_colour, painted, unknown, verdict
from allclose.teach.whereabouts import history, shell, this_notebook


def check(*questions: str) -> None:
    """Run the public checks of questions on what the notebook has defined so far, and print a verdict for each.

    The checks are those of the notebook's grade cells, which need not have been run. Variables of the notebook stay
    as they are.

    Parameters
    ----------
    *questions : str
        Names of questions; all of the notebook's where none is given.
    """
    if is_graded_now():
        return
    known = _known_checks(questions)
    if not known:
        print("\n".join(unknown(name, ()) for name in questions) or "No public checks were found.")
        return
    colour = in_colour()
    passed = 0
    asked = questions or tuple(known)
    for name in asked:
        if name not in known:
            print(unknown(name, known))
            continue
        outcome = run_checks(name, known[name], _namespace())
        seen.note(name, passed=outcome.result is Result.PASSED)
        passed += outcome.result is Result.PASSED
        print(verdict(outcome, colour=colour))
    if len(asked) > 1:
        print(painted(f"{passed} of {len(asked)} questions pass their public checks.", FAINT, on=colour))


def hint(question: str) -> None:
    """Show the next hint of a question, one at each call; after the last the first comes again.

    Parameters
    ----------
    question : str
        The question's name.
    """
    if is_graded_now():
        return
    notebook = this_notebook(lambda one: question in one.questions) or this_notebook(lambda one: one.questions)
    questions = {} if notebook is None else notebook.questions
    if question not in questions:
        print(unknown(question, questions))
        return
    hints = questions[question].hints
    if not hints:
        print(f"There are no hints for '{question}'.")
        return
    place = seen.next_hint(question, len(hints))
    _show_help(question, hints[place], place + 1, len(hints))


def progress() -> None:
    """Print which questions' public checks have been run in this session, which pass, and for how many points."""
    if is_graded_now():
        return
    notebook = this_notebook(lambda one: one.questions)
    questions = {} if notebook is None else notebook.questions
    points = {name: question.points for name, question in questions.items()}
    names = [*points, *(name for name in seen.checked() if name not in points)]
    if not names:
        print("No questions were found: nothing has been checked, and there is no notebook here that holds any.")
        return
    colour = in_colour()
    width = max(map(len, [*names, "question"]))
    print(painted(f"  {'question':{width}}  points  public checks", FAINT, on=colour))
    for name in names:
        print(_row(name, points.get(name), width, colour=colour))
    won = [name for name in names if seen.passed(name)]
    print(
        f"{len(won)} of {len(names)} questions pass, which stand for {sum(points.get(name, 0) for name in won):g} of "
        f"{sum(points.values()):g} points. Hidden tests decide how many of them you get."
    )


def _known_checks(wanted: tuple[str, ...]) -> dict[str, str]:
    """The checks by question: of the notebook's file, or of the cells that were run where it cannot be found."""
    notebook = this_notebook(lambda one: set(wanted) <= set(one.questions) and bool(one.questions))
    if notebook is not None:
        return _by_question(notebook)
    run = ((question_name(Cell("code", source)), source) for source in history())
    found = {name: source for name, source in run if name}
    other = this_notebook(lambda one: one.questions)
    return {**(_by_question(other) if other is not None else {}), **found}


def _by_question(notebook: Notebook) -> dict[str, str]:
    return {name: _as_python(question.checks) for name, question in notebook.questions.items()}


def _as_python(source: str) -> str:
    """A cell's text with its magics as calls, as the shell would run it."""
    interactive = shell()
    return source if interactive is None else str(interactive.transform_cell(source))


def _namespace() -> dict[str, Any]:
    interactive = shell()
    found: dict[str, Any] = sys.modules["__main__"].__dict__ if interactive is None else interactive.user_ns
    return found


def _show_help(question: str, shown: Help, number: int, count: int) -> None:
    more = f"`%hint {question}` again for the next." if number < count else "This is the last one."
    title = f"Hint {number} of {count} for {question}"
    summary = shown.summary.partition(":")[2].strip()
    say_markdown(f"**{title}{f': {summary}' if summary else ''}**\n\n{shown.text}\n\n*{more}*")


def say_markdown(text: str) -> None:
    """Show text with formulas and code as a notebook shows its own; print it where there is no front end."""
    if getattr(shell(), "kernel", None) is None:
        print(text)
        return
    from IPython.display import display

    display({"text/markdown": text, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]


def _row(name: str, points: float | None, width: int, *, colour: bool) -> str:
    state = seen.passed(name)
    sign, said, hue = {True: ("✓", "pass", GREEN), False: ("✗", "fail", RED), None: ("·", "not run yet", FAINT)}[state]
    shown = "" if points is None else f"{points:g}"
    return f"{painted(sign, hue, on=colour)} {name:{width}}  {shown:>6}  {painted(said, hue, on=colour)}"

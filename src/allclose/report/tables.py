"""A class's grades as JSON, as a spreadsheet and as a table for the terminal."""

from __future__ import annotations

import csv
import io
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from allclose.model import Grade, Json, ManualMark, QuestionMark, Status, TestMark, Tier, Verdict

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from allclose.grading.batch import Change

#: What the table needs beside its students and questions: scores, gaps, and remarks of a readable width.
_OTHER_COLUMNS = 48
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")
_TIER_NOTES = {Tier.NONE: " (verdicts can be forged)"}


def grade_json(
    assignment: str,
    grades: Sequence[Grade],
    *,
    isolation: Tier,
    device: str,
    seconds: float,
    changes: Sequence[Change] = (),
    reused: int = 0,
    rerun: Mapping[str, Sequence[str]] | None = None,
) -> Json:
    """Return a class's grades as `allclose grade --json` writes them.

    Parameters
    ----------
    assignment : str
        The lab's name.
    grades : sequence of Grade
        One per submission; their order is kept. A grade that is `infra` has no scores: they are None.
    isolation, device, seconds
        Of the run.
    changes : sequence of Change
        The scores that the run changed.
    reused : int
        How many were taken as an earlier run left them.
    rerun : mapping of str to sequence of str, optional
        By student, the questions in which alone a submission was tested again.
    """
    return {
        "assignment": assignment,
        "isolation": isolation.value,
        "device": device,
        "seconds": round(seconds, 3),
        "submissions": [_submission_json(grade) for grade in grades],
        "changes": [_change_json(change) for change in changes],
        "reused": {"submissions": reused, "rerun": {student: list(names) for student, names in (rerun or {}).items()}},
    }


def question_csv(grades: Sequence[Grade]) -> str:
    """Return a class's grades as CSV, a line per student and a column per question.

    Text that a spreadsheet would take for a formula is led by an apostrophe. Scores that do not exist (`infra`, not yet
    graded by hand) are empty.
    """
    columns = _questions(grades)
    names = _column_names(columns)
    lines: list[Sequence[object]] = [
        ["student", "status", "score", "max_score", "manual_score", "manual_max_score", *names, "flags", "note"]
    ]
    for grade in grades:
        marks = {(mark.notebook, mark.question): mark for mark in grade.questions}
        got = grade.status is not Status.INFRA
        lines.append(
            [
                grade.student,
                grade.status.value,
                grade.score if got else None,
                grade.max_score,
                grade.manual.score if got else None,
                grade.manual.max_score,
                *(marks[column].score if got and column in marks else None for column in columns),
                "; ".join(grade.flags),
                grade.reason,
            ]
        )
    return csv_text(lines)


def csv_text(lines: Iterable[Sequence[object]]) -> str:
    """Return lines as a CSV file; text that a spreadsheet would take for a formula is led by an apostrophe."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[_csv_cell(value) for value in line] for line in lines])
    return text.getvalue()


def class_table(assignment: str, grades: Sequence[Grade], *, isolation: Tier, device: str, width: int = 100) -> Table:
    """Return the table that a grader reads: who has what, what went wrong, and what needs a look.

    Each question has a column where a terminal of `width` characters has room for that, else the questions that lost
    points are named beside what they lost them by.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    columns = _questions(grades)
    names = _column_names(columns)
    students = max((len(printable(grade.student)) for grade in grades), default=0)
    roomy = students + sum(max(len(name), 4) + 2 for name in names) + _OTHER_COLUMNS <= width
    shown = columns if roomy else []
    most = {column: maximum for grade in grades for column, maximum in _maxima(grade).items()}
    table = Table(
        title=title(assignment, isolation, device),
        box=SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        collapse_padding=True,
        pad_edge=False,
    )
    table.add_column("student", overflow="fold")
    table.add_column("score", justify="right", no_wrap=True)
    for column, name in zip(shown, names, strict=False):
        table.add_column(_text(f"{name}\n/{points(most[column])}"), justify="right", no_wrap=True)
    table.add_column("lost by" if roomy else "lost in and by", overflow="fold", ratio=1)
    for grade in grades:
        table.add_row(*_row(grade, shown, roomy=roomy))
    return table


def changes_table(changes: Sequence[Change], most: int = 20) -> Table:
    """Return the table of the scores that a regrade changed, `most` of them, the largest changes first."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=f"{count(len(changes), 'score')} changed", box=SIMPLE_HEAD, title_justify="left", pad_edge=False
    )
    table.add_column("student", overflow="fold")
    table.add_column("before", justify="right")
    table.add_column("after", justify="right")
    table.add_column("in", overflow="fold")
    for change in sorted(changes, key=lambda change: -abs(change.after - change.before))[:most]:
        where = ", ".join(f"{name} {points(before)} → {points(after)}" for name, before, after in change.questions)
        table.add_row(_text(change.student), points(change.before), points(change.after), _text(where))
    if len(changes) > most:
        table.add_row(f"and {len(changes) - most} more", "", "", "--json has all")
    return table


def title(assignment: str, isolation: Tier, device: str = "") -> Text:
    """Return what stands above a table: the lab, the isolation tier that held, the device."""
    tier = f"{assignment} · isolation: {isolation.value}{_TIER_NOTES.get(isolation, '')}"
    return _text(f"{tier} · device: {device}" if device else tier)


def summary(
    assignment: str,
    grades: Sequence[Grade],
    *,
    reused: int,
    seconds: float,
    recorded: bool = True,
    rerun: Mapping[str, Sequence[str]] | None = None,
) -> list[str]:
    """Return the lines that stand below a table: what was done, and what to do next; `recorded` in a gradebook."""
    by_status = Counter(grade.status for grade in grades)
    graded = [grade for grade in grades if grade.status is Status.GRADED]
    parts = [f"{by_status[status]} {status.value}" for status in Status if by_status[status]]
    done = f"{count(len(grades), 'submission')} in {seconds:.1f} s ({', '.join(parts) or 'none'})"
    if reused or rerun:
        done += f"; {_reuse(len(grades), reused, rerun or {})}"
    if graded:
        middle = statistics.median(grade.score for grade in graded)
        done += f"; median {points(middle)} of {points(graded[0].max_score)}"
    return [f"{done}.", *(f"Next: {step}" for step in _next_steps(assignment, grades, recorded=recorded))]


def _reuse(submissions: int, kept: int, rerun: Mapping[str, Sequence[str]]) -> str:
    """Say what was taken from an earlier run, what was tested again in some questions, and what as a whole."""
    tested = Counter(name for names in rerun.values() for name in names)
    in_part = sum(1 for names in rerun.values() if names)
    found = [f"{kept} kept from an earlier run"] if kept else []
    if in_part:
        found.append(f"{in_part} tested again only in {', '.join(f'{name} ({n})' for name, n in tested.items())}")
    if len(rerun) > in_part:
        found.append(f"{len(rerun) - in_part} marked anew, with no test run")
    rest = submissions - kept - len(rerun)
    if rest and rerun:
        found.append(f"{rest} graded as a whole")
    return ", ".join(found)


def points(value: float) -> str:
    """Return points in as few digits as say it: 13, 0.5, 6.67."""
    return f"{round(value, 2):g}"


def printable(text: str) -> str:
    """Return one line without control, bidi and other invisible characters, for a terminal or a page."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (character if unicodedata.category(character)[0] != "C" else " " for character in text)
    return " ".join("".join(kept).split())


def test_title(test: TestMark) -> str:
    """Return what the suite's author wrote for students, else the test's name as a sentence, without its inputs."""
    return printable(test.title) or printable(test.name.partition("[")[0].removeprefix("test_").replace("_", " "))


def some(names: Sequence[str], most: int = 5) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(printable(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text("\n".join(printable(line) for line in text.split("\n")), style=style)


def count(number: int, noun: str) -> str:
    """Return a number with its noun: 1 notebook, 2 notebooks."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _submission_json(grade: Grade) -> Json:
    got = grade.status is not Status.INFRA
    return {
        "student": grade.student,
        "status": grade.status.value,
        "score": grade.score if got else None,
        "max_score": grade.max_score,
        "flags": list(grade.flags),
        "reason": grade.reason,
        "manual": _manual_json(grade.manual),
        "questions": [_question_json(mark) for mark in grade.questions] if got else [],
    }


def _change_json(change: Change) -> Json:
    questions = [{"question": name, "before": before, "after": after} for name, before, after in change.questions]
    return {"student": change.student, "before": change.before, "after": change.after, "questions": questions}


def _manual_json(manual: ManualMark) -> Json:
    return {"score": manual.score, "max_score": manual.max_score, "pending": list(manual.pending)}


def _question_json(mark: QuestionMark) -> Json:
    return {
        "notebook": mark.notebook,
        "question": mark.question,
        "score": mark.score,
        "max_score": mark.max_score,
        "tests": [_test_json(test) for test in mark.tests],
    }


def _test_json(test: TestMark) -> Json:
    return {
        "name": test.name,
        "points": test.points,
        "verdict": test.verdict.value,
        "message": test.message,
        "misconception": test.misconception,
        "title": test.title,
    }


def _maxima(grade: Grade) -> dict[tuple[str, str], float]:
    return {(mark.notebook, mark.question): mark.max_score for mark in grade.questions}


def _questions(grades: Sequence[Grade]) -> list[tuple[str, str]]:
    """Return (notebook, question) of every question, in the order of the lab."""
    return list(dict.fromkeys(column for grade in grades for column in _maxima(grade)))


def _column_names(columns: Sequence[tuple[str, str]]) -> list[str]:
    """Return the questions' names, led by the notebook where two notebooks share one."""
    shared = Counter(question for _, question in columns)
    return [question if shared[question] == 1 else f"{notebook}/{question}" for notebook, question in columns]


def _csv_cell(value: object) -> object:
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    if isinstance(value, str):
        # A folder's name need not be UTF-8; a bare carriage return would begin a line of its own, unquoted.
        text = re.sub(r"\r\n?", "\n", value.encode("utf-8", "replace").decode())
        formula = text.startswith(_FORMULA_STARTS) and text.strip("-")  # a dash alone computes nothing
        return f"'{text}" if formula else text
    return value


def _row(grade: Grade, columns: Sequence[tuple[str, str]], *, roomy: bool) -> list[Text]:
    if grade.status is Status.INFRA:
        remarks = _text(f"NOT GRADED, our fault: {grade.reason}", "bold magenta")
        score, cells = _text("–"), [_text("–") for _ in columns]
    else:
        bad = grade.status is Status.BAD_FILE
        remarks = _text(f"BAD FILE: {grade.reason}", "bold red") if bad else _text(_losses(grade, named=not roomy))
        marks = {(mark.notebook, mark.question): mark for mark in grade.questions}
        score = _text(f"{points(grade.score)}/{points(grade.max_score)}", _style(grade.score, grade.max_score))
        cells = [_mark_text(marks.get(column)) for column in columns]
    # What makes a file bad is the remark itself.
    flags = [flag for flag in grade.flags if grade.status is not Status.BAD_FILE or not flag.startswith("bad-file:")]
    if flags:
        remarks.append(" · " if remarks else "").append_text(_text(", ".join(flags), "yellow"))
    return [_text(grade.student), score, *cells, remarks]


def _mark_text(mark: QuestionMark | None) -> Text:
    return _text("–") if mark is None else _text(points(mark.score), _style(mark.score, mark.max_score))


def _style(score: float, most: float) -> str:
    if score >= most:
        return "green"
    return "red" if score <= 0 else "yellow"


def _losses(grade: Grade, *, named: bool) -> str:
    """Return what cost points: "mse--sum, surface 1 timeout", with the points that are left where `named`."""
    lost = [mark for mark in grade.questions if mark.score < mark.max_score]
    texts = []
    for mark in lost:
        tests = [test for test in mark.tests if test.verdict is not Verdict.PASSED]
        slugs = dict.fromkeys(test.misconception.split("--", 1)[-1] for test in tests if test.misconception)
        verdicts = Counter(test.verdict.value for test in tests if not test.misconception)
        score = f"{points(mark.score)}/{points(mark.max_score)}" if named else ""
        causes = ", ".join([*slugs, *(f"{count} {verdict}" for verdict, count in verdicts.most_common())])
        texts.append(" ".join(filter(None, [mark.question, score, causes])))
    return "; ".join(texts)


def _next_steps(assignment: str, grades: Sequence[Grade], *, recorded: bool) -> list[str]:
    steps = []
    failed = [grade.student for grade in grades if grade.status is Status.INFRA]
    broken = [grade.student for grade in grades if grade.status is Status.BAD_FILE]
    waiting = [grade for grade in grades if grade.manual.pending and grade.status is Status.GRADED]
    if failed:
        steps.append(f"run the same command again; it takes up only what is not graded: {some(failed)}")
    if broken:
        steps.append(f"ask for a readable file: {some(broken)}")
    if waiting:
        what = list(dict.fromkeys(name for grade in waiting for name in grade.manual.pending))
        where = "in the formgrader (jupyter lab, menu Nbgrader)"
        steps.append(f"grade {some(what)} of {count(len(waiting), 'submission')} by hand, {where}")
    if not steps and grades and recorded:
        steps.append(f"allclose feedback {assignment}")
    return steps

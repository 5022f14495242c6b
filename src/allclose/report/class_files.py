"""The class report as JSON and as spreadsheets: the same as on the page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from allclose.model import Json
from allclose.report.classroom import ClassReport
from allclose.report.tables import csv_text

_Lines = Iterator[Sequence[object]]


def class_json(report: ClassReport) -> Json:
    """Return the report as plain JSON: its fields, by their names."""
    import msgspec

    found: Json = msgspec.to_builtins(report)
    return found


def class_json_text(report: ClassReport) -> str:
    """Return the JSON as a file has it."""
    return json.dumps(class_json(report), indent=1, allow_nan=False) + "\n"


def class_tables(report: ClassReport) -> dict[str, str]:
    """Return the report's CSV files, by name; text that a spreadsheet would take for a formula is quoted."""
    tables = {
        "questions": _questions(report),
        "tests": _tests(report),
        "misconceptions": _misconceptions(report),
        "messages": _messages(report),
        "students": _students(report),
        "waiting": _waiting(report),
        "flags": _flags(report),
        "sections": _sections(report),
        "similar": _similar(report),
        "ratings": _ratings(report),
        "comments": _comments(report),
        "labs": _labs(report),
    }
    return {f"{name}.csv": csv_text(lines) for name, lines in tables.items()}


def _questions(report: ClassReport) -> _Lines:
    yield ("question", "max_score", "by_hand", "graded", "full", "none", "difficulty", "discrimination")
    for each in report.questions:
        by_hand = "yes" if each.by_hand else "no"
        numbers = _rounded(each.difficulty), _rounded(each.discrimination)
        yield (each.name, each.max_score, by_hand, each.graded, each.full, each.none, *numbers)


def _tests(report: ClassReport) -> _Lines:
    yield ("question", "test", "title", "points", "tested", "passed", "otherwise")
    for each in report.tests:
        otherwise = "; ".join(f"{verdict} {count}" for verdict, count in each.verdicts.items())
        yield (each.question, each.name, each.title, each.points, each.tested, each.passed, otherwise)


def _misconceptions(report: ClassReport) -> _Lines:
    yield ("misconception", "question", "title", "count", "students")
    for each in report.misconceptions:
        yield (each.name, each.question, each.title, each.count, "; ".join(each.students))


def _messages(report: ClassReport) -> _Lines:
    yield ("question", "message", "count", "students")
    for each in report.messages:
        yield (each.question, each.message, each.count, "; ".join(each.students))


def _students(report: ClassReport) -> _Lines:
    labs = [f"share of {lab.name}" for lab in report.labs]
    questions = [question.name for question in report.questions]
    yield ("student", "name", "section", "status", "score", *questions, "misconceptions", "flags", "seconds", *labs)
    for row in report.rows:
        said = "; ".join(row.misconceptions), "; ".join(row.flags)
        numbers = _rounded(row.seconds), *map(_rounded, row.progress)
        yield (row.id, row.name, row.section, row.state, _rounded(row.score), *row.points, *said, *numbers)


def _waiting(report: ClassReport) -> _Lines:
    yield ("kind", "what", "student", "remark")
    for each in report.waiting:
        remarks = each.remarks or ("",) * len(each.students)
        for student, remark in zip(each.students, remarks, strict=True):
            yield (each.kind, each.words, student, remark)


def _flags(report: ClassReport) -> _Lines:
    yield ("flag", "what", "count", "students")
    for each in report.flags:
        yield (each.kind, each.words, each.count, "; ".join(each.students))


def _sections(report: ClassReport) -> _Lines:
    yield ("section", "students", "graded", "share", *(question.name for question in report.questions))
    for each in report.sections:
        yield (each.name, each.students, each.graded, _rounded(each.share), *map(_rounded, each.questions))


def _similar(report: ClassReport) -> _Lines:
    yield ("student", "other", "share", "pieces", "answers")
    for each in report.similar.pairs:
        yield (*each.students, _rounded(each.share), each.pieces, "; ".join(each.cells))


def _ratings(report: ClassReport) -> _Lines:
    yield ("section", "ratings", "mean", *(f"{stars} of 5" for stars in range(1, 6)))
    for each in report.ratings:
        yield (each.section, each.count, _rounded(each.mean), *each.stars)


def _comments(report: ClassReport) -> _Lines:
    yield ("section", "student", "stars", "comment")
    for each in report.ratings:
        for comment in each.comments:
            yield (each.section, comment.student, comment.stars, comment.text)


def _labs(report: ClassReport) -> _Lines:
    yield ("lab", "students", "low", "median", "high")
    for each in report.labs:
        yield (each.name, each.students, _rounded(each.low), _rounded(each.median), _rounded(each.high))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

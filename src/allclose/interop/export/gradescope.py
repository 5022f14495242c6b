"""Gradescope: for each submission what an autograder writes into `results.json`, in one list."""

from __future__ import annotations

import json

from allclose.interop.export.exported import Exported, points
from allclose.interop.export.spreadsheet import earned, question_names
from allclose.interop.export.standings import Standing, Standings, State
from allclose.model import Json
from allclose.report.gradescope import test_entry


def gradescope_results(standings: Standings, *, with_pending: bool) -> Exported:
    """Give a list with an entry per student: who it is, `score`, and `tests` with name, score, max_score and output.

    The score of a student whose work waits for a grader, or could not be graded, is null; a student who handed in
    nothing has 0.
    """
    entries = [_entry(standings, student, with_pending=with_pending) for student in standings.students]
    text = json.dumps(entries, indent=1, ensure_ascii=False, allow_nan=False)
    return Exported(text.encode("utf-8", "replace").decode() + "\n", len(entries))


def _entry(standings: Standings, student: Standing, *, with_pending: bool) -> Json:
    score = 0.0 if student.state is State.MISSING else student.score(with_pending=with_pending)
    turned = student.turned
    return {
        "student": student.id,
        "name": student.name,
        "email": student.email,
        "status": student.state.value,
        "score": None if score is None else points(score),
        "max_score": points(standings.max_score),
        "output": _output(standings, student),
        "tests": [] if turned is None or student.state is State.INFRA else _tests(standings, student),
    }


def _output(standings: Standings, student: Standing) -> str:
    lines = [student.reason, *student.flags]
    if waiting := standings.waiting(student):
        lines.append(f"Waits for a grader: {', '.join(waiting)}")
    if student.state is State.MISSING:
        lines.append("Nothing was handed in.")
    if student.turned is not None and student.turned.penalty:
        lines.append(f"Late penalty: {student.turned.penalty:g}")
    return "\n".join(filter(None, lines))


def _tests(standings: Standings, student: Standing) -> list[Json]:
    assert student.turned is not None
    found: list[Json] = []
    names = question_names(standings.asked)
    for asked, name, entry, tests in zip(standings.asked, names, student.turned.entries, student.tests, strict=True):
        untouched = entry.manual is None and not entry.extra
        if tests and untouched and abs(sum(map(earned, tests)) - entry.score) < 1e-6:
            found += [{**test_entry(name, test), "visibility": "visible"} for test in tests]
        else:
            found.append(
                {
                    "name": name,
                    "score": points(entry.score),
                    "max_score": points(asked.max_score),
                    "output": entry.comment or ("Waits for a grader." if entry.pending else ""),
                    "visibility": "visible",
                }
            )
    return found

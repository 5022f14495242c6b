"""otter: `final_grades.csv`, as `otter grade` writes it (`otter.grade.utils.merge_scores_to_df`)."""

from __future__ import annotations

from allclose.interop.export.exported import Exported, points
from allclose.interop.export.spreadsheet import question_names
from allclose.interop.export.standings import Standing, Standings, State
from allclose.report.tables import csv_text

_POINTS_ROW = "points-per-question"


def final_grades(standings: Standings, *, with_pending: bool) -> Exported:
    """A row with each question's points, then a row per student by file: points, total, ratio and status.

    `file` is the student's id as the name of a notebook; where otter has a submission's error, `grading_status` says
    what kept it from a score. The total is the score that counts, extra credit and late penalty in it.
    """
    names = sorted((name, place) for place, name in enumerate(question_names(standings.asked)))
    places = [place for _, place in names]
    most = [points(standings.asked[place].max_score) for place in places]
    ordered = sorted(standings.students, key=lambda student: f"{student.id}.ipynb")
    lines: list[list[object]] = [
        ["file", *(name for name, _ in names), "total_points_earned", "percent_correct", "grading_status"],
        [_POINTS_ROW, *most, points(standings.max_score), 1.0, "--"],
        *(_row(standings, student, places, with_pending=with_pending) for student in ordered),
    ]
    return Exported(csv_text(lines), len(ordered))


def _row(standings: Standings, student: Standing, places: list[int], *, with_pending: bool) -> list[object]:
    file, score = f"{student.id}.ipynb", student.score(with_pending=with_pending)
    if student.state in (State.MISSING, State.BAD_FILE):
        score = 0.0
    earned: list[float | None]
    if student.turned is not None and student.state is not State.INFRA:
        earned = [
            None if entry.pending and not with_pending else points(entry.score) for entry in student.turned.entries
        ]
    else:
        earned = [None if score is None else 0.0] * len(standings.asked)
    ratio = None if score is None or not standings.max_score else round(score / standings.max_score, 4)
    total = None if score is None else points(score)
    return [file, *(earned[place] for place in places), total, ratio, _status(standings, student)]


def _status(standings: Standings, student: Standing) -> str:
    match student.state:
        case State.MISSING:
            return "No submission"
        case State.GRADED if student.pending:
            return f"Waits for a grader: {', '.join(standings.waiting(student))}"
        case State.GRADED:
            return "Completed"
        case State.UNGRADED:
            return "Not graded"
    return student.reason or student.state.value

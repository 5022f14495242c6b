"""otter's final_grades.csv, beside the one that otter itself makes."""

from __future__ import annotations

import io
import warnings
from types import SimpleNamespace
from typing import Any

import pandas as pd

from allclose.interop.export.otter import final_grades
from allclose.interop.export.standings import read_standings
from allclose.model import Assignment
from tests.graded_course import finished
from tests.unit.interop.export.conftest import table


def result(file: str, scores: dict[str, tuple[float, float]]) -> Any:
    """As much of otter's GradingResults as it merges."""
    total, possible = (sum(pair[place] for pair in scores.values()) for place in (0, 1))
    return SimpleNamespace(
        file=file,
        total=total,
        possible=possible,
        percent=round(total / possible, 4),
        has_catastrophic_failure=lambda: False,
        to_dict=lambda: {name: {"score": score, "possible": most} for name, (score, most) in scores.items()},
    )


def test_it_is_what_otter_makes_of_the_same_scores(lab: Assignment) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what otter imports
        from otter.grade.utils import merge_scores_to_df
    finished(lab, "s002", essay=1.0, project=5.0)
    theirs = merge_scores_to_df(
        [
            result("s002.ipynb", {"project": (5.0, 5.0), "essay": (1.0, 3.0), "double-test": (1.5, 2.0)}),
            result("s003.ipynb", {"project": (0.0, 5.0), "essay": (0.0, 3.0), "double-test": (0.0, 2.0)}),
        ]
    )
    ours = pd.read_csv(io.StringIO(final_grades(read_standings(lab), with_pending=False).text))
    assert list(ours.columns) == list(theirs.columns)
    same = ours[ours["file"].isin(["points-per-question", "s002.ipynb"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, theirs[:2], check_dtype=False)


def test_the_total_counts_extra_credit_and_lateness_and_the_status_says_why_there_is_none(lab: Assignment) -> None:
    rows = table(final_grades(read_standings(lab), with_pending=False).text)
    assert {file: (row["total_points_earned"], row["grading_status"]) for file, row in rows.items()} == {
        "points-per-question": ("10", "--"),
        "s001.ipynb": ("7.25", "Completed"),
        "s002.ipynb": ("", "Waits for a grader: essay, project"),
        "s003.ipynb": ("0", "first.ipynb is not JSON"),
        "s004.ipynb": ("", "the sandbox did not start"),
        "s005.ipynb": ("", "Not graded"),
        "s006.ipynb": ("0", "No submission"),
        "s007.ipynb": ("0", "No submission"),
    }
    assert rows["s001.ipynb"]["percent_correct"] == "0.725"
    assert (rows["s002.ipynb"]["double-test"], rows["s002.ipynb"]["essay"]) == ("1.5", "")

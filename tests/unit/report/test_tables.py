"""The JSON, CSV and terminal table of a class."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from allclose.grading.batch import Change
from allclose.model import Grade, ManualMark, QuestionMark, Status, TestMark, Tier, Verdict
from allclose.report.tables import changes_table, class_table, grade_json, question_csv, summary


def grade(student: str, **changes: Any) -> Grade:
    tests = (
        TestMark("test_a", 4.0, Verdict.FAILED, "The result is twice what is expected."),
        TestMark("test_b", 4.0, Verdict.FAILED, "Mean, not sum", "mse--sum"),
        TestMark("test_c", 2.0, Verdict.TIMEOUT),
    )
    standard: dict[str, Any] = {
        "student": student,
        "status": Status.GRADED,
        "score": 8.5,
        "max_score": 18.0,
        "flags": ("cell-restored: mse-grade",),
        "manual": ManualMark(None, 6.0, ("think",)),
        "questions": (QuestionMark("lab", "forward", 8.5, 8.5), QuestionMark("lab", "mse", 0.0, 9.5, tests)),
        "isolation": Tier.BASIC,
        "device": "cpu",
        "seconds": 0.1,
    }
    return Grade(**(standard | changes))


INFRA = grade("s003", status=Status.INFRA, score=0.0, questions=(), flags=(), reason="the sandbox did not start")
BROKEN = grade(
    "s002",
    status=Status.BAD_FILE,
    score=0.0,
    flags=(),
    reason="lab.ipynb is not JSON",
    manual=ManualMark(0.0, 6.0, ()),
    questions=(QuestionMark("lab", "forward", 0.0, 8.5), QuestionMark("lab", "mse", 0.0, 9.5)),
)


def rendered(table: Table, width: int = 200) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def shown(grades: list[Grade], tier: Tier = Tier.BASIC, width: int = 200) -> str:
    return rendered(class_table("lab1", grades, isolation=tier, device="cpu", width=width), width)


def test_the_json_is_the_documented_one() -> None:
    found = grade_json("lab1", [grade("s001")], isolation=Tier.BASIC, device="cpu", seconds=4.12345)
    assert json.loads(json.dumps(found)) == {
        "assignment": "lab1",
        "isolation": "basic",
        "device": "cpu",
        "seconds": 4.123,
        "submissions": [
            {
                "student": "s001",
                "status": "graded",
                "score": 8.5,
                "max_score": 18.0,
                "flags": ["cell-restored: mse-grade"],
                "reason": "",
                "manual": {"score": None, "max_score": 6.0, "pending": ["think"]},
                "questions": [
                    {"notebook": "lab", "question": "forward", "score": 8.5, "max_score": 8.5, "tests": []},
                    {
                        "notebook": "lab",
                        "question": "mse",
                        "score": 0.0,
                        "max_score": 9.5,
                        "tests": [
                            {
                                "name": "test_a",
                                "points": 4.0,
                                "verdict": "failed",
                                "message": "The result is twice what is expected.",
                                "misconception": None,
                                "title": "",
                            },
                            {
                                "name": "test_b",
                                "points": 4.0,
                                "verdict": "failed",
                                "message": "Mean, not sum",
                                "misconception": "mse--sum",
                                "title": "",
                            },
                            {
                                "name": "test_c",
                                "points": 2.0,
                                "verdict": "timeout",
                                "message": "",
                                "misconception": None,
                                "title": "",
                            },
                        ],
                    },
                ],
            }
        ],
        "changes": [],
        "reused": {"submissions": 0, "rerun": {}},
    }


def test_a_fault_of_ours_is_no_score_anywhere() -> None:
    found = grade_json("lab1", [INFRA], isolation=Tier.BASIC, device="cpu", seconds=1)["submissions"][0]
    assert (found["status"], found["score"], found["questions"]) == ("infra", None, [])
    line = list(csv.DictReader(io.StringIO(question_csv([grade("s001"), INFRA]))))[1]
    assert (line["score"], line["forward"], line["mse"]) == ("", "", "")
    assert "NOT GRADED, our fault: the sandbox did not start" in shown([INFRA])


def test_the_csv_has_a_column_for_every_question() -> None:
    assert question_csv([grade("s001"), BROKEN]) == (
        "student,status,score,max_score,manual_score,manual_max_score,forward,mse,flags,note\n"
        "s001,graded,8.5,18,,6,8.5,0,cell-restored: mse-grade,\n"
        "s002,bad-file,0,18,0,6,0,0,,lab.ipynb is not JSON\n"
    )


def test_questions_of_two_notebooks_keep_apart() -> None:
    twice = grade("s", questions=(QuestionMark("p1", "q", 1.0, 1.0), QuestionMark("p2", "q", 0.0, 1.0)))
    assert ",p1/q,p2/q," in question_csv([twice])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_starts_a_formula(start: str) -> None:
    hostile = f'{start}cmd|"/c calc"!A0'
    lines = list(csv.reader(io.StringIO(question_csv([grade(hostile, flags=(hostile,), reason=hostile)]))))
    assert [cell for cell in lines[1] if cell.startswith(start)] == []
    assert lines[1].count("'" + hostile.replace("\r", "\n")) == 3


def test_no_cell_begins_a_line_of_its_own() -> None:
    assert len(list(csv.reader(io.StringIO(question_csv([grade("s001", reason="a\r=1+1\r\n=1+1\n=1+1")]))))) == 2


def test_a_cell_of_dashes_computes_nothing_and_stays() -> None:
    assert ",--\n" in question_csv([grade("s001", reason="--")])


def test_scores_in_the_csv_keep_all_their_digits() -> None:
    assert ",0.3333333333333333," in question_csv([grade("s", score=1 / 3)])


def test_a_folder_name_that_is_no_text_can_be_written() -> None:
    question_csv([grade("s\udcff")]).encode()
    shown([grade("s\udcff")]).encode()


def test_the_table_shows_scores_losses_flags_and_the_tier() -> None:
    text = shown([grade("s001"), BROKEN])
    assert "lab1 · isolation: basic · device: cpu" in text
    assert "8.5/18" in text
    assert "mse sum, 1 failed, 1 timeout · cell-restored: mse-grade" in text
    assert "forward" in text.split("student")[0]
    assert "BAD FILE: lab.ipynb is not JSON" in text


def test_a_narrow_table_names_the_questions_that_lost_points() -> None:
    text = shown([grade("s001"), BROKEN, INFRA], width=60)
    assert "mse 0/9.5 sum" in " ".join(text.split())
    assert "forward" not in text


def test_a_run_without_isolation_says_what_that_means() -> None:
    assert "verdicts can be forged" in shown([grade("s001")], Tier.NONE)


def test_a_student_s_name_cannot_paint_the_terminal() -> None:
    text = shown([grade("s\x1b[31m\u202eevil\n[bold]x[/bold]")])
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]x[/bold]" in text


def test_the_summary_says_what_comes_next() -> None:
    lines = summary("lab1", [grade("s001"), BROKEN, INFRA], reused=1, seconds=3.21)
    assert lines == [
        "3 submissions in 3.2 s (1 graded, 1 bad-file, 1 infra); 1 kept from an earlier run; median 8.5 of 18.",
        "Next: run the same command again; it takes up only what is not graded: s003",
        "Next: ask for a readable file: s002",
        "Next: grade think of 1 submission by hand, in the formgrader (jupyter lab, menu Nbgrader)",
    ]


def test_a_finished_class_goes_on_to_feedback() -> None:
    done = grade("s001", manual=ManualMark(6.0, 6.0, ()))
    assert summary("lab1", [done], reused=0, seconds=1)[-1] == "Next: allclose feedback lab1"


def test_a_regrades_changes_are_told_largest_first_and_the_many_are_counted() -> None:
    changes = [Change(f"s{number:03}", 10.0, 10.0 - number, (("adam", 5.0, 5.0 - number),)) for number in range(1, 31)]
    text = rendered(changes_table(changes))
    assert "30 scores changed" in text
    assert text.index("s030") < text.index("s029")
    assert "adam 5 → -25" in text
    assert "and 10 more" in text and "s010" not in text


def test_the_json_holds_every_change() -> None:
    change = Change("s001", 3.0, 4.5, (("adam", 0.0, 1.5),))
    found = grade_json("lab1", [grade("s001")], isolation=Tier.BASIC, device="cpu", seconds=1, changes=[change])
    assert found["changes"] == [
        {
            "student": "s001",
            "before": 3.0,
            "after": 4.5,
            "questions": [{"question": "adam", "before": 0.0, "after": 1.5}],
        }
    ]

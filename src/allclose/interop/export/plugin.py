"""A row per question by nbgrader's own `export`: `--exporter=allclose.interop.export.plugin.QuestionCsv`.

It needs the gradebook only, so it works in any nbgrader course, whoever graded it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from allclose.interop.export.book import Book, Entry, read_book
from allclose.interop.export.exported import points
from allclose.report.files import write_whole
from allclose.report.tables import csv_text

_HEADER = (
    *("assignment", "student_id", "last_name", "first_name", "email", "timestamp", "notebook", "question"),
    *("auto_score", "manual_score", "extra_credit", "score", "max_score", "needs_manual_grade", "comment"),
    *("assignment_raw_score", "late_submission_penalty", "assignment_score", "assignment_max_score"),
)


class QuestionCsv(ExportPlugin):  # type: ignore[misc]
    """Writes a row per student and question of each assignment; one who handed in nothing has 0, as nbgrader has it."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that `--to` names, `questions.csv` where it names none.

        `--assignment` and `--student` choose, as in nbgrader's own export.
        """
        target = Path(self.to or "questions.csv")
        names = [each.name for each in gradebook.assignments if _chosen(each.name, self.assignment)]
        books = [book for name in names if (book := read_book(gradebook.db, name)) is not None]
        rows = [row for book in books for row in _rows(book, self.student)]
        write_whole(target, csv_text([_HEADER, *rows]))
        self.log.info("Exported %d rows of %d assignments to %s", len(rows), len(books), target)


def _chosen(name: str, wanted: Iterable[object]) -> bool:
    names = [str(each) for each in wanted]
    return not names or name in names


def _rows(book: Book, students: Sequence[object]) -> Iterator[list[object]]:
    for student in book.students.values():
        if not _chosen(student.id, students):
            continue
        turned = book.turned.get(student.id)
        whole = [turned.raw_score, turned.penalty, turned.score] if turned is not None else [0.0, 0.0, 0.0]
        entries = turned.entries if turned is not None else (Entry(auto=0.0),) * len(book.asked)
        timestamp = turned.submitted.isoformat(sep=" ") if turned is not None and turned.submitted else ""
        for asked, entry in zip(book.asked, entries, strict=True):
            yield [
                *(book.assignment, student.id, student.last_name, student.first_name, student.email, timestamp),
                *(asked.notebook, asked.question, entry.auto, entry.manual, entry.extra),
                *(points(entry.score), points(asked.max_score), entry.pending, entry.comment),
                *map(points, (*whole, book.max_score)),
            ]

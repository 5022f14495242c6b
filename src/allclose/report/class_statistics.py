"""Statistics of a class's results: pure functions from a `Classroom` to a `ClassReport`.

They are over the submissions that could be graded; who handed in nothing, or nothing that can be read, is listed under
what needs a hand. A question that is graded by hand counts in totals once it is graded for everybody.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from allclose.model import TestMark, Verdict
from allclose.ratings import HIGHEST, LOWEST, Rating
from allclose.report.classroom import (
    ClassReport,
    Classroom,
    Comment,
    FlagReport,
    Item,
    Known,
    LabReport,
    MessageReport,
    MisconceptionReport,
    QuestionReport,
    RatingReport,
    Scores,
    SectionReport,
    Slow,
    Student,
    StudentRow,
    TestReport,
    Waiting,
)
from allclose.report.flags import class_words
from allclose.report.similar import near_identical
from allclose.report.tables import printable, test_title

#: A correlation over fewer submissions says nothing.
LEAST_FOR_CORRELATION = 5
SLOWEST = 10
BINS = 10
_MAX_COMMENTS = 200


def class_report(room: Classroom) -> ClassReport:
    """Work out what a class's results say."""
    graded = [student for student in room.students if student.state == "graded"]
    closed = [all(student.points[place] is not None for student in graded) for place in range(len(room.items))]
    made = _made(graded)
    timed = sorted((Slow(each.id, each.seconds) for each in graded if each.seconds is not None), key=_by_seconds)
    return ClassReport(
        assignment=room.assignment,
        isolation=tuple(sorted({student.isolation for student in graded if student.isolation})),
        students=len(room.students),
        graded=len(graded),
        scores=_scores(room.items, graded, closed),
        questions=tuple(_question(room.items, graded, closed, place) for place in range(len(room.items))),
        tests=tuple(_tests(room.items, graded)),
        misconceptions=tuple(_misconceptions(room, made)),
        never_made=len(room.misconceptions.keys() - made.keys()),
        messages=tuple(_messages(room.items, graded)),
        waiting=tuple(_waiting(room)),
        flags=tuple(_flags(room.students)),
        median_seconds=statistics.median(slow.seconds for slow in timed) if timed else None,
        slowest=tuple(timed[:SLOWEST]),
        sections=tuple(_sections(room, closed)),
        labs=tuple(_labs(room)),
        ratings=tuple(sorted(_ratings(room.students), key=lambda rated: (rated.mean, rated.section))),
        similar=near_identical({student.id: student.answers for student in graded}, room.given, room.known),
        rows=tuple(_row(room, student, closed) for student in room.students),
    )


def _by_seconds(slow: Slow) -> tuple[float, str]:
    return -slow.seconds, slow.student


def _total(student: Student, closed: Sequence[bool]) -> float:
    return math.fsum(points or 0.0 for points, counts in zip(student.points, closed, strict=True) if counts)


def _most(items: Sequence[Item], closed: Sequence[bool]) -> float:
    return math.fsum(item.max_score for item, counts in zip(items, closed, strict=True) if counts)


def _scores(items: Sequence[Item], graded: Sequence[Student], closed: Sequence[bool]) -> Scores | None:
    most = _most(items, closed)
    if not graded or not most:
        return None
    totals = [_total(student, closed) for student in graded]
    bins = [0] * BINS
    for total in totals:
        # Rounding keeps 6 of 10 points, as a sum of thirds, out of the tenth below.
        bins[min(BINS - 1, max(0, int(round(BINS * total / most, 9))))] += 1
    left_out = tuple(item.name for item, counts in zip(items, closed, strict=True) if not counts)
    spread = statistics.stdev(totals) if len(totals) > 1 else 0.0
    mean, median = statistics.fmean(totals), statistics.median(totals)
    return Scores(most, left_out, mean, median, min(totals), max(totals), spread, tuple(bins))


def _question(items: Sequence[Item], graded: Sequence[Student], closed: Sequence[bool], place: int) -> QuestionReport:
    item = items[place]
    points = [found for student in graded if (found := student.points[place]) is not None]
    shares = [found / item.max_score for found in points] if item.max_score else []
    return QuestionReport(
        item.name,
        item.max_score,
        item.by_hand,
        len(points),
        sum(share >= 1 for share in shares),
        sum(share <= 0 for share in shares),
        statistics.fmean(shares) if shares else None,
        _discrimination(graded, closed, place) if closed[place] else None,
    )


def _discrimination(graded: Sequence[Student], closed: Sequence[bool], place: int) -> float | None:
    """Pearson's correlation of an item with the rest, of which it is no part."""
    rest = [counts and other != place for other, counts in enumerate(closed)]
    if len(graded) < LEAST_FOR_CORRELATION or not any(rest):
        return None
    # What differs by rounding only does not vary.
    pairs = [(round(student.points[place] or 0.0, 9), round(_total(student, rest), 9)) for student in graded]
    try:
        return statistics.correlation(*zip(*pairs, strict=True))
    except statistics.StatisticsError:
        return None


def _tests(items: Sequence[Item], graded: Sequence[Student]) -> Iterator[TestReport]:
    for place, item in enumerate(items):
        found: dict[str, list[TestMark]] = {}
        for student in graded:
            for test in student.tests[place]:
                found.setdefault(test.name, []).append(test)
        for name, marks in found.items():
            verdicts = Counter(mark.verdict for mark in marks)
            passed = verdicts.pop(Verdict.PASSED, 0)
            others = {verdict.value: count for verdict, count in verdicts.most_common()}
            yield TestReport(item.name, name, test_title(marks[0]), marks[0].points, len(marks), passed, others)


def _made(graded: Sequence[Student]) -> dict[str, list[str]]:
    """Who made each known wrong answer: once for a student, however many tests name it."""
    made: dict[str, list[str]] = defaultdict(list)
    for student in graded:
        for name in _named(student):
            made[name].append(student.id)
    return made


def _named(student: Student) -> tuple[str, ...]:
    failed = (test for tests in student.tests for test in tests if test.verdict is not Verdict.PASSED)
    return tuple(dict.fromkeys(test.misconception for test in failed if test.misconception))


def _misconceptions(room: Classroom, made: Mapping[str, Sequence[str]]) -> Iterator[MisconceptionReport]:
    for name, students in sorted(made.items(), key=lambda each: (-len(each[1]), each[0])):
        question, _, slug = name.partition("--")
        known = room.misconceptions.get(name, Known(question, slug.replace("-", " ")))
        yield MisconceptionReport(name, known.question, known.title, known.hint, len(students), tuple(students))


def _messages(items: Sequence[Item], graded: Sequence[Student]) -> Iterator[MessageReport]:
    """What tests that no known wrong answer explains said, the most frequent first."""
    told: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for student in graded:
        for item, tests in zip(items, student.tests, strict=True):
            for test in tests:
                if test.verdict is not Verdict.PASSED and not test.misconception:
                    message = printable(test.message) or f"({test.verdict.value})"
                    told[item.name, message][student.id] = None
    for (question, message), students in sorted(told.items(), key=lambda each: (-len(each[1]), each[0])):
        yield MessageReport(question, message, len(students), tuple(students))


def _waiting(room: Classroom) -> Iterator[Waiting]:
    grade = f"run allclose grade {room.assignment}"
    by_state = (
        ("infra", f"could not be graded by our fault: {grade} again"),
        ("not-graded", f"handed in and not graded yet: {grade}"),
        ("bad-file", "cannot be read, 0 points: ask for a readable file"),
        ("missing", "handed in nothing"),
    )
    for item in room.items:
        whose = tuple(student.id for student in room.students if item.name in student.pending)
        if whose:
            yield Waiting("by-hand", f"{item.name}: to be graded by hand, in the formgrader", whose)
    for state, words in by_state:
        found = [student for student in room.students if student.state == state]
        if found:
            remarks = tuple(printable(student.reason) for student in found)
            yield Waiting(state, words, tuple(student.id for student in found), remarks if any(remarks) else ())
    strangers = tuple(student.id for student in room.students if not student.listed)
    if strangers:
        yield Waiting("not-listed", "not on the roster: a wrong id, or somebody to add to roster.csv", strangers)


def _flags(students: Iterable[Student]) -> Iterator[FlagReport]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for student in students:
        for flag in student.flags:
            found[printable(flag).partition(": ")[0]][student.id] = None
    for kind, whose in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        yield FlagReport(kind, class_words(kind), len(whose), tuple(whose))


def _sections(room: Classroom, closed: Sequence[bool]) -> Iterator[SectionReport]:
    """Each section, where there are several."""
    names = sorted({student.section for student in room.students if student.section})
    most = _most(room.items, closed)
    for name in names if len(names) > 1 else ():
        members = [student for student in room.students if student.section == name]
        graded = [student for student in members if student.state == "graded"]
        totals = [_total(student, closed) / most for student in graded] if most else []
        shares = tuple(
            _mean(points / item.max_score for student in graded if (points := student.points[place]) is not None)
            if item.max_score
            else None
            for place, item in enumerate(room.items)
        )
        yield SectionReport(name, len(members), len(graded), _mean(totals), shares)


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.fmean(found) if found else None


def _labs(room: Classroom) -> Iterator[LabReport]:
    for place, lab in enumerate(room.labs):
        shares = [share for all_ in room.shares.values() if (share := all_[place]) is not None]
        if shares:
            low, median, high = _quartiles(shares)
            yield LabReport(lab, len(shares), low, median, high)


def _quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, median, high


def _ratings(students: Sequence[Student]) -> Iterator[RatingReport]:
    found: dict[str, list[tuple[str, Rating]]] = defaultdict(list)
    for student in students:
        for rating in student.ratings:
            found[rating.section].append((student.id, rating))
    for section, given in found.items():
        stars = Counter(rating.stars for _, rating in given)
        comments = [Comment(student, rating.stars, rating.comment) for student, rating in given if rating.comment]
        comments.sort(key=lambda comment: (comment.stars, comment.student))
        counts = tuple(stars[number] for number in range(LOWEST, HIGHEST + 1))
        mean = statistics.fmean(rating.stars for _, rating in given)
        yield RatingReport(section, len(given), mean, counts, tuple(comments[:_MAX_COMMENTS]))


def _row(room: Classroom, student: Student, closed: Sequence[bool]) -> StudentRow:
    graded = student.state == "graded"
    score = _total(student, closed) if graded else 0.0 if student.state == "bad-file" else None
    points = student.points if graded else (None,) * len(room.items)
    progress = room.shares.get(student.id, (None,) * len(room.labs))
    return StudentRow(
        student.id,
        student.name,
        student.section,
        student.state,
        score,
        points,
        _named(student) if graded else (),
        student.flags,
        student.seconds,
        progress,
    )

"""The page that a student gets back: points, what each hidden test says, the grader's word, their own notebooks.

One HTML file that needs nothing beside it and runs nothing (`report.pages`). Every text is escaped by the template;
what comes from the student was made fit by `report.shown`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from allclose.model import Answer, TestMark, Tier, Verdict
from allclose.report.advice import advice
from allclose.report.colours import coloured
from allclose.report.flags import flag_sentence
from allclose.report.pages import page_template
from allclose.report.prose import prose
from allclose.report.shown import Cell, Output, clean_text
from allclose.report.tables import printable, test_title

_MOST_FLAGS = 50
#: An output of more lines is folded.
_LONG = 40
#: A sign, words and the tone of each verdict: the sign and the words say it without the colour.
_VERDICTS = {
    Verdict.PASSED: ("✓", "passed", "good"),
    Verdict.FAILED: ("✗", "not passed", "bad"),
    Verdict.RAISED: ("!", "stopped with an error", "bad"),
    Verdict.TIMEOUT: ("!", "ran out of time", "bad"),
    Verdict.LIMIT: ("!", "used too much", "bad"),
    Verdict.CRASH: ("!", "ended the Python process", "bad"),
    Verdict.PROTOCOL: ("!", "tampered with the grader", "bad"),
    Verdict.MISSING: ("–", "missing", "warn"),
    Verdict.NOT_RUN: ("–", "not run", "warn"),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of a notebook as it stands in the gradebook, with the tests behind its score where they are known.

    `changed` says that a grader gave a score of their own in place of the tests'; `pending` that one has yet to look;
    `cells` are the grade_ids of the cell that answers it and of the one that tests that.
    """

    question: str
    score: float
    max_score: float
    by_hand: bool = False
    pending: bool = False
    changed: bool = False
    extra: float = 0.0
    comment: str = ""
    tests: tuple[TestMark, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One notebook on a page; `problem` says why it could not be graded, and then it has no cells."""

    notebook: str
    answered: tuple[Answered, ...]
    title: str = ""
    penalty: float = 0.0
    problem: str = ""
    cells: tuple[Cell, ...] = ()

    @property
    def score(self) -> float:
        """The notebook's points before lateness."""
        return sum(each.score for each in self.answered)

    @property
    def max_score(self) -> float:
        """The notebook's points at most."""
        return sum(each.max_score for each in self.answered)


@dataclass(frozen=True, slots=True)
class Page:
    """All that one page tells; `mistakes` are the assignment's misconceptions by their names."""

    assignment: str
    student: str
    name: str
    parts: tuple[Part, ...]
    submitted: datetime | None = None
    flags: tuple[str, ...] = ()
    isolation: Tier | None = None
    mistakes: Mapping[str, Answer] = field(default_factory=dict, repr=False)

    @property
    def penalty(self) -> float:
        """What lateness costs."""
        return sum(part.penalty for part in self.parts)

    @property
    def score(self) -> float:
        """The points that count, as nbgrader counts them."""
        return max(0.0, sum(part.score for part in self.parts) - self.penalty)

    @property
    def max_score(self) -> float:
        """The assignment's points at most."""
        return sum(part.max_score for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Mistake:
    """A known mistake, the tests that it cost, and what a student may read of it."""

    title: str
    hint: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    """A question and the places on the page that it leads to: its `answer`, and the lab's `section` before that.

    Its `label` has the notebook in it where there are several.
    """

    anchor: str
    label: str
    answered: Answered
    mistakes: tuple[_Mistake, ...]
    answer: str
    section: str
    heading: str
    advice: str

    @property
    def told(self) -> bool:
        """Whether there is more to tell than its points."""
        return bool(self.answered.tests or self.answered.comment.strip() or self.answered.changed or self.answer)


@dataclass(frozen=True, slots=True)
class _Step:
    """What to do next, in which questions, and the points that are to be had there."""

    advice: str
    questions: tuple[_Question, ...]

    @property
    def points(self) -> float:
        return sum(each.answered.max_score - each.answered.score for each in self.questions)


@dataclass(frozen=True, slots=True)
class _Block:
    """What stands together: cells as all students got them, which are folded, or one cell of the student's.

    The `outputs` are the last cell's; `questions` are those whose answer it is.
    """

    anchor: str
    heading: str
    cells: tuple[Cell, ...]
    questions: tuple[_Question, ...]
    own: bool

    @property
    def outputs(self) -> tuple[Output, ...]:
        return self.cells[-1].outputs

    @property
    def number(self) -> str:
        return self.cells[-1].number

    @property
    def folded(self) -> str:
        """What the folded cells are."""
        kinds = {"code" if cell.kind == "code" else "text" for cell in self.cells if cell.source.strip()}
        return f"The lab's {' and '.join(sorted(kinds, reverse=True))}" if kinds else ""


@dataclass(frozen=True, slots=True)
class _Section:
    """One notebook as the template takes it."""

    anchor: str
    title: str
    part: Part
    questions: tuple[_Question, ...]
    blocks: tuple[_Block, ...]

    @property
    def told(self) -> tuple[_Question, ...]:
        """The questions of which there is more to tell than their points."""
        return tuple(question for question in self.questions if question.told)


def feedback_page(page: Page) -> str:
    """Return the page as one self-contained HTML file."""
    sections = tuple(_section(page, number, part) for number, part in enumerate(page.parts, 1))
    problems = [f"{printable(part.notebook)}.ipynb" for part in page.parts if part.problem]
    whole = sections[0].title if len(sections) == 1 else printable(page.assignment)
    return page_template("feedback.html").render(
        page=page,
        title=whole,
        tab=" · ".join(filter(None, map(printable, (page.assignment, page.name or page.student)))),
        student=" · ".join(filter(None, map(printable, (page.name, page.student)))),
        submitted=f"{page.submitted:%-d %B %Y, %H:%M} UTC" if page.submitted else "",
        sections=sections,
        waiting=[each.label for section in sections for each in section.questions if each.answered.pending],
        flags=_sentences([flag for flag in page.flags if not problems or not flag.startswith("bad-file:")]),
        problems=problems,
        steps=_steps(sections),
        verdicts=_VERDICTS,
        long=_LONG,
        test_title=test_title,
        clean=clean_text,
        prose=prose,
        coloured=coloured,
    )


def _sentences(flags: Sequence[str]) -> list[str]:
    found = [flag_sentence(flag) for flag in flags[:_MOST_FLAGS]]
    return [*found, f"And {len(flags) - _MOST_FLAGS} more."] if len(flags) > _MOST_FLAGS else found


def _steps(sections: Sequence[_Section]) -> list[_Step]:
    """What to do next, once where it is the same in several questions."""
    found: dict[str, list[_Question]] = {}
    for question in (question for section in sections for question in section.questions if question.advice):
        found.setdefault(question.advice, []).append(question)
    return [_Step(words, tuple(questions)) for words, questions in found.items()]


def _section(page: Page, number: int, part: Part) -> _Section:
    where = f" in {printable(part.notebook)}" if len(page.parts) > 1 else ""
    places = {cell.name: place for place, cell in reversed(list(enumerate(part.cells))) if cell.name}
    questions = tuple(
        _question(f"{number}-{place}", where, answered, part.cells, places, page.mistakes)
        for place, answered in zip(count(1), part.answered, strict=False)
    )
    title = printable(part.title) or printable(part.notebook)
    return _Section(
        f"notebook-{number}", title, part, questions, tuple(_blocks(f"cell-{number}", part.cells, questions))
    )


def _blocks(prefix: str, cells: Sequence[Cell], questions: Sequence[_Question]) -> Iterator[_Block]:
    """The cells of a notebook with those between two of the student's, two headings or two outputs taken together."""
    answers = {question.answer for question in questions if question.answer}
    given: list[Cell] = []
    first = 0
    for place, cell in enumerate(cells):
        anchor = f"{prefix}-{place}"
        own = cell.own or anchor in answers
        if given and (own or cell.heading or given[-1].outputs):
            yield _Block(f"{prefix}-{first}", given[0].heading, tuple(given), (), own=False)
            given = []
        if not (cell.source.strip() or cell.outputs or cell.heading or anchor in answers):
            continue
        if own:
            about = tuple(question for question in questions if question.answer == anchor)
            yield _Block(anchor, "", (cell,), about, own=True)
        else:
            first = place if not given else first
            given.append(cell)
    if given:
        yield _Block(f"{prefix}-{first}", given[0].heading, tuple(given), (), own=False)


def _question(
    number: str,
    where: str,
    answered: Answered,
    cells: Sequence[Cell],
    places: Mapping[str, int],
    mistakes: Mapping[str, Answer],
) -> _Question:
    made = tuple(_mistakes(answered.tests, mistakes))
    place = next((places[name] for name in answered.cells if name in places), None)
    before = range(place - 1, -1, -1) if place is not None else ()
    section = next((each for each in before if cells[each].heading), None)
    titles = [each.title or each.hint for each in made]
    lost = not answered.by_hand and not answered.changed and answered.score < answered.max_score
    untouched = place is not None and not cells[place].own and cells[place].name == answered.cells[0]
    cell = f"cell-{number.partition('-')[0]}"
    return _Question(
        f"question-{number}",
        f"{printable(answered.question)}{where}",
        answered,
        made,
        f"{cell}-{place}" if place is not None else "",
        f"{cell}-{section}" if section is not None else "",
        printable(cells[section].heading) if section is not None else "",
        advice(answered.tests, titles, untouched=untouched) if lost else "",
    )


def _mistakes(tests: Sequence[TestMark], known: Mapping[str, Answer]) -> Iterator[_Mistake]:
    """The known mistakes of a question's tests; of one that is not known any more, what was said then."""
    names = dict.fromkeys(test.misconception for test in tests if test.misconception)
    for name in names:
        made = [test for test in tests if test.misconception == name and test.verdict is not Verdict.PASSED]
        if made and name in known and made[0].message.startswith(known[name].title):
            yield _Mistake(known[name].title, known[name].hint, tuple(map(test_title, made)))
        elif made:
            yield _Mistake("", made[0].message, tuple(map(test_title, made)))

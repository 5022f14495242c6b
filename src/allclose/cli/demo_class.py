"""A made-up class: right, wrong, damaged and unreadable submissions of one lab, the same at every run."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from allclose.model import Answer, Assignment, Json
from allclose.notebook.splice import blank, solved


class Kind(StrEnum):
    """What a made-up student handed in."""

    SOLUTION = "solution"
    ACCEPTED = "accepted answers"
    WRONG = "misconceptions"
    DAMAGED = "damaged cells"
    BLANK = "blank"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Member:
    """One made-up student: `label` says what is broken; `answers` are the known answers in it, one a question.

    `files` are the submission's files by name, `links` its symbolic links.
    """

    student: str
    kind: Kind
    label: str
    answers: tuple[Answer, ...]
    files: dict[str, bytes] = field(repr=False)
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: Kind
    label: str = ""
    answers: tuple[Answer, ...] = ()


def make_class(assignment: Assignment, size: int) -> tuple[tuple[Member, ...], tuple[Answer, ...]]:
    """Make up a class.

    Every known answer of the lab is in it as long as there is room: a submission holds one wrong answer in each of
    several questions where the class is too small for one submission each; the rest of it is the solution.

    Parameters
    ----------
    assignment : Assignment
        The lab.
    size : int
        Students in the class.

    Returns
    -------
    members, left_out
        The class by student, and the answers that found no room.
    """
    drafts, left_out = _drafts(assignment, size)
    order = random.Random(assignment.name)
    order.shuffle(drafts)
    width = max(3, len(str(size)))
    members = [_member(assignment, f"s{number:0{width}}", draft) for number, draft in enumerate(drafts, 1)]
    return tuple(members), left_out


def _drafts(assignment: Assignment, size: int) -> tuple[list[_Draft], tuple[Answer, ...]]:
    """Share out the room: known answers get what they need at least, then broken ones come, then answers spread."""
    wrong, right = list(assignment.misconceptions), list(assignment.accepted)
    room = size - 2
    wrong_bins = min(_most_in_a_question(wrong), room)
    right_bins = min(_most_in_a_question(right), room - wrong_bins)
    room -= wrong_bins + right_bins
    broken = _BROKEN[:room]
    room -= len(broken)
    more = min(room, len(wrong) - wrong_bins)
    wrong_bins, room = wrong_bins + more, room - more
    right_bins += min(room, len(right) - right_bins)
    wrong_packs, no_room_wrong = _packed(wrong, wrong_bins)
    right_packs, no_room_right = _packed(right, right_bins)
    drafts = [
        _Draft(Kind.SOLUTION),
        _Draft(Kind.BLANK),
        *(_Draft(Kind.WRONG, answers=answers) for answers in wrong_packs),
        *(_Draft(Kind.ACCEPTED, answers=answers) for answers in right_packs),
        *(_Draft(Kind.DAMAGED if label in _DAMAGES else Kind.UNREADABLE, label) for label in broken),
    ]
    drafts += [_Draft(Kind.SOLUTION)] * (size - len(drafts))
    return drafts, (*no_room_wrong, *no_room_right)


def _most_in_a_question(answers: Sequence[Answer]) -> int:
    questions = [answer.question for answer in answers]
    return max((questions.count(question) for question in questions), default=0)


def _packed(answers: Sequence[Answer], bins: int) -> tuple[list[tuple[Answer, ...]], list[Answer]]:
    """Share answers out evenly, no two of one question together."""
    packs: list[list[Answer]] = [[] for _ in range(bins)]
    left_out = []
    for answer in answers:
        fitting = [pack for pack in packs if all(other.question != answer.question for other in pack)]
        if fitting:
            min(fitting, key=len).append(answer)
        else:
            left_out.append(answer)
    return [tuple(pack) for pack in packs], left_out


def _member(assignment: Assignment, student: str, draft: _Draft) -> Member:
    codes = {answer.question: answer.code for answer in draft.answers}
    fill = blank if draft.kind is Kind.BLANK else solved
    contents = {}
    for notebook in assignment.notebooks:
        names = {question.name for question in notebook.questions}
        content = fill(notebook, {name: code for name, code in codes.items() if name in names})
        if draft.kind is Kind.DAMAGED:
            content["cells"] = _DAMAGES[draft.label](content["cells"])
        contents[f"{notebook.name}.ipynb"] = content
    files = {name: _encoded(content) for name, content in contents.items()}
    links: dict[str, str] = {}
    if draft.kind is Kind.UNREADABLE:
        files, links = _broken(files, draft.label)
    return Member(student, draft.kind, draft.label, draft.answers, files, links)


def _encoded(content: Json) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _broken(files: dict[str, bytes], label: str) -> tuple[dict[str, bytes], dict[str, str]]:
    if label == "a link":
        return {}, dict.fromkeys(files, "/etc/passwd")
    if label == "missing":
        return {"notes.txt": b"I could not find the notebook.\n"}, {}
    return {name: _UNREADABLE[label](data) for name, data in files.items()}, {}


def _noise(data: bytes) -> bytes:
    return random.Random(len(data)).randbytes(5000)


_UNREADABLE: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[: len(data) // 2],
    "binary": _noise,
    "missing": lambda data: data,
    "a key twice": lambda data: data.replace(b"{", b'{\n "nbformat": 4,', 1),
    "nested deep": lambda _: b"[" * 100_000 + b"]" * 100_000,
    "a link": lambda data: data,
    "empty": lambda _: b"",
    "not UTF-8": lambda data: data.decode().encode("utf-16"),
    "no notebook": lambda _: b'["a list"]\n',
}


def _is_grade_cell(cell: Json) -> bool:
    about = cell["metadata"].get("nbgrader", {})
    return bool(about.get("grade")) and not about.get("solution") and cell["cell_type"] == "code"


def _without_grade_cells(cells: list[Json]) -> list[Json]:
    return [cell for cell in cells if not _is_grade_cell(cell)]


def _with_edited_grade_cells(cells: list[Json]) -> list[Json]:
    return [{**cell, "source": "pass"} if _is_grade_cell(cell) else cell for cell in cells]


def _with_doubled_grade_cells(cells: list[Json]) -> list[Json]:
    return [each for cell in cells for each in ([cell, cell] if _is_grade_cell(cell) else [cell])]


_DAMAGES: dict[str, Callable[[list[Json]], list[Json]]] = {
    "grade cells deleted": _without_grade_cells,
    "grade cells edited": _with_edited_grade_cells,
    "grade cells doubled": _with_doubled_grade_cells,
}

#: What goes wrong with files and cells, the most usual first.
_BROKEN = tuple(dict.fromkeys(["cut off", "grade cells deleted", *_UNREADABLE, *_DAMAGES]))

"""Which cell of a student's notebook is which cell of the source.

A grade_id decides where it is known and stands on one cell. What is left (lost ids, cells without any) is matched by
equal text, then, between two cells that are known, by what the cells define and by likeness of their text. The work is
linear but for that last step, which is capped, so that a notebook made to be slow is not.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from allclose.course import cells
from allclose.model import Json, Notebook

#: Below these two likenesses (0 to 1) cells are taken for different ones.
_SAME_ANSWER = 0.5
_SAME_TEXT = 0.6
#: Between two known cells at most so many pairs are compared, on at most so many words, in a notebook so many in all.
_MOST_PAIRS = 100
_MOST_WORDS = 150
_MOST_COMPARISONS = 400

_DEFINED = re.compile(r"^(?:def|class|async def)\s+(\w+)|^(\w+)\s*=(?!=)", re.MULTILINE)
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Alignment:
    """`origins[i]` is the source cell of student cell i, or None; `duplicated` are ids that stood on several cells."""

    origins: list[int | None]
    duplicated: tuple[str, ...]


def align(found: Sequence[Json], source: Notebook) -> Alignment:
    """Align a student's cells with the source's; each source cell is the origin of at most one."""
    origins: list[int | None] = [None] * len(found)
    claims = _claims(found, source)
    for origin, copies in claims.items():
        origins[_chosen(found, copies, source.released[origin])] = origin
    surplus = {index for copies in claims.values() for index in copies if origins[index] is None}
    free = [index for index in range(len(found)) if origins[index] is None and index not in surplus]
    _by_text(found, source, origins, free)
    _by_likeness(found, source, origins, surplus)
    names = [cells.grade_id(source.recorded[origin]) for origin, copies in claims.items() if len(copies) > 1]
    return Alignment(origins, tuple(names))


def in_order(origins: Sequence[int | None], source: Notebook) -> list[int]:
    """The student cells that stand in the source's order: the heaviest increasing run of `origins`.

    Graded cells weigh more than ordinary ones, and a student's answers more than the cells that only the instructor
    writes, so that an answer stays where its author put it and the instructor's cell is the one that moves.
    """
    places = [(index, origin) for index, origin in enumerate(origins) if origin is not None]
    if all(a[1] < b[1] for a, b in pairwise(places)):
        return [index for index, _ in places]
    weights = [_weight(source.recorded[origin]) for _, origin in places]
    best = weights[:]
    before = [-1] * len(places)
    for later in range(len(places)):
        for earlier in range(later):
            if places[earlier][1] < places[later][1] and best[earlier] + weights[later] > best[later]:
                best[later], before[later] = best[earlier] + weights[later], earlier
    chain: list[int] = []
    at = max(range(len(places)), key=lambda place: best[place])
    while at >= 0:
        chain.append(places[at][0])
        at = before[at]
    return chain[::-1]


def _weight(cell: Json) -> int:
    if not cells.is_recorded(cell):
        return 1
    return 1_500_000 if cells.is_solution(cell) else 1_000_000


def _claims(found: Sequence[Json], source: Notebook) -> dict[int, list[int]]:
    """Graded source cell -> the student cells that bear its id."""
    known = {cells.grade_id(cell): index for index, cell in enumerate(source.recorded) if cells.is_recorded(cell)}
    claims: dict[int, list[int]] = defaultdict(list)
    for index, cell in enumerate(found):
        if cells.grade_id(cell) in known:
            claims[known[cells.grade_id(cell)]].append(index)
    return claims


def _chosen(found: Sequence[Json], copies: list[int], released: Json) -> int:
    """The copy that counts: the last one that was worked on, or the last (which nbgrader keeps too)."""
    right_type = [index for index in copies if found[index]["cell_type"] == released["cell_type"]] or copies
    worked_on = [
        index for index in right_type if found[index]["source"].strip() not in ("", released["source"].strip())
    ]
    return (worked_on if cells.is_solution(released) and worked_on else right_type)[-1]


def _by_text(found: Sequence[Json], source: Notebook, origins: list[int | None], indexes: list[int]) -> None:
    """Match cells of equal text, in the source's order where several are equal."""
    free: dict[str, list[int]] = defaultdict(list)
    for index in indexes:
        free[found[index]["source"].strip()].append(index)
    last = -1
    place_of = {origin: index for index, origin in enumerate(origins) if origin is not None}
    for origin, (content, recorded, released) in enumerate(
        zip(source.content["cells"], source.recorded, source.released, strict=True)
    ):
        if origin not in place_of:
            for text in dict.fromkeys(cell["source"].strip() for cell in (released, recorded, content)):
                fitting = [index for index in _window(free[text], last) if _may_be(found[index], released)]
                if fitting:
                    place_of[origin] = fitting[0]
                    origins[fitting[0]] = origin
                    free[text].remove(fitting[0])
                    break
        last = place_of.get(origin, last)


def _window(indexes: list[int], last: int) -> list[int]:
    """The first few cells after the last known one, then the first few of all: a long list of twins is not searched."""
    start = bisect_right(indexes, last)
    return [*indexes[start : start + 8], *indexes[:8]]


def _may_be(cell: Json, released: Json) -> bool:
    return bool(cell["cell_type"] == released["cell_type"] or cells.is_recorded(released))


def _by_likeness(found: Sequence[Json], source: Notebook, origins: list[int | None], surplus: set[int]) -> None:
    left = _MOST_COMPARISONS
    for between, free_source in _gaps(origins, source):
        free_found = [index for index in between if index not in surplus]
        pairs = [(index, origin) for origin in free_source for index in free_found][:_MOST_PAIRS]
        scored: list[tuple[float, int, int]] = []
        for index, origin in pairs[: max(left, 0)]:
            left -= 1
            likeness = _likeness(found[index], source, origin)
            needed = _SAME_ANSWER if cells.is_recorded(source.recorded[origin]) else _SAME_TEXT
            if likeness >= needed:
                scored.append((likeness, index, origin))
        taken: set[int] = set()
        for _, index, origin in sorted(scored, key=lambda entry: (-entry[0], entry[2], entry[1])):
            if origins[index] is None and origin not in taken:
                origins[index] = origin
                taken.add(origin)
        _by_place(found, source, origins, free_found, [origin for origin in free_source if origin not in taken])


def _by_place(
    found: Sequence[Json], source: Notebook, origins: list[int | None], free_found: list[int], free_source: list[int]
) -> None:
    """The one cell that stands where the one answer should stand is that answer, whatever it says."""
    answers = [origin for origin in free_source if cells.is_solution(source.recorded[origin])]
    if len(answers) != 1:
        return
    kind = source.recorded[answers[0]]["cell_type"]
    candidates = [index for index in free_found if origins[index] is None and found[index]["cell_type"] == kind]
    if len(candidates) == 1:
        origins[candidates[0]] = answers[0]


def _gaps(origins: list[int | None], source: Notebook) -> Iterator[tuple[list[int], list[int]]]:
    """Between two neighbouring known cells: the student cells and source cells that are still free."""
    known = [-1, *in_order(origins, source), len(origins)]
    taken = {origin for origin in origins if origin is not None}
    for first, last in pairwise(known):
        low = origins[first] if first >= 0 else -1
        high = origins[last] if last < len(origins) else len(source.recorded)
        assert low is not None and high is not None
        free_source = [origin for origin in range(low + 1, high) if origin not in taken]
        if free_source and last - first > 1:
            yield [index for index in range(first + 1, last) if origins[index] is None], free_source


def _likeness(cell: Json, source: Notebook, origin: int) -> float:
    """How alike two cells are, 0 to 1; an answer that defines what the released cell defines is that answer."""
    released = source.released[origin]
    if not _may_be(cell, released):
        return 0.0
    if cells.is_solution(released):
        asked = _names(released["source"]) | _names(source.content["cells"][origin]["source"])
        if asked & _names(cell["source"]):
            return 1.0
    ours, theirs = _words(released["source"]), _words(cell["source"])
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    if not ours or not theirs or matcher.quick_ratio() < _SAME_ANSWER:
        return 0.0
    return matcher.ratio()


def _names(text: str) -> set[str]:
    return {first or second for first, second in _DEFINED.findall(text[:20_000])}


def _words(text: str) -> list[str]:
    return _WORD.findall(text[: 20 * _MOST_WORDS])[:_MOST_WORDS]

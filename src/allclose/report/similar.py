"""Pairs of submissions whose answers are nearly the same: pairs to look at, never a verdict.

Answers of one class look alike anyway: the released cells gave the same beginnings, and short answers leave little
choice. So only what is rare counts. An answer becomes a row of overlapping pieces of a few tokens each, names of
variables and comments left out; a piece that the release or the solution holds, or that many of the class wrote, is
dropped. Of what is left, two submissions are compared by the longest row of pieces that they have in common, in order.
"""

from __future__ import annotations

import builtins
import keyword
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, zip_longest

#: A piece is so many tokens; one that more than this share of the class wrote does not count, nor does one that
#: more than a handful wrote in a small class.
PIECE, COMMON_SHARE, COMMON_FEW = 6, 0.1, 4
#: Two submissions are a pair where so large a share of the pieces of the one that has fewer is in the other too, and
#: so many, in two answers or more. Who are alike in one answer only must have more in common, none of it known.
NEAR, LEAST_PIECES, LEAST_IN_ONE = 0.8, 30, 60
_LEAST_OF_AN_ANSWER = 4
MOST_PAIRS = 500
#: What one answer may hold; and an excerpt.
_MAX_CHARACTERS, _MAX_TOKENS = 50_000, 5_000
_EXCERPT_LINES, _LINE_CHARACTERS = 14, 160
#: Rows of the table of all pairs that are worked on at a time.
_ROWS = 512

_KEPT = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))
# Each alternative takes what it has begun to the end, closed or not, so that no text is read twice.
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<string>[a-zA-Z]{0,2}(?:\"{3}(?:[^\\]|\\.)*?(?:\"{3}|\Z) | '{3}(?:[^\\]|\\.)*?(?:'{3}|\Z)
                                 | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'?))
      | (?P<number>\d[\w.]*)
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>[-+*/%@&|^<>=!:]=|\*\*|//|->|<<|>>|\S)""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"\w+")

#: An answer's place: notebook and cell.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in one answer cell."""

    text: str
    is_code: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an excerpt; `same` where the other submission has it too."""

    text: str
    same: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions that are nearly the same.

    Attributes
    ----------
    students : tuple of str
        Both.
    share : float
        How much of the unusual pieces of the one with fewer of them the other has too, 0 to 1.
    pieces : int
        How many pieces that is.
    cells : tuple of str
        The answers in which they are alike, the most alike first.
    excerpts : tuple
        The first of those answers, of both, around what is the same.
    """

    students: tuple[str, str]
    share: float
    pieces: int
    cells: tuple[str, ...]
    excerpts: tuple[tuple[Line, ...], tuple[Line, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class Similar:
    """Every pair of a class, the nearest first, and the groups that they form; of `compared` submissions."""

    compared: int
    pairs: tuple[Pair, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    """The pieces of an answer that count: each as a number, and at which token it begins.

    `unknown` are those of them that no known answer has; `total` counts those that nobody else wrote, too.
    """

    pieces: list[int]
    begins: list[int]
    unknown: list[int]
    total: int


def near_identical(
    answers: Mapping[str, Mapping[Place, Answer]],
    given: Iterable[Answer],
    known: Iterable[Answer] = (),
    most: int = MOST_PAIRS,
) -> Similar:
    """Find the submissions of a class that are nearly the same.

    Parameters
    ----------
    answers
        By student, what stands in each answer cell.
    given
        What everybody was given, and what the instructor answers: none of it counts.
    known
        Other answers that people are known to come to, right or wrong: two may do so on their own.
    most
        So many pairs are kept, the nearest ones.

    Returns
    -------
    Similar
        The pairs; a group is who hangs together by pairs.
    """
    students = [student for student, cells in answers.items() if any(answer.text.strip() for answer in cells.values())]
    places = sorted({place for student in students for place in answers[student]})
    tokens = {(student, place): _tokens(answer) for student in students for place, answer in answers[student].items()}
    rows = _rows(students, places, tokens, _all_pieces(given), _all_pieces(known))
    found = _pairs(students, places, rows)
    found.sort(key=lambda pair: (-pair[2], -pair[3], students[pair[0]], students[pair[1]]))
    kept = found[:most]
    pairs = tuple(_pair(students, places, rows, tokens, answers, pair) for pair in kept)
    return Similar(
        len(students), pairs, _groups((students[i], students[j]) for i, j, *_ in found), len(found) - len(kept)
    )


@dataclass(frozen=True, slots=True)
class _Tokens:
    """What of an answer counts, and where in it each token begins."""

    words: list[str]
    begins: list[int]


@lru_cache(maxsize=4_096)
def _tokens(answer: Answer) -> _Tokens:
    matches = list(islice((_TOKEN if answer.is_code else _WORD).finditer(answer.text[:_MAX_CHARACTERS]), _MAX_TOKENS))
    found = _Tokens([], [])
    for match, after in zip_longest(matches, matches[1:]):
        word = _kept(match, after) if answer.is_code else match.group().casefold()
        if word:
            found.words.append(word)
            found.begins.append(match.start())
    return found


def _kept(match: re.Match[str], after: re.Match[str] | None) -> str:
    """What of a token counts: not a comment, not how a variable is called, not what a text says."""
    match match.lastgroup:
        case "comment":
            return ""
        case "string":
            return "''"
        case "name":
            word = match.group()
            called = after is not None and after.group() == "("
            return word if word in _KEPT or called else "x"
    return match.group()


def _pieces(tokens: _Tokens) -> list[str]:
    """The overlapping pieces of a row of tokens; a row that is shorter than one piece has none."""
    words = tokens.words
    return ["\0".join(words[start : start + PIECE]) for start in range(len(words) - PIECE + 1)]


def _all_pieces(answers: Iterable[Answer]) -> set[str]:
    return {piece for answer in answers for piece in _pieces(_tokens(answer))}


def _rows(
    students: Sequence[str],
    places: Sequence[Place],
    tokens: Mapping[tuple[str, Place], _Tokens],
    given: set[str],
    known: set[str],
) -> dict[Place, list[_Row]]:
    pieces = {key: _pieces(found) for key, found in tokens.items()}
    writers: Counter[str] = Counter()
    for student in students:
        own = (piece for place in places for piece in pieces.get((student, place), ()))
        writers.update({piece for piece in own if piece not in given})
    most = max(COMMON_FEW, int(COMMON_SHARE * len(students)))
    numbers = {piece: number for number, piece in enumerate(piece for piece, by in writers.items() if 2 <= by <= most)}

    def row(student: str, place: Place) -> _Row:
        own = pieces.get((student, place), [])
        begins = [start for start, piece in enumerate(own) if piece in numbers]
        unknown = [numbers[own[start]] for start in begins if own[start] not in known]
        alone = sum(writers[piece] == 1 for piece in own)
        return _Row([numbers[own[start]] for start in begins], begins, unknown, len(begins) + alone)

    return {place: [row(student, place) for student in students] for place in places}


def _pairs(
    students: Sequence[str], places: Sequence[Place], rows: Mapping[Place, Sequence[_Row]]
) -> list[tuple[int, int, float, int]]:
    """Every pair that is near enough: the places of both, the share, and the pieces in common."""
    import numpy as np
    from rapidfuzz.distance import LCSseq
    from rapidfuzz.process import cdist

    def in_common(pieces: Sequence[list[int]], start: int, stop: int) -> np.ndarray:
        return cdist(pieces[start:stop], pieces, scorer=LCSseq.similarity, dtype=np.int32, workers=-1)

    totals = np.array([sum(rows[place][index].total for place in places) for index in range(len(students))])
    found: list[tuple[int, int, float, int]] = []
    for start in range(0, len(students), _ROWS):
        stop = min(start + _ROWS, len(students))
        common, answers, most_in_one = np.zeros((3, stop - start, len(students)), dtype=np.int32)
        for place in places:
            here = in_common([row.pieces for row in rows[place]], start, stop)
            common += here
            answers += here >= _LEAST_OF_AN_ANSWER
            most_in_one = np.maximum(most_in_one, in_common([row.unknown for row in rows[place]], start, stop))
        smaller = np.maximum(1, np.minimum(totals[start:stop, None], totals[None, :]))
        enough = ((common >= LEAST_PIECES) & (answers > 1)) | (most_in_one >= LEAST_IN_ONE)
        for row, column in zip(*np.nonzero(enough & (common >= NEAR * smaller)), strict=True):
            if start + row < column:
                share = float(common[row, column] / smaller[row, column])
                found.append((start + int(row), int(column), share, int(common[row, column])))
    return found


def _pair(
    students: Sequence[str],
    places: Sequence[Place],
    rows: Mapping[Place, Sequence[_Row]],
    tokens: Mapping[tuple[str, Place], _Tokens],
    answers: Mapping[str, Mapping[Place, Answer]],
    found: tuple[int, int, float, int],
) -> Pair:
    from rapidfuzz.distance import LCSseq

    first, second, share, pieces = found
    both = (students[first], students[second])
    common = {place: LCSseq.similarity(rows[place][first].pieces, rows[place][second].pieces) for place in places}
    alike = sorted((place for place in places if common[place]), key=lambda place: -common[place])
    codes = LCSseq.opcodes(rows[alike[0]][first].pieces, rows[alike[0]][second].pieces)
    blocks = [code for code in codes if code.tag == "equal"]
    equal = (
        [index for block in blocks for index in range(block.src_start, block.src_end)],
        [index for block in blocks for index in range(block.dest_start, block.dest_end)],
    )
    excerpts = tuple(
        _excerpt(answers[student][alike[0]], rows[alike[0]][index], tokens[student, alike[0]], same)
        for student, index, same in zip(both, (first, second), equal, strict=True)
    )
    return Pair(both, share, pieces, tuple(cell for _, cell in alike), (excerpts[0], excerpts[1]))


def _excerpt(answer: Answer, row: _Row, tokens: _Tokens, same: Iterable[int]) -> tuple[Line, ...]:
    """The lines around what is the same."""
    text = answer.text[:_MAX_CHARACTERS]
    lines = text.split("\n")
    line_of = list(accumulate((len(line) + 1 for line in lines), initial=0))
    begins = {begin for index in same for begin in tokens.begins[row.begins[index] : row.begins[index] + PIECE]}
    marked = {bisect_right(line_of, begin) - 1 for begin in begins}
    start = max(0, min(marked, default=0) - 1)
    shown = lines[start : start + _EXCERPT_LINES]
    return tuple(Line(line[:_LINE_CHARACTERS], start + index in marked) for index, line in enumerate(shown))


def _groups(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Who hangs together by pairs, the largest group first."""
    group_of: dict[str, set[str]] = {}
    for first, second in pairs:
        joined = group_of.get(first, {first}) | group_of.get(second, {second})
        group_of |= dict.fromkeys(joined, joined)
    groups = {id(group): tuple(sorted(group)) for group in group_of.values()}
    return tuple(sorted(groups.values(), key=lambda group: (-len(group), group)))

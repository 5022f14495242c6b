"""Which file of a submission is which notebook of the assignment, and where the others go.

A notebook counts by its name, also as browsers and sites change it ("lab (1).ipynb", "lab-2.ipynb"), then by its cells.
Nothing is left out but a `timestamp.txt`, which would tell nbgrader a time of the student's choosing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from allclose.course import cells, ipynb
from allclose.interop.collect.claims import Piece
from allclose.interop.collect.members import Member
from allclose.interop.collect.names import unused
from allclose.interop.collect.times import TIMESTAMP_NAME
from allclose.interop.roster import same
from allclose.model import Assignment, Notebook
from allclose.notebook.align import align
from allclose.notebook.read import MAX_NOTEBOOK_BYTES

_COPY = re.compile(
    r"(?P<stem>.*?)(?:[\s_-]*\((?P<browser>\d+)\)|-(?P<site>\d+)|[\s_-]+copy(?:[\s_-]*(?P<copy>\d+))?)", re.IGNORECASE
)
#: So many of a notebook's graded cells make it that notebook.
_SAME_NOTEBOOK = 0.5
_MOST_SCRIPT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Arranged:
    """A submission's files by their place in `submitted/<student>/<lab>/`, and what there is to say of them."""

    files: dict[str, Member]
    remarks: tuple[str, ...]


@dataclass(slots=True)
class _Candidate:
    """A notebook file: how its name is related to that of each of the assignment's, and how its cells are."""

    piece: Piece
    fits: dict[str, float]

    def related(self, notebook: Notebook) -> int:
        """2: by that name; 1: a copy of it, or called after it; 0: not."""
        stem = same(PurePosixPath(self.piece.place[-1]).stem)
        name = same(notebook.name)
        if stem == name:
            return 2
        plain, _ = without_copy(stem)
        return int(plain == name or re.search(rf"(^|[\W_]){re.escape(name)}([\W_]|$)", plain) is not None)

    def rank(self, notebook: Notebook) -> tuple[float, ...]:
        """Which of several candidates for a notebook counts: the highest."""
        related = self.related(notebook)
        _, number = without_copy(PurePosixPath(self.piece.place[-1]).stem)
        return (self.piece.turn, min(related, 1), self.piece.order, related, number, -len(self.piece.place))


def arrange(pieces: Sequence[Piece], assignment: Assignment) -> Arranged:
    """Lay out the files of one submission.

    Parameters
    ----------
    pieces : sequence of Piece
        The submission as it was downloaded; archives in it are replaced by what is in them.
    assignment : Assignment
        Whose notebooks are looked for.
    """
    flat = [each for piece in pieces for each in _flat(piece)]
    remarks = [f"{_shown(piece)}: {piece.member.fault}" for piece in [*pieces, *flat] if piece.member.fault]
    there = [piece for piece in flat if piece.member.content is not None]
    if any(piece.place[-1] == TIMESTAMP_NAME and len(piece.place) == 1 for piece in there):
        there = [piece for piece in there if piece.place != (TIMESTAMP_NAME,)]
    chosen = _chosen([piece for piece in there if piece.place[-1].lower().endswith(".ipynb")], assignment)
    files: dict[str, Member] = {}
    taken: set[str] = {same(TIMESTAMP_NAME), *(same(f"{notebook.name}.ipynb") for notebook in assignment.notebooks)}
    for name, piece in chosen.items():
        files[f"{name}.ipynb"] = piece.member
        if piece.place[-1] != f"{name}.ipynb":
            remarks.append(f"{_shown(piece)} taken as {name}.ipynb")
    base = _base(list(chosen.values()))
    rest = [piece for piece in there if not any(piece is each for each in chosen.values())]
    rest.sort(key=lambda piece: (-piece.turn, -piece.order))
    for piece in _plainly_named(rest, there, assignment):
        inner = piece.place[len(base) :] if piece.place[: len(base)] == base else piece.place
        place = _free("/".join(inner), files, taken)
        files[place] = piece.member
        if place.endswith(".ipynb"):
            remarks.append(f"another notebook: {place}")
    missing = [f"{notebook.name}.ipynb" for notebook in assignment.notebooks if notebook.name not in chosen]
    if missing:
        remarks.append(f"no {', '.join(missing)}")
    return Arranged(files, tuple(dict.fromkeys(remarks)))


def without_copy(stem: str) -> tuple[str, int]:
    """Take off what browsers, systems and Canvas add to the name of a copy; returns its number too."""
    match = _COPY.fullmatch(stem)
    if match is None:
        return stem, 0
    return match["stem"], int((match["browser"] or match["site"] or match["copy"] or "1")[:9])


def _flat(piece: Piece) -> list[Piece]:
    """An archive's files instead of the archive, without the one folder that is around them all."""
    if piece.member.inside is None:
        return [piece]
    inner = [member for member in piece.member.inside if member.path]
    around = len(inner[0].path) - 1 if inner else 0
    while around and len({member.path[:around] for member in inner}) > 1:
        around -= 1
    found = []
    for member in inner:
        named = replace(member, name=f"{piece.member.name}/{member.name}")
        found += _flat(replace(piece, member=named, place=(*piece.place[:-1], *member.path[around:])))
    nameless = [member for member in piece.member.inside if not member.path]
    return found + [replace(piece, member=member, place=("?",)) for member in nameless]


def _shown(piece: Piece) -> str:
    return "/".join(piece.place) if piece.place != ("?",) else piece.member.name


def _chosen(pieces: list[Piece], assignment: Assignment) -> dict[str, Piece]:
    """The file for each of the assignment's notebooks."""
    exact = {
        notebook.name: [each for each in pieces if each.place[-1] == f"{notebook.name}.ipynb"]
        for notebook in assignment.notebooks
    }
    if len(pieces) == sum(len(found) == 1 for found in exact.values()):
        return {name: found[0] for name, found in exact.items() if found}
    if len(pieces) == len(assignment.notebooks) == 1:
        return {assignment.notebooks[0].name: pieces[0]}
    candidates = [_Candidate(piece, _fits(piece.member, assignment)) for piece in pieces]
    chosen: dict[str, _Candidate] = {}
    for notebook in assignment.notebooks:
        mine = [each for each in candidates if _belongs(each, notebook, assignment)]
        if mine:
            chosen[notebook.name] = max(mine, key=lambda each: each.rank(notebook))
    free = [
        each
        for each in candidates
        if not any(each is other for other in chosen.values()) and not any(each.fits.values())
    ]
    open_ = [notebook.name for notebook in assignment.notebooks if notebook.name not in chosen]
    if len(free) == len(open_) == 1:
        chosen[open_[0]] = free[0]
    return {name: each.piece for name, each in chosen.items()}


def _belongs(candidate: _Candidate, notebook: Notebook, assignment: Assignment) -> bool:
    """By its cells, where they tell; else by its name."""
    best = max(candidate.fits.values(), default=0.0)
    if best >= _SAME_NOTEBOOK:
        return candidate.fits[notebook.name] == best
    related = {each.name: candidate.related(each) for each in assignment.notebooks}
    return related[notebook.name] > 0 and related[notebook.name] == max(related.values())


def _fits(member: Member, assignment: Assignment) -> dict[str, float]:
    """For each notebook of the assignment: what part of its graded cells stands in a file."""
    assert member.content is not None
    nothing = dict.fromkeys((notebook.name for notebook in assignment.notebooks), 0.0)
    if member.content.stat().st_size > MAX_NOTEBOOK_BYTES:
        return nothing
    try:
        found = ipynb.parse(member.content.read_bytes())["cells"]
    except ipynb.Unreadable:
        return nothing
    for notebook in assignment.notebooks:
        graded = {index for index, cell in enumerate(notebook.recorded) if cells.is_recorded(cell)}
        origins = graded.intersection(align(found, notebook).origins)
        nothing[notebook.name] = len(origins) / len(graded) if graded else 0.0
    return nothing


def _base(pieces: list[Piece]) -> tuple[str, ...]:
    """The folder in which all notebooks stand: it becomes the submission's own."""
    folders = {piece.place[:-1] for piece in pieces}
    return folders.pop() if len(folders) == 1 else ()


def _free(place: str, files: dict[str, Member], taken: set[str]) -> str:
    """A place that nobody has, and that is no folder of another's nor lies in a file."""
    parents = [str(parent) for parent in PurePosixPath(place).parents][:-1]
    if any(parent in files for parent in parents) or any(other.startswith(f"{place}/") for other in files):
        place = f"other/{place}"
    return unused(place, taken)


def _plainly_named(pieces: list[Piece], all_pieces: list[Piece], assignment: Assignment) -> list[Piece]:
    """Canvas calls a file that is handed in again `helper-1.py`; the notebook still asks for `helper`."""
    names = {same("/".join(piece.place)) for piece in pieces}
    ours = {same(path.as_posix()) for path in assignment.data_files}
    found = []
    for piece in pieces:
        path = PurePosixPath(*piece.place)
        stem, number = without_copy(path.stem)
        plain = path.with_name(f"{stem}{path.suffix}") if stem else path
        free = same(str(plain)) not in names | ours
        if piece.order and number and free and _is_asked_for(path, plain, all_pieces):
            names.add(same(str(plain)))
            piece = replace(piece, place=plain.parts)
        found.append(piece)
    return found


def _is_asked_for(path: PurePosixPath, plain: PurePosixPath, pieces: list[Piece]) -> bool:
    """Whether the submission speaks of a file by its plain name and not by that of the copy."""
    asked = plain.stem if path.suffix == ".py" else plain.name
    texts = [_script(piece.member.content) for piece in pieces if piece.place[-1].endswith((".ipynb", ".py"))]
    return any(asked in text for text in texts) and not any(path.name in text for text in texts)


def _script(path: Path | None) -> str:
    assert path is not None
    with path.open("rb") as file:
        return file.read(_MOST_SCRIPT_BYTES).decode(errors="replace")

"""Plain archives: a notebook or a folder for each student, called after the student somehow.

Names are tried against the roster as a whole and piece by piece ("lab1_s001", "Lee Ann (s001)"); what fits two people
fits nobody. Without a roster the name that is left when the assignment's is taken away is the student's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from allclose.interop.collect.claims import Claim, Hints, Piece, Stray
from allclose.interop.collect.members import Member
from allclose.interop.collect.times import parsed_time
from allclose.interop.roster import same

#: Blackboard's names, and those of nbgrader's manual.
_ATTEMPT = re.compile(
    r"(?P<lab>.+)_(?P<student>[^_]+)_attempt_(?P<when>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|\.\w+)?"
)
#: A browser's mark of a second file of the same name.
_COPY = re.compile(r"(?P<stem>.*\S)\s*\((?P<number>\d{1,2})\)")
_EDGES = " _-.()[]"


def plain(members: Sequence[Member], hints: Hints) -> tuple[list[Claim], list[Stray]]:
    """Read an archive that no site made."""
    pieces = [piece for member in members for piece in _opened(member)]
    pieces = _unwrapped(pieces, hints)
    folders: dict[str, list[Piece]] = {}
    files: list[Piece] = []
    for piece in pieces:
        if len(piece.place) > 1:
            folders.setdefault(piece.place[0], []).append(replace(piece, place=piece.place[1:]))
        else:
            files.append(piece)
    claims = [Claim("zip", tuple(found), name, label=_label(name, hints)) for name, found in folders.items()]
    loose, strays = _loose(files, hints)
    return _joined([*claims, *loose]), strays


def _opened(member: Member) -> list[Piece]:
    """The files of an archive for one student stand in a folder of its name."""
    if member.inside is None:
        return [Piece(member, member.path)]
    folder = (*member.path[:-1], _stem(member.path[-1]))
    inner = [each for each in member.inside if each.path]
    lost = [Piece(each, (*folder, "?")) for each in member.inside if not each.path]
    shared = inner[0].path[0] if inner and len({each.path[0] for each in inner}) == 1 else ""
    strip = int(all(len(each.path) > 1 for each in inner) and shared == folder[-1])
    found = [Piece(replace(each, name=f"{member.name}/{each.name}"), (*folder, *each.path[strip:])) for each in inner]
    return [*found, *lost]


def _stem(name: str) -> str:
    path = PurePosixPath(name)
    return path.stem.removesuffix(".tar") if path.suffix else name


def _unwrapped(pieces: list[Piece], hints: Hints) -> list[Piece]:
    """Without the folders around all, as far as they are nobody's."""
    while pieces and all(len(piece.place) > 1 for piece in pieces):
        tops = {piece.place[0] for piece in pieces}
        if len(tops) > 1 or hints.is_known(_label(next(iter(tops)), hints)):
            break
        inner = [replace(piece, place=piece.place[1:]) for piece in pieces]
        direct = [piece.place[0] for piece in inner if len(piece.place) == 1 and piece.place[0].endswith(".ipynb")]
        notebooks = sum(piece.place[-1].endswith(".ipynb") for piece in pieces)
        if any(_is_notebook(name, hints) for name in direct) or (direct and notebooks == 1):
            known = [name for name in direct if hints.is_known(_label(_stem(name), hints))]
            if not known:
                break
        pieces = inner
    return pieces


def _is_notebook(name: str, hints: Hints) -> bool:
    return any(same(_stem(name)) == same(notebook) for notebook in hints.notebooks)


def _label(name: str, hints: Hints) -> str:
    """What is left of a name when the assignment's own is taken away at either end."""
    plain = name.strip(_EDGES)
    for known in sorted({hints.lab, *hints.notebooks}, key=len, reverse=True):
        for pattern in (rf"{re.escape(known)}[\s_.-]+(.+)", rf"(.+?)[\s_.-]+{re.escape(known)}"):
            if match := re.fullmatch(pattern, plain, re.IGNORECASE):
                return match[1].strip(" _-.")
    return plain if plain.count("(") == plain.count(")") else name.strip(" _-.")


def _loose(files: list[Piece], hints: Hints) -> tuple[list[Claim], list[Stray]]:
    """Files that stand in no folder: each notebook is somebody's; the others go with the notebook of that name."""
    claims: list[Claim] = []
    strays: list[Stray] = []
    rest: list[Piece] = []
    for piece in files:
        name = piece.place[-1]
        if attempt := _ATTEMPT.fullmatch(name):
            claims.append(_attempt(piece, attempt))
        elif not name.endswith(".ipynb"):
            rest.append(piece)
        elif _is_notebook(name, hints) or same(_stem(name)) == same(hints.lab):
            strays.append(Stray(piece.member, "its name says not whose it is"))
        else:
            claims.append(_notebook(piece, hints))
    for piece in rest:
        name = piece.place[-1]
        owner = next((claim for claim in claims if _goes_with(name, claim.label)), None)
        label = _label(_stem(name), hints)
        if owner is not None:
            inner = name[len(owner.label) :].lstrip(" _-") if not name[len(owner.label) :].startswith(".") else name
            claims.append(replace(owner, pieces=(replace(piece, place=(inner,)),)))
        elif hints.is_known(label):
            claims.append(Claim("zip", (piece,), name, label=label))
        else:
            strays.append(Stray(piece.member, "its name says not whose it is"))
    return claims, strays


def _notebook(piece: Piece, hints: Hints) -> Claim:
    """A notebook called after its student: in an assignment of one notebook it is that one."""
    name = piece.place[-1]
    copy = _COPY.fullmatch(_stem(name))
    label = _label(copy["stem"] if copy else _stem(name), hints)
    place = f"{hints.notebooks[0]}.ipynb" if len(hints.notebooks) == 1 else name
    return Claim(
        "zip", (replace(piece, place=(place,), turn=float(copy["number"]) if copy else 0.0),), name, label=label
    )


def _goes_with(name: str, label: str) -> bool:
    return name.startswith(label) and name[len(label) : len(label) + 1] in (*" _-.",)


def _attempt(piece: Piece, match: re.Match[str]) -> Claim:
    day, clock = match["when"][:10], match["when"][11:].replace("-", ":")
    when = parsed_time(f"{day} {clock}")
    name = match["file"] or f"{match['lab']}{PurePosixPath(piece.place[-1]).suffix}"
    turned = replace(piece, place=(name,), turn=when.timestamp() if when else 0.0)
    return Claim("zip", (turned,), piece.place[-1], label=match["student"], submitted=when)


def _joined(claims: list[Claim]) -> list[Claim]:
    """One claim for each label; the latest tells when it came in."""
    found: dict[str, Claim] = {}
    for claim in claims:
        known = found.get(claim.label)
        if known is None:
            found[claim.label] = claim
            continue
        when = max(filter(None, (known.submitted, claim.submitted)), default=None)
        found[claim.label] = replace(known, pieces=known.pieces + claim.pieces, submitted=when)
    return list(found.values())

"""Whose format a download is in, by what is in it, and what its names say.

Canvas names are read as Canvas makes them (`content_zipper.rb`): sortable name, LATE, user, attachment, file. Moodle:
full name, participant, plugin, file. Brightspace: two numbers, full name, date. nbgrader: its exchange, its folders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Any

from allclose.interop.collect.archives import Archive
from allclose.interop.collect.claims import Claim, Hints, Piece, Stray
from allclose.interop.collect.gradescope import METADATA_NAME, gradescope
from allclose.interop.collect.members import Member
from allclose.interop.collect.plain import plain
from allclose.interop.collect.times import TIMESTAMP_NAME, parsed_time, stamp_in, with_times, written_date

_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")
_DATE = (
    r"(?:[^\W\d]+\.? \d{1,2},? \d{4}|\d{1,2}\.? [^\W\d]+\.?,? \d{4}),? "
    r"\d{1,2}[-_.h]?\d{2}(?: ?[ap]\.?m\.?)?"
)
_BRIGHTSPACE = re.compile(
    rf"(?P<number>\d+)-\d+ ?- ?(?P<name>.+?) ?- ?(?P<date>{_DATE})(?: ?- ?(?P<file>.+))?", re.IGNORECASE
)
_CANVAS = (
    re.compile(r"(?:(?P<late>LATE)_)?(?P<name>anon)_(?P<user>[A-Za-z0-9]+)_(?P<order>\d+)_(?P<file>.+)", re.IGNORECASE),
    re.compile(r"(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<user>\d+)_(?P<order>\d+)_(?P<file>.+)", re.IGNORECASE),
    re.compile(r"(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<user>\d+)_(?P<file>(?:text|link)\.html)", re.IGNORECASE),
)
_EXCHANGE = re.compile(
    r"(?P<student>[^+]+)\+(?P<lab>[^+]+)\+(?P<when>\d{4}-\d\d-\d\d \d\d_\d\d_\d\d(?:\.\d+)?(?: [\w_]+)?)(?:\+.*)?"
)

_NOBODYS = "its name says not whose it is"

Taken = tuple[list[Claim], list[Stray]]


def recognise(archive: Archive, hints: Hints) -> Taken:
    """Read what a download claims.

    Parameters
    ----------
    archive : Archive
        The download.
    hints : Hints
        What helps to read names that no site made.

    Returns
    -------
    list of Claim, list of Stray
        The submissions, in the download's order; and the files that belong to none.
    """
    claims, strays = _recognised(archive.members, hints, by_hand=archive.path.is_dir())
    return with_times(claims, archive.made), strays


def _recognised(members: Sequence[Member], hints: Hints, *, by_hand: bool = False) -> Taken:
    """Read files in the format of the site that explains most of them; `by_hand`: a grader may have put them together.

    A site's names stand where the site puts them, in the outermost folder: what a student calls a file or a folder of
    an own archive makes nobody else's submission of it.
    """
    strays = [Stray(member, member.fault) for member in members if not member.path]
    named = [member for member in members if member.path]
    depth = _depth(named)
    found = [
        reader(named, hints, depth) for reader in (gradescope, _moodle, _brightspace, _canvas, _exchange, _folders)
    ]
    claims = max(found, key=lambda claims: len(named) - len(_without(named, claims)))
    rest = [member for member in _without(named, claims) if not _is_sites_own(member, depth)]
    # A file that only looks like a site's does not make the whole archive that site's.
    if claims and (2 * len(rest) < len(named) or claims[0].site in ("gradescope", "nbgrader")):
        return claims, strays + [Stray(member, _NOBODYS) for member in rest]
    groups = _groups(named, depth) if by_hand else []
    taken = [_recognised(group, hints) for group in groups]
    if taken and all(inner and inner[0].site != "zip" for inner, _ in taken):
        return [claim for inner, _ in taken for claim in inner], strays + [lost for _, each in taken for lost in each]
    claims = _by_collector(named, hints)
    if claims:
        return claims, strays + [Stray(member, _NOBODYS) for member in _without(named, claims)]
    claims, lost = plain(named, hints)
    return claims, strays + lost


def _depth(members: Sequence[Member]) -> int:
    """How many folders stand around all files."""
    folders = [member.path[:-1] for member in members]
    shared = takewhile(lambda names: len(set(names)) == 1, zip(*folders, strict=False))
    return sum(1 for _ in shared)


def _groups(members: Sequence[Member], depth: int) -> list[Sequence[Member]]:
    """What stands in a folder of downloads: archives, and folders of those that were unpacked."""
    folders: dict[str, list[Member]] = {}
    groups: list[Sequence[Member]] = []
    for member in members:
        if len(member.path) > depth + 1:
            folders.setdefault(member.path[depth], []).append(member)
        else:
            groups.append(member.inside or ())
    return [*groups, *folders.values()]


def _without(members: Sequence[Member], claims: Iterable[Claim]) -> list[Member]:
    taken = {id(piece.member) for claim in claims for piece in claim.pieces}
    return [member for member in members if id(member) not in taken]


def _is_sites_own(member: Member, depth: int) -> bool:
    return len(member.path) == depth + 1 and member.path[-1] in ("index.html", METADATA_NAME)


def _gathered(found: Iterable[tuple[Claim, Piece]]) -> list[Claim]:
    """One claim for each person, with all of their pieces; the latest piece tells when it came in."""
    heads: dict[tuple[str, ...], Claim] = {}
    pieces: dict[tuple[str, ...], list[Piece]] = {}
    for claim, piece in found:
        key = claim.identity
        known = heads.setdefault(key, claim)
        if claim.submitted is not None and (known.submitted is None or claim.submitted > known.submitted):
            heads[key] = claim
        pieces.setdefault(key, []).append(piece)
    return [replace(claim, pieces=tuple(pieces[key])) for key, claim in heads.items()]


def _matched(
    members: Iterable[Member],
    most: int,
    pattern: re.Pattern[str],
    made: Callable[[Member, int, re.Match[str]], tuple[Claim, Piece]],
) -> list[tuple[Claim, Piece]]:
    """What is made of the first part of each path, at most so deep, that fits the pattern."""
    found = []
    for member in members:
        for depth, part in enumerate(member.path[: most + 1]):
            if match := pattern.fullmatch(part):
                found.append(made(member, depth, match))
                break
    return found


def _moodle(members: Sequence[Member], _: Hints, most: int) -> list[Claim]:
    def made(member: Member, depth: int, match: re.Match[str]) -> tuple[Claim, Piece]:
        file = match["file"] or ("" if depth + 1 < len(member.path) else f"{match['kind']}.html")
        place = (*filter(None, [file]), *member.path[depth + 1 :])
        folder = member.path[depth].removesuffix(file) if match["file"] else member.path[depth]
        return Claim("moodle", (), folder, name=match["name"], site_id=match["id"]), Piece(member, place)

    return _without_group(_gathered_by_folder(_matched(members, most, _MOODLE, made)))


def _gathered_by_folder(found: list[tuple[Claim, Piece]]) -> list[Claim]:
    """One claim for each person, called by the folder of their files rather than that of their text."""
    claims = []
    for claim in _gathered(found):
        folders = [each.submission for each, _ in found if each.identity == claim.identity]
        of_files = next((folder for folder in folders if "_assignsubmission_file" in folder), folders[0])
        claims.append(replace(claim, submission=of_files))
    return claims


def _without_group(claims: list[Claim]) -> list[Claim]:
    """Moodle leads the names by that of the group ("A1-Ann Lee") where one was chosen for the download."""
    groups = {claim.name.partition("-")[0] for claim in claims if "-" in claim.name}
    if len(claims) < 2 or len(groups) != 1 or not all("-" in claim.name for claim in claims):
        return claims
    return [replace(claim, name=claim.name.partition("-")[2]) for claim in claims]


def _brightspace(members: Sequence[Member], _hints: Hints, most: int) -> list[Claim]:
    def made(member: Member, depth: int, match: re.Match[str]) -> tuple[Claim, Piece]:
        file = match["file"] or ""
        when = written_date(match["date"])
        folder = member.path[depth].removesuffix(file).rstrip(" -")
        claim = Claim("brightspace", (), folder, name=match["name"], site_id=match["number"], submitted=when)
        place = (*filter(None, [file]), *member.path[depth + 1 :])
        return claim, Piece(member, place or (folder,), when.timestamp() if when else 0.0)

    found = _matched(members, most, _BRIGHTSPACE, made)
    names: dict[str, set[str]] = {}
    for claim, _piece in found:
        names.setdefault(claim.site_id, set()).add(claim.name)
    # A number that goes with several names is the assignment's, not a person's.
    return _gathered(
        (claim if len(names[claim.site_id]) == 1 else replace(claim, site_id=""), piece) for claim, piece in found
    )


def _canvas(members: Sequence[Member], _hints: Hints, most: int) -> list[Claim]:
    found = []
    for member in members:
        name = member.path[-1]
        match = next(filter(None, (pattern.fullmatch(name) for pattern in _CANVAS)), None)
        if match and len(member.path) <= most + 1:
            groups = match.groupdict()
            anonymous = groups["name"].lower() == "anon" and not groups["user"].isdigit()
            claim = Claim(
                "canvas",
                (),
                name[: match.end("user")],
                name="" if anonymous else groups["name"],
                site_id=groups["user"],
                late=bool(groups["late"]),
            )
            found.append((claim, Piece(member, (groups["file"],), order=int(groups.get("order") or 0))))
    return _gathered(found)


def _exchange(members: Sequence[Member], hints: Hints, most: int) -> list[Claim]:
    def made(member: Member, depth: int, match: re.Match[str]) -> tuple[Claim, Piece]:
        day, _, clock = match["when"].partition(" ")
        when = parsed_time(f"{day} {clock[:8].replace('_', ':')}{clock[8:]}")
        claim = Claim("nbgrader", (), member.path[depth], id=match["student"], submitted=when)
        return claim, Piece(member, member.path[depth + 1 :], when.timestamp() if when else 0.0)

    found = [each for each in _matched(members, most, _EXCHANGE, made) if each[1].place]
    ours = [each for each in found if each[0].submission.split("+")[1] == hints.lab]
    # Each folder of the exchange is a whole submission, so that only the latest counts.
    latest = {claim.id: claim.submission for claim in _gathered(ours)}
    return _gathered(each for each in ours if latest[each[0].id] == each[0].submission)


def _folders(members: Sequence[Member], hints: Hints, _: int) -> list[Claim]:
    """nbgrader's own `<student>/<lab>/…`, with the time stamps that nbgrader keeps."""
    found: list[tuple[Claim, Piece]] = []
    depths = {}
    for member in members:
        depth = next((at for at, part in enumerate(member.path[:-1]) if at and part == hints.lab), None)
        if depth is not None:
            depths[id(member)] = len(member.path) - depth
            claim = Claim("nbgrader", (), "/".join(member.path[: depth + 1]), label=member.path[depth - 1])
            found.append((claim, Piece(member, member.path[depth + 1 :])))
    if len(found) != len(members) or not found or min(depths.values()) > 2:
        return []
    return [_with_own_time(claim) for claim in _gathered(found)]


def _with_own_time(claim: Claim) -> Claim:
    for piece in claim.pieces:
        if piece.place == (TIMESTAMP_NAME,):
            return replace(claim, submitted=stamp_in(piece.member))
    return claim


def _by_collector(members: Sequence[Member], hints: Hints) -> list[Claim]:
    """What the course's own collector of `nbgrader zip_collect` reads in the names."""
    if hints.collector is None:
        return []
    found = []
    for member in members:
        info = hints.collector(member.path)
        if info and info.get("student_id") and info.get("file_id"):
            found.append(_told(member, info))
    return _gathered(found)


def _told(member: Member, info: Mapping[str, Any]) -> tuple[Claim, Piece]:
    name = " ".join(str(info[part]) for part in ("first_name", "last_name") if info.get(part))
    when = parsed_time(str(info["timestamp"])) if info.get("timestamp") else None
    claim = Claim(
        "nbgrader",
        (),
        "/".join(member.path[:-1]) or member.path[-1],
        label=str(info["student_id"]),
        name=name,
        email=str(info.get("email") or ""),
        submitted=when,
    )
    file = PurePosixPath(str(info["file_id"])).with_suffix(PurePosixPath(member.path[-1]).suffix)
    return claim, Piece(member, file.parts, when.timestamp() if when else 0.0)

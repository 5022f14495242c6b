"""Gradescope's export of submissions: a folder for each, and `submission_metadata.yml`, which says whose it is.

The metadata holds whole results too, which students' code wrote and which are large: only the few lines about people
and time are given to the YAML reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from allclose.interop.collect.claims import Claim, Hints, Piece
from allclose.interop.collect.members import Member
from allclose.interop.collect.times import parsed_time

METADATA_NAME = "submission_metadata.yml"
_MOST_LINES = 400
_KEY = re.compile(r"(['\"]?)(?P<name>[^'\"#:\s][^'\"]*?)\1:\s*")
_WANTED = re.compile(r"(?P<indent>\s+)['\"]?:?(?P<field>submitters|created_at)['\"]?:")


def gradescope(members: Sequence[Member], _: Hints, most: int) -> list[Claim]:
    """Take what Gradescope's metadata, which stands at most so deep, speaks of."""
    claims: list[Claim] = []
    for metadata in members:
        base = metadata.path[:-1]
        if metadata.path[-1] != METADATA_NAME or metadata.content is None or len(base) > most:
            continue
        beside: dict[str, list[Piece]] = {}
        for member in members:
            if member.path[: len(base)] == base:
                inner = member.path[len(base) + 1 :] or member.path[-1:]
                beside.setdefault(member.path[len(base)], []).append(Piece(member, inner))
        for name, entry in _entries(metadata):
            claims += _claims(name, entry, tuple(beside.get(name, ())))
    return claims if any(claim.pieces for claim in claims) else []


def _claims(name: str, entry: Any, pieces: tuple[Piece, ...]) -> Iterator[Claim]:
    """One claim for each of those who handed in together."""
    found = _plain(entry)
    people = found.get("submitters")
    when = _time(found.get("created_at"))
    for person in people if isinstance(people, list) else []:
        told = _plain(person)
        texts = {field: str(told.get(field) or "").strip() for field in ("name", "email", "sid")}
        if any(texts.values()):
            yield Claim("gradescope", pieces, name, texts["sid"], texts["email"], texts["name"], submitted=when)


def _entries(metadata: Member) -> Iterator[tuple[str, Any]]:
    """The name of each submission, and what of it is wanted."""
    import yaml

    for name, lines in _excerpts(metadata):
        try:
            yield name, yaml.safe_load("\n".join(lines))
        except (yaml.YAMLError, ValueError, RecursionError):
            yield name, {}


def _excerpts(metadata: Member) -> Iterator[tuple[str, list[str]]]:
    """For each key at the margin: its lines about people and time."""
    assert metadata.content is not None
    name, indent, wanted = "", "", False
    kept: list[str] = []
    with metadata.content.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            line = line.rstrip("\n")
            if not line.strip():
                continue
            if not line[0].isspace() and line[0] != "-":
                if name:
                    yield name, kept
                key = _KEY.fullmatch(line)
                name, kept, indent, wanted = (key["name"] if key else ""), [], "", False
                continue
            found = _WANTED.match(line)
            depth = line[: len(line) - len(line.lstrip())]
            indent = indent or depth
            if depth == indent and not line.lstrip().startswith("- "):
                wanted = found is not None
            if wanted and len(kept) < _MOST_LINES:
                kept.append(line)
    if name:
        yield name, kept


def _plain(entry: Any) -> dict[str, Any]:
    """A mapping's keys without the colon by which Ruby marks a symbol."""
    return {str(key).lstrip(":"): value for key, value in entry.items()} if isinstance(entry, dict) else {}


def _time(value: Any) -> datetime | None:
    if isinstance(value, str):
        return parsed_time(value)
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

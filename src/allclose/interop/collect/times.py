"""When something was handed in: what sites and files say of it, in UTC."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from allclose.interop.collect.claims import Claim
from allclose.interop.collect.members import Member
from allclose.interop.collected import utc

#: A file with a time is believed to have been handed in then, unless the download itself may have set it.
_DOWNLOAD_HOURS = 1
_DOWNLOAD_FRESH_HOURS = 36
_STAMPING = ("canvas", "moodle")
_LONGEST_TIMESTAMP = 200
TIMESTAMP_NAME = "timestamp.txt"
#: Months by the first letters that tell them apart in the languages of the sites that we know.
_MONTHS = {
    **dict.fromkeys(("jan", "ene", "gen"), 1),
    **dict.fromkeys(("feb", "fev", "fevr"), 2),
    **dict.fromkeys(("mar", "maa", "mae"), 3),
    **dict.fromkeys(("apr", "avr", "abr"), 4),
    **dict.fromkeys(("may", "mai", "mei", "mag"), 5),
    **dict.fromkeys(("jun", "juin", "giu"), 6),
    **dict.fromkeys(("jul", "juil", "lug"), 7),
    **dict.fromkeys(("aug", "aou", "ago"), 8),
    **dict.fromkeys(("sep", "set"), 9),
    **dict.fromkeys(("oct", "okt", "out", "ott"), 10),
    **dict.fromkeys(("nov",), 11),
    **dict.fromkeys(("dec", "dez", "dic"), 12),
}


def parsed_time(text: str) -> datetime | None:
    """Return a time as nbgrader reads it, in UTC; one without a zone is in UTC already."""
    from nbgrader.utils import parse_utc

    try:
        found: datetime | None = parse_utc(text) if text else None
        return found.replace(tzinfo=UTC) if found is not None else None
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None


def stamp_in(member: Member) -> datetime | None:
    """Return the time in a `timestamp.txt` of nbgrader's."""
    if member.content is None:
        return None
    with member.content.open("rb") as file:
        return parsed_time(file.read(_LONGEST_TIMESTAMP).decode(errors="replace").strip())


def written_date(text: str) -> datetime | None:
    """Brightspace's "Nov 5, 2026 1130 AM", in this machine's zone, whatever the order and language."""
    letters = unicodedata.normalize("NFKD", text.lower())
    words = re.findall(r"[a-z]+", "".join(each for each in letters if not unicodedata.combining(each)))
    numbers = re.findall(r"\d+", text)
    month = next((_MONTHS[word[:size]] for word in words for size in (4, 3) if word[:size] in _MONTHS), None)
    if month is None or len(numbers) not in (3, 4):
        return None
    day, year = int(numbers[0]), int(numbers[1])
    clock = numbers[2] if len(numbers) == 3 else numbers[2] + numbers[3].zfill(2)
    hour, minute = int(clock[:-2] or 0), int(clock[-2:])
    half = next((word for word in ("".join(words[-2:]), *words[-1:]) if word in ("am", "pm")), "")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return utc(datetime(year, month, day, hour, minute))  # noqa: DTZ001 - it has none
    except (ValueError, OverflowError, OSError):
        return None


def with_times(claims: list[Claim], made: datetime) -> list[Claim]:
    """Give what has no time of its site's the latest one of its files, where those are times of students.

    Canvas and Moodle write the hour of the download into their zips: what all bears the same hour says nothing of
    anybody. Elsewhere it says nothing where that hour is as fresh as the archive. Canvas marks what is late; what it
    does not mark was in time, whatever a file says.
    """
    times = [piece.member.modified for claim in claims for piece in claim.pieces if piece.member.modified is not None]
    if not times:
        return claims
    at_once = max(times) - min(times) <= timedelta(hours=_DOWNLOAD_HOURS)
    fresh = abs(made - max(times)) <= timedelta(hours=_DOWNLOAD_FRESH_HOURS)
    stamped = len(claims) > 1 and any(claim.site in _STAMPING for claim in claims)
    return claims if at_once and (fresh or stamped) else [_with_member_time(claim) for claim in claims]


def _with_member_time(claim: Claim) -> Claim:
    if claim.submitted is not None or (claim.site == "canvas" and not claim.late):
        return claim
    times = [piece.member.modified for piece in claim.pieces if piece.member.modified is not None]
    return replace(claim, submitted=max(times)) if times else claim

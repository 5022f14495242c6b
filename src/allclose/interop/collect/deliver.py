"""Submissions into `submitted/`: each whole or not at all, the latest wins, and what is nobody's is kept apart."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from allclose.interop.collect.archives import Archive
from allclose.interop.collect.claims import Claim, Stray
from allclose.interop.collect.matching import Owned, site_id
from allclose.interop.collect.members import Member
from allclose.interop.collect.names import safe_part, unused
from allclose.interop.collect.notebooks import Arranged
from allclose.interop.collect.times import TIMESTAMP_NAME
from allclose.interop.collected import Collected

NEW, AGAIN, SAME, OLDER, LEFT = "new", "again", "as before", "older", "left"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one submission: `outcome` is new, again, as before, older or left."""

    entry: Collected
    outcome: str
    remarks: tuple[str, ...]


def entry_of(owned: Owned, arranged: Arranged) -> Collected:
    """Say what is remembered of a submission."""
    claim = owned.claim
    return Collected(
        owned.student,
        claim.site,
        claim.name,
        claim.email,
        site_id(claim),
        claim.submission,
        claim.submitted,
        claim.late,
        {place: member.name for place, member in arranged.files.items()},
        _digest(arranged),
    )


def deliver(entry: Collected, arranged: Arranged, folder: Path, known: Collected | None) -> Delivery:
    """Bring one submission to its folder, unless what stands there is the same or later.

    Parameters
    ----------
    entry, arranged
        The submission.
    folder : Path
        `submitted/<student>/<lab>`.
    known : Collected or None
        What was collected there before.

    Raises
    ------
    OSError
        If it cannot be written; what stood there before still stands.
    """
    there = folder.is_symlink() or folder.exists()
    if there:
        kept = _kept(entry, arranged, folder, known)
        if kept is not None:
            return replace(kept, remarks=(*arranged.remarks, *kept.remarks))
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for place, member in arranged.files.items():
            target = beside / place
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(member, target)
        if entry.submitted is not None:
            (beside / TIMESTAMP_NAME).write_text(stamp(entry.submitted) + "\n")
        beside.chmod(0o755)
        _swap(beside, folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    timeless = ("late, but the download says not when",) if entry.late and entry.submitted is None else ()
    return Delivery(entry, AGAIN if there else NEW, (*arranged.remarks, *timeless))


def stamp(moment: datetime) -> str:
    """Write a time as nbgrader writes it: "2026-11-05 16:30:00.000000 UTC"."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def keep_apart(root: Path, archive: Archive, claims: Iterable[Claim], strays: Iterable[Stray]) -> Path | None:
    """Keep what is nobody's of a download in a folder of its own, in place of what was kept of it before.

    Parameters
    ----------
    root : Path
        `.allclose/<lab>/unmatched`.

    Returns
    -------
    Path or None
        Where it lies; None where nothing is nobody's.
    """
    folder = root / f"{safe_part(archive.path.stem) or 'download'}-{archive.digest[:8]}"
    if folder.exists():
        shutil.rmtree(folder)
    pieces = [piece.member for claim in claims for piece in claim.pieces] + [stray.member for stray in strays]
    taken: set[str] = set()
    for member in pieces:
        if member.content is not None and member.path:
            target = folder / unused("/".join(member.path), taken)
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(member, target)
    return folder if folder.exists() else None


def _kept(entry: Collected, arranged: Arranged, folder: Path, known: Collected | None) -> Delivery | None:
    """What stays as it is, and why; None where the new submission takes its place."""
    if not arranged.files:
        return Delivery(known or entry, LEFT, ("nothing of it can be read, so what was there before stays",))
    if known is not None and known.digest == entry.digest:
        if entry.submitted in (None, known.submitted) or not is_later(entry, known):
            return Delivery(replace(known, late=known.late or entry.late), SAME, ())
        return None
    if known is None:
        when = _stamp_there(folder)
        if _holds(folder, arranged) and (when is not None or entry.submitted is None):
            return Delivery(replace(entry, submitted=when), SAME, ())
        if when is None or entry.submitted is None:
            remark = f"{folder} holds another submission that was not collected: remove it to have this one"
            return Delivery(entry, LEFT, (remark,))
        known = replace(entry, submitted=when, digest="")
    return None if is_later(entry, known) else Delivery(known, OLDER, ("what was collected before is later",))


def is_later(entry: Collected, known: Collected) -> bool:
    """By the site's times, else by Canvas's running numbers of files; else what is collected later is later."""
    if entry.submitted is not None and known.submitted is not None:
        return entry.submitted >= known.submitted
    numbers = [_canvas_number(each) for each in (entry, known) if each.site == "canvas"]
    return len(numbers) < 2 or numbers[0] >= numbers[1]


def _canvas_number(entry: Collected) -> int:
    """The highest number of a submission's files."""
    pattern = re.compile(rf"_{re.escape(entry.site_id)}_(\d{{1,18}})_")
    return max((int(match[1]) for name in entry.files.values() if (match := pattern.search(name))), default=0)


def _holds(folder: Path, arranged: Arranged) -> bool:
    """Whether a folder holds these files and no others."""
    if folder.is_symlink():
        return False
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    there.pop(TIMESTAMP_NAME, None)
    if there.keys() != arranged.files.keys():
        return False
    return all(
        not path.is_symlink() and path.is_file() and _file_digest(path) == arranged.files[place].digest
        for place, path in there.items()
    )


def _stamp_there(folder: Path) -> datetime | None:
    from allclose.interop.lateness import submitted_at

    found = submitted_at(folder)
    return found.replace(tzinfo=UTC) if found is not None else None


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


def _digest(arranged: Arranged) -> str:
    lines = sorted(f"{place}\0{member.digest}" for place, member in arranged.files.items())
    return sha256("\n".join(lines).encode()).hexdigest()


def _copy(member: Member, target: Path) -> None:
    assert member.content is not None
    shutil.copyfile(member.content, target)
    target.chmod(0o644)


def _swap(new: Path, place: Path) -> None:
    """Put a folder where another may stand, which goes."""
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.exists():
        old = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}."))
        place.rename(old / place.name)
        try:
            new.rename(place)
        except BaseException:
            (old / place.name).rename(place)
            raise
        finally:
            shutil.rmtree(old)
        return
    new.rename(place)

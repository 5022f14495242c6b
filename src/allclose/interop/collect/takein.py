"""Downloads of an assignment into the course: read all, find whose each is, then bring each to its place."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from allclose.course.config import CONFIG_NAME
from allclose.errors import InteropError
from allclose.interop.collect.archives import Archive, read_archive
from allclose.interop.collect.claims import Hints, Stray
from allclose.interop.collect.deliver import LEFT, Delivery, deliver, entry_of, is_later, keep_apart
from allclose.interop.collect.enrol import enrol
from allclose.interop.collect.matching import Owned, Roster, Unowned, without_roster
from allclose.interop.collect.names import safe_id
from allclose.interop.collect.notebooks import Arranged, arrange
from allclose.interop.collect.sites import Taken, recognise
from allclose.interop.collected import Collected, read_collected, write_collected
from allclose.interop.roster import Person
from allclose.interop.settings import Settings, importable, load_settings
from allclose.model import Assignment

_SCRATCH = "collecting-"
_LEFT_OVER_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What is nobody's of one download: submissions and files, and where it is kept (None: nothing to keep)."""

    archive: Path
    submissions: tuple[Unowned, ...]
    files: tuple[Stray, ...]
    kept: Path | None


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a collection: by student, what is nobody's, and who of the roster has handed in nothing."""

    deliveries: tuple[Delivery, ...]
    names: Mapping[str, str]
    unmatched: tuple[Unmatched, ...]
    absent: tuple[Person, ...]


@dataclass(slots=True)
class _Best:
    """The latest of a student's submissions, and how many others there were."""

    owned: Owned
    arranged: Arranged
    entry: Collected
    others: int = 0


def take_in(assignment: Assignment, paths: Sequence[Path], people: Sequence[Person], submitted: Path) -> Intake:
    """Bring downloads of course sites to `submitted/<student>/<lab>/`.

    Parameters
    ----------
    assignment : Assignment
        What was handed in.
    paths : sequence of Path
        Archives, unpacked folders or single notebooks, of any sites.
    people : sequence of Person
        The class; where it is empty, each person of a download gets an id made of what the site tells.
    submitted : Path
        The folder of the class.

    Raises
    ------
    InteropError
        If one cannot be read, before anything is written; or the gradebook cannot be used.
    OSError
        If something cannot be written; submissions are there whole or not at all.
    """
    home = assignment.root / ".allclose" / assignment.name
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    known = read_collected(assignment.root, assignment.name)
    roster = Roster(people)
    hints = _hints(assignment, roster)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=home) as scratch:
        archives = [_read(path, Path(scratch) / str(number)) for number, path in enumerate(paths)]
        read = [recognise(archive, hints) for archive in archives]
        claims = [claim for found, _ in read for claim in found]
        owners = roster.owners(claims, known) if people else without_roster(claims, known)
        best = _best([each for each in owners if isinstance(each, Owned)], assignment)
        due = enrol(assignment, [each.owned for each in best.values()])
        entries = dict(known)
        deliveries = []
        try:
            for student, each in sorted(best.items()):
                limit = due.get(student)
                late = limit is not None and each.entry.submitted is not None and each.entry.submitted > limit
                entry = replace(each.entry, late=each.entry.late or late)
                there = known.get(student)
                done = deliver(entry, each.arranged, submitted / student / assignment.name, there)
                if each.others:
                    done = replace(done, remarks=(*done.remarks, f"the latest of {each.others + 1}"))
                if done.outcome != LEFT:
                    entries[student] = done.entry
                deliveries.append(done)
        finally:
            write_collected(assignment.root, assignment.name, entries)
        unmatched = tuple(_keep_apart(home / "unmatched", archives, read, owners))
    absent = [person for person in people if not os.path.lexists(submitted / safe_id(person.id) / assignment.name)]
    names = {
        student: each.owned.person.name if each.owned.person else each.entry.name for student, each in best.items()
    }
    return Intake(tuple(deliveries), names, unmatched, tuple(absent))


def _sweep(home: Path) -> None:
    """Remove what a collection that was killed has left; a young one may be at work now."""
    for folder in home.glob(f"{_SCRATCH}*"):
        if time.time() - folder.stat().st_mtime > _LEFT_OVER_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path, scratch: Path) -> Archive:
    scratch.mkdir()
    return read_archive(path, scratch)


def _best(owned: Sequence[Owned], assignment: Assignment) -> dict[str, _Best]:
    """The latest submission of each student."""
    found: dict[str, _Best] = {}
    for each in owned:
        arranged = arrange(each.claim.pieces, assignment)
        entry = entry_of(each, arranged)
        best = found.get(each.student)
        if best is None:
            found[each.student] = _Best(each, arranged, entry)
        elif entry.digest != best.entry.digest or entry.submitted != best.entry.submitted:
            best.others += 1
            if arranged.files and (is_later(entry, best.entry) or not best.arranged.files):
                best.owned, best.arranged, best.entry = each, arranged, entry
    return found


def _keep_apart(
    root: Path, archives: Sequence[Archive], read: Sequence[Taken], owners: Sequence[Owned | Unowned]
) -> Iterator[Unmatched]:
    unowned = {id(each.claim): each for each in owners if isinstance(each, Unowned)}
    for archive, (claims, strays) in zip(archives, read, strict=True):
        nobodys = [unowned[id(claim)] for claim in claims if id(claim) in unowned]
        kept = keep_apart(root, archive, [each.claim for each in nobodys], strays)
        if nobodys or strays:
            yield Unmatched(archive.path, tuple(nobodys), tuple(strays), kept)


def _hints(assignment: Assignment, roster: Roster) -> Hints:
    names = tuple(notebook.name for notebook in assignment.notebooks)
    settings = load_settings(assignment.root)
    return Hints(assignment.name, names, roster.knows, _collector(settings, assignment.name))


def _collector(settings: Settings, lab: str) -> Callable[[tuple[str, ...]], Mapping[str, Any] | None] | None:
    """The course's own reader of names, where `nbgrader zip_collect` has been given one."""
    config = settings.config
    if "collector_plugin" not in config.ZipCollectApp and "named_regexp" not in config.FileNameCollectorPlugin:
        return None
    from nbgrader.plugins import FileNameCollectorPlugin
    from traitlets.utils.importstring import import_item

    folder = settings.root.absolute() / "downloaded" / lab / "extracted"

    def fault(error: Exception) -> InteropError:
        return InteropError(
            f"{settings.root / CONFIG_NAME}: the collector of zip_collect fails ({type(error).__name__}: {error}); "
            "mend or remove it"
        )

    try:
        with importable(settings.root):
            chosen = config.ZipCollectApp.get("collector_plugin", FileNameCollectorPlugin)
            plugin = (import_item(chosen) if isinstance(chosen, str) else chosen)(config=config)
    except Exception as error:
        raise fault(error) from error

    def collect(path: tuple[str, ...]) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] | None = plugin.collect(str(folder.joinpath(*path)))
        except Exception as error:
            raise fault(error) from error
        return found

    return collect

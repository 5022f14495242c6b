"""What a download claims: that somebody handed in these files, then. Who it is, is found out later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allclose.interop.collect.members import Member
from allclose.interop.collected import Site


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a submission.

    Attributes
    ----------
    member : Member
        The file.
    place : tuple of str
        Its path in the submission.
    turn : float
        Which of several submissions of the same person it came with; the highest is the latest.
    order : int
        The site's running number of the file.
    """

    member: Member
    place: tuple[str, ...]
    turn: float = 0.0
    order: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One submission as a download tells of it.

    Attributes
    ----------
    site : str
        Whose format it is in.
    pieces : tuple of Piece
        Its files.
    submission : str
        The site's id or folder name of it.
    id, email, name, site_id : str
        Of the person, where the site tells.
    label : str
        Where no site is known: the folder or file name that says whose it is.
    submitted : datetime or None
        In UTC, by the site's own word.
    late : bool
        Whether the site calls it late.
    """

    site: Site
    pieces: tuple[Piece, ...]
    submission: str = ""
    id: str = ""
    email: str = ""
    name: str = ""
    site_id: str = ""
    label: str = ""
    submitted: datetime | None = None
    late: bool = False

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells this person from others of the same download."""
        return (self.site, self.id, self.email, self.name, self.site_id, self.label)

    @property
    def shown(self) -> str:
        """How the download calls the person."""
        return self.name or self.label or self.id or self.email or self.site_id


@dataclass(frozen=True, slots=True)
class Stray:
    """A file that belongs to no submission, and why."""

    member: Member
    reason: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What helps to read names: the assignment's, whom the class knows, and how the course's own collector reads."""

    lab: str
    notebooks: tuple[str, ...]
    is_known: Callable[[str], bool]
    collector: Callable[[tuple[str, ...]], Mapping[str, Any] | None] | None = None

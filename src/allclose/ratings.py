"""What students say of a section: kept in a cell's saved output by the gadget, read back from what they hand in.

It stands below both sides, so that the gadget, which writes, and a report, which reads, cannot drift apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: The kind of output that holds a rating; a front end that does not know it keeps it and shows another one.
MIME = "application/vnd.allclose.rating+json"

LOWEST, HIGHEST = 1, 5
#: What is longer is cut; what are more ratings than a notebook has sections is dropped.
MAX_SECTION, MAX_COMMENT, MAX_RATINGS = 120, 2_000, 100
#: So many cells, and outputs of one cell, are looked at.
_MAX_CELLS, _MAX_OUTPUTS = 10_000, 100


@dataclass(frozen=True, slots=True)
class Rating:
    """One student's word on one section.

    Attributes
    ----------
    section : str
        The section's name, one line.
    stars : int
        1 (worst) to 5 (best).
    comment : str
        One line of text without control, direction and invisible characters; empty where there is none. It is still
        a stranger's text: escape it for where it goes.
    """

    section: str
    stars: int
    comment: str = ""

    def message(self) -> dict[str, Any]:
        """Return the JSON that an output keeps under `MIME`."""
        return {"section": self.section, "stars": self.stars, "comment": self.comment}


def rating(section: str, stars: int, comment: str = "") -> Rating:
    """Make a rating of a person's input: texts on one line and cut to what is kept.

    Raises
    ------
    ValueError
        If the section has no name, or the stars are not 1 to 5.
    """
    name = _line(section, MAX_SECTION)
    if not name:
        raise ValueError("a section has a name")
    if type(stars) is not int or not LOWEST <= stars <= HIGHEST:
        raise ValueError(f"a rating is a whole number from {LOWEST} to {HIGHEST}, not {stars!r}")
    return Rating(name, stars, _line(comment, MAX_COMMENT))


def read_ratings(document: object) -> tuple[Rating, ...]:
    """Return the ratings that a notebook holds, in the order of its cells; of one section the last.

    Parameters
    ----------
    document : object
        The JSON of a notebook with its outputs, as a student handed it in. Nothing of it is believed: what is not a
        rating in every part is passed over.
    """
    found: dict[str, Rating] = {}
    for output in _outputs(document):
        one = _rating(output)
        if one is not None and (one.section in found or len(found) < MAX_RATINGS):
            found.pop(one.section, None)
            found[one.section] = one
    return tuple(found.values())


def _outputs(document: object) -> Iterator[Any]:
    cells = document.get("cells") if isinstance(document, dict) else None
    for cell in cells[:_MAX_CELLS] if isinstance(cells, list) else ():
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        yield from outputs[:_MAX_OUTPUTS] if isinstance(outputs, list) else ()


def _rating(output: Any) -> Rating | None:
    data = output.get("data") if isinstance(output, dict) else None
    kept = data.get(MIME) if isinstance(data, dict) else None
    if not isinstance(kept, dict):
        return None
    section, stars, comment = kept.get("section"), kept.get("stars"), kept.get("comment", "")
    if not isinstance(section, str) or not isinstance(stars, int) or not isinstance(comment, str):
        return None
    try:
        return rating(section, stars, comment)
    except ValueError:
        return None


def _line(text: str, most: int) -> str:
    """The text on one line without control, direction and invisible characters, and not longer than `most`."""
    spaced = " ".join(text[: 4 * most].split())
    return "".join(char for char in spaced if unicodedata.category(char)[0] not in "CZ" or char == " ").strip()[:most]

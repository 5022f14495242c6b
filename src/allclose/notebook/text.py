"""Text of a student's that we show in a line of our own."""

from __future__ import annotations

import unicodedata


def plain(text: str, *, most: int = 80) -> str:
    """The text on one line, without control, direction and invisible characters, and not longer than `most`."""
    kept = "".join(char for char in text if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return kept if len(kept) <= most else kept[: most - 1] + "…"

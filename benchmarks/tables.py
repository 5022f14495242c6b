"""Tables in Markdown, and numbers as a reader wants them: the median, then the lowest and the highest."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

ABSENT = "not measured"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table with columns of even width."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]


def spread(values: Sequence[float], unit: str, factor: float = 1.0) -> str:
    """The median of some values and, where there are several, what they lie between."""
    if not values:
        return ABSENT
    middle, low, high = (factor * value for value in (statistics.median(values), min(values), max(values)))
    words = f"{number(middle)} {unit}".strip()
    return words if len(values) == 1 else f"{words} ({number(low)}–{number(high)})"


def number(value: float) -> str:
    """A number to three digits."""
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{0 if size >= 100 else 1 if size >= 10 else 2}f}"

"""What an export is: a text, how many rows it has, and what its reader must know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exported:
    """A file's text with the number of its students, and remarks, each a line, on whom it leaves out or leaves open."""

    text: str
    rows: int
    remarks: tuple[str, ...] = ()


def points(value: float) -> float:
    """Points without the digits that a sum of floats left behind."""
    return round(value, 6) + 0.0


def plain_number(value: float) -> str:
    """Points as text, with a decimal point: 13, 6.67, 33.333333."""
    return f"{points(value):.6f}".rstrip("0").rstrip(".")

"""Pages that are written from the sources when the site is built, so that none of them can be stale."""

from __future__ import annotations

from pathlib import Path


def write_page(path: Path, text: str) -> None:
    """Write a page, and leave it alone where it says this already: Sphinx then reads nothing anew."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

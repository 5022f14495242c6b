"""`allclose doctor`: what this machine can do."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import TYPE_CHECKING

from allclose.cli.failure import DONE, THEIRS
from allclose.model import Tier

if TYPE_CHECKING:
    from rich.table import Table

    from allclose.sandbox.probe import Survey

_PACKAGES = (
    "allclose",
    "numpy",
    "torch",
    "matplotlib",
    "ipython",
    "ipywidgets",
    "nbformat",
    "nbgrader",
    "pytest",
    "hypothesis",
    "msgspec",
    "rich",
    "typer",
    "sqlalchemy",
)
_EXTRA = 'pip install "allclose[grade]"'


def doctor() -> int:
    """Show what this machine can do.

    Versions, device, and the isolation tier that really holds: each escape is attempted.
    """
    from allclose.cli.screen import busy, console, say
    from allclose.sandbox.probe import survey

    screen = console()
    shown, missing = _versions()
    system = f"{platform.system()} {platform.release()}"
    say(screen, f"Python {platform.python_version()} ({sys.executable}), {system}", shown)
    say(screen, f"cores: {os.cpu_count()}; device: {_device()}")
    with busy("doctor: attempting escapes"):
        found = survey()
    if found.findings:
        screen.print(_table(found))
    say(screen, *(f"✗ {complaint}" for complaint in found.complaints), f"isolation: {_tier(found)}")
    say(screen, f"Next: {_next(found, missing)}")
    return THEIRS if missing else DONE


def _versions() -> tuple[str, list[str]]:
    """The versions of what grading needs, and what of it is not there."""
    missing = []
    shown = []
    for package in _PACKAGES:
        try:
            shown.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            missing.append(package)
    return ", ".join(shown), missing


def _device() -> str:
    try:
        import torch
    except ModuleNotFoundError:
        return "none, torch is missing"
    if not torch.cuda.is_available():
        return "cpu (torch finds no GPU)"
    return f"cuda ({torch.cuda.get_device_name()}), cpu"


def _table(found: Survey) -> Table:
    """What was attempted at the best tier that could be set up, and which tiers promise to stop it."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("attempted escape", overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("promised by", overflow="fold")
    for finding in found.findings:
        held = Text("held", "green") if finding.held else Text("ESCAPED", "bold red")
        table.add_row(finding.name, held, "strong" if finding.needed_for is Tier.STRONG else "strong, basic")
    return table


def _tier(found: Survey) -> str:
    held = sum(finding.held for finding in found.findings)
    return f"{found.tier} ({held} of {len(found.findings)} escapes refused)" if found.findings else str(found.tier)


def _next(found: Survey, missing: Sequence[str]) -> str:
    if missing:
        return f"{_EXTRA}, which brings {', '.join(missing)}"
    if found.tier is Tier.STRONG:
        return "allclose init DIR, or allclose grade LAB in a course: this machine is fit for it"
    return "mend what is marked ✗, and run allclose doctor again"

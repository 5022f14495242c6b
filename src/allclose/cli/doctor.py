"""`allclose doctor`: what this machine can do."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata

from allclose.cli.failure import DONE, THEIRS, one_line
from allclose.model import Tier

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
    print(f"Python {platform.python_version()} ({sys.executable}), {platform.system()} {platform.release()}")
    missing = _versions()
    print(f"cores: {os.cpu_count()}; device: {_device()}")
    print("escapes, attempted at the best tier that could be set up; the last column names who promises to stop them:")
    print(f"isolation: {_isolation()}")
    if missing:
        print(f"missing: {', '.join(missing)}; to grade, {_EXTRA}")
    return THEIRS if missing else DONE


def _versions() -> list[str]:
    missing = []
    shown = []
    for package in _PACKAGES:
        try:
            shown.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            missing.append(package)
    print(", ".join(shown))
    return missing


def _device() -> str:
    try:
        import torch
    except ModuleNotFoundError:
        return "none, torch is missing"
    if not torch.cuda.is_available():
        return "cpu (torch finds no GPU)"
    return f"cuda ({torch.cuda.get_device_name()}), cpu"


def _isolation() -> str:
    """Print what was tried; return the tier that held, and what would give a better one."""
    from allclose.sandbox.probe import survey

    found = survey()
    width = max((len(finding.name) for finding in found.findings), default=0)
    for finding in found.findings:
        print(f"  {finding.name:{width}}  {'held' if finding.held else 'ESCAPED':7}  {_promise(finding.needed_for)}")
    held = sum(finding.held for finding in found.findings)
    line = f"{found.tier} ({held} of {len(found.findings)} escapes refused)" if found.findings else str(found.tier)
    return "; ".join([line, *map(one_line, found.complaints)])


def _promise(tier: Tier) -> str:
    return "strong" if tier is Tier.STRONG else "strong, basic"

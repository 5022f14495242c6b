"""`allclose doctor`: what this machine can do."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from typing import Annotated

import typer

from allclose.cli.failure import DONE, THEIRS, one_line
from allclose.errors import IsolationUnavailable
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


def doctor(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every escape that was tried.")] = False,
) -> int:
    """Show what this machine can do.

    Versions, device, and the isolation tier that really holds: each escape is attempted.
    """
    print(f"Python {platform.python_version()} ({sys.executable}), {platform.system()} {platform.release()}")
    missing = _versions()
    print(f"cores: {os.cpu_count()}; device: {_device()}")
    print(f"isolation: {_isolation(verbose=verbose)}")
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


def _isolation(*, verbose: bool) -> str:
    from allclose.sandbox.probe import best_tier, probe

    tier = best_tier()
    try:
        findings = probe(Tier.BASIC)
    except IsolationUnavailable as error:
        return f"none; {one_line(str(error))}"
    if verbose:
        for finding in findings:
            print(
                f"  {'held' if finding.held else 'ESCAPED':8}{finding.name} (promised from tier {finding.needed_for})"
            )
    held = sum(finding.held for finding in findings)
    escaped = [finding.name for finding in findings if not finding.held]
    line = f"{tier} holds ({held} of {len(findings)} escapes refused"
    return f"{line}; not: {', '.join(escaped)})" if escaped else f"{line})"

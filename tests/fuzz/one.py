"""One target under atheris: `python -m tests.fuzz.one TARGET [libFuzzer's options]`; ends by libFuzzer's rules."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["allclose"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    target = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()


main()

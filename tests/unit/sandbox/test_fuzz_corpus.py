"""What fuzzing has found once is thrown again at every run: `make fuzz` puts it into tests/assets/fuzz."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, seeds

FOUND = sorted((Path(__file__).parents[2] / "assets" / "fuzz").glob("*/*"))


@pytest.mark.parametrize("path", FOUND, ids=[f"{path.parent.name}-{path.name[:14]}" for path in FOUND])
def test_what_fuzzing_found_is_borne(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_sound_input_is_borne_too(name: str) -> None:
    for data in (*seeds()[name], b"", b"\0" * 100):
        TARGETS[name](data)

"""Gradescope's published schema of an autograder's `results.json`, and what its harness makes of a file.

After the specification of its autograders: the allowed keys, their types and values, what is required of which. Its
harness reads JSON, where NaN is none, and cuts texts of more than 100,000 characters.
"""

from __future__ import annotations

import json
import math
from typing import Any

Json = dict[str, Any]

VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
FORMATS = ("text", "html", "simple_format", "md", "ansi")
LONGEST = 100_000
TOP = {
    "score": float,
    "execution_time": float,
    "output": str,
    "output_format": FORMATS,
    "test_output_format": FORMATS,
    "test_name_format": FORMATS,
    "visibility": VISIBILITIES,
    "stdout_visibility": VISIBILITIES,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
TEST = {
    "score": float,
    "max_score": float,
    "status": ("passed", "failed"),
    "name": str,
    "name_format": FORMATS,
    "number": str,
    "output": str,
    "output_format": FORMATS,
    "tags": list,
    "visibility": VISIBILITIES,
    "extra_data": dict,
}


def read_results(text: str) -> Json:
    """The results that a file holds, checked to the letter; an AssertionError says what Gradescope would not take."""
    found = read_form(text)
    assert "score" in found or "tests" in found, "neither a score nor tests"
    if "score" not in found:
        assert all("score" in test for test in found["tests"]), "a test without a score, and none for the whole"
    return found


def read_form(text: str) -> Json:
    """The same without the rule that there is a score: what a run leaves that has none."""
    found = json.loads(text, parse_constant=_refuse)
    _check("results", found, TOP)
    for test in found.get("tests", []):
        _check("a test", test, TEST)
        assert all(type(tag) is str for tag in test.get("tags", []))
        if "max_score" in test:
            assert 0 <= test.get("score", 0) <= test["max_score"]
    return found


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def _check(what: str, found: Any, schema: dict[str, Any]) -> None:
    assert type(found) is dict, f"{what} is no object"
    assert set(found) <= set(schema), f"{what} has unknown keys: {set(found) - set(schema)}"
    for key, value in found.items():
        wanted = schema[key]
        if isinstance(wanted, tuple):
            assert value in wanted, f"{what}: {key} is {value!r}"
        elif wanted is float:
            assert type(value) in (int, float) and math.isfinite(value), f"{what}: {key} is {value!r}"
            assert key == "score" or value >= 0
        else:
            assert type(value) is wanted, f"{what}: {key} is {value!r}"
        if type(value) is str:
            assert len(value) <= LONGEST and "\0" not in value

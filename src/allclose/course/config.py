"""What a course's `nbgrader_config.py` and a lab's `limits.toml` say."""

from __future__ import annotations

import dataclasses
import math
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from allclose.course.cells import Rules
from allclose.errors import CourseError
from allclose.model import Limits

CONFIG_NAME = "nbgrader_config.py"
#: nbgrader reads this one after the other, so that it wins.
JSON_NAME = "nbgrader_config.json"

#: nbgrader's own default of CourseDirectory.ignore: names that are no data files.
IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")

_TRAITS = {
    "ClearSolutions": {
        "begin_solution_delimeter": "begin_solution",
        "end_solution_delimeter": "end_solution",
        "code_stub": "code_stub",
        "text_stub": "text_stub",
    },
    "ClearHiddenTests": {"begin_test_delimeter": "begin_hidden", "end_test_delimeter": "end_hidden"},
    "ClearMarkScheme": {"begin_mark_scheme_delimeter": "begin_scheme", "end_mark_scheme_delimeter": "end_scheme"},
    "LockCells": {
        name: name for name in ("lock_solution_cells", "lock_grade_cells", "lock_readonly_cells", "lock_all_cells")
    },
}


def nbgrader_config(root: Path) -> Any:
    """The course's nbgrader configuration, a traitlets `Config`; empty where the course has none.

    Raises
    ------
    CourseError
        If a file does not run, or is not JSON.
    """
    from traitlets.config.loader import Config, JSONFileConfigLoader, PyFileConfigLoader

    config = Config()
    for name, loader in ((CONFIG_NAME, PyFileConfigLoader), (JSON_NAME, JSONFileConfigLoader)):
        if (root / name).is_file():
            try:
                with importable(root):
                    config.merge(loader(name, path=str(root)).load_config())
            except Exception as error:  # it is the instructor's program: anything may come
                what = f"{type(error).__name__}: {error}"
                raise CourseError(f"{root / name} does not run: {what}; mend it") from error
    return config


@contextmanager
def importable(root: Path) -> Iterator[None]:
    """Let settings and plugins import modules of the course's folder, as they can inside nbgrader."""
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))


def trait(config: Any, section: str, name: str, default: Any) -> Any:
    """One setting, lists with their additions resolved."""
    if section not in config or name not in config[section]:
        return default
    value = config[section][name]
    return value.get_value(default) if hasattr(value, "get_value") else value


def rules(config: Any) -> Rules:
    """The settings of nbgrader's release steps in this course."""
    changes = {
        ours: trait(config, section, theirs, None)
        for section, names in _TRAITS.items()
        for theirs, ours in names.items()
        if trait(config, section, theirs, None) is not None
    }
    stub = changes.get("code_stub")
    if isinstance(stub, str):
        changes["code_stub"] = {"python": stub}
    return Rules(**changes)


def read_limits(path: Path) -> Limits:
    """The limits of a lab; the defaults where it has no `limits.toml`.

    Raises
    ------
    CourseError
        If the file is not TOML, names an unknown limit or gives one that is not a positive number.
    """
    if not path.exists():
        return Limits()
    given = read_toml(path)
    known = {field.name: int if isinstance(field.default, int) else float for field in dataclasses.fields(Limits)}
    for name, value in given.items():
        if name not in known:
            raise CourseError(f"{path}: there is no limit '{name}'; the limits are {', '.join(known)}")
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and not (isinstance(value, float) and known[name] is float):
            kind = "a whole number" if known[name] is int else "a number"
            raise CourseError(f"{path}: '{name}' must be {kind}, not {value!r}")
        if not (value > 0 and math.isfinite(value)):
            raise CourseError(f"{path}: '{name}' must be positive and finite, not {value!r}")
    limits: dict[str, Any] = {name: known[name](value) for name, value in given.items()}
    return Limits(**limits)


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file of the instructor's says.

    Raises
    ------
    CourseError
        If it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not TOML: {error}") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from None

"""An nbgrader course that allclose is to grade: one line of settings, at the end of what is there.

Whether the line does what it should is seen by its effect: the settings are read again as nbgrader reads them, and
where allclose is not among the steps of `nbgrader autograde`, the file is put back as it was.
"""

from __future__ import annotations

import copy
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allclose.course.config import CONFIG_NAME, JSON_NAME, nbgrader_config
from allclose.errors import CourseError, InteropError
from allclose.interop.settings import load_settings
from allclose.interop.steps import OURS

#: What a person would add by hand to `nbgrader_config.py`.
LINE = 'c.Autograde.autograde_preprocessors = __import__("allclose").autograde_preprocessors()'
_SECTION, _NAME = "Autograde", "autograde_preprocessors"
_NEW_FILE = b"c = get_config()\n"
_LINE_BREAK = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Adopted:
    """A course's settings file, whether it was made, and the line that was added: "" where it was there already."""

    path: Path
    line: str = ""
    made: bool = False


def is_course(folder: Path) -> bool:
    """Whether a folder is the root of an nbgrader course."""
    return (folder / "source").is_dir() or any((folder / name).is_file() for name in (CONFIG_NAME, JSON_NAME))


def adopt(root: Path) -> Adopted:
    """Put the line into a course's `nbgrader_config.py`, made where there is none; no other byte is changed.

    Where the course lists the steps of `nbgrader autograde` itself, the line keeps that list and takes Execute's place
    in it.

    Raises
    ------
    CourseError
        The settings do not run.
    InteropError
        The file cannot be written, or the line would do nothing there: the message says where it belongs.
    """
    path = root / CONFIG_NAME
    steps, theirs = _steps(load_settings(root).config), _steps(nbgrader_config(root))
    if _has_ours(steps):
        return Adopted(path)
    if steps and not theirs:
        raise InteropError(
            f"{_setter(root)} sets c.{_SECTION}.{_NAME}, for every course: put allclose's steps there instead: {LINE}"
        )
    _check_writable(root, path)
    before = path.read_bytes() if path.exists() else None
    complaint = ""
    for config in ("c", "get_config()"):
        line = _line(config, keeping=bool(theirs))
        try:
            _append(path, line)
            complaint = _complaint(root)
        except BaseException:
            _put_back(path, before)
            raise
        if not complaint:
            return Adopted(path, line, made=before is None)
        _put_back(path, before)
    raise InteropError(f"{path} is left as it was, for the line would do nothing there: {complaint}")


def _line(config: str, *, keeping: bool) -> str:
    """The line where the settings are called `config`; `keeping` the steps that are listed already."""
    line = f"{config}.{LINE.removeprefix('c.')}"
    return line.removesuffix("()") + f"({config}.{_SECTION}.{_NAME})" if keeping else line


def _steps(config: Any) -> list[Any]:
    """The steps of `nbgrader autograde` that settings list, or add to nbgrader's own; none where they are silent."""
    found = config[_SECTION].get(_NAME) if _SECTION in config else None
    if found is None:
        return []
    return list(copy.deepcopy(found).get_value([]) if hasattr(found, "get_value") else found)


def _has_ours(steps: list[Any]) -> bool:
    """Whether allclose's step is among them."""
    return OURS in [step if isinstance(step, str) else f"{step.__module__}.{step.__qualname__}" for step in steps]


def _complaint(root: Path) -> str:
    """Why the settings, as they are now, do not make allclose a step of `nbgrader autograde`; empty where they do."""
    try:
        steps = _steps(load_settings(root).config)
    except CourseError as error:
        return str(error)
    if _has_ours(steps):
        return ""
    if (root / JSON_NAME).is_file() and _SECTION in (root / JSON_NAME).read_text(encoding="utf-8"):
        return f'{JSON_NAME} lists the steps of Autograde, and wins: write "{OURS}" in place of Execute there'
    return f"the list of Autograde's steps has no nbgrader.preprocessors.Execute, whose place {OURS} would take"


def _setter(root: Path) -> Path:
    """The settings file outside the course that lists the steps."""
    from jupyter_core.paths import jupyter_config_path

    folders = [Path(folder) for folder in jupyter_config_path() if _steps(nbgrader_config(Path(folder)))]
    return next((folder / CONFIG_NAME for folder in folders), root / CONFIG_NAME)


def _check_writable(root: Path, path: Path) -> None:
    """Refuse what must not be written to before anything is."""
    put = f"put this line there yourself: {LINE}"
    if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
        raise InteropError(f"{path} is a link to {path.resolve()}, which other courses may use: {put}")
    if path.exists() and not path.is_file():
        raise InteropError(f"{path} is no file: put it aside")
    if path.exists() and not (os.access(path, os.W_OK) and path.stat().st_mode & 0o222):
        raise InteropError(f"{path} is read-only: make it writable (chmod u+w), or {put}")


def _append(path: Path, line: str) -> None:
    """Add a line at the end, with the line ending that the file has; the file stays the same one, with its rights."""
    text = path.read_bytes() if path.exists() else _NEW_FILE
    breaks = _LINE_BREAK.findall(text)
    end = breaks[-1] if breaks else b"\n"
    lead = b"" if not text or text.endswith((b"\n", b"\r")) else end
    added = lead + line.encode() + end
    with path.open("ab") as file:
        file.write(added if file.tell() else text + added)
        file.flush()
        os.fsync(file.fileno())


def _put_back(path: Path, before: bytes | None) -> None:
    """Undo what was added."""
    if before is None:
        path.unlink(missing_ok=True)
    else:
        os.truncate(path, len(before))

"""nbgrader's own settings of a course: `nbgrader_config.py`, read as nbgrader reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from allclose.course.config import importable, nbgrader_config

__all__ = ["Settings", "course_directory", "importable", "load_settings"]

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config


@dataclass(frozen=True, slots=True)
class Settings:
    """What `nbgrader_config.py` says of the course at `root`."""

    root: Path
    config: Config = field(repr=False)

    @property
    def course_id(self) -> str:
        """The course's name in the gradebook, "" where none is set."""
        return str(self.config.CourseDirectory.get("course_id", "")).strip()


def load_settings(root: Path) -> Settings:
    """Read the settings that nbgrader would use in a course: the machine's, the user's, then the course's own.

    Raises
    ------
    CourseError
        A settings file does not run.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config

    config = Config()
    with importable(root):
        for folder in (*map(Path, reversed(jupyter_config_path())), root):
            config.merge(nbgrader_config(folder))
    config.CourseDirectory.root = str(root.resolve())
    return Settings(root, config)


def course_directory(settings: Settings) -> CourseDirectory:
    """Give nbgrader's own view of where things are in the course."""
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=settings.config)

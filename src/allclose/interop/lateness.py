"""When a submission came in, and what its lateness costs: nbgrader's rules, with the plugin that the course chose."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from allclose.errors import InteropError
from allclose.interop.settings import Settings, importable

#: Student, the notebook's score and the seconds late, to the points taken off; None where lateness has no meaning.
Penalty = Callable[[str, float, float], float | None]

_LONGEST_TIMESTAMP = 200


def submitted_at(folder: Path) -> datetime | None:
    """Read a submission's `timestamp.txt` as nbgrader does (UTC, without a zone); None without a usable one.

    The file comes with the submission, so anything but a short regular file with a date in it counts as none.
    """
    from nbgrader.utils import parse_utc

    path = folder / "timestamp.txt"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        with path.open("rb") as file:
            text = file.read(_LONGEST_TIMESTAMP).decode().strip()
        found: datetime | None = parse_utc(text) if text else None
    except (OSError, ValueError, OverflowError, TypeError, AttributeError):
        return None
    return found


def seconds_late(submitted: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
    """Seconds between the due date, with the student's extension, and the submission; 0 where either is unknown."""
    if submitted is None or due is None:
        return 0.0
    return max(0.0, (submitted - (due + (extension or timedelta()))).total_seconds())


def late_penalty(settings: Settings) -> Penalty:
    """Give the course's late penalty: the plugin's points, kept between 0 and the score.

    Raises
    ------
    InteropError
        The configured plugin cannot be loaded; so does the returned function where the plugin fails.
    """
    from nbgrader.preprocessors import AssignLatePenalties

    def fault(error: Exception) -> InteropError:
        path = settings.root / "nbgrader_config.py"
        return InteropError(
            f"{path}: the late penalty plugin fails ({type(error).__name__}: {error}); mend or remove it"
        )

    with importable(settings.root):
        try:
            step = AssignLatePenalties(config=settings.config)
            step.init_plugin()
        except Exception as error:
            raise fault(error) from error

    def penalty(student: str, score: float, late: float) -> float | None:
        if not step.enabled:
            return None
        try:
            points = step.plugin_inst.late_submission_penalty(student, score, late)
            return None if points is None else float(step._check_late_penalty(SimpleNamespace(score=score), points))
        except Exception as error:
            raise fault(error) from error

    return penalty

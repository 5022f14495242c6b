"""The secret seed behind hidden inputs: the same at a regrade, unknown to students."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from allclose.errors import CourseError

SECRET_BYTES = 32


def load_seed(root: Path) -> bytes:
    """The course's secret, made when it is first asked for.

    Raises
    ------
    CourseError
        If it can be neither read nor written.
    """
    path = root / ".allclose" / "secret"
    try:
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            # Whatever the course's own .gitignore says: a secret in a repository is none.
            (path.parent / ".gitignore").write_text("*\n")
            _create(path)
        return bytes.fromhex(path.read_text().strip())
    except ValueError:
        raise CourseError(
            f"{path}: this is no secret seed; restore it from a copy, or delete it to draw another"
        ) from None
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}; make the folder .allclose readable and writable") from None


def _create(path: Path) -> None:
    """Write a fresh secret; where two commands race, the first one's stands."""
    temporary = path.with_name(f"secret.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(SECRET_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()

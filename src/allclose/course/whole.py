"""Files that appear whole or not at all, whoever is killed while writing."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_SUFFIX = ".tmp"
_NAME_LENGTH = 100


@contextlib.contextmanager
def replacing(path: Path, *, durable: bool = False, permissions: int | None = None) -> Iterator[Path]:
    """Give a temporary file beside `path` to be written; it takes that place when all went well.

    Its lock is held until then, and is gone with a run that is killed: by that `sweep` tells one from the other.

    Parameters
    ----------
    path
        Where the file goes; its folder must be there.
    durable
        Whether to wait for the disk.
    permissions
        The file's mode; what any new file gets where none is named.

    Raises
    ------
    OSError
        If it cannot be written; what stood there before still stands.
    """
    handle, temporary = _held(path)
    try:
        yield temporary
        if durable:
            os.fsync(handle)
        temporary.chmod(0o666 & ~_umask() if permissions is None else permissions)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def sweep(folder: Path, name: str = "") -> None:
    """Remove what killed runs left half-written in a folder, of the file of that `name` or of any."""
    of_name = f".{glob.escape(name[:_NAME_LENGTH])}.*" if name else ".*"
    for path in folder.glob(of_name + _SUFFIX):
        with contextlib.suppress(OSError):  # swept or put in its place by another
            remove_unless_held(path)


def is_temporary(name: str) -> bool:
    """Whether a file of that name can be one that a run is writing."""
    return name.startswith(".") and name.endswith(_SUFFIX)


def remove_unless_held(path: Path) -> None:
    """Remove a temporary file, but not the one of a run at work.

    Raises
    ------
    OSError
        If it cannot be opened or removed.
    """
    if path.is_symlink():
        path.unlink()
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except BlockingIOError:
        return
    finally:
        os.close(handle)


def _held(path: Path) -> tuple[int, Path]:
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_NAME_LENGTH]}.", suffix=_SUFFIX)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)  # swept before we had its lock


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

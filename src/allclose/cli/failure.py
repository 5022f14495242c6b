"""From an exception to an exit code and the one line that a person reads."""

from __future__ import annotations

import errno

import typer
from typer.exceptions import TyperException

from allclose.errors import AllcloseError, IsolationUnavailable, SandboxError

DONE, OURS, THEIRS, INTERRUPTED = 0, 1, 2, 130

_MENDS = {
    errno.ENOSPC: "the disk is full: make room and run again, finished results are kept",
    errno.EDQUOT: "the disk quota is used up: make room and run again, finished results are kept",
    errno.EACCES: "permission denied: give read and write permission there and run again",
    errno.EPERM: "not permitted: give read and write permission there and run again",
    errno.EROFS: "the file system is read-only: work in a folder that can be written",
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EISDIR: "this is a folder, not a file",
    errno.EEXIST: "this exists already",
    errno.EMFILE: "too many open files: raise the limit (ulimit -n) or use fewer --jobs",
    errno.ENOMEM: "out of memory: use fewer --jobs",
}


def code_and_line(error: BaseException) -> tuple[int, str]:
    """Return the exit code and the line for an exception that ended a command.

    The line is empty where there is nothing to say.
    """
    match error:
        case typer.Abort() | KeyboardInterrupt():
            return INTERRUPTED, "interrupted; finished results are kept, run the same command again to go on"
        case TyperException():
            return THEIRS, _usage(error)
        case BrokenPipeError():
            return OURS, ""
        case SandboxError() if not isinstance(error, IsolationUnavailable):
            return OURS, one_line(str(error))
        case AllcloseError():
            return THEIRS, one_line(str(error))
        case OSError() if error.errno in _MENDS:
            where = f"{error.filename}: " if error.filename is not None else ""
            return THEIRS, one_line(f"{where}{_MENDS[error.errno]}")
        case SystemExit():
            return error.code if isinstance(error.code, int) else THEIRS, ""
    what = f"a fault of ours, {type(error).__name__}: {error}"
    return OURS, one_line(f"{what} (ALLCLOSE_TRACEBACK=1 shows where; finished results are kept)")


def one_line(text: str) -> str:
    """Return a text as one line that cannot paint a terminal."""
    from allclose.report.tables import printable

    return printable(text)


def _usage(error: TyperException) -> str:
    text = getattr(error, "format_message", error.__str__)().replace("Value error, ", "")  # whose words are pydantic's
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "allclose"
    return one_line(f"{text.rstrip('.')} (see {command} --help)")

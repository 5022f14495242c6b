"""Errors that mean *we* or the instructor are wrong; what students do is a `Verdict`, never an exception.

    AllcloseError
    ├── CourseError                  the course on disk is not what it should be
    ├── NotebookError                a notebook of the instructor's cannot be used
    │   ├── LeakError                a release would show an answer or a hidden test
    │   └── MarkerError              solution or hidden-test markers do not pair up
    ├── SuiteError                   the hidden suite cannot be collected or does not fit its lab
    ├── SandboxError                 the engine could not do its work
    │   ├── IsolationUnavailable     this machine cannot give the tier that was asked for
    │   └── ProtocolError            the other side of the wire said something it must not
    └── InteropError                 another grader's files or database could not be read or written

A message names the file and the mend, in one line.
"""


class AllcloseError(Exception):
    """Base of every error of this package."""


class CourseError(AllcloseError):
    """The course on disk is not what it should be."""


class NotebookError(AllcloseError):
    """A notebook of the instructor's cannot be used."""


class LeakError(NotebookError):
    """A release would show an answer, a hidden test or a misconception."""


class MarkerError(NotebookError):
    """Solution or hidden-test markers do not pair up."""


class SuiteError(AllcloseError):
    """The hidden suite cannot be collected or does not fit its lab."""


class SandboxError(AllcloseError):
    """The engine could not do its work."""


class IsolationUnavailable(SandboxError):
    """This machine cannot give the isolation tier that was asked for."""


class ProtocolError(SandboxError):
    """The other side of the wire said something it must not."""


class InteropError(AllcloseError):
    """Another grader's files or database could not be read or written."""


def unforeseen(error: Exception) -> str:
    """Say of one submission what we did not foresee: it has no grade, and the class goes on."""
    return f"a fault of ours, {type(error).__name__}: {error}; report it with this submission"

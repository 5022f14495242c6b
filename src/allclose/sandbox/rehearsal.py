"""Running once, before the first fork, what every submission's process and every worker of a suite will run.

Python adapts a function's bytecode while it is called. What a process has adapted before it forks, its children have.
"""

from __future__ import annotations

import socket

import numpy as np

from allclose.model import Limits
from allclose.sandbox.loopback import LocalLink
from allclose.sandbox.remote import Submission
from allclose.sandbox.wire import Channel, Kind

_TIMES = 20


def rehearse(limits: Limits) -> None:
    """Make calls and callbacks of the usual kinds with both ends of the wire in this process."""
    link = LocalLink({"same": lambda value, *_: value, "call": lambda function, value: function(value)}, limits)
    submission = Submission(link, lambda _: {})
    values = (1.5, 3, True, "text", None, np.arange(6.0).reshape(2, 3), np.float64(2), [1.0, 2], (1, 2.0), {"a": [1]})
    for _ in range(_TIMES):
        link.begin_test("")
        for value in (*values, np.random.default_rng(0)):
            submission.same(value, 0.1)
            submission.call(_echo, value)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        there, here = Channel(ours, limits.frame_bytes), Channel(theirs, limits.frame_bytes)
        for _ in range(_TIMES):
            there.send(Kind.CALL, b"frame")
            here.receive()


def _echo(value: object) -> object:
    return value

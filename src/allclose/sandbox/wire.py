"""Numbered frames on a socket, with caps that hold before anything is allocated.

A frame is a header (payload size, number, kind) and a payload. Each side counts its own frames from 0; a frame with
another number, an unknown kind or a size over the cap is a `ProtocolError`, and the connection is of no further use.
"""

from __future__ import annotations

import socket
import struct
import time
from enum import IntEnum
from typing import Literal

from allclose.errors import ProtocolError

_HEADER = struct.Struct("!IIB")
_CHUNK = 1 << 16


class Kind(IntEnum):
    """What a frame says. Below 16: from the trusted side; above: from the sandbox."""

    START = 1
    CELL = 2
    TESTS = 3
    QUESTION = 4
    CALL = 5
    RETURN = 6
    RAISE = 7
    FILES = 8
    READY = 16
    OUTCOME = 17
    RESULT = 18
    ERROR = 19
    CALLBACK = 20
    WRITTEN = 21


#: The number of the function that a running cell calls to have tests run where it stands; others begin at 1.
CHECKS = 0

#: What of a notebook can be called, by its name: with these a sandbox answers as it puts the names back.
CallableKind = Literal["function", "class"]
#: How long that answer may be, in bytes.
MAX_NAMES_BYTES = 1 << 16

_KINDS = {int(kind): kind for kind in Kind}


class Closed(Exception):
    """The other side is gone."""


class Late(Exception):
    """The other side did not answer before the deadline."""


class Channel:
    """One end of a framed connection.

    Parameters
    ----------
    connection : socket.socket
        A connected stream socket; the channel owns it.
    frame_bytes : int
        The largest payload that is accepted or sent, in bytes.
    counts : tuple of int
        Frames sent and received so far, for a connection that another process began.
    """

    def __init__(self, connection: socket.socket, frame_bytes: int, counts: tuple[int, int] = (0, 0)) -> None:
        self.connection = connection
        self.frame_bytes = frame_bytes
        self._sent, self._received = counts
        self._buffer = bytearray()

    @property
    def counts(self) -> tuple[int, int]:
        """Frames sent and received so far."""
        return self._sent, self._received

    def send(self, kind: Kind, payload: bytes, deadline: float | None = None) -> None:
        """Send one frame; `deadline` is a `time.monotonic` instant.

        Raises
        ------
        ProtocolError
            If the payload is over the cap; nothing was sent then.
        Closed, Late
            If the other side is gone, or reads too slowly.
        """
        if len(payload) > self.frame_bytes:
            raise ProtocolError(f"a frame of {len(payload)} bytes is over the cap of {self.frame_bytes}")
        frame = _HEADER.pack(len(payload), self._sent, kind) + payload
        self._sent += 1
        try:
            self.connection.settimeout(_remaining(deadline))
            self.connection.sendall(frame)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Closed from None

    def receive(self, deadline: float | None = None) -> tuple[Kind, bytes]:
        """Wait for the next frame.

        Raises
        ------
        ProtocolError
            If the frame is over the cap, out of order or of an unknown kind.
        Closed, Late
            If the other side is gone, or silent until the deadline.
        """
        self._fill(_HEADER.size, deadline)
        size, number, code = _HEADER.unpack_from(self._buffer)
        if size > self.frame_bytes:
            raise ProtocolError(f"a frame of {size} bytes is over the cap of {self.frame_bytes}")
        if number != self._received:
            raise ProtocolError("a frame is out of order")
        kind = _KINDS.get(code)
        if kind is None:
            raise ProtocolError("a frame is of an unknown kind")
        end = _HEADER.size + size
        self._fill(end, deadline)
        payload = bytes(memoryview(self._buffer)[_HEADER.size : end])
        del self._buffer[:end]
        self._received += 1
        return kind, payload

    def quiet(self) -> bool:
        """Whether nothing more has arrived than what was asked for."""
        if self._buffer:
            return False
        self.connection.settimeout(0)
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return True

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _fill(self, size: int, deadline: float | None) -> None:
        while len(self._buffer) < size:
            try:
                self.connection.settimeout(_remaining(deadline))
                chunk = self.connection.recv(max(_CHUNK, min(size - len(self._buffer), 1 << 22)))
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Closed from None
            if not chunk:
                raise Closed
            self._buffer += chunk


def _remaining(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise Late
    return remaining

"""Both ends of the wire in one process, for graders that run a notebook in a kernel of their own.

What a test sees of a submission here is what it sees of one in the sandbox, because it takes the same way: arguments
and results are encoded and rebuilt, objects stay behind handles, an error comes by its type. Only the wall is missing.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from allclose.errors import ProtocolError
from allclose.model import Limits
from allclose.sandbox.child import Child
from allclose.sandbox.remote import Link
from allclose.sandbox.shell import Shell
from allclose.sandbox.wire import Channel, Kind

Frame = tuple[Kind, bytes]


class LocalLink(Link):
    """A link to names in this very process; nothing that runs there is interrupted.

    Parameters
    ----------
    namespace : dict
        The student's names, which every test finds as they are now; `restore` puts them back.
    limits : Limits
        The caps of the wire.
    """

    def __init__(self, namespace: dict[str, Any], limits: Limits) -> None:
        ours, theirs = deque[Frame](), deque[Frame]()
        self._frames = ours, theirs
        self._names = _Names(namespace)
        child = _Neighbour(_End(theirs, ours, limits, lambda frame: self._call_back(frame[1])), self._names)
        channel = _End(ours, theirs, limits, lambda frame: child.answer(*frame))
        super().__init__(channel, -1, limits, math.inf, _none_to_spawn)

    def begin_test(self, question: str, *, apart: bool = False) -> None:
        """Put the names back; what an interrupted test left on the wire is gone."""
        for frames in self._frames:
            frames.clear()
        self._restored = False  # cells may have run since
        super().begin_test(question, apart=apart)

    def fresh(self) -> LocalLink:
        """Give a link to names of their own: in this process there is no other place to be had."""
        link = LocalLink({"__name__": "__main__"}, self.limits)
        link.begin_test("")
        link.seen = self.seen
        return link

    def restore(self) -> None:
        """Put the names back as they stood when this link was made."""
        self._names.restore("")

    def _exchange(self, kind: Kind, payload: bytes) -> Frame:
        answer = super()._exchange(kind, payload)
        if self._lost is not None:  # raised where the student's code could catch it
            raise self._lost
        return answer


class _End(Channel):
    """One end: who waits for a frame lets the other side work on those that it has."""

    def __init__(
        self, inbox: deque[Frame], outbox: deque[Frame], limits: Limits, other: Callable[[Frame], None]
    ) -> None:
        self.frame_bytes = limits.frame_bytes
        self._inbox = inbox
        self._outbox = outbox
        self._other = other

    def send(self, kind: Kind, payload: bytes, deadline: float | None = None) -> None:
        if len(payload) > self.frame_bytes:
            raise ProtocolError(f"a frame of {len(payload)} bytes is over the cap of {self.frame_bytes}")
        self._outbox.append((kind, payload))

    def receive(self, deadline: float | None = None) -> Frame:
        while not self._inbox:
            self._other(self._outbox.popleft())
        return self._inbox.popleft()

    def quiet(self) -> bool:
        return not self._inbox


class _Names(Shell):
    """Stands for a shell whose cells somebody else's kernel runs: there is one place to go back to."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self._before = dict(namespace)

    def restore(self, name: str) -> None:
        self.namespace.clear()
        self.namespace.update(self._before)

    def silence(self) -> None:
        """Leave output to whoever runs the kernel."""


class _Neighbour(Child):
    """Serves calls without taking over the handler of SIGINT, which is the kernel's."""

    @contextmanager
    def _student_code(self) -> Iterator[None]:
        yield


def _none_to_spawn() -> Any:
    raise NotImplementedError("in one process there is no other sandbox")

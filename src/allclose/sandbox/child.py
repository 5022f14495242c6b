"""The sandbox's end of the wire: runs cells, keeps the names as they stood, and serves calls.

Everything here shares a process with student code, so nothing here is trusted; the other end is `session` and `remote`.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
from _signal import getsignal  # type: ignore[import-not-found]  # `signal`'s own looks for an enum in each answer
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from allclose.errors import ProtocolError
from allclose.sandbox import written
from allclose.sandbox.changes import absorb
from allclose.sandbox.names import callables, evaluate, reachable, stood_in
from allclose.sandbox.shell import Shell
from allclose.sandbox.values import (
    Callback,
    Handle,
    Missing,
    Name,
    Reference,
    Unsendable,
    decode,
    encode,
    snapshot,
)
from allclose.sandbox.wire import CHECKS, MAX_NAMES_BYTES, Channel, Closed, Kind

if TYPE_CHECKING:
    from allclose.sandbox.checks import Checks

MAX_ITEMS = 1_000_000


class CallbackFailed(Exception):
    """A function of the test's could not answer."""


def serve(channel: Channel, shell: Shell) -> None:
    """Answer frames until the other side hangs up; ends the process.

    Parameters
    ----------
    channel : Channel
        The connection to the trusted side.
    shell : Shell
        The warm shell, as inherited from the zygote.
    """
    Child(channel, shell).serve()


class Child:
    """Serves the frames of one connection, one at a time."""

    def __init__(self, channel: Channel, shell: Shell) -> None:
        self.channel = channel
        self.shell = shell
        self.pid = os.getpid()
        self.root = Path.cwd()
        self.given: dict[str, written.State] = {}
        self.objects: list[Any] = []
        self.numbers: dict[int, int] = {}
        self.alive: set[int] = set()
        self.running = False
        self.lock = threading.RLock()
        self._handler = self._interrupt
        self.checks: Checks | None = None

    def serve(self) -> None:
        """Answer frames until the other side hangs up."""
        try:
            while True:
                self.answer(*self.channel.receive())
        except Closed:
            pass

    def answer(self, kind: Kind, payload: bytes) -> None:
        """Do what one frame asks for and send what comes of it."""
        match kind:
            case Kind.START:
                self._start(msgspec.msgpack.decode(payload))
            case Kind.CELL:
                self._cell(msgspec.msgpack.decode(payload))
            case Kind.FILES:
                self._stay_one()
                written.tell(self.channel, self.root, self.given, msgspec.msgpack.decode(payload, type=int))
            case Kind.TESTS:
                self.shell.silence()
                self._send(Kind.READY, b"")
            case Kind.QUESTION:
                self.shell.restore(payload.decode())
                self.objects.clear()
                self.numbers.clear()
                known = msgspec.msgpack.encode(callables(self.shell.namespace))
                self._send(Kind.READY, known if len(known) <= MAX_NAMES_BYTES else b"")
            case Kind.CALL:
                self._call(payload)
            case _:
                raise ProtocolError("a frame came that was not asked for")

    def _send(self, kind: Kind, payload: bytes) -> None:
        self._stay_one()
        self.channel.send(kind, payload)

    def _stay_one(self) -> None:
        if os.getpid() != self.pid:  # student code forked and its copy came back here
            os._exit(0)

    def _start(self, pieces: list[tuple[str, bytes]]) -> None:
        for name, data in pieces:
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(data)
            self.given[name] = written.state(name)
        self._send(Kind.READY, b"")

    def _cell(self, cell: dict[str, Any]) -> None:
        if cell["snapshot"] is not None:
            self.shell.snapshot(cell["snapshot"])
        outcome = self.shell.run_cell(cell["source"])
        self._send(
            Kind.OUTCOME,
            msgspec.json.encode([outcome.outputs, outcome.execution_count, outcome.failed, outcome.interrupted]),
        )

    @contextmanager
    def _student_code(self) -> Iterator[None]:
        """Let the trusted side interrupt what runs now, and nothing else."""
        if getsignal(signal.SIGINT) is not self._handler:
            signal.signal(signal.SIGINT, self._handler)
        outer, self.running = self.running, True
        try:
            yield
        finally:
            self.running = outer

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self.running:
            raise KeyboardInterrupt

    def _call(self, payload: bytes) -> None:
        alive = self.alive
        self.alive = set(alive)
        try:
            request = decode(payload, self._resolve)
            with self._student_code():
                result = self._check(*request[2:]) if request[0] == "check" else self._perform(request)
            self._send(Kind.RESULT, encode(result, self._refer, self.channel.frame_bytes))
        except Closed:
            raise
        except Unsendable as error:
            self._send(Kind.ERROR, msgspec.msgpack.encode(["TypeError", str(error), False]))
        except Missing as missing:
            self._send(Kind.ERROR, msgspec.msgpack.encode(["NameError", str(missing)[:200], True]))
        except BaseException as error:
            self._send(Kind.ERROR, msgspec.msgpack.encode([_builtin_name(error), _text(error), False]))
        finally:
            self.alive = alive

    def _perform(self, request: Any) -> Any:
        operation, bound, *rest = request
        with stood_in(self.shell.namespace, bound):
            match operation:
                case "look":
                    return self._look(rest[0])
                case "call":
                    return self._called(*rest)
                case "map":
                    return list(self._mapped(*rest))
                case "get":
                    return getattr(*rest)
                case "set":
                    return setattr(*rest)
                case "item":
                    return rest[0][rest[1]]
                case "length":
                    return len(rest[0])
                case "list":
                    return list(itertools.islice(rest[0], MAX_ITEMS))
                case "run":
                    return self._run(*rest)
                case "reachable":
                    return [name for name in rest[0] if self._reachable(name)]
                case "file":
                    return self._file(rest[0], rest[1])
        raise ProtocolError("a call of an unknown kind")

    def _check(self, *step: Any) -> Any:
        if self.checks is None:
            from allclose.sandbox.checks import Checks

            self.checks = Checks(self.shell.namespace, self._ask_for_check)
        return self.checks.perform(*step)

    def _ask_for_check(self, question: str) -> list[Any]:
        """Let the trusted side run a question's tests, while the cell that asks for them waits."""
        handler = signal.getsignal(signal.SIGINT)
        self.alive.add(CHECKS)
        try:
            answer: list[Any] = self.ask(CHECKS, (question,), {})
            return answer
        finally:
            self.alive.discard(CHECKS)
            signal.signal(signal.SIGINT, handler)

    def _run(self, code: str, *given: Any) -> Any:
        """The value of some code, or what it returns when it is called with what is given."""
        value = evaluate(code, self.shell.namespace)
        return self._called(value, *given) if given else value

    def _called(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """What a function returns, and its arguments where it changed them."""
        before = snapshot(args, kwargs, _Stub, self._refer, self.channel.frame_bytes)
        result = function(*args, **kwargs)
        after = snapshot(args, kwargs, _Stub, self._refer, self.channel.frame_bytes)
        return [result, None if after == before else [args, kwargs]]

    def _mapped(self, function: Callable[..., Any], inputs: list[Any]) -> Iterator[Any]:
        for args in inputs:
            try:
                yield [True, function(*args)]
            except Exception as error:
                yield [False, [_builtin_name(error), _text(error)]]
                return

    def _look(self, name: str) -> Any:
        if name not in self.shell.namespace:
            raise Missing(name)
        return self.shell.namespace[name]

    def _reachable(self, name: str) -> bool:
        namespace = self.shell.namespace
        return name not in namespace or reachable(namespace[name], namespace)

    def _file(self, name: str, max_bytes: int) -> bytes:
        with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(max_bytes)

    def _refer(self, value: Any) -> Handle | Callback:
        if isinstance(value, _Stub):
            return Callback(value.number)
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        kind = "class" if isinstance(value, type) else "module" if isinstance(value, ModuleType) else "object"
        return Handle(number, "function" if kind == "object" and callable(value) else kind)

    def _resolve(self, reference: Reference) -> Any:
        if isinstance(reference, Callback):
            self.alive.add(reference.number)
            return _Stub(self, reference.number)
        if isinstance(reference, Name):
            return self._look(reference.text)
        return self.objects[reference.number]

    def ask(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function that lives on the trusted side."""
        with self.lock:
            if number not in self.alive:
                raise CallbackFailed("this function was only there for the call that it was given to")
            running, self.running = self.running, False
            try:
                self._send(Kind.CALLBACK, encode([number, args, kwargs], self._refer, self.channel.frame_bytes))
                kind, payload = self.channel.receive()
                while kind is Kind.CALL:
                    self._call(payload)
                    kind, payload = self.channel.receive()
            finally:
                self.running = running
        answer = decode(payload, self._resolve)
        if kind is Kind.RAISE:
            raise _exception(answer[0])(answer[1])
        value, changed = answer
        if changed is not None:
            absorb(args, changed[0])
            absorb(kwargs, changed[1])
        return value


class _Stub:
    """A function that lives on the trusted side."""

    def __init__(self, child: Child, number: int) -> None:
        self._child = child
        self.number = number
        self.__name__ = "function"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._child.ask(self.number, args, kwargs)


def _builtin_name(error: BaseException) -> str:
    """The nearest ancestor of the error's type that Python itself defines; MemoryError where a GPU's is used up."""
    kinds = type(error).__mro__
    if any(kind.__name__ == "OutOfMemoryError" for kind in kinds):  # torch's, which is a RuntimeError
        return MemoryError.__name__
    return next(kind.__name__ for kind in kinds if kind.__module__ == "builtins")


def _exception(name: str) -> type[Exception]:
    import builtins

    found = getattr(builtins, name, Exception)
    return found if isinstance(found, type) and issubclass(found, Exception) else Exception


def _text(error: BaseException) -> str:
    try:
        return str(error)[:2000].encode("utf-8", "replace").decode()
    except Exception:
        return ""

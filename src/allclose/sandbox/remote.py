"""The trusted end of the calls: a submission's names as proxies, with deadlines, callbacks and caps.

A call that outlasts its deadline, a process that dies and a frame that must not be there end as `Lost`, which is no
`Exception`, so that no test and no library (hypothesis, say) catches it by accident.
"""

from __future__ import annotations

import builtins
import math
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from allclose.errors import ProtocolError, SuiteError
from allclose.model import Limits, Verdict
from allclose.sandbox.changes import absorb
from allclose.sandbox.clock import MOSTLY, Clock, is_overloaded, pid_of
from allclose.sandbox.values import Callback, Handle, Name, Reference, Unsendable, decode, encode, snapshot
from allclose.sandbox.wire import MAX_NAMES_BYTES, CallableKind, Channel, Closed, Kind, Late

GRACE_SECONDS = 1.0
#: How long the sandbox may take to answer after a test.
CLOSING_SECONDS = 5.0
MAX_NESTING = 16
MAX_TEXT = 2000
#: How many answers of one test are kept.
MAX_SEEN = 10_000
_OF_HYPOTHESIS = frozenset(
    ("hypothesis_internal_is_this_a_mock_check", "execute_example", "setup_example", "teardown_example")
)
Functions = Mapping[str, Callable[..., Any]]
#: The connection to a new sandbox process, and its pidfd.
Spawned = tuple[socket.socket, int]


class Lost(BaseException):
    """The test cannot go on; `alive` says whether the sandbox can still serve the next one."""

    def __init__(self, verdict: Verdict, *, alive: bool) -> None:
        super().__init__(verdict.value)
        self.verdict = verdict
        self.alive = alive


class StudentRaised(Exception):
    """The student's code raised; also an instance of the builtin type that it raised."""


class StudentMissing(StudentRaised, NameError):
    """The student never defined this name."""


class Link:
    """Requests to one sandbox process, one at a time.

    Parameters
    ----------
    channel : Channel
        The connection to the process.
    pidfd : int
        The process, for interrupting it.
    limits : Limits
        What a call may use.
    end : float
        When the whole submission must be done, a `time.monotonic` instant.
    spawn : callable
        Gives a new sandbox process, and ends the one that it gave before.
    patient : bool
        Whether its clocks are.
    lent : bool
        Whether one of the processes that work in turns shares a GPU with others.

    Attributes
    ----------
    refused : bool
        Whether one of our functions raised in this test when the student's code called it.
    changed : bool
        Whether the student's code changed an argument in this test; drawing from a Generator is no change.
    apart : bool
        Whether such changes stay on the other side: see `begin_test`.
    clock : Clock
        The time of the running test.
    callables : dict of str to str
        The functions that the notebook defined and its classes, as the test began: "function" or "class" by name.
    seen : list
        What the submission has answered in this test, as it came; an error by the name of its type.
    """

    def __init__(
        self,
        channel: Channel,
        pidfd: int,
        limits: Limits,
        end: float,
        spawn: Callable[[], Spawned],
        *,
        patient: bool = False,
        lent: bool = False,
    ) -> None:
        self.channel = channel
        self.pidfd = pidfd
        self.limits = limits
        self._end = end
        self._began = time.monotonic()
        self._given = end - self._began
        self._waited = self._overdrawn = self._freed = 0.0
        self._patient = patient
        self._lent = lent
        self._contended = False
        self._spawn = spawn
        self._lost: Lost | None = None
        self._pids = (pid_of(pidfd), os.getpid())
        self.clock = Clock((), 0.0, end)
        self._callbacks: dict[int, Callable[..., Any]] = {}
        self._numbers: dict[int, int] = {}
        self._mentioned: set[str] = set()
        self._calls = 0
        self._nesting = 0
        self._question: str | None = None
        self._restored = self._foul = False
        self.callables: dict[str, CallableKind] = {}
        self._issued = 0
        self.refused = self.changed = self.apart = False
        self.seen: list[Any] = []

    def begin_tests(self) -> None:
        """Tell the sandbox that hidden inputs follow: nothing printed from here on is shown."""
        self._start_clock()
        self._exchange(Kind.TESTS, b"")

    def begin_test(self, question: str, *, apart: bool = False) -> None:
        """Put the names back as they stood at the question's grade cell and start the test's clock.

        What the student's code changes in its arguments is changed in the test's own objects, as in one process; not
        so `apart`, where the test goes on with what it passed, and only Generators move on.

        Raises
        ------
        Lost
            With `not-run` where the submission's time is over.
        """
        if self.is_over():
            raise Lost(Verdict.NOT_RUN, alive=True)
        self._callbacks.clear()
        self._numbers.clear()
        self._calls = 0
        self._nesting = 0
        self.refused = self.changed = False
        self.seen = []
        self.apart = apart
        self._lost = None
        self._start_clock()
        if not self._restored or question != self._question:
            _, names = self._exchange(Kind.QUESTION, question.encode())
            try:
                self.callables = _callables_of(names)
            except ProtocolError:
                raise self.tampered() from None
        self._question, self._restored = question, False

    def begin_case(self) -> None:
        """Start the clock of a test that runs where the notebook stands, its names as they are."""
        self.seen = []
        self._lost = self._question = None
        self._start_clock()

    def fresh(self) -> Link:
        """Give a link to a new sandbox process, in which no student code has run; for the rest of this test.

        What it answers belongs to the trace of this test. One that was given before is ended.
        """
        connection, pidfd = self._spawn()
        link = Link(Channel(connection, self.limits.frame_bytes), pidfd, self.limits, self._end, self._spawn)
        link.clock = self.clock
        link.seen = self.seen
        link._exchange(Kind.START, msgspec.msgpack.encode([]))
        link._exchange(Kind.TESTS, b"")
        return link

    @property
    def alive(self) -> bool:
        """Whether the sandbox can serve another test."""
        return self._lost is None or self._lost.alive

    def clean(self) -> bool:
        """Whether the sandbox said nothing that it was not asked.

        What it said beside an answer may still be on its way. So it is asked to put the names back, which the next test
        needs anyhow: the answer to that comes behind all else.
        """
        if self._foul or self._question is None:
            return not self._foul and self.channel.quiet()
        clock = Clock(self._pids, CLOSING_SECONDS, math.inf)
        try:
            clock.send(self.channel, Kind.QUESTION, self._question.encode())
            kind, names = clock.receive(self.channel)
            self._restored = kind is Kind.READY
            self.callables = _callables_of(names)
            self._foul = not (self._restored and self.channel.quiet())
        except ProtocolError:
            self._foul = True
        except Closed:
            self._lose(Verdict.CRASH, alive=False)
        except Late:
            self._lose(Verdict.TIMEOUT, alive=False)
        return not self._foul

    def request(self, operation: str, bound: Functions, *parts: Any) -> Any:
        """Ask for one operation and answer callbacks until its result is there.

        Raises
        ------
        StudentRaised
            If the student's code raised.
        Lost
            If the call outlasted the test's time, the process died, or what came back is not plain.
        """
        if self._lost is not None:
            raise self._lost
        self._restored = False
        known, names = set(self._callbacks), self._mentioned
        self._mentioned = set()
        try:
            payload = encode([operation, dict(bound), *parts], self._refer, self.limits.frame_bytes)
        except Unsendable as error:
            raise SuiteError(f"a test passes an argument that cannot travel to the sandbox: {error}") from None
        try:
            kind, answer = self._exchange(Kind.CALL, payload)
            if kind is Kind.ERROR:
                raised = self._raised(answer)
                self._see(type(raised).__name__)
                raise raised
            value = self._decode(answer)
            self._see(value)
            return value
        finally:
            self._mentioned = names
            for number in set(self._callbacks) - known:
                function = self._callbacks.pop(number)
                self._numbers.pop(id(function), None)

    def _see(self, value: Any) -> None:
        if len(self.seen) < MAX_SEEN:
            self.seen.append(value)

    def _exchange(self, kind: Kind, payload: bytes) -> tuple[Kind, bytes]:
        answers = (Kind.RESULT, Kind.ERROR) if kind is Kind.CALL else (Kind.READY,)
        try:
            self.clock.send(self.channel, kind, payload)
            while True:
                answer, data = self.clock.receive(self.channel)
                if answer in answers:
                    return answer, data
                if answer is not Kind.CALLBACK or kind is not Kind.CALL:
                    raise ProtocolError("a frame came that was not asked for")
                self._call_back(data)
        except ProtocolError:
            raise self._lose(Verdict.PROTOCOL, alive=False) from None
        except Closed:
            raise self._lose(Verdict.CRASH, alive=False) from None
        except Late:
            raise self._lose(Verdict.TIMEOUT, alive=self._interrupt()) from None

    @property
    def contended(self) -> bool:
        """Whether a limit was reached because of others on this machine, as may be, so that this run tells nothing."""
        return self._contended or self.clock.in_doubt

    def is_over(self) -> bool:
        """Whether the time of the whole submission is up."""
        now = time.monotonic()
        if now < self._end:
            return False
        if self._overdrawn < MOSTLY * self._given and (self._lent or is_overloaded(self._waited, now - self._began)):
            self._contended = self._patient
        return True

    def settle(self) -> tuple[float, float]:
        """Give back to the submission what its test only waited.

        Returns
        -------
        given_back, overdrawn
            Seconds since this was asked for last: what was given back, and the limits of what ran out of time.
        """
        clock = self.clock
        self._contended = self.contended
        waited = clock.waited() if clock.is_old else 0.0
        self._waited += waited
        given_back = waited + clock.extension + self._freed
        overdrawn = clock.limit if clock.late else 0.0
        self._freed = 0.0
        self._end += given_back
        self._overdrawn += overdrawn
        self.clock = Clock((), 0.0, self._end)
        return given_back, overdrawn

    def _start_clock(self) -> None:
        self.settle()
        self.clock = Clock(self._pids, self.limits.test_seconds, self._end, patient=self._patient, lent=self._lent)

    def _call_back(self, data: bytes) -> None:
        self._calls += 1
        self._nesting += 1
        if self._calls > self.limits.callbacks or self._nesting > MAX_NESTING:
            raise self._lose(Verdict.LIMIT, alive=False)
        request = decode(data, self._resolve)
        if type(request) is not list or len(request) != 3:
            raise ProtocolError("a callback is not of the right form")
        number, args, kwargs = request
        if type(number) is not int or type(args) is not tuple or type(kwargs) is not dict:
            raise ProtocolError("a callback is not of the right form")
        function = self._callbacks.get(number)
        if function is None or not all(type(key) is str for key in kwargs):
            raise ProtocolError("a callback to a function that was never given out")
        try:
            before = snapshot(args, kwargs, RemoteObject, self._refer, self.limits.frame_bytes)
            value = function(*args, **kwargs)
            after = snapshot(args, kwargs, RemoteObject, self._refer, self.limits.frame_bytes)
            answer = encode([value, None if before == after else [args, kwargs]], self._refer, self.limits.frame_bytes)
            self.clock.send(self.channel, Kind.RETURN, answer)
        except (Closed, Late, ProtocolError):
            raise
        except Exception as error:  # the student may have passed nonsense: it is theirs to handle
            self.refused = True
            name = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
            message = msgspec.msgpack.encode([name, "the function could not answer"])
            self.clock.send(self.channel, Kind.RAISE, message)
        finally:
            self._nesting -= 1

    def _interrupt(self) -> bool:
        """Interrupt the student's code; whether the sandbox came back to serving."""
        began = time.monotonic()
        grace = Clock(self._pids, GRACE_SECONDS, math.inf)
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGINT)
            while True:
                kind, _ = grace.receive(self.channel)
                if kind in (Kind.RESULT, Kind.ERROR):
                    return self._nesting == 0
                if kind is Kind.CALLBACK:
                    refusal = msgspec.msgpack.encode(["TimeoutError", "out of time"])
                    grace.send(self.channel, Kind.RAISE, refusal)
        except (OSError, Closed, Late, ProtocolError):
            return False
        finally:
            self._freed += time.monotonic() - began

    def tampered(self) -> Lost:
        """What to raise where an answer came that only student code can have made: the process is of no further use."""
        return self._lose(Verdict.PROTOCOL, alive=False)

    def _lose(self, verdict: Verdict, *, alive: bool) -> Lost:
        self._lost = Lost(verdict, alive=alive)
        return self._lost

    def _decode(self, data: bytes) -> Any:
        try:
            return decode(data, self._resolve)
        except ProtocolError:
            raise self._lose(Verdict.PROTOCOL, alive=False) from None

    def _raised(self, data: bytes) -> BaseException:
        try:
            name, text, missing = msgspec.msgpack.decode(data, type=tuple[str, str, bool])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return self._lose(Verdict.PROTOCOL, alive=False)
        if missing:  # what is missing is for us to say
            return StudentMissing(text if text in self._mentioned else "")
        return student_error(name, text[:MAX_TEXT])

    def _refer(self, value: Any) -> Reference:
        if isinstance(value, RemoteObject):
            handle: Handle | Name = value._handle
            if isinstance(handle, Name):
                self._mentioned.add(handle.text)
            return handle
        if not callable(value):
            raise Unsendable(f"a {type(value).__name__} does not travel")
        number = self._numbers.get(id(value))
        if number is None:
            self._issued += 1
            number = self._numbers[id(value)] = self._issued
            self._callbacks[number] = value
        return Callback(number)

    def _resolve(self, reference: Reference) -> Any:
        if isinstance(reference, Handle):
            return RemoteObject(self, reference, {})
        function = self._callbacks.get(reference.number) if isinstance(reference, Callback) else None
        if function is None:
            raise ProtocolError("a reference to a function that was never given out")
        return function


def _callables_of(data: bytes) -> dict[str, CallableKind]:
    """What can be called, with which the sandbox answers as it puts the names back."""
    if len(data) > MAX_NAMES_BYTES:
        raise ProtocolError("a list of names is over its cap")
    try:
        return msgspec.msgpack.decode(data, type=dict[str, CallableKind]) if data else {}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ProtocolError("what came in the place of names are none") from None


_NOT_RAISED_AS_SUCH = (ExceptionGroup, StopIteration, StopAsyncIteration)
_RAISED: dict[str, type[StudentRaised]] = {}


def student_error(name: str, text: str) -> StudentRaised:
    """An exception that is both `StudentRaised` and the builtin type called `name`.

    Types that need more than a text to be made, and those that are no `Exception`, come as plain `StudentRaised`. So do
    those that end a loop: `zip(map(submission.f, xs), expected)` must not take a student's error for the end of xs.
    """
    if name not in _RAISED:
        _RAISED[name] = _raised_type(name)
    return _RAISED[name](text)


def _raised_type(name: str) -> type[StudentRaised]:
    base: Any = UnicodeError if name.startswith("Unicode") else getattr(builtins, name, None)
    if not isinstance(base, type) or not issubclass(base, Exception) or issubclass(base, _NOT_RAISED_AS_SUCH):
        return StudentRaised
    return type(f"Student{name}", (StudentRaised, base), {})


class RemoteObject:
    """An object that stays in the sandbox: it can be called, and its attributes read and set.

    A function or class of the notebook is known by its name, and is what has that name when it is used.
    """

    __slots__ = ("_bound", "_handle", "_link")

    def __init__(self, link: Link, handle: Handle | Name, bound: Functions) -> None:
        object.__setattr__(self, "_link", link)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_bound", bound)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object in the sandbox."""
        return _call(self._link, self._bound, ("call", self), args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _with_bound(self._link.request("get", self._bound, self, name), self._bound)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            raise AttributeError(name)
        self._link.request("set", self._bound, self, name, value)

    def __getitem__(self, key: Any) -> Any:
        return _with_bound(self._link.request("item", self._bound, self, key), self._bound)

    def __len__(self) -> int:
        length = self._link.request("length", self._bound, self)
        if type(length) is not int:
            raise self._link.tampered()
        return length

    def __iter__(self) -> Iterator[Any]:
        items = self._link.request("list", self._bound, self)
        if type(items) is not list:
            raise self._link.tampered()
        return iter([_with_bound(item, self._bound) for item in items])

    def __repr__(self) -> str:
        return f"<{self._handle.kind} of the submission>"


class Submission:
    """A student's names, as they stood at the grade cell of the question under test.

    Attributes are looked up in the sandbox: functions, classes and objects come as `RemoteObject`, plain values as
    values. Names that begin with an underscore are refused; `submission["map"]` reaches a name that this class uses
    itself. Hypothesis, which takes the first argument of a test for its `self`, is told that there is none of the names
    that it looks for.
    """

    __slots__ = ("_bound", "_link", "_stand_ins")

    def __init__(self, link: Link, stand_ins: Callable[[str], Functions], bound: Functions | None = None) -> None:
        self._link = link
        self._stand_ins = stand_ins
        self._bound = bound or {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in _OF_HYPOTHESIS:
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        kind = self._link.callables.get(name)
        if kind is not None and name not in self._bound:
            return RemoteObject(self._link, Name(name, kind), self._bound)
        try:
            return _with_bound(self._link.request("look", self._bound, name), self._bound)
        except StudentMissing:
            raise StudentMissing(name) from None  # the name as the test wrote it, not as the sandbox says it

    def map(self, function: Any, inputs: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call `function` with each tuple of arguments, in order, in one trip.

        Raises
        ------
        StudentRaised
            If one of the calls raised; the ones after it were not made.
        """
        calls = [tuple(args) for args in inputs]
        answers = self._link.request("map", self._bound, function, calls)
        if type(answers) is not list:
            raise self._link.tampered()
        results = [self._mapped(answer) for answer in answers]
        if len(results) != len(calls):
            raise self._link.tampered()
        return results

    def run(self, code: str, *args: Any, **kwargs: Any) -> Any:
        """Run `code` among the student's names and return the value of its last expression.

        With arguments, that value is a function which is called with them, in the same trip; what it returns comes
        back. The text of `code` counts as public: the student's process sees it.
        """
        if args or kwargs:
            return _call(self._link, self._bound, ("run", code), args, kwargs)
        return _with_bound(self._link.request("run", self._bound, code), self._bound)

    def file(self, name: str) -> bytes:
        """The bytes of a regular file that the submission wrote, up to the frame cap."""
        data = self._link.request("file", self._bound, name, self._link.limits.frame_bytes // 2)
        if type(data) is not bytes:
            raise self._link.tampered()
        return data

    def fresh(self) -> Submission:
        """A sandbox of its own in which no student code has run, to parse in it what a submission has made.

        It knows no names: `submission.fresh().run(code)` is all that it is for. It lasts until the test ends, or asks
        for another.
        """
        return Submission(self._link.fresh(), self._stand_ins)

    def with_reference(self, question: str) -> Submission:
        """This submission with our functions in the place of those of an earlier `question`.

        Raises
        ------
        SuiteError
            If that question's own tests are still to come.
        """
        return Submission(self._link, self._stand_ins, {**self._bound, **self._stand_ins(question)})

    def __repr__(self) -> str:
        return "<submission>"

    def _mapped(self, result: Any) -> Any:
        match result:
            case [True, value]:
                return _with_bound(value, self._bound)
            case [False, [str(name), str(text)]]:
                raise student_error(name, text[:MAX_TEXT])
        raise self._link.tampered()


def _call(link: Link, bound: Functions, what: tuple[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    operation, target = what
    answer = link.request(operation, bound, target, args, kwargs)
    match answer:
        case [value, None]:
            return _with_bound(value, bound)
        case [value, [tuple() as changed_args, dict() as changed_kwargs]]:
            after = (*changed_args, *map(changed_kwargs.get, kwargs))
            link.changed |= absorb((*args, *kwargs.values()), after, apart=link.apart)
            return _with_bound(value, bound)
    raise link.tampered()


def _with_bound(value: Any, bound: Functions) -> Any:
    """Let objects that came through a stand-in keep it for their own calls."""
    if bound and isinstance(value, RemoteObject):
        return RemoteObject(value._link, value._handle, bound)
    return value

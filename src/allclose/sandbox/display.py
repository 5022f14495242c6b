"""What a running cell shows, as nbformat outputs: plain JSON of exact types, never more than a set number of bytes."""

from __future__ import annotations

import math
import numbers
import os
import re
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from io import StringIO, TextIOBase
from typing import Any, Final, cast

from allclose.model import Json
from allclose.sandbox.descriptors import Descriptors

#: A kernel sends a stream this long after the first write to it, and on every flush.
FLUSH_SECONDS: Final = 0.2

#: What an output weighs besides its text, so that a million empty ones are capped too.
_OUTPUT_BYTES: Final = 128
_MAX_DEPTH: Final = 40
_MAX_MIME: Final = 200
_MAX_LABEL: Final = 100_000
_JSON_MIME: Final = re.compile(r"application/(.*\+)?json")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_STREAMS: Final = ("stdout", "stderr")
_ABSENT: Final = object()


class _Unfit(Exception):
    """A value that is not JSON, or nested too deep."""


class _TooLarge(_Unfit):
    """A value that weighs more than there is room for."""


def plain_text(value: str) -> str:
    """`value` as an exact str that can be encoded; lone surrogates become U+FFFD."""
    text = value if type(value) is str else str.__str__(value)
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def text_bytes(text: str) -> int:
    """Length of an exact str in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


class _Copier:
    """Rebuilds values from exact JSON types, as a kernel's messages carry them, and weighs them (about their JSON)."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.weight = 0

    def copy(self, value: object, depth: int = 0) -> Any:
        if depth > _MAX_DEPTH:
            raise _Unfit
        self._spend(8)
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            text = plain_text(value)
            self._spend(text_bytes(text))
            return text
        if isinstance(value, bytes):
            self._spend(len(value) * 4 // 3)
            return b64encode(value).decode("ascii")
        if isinstance(value, numbers.Real):
            return self._number(value)
        if isinstance(value, dict):
            return {self._key(key): self.copy(member, depth + 1) for key, member in value.items()}
        if isinstance(value, date):
            return plain_text(value.isoformat())
        if isinstance(value, Iterable):
            return [self.copy(member, depth + 1) for member in value]
        raise _Unfit

    def _spend(self, size: int) -> None:
        self.weight += size
        if self.weight > self.room:
            raise _TooLarge

    def _key(self, key: object) -> str:
        if not isinstance(key, str):
            raise _Unfit
        return cast(str, self.copy(key))

    @staticmethod
    def _number(value: numbers.Real) -> int | float | str:
        if isinstance(value, numbers.Integral):
            whole = int(value)
            if not -(2**63) <= whole < 2**63:
                raise _Unfit
            return whole
        number = float(value)
        return number if math.isfinite(number) else repr(number)


@dataclass(slots=True)
class _Content:
    """The data and metadata of an output; `cut` when something of them did not fit."""

    data: Json
    metadata: Json
    weight: int
    cut: bool


def _content(data: object, metadata: object, room: int) -> _Content:
    """What nbformat allows of a mime bundle and its metadata, in at most `room` bytes."""
    content = _Content({}, {}, 0, cut=False)
    for key, value in list(data.items()) if isinstance(data, dict) else ():
        if not isinstance(key, str) or str.__len__(key) > _MAX_MIME:
            continue
        mime = plain_text(key)
        member = _member(value, content, room)
        lines = type(member) is list and all(type(line) is str for line in member)
        if type(member) is str or lines or (_JSON_MIME.fullmatch(mime) and member is not _ABSENT):
            content.data[mime] = member
    if isinstance(metadata, dict):
        about = _member(metadata, content, room)
        if type(about) is dict:
            content.metadata = about
    return content


def _member(value: object, content: _Content, room: int) -> Any:
    copier = _Copier(room - content.weight)
    try:
        member = copier.copy(value)
    except _TooLarge:
        content.cut = True
        return _ABSENT
    except Exception:  # not JSON, or its own methods raise: it is left out
        return _ABSENT
    content.weight += copier.weight
    return member


class _Stream:
    """A stream output that is still growing."""

    __slots__ = ("name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = StringIO()


class Recorder:
    """Collects the outputs of one cell at a time.

    Text waits in one buffer per stream and is sent as a kernel sends it: both at the end of a cell and before anything
    is displayed (stdout first), one alone when it is flushed or `FLUSH_SECONDS` after its first write. That decides the
    order in which a reader of the notebook sees the two streams.

    Parameters
    ----------
    output_bytes
        What the outputs of a cell may weigh in all; what comes later is dropped, and a note says so.
    """

    def __init__(self, output_bytes: int) -> None:
        self.output_bytes = output_bytes
        self.muted = False
        self.descriptors = Descriptors(output_bytes)
        self._lock = threading.RLock()
        self._pid = os.getpid()
        self.begin()

    def begin(self) -> None:
        """Start a cell with no outputs."""
        self._pid = os.getpid()
        self._outputs: list[Json | _Stream] = []
        self._ids: dict[str, list[Json]] = {}
        self._pending = {name: StringIO() for name in _STREAMS}
        self._due = dict.fromkeys(_STREAMS, math.inf)
        self._next_due = math.inf
        self._clear_later = False
        self._diverted: list[str] = []
        self._room = self.output_bytes
        self._truncated = self._last_error = False
        self.descriptors.forget()

    def finish(self) -> list[Json]:
        """Send what waits and hand over the outputs of the cell."""
        self.flush()
        outputs = [_closed(output) for output in self._outputs]
        self._outputs = []
        self._ids = {}
        if self._truncated:
            note = f"\n[output truncated: a cell may show {self.output_bytes} bytes]\n"
            if outputs and outputs[-1]["output_type"] == "stream" and outputs[-1]["name"] == "stdout":
                outputs[-1]["text"] += note
            else:
                outputs.append({"output_type": "stream", "name": "stdout", "text": note})
        return outputs

    def write(self, name: str, text: str) -> None:
        """Take text for a stream, from any thread; a process forked by the cell writes to the descriptor instead."""
        if self.muted:
            return
        if os.getpid() != self._pid:
            self.descriptors.write(name, plain_text(text))
            return
        now = time.monotonic()
        with self._lock:
            if now >= self._next_due:
                self._send_due(now)
            if written := self.descriptors.take(name):
                self._wait(name, written, now)
            self._wait(name, text, now)

    def flush(self, name: str | None = None) -> None:
        """Send one stream, or stdout and then stderr."""
        with self._lock:
            for stream in _STREAMS if name is None else (name,):
                if written := self.descriptors.take(stream):
                    self._wait(stream, written, time.monotonic())
                self._send(stream)

    def display(self, data: object, metadata: object, display_id: object, *, update: bool) -> None:
        """Add a `display_data` output, or replace what carries `display_id` among the outputs of this cell."""
        identity = plain_text(display_id) if isinstance(display_id, str) else ""
        with self._lock:
            content = self._fit(data, metadata)
            for earlier in self._ids.get(identity, ()) if identity else ():
                earlier.update(data=content.data, metadata=content.metadata)
                self._spend(content.weight)
            if update:
                return
            output = {"output_type": "display_data", "data": content.data, "metadata": content.metadata}
            if self._add(output, content.weight) and identity:
                self._ids.setdefault(identity, []).append(output)

    def result(self, data: object, metadata: object, execution_count: int) -> None:
        """Add an `execute_result` output."""
        with self._lock:
            content = self._fit(data, metadata)
            if content.data:
                output = {
                    "output_type": "execute_result",
                    "data": content.data,
                    "metadata": content.metadata,
                    "execution_count": execution_count,
                }
                self._add(output, content.weight)

    def error(self, ename: str, evalue: str, traceback: object) -> None:
        """Add an `error` output; one fits even where nothing else does, without its traceback."""
        with self._lock:
            lines = [plain_text(line) for line in traceback if isinstance(line, str)] if type(traceback) is list else []
            name, value = plain_text(ename)[:_MAX_LABEL], plain_text(evalue)[:_MAX_LABEL]
            output = {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}
            weight = text_bytes(name) + text_bytes(value) + sum(8 + text_bytes(line) for line in lines)
            if weight + _OUTPUT_BYTES <= self._room:
                self._add(output, weight)
            elif not self._last_error:
                self._last_error = self._truncated = True
                output["evalue"], output["traceback"] = value[:1000], []
                self._add(output, weight, always=True)

    def has_error(self, ename: str) -> bool:
        """Whether an error of this name stands among the outputs."""
        return any(
            type(output) is dict and output["output_type"] == "error" and output["ename"] == ename
            for output in self._outputs
        )

    def clear(self, *, wait: bool) -> None:
        """Remove the outputs so far: now, or when the next one comes."""
        with self._lock:
            if self._diverted:
                return
            if wait:
                self._clear_later = True
            else:
                self._empty()

    def divert(self, sink: str) -> None:
        """From here on outputs go to an output widget, which keeps them in its own state."""
        self._diverted.append(sink)

    def undivert(self, sink: str) -> None:
        """The widget `sink` takes no more outputs."""
        if sink in self._diverted:
            self._diverted.remove(sink)

    def _fit(self, data: object, metadata: object) -> _Content:
        content = _content(data, metadata, self._room - _OUTPUT_BYTES)
        self._truncated |= content.cut
        return content

    def _add(self, output: Json | _Stream, weight: int, *, always: bool = False) -> bool:
        if self.muted or self._diverted:
            return False
        if self._clear_later:
            self._empty()
        if self._spend(weight + _OUTPUT_BYTES) or always:
            self._outputs.append(output)
            return True
        return False

    def _spend(self, weight: int) -> bool:
        self._room -= weight
        if self._room < 0:
            self._truncated = True
        return self._room >= 0

    def _empty(self) -> None:
        self._outputs.clear()
        self._ids.clear()
        self._clear_later = self._truncated = self._last_error = False
        self._room = self.output_bytes - sum(waiting.tell() for waiting in self._pending.values())

    def _wait(self, name: str, text: str, now: float) -> None:
        room = self._room
        if room <= 0:
            self._truncated = True
            return
        size = str.__len__(text)
        if size * 4 > room and (size > room or (size := text_bytes(plain_text(text))) > room):
            text = plain_text(text[:room]).encode()[:room].decode("utf-8", "ignore")
            size = room
            self._truncated = True
        self._room -= size
        self._pending[name].write(text)
        if self._due[name] == math.inf:
            self._due[name] = now + FLUSH_SECONDS
            self._next_due = min(self._due.values())

    def _send_due(self, now: float) -> None:
        for name in sorted(_STREAMS, key=self._due.__getitem__):
            if self._due[name] <= now:
                self._send(name)

    def _send(self, name: str) -> None:
        if self._due[name] == math.inf:
            return
        text = self._pending[name].getvalue()
        self._pending[name] = StringIO()
        self._due[name] = math.inf
        self._next_due = min(self._due.values())
        if not text or self.muted or self._diverted:
            return
        if self._clear_later:
            self._empty()
            self._room -= text_bytes(text)
        last = self._outputs[-1] if self._outputs else None
        if not (isinstance(last, _Stream) and last.name == name):
            last = _Stream(name)
            if not self._add(last, 0, always=self._room >= 0):
                return
        last.text.write(text)


def _closed(output: Json | _Stream) -> Json:
    if isinstance(output, _Stream):
        return {"output_type": "stream", "name": output.name, "text": plain_text(output.text.getvalue())}
    return output


class OutStream(TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells; like ipykernel's it has no `buffer` and is no terminal."""

    encoding = "UTF-8"
    errors = "strict"

    def __init__(self, name: str, record: Callable[[str, str], None], flush: Callable[[str], None]) -> None:
        self.name = name
        self._record = record
        self._flush = flush
        self._shut = False

    def write(self, string: str) -> int:
        """Record `string`."""
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        if self._shut:
            raise ValueError("I/O operation on closed file")
        self._record(self.name, string)
        return str.__len__(string)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Record each of `lines`."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what was recorded, so that it stands before what is shown next."""
        self._flush(self.name)

    def close(self) -> None:
        """Refuse what is written from here on."""
        self._shut = True

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._shut

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """Never."""
        return False

    def fileno(self) -> int:
        """The descriptor of the same name, whose text is recorded too."""
        return _STREAMS.index(self.name) + 1

"""What a hidden test had seen of a submission when it ended, in a form that two submissions can be compared by.

Two answers with the same mistake give a test the same values, however they are written. The trace is taken on the
trusted side, from values that were rebuilt there, and never leaves it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from allclose.numerics.plain import Numbers, is_text, numbers
from allclose.sandbox.remote import RemoteObject

#: How much of what a test has seen is kept.
MAX_NUMBERS = 4096
MAX_ITEMS = 200_000
#: Two ways of writing one formula round differently.
RTOL, ATOL = 1e-6, 1e-12
#: So many numbers, or one that is no whole number, are no coincidence.
_MANY = 4


class Trace(msgspec.Struct, frozen=True):
    """Kinds and shapes of the values, as a digest, and their numbers, float64."""

    form: bytes
    data: bytes

    @property
    def telling(self) -> bool:
        """Whether it is rich enough for two equal ones to be no coincidence."""
        values = self._values()
        finite = values[np.isfinite(values)]
        return len(finite) >= _MANY or bool((finite != np.rint(finite)).any())

    def same(self, other: Trace) -> bool:
        """Whether two tests have seen the same values, up to rounding."""
        if self.form != other.form or len(self.data) != len(other.data):
            return False
        return bool(np.isclose(self._values(), other._values(), rtol=RTOL, atol=ATOL, equal_nan=True).all())

    def _values(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.frombuffer(self.data, np.float64)


def trace_of(seen: Sequence[Any]) -> Trace:
    """Return the trace of the values that came from a submission, in order."""
    writer = _Writer()
    for value in seen:
        writer.add(value)
    return Trace(writer.form.digest(), b"".join(writer.parts))


class _Writer:
    def __init__(self) -> None:
        self.form = hashlib.blake2b(digest_size=16)
        self.parts: list[bytes] = []
        self._room = MAX_NUMBERS
        self._items = MAX_ITEMS

    def add(self, value: Any) -> None:
        self._items -= 1
        if self._items < 0:
            return
        known = numbers(value)
        if known is not None:
            self._tag(f"{_letter(known)}{known.shape}")
            self._write(known)
        elif is_text(value) or value is None:
            self._tag(repr(value))
        elif isinstance(value, bytes):
            self._tag("bytes")  # a file, whose bytes say when and by what it was written too
        elif isinstance(value, list | tuple):
            self._add_sequence(value)
        elif isinstance(value, dict):
            self._tag(f"dict{len(value)}")
            for key in sorted(value, key=repr):
                self.add(key)
                self.add(value[key])
        elif isinstance(value, RemoteObject):
            self._tag(repr(value))
        elif dataclasses.is_dataclass(value):
            self._tag(type(value).__name__)
            for field in dataclasses.fields(value):
                self.add(getattr(value, field.name))
        else:
            self._tag(type(value).__name__)

    def _add_sequence(self, values: Sequence[Any]) -> None:
        """A list of numbers, or of arrays or such lists of one shape, is written as the array that it could be."""
        form = self._form_of(values)
        if form is None:
            self._tag(f"list{len(values)}")
            for value in values:
                self.add(value)
        else:
            self._tag(form[0] + str(form[1]))
            self._write_all(values)

    def _form_of(self, value: Any) -> tuple[str, tuple[int, ...]] | None:
        """Kind and shape of the array that a value could be; None where it could be none, or is too large to tell."""
        self._items -= 1
        known = numbers(value)
        if known is not None:
            return _letter(known), known.shape
        if not isinstance(value, list | tuple) or not value or self._items < 0:
            return None
        first = self._form_of(value[0])
        if first is None or any(self._form_of(item) != first for item in value[1:]):
            return None
        return first[0], (len(value), *first[1])

    def _write_all(self, value: Any) -> None:
        known = numbers(value)
        if known is not None:
            self._write(known)
        elif self._room > 0:
            for item in value:
                self._write_all(item)

    def _tag(self, text: str) -> None:
        self.form.update(text.encode("utf-8", "replace") + b"\0")

    def _write(self, known: Numbers) -> None:
        if self._room <= 0:
            return
        flat = np.ascontiguousarray(known.array().reshape(-1)[: self._room])
        flat = flat.view(np.float64) if known.kind == "c" else flat.astype(np.float64)
        self._room -= len(flat)
        self.parts.append(flat.tobytes())


def _letter(known: Numbers) -> str:
    return "b" if known.kind == "b" else "c" if known.kind == "c" else "n"

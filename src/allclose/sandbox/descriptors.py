"""What reaches descriptors 1 and 2 without passing through Python: C libraries, subprocesses, `os.write`."""

from __future__ import annotations

import codecs
import fcntl
import os
from contextlib import suppress
from typing import Final

_NUMBERS: Final = {"stdout": 1, "stderr": 2}


class Descriptors:
    """Files behind descriptors 1 and 2, read as they grow.

    The file offset says how much was written, as all who inherit a descriptor share it. They are memory files, sealed
    at `limit_bytes`: who writes more gets an error and no memory.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._files: dict[str, int] = {}
        self._read: dict[str, int] = {}
        self._null: int | None = None
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}

    def prepare(self) -> tuple[int, ...]:
        """Make the files, once, while the process may still make such; these descriptors `open` and `drop` need."""
        if self._null is None:
            self._null = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
            self._files = {name: self._new_file(name) for name in _NUMBERS}
        return self._null, *self._files.values()

    def open(self) -> None:
        """Put the files behind 1 and 2 of this process."""
        self.prepare()
        for name, file in self._files.items():
            os.dup2(file, _NUMBERS[name])
        self.forget()

    def forget(self) -> None:
        """Begin again at the start of both files."""
        for name, file in self._files.items():
            with suppress(OSError):
                os.lseek(file, 0, os.SEEK_SET)
            self._read[name] = 0
            self._decoders[name] = codecs.getincrementaldecoder("utf-8")("replace")

    def take(self, name: str) -> str:
        """What was written to one of them since the last call."""
        file = self._files.get(name)
        if file is None:
            return ""
        start = self._read[name]
        try:
            size = os.lseek(file, 0, os.SEEK_CUR) - start
            if size <= 0:
                return ""
            data = os.pread(file, min(size, self._limit_bytes), start)
        except OSError:  # the cells may close any descriptor they find
            return ""
        self._read[name] = start + size
        return self._decoders[name].decode(data)

    def write(self, name: str, text: str) -> None:
        """Write to the descriptor, for a process that shares nothing else with this one."""
        data = text.encode()
        with suppress(OSError):
            while data:
                data = data[os.write(_NUMBERS[name], data) :]

    def drop(self) -> None:
        """From here on what is written to 1 and 2 is lost."""
        if self._null is not None:
            for number in _NUMBERS.values():
                with suppress(OSError):
                    os.dup2(self._null, number)

    def _new_file(self, name: str) -> int:
        file = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(file, self._limit_bytes)
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
        return file

"""Tar files, read as a stream: what they unpack to is counted as it comes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from allclose.interop.collect.members import CHUNK, Budget, Member, Shelf, from_seconds, is_bomb, store, take
from allclose.interop.collect.names import Refused


class _Counted(io.RawIOBase):
    """What a packed stream unpacks to; reading beyond the budget is refused."""

    def __init__(self, unpack: Callable[[int], bytes], budget: Budget) -> None:
        self._unpack, self._budget, self._read = unpack, budget, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._unpack(size if 0 <= size <= CHUNK else CHUNK)
        except OSError as error:
            if error.errno is None:  # so bz2 and gzip tell of damage
                raise tarfile.ReadError(str(error)) from None
            raise
        self._read += len(data)
        if is_bomb(self._read, self._budget.packed) or self._read > self._budget.bytes_left + CHUNK:
            raise Refused("unpacks to far more than it holds, as a bomb does")
        return data


def of_tar(unpack: Callable[[int], bytes], shelf: Shelf, budget: Budget) -> Iterator[Member]:
    """Take the files of a tar, which `unpack` gives piece by piece; what the archive is refused for raises."""
    counted = _Counted(unpack, replace(budget))
    with tarfile.open(fileobj=counted, mode="r|") as archive:
        for info in archive:
            if info.isdir():
                continue

            def stored(info: tarfile.TarInfo = info) -> tuple[Path, str]:
                if info.issym() or info.islnk():
                    raise Refused("a link; links are not followed")
                if not info.isreg() or info.issparse():
                    raise Refused("no regular file")
                return store(lambda: _opened(archive, info), shelf, budget, None)

            yield take(info.name, from_seconds(info.mtime), stored, budget)


def _opened(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(info)
    assert stream is not None
    return stream

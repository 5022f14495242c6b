"""The files that cells wrote: told by the sandbox piece by piece, and rebuilt on the trusted side from names and bytes.

Only regular files below the work folder are told, and of what was given at the start only what has changed since. The
sandbox is not believed: the trusted side counts, weighs and checks every name itself, and opens nothing by it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from allclose.errors import ProtocolError
from allclose.notebook.text import plain
from allclose.sandbox.wire import Channel, Kind

MAX_FILES = 1_000
MAX_FOLDERS_DEEP = 16
#: How much a name may weigh, and one folder's or file's part of it.
MAX_NAME_BYTES = 1_024
MAX_PART_BYTES = 255
#: How many remarks name single files.
MAX_REMARKS = 20
_PIECE_BYTES = 1 << 20

#: A file as it stood when it was given: its time and its size.
State = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Written:
    """Files by relative POSIX path, none of which is another's folder; and a line about each that is left out."""

    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    left_out: tuple[str, ...] = ()


def state(path: str) -> State:
    """How a file stands now."""
    found = os.lstat(path)
    return found.st_mtime_ns, found.st_size


def tell(channel: Channel, root: Path, given: Mapping[str, State], most_bytes: int) -> None:
    """The sandbox's side: send what stands below `root` now and did not stand there so; an empty frame ends it.

    A file that does not fit into `most_bytes` with those before it is named only.
    """
    most_piece = min(_PIECE_BYTES, channel.frame_bytes // 2)
    for name, path in _changed(str(root), given):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        with os.fdopen(descriptor, "rb") as file:
            left = os.fstat(descriptor).st_size
            if left > most_bytes:
                channel.send(Kind.WRITTEN, msgspec.msgpack.encode((name, None)))
                continue
            most_bytes -= left
            piece = file.read(min(left, most_piece))
            channel.send(Kind.WRITTEN, msgspec.msgpack.encode((name, piece)))
            while left := left - len(piece):
                piece = file.read(min(left, most_piece))
                if not piece:
                    break
                channel.send(Kind.WRITTEN, msgspec.msgpack.encode((name, piece)))
    channel.send(Kind.WRITTEN, b"")


def _changed(root: str, given: Mapping[str, State]) -> Iterator[tuple[str, str]]:
    found = 0
    for top, folders, names in os.walk(root):
        folders.sort()
        if os.path.relpath(top, root).count("/") >= MAX_FOLDERS_DEEP:
            folders.clear()
        for name in sorted(names):
            path = os.path.join(top, name)
            relative = os.path.relpath(path, root)
            try:
                regular = stat.S_ISREG(os.lstat(path).st_mode)
                relative.encode()
            except (OSError, UnicodeEncodeError):
                continue
            if regular and given.get(relative) != state(path):
                found += 1
                if found > MAX_FILES + 1:  # one too many, so that the other side knows
                    return
                yield relative, path


def receive(channel: Channel, most_bytes: int, deadline: float) -> Written:
    """The trusted side: collect what the sandbox tells, `most_bytes` in all.

    Raises
    ------
    ProtocolError
        If it tells something that is none of this, or goes beyond the caps.
    Closed, Late
        If it ends, or takes too long.
    """
    files: dict[str, bytearray] = {}
    left_out: dict[str, None] = {}
    while True:
        kind, payload = channel.receive(deadline)
        if kind is not Kind.WRITTEN:
            raise ProtocolError("a frame came that was not asked for")
        if not payload:
            whole = {name: bytes(data) for name, data in files.items()}
            return Written(_apart(whole, left_out), tuple(left_out)[:MAX_REMARKS])
        name, piece = _piece(payload)
        refused = refusal(name) or _no_room(name, piece, files)
        if refused:
            left_out[f"{plain(name)}: {refused}"] = None
        elif piece is not None:
            most_bytes -= len(piece)
            files.setdefault(name, bytearray()).extend(piece)
        if most_bytes < 0 or len(left_out) > MAX_FILES:
            raise ProtocolError("more files came than were asked for")


def _piece(payload: bytes) -> tuple[str, bytes | None]:
    try:
        return msgspec.msgpack.decode(payload, type=tuple[str, bytes | None])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ProtocolError("a file is not told in the right form") from None


def _no_room(name: str, piece: bytes | None, files: Mapping[str, object]) -> str:
    if piece is None:
        return "it is too large"
    return f"there are more than {MAX_FILES} files" if name not in files and len(files) >= MAX_FILES else ""


def refusal(name: str) -> str:
    """Why a relative path cannot be a file's on every system; empty where it can."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "its name leads elsewhere"
    if len(parts) > MAX_FOLDERS_DEEP:
        return "it lies too deep"
    if "\\" in name or not name.isprintable() or plain(name, most=len(name)) != name:
        return "its name holds characters that are not for names"
    if len(name.encode()) > MAX_NAME_BYTES or any(len(part.encode()) > MAX_PART_BYTES for part in parts):
        return "its name is too long"
    return ""


def _apart(files: dict[str, bytes], left_out: dict[str, None]) -> dict[str, bytes]:
    """Without those that stand in the place of another's folder."""
    folders = {str(parent) for name in files for parent in Path(name).parents}
    for name in folders & files.keys():
        left_out[f"{plain(name)}: other files stand in a folder of this name"] = None
    return {name: data for name, data in files.items() if name not in folders}

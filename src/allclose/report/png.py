"""A stranger's PNG, made fit for a page: only the pixels go along, and only so many of them."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: What pixels need; texts, profiles, animations and everything behind the end stay out.
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
MAX_BYTES = 1_500_000
MAX_SIDE = 10_000
MAX_PIXELS = 25_000_000


def safe_png(encoded: str) -> str | None:
    """Return an image, base64 as in a notebook, rebuilt from its pixels' chunks; None where it is no sane PNG.

    Chunks must be whole, in order and carry the right check sum, and the pixels must unpack to exactly what the header
    says, so that a small file cannot grow without bounds in a reader's browser.
    """
    if len(encoded) > MAX_BYTES * 3 // 2:
        return None
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
        chunks = _chunks(data)
        if chunks is None or not _pixels_fit(chunks):
            return None
    except (binascii.Error, struct.error, zlib.error, ValueError):
        return None
    rebuilt = _SIGNATURE + b"".join(_packed(kind, body) for kind, body in chunks)
    return base64.b64encode(rebuilt).decode("ascii")


def _chunks(data: bytes) -> list[tuple[bytes, bytes]] | None:
    """The kept chunks in their order: header first, end last."""
    if not data.startswith(_SIGNATURE) or len(data) > MAX_BYTES:
        return None
    found: list[tuple[bytes, bytes]] = []
    place = len(_SIGNATURE)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (checked,) = struct.unpack_from(">I", data, place + 8 + length)
        if checked != zlib.crc32(kind + body):
            return None
        if kind in _KEPT:
            found.append((kind, body))
        if kind == b"IEND":
            break
        place += 12 + length
    kinds = [kind for kind, _ in found]
    ordered = kinds == sorted(kinds, key=_KEPT.index) and all(kinds.count(kind) == 1 for kind in (b"IHDR", b"IEND"))
    return found if ordered and b"IDAT" in kinds else None


def _pixels_fit(chunks: list[tuple[bytes, bytes]]) -> bool:
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        return False
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or interlaced > 1:
        return False
    most = _unpacked_bytes(width, height, depth * _CHANNELS[colour], interlaced=bool(interlaced))
    unpacker = zlib.decompressobj()
    pixels = unpacker.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"), most + 1)
    return len(pixels) == most


def _unpacked_bytes(width: int, height: int, bits: int, *, interlaced: bool) -> int:
    """How many bytes the rows of an image take, a filter byte before each (PNG specification, sections 7 and 8)."""
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total


def _packed(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

"""Only the pixels of a stranger's picture get onto a page."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from allclose.report.png import MAX_SIDE, safe_png


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 2, *, pixels: bytes | None = None, extra: bytes = b"", after: bytes = b"") -> str:
    """A grey picture of eight bits."""
    rows = b"".join(b"\0" + b"\x7f" * width for _ in range(height)) if pixels is None else pixels
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"") + after
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_kind_of_pixels_goes_along_unchanged(mode: str) -> None:
    image = Image.effect_noise((37, 11), 60).convert("L" if mode == "I;16" else mode).convert(mode)
    file = io.BytesIO()
    image.save(file, "PNG")
    found = safe_png(base64.encodebytes(file.getvalue()).decode())
    assert found is not None
    assert Image.open(io.BytesIO(base64.b64decode(found))).tobytes() == image.tobytes()


def test_texts_profiles_and_what_stands_behind_the_end_stay_out() -> None:
    hostile = png(extra=chunk(b"tEXt", b"<script>alert(1)</script>"), after=b"<script>alert(2)</script>")
    assert safe_png(hostile) == png()


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "not base64!",
        base64.b64encode(b"GIF89a" + b"\0" * 50).decode(),
        base64.b64encode(b"\x89PNG\r\n\x1a\n").decode(),
        png()[:40],
        png(width=MAX_SIDE + 1),
        png(pixels=b"\0" * 5),
        png(pixels=b"\0" * 50_000_000),
        base64.b64encode(base64.b64decode(png()).replace(b"IDAT", b"IDAX")).decode(),
        base64.b64encode(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"") + chunk(b"IHDR", b"") + chunk(b"IEND", b"")
        ).decode(),
        base64.b64encode(b"<svg onload='alert(1)'/>").decode(),
    ],
)
def test_what_is_no_sane_png_is_not_shown(hostile: str) -> None:
    assert safe_png(hostile) is None

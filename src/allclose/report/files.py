"""Report files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

from allclose.course.whole import replacing, sweep


def write_whole(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a text file beside its place and move it there; its folder is made where it is missing.

    A link is followed; into a device or a pipe (`/dev/null`, `/dev/stdout`) the text is written as it comes. What can
    be made again at any time need not be `durable`: nobody waits for the disk then.

    Raises
    ------
    OSError
        If it cannot be written, with the file's name; what stood there before still stands.
    """
    try:
        _write(path.resolve(), text, durable)
    except OSError as error:
        error.filename = str(path)
        raise


def _write(path: Path, text: str, durable: bool) -> None:
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", newline="")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent, path.name)
    with replacing(path, durable=durable) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")

"""allclose's own wheel, made from the installed package: it is on no index, and whoever gets a bundle needs it.

Nothing is built or fetched: the package's files and the metadata of its installation make a wheel, whether it was
installed from a wheel or stands in a checkout. Left out is the template of a new course (`allclose init`): it holds an
example with its solution and hidden tests, and a bundle goes to students too. So is the long description, which quotes
a hidden test.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.metadata
import io
from pathlib import Path

import allclose
from allclose.errors import InteropError
from allclose.interop.bundles.archive import folder_members, zipped

_NAME = "allclose"
_TAG = "py3-none-any"
_TEMPLATE = "cli/template/"
_WHEEL = f"Wheel-Version: 1.0\nGenerator: allclose\nRoot-Is-Purelib: true\nTag: {_TAG}\n"


def write_wheel(folder: Path) -> Path:
    """Write the wheel of the allclose that runs, byte for byte the same each time.

    Parameters
    ----------
    folder : Path
        Where to put it; it is made where it is missing.

    Returns
    -------
    Path
        The wheel, `allclose-<version>-py3-none-any.whl`.

    Raises
    ------
    InteropError
        If allclose was not installed by pip, so that nothing tells its dependencies.
    OSError
        If the wheel cannot be written.
    """
    name, content = wheel()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def wheel() -> tuple[str, bytes]:
    """Return the wheel's file name and content.

    Raises
    ------
    InteropError
        If allclose was not installed by pip.
    """
    try:
        installed = importlib.metadata.distribution(_NAME)
    except importlib.metadata.PackageNotFoundError:
        raise InteropError("allclose runs without being installed: pip install it, then bundle again") from None
    stem = f"{_NAME}-{installed.version.replace('-', '_')}"
    package = Path(allclose.__file__).parent
    members = {f"{_NAME}/{name}": data for name, data in folder_members(package).items() if _goes_along(name)}
    members |= {f"{stem}.dist-info/{name}": data for name, data in _about(installed).items()}
    record = f"{stem}.dist-info/RECORD"
    members[record] = _record(members, record)
    return f"{stem}-{_TAG}.whl", zipped(members)


def _goes_along(name: str) -> bool:
    return not name.startswith(_TEMPLATE)


def _about(installed: importlib.metadata.Distribution) -> dict[str, bytes]:
    """What a wheel says of itself: the installation's own words, and its licences."""
    found = {"WHEEL": _WHEEL.encode()}
    for file in installed.files or ():
        folder, *inner = file.parts
        name = "/".join(inner)
        if folder.endswith(".dist-info") and (name in ("METADATA", "entry_points.txt") or inner[0] == "licenses"):
            found[name] = file.read_binary()
    if "METADATA" not in found:
        raise InteropError("allclose's own installation has lost its metadata: pip install it anew, then bundle again")
    found["METADATA"] = _without_description(found["METADATA"])
    return found


def _without_description(metadata: bytes) -> bytes:
    head = metadata.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return b"".join(b"%b\n" % line for line in head.split(b"\n") if not line.startswith(b"Description-Content-Type:"))


def _record(members: dict[str, bytes], record: str) -> bytes:
    """The list of files by which pip checks, and later removes, an installation."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for name in sorted(members):
        digest = base64.urlsafe_b64encode(hashlib.sha256(members[name]).digest()).rstrip(b"=").decode()
        rows.writerow([name, f"sha256={digest}", len(members[name])])
    rows.writerow([record, "", ""])
    return text.getvalue().encode()

"""allclose's wheel: what pip needs is in it, and nothing of anybody's course."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.metadata
import io
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import allclose
from allclose.errors import InteropError
from allclose.interop.bundles.wheel import wheel, write_wheel

ABOUT = f"allclose-{allclose.__version__}.dist-info"


@pytest.fixture(scope="module")
def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(wheel()[1])) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_it_is_the_same_to_the_byte_each_time(tmp_path: Path) -> None:
    one, other = write_wheel(tmp_path / "one"), write_wheel(tmp_path / "other")
    assert one.name == other.name == f"allclose-{allclose.__version__}-py3-none-any.whl"
    assert one.read_bytes() == other.read_bytes()


def test_its_record_lists_every_file_with_its_digest(members: dict[str, bytes]) -> None:
    rows = list(csv.reader(io.StringIO(members[f"{ABOUT}/RECORD"].decode())))
    assert sorted(name for name, *_ in rows) == sorted(members)
    for name, digest, size in rows:
        if name == f"{ABOUT}/RECORD":
            assert (digest, size) == ("", "")
        else:
            found = base64.urlsafe_b64encode(hashlib.sha256(members[name]).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={found}", str(len(members[name])))


def test_it_says_what_the_installation_says(members: dict[str, bytes]) -> None:
    ours = message_from_bytes(members[f"{ABOUT}/METADATA"])
    installed = importlib.metadata.metadata("allclose")
    for field in ("Name", "Version", "Requires-Python", "Requires-Dist", "Provides-Extra", "License-File"):
        assert ours.get_all(field) == installed.get_all(field)
    assert b"allclose = allclose.__main__:main" in members[f"{ABOUT}/entry_points.txt"]
    assert f"{ABOUT}/licenses/LICENSE" in members


def test_it_holds_the_package_with_its_data_and_nothing_else(members: dict[str, bytes]) -> None:
    package = Path(allclose.__file__).parent
    assert {name.partition("/")[0] for name in members} == {"allclose", ABOUT}
    modules = {f"allclose/{path.relative_to(package).as_posix()}" for path in package.rglob("*.py")}
    template = {name for name in modules if name.startswith("allclose/cli/template/")}
    assert template
    assert {name for name in members if name.endswith(".py")} == modules - template
    assert "allclose/interop/bundles/resources/run_autograder" in members
    assert not [name for name in members if "__pycache__" in name or name.endswith(".pyc")]


def test_pip_installs_it_without_an_index_and_finds_nothing_amiss(tmp_path: Path) -> None:
    made = write_wheel(tmp_path)
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--target", target, made]
    subprocess.run(pip, check=True, capture_output=True)
    code = f"import sys; sys.path.insert(0, {str(target)!r}); import allclose; print(allclose.__file__)"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == str(target / "allclose" / "__init__.py")
    (distribution,) = importlib.metadata.distributions(path=[str(target)])
    assert all(file.locate().exists() for file in distribution.files or () if file.parts[0] == "allclose")
    assert (target / "bin" / "allclose").exists()


def test_without_an_installation_nothing_tells_its_dependencies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(InteropError, match="pip install it"):
        wheel()

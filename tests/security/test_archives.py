"""Archives made to hurt: what is bad in one costs that file, is told, and leaves the rest of the class as it was."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from allclose import course
from allclose.errors import InteropError
from allclose.interop.collect import archives, members
from allclose.interop.collect.takein import Intake, take_in
from allclose.model import Assignment
from tests.archives import zipped
from tests.small_course import lab_cells, write_source

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}'
GOOD = "lee_1_10_first.ipynb"
TIMES = (2026, 11, 5, 11, 30, 0)


@pytest.fixture
def lab(tmp_path: Path) -> Assignment:
    write_source(tmp_path / "course", lab_cells())
    return course.load(tmp_path / "course", "lab")


@pytest.fixture
def collect(lab: Assignment) -> Callable[..., Intake]:
    def call(*paths: Path) -> Intake:
        return take_in(lab, paths, (), lab.root / "submitted")

    return call


def entry(name: str, content: bytes = NOTEBOOK, mode: int = stat.S_IFREG | 0o644) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name, TIMES)
    info.external_attr = mode << 16
    info.create_system = 3
    return info, content


def written(path: Path, *entries: tuple[zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for info, content in entries:
            file.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def check_only_the_good_one(intake: Intake, lab: Assignment) -> None:
    """The class is as it was: one submission, and nothing that was written anywhere but where it should be."""
    assert [(each.entry.student, each.outcome) for each in intake.deliveries] == [("1", "new")]
    assert everything(lab.root / "submitted") == {"1", "1/lab", "1/lab/first.ipynb"}
    outside = {path.name for path in lab.root.parent.iterdir()} - {"course", "a.zip", "a.tar", "a.tar.gz"}
    assert outside == set()


def reasons(intake: Intake) -> str:
    return " ".join(stray.reason for each in intake.unmatched for stray in each.files)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../../evil_2_20_first.ipynb", "leads out"),
        ("x/../../../evil_2_20_first.ipynb", "leads out"),
        ("..\\..\\evil_2_20_first.ipynb", "leads out"),
        (".\u200b./.\u200b./evil_2_20_first.ipynb", "leads out"),
        (".. /.. /evil_2_20_first.ipynb", "leads out"),
        ("/etc/evil_2_20_first.ipynb", "absolute"),
        ("\\\\host\\share\\evil_2_20_first.ipynb", "absolute"),
        ("C:\\evil_2_20_first.ipynb", "absolute"),
        ("c:evil_2_20_first.ipynb", "absolute"),
        ("/".join(["d"] * 40) + "/evil_2_20_first.ipynb", "too deep"),
        ("\u202e\u200b", "no name"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], name: str, why: str
) -> None:
    intake = collect(written(tmp_path / "a.zip", entry(GOOD), entry(name)))
    check_only_the_good_one(intake, lab)
    assert why in reasons(intake)


def test_a_name_with_a_nul_is_refused(tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]) -> None:
    path = written(tmp_path / "a.zip", entry(GOOD), entry("evilX2_20_first.ipynb"))
    path.write_bytes(path.read_bytes().replace(b"evilX", b"evil\0"))
    intake = collect(path)
    check_only_the_good_one(intake, lab)
    assert "NUL" in reasons(intake)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_of_a_zip_are_not_made(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], kind: int
) -> None:
    intake = collect(
        written(tmp_path / "a.zip", entry(GOOD), entry("lee_1_11_notes.txt", b"/etc/passwd", kind | 0o777))
    )
    check_only_the_good_one(intake, lab)
    assert "notes.txt: " in " ".join(intake.deliveries[0].remarks)


def test_links_and_devices_of_a_tar_are_not_made(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
    with tarfile.open(tmp_path / "a.tar", "w") as file:
        good = tarfile.TarInfo(GOOD)
        good.size = len(NOTEBOOK)
        file.addfile(good, io.BytesIO(NOTEBOOK))
        for number, kind in enumerate(kinds):
            bad = tarfile.TarInfo(f"lee_1_2{number}_x{number}.ipynb")
            bad.type, bad.linkname = kind, "/etc/passwd"
            file.addfile(bad)
        climbing = tarfile.TarInfo("../../evil_2_20_first.ipynb")
        climbing.size = len(NOTEBOOK)
        file.addfile(climbing, io.BytesIO(NOTEBOOK))
    intake = collect(tmp_path / "a.tar")
    check_only_the_good_one(intake, lab)
    assert sum("link" in each or "no regular" in each for each in intake.deliveries[0].remarks) == len(kinds)


def test_links_pipes_and_folders_that_are_links_are_not_followed_in_a_folder(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    folder = lab.root / "download"
    folder.mkdir()
    (folder / GOOD).write_bytes(NOTEBOOK)
    (folder / "lee_1_11_secret.txt").symlink_to("/etc/passwd")
    os.mkfifo(folder / "lee_1_12_pipe.txt")
    (folder / "lee_1_13_folder").symlink_to("/etc")
    intake = collect(folder)
    check_only_the_good_one(intake, lab)
    assert len([each for each in intake.deliveries[0].remarks if "link" in each or "regular" in each]) == 3


def test_a_member_that_unpacks_to_a_thousand_times_its_size_is_a_bomb(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    intake = collect(written(tmp_path / "a.zip", entry(GOOD), entry("lee_1_11_zeros.txt", bytes(30_000_000))))
    check_only_the_good_one(intake, lab)
    assert "zeros.txt: unpacks to far more than it holds, as a bomb does" in intake.deliveries[0].remarks


def test_a_bomb_inside_a_students_archive_costs_that_student_only(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_INNER_BYTES", 50_000)
    inner = written(tmp_path / "a.zip", entry("first.ipynb"), *(entry(f"{n}.bin", os.urandom(9_000)) for n in range(9)))
    content = inner.read_bytes()
    intake = collect(written(tmp_path / "a.zip", entry(GOOD), entry("bad_2_20_work.zip", content)))
    assert [each.entry.student for each in intake.deliveries] == ["1", "2"]
    assert (lab.root / "submitted/2/lab/first.ipynb").read_bytes() == NOTEBOOK
    assert any("too much" in each for each in intake.deliveries[1].remarks)
    assert len(list((lab.root / "submitted/2/lab").iterdir())) < 8


def test_archives_in_archives_in_archives_are_not_opened(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    content = NOTEBOOK
    for name in ("first.ipynb", "c.zip", "b.zip", "a.zip"):
        content = written(tmp_path / "a.zip", entry(name, content)).read_bytes()
    intake = collect(written(tmp_path / "a.zip", entry(GOOD), entry("bad_2_20_work.zip", content)))
    assert [each.entry.student for each in intake.deliveries] == ["1", "2"]
    assert any("not opened" in each for each in intake.deliveries[1].remarks)


def test_an_archive_that_holds_itself_ends(tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]) -> None:
    """A stored zip in a zip, many deep: every level is capped, whatever it holds."""
    content = written(tmp_path / "a.zip", entry("first.ipynb")).read_bytes()
    for _ in range(30):
        content = written(tmp_path / "a.zip", entry("again.zip", content), entry("copy.zip", content)).read_bytes()[:]
        if len(content) > 200_000:
            break
    intake = collect(written(tmp_path / "a.zip", entry(GOOD), entry("bad_2_20_work.zip", content)))
    assert [each.entry.student for each in intake.deliveries] == ["1", "2"]


def test_overlapping_entries_are_refused_and_the_others_kept(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    path = written(tmp_path / "a.zip", entry(GOOD), entry("bad_2_20_first.ipynb"), entry("bad_3_30_first.ipynb"))
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    third = data.index(b"PK\x01\x02", second + 1)
    data[third + 42 : third + 46] = data[second + 42 : second + 46]  # where its bytes begin
    path.write_bytes(data)
    intake = collect(path)
    assert (lab.root / "submitted/1/lab/first.ipynb").is_file()
    assert not (lab.root / "submitted/2/lab/first.ipynb").exists()
    assert not (lab.root / "submitted/3/lab/first.ipynb").exists()
    told = [each.remarks for each in intake.deliveries if each.entry.student in "23"]
    assert len(told) == 2 and all("shares its bytes" in remarks[0] for remarks in told)


def test_encrypted_and_oddly_packed_members_are_told_of(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    path = written(tmp_path / "a.zip", entry(GOOD), entry("lee_1_11_secret.txt", b"s"), entry("lee_1_12_odd.txt", b"o"))
    data = bytearray(path.read_bytes())
    for marker, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        second = data.index(marker, data.index(marker) + 1)
        data[second + at] |= 1
        third = data.index(marker, second + 1)
        data[third + at + 2 : third + at + 4] = struct.pack("<H", zipfile.ZIP_BZIP2)
    path.write_bytes(data)
    intake = collect(path)
    check_only_the_good_one(intake, lab)
    assert {"secret.txt: encrypted", "odd.txt: packed by a method that allclose does not open"} <= set(
        intake.deliveries[0].remarks
    )


def test_a_damaged_member_is_lost_and_its_student_is_not(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    path = written(tmp_path / "a.zip", entry(GOOD), entry("bad_2_20_first.ipynb", b"x" * 500 + os.urandom(500)))
    data = bytearray(path.read_bytes())
    at = data.index(b"bad_2_20_first.ipynb") + 40
    data[at : at + 200] = bytes(200)
    path.write_bytes(data)
    intake = collect(path)
    assert [(each.entry.student, each.outcome) for each in intake.deliveries] == [("1", "new"), ("2", "new")]
    assert any("damaged" in each for each in intake.deliveries[1].remarks)
    assert everything(lab.root / "submitted/2") == {"lab"}


def test_a_wrong_checksum_is_damage(tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(GOOD, NOTEBOOK)
        file.writestr("bad_2_20_first.ipynb", b"abcdef" * 10)
    path.write_bytes(path.read_bytes().replace(b"abcdefabcdef", b"ABCDEFabcdef", 1))
    intake = collect(path)
    assert any("damaged" in each for each in intake.deliveries[1].remarks)
    assert not (lab.root / "submitted/2/lab/first.ipynb").exists()


def test_a_header_that_lies_about_sizes_costs_its_member(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    path = written(tmp_path / "a.zip", entry(GOOD), entry("bad_2_20_first.ipynb"))
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[second + 24 : second + 28] = struct.pack("<L", 0xFFFFFFF0)  # what it unpacks to
    path.write_bytes(data)
    intake = collect(path)
    assert (lab.root / "submitted/1/lab/first.ipynb").read_bytes() == NOTEBOOK
    assert [each.entry.student for each in intake.deliveries] == ["1", "2"]


@pytest.mark.parametrize("where", ["start", "middle", "end"])
def test_an_archive_that_was_cut_off_changes_nothing(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], where: str
) -> None:
    path = written(tmp_path / "a.zip", *(entry(f"lee{n}_{n}_{n}_first.ipynb") for n in range(10, 20)))
    data = path.read_bytes()
    size = {"start": 20, "middle": len(data) // 2, "end": len(data) - 10}[where]
    path.write_bytes(data[:size])
    with pytest.raises(InteropError, match=r"a\.zip.*(damaged|no zip)"):
        collect(path)
    assert not (lab.root / "submitted").exists()
    assert everything(lab.root / ".allclose/lab") == set()


def test_one_unreadable_archive_of_two_changes_nothing(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    good = written(tmp_path / "a.zip", entry(GOOD))
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 nothing more")
    with pytest.raises(InteropError, match=r"b\.zip"):
        collect(good, tmp_path / "b.zip")
    assert not (lab.root / "submitted").exists()


def test_a_tar_that_was_cut_off_changes_nothing(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as file:
        for number in range(20):
            info = tarfile.TarInfo(f"lee{number}_{number}_{number}_first.ipynb")
            info.size = 3_000
            file.addfile(info, io.BytesIO(os.urandom(3_000)))
    data = (tmp_path / "a.tar.gz").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(data[: len(data) // 2])
    with pytest.raises(InteropError, match="damaged or cut off"):
        collect(tmp_path / "a.tar.gz")
    assert not (lab.root / "submitted").exists()


def test_a_gzip_bomb_is_noticed_while_it_unpacks(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    info = tarfile.TarInfo("lee_1_10_first.ipynb")
    info.size = 2 * 10**9
    head = info.tobuf()
    with (tmp_path / "a.tar.gz").open("wb") as file:
        file.write(packer.compress(head))
        for _ in range(60):
            file.write(packer.compress(bytes(1_000_000)))
        file.write(packer.flush())
    with pytest.raises(InteropError, match="bomb"):
        collect(tmp_path / "a.tar.gz")
    assert not (lab.root / "submitted").exists()


def test_an_extended_header_of_a_tar_that_fills_memory_is_refused(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 10**10
    with gzip.open(tmp_path / "a.tar.gz", "wb") as file:
        file.write(info.tobuf())
        for _ in range(40):
            file.write(bytes(1_000_000))
    with pytest.raises(InteropError, match=r"bomb|damaged"):
        collect(tmp_path / "a.tar.gz")


def test_a_list_of_members_that_would_fill_memory_is_not_read(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 50)
    path = written(tmp_path / "a.zip", *(entry(f"lee_{n}_{n}_first.ipynb") for n in range(60)))
    with pytest.raises(InteropError, match="says that it holds 60 files"):
        collect(path)


def test_more_files_than_a_class_hands_in_are_refused_in_a_tar_too(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 50)
    with tarfile.open(tmp_path / "a.tar", "w") as file:
        for number in range(60):
            file.addfile(tarfile.TarInfo(f"lee_{number}_{number}_first.ipynb"))
    with pytest.raises(InteropError, match="more files than any class hands in"):
        collect(tmp_path / "a.tar")
    assert not (lab.root / "submitted").exists()


def test_what_is_larger_than_any_file_may_be_is_left_out(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MAX_FILE_BYTES", 1_000)
    intake = collect(written(tmp_path / "a.zip", entry(GOOD), entry("lee_1_11_big.bin", os.urandom(2_000))))
    check_only_the_good_one(intake, lab)
    assert any(each.startswith("big.bin: larger than") for each in intake.deliveries[0].remarks)


def test_a_member_that_stands_twice_is_neither_lost_nor_written_over(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    other = NOTEBOOK + b"\n"
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = written(tmp_path / "a.zip", entry(GOOD), entry(GOOD), entry(GOOD, other))
    collect(path)
    folder = lab.root / "submitted/1/lab"
    assert sorted(path.read_bytes() for path in folder.iterdir()) == sorted([NOTEBOOK, other])


@pytest.mark.parametrize(
    "names",
    [
        ("Ann/first.ipynb", "ann/first.ipynb", "ANN/first.ipynb"),
        ("Zo\u00eb/first.ipynb", "Zoe\u0308/first.ipynb\n", "zo\u00eb/first.ipynb"),
        ("a b/first.ipynb", "a-b/first.ipynb", "a+b/first.ipynb"),
        ("con/first.ipynb", "_con/first.ipynb", "CON/first.ipynb"),
        ("stra\u00dfe/first.ipynb", "strasse/first.ipynb", "x/first.ipynb"),
    ],
)
def test_names_that_a_file_system_takes_for_the_same_stay_different_people(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], names: tuple[str, ...]
) -> None:
    contents = [NOTEBOOK + b" " * number for number in range(3)]
    collect(zipped(tmp_path / "a.zip", dict(zip(names, contents, strict=True))))
    folders = list((lab.root / "submitted").iterdir())
    assert len({path.name.casefold() for path in folders}) == len(folders)
    found = [each.read_bytes() for each in (lab.root / "submitted").rglob("*.ipynb")]
    assert sorted(found) == sorted(contents)


@pytest.mark.parametrize(
    "name",
    [
        "CON.ipynb",
        "aux",
        "nul.txt",
        "x" * 250 + ".ipynb",
        "\u202egnp.exe",
        "a\x07b.txt",
        "-rf",
        " .ipynb",
        "trailing. ",
    ],
)
def test_odd_names_of_a_students_files_become_harmless(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], name: str
) -> None:
    intake = collect(
        zipped(tmp_path / "a.zip", {GOOD: NOTEBOOK, f"lee_1_11_work/{name}": b"x", "lee_1_12_z.txt": b"z"})
    )
    assert len(intake.deliveries) <= 2
    for path in (lab.root / "submitted").rglob("*"):
        assert path.name.isprintable() and len(path.name.encode()) < 256
        assert path.stem.lower() not in ("con", "aux", "nul") and not path.name.endswith((" ", "."))


@pytest.mark.parametrize(
    "label", ["..", "...", ".hidden", "-rf", "a/../b", "~", "$HOME", "%00", "*", "x" * 300, "\u202e"]
)
def test_a_students_name_cannot_choose_where_its_folder_is(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], label: str
) -> None:
    intake = collect(zipped(tmp_path / "a.zip", {"Ann/first.ipynb": NOTEBOOK, f"{label}/first.ipynb": NOTEBOOK + b" "}))
    assert "Ann" in {each.entry.student for each in intake.deliveries}
    for folder in (lab.root / "submitted").iterdir():
        assert not folder.name.startswith((".", "-", "~")) and "/" not in folder.name
        assert {path.name for path in folder.iterdir()} == {"lab"}
    assert {path.name for path in tmp_path.iterdir()} == {"course", "a.zip"}


def test_a_students_own_time_stamp_is_not_nbgraders(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    early = b"2001-01-01 00:00:00 UTC"
    collect(zipped(tmp_path / "a.zip", {GOOD: NOTEBOOK, "lee_1_11_timestamp.txt": early}))
    assert not (lab.root / "submitted/1/lab/timestamp.txt").exists()


def test_the_metadata_of_gradescope_is_data(tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]) -> None:
    """No object is made of a tag, an alias is no bomb, and what a student's test printed names nobody."""
    bomb = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(12))
    text = (
        "---\nsubmission_1:\n  :submitters:\n  - :name: Ann Lee\n    :sid: 's1'\n    :email: a@x.edu\n"
        "  :created_at: 2026-11-05 10:00:00 Z\n  :results:\n"
        "    output: |\n      submission_2:\n        :submitters:\n        - :name: Bob\n          :sid: s2\n"
        f"{bomb}  :evil: !!python/object/apply:os.system ['touch {tmp_path}/owned']\n"
        f"submission_3:\n  :submitters: !!python/object/apply:os.system ['touch {tmp_path}/owned']\n"
    )
    path = zipped(
        tmp_path / "a.zip",
        {
            "export/submission_metadata.yml": text.encode(),
            **{f"export/submission_{number}/first.ipynb": NOTEBOOK for number in (1, 2, 3)},
        },
    )
    intake = collect(path)
    assert [each.entry.student for each in intake.deliveries] == ["s1"]
    assert {stray.member.name for each in intake.unmatched for stray in each.files} == {
        "export/submission_2/first.ipynb",
        "export/submission_3/first.ipynb",
    }
    assert not (tmp_path / "owned").exists()


def test_an_interrupted_collection_leaves_no_scratch_folder(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = zipped(tmp_path / "a.zip", {GOOD: NOTEBOOK, "bob_2_20_first.ipynb": NOTEBOOK})
    with monkeypatch.context() as patched:
        patched.setattr("shutil.copyfile", full)
        with pytest.raises(OSError, match="No space left"):
            collect(path)
    assert everything(lab.root / "submitted") == {"1"}
    assert everything(lab.root / ".allclose/lab") == {"collected.json"}
    assert len(collect(path).deliveries) == 2


def test_a_7z_or_rar_is_refused_in_one_clear_line(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    for magic in (b"7z\xbc\xaf\x27\x1c" + bytes(50), b"Rar!\x1a\x07\x00" + bytes(50), b"\xfd7zXZ\x00" + bytes(50)):
        (tmp_path / "a.zip").write_bytes(magic)
        with pytest.raises(InteropError, match="unpack it and name the folder"):
            collect(tmp_path / "a.zip")


def test_a_students_7z_stays_a_file_and_is_told_of(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    intake = collect(zipped(tmp_path / "a.zip", {"lee_1_10_work.7z": b"7z\xbc\xaf\x27\x1c" + bytes(9)}))
    assert (lab.root / "submitted/1/lab/work.7z").is_file()
    assert any("7z" in each for each in intake.deliveries[0].remarks)
    assert replace(intake.deliveries[0].entry).files == {"work.7z": "lee_1_10_work.7z"}


FORGED = {
    "canvas": "bob_102_99_first.ipynb",
    "moodle": "Bob Li_102_assignsubmission_file_/first.ipynb",
    "brightspace": "102-9 - Bob Li - Nov 5, 2030 1130 AM/first.ipynb",
    "exchange": "bob+lab+2030-11-05 10:00:00 UTC/first.ipynb",
    "folders": "bob/lab/first.ipynb",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_students_own_names_make_no_submission_of_somebody_elses(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], forged: str
) -> None:
    """In a folder of one's own, or an archive, a hundred files may be called as a site would call another's."""
    mine = {f"cy/{n}/{forged}": b"forged" for n in range(50)} | {f"cy/{forged}": b"forged", "cy/first.ipynb": b"cy"}
    own = zipped(tmp_path / "a.zip", {forged: b"forged", "first.ipynb": b"dee"}).read_bytes()
    others = {"bob/first.ipynb": NOTEBOOK, "ann/first.ipynb": NOTEBOOK, "dee.zip": own}
    path = zipped(tmp_path / "a.zip", {f"download/{name}": content for name, content in (mine | others).items()})
    intake = collect(path)
    assert [each.entry.student for each in intake.deliveries] == ["ann", "bob", "cy", "dee"]
    assert (lab.root / "submitted/bob/lab/first.ipynb").read_bytes() == NOTEBOOK


def test_a_students_own_metadata_of_gradescope_names_nobody(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    forged = b"submission_1:\n  :submitters:\n  - :name: Bob\n    :sid: bob\n  :created_at: 2030-01-01 00:00:00 Z\n"
    members = {"cy/submission_metadata.yml": forged, "cy/submission_1/first.ipynb": b"forged", "cy/first.ipynb": b"cy"}
    intake = collect(zipped(tmp_path / "a.zip", members | {"bob/first.ipynb": NOTEBOOK}))
    assert [each.entry.student for each in intake.deliveries] == ["bob", "cy"]
    assert (lab.root / "submitted/bob/lab/first.ipynb").read_bytes() == NOTEBOOK


@pytest.mark.parametrize("site", ["canvas", "moodle", "brightspace"])
def test_one_file_that_is_called_as_another_site_would_does_not_cost_the_class(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake], site: str
) -> None:
    names = [
        *("leeann_101_1_first.ipynb", "libob_102_2_first.ipynb", "locy_103_3_first.ipynb"),
        f"locy_103_4_{FORGED[site].replace('/', '_')}",
    ]
    intake = collect(zipped(tmp_path / "a.zip", {name: name.encode() for name in names}))
    assert [each.entry.student for each in intake.deliveries] == ["101", "102", "103"]
    assert (lab.root / "submitted/102/lab/first.ipynb").read_bytes() == b"libob_102_2_first.ipynb"


def test_a_name_of_a_tar_that_is_no_text_is_taken_as_far_as_it_goes(
    tmp_path: Path, lab: Assignment, collect: Callable[..., Intake]
) -> None:
    with tarfile.open(tmp_path / "a.tar", "w", encoding="latin-1") as file:
        for name in ("Zo\xeb/first.ipynb", "ann/first.ipynb"):
            info = tarfile.TarInfo(name)
            info.size = len(NOTEBOOK)
            file.addfile(info, io.BytesIO(NOTEBOOK))
    assert len(collect(tmp_path / "a.tar").deliveries) == 2

"""Each site's format is known by what is in it, and its names say what they say."""

from __future__ import annotations

import struct
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from allclose.interop.collect.archives import read_archive
from allclose.interop.collect.claims import Claim, Hints, Stray
from allclose.interop.collect.sites import recognise
from allclose.interop.collect.times import parsed_time, written_date
from tests.archives import HandedIn, brightspace, canvas, gradescope, moodle, zipped

HINTS = Hints("lab", ("lab",), lambda _: False)
FILES = {"lab.ipynb": b"{}", "helper.py": b"x"}
LONG_AGO = datetime(2026, 3, 1, 9, 0)
CLASS = [
    HandedIn("Ann", "Lee", 101, FILES, id="s1", email="ann@x.test"),
    HandedIn("Zoë", "de la Ünal-O'Neil", 102, FILES, late=True, id="s2", email="zoe@x.test"),
]


def read(path: Path, hints: Hints = HINTS) -> tuple[list[Claim], list[Stray]]:
    scratch = path.parent / f"scratch-{path.name}-{len(list(path.parent.iterdir()))}"
    scratch.mkdir()
    return recognise(read_archive(path, scratch), hints)


def places(claim: Claim) -> list[str]:
    return sorted("/".join(piece.place) for piece in claim.pieces)


def test_canvas(tmp_path: Path) -> None:
    claims, strays = read(canvas(tmp_path / "moodle.zip", CLASS))
    assert [(each.site, each.name, each.site_id, each.late) for each in claims] == [
        ("canvas", "leeann", "101", False),
        ("canvas", "delaünaloneilzoë", "102", True),
    ]
    assert [places(each) for each in claims] == [["helper.py", "lab.ipynb"]] * 2
    assert [each.submission for each in claims] == ["leeann_101", "delaünaloneilzoë_LATE_102"]
    assert strays == []


def test_canvas_without_names_and_with_text_and_links(tmp_path: Path) -> None:
    names = ("anon_x4TzQ_77_lab.ipynb", "LATE_anon_9aB_78_lab.ipynb", "leeann_101_text.html", "li_x_late_5_link.html")
    claims, _ = read(zipped(tmp_path / "a.zip", dict.fromkeys(names, b"x")))
    assert [(each.name, each.site_id, each.late) for each in claims] == [
        *(("", "x4TzQ", False), ("", "9aB", True), ("leeann", "101", False), ("li_x", "5", True)),
    ]
    assert [places(each)[0] for each in claims] == ["lab.ipynb", "lab.ipynb", "text.html", "link.html"]


@pytest.mark.parametrize("flat", [False, True])
def test_moodle(tmp_path: Path, flat: bool) -> None:
    claims, strays = read(moodle(tmp_path / "canvas.zip", CLASS, flat=flat, text="<p>"))
    assert [(each.site, each.name, each.site_id) for each in claims] == [
        ("moodle", "Ann Lee", "101"),
        ("moodle", "Zoë de la Ünal-O'Neil", "102"),
    ]
    assert places(claims[0]) == ["helper.py", "lab.ipynb", "onlinetext.html"]
    assert claims[0].submission == "Ann Lee_101_assignsubmission_file_"
    assert strays == []


def test_moodle_leads_names_by_a_group(tmp_path: Path) -> None:
    grouped = [HandedIn("B1-Ann", "Lee", 101, FILES), HandedIn("B1-Mary-Ann", "Lee", 102, FILES)]
    claims, _ = read(moodle(tmp_path / "a.zip", grouped))
    assert [each.name for each in claims] == ["Ann Lee", "Mary-Ann Lee"]
    alone, _ = read(moodle(tmp_path / "b.zip", [HandedIn("Mary-Ann", "Lee", 102, FILES)]))
    assert alone[0].name == "Mary-Ann Lee"


@pytest.mark.parametrize("flat", [False, True])
def test_brightspace(tmp_path: Path, flat: bool) -> None:
    again = HandedIn("Ann", "Lee", 101, {"lab v2.ipynb": b"2"}, datetime(2026, 11, 6, 0, 5))
    claims, strays = read(brightspace(tmp_path / "a.zip", [*CLASS, again], flat=flat))
    assert [(each.site, each.name, each.site_id) for each in claims] == [
        ("brightspace", "Ann Lee", "101"),
        ("brightspace", "Zoë de la Ünal-O'Neil", "102"),
    ]
    assert claims[0].submitted == datetime(2026, 11, 6, 0, 5).astimezone(UTC)
    assert claims[0].submission == "101-4711 - Ann Lee - Nov 6, 2026 1205 AM"
    assert places(claims[0]) == ["helper.py", "lab v2.ipynb", "lab.ipynb"]
    turns = {piece.place[0]: piece.turn for piece in claims[0].pieces}
    assert turns["lab v2.ipynb"] > turns["lab.ipynb"]
    assert strays == []


def test_a_brightspace_number_that_several_share_is_nobodys(tmp_path: Path) -> None:
    shared = [HandedIn("Ann", "Lee", 7, FILES), HandedIn("Bob", "Li", 7, FILES)]
    claims, _ = read(brightspace(tmp_path / "a.zip", shared))
    assert [(each.name, each.site_id) for each in claims] == [("Ann Lee", ""), ("Bob Li", "")]


def test_gradescope(tmp_path: Path) -> None:
    pair = (CLASS[0], CLASS[1])
    alone = HandedIn("Bob", "O'Hara: the 2nd", 3, {"work/lab.ipynb": b"{}"}, id="007", email="bob@x.test")
    claims, strays = read(gradescope(tmp_path / "a.zip", [pair, alone]))
    assert [(each.site, each.name, each.id, each.email, each.submission) for each in claims] == [
        ("gradescope", "Ann Lee", "s1", "ann@x.test", "submission_331"),
        ("gradescope", "Zoë de la Ünal-O'Neil", "s2", "zoe@x.test", "submission_331"),
        ("gradescope", "Bob O'Hara: the 2nd", "007", "bob@x.test", "submission_332"),
    ]
    assert claims[0].submitted == datetime(2026, 11, 5, 11, 30, 0, 123456, UTC)
    assert [places(each) for each in claims[1:]] == [["helper.py", "lab.ipynb"], ["work/lab.ipynb"]]
    assert strays == []


def test_a_gradescope_folder_that_its_metadata_does_not_know_is_told_of(tmp_path: Path) -> None:
    path = gradescope(tmp_path / "a.zip", [CLASS[0]])
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("assignment_77_export/submission_999/lab.ipynb", b"{}")
    claims, strays = read(path)
    assert [each.id for each in claims] == ["s1"]
    assert [each.member.name for each in strays] == ["assignment_77_export/submission_999/lab.ipynb"]


def test_nbgraders_exchange_gives_the_latest_of_each_student(tmp_path: Path) -> None:
    names = (
        "inbound/ann+lab+2026-11-05 10:00:00.5 UTC+aaaa/lab.ipynb",
        "inbound/ann+lab+2026-11-06 10:00:00.5 UTC+bbbb/lab.ipynb",
        "inbound/ann+other lab+2026-11-07 10:00:00 UTC/lab.ipynb",
        "inbound/bob+lab+2026-11-05 10:00:00 UTC/sub/lab.ipynb",
    )
    claims, strays = read(zipped(tmp_path / "a.zip", dict.fromkeys(names, b"x")))
    assert [(each.site, each.id, str(each.submitted)) for each in claims] == [
        ("nbgrader", "ann", "2026-11-06 10:00:00.500000+00:00"),
        ("nbgrader", "bob", "2026-11-05 10:00:00+00:00"),
    ]
    assert [places(each) for each in claims] == [["lab.ipynb"], ["sub/lab.ipynb"]]
    assert [each.member.name for each in strays] == [names[2], names[0]] or len(strays) == 2


def test_nbgraders_folders_bring_their_time_stamps(tmp_path: Path) -> None:
    members = {
        "submitted/ann/lab/lab.ipynb": b"{}",
        "submitted/ann/lab/timestamp.txt": b"2026-11-05 11:30:00 UTC",
        "submitted/bob/lab/lab.ipynb": b"{}",
    }
    claims, strays = read(zipped(tmp_path / "a.zip", members))
    assert [(each.site, each.label, str(each.submitted)) for each in claims] == [
        ("nbgrader", "ann", "2026-11-05 11:30:00+00:00"),
        ("nbgrader", "bob", "None"),
    ]
    assert strays == []


def test_a_folder_of_downloads_is_each_sites(tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    canvas(folder / "one.zip", CLASS)
    moodle(folder / "two.zip", CLASS)
    claims, strays = read(folder)
    assert sorted({each.site for each in claims}) == ["canvas", "moodle"]
    assert (len(claims), strays) == (4, [])


def test_an_unpacked_download_is_what_it_was(tmp_path: Path) -> None:
    for number, path in enumerate([canvas(tmp_path / "c.zip", CLASS), brightspace(tmp_path / "b.zip", CLASS)]):
        folder = tmp_path / f"unpacked{number}" / "deeper"
        with zipfile.ZipFile(path) as file:
            file.extractall(folder)
        packed = {(each.identity, *places(each)) for each in read(path)[0]}
        assert {(each.identity, *places(each)) for each in read(folder.parent)[0]} == packed


def stamped(path: Path, members: dict[str, datetime]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, when in members.items():
            file.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), b"{}")
    return path


def moodle_names() -> list[str]:
    return [f"{each.name}_{each.number}_assignsubmission_file_/lab.ipynb" for each in CLASS]


def test_files_of_the_download_are_times_unless_the_download_made_them(tmp_path: Path) -> None:
    fresh, _ = read(moodle(tmp_path / "fresh.zip", CLASS))
    assert [each.submitted for each in fresh] == [None, None]
    one_hour, _ = read(stamped(tmp_path / "hour.zip", dict.fromkeys(moodle_names(), LONG_AGO)))
    assert [each.submitted for each in one_hour] == [None, None]
    times = [LONG_AGO, LONG_AGO + timedelta(days=2)]
    old, _ = read(stamped(tmp_path / "old.zip", dict(zip(moodle_names(), times, strict=True))))
    assert [each.submitted for each in old] == [time.astimezone(UTC) for time in times]
    plain, _ = read(stamped(tmp_path / "plain.zip", dict.fromkeys(["ann.ipynb", "bob.ipynb"], LONG_AGO)))
    assert [each.submitted for each in plain] == [LONG_AGO.astimezone(UTC)] * 2


def test_canvas_is_believed_that_somebody_was_in_time(tmp_path: Path) -> None:
    times = {"leeann_1_7_lab.ipynb": LONG_AGO, "libob_LATE_2_8_lab.ipynb": LONG_AGO + timedelta(days=1)}
    claims, _ = read(stamped(tmp_path / "old.zip", times))
    assert [each.submitted for each in claims] == [None, (LONG_AGO + timedelta(days=1)).astimezone(UTC)]


def test_a_time_that_the_archive_has_in_utc_is_taken_so(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("ann.ipynb", (2026, 3, 1, 1, 1, 0))
    info.extra = struct.pack("<HHBl", 0x5455, 5, 1, 1_780_000_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(info, b"{}")
    claims, _ = read(tmp_path / "a.zip")
    assert claims[0].submitted == datetime.fromtimestamp(1_780_000_000, UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nov 5, 2026 1130 AM", (2026, 11, 5, 11, 30)),
        ("Nov 5, 2026 1205 AM", (2026, 11, 5, 0, 5)),
        ("Nov 5, 2026 1205 PM", (2026, 11, 5, 12, 5)),
        ("Feb 14, 2026 159 PM", (2026, 2, 14, 13, 59)),
        ("November 5, 2026 11-30 PM", (2026, 11, 5, 23, 30)),
        ("5 Nov, 2026 2330", (2026, 11, 5, 23, 30)),
        ("5 février 2026 17h05", (2026, 2, 5, 17, 5)),
        ("Oct 5, 2026 905 a.m.", (2026, 10, 5, 9, 5)),
        ("5 juin 2026 905", (2026, 6, 5, 9, 5)),
        ("5 juil. 2026 905", (2026, 7, 5, 9, 5)),
        ("5. März 2026 0905", (2026, 3, 5, 9, 5)),
    ],
)
def test_brightspace_dates(text: str, expected: tuple[int, ...]) -> None:
    assert written_date(text) == datetime(*expected).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("text", ["", "Foo 5, 2026 1130 AM", "Feb 31, 2026 1130 AM", "Nov 5, 2026 9999", "Nov 5 2026"])
def test_no_date_is_no_time(text: str) -> None:
    assert written_date(text) is None


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-45", "9" * 300])
def test_no_time_is_none(text: str) -> None:
    assert parsed_time(text) is None


def test_times_of_nbgrader_are_in_utc() -> None:
    assert parsed_time("2026-11-05 11:30:00 America/New_York") == datetime(2026, 11, 5, 16, 30, tzinfo=UTC)
    assert parsed_time("2026-11-05 11:30:00") - datetime(2026, 11, 5, 11, 30, tzinfo=UTC) == timedelta()  # type: ignore[operator]

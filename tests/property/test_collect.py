"""Whatever an archive holds and however people are called: nothing leaves its folder, and nobody is lost."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from allclose import course
from allclose.errors import InteropError
from allclose.interop.collect.archives import read_archive
from allclose.interop.collect.claims import Hints
from allclose.interop.collect.matching import Owned, Roster, without_roster
from allclose.interop.collect.members import Member, is_left_behind
from allclose.interop.collect.names import Refused, safe_id, safe_path, slug
from allclose.interop.collect.notebooks import arrange
from allclose.interop.collect.sites import recognise
from allclose.interop.collect.takein import take_in
from allclose.interop.roster import Person, read_roster, same
from allclose.model import Assignment
from tests.archives import HandedIn, brightspace, canvas, gradescope, moodle, zipped
from tests.small_course import lab_cells, write_source

Result = TypeVar("Result")
HINTS = Hints("lab", ("first",), lambda _: False)
FILES = {"first.ipynb": b"{}"}
CASES = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])

parts = st.sampled_from(
    [
        *("..", ".", "", "con", "first.ipynb", "lab", "a b", "Zoë", "~", "x" * 300, "\u202e", "C:", "-rf", "*"),
        *("leeann_1_22_first.ipynb", "Ann Lee_3_assignsubmission_file_", "1-2 - Ann Lee - Nov 5, 2026 1130 AM"),
        *("__MACOSX", ".DS_Store", "index.html", "timestamp.txt", "submission_metadata.yml", "work.zip", "a.tar.gz"),
    ]
) | st.text(max_size=12)
paths = st.lists(parts, min_size=1, max_size=5).map("/".join) | st.lists(parts, min_size=1, max_size=3).map("\\".join)
members = st.dictionaries(
    paths.filter(lambda path: path and not path.endswith(("/", "\\"))), st.binary(max_size=20), max_size=8
)
letters = st.characters(categories=("Lu", "Ll", "Lo", "Mn"), exclude_characters="\u0149")
words = st.text(letters | st.sampled_from("'’-"), min_size=1, max_size=8).filter(lambda word: word[0].isalpha())
names = st.lists(words, min_size=1, max_size=3).map(" ".join)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    root = tmp_path_factory.mktemp("course")
    write_source(root, lab_cells())
    return course.load(root, "lab")


def packed(folder: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        for name, data in content.items():
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name.encode("utf-8", "replace").decode()
            file.writestr(info, data)
    return folder / "a.zip"


def refused_or(read: Callable[[], Result], path: Path) -> Result | None:
    """What reading gives; None where it is refused in one line that names the file."""
    try:
        return read()
    except InteropError as error:
        line = str(error)
    assert str(path) in line and "\n" not in line
    return None


def flat(found: Iterator[Member]) -> Iterator[Member]:
    for member in found:
        yield from [member] if member.inside is None else flat(iter(member.inside))


@CASES
@given(members)
def test_every_file_of_an_archive_is_somebodys_or_told_of(content: dict[str, bytes]) -> None:
    with TemporaryDirectory() as folder:
        path = packed(Path(folder), content)
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        archive = read_archive(path, scratch)
        claims, strays = recognise(archive, HINTS)
        told = {piece.member.digest or piece.member.name for claim in claims for piece in claim.pieces}
        told |= {stray.member.digest or stray.member.name for stray in strays}
        for member in flat(iter(archive.members)):
            own = member.path[-1:] in (("index.html",), ("submission_metadata.yml",))
            assert own or (member.digest or member.name) in told
        kept = {member.name for member in archive.members}
        assert all(name in kept or _is_junk(name) or _stands_twice(name, content) for name in map(_written, content))


def _written(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _is_junk(name: str) -> bool:
    try:
        return is_left_behind(safe_path(name))
    except Refused:
        return False


def _stands_twice(name: str, content: dict[str, bytes]) -> bool:
    """Whether another member has the same path once it is safe, and the same bytes."""
    mine = [(safe_path(other), data) for other, data in content.items() if _is_safe(other)]
    return _is_safe(name) and mine.count((safe_path(name), content.get(name, b""))) > 1


def _is_safe(name: str) -> bool:
    try:
        return bool(safe_path(name))
    except Refused:
        return False


@CASES
@given(members)
def test_a_submission_keeps_all_its_files_inside_its_folder(lab: Assignment, content: dict[str, bytes]) -> None:
    with TemporaryDirectory() as folder:
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        claims, _ = recognise(read_archive(packed(Path(folder), content), scratch), HINTS)
        for claim in claims:
            found = arrange(claim.pieces, lab)
            given_in = [member for piece in claim.pieces for member in flat(iter([piece.member])) if member.content]
            stamps = sum(piece.place[-1] == "timestamp.txt" for piece in claim.pieces)
            assert len(given_in) - stamps <= len(found.files) <= len(given_in)
            assert len({same(place) for place in found.files}) == len(found.files)
            for place in found.files:
                assert safe_path(place) and not place.startswith("/")
                assert not any(other.startswith(f"{place}/") for other in found.files)


@settings(max_examples=8)
@given(members)
@example({"../../x": b"1", "ann/../../y": b"2", "/z": b"3", "lee_1_2_first.ipynb": b"4"})
def test_nothing_is_written_but_below_the_course(content: dict[str, bytes]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder) / "a" / "b" / "course"
        write_source(root, lab_cells())
        assignment = course.load(root, "lab")
        path = packed(Path(folder), content)
        take_in(assignment, [path], (), root / "submitted")
        assert {each.name for each in Path(folder).iterdir()} == {"a", "a.zip"}
        assert [each.name for each in (Path(folder) / "a").iterdir()] == ["b"]
        assert {each.name for each in root.iterdir()} <= {"source", "submitted", ".allclose", "gradebook.db"}
        assert not [each for each in root.rglob("*") if each.is_symlink()]
        for student in (root / "submitted").glob("*"):
            assert [each.name for each in student.iterdir()] == ["lab"]


@pytest.mark.parametrize("make", [canvas, moodle, brightspace, gradescope])
def test_everybody_of_a_download_has_a_folder_of_their_own(make: Callable[..., Path]) -> None:
    @CASES
    @given(st.lists(st.tuples(names, names), min_size=1, max_size=6))
    def check(people: list[tuple[str, str]]) -> None:
        handed_in = [
            HandedIn(first, last, number, {**FILES, "own.txt": b"%d" % number}, id=f"s{number}")
            for number, (first, last) in enumerate(people, 101)
        ]
        with TemporaryDirectory() as folder:
            scratch = Path(folder) / "scratch"
            scratch.mkdir()
            claims, strays = recognise(read_archive(make(Path(folder) / "a.zip", handed_in), scratch), HINTS)
            owned = [each for each in without_roster(claims, {}) if isinstance(each, Owned)]
            assert strays == []
            assert len({same(each.student) for each in owned}) == len(owned) == len(people)
            roster = [Person(each.id, f"{each.last}, {each.first}", site_id=str(each.number)) for each in handed_in]
            for each in Roster(roster).owners(claims, {}):
                text = next(piece for piece in each.claim.pieces if piece.place == ("own.txt",)).member.content
                assert text is not None
                assert isinstance(each, Owned) and each.student == f"s{text.read_text()}"

    check()


@CASES
@given(st.lists(names, min_size=2, max_size=6, unique=True))
def test_labels_that_differ_are_different_people(labels: list[str]) -> None:
    with TemporaryDirectory() as folder:
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        path = zipped(Path(folder) / "a.zip", {f"{label}/first.ipynb": label.encode() for label in labels})
        claims, _ = recognise(read_archive(path, scratch), HINTS)
        owned = [each for each in without_roster(claims, {}) if isinstance(each, Owned)]
        assert len({same(each.student) for each in owned}) == len(owned)
        found = {piece.member.digest for each in owned for piece in each.claim.pieces}
        assert len(found) == len({label.encode() for label in labels})


@given(st.text(max_size=80), st.text(max_size=80))
def test_ids_stay_apart_and_fit_a_folder(one: str, other: str) -> None:
    for text in (one, other):
        for found in (safe_id(text), slug(text)):
            assert safe_path(found) == (found,)
            assert not found.startswith((".", "-")) and len(found.encode()) <= 80
    if one != other:
        assert safe_id(one) != safe_id(other)


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: ("id,name\n" + text).encode("utf-8", "replace"))
)
def test_any_roster_is_read_or_refused_in_one_line(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        path.write_bytes(content)
        people = refused_or(lambda: read_roster(path), path) or ()
        assert len({same(person.id) for person in people}) == len(people)


@CASES
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"BZh9"]))
def test_any_bytes_are_read_or_refused_in_one_line(content: bytes, magic: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(magic + content)
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        refused_or(lambda: read_archive(path, scratch), path)


@CASES
@given(members, st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6))
def test_a_zip_with_flipped_bytes_is_read_or_refused_in_one_line(
    content: dict[str, bytes], flips: list[tuple[int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        path = packed(Path(folder), content)
        data = bytearray(path.read_bytes())
        for at, value in flips:
            data[at % len(data)] = value
        path.write_bytes(data)
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        refused_or(lambda: recognise(read_archive(path, scratch), HINTS), path)

"""A roster is read as sites and spreadsheets write one, and refused with the line where it contradicts itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from allclose.errors import InteropError
from allclose.interop.roster import Person, is_guessed, read_roster, roster_of

ANN = Person("s1", "Ann Lee", "ann@x.test", "A", "17")


@pytest.mark.parametrize(
    "text",
    [
        "id,name,email,section,site_id\ns1,Ann Lee,ann@x.test,A,17\n",
        "\ufeffID;Name;E-Mail;Section;Site ID\r\ns1;Ann Lee;ann@x.test;A;17\r\n",
        "Student ID\tFirst name\tLast name\tEmail address\tGroup\tcanvas_id\ns1\tAnn\tLee\tann@x.test\tA\t17\n",
        'Student,ID,SIS User ID,Email,Section\n"    Points Possible",,,,\nAnn Lee,17,s1,ann@x.test,A\n',
        "Identifier,Full name,ID number,Email address,Group\nParticipant 17,Ann Lee,s1,ann@x.test,A\n",
        "OrgDefinedId,Last Name,First Name,Email,Sections,site id\n#s1,Lee,Ann,ann@x.test,A,#17\n",
        "Name,SID,Email,Role,Section,lms id\nAnn Lee,s1,ann@x.test,Student,A,17\n\n,,,,,\n",
        "id,name,email,section,site_id\n s1 , Ann \u200b Lee ,ann@x.test,A,17,more,cells\n",
    ],
)
def test_headers_and_separators_of_sites_are_understood(tmp_path: Path, text: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_roster(path) == (ANN,)
    assert not is_guessed(path)


def test_columns_may_be_missing_and_lines_short(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("name,username\nAnn Lee,s1\nBob\n")
    with pytest.raises(InteropError, match=r"roster\.csv, line 3: has no id"):
        read_roster(tmp_path / "roster.csv")
    (tmp_path / "roster.csv").write_text("id\ns1\n")
    assert roster_of(tmp_path) == (Person("s1"),)


def test_a_course_without_a_roster_has_nobody_on_it(tmp_path: Path) -> None:
    assert roster_of(tmp_path) == ()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_other_encodings_are_read_and_a_guess_is_told(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("id;name\ns1;Zoë Ünal\n", encoding=encoding)
    assert read_roster(path)[0].name == "Zoë Ünal"
    assert is_guessed(path) is (encoding == "cp1252")


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        ("s1,a@x.test,1\ns2,b@x.test,2\nS1,c@x.test,3\n", "line 4: the id 'S1' stands on line 2 too"),
        ("s1,a@x.test,1\ns2,A@X.test,2\n", "line 3: the e-mail address 'A@X.test' stands on line 2 too"),
        ("s1,a@x.test,1\ns2,b@x.test,1\n", "line 3: the site id '1' stands on line 2 too"),
        ("Zo\u00eb,a@x.test,1\nZoe\u0308,b@x.test,2\n", "stands on line 2 too"),
    ],
)
def test_what_stands_twice_is_refused_with_both_lines(tmp_path: Path, lines: str, part: str) -> None:
    (tmp_path / "roster.csv").write_text(f"id,email,site_id\n{lines}")
    with pytest.raises(InteropError, match=part):
        read_roster(tmp_path / "roster.csv")


def test_a_quoted_line_break_does_not_shift_the_line_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text('id,name\ns1,"Ann\nLee"\ns2,Bob\ns1,Cy\n')
    with pytest.raises(InteropError, match=r"line 5: .* stands on line 3 too"):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"id,name\n,\n", "names nobody"),
        (b"name,email\nAnn,a@x.test\n", "no column is called id"),
        (b"PK\x03\x04 an xlsx", "is a spreadsheet"),
        (b'id,name\ns1,"' + b"x" * 200_000 + b'"\n', "is no CSV"),
    ],
)
def test_what_is_no_roster_is_refused_in_one_line(tmp_path: Path, content: bytes, part: str) -> None:
    (tmp_path / "roster.csv").write_bytes(content)
    with pytest.raises(InteropError, match=part) as raised:
        read_roster(tmp_path / "roster.csv")
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InteropError, match=r"no\.csv: cannot be read"):
        read_roster(tmp_path / "no.csv")

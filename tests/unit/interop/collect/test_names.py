"""Names become harmless and stay apart."""

from __future__ import annotations

import pytest

from allclose.interop.collect.names import Refused, distinct, safe_id, safe_part, safe_path, slug, unused
from allclose.interop.roster import same


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("lab.ipynb", ("lab.ipynb",)),
        ("./a//b/lab.ipynb", ("a", "b", "lab.ipynb")),
        ("a\\b\\lab.ipynb", ("a", "b", "lab.ipynb")),
        ("Zoe\u0308/übung 1.ipynb", ("Zoë", "übung 1.ipynb")),
        ('aa:b*c?"<>|.txt', ("aa_b_c_____.txt",)),
        ("AUX/con.txt/nul", ("_AUX", "_con.txt", "_nul")),
        ("a. /b...", ("a", "b")),
        ("...lab.ipynb", ("...lab.ipynb",)),
    ],
)
def test_a_path_keeps_its_parts(name: str, parts: tuple[str, ...]) -> None:
    assert safe_path(name) == parts


@pytest.mark.parametrize(
    "name", ["", "/", ".", "..", "a/..", "../a", "/a", "~\0", "C:\\a", "\\a", "\u200b", "a/\u200b/b"]
)
def test_a_path_that_leads_nowhere_good_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        safe_path(name)


def test_long_names_are_shortened_and_keep_their_ending_and_their_difference() -> None:
    one, other = (safe_part("é" * 200 + f"{tail}.ipynb") for tail in "ab")
    assert one != other
    assert one.endswith(".ipynb") and len(one.encode()) <= 200


@pytest.mark.parametrize("text", ["s001", "ann@x.test", "Zoë_Ünal", "李小龙", "a.b-c"])
def test_a_fit_id_stays_as_it_is(text: str) -> None:
    assert safe_id(text) == text


def test_ids_that_are_changed_never_become_one() -> None:
    texts = ["a b", "a/b", "a+b", "a-b", " a-b", "a\tb", ".a-b", "con", "_con", "", ".", "..", "x" * 99, "x" * 98]
    found = [safe_id(text) for text in texts]
    assert len({same(each) for each in found}) == len(texts)
    assert all(each and not each.startswith((".", "-")) and "/" not in each and "+" not in each for each in found)
    assert found == [safe_id(text) for text in texts]


def test_a_slug_is_readable_and_a_distinct_one_says_why() -> None:
    assert slug("Mary-Ann O'Brien") == "Mary-Ann-O-Brien"
    assert slug("…").startswith("student-")
    assert distinct("Ann-Lee", "104") == "Ann-Lee-104"
    assert distinct("Ann-Lee", "a b") != distinct("Ann-Lee", "a+b")


def test_an_unused_name_is_unused_where_case_does_not_count() -> None:
    taken: set[str] = set()
    assert [unused(name, taken) for name in ("a/lab.ipynb", "A/LAB.ipynb", "a/lab.ipynb", "b")] == [
        *("a/lab.ipynb", "A/LAB (2).ipynb", "a/lab (3).ipynb", "b"),
    ]

"""Whose a submission is: by id, address, the site's number and name, in that order, and never by a guess."""

from __future__ import annotations

import pytest

from allclose.interop.collect.claims import Claim
from allclose.interop.collect.matching import Owned, Roster, Unowned, without_roster
from allclose.interop.collected import Collected
from allclose.interop.roster import Person

PEOPLE = (
    Person("s1", "Zoë Ünal", "zoe@x.test", site_id="101"),
    Person("s2", "O'Brien, Mary-Ann", "mob@x.test"),
    Person("s3", "李小龙"),
    Person("s4", "Ann Lee", "ann@x.test"),
    Person("s5", "Ann Lee", "lee@x.test"),
    Person("s6", "José María de la Cruz"),
    Person("s7", "Łukasz Żółć"),
)


def claim(site: str = "moodle", **told: str) -> Claim:
    return Claim(site, (), **told)  # type: ignore[arg-type]


def owner(*claims: Claim, people: tuple[Person, ...] = PEOPLE) -> list[str]:
    """The student of each, or "" with a reason."""
    found = Roster(people).owners(claims, {})
    assert all(each.reason for each in found if isinstance(each, Unowned))
    return [each.student if isinstance(each, Owned) else "" for each in found]


@pytest.mark.parametrize(
    ("told", "student"),
    [
        ({"id": "S1"}, "s1"),
        ({"email": "ZOE@x.test"}, "s1"),
        ({"site_id": "101"}, "s1"),
        ({"site_id": "101", "name": "ZOE UNAL"}, "s1"),
        ({"name": "zoe unal"}, "s1"),
        ({"name": "Ünal, Zoë"}, "s1"),
        ({"name": "Mary Ann O’Brien"}, "s2"),
        ({"name": "obrienmaryann"}, "s2"),
        ({"name": "小龙 李"}, "s3"),
        ({"name": "李小龙"}, "s3"),
        ({"name": "delacruzjosémaría"}, "s6"),
        ({"name": "De La Cruz, Jose Maria"}, "s6"),
        ({"name": "Lukasz Zolc"}, "s7"),
        ({"name": "Ann Lee", "email": "lee@x.test"}, "s5"),
        ({"id": "s4", "name": "Somebody Else"}, "s4"),
    ],
)
def test_a_person_is_found(told: dict[str, str], student: str) -> None:
    assert owner(claim(**told)) == [student]


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Ann Lee"},
        {"name": "leeann"},
        {"name": "Ann"},
        {"name": "Nobody Known"},
        {"name": ""},
        {"name": "Zoë Ünal-Müller"},
        {"id": "s1", "email": "mob@x.test"},
        {"site_id": "101", "name": "Bob Li"},
        {"site_id": "999"},
    ],
)
def test_a_person_is_not_guessed(told: dict[str, str]) -> None:
    assert owner(claim(**told)) == [""]


def test_a_name_does_not_count_against_an_id_that_fits_for_others() -> None:
    """The roster's Zoë has another id: this one is somebody else."""
    known, stranger = claim(id="s2", name="Mary-Ann O'Brien"), claim(id="x9", name="Zoë Ünal")
    assert owner(known, stranger) == ["s2", ""]
    assert owner(stranger) == ["s1"]  # ids of another kind, as far as one can see


def test_a_roster_that_has_some_numbers_still_finds_the_others_by_name() -> None:
    assert owner(claim(site_id="101", name="Zoë Ünal"), claim(site_id="102", name="Mary-Ann O'Brien")) == ["s1", "s2"]


def test_a_number_of_another_assignment_is_not_taken_for_the_persons() -> None:
    assert owner(claim(site_id="101", name="李小龙"), claim(site_id="7", name="Zoë Ünal")) == ["s3", "s1"]


def test_two_accounts_with_the_name_of_one_are_neithers() -> None:
    one, other = claim("canvas", name="ünalzoë", site_id="7"), claim("canvas", name="ünalzoë", site_id="8")
    assert owner(one, other) == ["", ""]
    assert owner(one, claim("moodle", name="Zoë Ünal", site_id="8")) == ["s1", "s1"]


def test_an_account_that_was_collected_before_keeps_another_of_that_name_out() -> None:
    before = {"s1": Collected("s1", "canvas", "ünalzoë", site_id="7")}
    found = Roster(PEOPLE).owners([claim("canvas", name="ünalzoë", site_id="8")], before)
    assert isinstance(found[0], Unowned)
    again = Roster(PEOPLE).owners([claim("canvas", name="ünalzoë", site_id="7")], before)
    assert isinstance(again[0], Owned)


def test_a_download_that_tells_no_number_is_no_other_account() -> None:
    before = {"s1": Collected("s1", "brightspace", "Zoë Ünal", site_id="101")}
    (found,) = Roster(PEOPLE).owners([claim("brightspace", name="Zoë Ünal")], before)
    assert isinstance(found, Owned)


def test_a_roster_of_a_sites_own_numbers_is_matched_by_them() -> None:
    people = (Person("340934", "Ann Lee"), Person("340935", "Bob Li"))
    found = owner(
        claim("canvas", name="leeann", site_id="340934"), claim("canvas", name="x", site_id="340935"), people=people
    )
    assert found == ["340934", ""]


def test_a_near_name_is_proposed() -> None:
    (found,) = Roster(PEOPLE).owners([claim(name="Zoé Unall")], {})
    assert isinstance(found, Unowned)
    assert "Zoë Ünal (s1)" in found.reason


def students(claims: list[Claim], known: dict[str, Collected] | None = None) -> list[str]:
    return [each.student for each in without_roster(claims, known or {}) if isinstance(each, Owned)]


def test_without_a_roster_the_site_or_the_name_gives_the_id() -> None:
    claims = [
        claim("canvas", name="leeann", site_id="340934"),
        claim("moodle", name="Zoë Ünal", site_id="12"),
        claim("gradescope", name="Bob Li", id="007", email="bob@x.test"),
        claim("gradescope", name="Cy Li", email="cy@x.test"),
        claim("brightspace", name="Dee Li"),
        claim("zip", label="Ed Li"),
    ]
    assert students(claims) == ["340934", "Zoë-Ünal", "007", "cy@x.test", "Dee-Li", "Ed-Li"]


def test_without_a_roster_people_of_one_name_stay_two_and_keep_their_ids() -> None:
    first, second = claim(name="Ann Lee", site_id="1"), claim(name="ann lee", site_id="2")
    assert students([first, second]) == ["Ann-Lee-1", "ann-lee-2"]
    known = {"Ann-Lee": Collected("Ann-Lee", "moodle", "Ann Lee", site_id="1")}
    assert students([first], known) == ["Ann-Lee"]
    assert students([second], known) == ["ann-lee-2"]
    assert students([second, first], known) == ["ann-lee-2", "Ann-Lee"]


def test_without_a_roster_an_id_of_another_site_is_not_taken() -> None:
    known = {"12": Collected("12", "canvas", "leeann", site_id="12")}
    (student,) = students([claim("brightspace", name="Bob Li", site_id="12")], known)
    assert student != "12"

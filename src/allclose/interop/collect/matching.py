"""Whose a submission is. Nobody is guessed: what fits two people, or people who differ, fits nobody."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from allclose.interop.collect.claims import Claim
from allclose.interop.collect.names import distinct, safe_id, slug
from allclose.interop.collected import Collected
from allclose.interop.roster import Person, same

#: Letters that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_SILENT = re.compile(r"['’‘ʼ`´.·]")
_BETWEEN = re.compile(r"[^\w@.+-]|[_.+-]")
#: A shorter id inside a longer name may be anything.
_SHORTEST_ID = 3


@dataclass(frozen=True, slots=True)
class Owned:
    """A submission and whose it is: the folder in `submitted/`, and the person where the roster has them."""

    claim: Claim
    student: str
    person: Person | None = None
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Unowned:
    """A submission of nobody that we know, and why."""

    claim: Claim
    reason: str


class Roster:
    """The people of a class, to be found by whatever a download calls them."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = tuple(people)
        self._by = {
            "id": {same(person.id): person for person in self.people},
            "email": {same(person.email): person for person in self.people if person.email},
            "site_id": {same(person.site_id): person for person in self.people if person.site_id},
        }
        self._by_words: dict[tuple[str, ...], set[Person]] = defaultdict(set)
        self._by_run: dict[str, set[Person]] = defaultdict(set)
        for person in self.people:
            for words in _readings(person.name):
                self._by_words[tuple(sorted(words))].add(person)
                for run in _runs(words):
                    self._by_run[run].add(person)

    def knows(self, label: str) -> bool:
        """Whether a name of a file or folder is that of one of the class."""
        return isinstance(self._labelled(label), Person)

    def owners(self, claims: Sequence[Claim], known: Mapping[str, Collected]) -> list[Owned | Unowned]:
        """Find whose each submission is, beside those that are known already."""
        fits: set[tuple[str, str]] = {
            (claim.site, field) for claim in claims for field in self._by if self._agreeing(field, claim) is not None
        }
        return _without_doubles([self._owner(claim, fits) for claim in claims], known)

    def _find(self, field: str, value: str) -> Person | None:
        return self._by[field].get(same(value)) if value else None

    def _agreeing(self, field: str, claim: Claim) -> Person | None:
        """Who has that id; a site's number counts only with a name that agrees, since a site may count anew."""
        person = self._find(field, getattr(claim, field))
        if person is None or field != "site_id" or not (person.name and claim.name):
            return person
        return person if person in self._alike(claim) else None

    def _owner(self, claim: Claim, fits: set[tuple[str, str]]) -> Owned | Unowned:
        sure = {person for field in self._by if (person := self._agreeing(field, claim))}
        if len(sure) > 1:
            return Unowned(claim, f"fits {_listed(sure)}: mend the roster")
        if sure:
            return _owned(claim, sure.pop())
        if claim.label:
            labelled = self._labelled(claim.label)
            return _owned(claim, labelled) if isinstance(labelled, Person) else Unowned(claim, labelled)
        numbered = self._find("id", claim.site_id)
        if numbered and (not numbered.name or not claim.name or numbered in self._alike(claim)):
            return _owned(claim, numbered)
        alike = self._alike(claim)
        named = {person for person in alike if not _differs(person, claim, fits)}
        if len(named) == 1:
            return Owned(claim, safe_id((person := named.pop()).id), person, by_name=True)
        if named:
            return Unowned(claim, f"fits {_listed(named)}: give their site ids or e-mail addresses in the roster")
        if alike:
            field = _differs(next(iter(alike)), claim, fits)
            return Unowned(
                claim,
                f"has the name of {_listed(alike)}, but another {field} ({getattr(claim, field)}): mend the roster",
            )
        return Unowned(claim, self._nobody(claim.name))

    def _alike(self, claim: Claim) -> set[Person]:
        """Everybody of the name in the download; Canvas runs its words together."""
        if claim.site == "canvas":
            return self._named("".join(_words(claim.name)))
        return self._named(claim.name)

    def _named(self, name: str) -> set[Person]:
        """Everybody of that name, whatever its order, accents, case and punctuation."""
        found: set[Person] = set()
        for words in _readings(name):
            found |= self._by_words.get(tuple(sorted(words)), set())
            alone = len(words) == 1
            for run in _runs(words):
                found |= {each for each in self._by_run.get(run, ()) if alone or _is_one_word(each.name)}
        return found

    def _labelled(self, label: str) -> Person | str:
        """The one person that a file or folder is called after, or why there is none."""
        for field in self._by:
            if person := self._find(field, label):
                return person
        whole = self._named(label)
        if not whole:
            sure, named = self._within(label)
            if len(sure) > 1 or (sure and named and not sure <= named):
                return f"fits {_listed(sure | named)}: rename it"
            whole = sure or named
        if len(whole) > 1:
            return f"fits {_listed(whole)}: rename it after the id"
        return whole.pop() if whole else self._nobody(label)

    def _within(self, label: str) -> tuple[set[Person], set[Person]]:
        """Those whose id or address, and those whose name, is a piece of a label."""
        cuts = [0, *(match.end() for match in _BETWEEN.finditer(label)), len(label) + 1]
        sure: set[Person] = set()
        named: set[Person] = set()
        if len(cuts) > 20:
            return sure, named
        for first, start in enumerate(cuts):
            for end in cuts[first + 1 :]:
                run = label[start : end - 1]
                for field in ("id", "email"):
                    person = self._find(field, run)
                    if person and len(run) >= _SHORTEST_ID:
                        sure.add(person)
                named |= self._named(run)
        return sure, named

    def _nobody(self, name: str) -> str:
        near = difflib.get_close_matches(
            " ".join(_words(name)), [" ".join(_words(person.name)) for person in self.people if person.name], n=1
        )
        person = next((each for each in self.people if near and " ".join(_words(each.name)) == near[0]), None)
        if person is not None:
            return f"nobody of that name is on the roster; is it {person.name} ({person.id})? Mend the roster"
        return "not on the roster: add them there"


def without_roster(claims: Sequence[Claim], known: Mapping[str, Collected]) -> list[Owned | Unowned]:
    """Give each person of a download an id: the site's where it is the person's own, else one made of the name.

    Whoever was collected before keeps their id.
    """
    before = {_identity(entry): student for student, entry in known.items()}
    taken = {same(student): _identity(entry) for student, entry in known.items()}
    wished: dict[tuple[str, ...], tuple[str, str]] = {}
    for claim in claims:
        if _identity(claim) not in before:
            wished.setdefault(_identity(claim), _wished(claim))
    counts: dict[str, int] = defaultdict(int)
    for student, _ in wished.values():
        counts[same(student)] += 1
    given = dict(before)
    for identity, (student, by) in wished.items():
        if counts[same(student)] > 1 or same(student) in taken:
            student = distinct(student, by)
        number = 1
        while taken.setdefault(same(student), identity) != identity:
            number += 1
            student = f"{student}-{number}"
        given[identity] = student
    return [Owned(claim, given[_identity(claim)]) for claim in claims]


def _identity(who: Claim | Collected) -> tuple[str, ...]:
    """What stays the same when a person's next submission comes."""
    number = who.site_id if isinstance(who, Collected) else site_id(who)
    return (who.site, number) if number else (who.site, "", who.email, who.name)


def site_id(claim: Claim) -> str:
    """By what the site knows the person: its number, the id that it was told, or what the files are called after."""
    return claim.site_id or claim.id or claim.label


def _wished(claim: Claim) -> tuple[str, str]:
    """The id that a person should get, and what tells them from others who wish the same."""
    number = claim.site_id or claim.email
    if claim.id or claim.label:
        return safe_id(claim.id) if claim.id else slug(claim.label), claim.id or claim.label
    if claim.email:
        return safe_id(claim.email), claim.email
    # Moodle counts its participants anew for each assignment.
    if claim.site_id and claim.site != "moodle":
        return safe_id(claim.site_id), claim.site_id
    return slug(claim.name), number or claim.name


def _owned(claim: Claim, person: Person) -> Owned:
    return Owned(claim, safe_id(person.id), person)


def _differs(person: Person, claim: Claim, fits: set[tuple[str, str]]) -> str:
    """What tells a person of the roster from one of the same name; only what is seen to fit for others tells."""
    for field in ("id", "email", "site_id"):
        ours, theirs = getattr(person, field), getattr(claim, field)
        if (claim.site, field) in fits and ours and theirs and same(ours) != same(theirs):
            return field
    return ""


def _without_doubles(found: list[Owned | Unowned], known: Mapping[str, Collected]) -> list[Owned | Unowned]:
    """Two accounts of a site are two people: where their name is all that we know of both, it is neither's."""
    accounts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in known.values():
        accounts[entry.student, entry.site].add(entry.site_id)
    for each in found:
        if isinstance(each, Owned):
            accounts[each.student, each.claim.site].add(site_id(each.claim))
    return [
        Unowned(each.claim, f"two of that name handed in, and the roster has {each.student} only: give site ids there")
        if isinstance(each, Owned) and each.by_name and len(accounts[each.student, each.claim.site] - {""}) > 1
        else each
        for each in found
    ]


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = "".join(each for each in letters if not unicodedata.combining(each)).translate(_LETTERS)
    return re.sub(r"[\W_]+", " ", _SILENT.sub("", plain)).split()


def _readings(name: str) -> list[list[str]]:
    """The words of a name: "Mary-Ann" is two or one."""
    found = [_words(name), _words(re.sub(r"[-‐‑–]", "", name))]
    return [words for at, words in enumerate(found) if words and words not in found[:at]]


def _runs(words: Sequence[str]) -> set[str]:
    """The words written as one, whichever of them is first."""
    return {"".join([*words[at:], *words[:at]]) for at in range(len(words))}


def _is_one_word(name: str) -> bool:
    return len(_words(name)) == 1


def _listed(people: Iterable[Person]) -> str:
    named = sorted(person.id for person in people)
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]

"""Every attack of the bank, each in a class with two honest submissions, at the best tier that this machine has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from allclose.model import Tier
from allclose.sandbox.probe import best_tier
from tests.security.bank import GROUPS, HONEST, Attack, Bank, Outcome, attacks, promised, table

ATTACKS = attacks()


@pytest.fixture(scope="module")
def tier() -> Tier:
    return best_tier()


@pytest.fixture(scope="module")
def outcomes(tier: Tier) -> Iterator[list[Outcome]]:
    found: list[Outcome] = []
    yield found
    print("\n" + table(found, tier))


@pytest.fixture(scope="module")
def bank(tier: Tier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    with Bank(tmp_path_factory.mktemp("bank"), tier).open() as opened:
        yield opened


def test_the_bank_is_as_large_as_it_says() -> None:
    assert {attack.group for attack in ATTACKS} == set(GROUPS)
    assert len({attack.student for attack in ATTACKS}) == len(ATTACKS) > 100


def test_the_honest_ones_get_what_they_earned(bank: Bank) -> None:
    right, wrong = (bank.honest()[student] for student in HONEST)
    assert (right.score, right.flags) == (right.max_score, ())
    assert {mark.question for mark in wrong.questions if mark.score} == {"scale"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_an_attack_gains_nothing(bank: Bank, outcomes: list[Outcome], attack: Attack) -> None:
    outcome = bank.run(attack)
    outcomes.append(outcome)
    if promised(bank.tier, attack):
        assert not outcome.faults
    else:
        assert not outcome.processes

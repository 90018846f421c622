"""Invitations on a real server: good once, and three days at most."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis

from app.staff.account import StaffError
from app.staff.codes import fingerprint
from app.store import keys
from app.store.invitations import Invitation, Invitations
from app.store.memory import MemoryDown
from tests.servers import Servers

CODE = "7K2MX-QRS4T-22334-55667"
MARK = fingerprint(CODE)
EVA = Invitation("eva", "lead", "harbor", "amparo-staff")
NEW_SECRETS = Invitation("yan", "admin", "", "amparo-staff", "a" * 16)


@pytest.fixture
def invitations(durable: Redis) -> Invitations:
    """Eva was invited."""
    invitations = Invitations(durable)
    invitations.add(MARK, EVA)
    return invitations


def test_looking_does_not_use_it(invitations: Invitations) -> None:
    """It stays good until both secrets are chosen."""
    assert [EVA, EVA] == [invitations.get(MARK) for _ in range(2)]
    assert EVA == invitations.use(MARK)


def test_it_is_good_once(invitations: Invitations, durable: Redis) -> None:
    """And leaves nothing."""
    assert [EVA, None] == [invitations.use(MARK) for _ in range(2)]
    assert (None, []) == (invitations.get(MARK), durable.keys("invitation:*"))


def test_of_many_who_use_it_at_once_one_does(invitations: Invitations) -> None:
    """However close they come."""
    with ThreadPoolExecutor(10) as threads:
        used = list(threads.map(lambda _: invitations.use(MARK), range(10)))

    assert [EVA] == [each for each in used if each]


def test_another_code_finds_another_or_none(invitations: Invitations) -> None:
    """Using one uses no other."""
    other = fingerprint("another")
    invitations.add(other, NEW_SECRETS)

    assert (None, NEW_SECRETS) == (invitations.use(fingerprint("a third")), invitations.use(other))
    assert EVA == invitations.get(MARK)


def test_it_ends_after_three_days(invitations: Invitations, durable: Redis) -> None:
    """By itself: what lies in a drawer opens nothing."""
    (name,) = durable.keys("invitation:*")

    assert 3 * 24 * 3600 - 5 <= durable.ttl(name) <= 3 * 24 * 3600
    assert keys.INVITATION == keys.owner_of(name.decode(), "durable")


def test_the_code_is_not_kept(invitations: Invitations, durable: Redis) -> None:
    """Neither as it is shown nor as one word."""
    (name,) = durable.keys("invitation:*")
    stored = (name + b" " + (durable.get(name) or b"")).decode().upper()

    assert "EVA" in stored
    assert [] == [part for part in CODE.split("-") if part in stored]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Eva Ruiz"}, "a sign-in name must be"),
        ({"role": "boss"}, "role must be one of"),
        ({"office": ""}, "role lead belongs to an office"),
        ({"role": "operator"}, "role operator belongs to no office"),
    ],
)
def test_nobody_is_invited_as_what_they_cannot_be(changes: dict[str, Any], said: str) -> None:
    """It is said when they are invited, and not when they come."""
    with pytest.raises(StaffError, match=said):
        Invitation(**{**vars(EVA), **changes})


def test_while_the_memory_is_down_no_code_is_called_wrong(invitations: Invitations, servers: Servers) -> None:
    """An error, and not that it was used."""
    servers.durable.kill()

    with pytest.raises(MemoryDown):
        invitations.get(MARK)


def test_another_code_for_the_same_name_takes_the_place_of_the_first(invitations: Invitations) -> None:
    """Nobody holds two, of which one is forgotten in a drawer."""
    other = fingerprint("another")
    invitations.add(other, EVA)

    assert (None, EVA) == (invitations.get(MARK), invitations.get(other))


def test_a_code_is_taken_back(invitations: Invitations) -> None:
    """Once; of a name without one it is said."""
    assert [True, False] == [invitations.withdraw(EVA.name) for _ in range(2)]
    assert invitations.get(MARK) is None

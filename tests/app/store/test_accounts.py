"""Accounts on a real server: one of each name, and nobody writes over what they have not seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pyotp
import pytest
from redis import Redis

from app.staff import factors
from app.staff.account import Account, StaffError
from app.staff.codes import fingerprint
from app.store import keys
from app.store.accounts import Accounts
from app.store.memory import MemoryDown
from tests.app.referral.made_up import NOW
from tests.app.staff.made_up import HASH, SEED, account
from tests.servers import Servers

RECOVERY = "7K2MX-QRS4T-22334"
ANA, BEN = account("ana", recovery=(fingerprint(RECOVERY),)), account("ben")


@pytest.fixture
def accounts(durable: Redis) -> Accounts:
    """The accounts of a line where ana and ben may sign in."""
    accounts = Accounts(durable)
    assert [True, True] == [accounts.add(each) for each in (ANA, BEN)]
    return accounts


def test_an_account_is_found_by_its_id_and_by_its_name(accounts: Accounts) -> None:
    """And nobody by another."""
    assert (ANA, BEN) == (accounts.get(ANA.id), accounts.named("ben"))
    assert (None, None) == (accounts.get("f" * 16), accounts.named("eva"))


def test_there_is_one_account_of_a_name(accounts: Accounts, durable: Redis) -> None:
    """Whoever comes second is told so, and nothing is written."""
    before = sorted(durable.keys("*"))
    second = replace(ANA, id="f" * 16, role="lead")

    assert not accounts.add(second)
    assert (ANA, before) == (accounts.named("ana"), sorted(durable.keys("*")))


def test_of_many_who_join_under_one_name_at_once_one_does(durable: Redis) -> None:
    """However close they come."""
    accounts = Accounts(durable)
    with ThreadPoolExecutor(10) as threads:
        joined = list(threads.map(lambda each: accounts.add(replace(ANA, id=f"{each:016x}")), range(10)))

    found = accounts.named("ana")
    assert [True] == [each for each in joined if each]
    assert found is not None
    assert joined[int(found.id, 16)]


def test_the_people_of_an_office_are_those_who_may_sign_in_now(accounts: Accounts) -> None:
    """By name; nobody of another office, nobody of the line, nobody who is shut out."""
    for each in (
        account("abe", role="lead"),
        account("cleo", disabled=True),
        account("mara", office="mesa"),
        account("yan", role="admin", office=""),
    ):
        accounts.add(each)

    assert ["abe", "ana", "ben"] == [each.name for each in accounts.of("harbor")]
    assert (["mara"], ()) == ([each.name for each in accounts.of("mesa")], accounts.of("plaza"))


def test_one_that_cannot_be_read_does_not_hide_the_others(
    accounts: Accounts, durable: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so, and shows nothing of it; whoever asks for that one hears it."""
    durable.set(keys.ACCOUNT(ANA.id), ANA.to_json().replace('"since"', '"until"'))

    assert [BEN] == list(accounts.all())
    assert ["ERROR"] == [record.levelname for record in caplog.records]
    assert [] == [secret for secret in (HASH, SEED) if secret in caplog.text]
    with pytest.raises(StaffError, match="cannot be read"):
        accounts.named("ana")


def test_a_change_is_written_under_the_next_version(accounts: Accounts) -> None:
    """And it is what comes back."""
    changed = accounts.change(ANA.id, lambda seen: seen.over())

    assert replace(ANA, epoch=1, version=1) == changed == accounts.get(ANA.id)
    assert BEN == accounts.get(BEN.id)


def test_a_step_that_opens_nothing_writes_nothing(accounts: Accounts, durable: Redis) -> None:
    """Nor is anything written for an account that is not there."""
    before = sorted(durable.keys("*"))

    assert (None, None) == (
        accounts.change(ANA.id, lambda _: None),
        accounts.change("f" * 16, lambda seen: seen.over()),
    )
    assert (ANA, before) == (accounts.get(ANA.id), sorted(durable.keys("*")))


def test_a_change_is_made_over_nobody_elses(accounts: Accounts) -> None:
    """Somebody is shut out in the moment in which they sign in: both are kept."""
    seen_before = []

    def signs_in(seen: Account) -> Account:
        if not seen_before:
            accounts.change(ANA.id, lambda other: replace(other, disabled=True))
        seen_before.append(seen)
        return replace(seen, totp_step=7)

    changed = accounts.change(ANA.id, signs_in)

    assert replace(ANA, disabled=True, totp_step=7, version=2) == changed == accounts.get(ANA.id)
    assert [0, 1] == [each.version for each in seen_before]


def test_many_changes_at_once_are_all_made(accounts: Accounts) -> None:
    """One after the other."""
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: accounts.change(ANA.id, lambda seen: seen.over()), range(3)))

    found = accounts.get(ANA.id)
    assert found is not None
    assert (3, 3) == (found.epoch, found.version)


def test_a_change_that_never_comes_through_is_an_error(accounts: Accounts) -> None:
    """And no endless loop; it may be tried again."""

    def disturbed(seen: Account) -> Account:
        accounts.change(ANA.id, lambda other: other.over())
        return replace(seen, disabled=True)

    with pytest.raises(StaffError, match="again and again; try once more") as error:
        accounts.change(ANA.id, disturbed)

    assert not error.value.permanent
    found = accounts.get(ANA.id)
    assert found is not None
    assert not found.disabled


@pytest.mark.parametrize("code", [pyotp.TOTP(SEED).at(int(NOW.timestamp())), RECOVERY], ids=["app", "paper"])
def test_a_code_that_two_use_at_once_lets_one_in(accounts: Accounts, code: str) -> None:
    """Both have read the account before either writes."""
    both_have_read = Barrier(2, timeout=10)

    def enters(_: int) -> Account | None:
        reads = 0

        def uses(seen: Account) -> Account | None:
            nonlocal reads
            reads += 1
            if reads == 1:
                both_have_read.wait()
            return factors.passed(seen, code, NOW)

        return accounts.change(ANA.id, uses)

    with ThreadPoolExecutor(2) as threads:
        let_in = [each for each in threads.map(enters, range(2)) if each]

    assert [accounts.get(ANA.id)] == let_in
    assert [1] == [each.version for each in let_in]


def test_no_account_ends_by_time_alone(accounts: Accounts, durable: Redis) -> None:
    """And each stands under a declared key that holds no name."""
    names = sorted(name.decode() for name in durable.keys("*"))

    assert sorted([f"account:{ANA.id}", f"account:{BEN.id}", "accounts"]) == names
    assert all(keys.owner_of(name, "durable") for name in names)
    assert {-1} == {durable.ttl(name) for name in names}


def test_while_the_memory_is_down_nobody_has_no_account(accounts: Accounts, servers: Servers) -> None:
    """An error, and never the answer that there is nobody of that name."""
    servers.durable.kill()

    for asked in (lambda: accounts.named("ana"), lambda: accounts.change(ANA.id, lambda seen: seen)):
        with pytest.raises(MemoryDown):
            asked()

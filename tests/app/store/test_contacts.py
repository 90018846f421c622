"""Finding a person's open referrals by a pseudonym of the day."""

from __future__ import annotations

from datetime import timedelta

from redis import Redis

from app.store import keys, peppers
from app.store.contacts import Contacts
from tests.app.referral.made_up import ADDRESS, NOW

ID = "r" * 32


def test_a_referral_is_found_the_same_day_and_the_next(volatile: Redis) -> None:
    """Yesterday's pepper still finds it."""
    contacts = Contacts(volatile)
    contacts.add(peppers.load(volatile, NOW), ADDRESS, ID)
    tomorrow = peppers.load(volatile, NOW + timedelta(days=1))

    assert ((ID,), (ID,)) == (
        contacts.find(peppers.load(volatile, NOW), ADDRESS),
        contacts.find(tomorrow, ADDRESS),
    )


def test_nobody_finds_it_when_the_peppers_are_gone(volatile: Redis) -> None:
    """Until the worker has written it under the new one."""
    contacts = Contacts(volatile)
    contacts.add(peppers.load(volatile, NOW), ADDRESS, ID)

    assert () == contacts.find(peppers.load(volatile, NOW + timedelta(days=2)), ADDRESS)


def test_another_number_finds_nothing(volatile: Redis) -> None:
    """A contact is one address; the same number over WhatsApp is another."""
    contacts, today = Contacts(volatile), peppers.load(volatile, NOW)
    contacts.add(today, ADDRESS, ID)

    assert ((), ()) == (contacts.find(today, "+12025550178"), contacts.find(today, f"whatsapp:{ADDRESS}"))


def test_no_key_holds_a_number_and_all_of_them_end(volatile: Redis) -> None:
    """A contact lives as long as its pepper."""
    Contacts(volatile).add(peppers.load(volatile, NOW), ADDRESS, ID)
    names = [name.decode() for name in volatile.keys("*")]

    assert not [name for name in names if ADDRESS[1:] in name]
    assert all(keys.owner_of(name, "volatile") for name in names)
    assert all(0 < volatile.ttl(name) <= keys.PEPPER_LIFE for name in names)


def test_rekeying_is_wanted_until_the_day_is_marked_and_no_stop_waits(volatile: Redis) -> None:
    """A STOP that was noted after the mark is not forgotten."""
    contacts, day = Contacts(volatile), peppers.day_of(NOW)
    wanted = [contacts.rekey_wanted(day)]
    contacts.mark_rekeyed(peppers.load(volatile, NOW))
    wanted.append(contacts.rekey_wanted(day))
    contacts.note_stop(b"sealed")
    wanted.append(contacts.rekey_wanted(day))
    contacts.stop_done(b"sealed")
    wanted.append(contacts.rekey_wanted(day))

    assert [True, False, True, False] == wanted

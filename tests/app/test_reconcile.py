"""Reconcile: what every record and every list say of a referral, held together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from redis import Redis

from app.commands import main
from app.reconcile import Gap, Nightly, Reason, gaps, mend, owes, reconcile
from app.referral import course
from app.referral.life import Referral
from app.referral.record import to_json
from app.referral.wishes import Wishes
from app.store import keys
from app.store.ledger import Books, Ledger, Reconciled
from app.store.memory import MemoryDown
from app.store.outbox import Outbox
from app.store.referrals import Referrals
from tests.app import witness
from tests.app.referral.made_up import NOW, TERMS, office, referral
from tests.servers import Servers

ID, OTHER = "r" * 32, "s" * 32
REQUESTED = referral(ID)
OFFERED = course.offer(REQUESTED, office(), ("mail",), TERMS, NOW)
WITHDRAWN = course.withdraw(OFFERED, TERMS, NOW)


def books(record: Referral, **changes: object) -> Books:
    """Books in which all is well with this one referral, but for these changes."""
    alive = frozenset() if record.ended else frozenset({ID})
    good = Books(
        records={ID: record},
        outbox=frozenset({ID}) if owes(record) else frozenset(),
        open=alive,
        inboxes={"harbor": alive if record.at_the_office else frozenset()},
        references={record.reference: ID},
    )
    return replace(good, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("record", [REQUESTED, OFFERED, WITHDRAWN], ids=lambda record: record.state)
def test_books_in_order_have_no_gap(record: Referral) -> None:
    """Asked for, offered or ended."""
    assert () == gaps(books(record))


NOTHING: frozenset[str] = frozenset()
GAPS: list[tuple[Reason, Books]] = [
    ("nobody_works_for_it", books(REQUESTED, outbox=NOTHING)),
    ("nobody_works_for_it", books(OFFERED, outbox=NOTHING)),
    ("not_among_the_open", books(OFFERED, open=NOTHING)),
    ("not_in_its_inbox", books(OFFERED, inboxes={})),
    ("reference_leads_nowhere", books(OFFERED, references={})),
    ("reference_leads_nowhere", books(OFFERED, references={OFFERED.reference: OTHER, "2ZZZZ": ID})),
    ("over_and_still_listed", books(WITHDRAWN, open=frozenset({ID}))),
    ("over_and_still_listed", books(WITHDRAWN, inboxes={"harbor": frozenset({ID})})),
    (
        "over_and_still_listed",
        books(OFFERED, inboxes={each: frozenset({ID}) for each in ("harbor", "plaza")}),
    ),
    ("reference_leads_nowhere", books(WITHDRAWN, references={})),
    ("listed_without_a_record", books(OFFERED, records={})),
    ("unreadable", books(OFFERED, records={}, unreadable=frozenset({ID}))),
]


@pytest.mark.parametrize(("reason", "found"), GAPS)
def test_a_gap_is_found_and_named(reason: Reason, found: Books) -> None:
    """Each list on its own; nothing else is said of this referral."""
    assert [reason] == [gap.reason for gap in gaps(found) if gap.id == ID]


def test_an_entry_without_a_record_is_found_in_every_list() -> None:
    """Also where it alone is wrong."""
    lists: list[dict[str, object]] = [
        {"outbox": frozenset({ID, OTHER})},
        {"open": frozenset({ID, OTHER})},
        {"inboxes": {"harbor": frozenset({ID, OTHER})}},
        {"references": {OFFERED.reference: ID, "2ZZZZ": OTHER}},
    ]
    expected = (Gap(OTHER, "listed_without_a_record"),)

    assert [expected] * 4 == [gaps(books(OFFERED, **changes)) for changes in lists]


# --- with a real memory --------------------------------------------------------------------------


@pytest.fixture
def referrals(durable: Redis) -> Referrals:
    """Two people have asked, one of them is offered, and a third took it back."""
    line = Referrals(durable)
    for identity, reference in ((ID, "7K2MX"), (OTHER, "7K2MY"), ("t" * 32, "7K2MZ")):
        line.request((identity,), _maker(identity), lambda drawn=reference: drawn)  # type: ignore[misc]
    line.change(OTHER, lambda seen: course.offer(seen, office(), ("mail",), TERMS, NOW))
    Wishes(line, TERMS).withdraw("t" * 32, NOW)
    return line


def _maker(identity: str):  # type: ignore[no-untyped-def]
    return lambda drawn: referral(identity, drawn)


def test_what_the_line_writes_has_no_gap(referrals: Referrals, durable: Redis) -> None:
    """The stores keep their own books; the result is kept for /readyz."""
    ledger = Ledger(durable)

    assert () == reconcile(ledger, NOW)
    assert Reconciled(NOW, 0, 0) == ledger.last()


def test_a_lost_entry_is_found_counted_and_put_back(referrals: Referrals, durable: Redis) -> None:
    """And is due at once, so that the sweep finds it."""
    durable.zrem(keys.OUTBOX(), ID)
    ledger = Ledger(durable)
    found = reconcile(ledger, NOW)

    assert ((Gap(ID, "nobody_works_for_it"),), Reconciled(NOW, 1, 0)) == (found, ledger.last())
    assert 1 == mend(found, referrals)
    assert ID in [owed.id for owed in Outbox(durable, durable).due(NOW)]
    assert () == reconcile(ledger, NOW)


def test_a_referral_that_fell_out_of_every_list_is_put_back_into_each(
    referrals: Referrals, durable: Redis
) -> None:
    """Among the open ones and in its inbox; and out of an inbox that is not its own."""
    durable.zrem(keys.OPEN(), OTHER)
    durable.zrem(keys.INBOX("harbor"), OTHER)
    found = reconcile(Ledger(durable), NOW)

    assert 1 == mend(found, referrals)
    assert () == reconcile(Ledger(durable), NOW)


def test_what_has_no_record_is_left_for_a_person(referrals: Referrals, durable: Redis) -> None:
    """Nobody knows what it was."""
    durable.zadd(keys.OPEN(), {"u" * 32: 1})
    found = reconcile(Ledger(durable), NOW)

    assert 0 == mend(found, referrals)
    assert found == reconcile(Ledger(durable), NOW)


def test_a_record_that_cannot_be_read_hides_none_of_the_others(referrals: Referrals, durable: Redis) -> None:
    """It is a gap of its own."""
    durable.set(keys.REFERRAL(OTHER), b"{}")
    durable.zrem(keys.OUTBOX(), ID)

    assert (Gap(ID, "nobody_works_for_it"), Gap(OTHER, "unreadable")) == reconcile(Ledger(durable), NOW)


def test_a_gap_that_one_reading_alone_found_is_none(referrals: Referrals, durable: Redis) -> None:
    """The line wrote between two of the lists."""
    durable.zrem(keys.OUTBOX(), ID)

    class Hasty(Ledger):
        def read(self) -> Books:
            found = super().read()
            referrals.change(ID, lambda seen: seen)
            return found

    assert () == reconcile(Hasty(durable), NOW)


def test_many_records_are_all_read(durable: Redis) -> None:
    """More than one round trip holds."""
    line = Referrals(durable)
    written = line.request((ID,), _maker(ID), lambda: "7K2MX").referral
    for number in range(450):
        identity = f"{number:032}"
        durable.set(keys.REFERRAL(identity), to_json(replace(written, id=identity)))

    assert 451 == len(Ledger(durable).read().records)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"rubbish", b'{"at": 1, "owed": 0, "other": 0}'])
def test_a_result_that_cannot_be_read_is_none(durable: Redis, text: bytes) -> None:
    """The next night writes it anew."""
    durable.set(keys.RECONCILED(), text)

    assert None is Ledger(durable).last()


def test_every_night_is_seen_to_once(durable: Redis) -> None:
    """At the start, and after each 04:00 UTC."""
    nightly = Nightly(Ledger(durable))
    start = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    hours = (0, 0.9, 1, 2, 24.9, 25)

    assert [True, False, True, False, False, True] == [
        nightly.look(start + timedelta(hours=each)) for each in hours
    ]


def test_a_night_on_which_the_memory_was_down_is_seen_to_later(servers: Servers, durable: Redis) -> None:
    """The sweep says so once, and looks again."""
    nightly = Nightly(Ledger(durable))
    servers.durable.kill()
    with pytest.raises(MemoryDown):
        nightly.look(NOW)
    servers.durable.start()

    assert nightly.look(NOW)


def test_books_that_cannot_be_held_together_do_not_stop_the_sweep(durable: Redis) -> None:
    """The log says so, and the next night tries again."""

    class Torn(Ledger):
        def read(self) -> Books:
            raise ValueError

    with witness.log() as written:
        assert Nightly(Torn(durable)).look(NOW)

    assert "could not be held together" in written.getvalue()


def test_the_log_counts_and_names_nobody(referrals: Referrals, durable: Redis) -> None:
    """Whoever reads it learns that there is something to look at."""
    durable.zrem(keys.OUTBOX(), ID)
    with witness.log() as written:
        Nightly(Ledger(durable)).look(NOW)

    assert '"count": 1' in written.getvalue()
    assert [] == [part for part in (ID, "7K2MX", "manzana") if part in written.getvalue()]


# --- typed into a shell --------------------------------------------------------------------------


def test_the_command_lists_what_is_wrong_and_mends_it(
    referrals: Referrals, durable: Redis, servers: Servers
) -> None:
    """Short opaque ids, a reason, the way to mend; exit 1 until all agrees."""
    durable.zrem(keys.OUTBOX(), ID)
    asked, mended, again = (
        CliRunner().invoke(main, ["reconcile", *more], env=servers.env) for more in ([], ["--mend"], [])
    )

    assert (1, f"{ID[:8]}  is owed something, and is not in the outbox") == (
        asked.exit_code,
        asked.output.splitlines()[0],
    )
    assert "amparo reconcile --mend" in asked.output
    assert (0, True) == (mended.exit_code, "Put back into the outbox: 1." in mended.output)
    assert (0, "Nothing is lost: all records and lists agree.\n") == (again.exit_code, again.output)
    assert [] == [part for part in (ID, "7K2MX", "manzana", office().email) if part in asked.output]


def test_the_command_says_what_it_cannot_mend(referrals: Referrals, durable: Redis, servers: Servers) -> None:
    """A list that names nobody is for a person to look at."""
    durable.zadd(keys.OPEN(), {"x" * 32: 1})
    mended = CliRunner().invoke(main, ["reconcile", "--mend"], env=servers.env)

    assert (1, True) == (mended.exit_code, "is in a list, and has no record" in mended.output)
    assert "1 place does not agree." in mended.output

"""The listed services on a real server: one import is one batch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from app.directory.listed import Listed
from app.directory.turning_points import turning_points
from app.store import keys
from app.store.listings import Batch, Done, Listings, ListingsError
from app.store.offices import Offices
from tests.app.directory.speed import LINEAR, seconds
from tests.app.directory.test_listed import listed
from tests.app.referral.made_up import office

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ONE, TWO, THREE = listed("demo_a"), listed("demo_b"), listed("demo_c")
MOVED = listed("demo_b", phone="+12025550199")


def test_an_import_is_there_whole(durable: Redis) -> None:
    """By id, and found again."""
    listings = Listings(durable)

    assert Batch("demo", added=("demo_a", "demo_b")) == listings.replace("demo", [TWO, ONE], NOW)
    assert (ONE, TWO) == listings.imported()
    assert (ONE, None) == (listings.get("demo_a"), listings.get("demo_c"))


def test_the_turning_points_are_always_there(durable: Redis) -> None:
    """Without any import, and beside one."""
    listings = Listings(durable)
    empty = listings.all()
    listings.replace("demo", [ONE], NOW)

    assert turning_points() == empty
    assert (ONE, *turning_points()) == listings.all()
    assert turning_points()[0] == listings.get(turning_points()[0].id)


def test_the_same_import_again_changes_nothing(durable: Redis) -> None:
    """And makes no batch: what can be undone is still the first."""
    listings = Listings(durable)
    listings.replace("demo", [ONE, TWO], NOW)
    again = listings.replace("demo", [ONE, TWO], NOW + timedelta(days=1))

    assert again.empty
    assert Done(NOW, "demo", 2, 0, 0) == listings.last()


def test_undo_restores_exactly_what_was_before(durable: Redis) -> None:
    """What was added goes, what was changed and removed comes back."""
    listings = Listings(durable)
    listings.replace("demo", [ONE, TWO], NOW)
    batch = listings.replace("demo", [MOVED, THREE], NOW)

    assert Batch("demo", ("demo_c",), ("demo_b",), ("demo_a",)) == batch
    assert (MOVED, THREE) == listings.imported()
    assert Done(NOW, "demo", 1, 1, 1) == listings.undo()
    assert (ONE, TWO) == listings.imported()


def test_the_first_import_can_be_undone_too_and_nothing_twice(durable: Redis) -> None:
    """Then nothing of it is left."""
    listings = Listings(durable)
    listings.replace("demo", [ONE], NOW)

    assert (1, None) == (getattr(listings.undo(), "added", 0), listings.undo())
    assert () == listings.imported()
    assert [] == durable.keys("listings*")


def test_an_import_touches_its_own_source_alone(durable: Redis) -> None:
    """Another directory stays as it is."""
    listings = Listings(durable)
    other = listed("other_a")
    listings.replace("other", [other], NOW)
    listings.replace("demo", [ONE], NOW)
    listings.replace("demo", [TWO], NOW)

    assert (TWO, other) == listings.imported()


def test_a_plan_changes_nothing(durable: Redis) -> None:
    """It says what an import would do."""
    listings = Listings(durable)
    listings.replace("demo", [ONE], NOW)

    assert Batch("demo", ("demo_b",), (), ("demo_a",)) == listings.plan("demo", [TWO])
    assert (ONE,) == listings.imported()


@pytest.mark.parametrize(
    ("source", "services", "says"),
    [
        ("demo", [], "No service of the file can be listed"),
        ("other", [ONE], "'demo_a' is not of the source 'other'"),
        ("national", [ONE], "the turning points' own"),
    ],
)
def test_what_cannot_be_imported_is_refused(
    durable: Redis, source: str, services: list[Listed], says: str
) -> None:
    """An empty file must not empty the directory."""
    with pytest.raises(ListingsError, match=says):
        Listings(durable).replace(source, services, NOW)
    with pytest.raises(ListingsError, match=says):
        Listings(durable).plan(source, services)


def test_an_import_that_comes_between_is_not_lost(durable: Redis) -> None:
    """The slower one changes nothing and says so."""
    listings = Listings(durable)

    def meanwhile(done: int, of: int) -> None:
        Listings(durable).replace("other", [listed("other_a")], NOW)

    with pytest.raises(ListingsError, match="do it again"):
        listings.replace("demo", [ONE], NOW, tick=meanwhile)

    assert ["other_a"] == [each.id for each in listings.imported()]


def test_an_import_that_dies_leaves_nothing_for_long(durable: Redis) -> None:
    """What it had written beside the others goes by itself."""

    def dies(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Listings(durable).replace("demo", [ONE], NOW, tick=dies)
    Listings(durable).replace("demo", [TWO], NOW)
    with pytest.raises(KeyboardInterrupt):
        Listings(durable).replace("demo", [ONE], NOW, tick=dies)

    assert (TWO,) == Listings(durable).imported()
    assert [True, True] == [0 < durable.ttl(name) <= keys.HOUR for name in durable.keys("listings:next:*")]


def test_every_key_is_declared_and_stays(durable: Redis) -> None:
    """The listings themselves have no end."""
    Listings(durable).replace("demo", [ONE], NOW)
    Listings(durable).replace("demo", [TWO], NOW)

    names = [name.decode() for name in durable.keys("*")]
    assert ["listings", "listings:before", "listings:last"] == sorted(names)
    assert all(keys.owner_of(name, "durable") for name in names)
    assert {-1} == {durable.ttl(name) for name in names}


def test_one_that_cannot_be_read_does_not_hide_the_others(durable: Redis) -> None:
    """A newer version may have written it."""
    Listings(durable).replace("demo", [ONE, TWO], NOW)
    durable.hset(keys.LISTINGS(), "demo_a", "{}")

    assert (TWO,) == Listings(durable).imported()


def test_no_import_touches_a_partner_office(durable: Redis) -> None:
    """They stand under other keys, and no id of one can be an id of the other."""
    Offices(durable).save(office("harbor"))
    Listings(durable).replace("harbor", [listed("harbor_harbor")], NOW)
    Listings(durable).undo()

    assert (office("harbor"),) == Offices(durable).all()


def test_ten_times_the_services_take_ten_times_as_long(durable: Redis) -> None:
    """Written in pipelines, and in one step."""
    listings = Listings(durable)
    services = {
        source: tuple(listed(f"{source}_{number}") for number in range(count))
        for source, count in (("few", 1000), ("many", 10_000))
    }

    def write_and_undo(source: str) -> None:
        listings.replace(source, services[source], NOW)
        listings.undo()

    assert seconds(lambda: write_and_undo("many")) < LINEAR * seconds(lambda: write_and_undo("few"))

"""Endpoints on a real server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from redis import Redis

from app.directory.endpoint import Endpoint, EndpointError
from app.store import keys
from app.store.endpoints import Endpoints
from tests.app.directory.test_endpoint import SECRET, endpoint, sealed
from tests.app.referral.made_up import NOW


def test_an_endpoint_is_kept_by_its_office(durable: Redis) -> None:
    """In the order of the ids; saved again, it is the new one."""
    store = Endpoints(durable)
    moved = replace(endpoint(), office="mesa", url="https://new.example.org/")
    for each in (replace(endpoint(), office="mesa"), endpoint(), moved):
        store.save(each)

    assert ["harbor", "mesa"] == [each.office for each in store.all()]
    assert (moved, None) == (store.get("mesa"), store.get("plaza"))


def test_a_removed_endpoint_leaves_nothing(durable: Redis) -> None:
    """Neither address nor secret."""
    store = Endpoints(durable)
    store.save(endpoint())
    store.remove("harbor")

    assert (0, ()) == (durable.dbsize(), store.all())


def test_no_secret_stands_in_the_clear(durable: Redis) -> None:
    """Nor the bytes that it is made of."""
    Endpoints(durable).save(endpoint())
    stored = durable.get(keys.ENDPOINT("harbor"))

    assert isinstance(stored, bytes)
    assert SECRET.removeprefix("whsec_").encode() not in stored


def test_a_change_is_made_over_nobody_elses(durable: Redis) -> None:
    """A 410 that comes as somebody rotates: both are kept."""
    store, new = Endpoints(durable), sealed()
    store.save(endpoint())
    interrupted = []

    def rotate(seen: Endpoint) -> Endpoint:
        if not interrupted:
            interrupted.append(seen)
            store.change("harbor", lambda other: replace(other, disabled_why="gone"))
        return seen.rotated(new, NOW)

    changed = store.change("harbor", rotate)

    assert changed is not None
    assert (changed, "gone", new) == (store.get("harbor"), changed.disabled_why, changed.secrets[0])


def test_many_changes_at_once_are_all_made(durable: Redis) -> None:
    """One after the other."""
    store = Endpoints(durable)
    store.save(endpoint())
    with ThreadPoolExecutor(3) as threads:
        list(
            threads.map(lambda _: store.change("harbor", lambda seen: seen.rotated(sealed(), NOW)), range(3))
        )

    found = store.get("harbor")
    assert found is not None
    assert 4 == len(found.secrets)


def test_a_change_that_never_comes_through_is_an_error(durable: Redis) -> None:
    """And no endless loop."""
    store = Endpoints(durable)
    store.save(endpoint())
    numbers = iter(range(100))

    def disturbed(seen: Endpoint) -> Endpoint:
        store.save(replace(endpoint(), url=f"https://cases.example.org/{next(numbers)}"))
        return seen

    with pytest.raises(EndpointError, match="again and again"):
        store.change("harbor", disturbed)


def test_what_is_not_there_is_not_changed(durable: Redis) -> None:
    """None is said."""
    assert Endpoints(durable).change("harbor", lambda seen: seen) is None


def test_one_that_cannot_be_read_does_not_hide_the_others(durable: Redis) -> None:
    """But it is said when it is asked for."""
    store = Endpoints(durable)
    for office in ("harbor", "mesa"):
        store.save(replace(endpoint(), office=office))
    durable.set(keys.ENDPOINT("harbor"), b"{}")

    assert ["mesa"] == [each.office for each in store.all()]
    with pytest.raises(EndpointError):
        store.get("harbor")

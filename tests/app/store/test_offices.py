"""The directory on a real server."""

from __future__ import annotations

import json
from dataclasses import replace

from redis import Redis

from app.directory.office import Office
from app.store.offices import Offices
from tests.app.referral.made_up import office


def test_offices_are_kept_in_the_order_of_their_ids(durable: Redis) -> None:
    """So that a ranking never depends on who was added first."""
    offices = Offices(durable)
    for identity in ("mesa", "harbor"):
        offices.save(office(identity))

    assert (office("harbor"), office("mesa")) == offices.all()
    assert (office("mesa"), None) == (offices.get("mesa"), offices.get("plaza"))


def test_saving_again_changes_the_office(durable: Redis) -> None:
    """There is one of each id."""
    offices = Offices(durable)
    offices.save(office())
    moved = replace(office(), phone="+12025550199")
    offices.save(moved)

    assert (moved,) == offices.all()


def test_one_record_that_cannot_be_read_does_not_hide_the_others(durable: Redis) -> None:
    """Nor does one that an older line wrote."""
    offices = Offices(durable)
    for identity in ("harbor", "mesa", "plaza"):
        offices.save(office(identity))
    durable.set("office:harbor", b'{"id": "harbor"}')
    durable.set("office:mesa", _of_before(office("mesa", whom="untold")))

    assert (office("mesa", whom="untold"), office("plaza")) == offices.all()
    assert (None, office("plaza")) == (offices.find("harbor"), offices.find("plaza"))


def _of_before(seen: Office) -> str:
    record = json.loads(seen.to_json())
    new = {"counties", "issues", "whom", "capacity", "lead_email", "duty_phone"}
    return json.dumps({name: value for name, value in record.items() if name not in new})


def test_an_empty_directory_is_empty(durable: Redis) -> None:
    """And no error."""
    assert () == Offices(durable).all()

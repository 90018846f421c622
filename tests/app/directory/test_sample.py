"""The made-up offices of the demonstration."""

from __future__ import annotations

import re
from pathlib import Path

from redis import Redis

from app.directory.office import STATES
from app.directory.sample import load_sample
from app.sealing import recipient_of
from app.store.offices import Offices


def test_three_made_up_offices_stand_in_the_directory(durable: Redis, tmp_path: Path) -> None:
    """One of them always open, together nationwide, with numbers that belong to nobody."""
    load_sample(Offices(durable), tmp_path / "offices")
    offices = Offices(durable).all()

    assert ["harbor", "lantern", "mesa"] == [office.id for office in offices]
    assert ["harbor"] == [office.id for office in offices if office.always_open]
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", office.phone) for office in offices)
    assert all(office.email.endswith(".example.org") for office in offices)
    assert all(any(office.serves(state) for office in offices) for state in STATES)


def test_they_show_what_offices_differ_in(durable: Redis, tmp_path: Path) -> None:
    """Wherever one is, a made-up office can be asked about somebody who is held; one is under 45 CFR 1626."""
    offices = {office.id: office for office in load_sample(Offices(durable), tmp_path / "offices")}

    assert {"harbor": "any", "mesa": "any", "lantern": "lsc"} == {
        identity: office.whom for identity, office in offices.items()
    }
    assert ["harbor", "mesa"] == [
        identity
        for identity, office in offices.items()
        if office.takes_detained and office.may_take("IM-02-00-00-00", held=True)
    ]


def test_their_keys_are_made_once(durable: Redis, tmp_path: Path) -> None:
    """A second start seals to the same keys, which only their owner may read."""
    first = load_sample(Offices(durable), tmp_path)

    assert first == load_sample(Offices(durable), tmp_path)
    for office in first:
        file = tmp_path / f"{office.id}.age"
        assert office.recipients == (recipient_of(file.read_text()),)
        assert 0o600 == file.stat().st_mode & 0o777
    assert 3 == len(list(tmp_path.iterdir()))
